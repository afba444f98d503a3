"""Fields: what a synthetic report states outside its tables, and where the finished text says it.

What is stated is drawn before the text is worded. A piece names the field that its words are read
from; the words of a title name the agency and the year as well, so that `Piece.field` may hold
several ids, joined by `+`. The labels are read off the finished text, after all damage.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from gouji.annotations.field_values import reads_as
from gouji.model.annotation import FieldLabel
from gouji.model.findings import Span
from gouji.model.form import FieldKind, Form
from gouji.model.mention import Number
from gouji.training.synthesis.figures import drawn_count
from gouji.training.synthesis.pieces import Composed

JOINT = "+"
"""Between the fields that one piece belongs to."""

TITLE = "title"
AGENCY = "agency"
YEAR = "year"
PERIOD_START = "period_start"
PERIOD_END = "period_end"
PUBLISHED = "published"
INDEX_NUMBER = "index_number"
DOCUMENT_NUMBER = "document_number"
REQUESTS = "overview.requests_received"
DISCLOSURES = "overview.site_disclosures"
FEE = "other.handling_fee"

_LINE_BREAK = re.compile(r"\s*\n\s*")
_WITHIN = "within a report"  # the kind of links that say what prose figures are in the tables
_AS_IN_TABLE = 0.8  # share of reports whose prose repeats the number of new requests


@dataclass(frozen=True, slots=True)
class Statement:
    """What a report states: its year, its days and its prose figures, None where it is silent.

    `dated` is the day of publication on the page around it, `signed` the day under the signature;
    `fee` is in 元.
    """

    year: int
    period: tuple[date, date] | None
    dated: date | None
    signed: date | None
    requests: int | None
    disclosures: int | None
    fee: Number | None

    @property
    def values(self) -> Mapping[str, Number | str]:
        """The values of the fields that are no text."""
        start, end = self.period or (None, None)
        published = self.dated or self.signed
        found: dict[str, Number | str | None] = {
            YEAR: self.year,
            PERIOD_START: start.isoformat() if start else None,
            PERIOD_END: end.isoformat() if end else None,
            PUBLISHED: published.isoformat() if published else None,
            REQUESTS: self.requests,
            DISCLOSURES: self.disclosures,
            FEE: self.fee,
        }
        return {field: value for field, value in found.items() if value is not None}


def draw_statement(form: Form, year: int, numbers: Mapping[str, Number], rng: Random) -> Statement:
    """What a report of a year with these numbers in its tables states."""
    day = _day_of_signing(year, rng)
    return Statement(
        year=year,
        period=_period(year, rng) if rng.random() < 0.6 else None,
        dated=day + timedelta(days=rng.choice((0, 0, 1, 5))) if rng.random() < 0.5 else None,
        signed=day if rng.random() < 0.5 else None,
        requests=_requests(form, numbers, rng) if rng.random() < 0.8 else None,
        disclosures=drawn_count(8_000, rng) if rng.random() < 0.55 else None,
        fee=_fee(rng) if rng.random() < 0.65 else None,
    )


def _day_of_signing(year: int, rng: Random) -> date:
    """Reports are due by the end of January (Article 50 of the Regulations); some are late."""
    return date(year + 1, 1, 2) + timedelta(
        days=drawn_count(60 if rng.random() < 0.9 else 300, rng)
    )


def _period(year: int, rng: Random) -> tuple[date, date]:
    """The calendar year, rarely from the day on which the body began its work."""
    start = date(year, 1, 1)
    if rng.random() < 0.04:
        start = date(year, rng.randint(2, 9), rng.randint(1, 28))
    return start, date(year, 12, 31)


def _requests(form: Form, numbers: Mapping[str, Number], rng: Random) -> int:
    """The requests received as one side of the form's link has them, or of another scope."""
    sides = [
        int(sum(numbers[cell] for cell in side.split(" + ")))
        for link in form.links
        if link.kind == _WITHIN and link.equation.startswith(f"{REQUESTS} = ")
        for side in link.equation.partition(" = ")[2].split(" or ")
    ]
    others = [*sides[1:], drawn_count(300, rng)]
    return sides[0] if sides and rng.random() < _AS_IN_TABLE else rng.choice(others)


def _fee(rng: Random) -> Number:
    if rng.random() < 0.7:
        return 0
    return drawn_count(500, rng) * rng.choice((1, 10, 100))


def labels(
    composed: Composed, stated: Mapping[str, Number | str], form: Form
) -> dict[str, FieldLabel | None]:
    """The label of every field of the form; None where the text says nothing of it any more.

    `stated` are the values of the fields that are no text; text is taken from the page.
    """
    places: dict[str, list[Span]] = {}
    for piece, span in composed.labelled:
        for field in (piece.field or "").split(JOINT):
            places.setdefault(field, []).append(span)
    return {
        kind.id: _label(composed.text, kind, places.get(kind.id, ()), stated)
        for kind in form.fields
    }


def _label(
    text: str, kind: FieldKind, places: Iterable[Span], stated: Mapping[str, Number | str]
) -> FieldLabel | None:
    spans = tuple(places)
    if not spans:
        return None
    span = (spans[0][0], spans[-1][1]) if kind.id == TITLE else spans[0]
    words = text[slice(*span)]
    value = _LINE_BREAK.sub("", words.strip()) if kind.type == "text" else stated.get(kind.id)
    if value in (None, "") or not reads_as(value, words, kind):
        return None  # damage has left nothing of it
    return FieldLabel(value, span)
