"""Header: the agency, the day of publication and the numbers that stand around a report.

What the report itself says (title, signature, preamble) goes before what the page around it says.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gouji.inference.fields.bodies import find_preamble, is_body
from gouji.inference.fields.dates import DAY, day_of, find_day
from gouji.inference.fields.found import CONFIDENCE, Found, as_printed, quote_at, read_at
from gouji.inference.fields.metadata import Entry, find_metadata
from gouji.inference.fields.titles import Title, find_title
from gouji.inference.fields.views import lines_of, paragraphs_of, view_of
from gouji.model.findings import Span
from gouji.model.folding import Folded
from gouji.model.numerals import is_mark

_FOOT_LINES = (
    15  # lines at the end of a report, or before a table, in which a signature is looked for
)
_TIME = r"(?: ?\d{1,2}:\d{2}(?::\d{2})?)?"
_DATE_LINE = re.compile(rf"[(\[]?(?P<day>{DAY.pattern}){_TIME}[)\]]?")
_DATE_FIRST = re.compile(
    rf"(?P<day>{DAY.pattern}){_TIME}(?=来源|信息来源|发布|浏览|点击|阅读|字|作者)"
)
_SIGNED = re.compile(rf"(?P<body>[^,。;:]{{2,40}}?)[(]?(?P<day>{DAY.pattern})[)]?")
_DOCUMENT_NUMBER = re.compile(r"[一-龥]{1,14}[〔\[(【]\d{4}[〕\])】]第?\d{1,5}号")
_ORDER = ("published", "written", "date")


@dataclass(frozen=True, slots=True)
class Header:
    """What the head and the foot of a report name; the value is None where nothing is named."""

    title: Title | None
    agency: Found | None
    preamble_year: Found | None
    published: Found | None
    index_number: Found | None
    document_number: Found | None


@dataclass(frozen=True, slots=True)
class _Signature:
    """The day at the end of a report, and the body that signs beside it."""

    day: Found
    agency: Found | None


def read_header(text: str, head: Sequence[Span], report: Sequence[Span]) -> Header:
    """The header values; `head` is the part before the first section, `report` all but tables."""
    entries = find_metadata(text, (*head, *_foot(text, report[-1:])))
    title = find_title(text, head, [entry.span for entry in entries if entry.kind == "title"])
    agency, year = find_preamble(text, tuple(paragraphs_of(text, head)))
    signatures = (_signature(text, _foot(text, [part])) for part in reversed(report))
    signature = next(filter(None, signatures), None)
    return Header(
        title=title,
        agency=next(
            filter(
                None,
                (
                    title.agency if title else None,
                    signature.agency if signature else None,
                    agency,
                    _agency_in(text, entries),
                ),
            ),
            None,
        ),
        preamble_year=year,
        published=_published_in(text, entries)
        or (signature.day if signature else None)
        or _dated_line(text, head),
        index_number=_index_number(text, entries),
        document_number=_document_number(text, entries, head),
    )


def _foot(text: str, parts: Sequence[Span]) -> tuple[Span, ...]:
    """The span of the last lines of some parts of a report."""
    lines = [line for span in parts for line in lines_of(text, span)][-_FOOT_LINES:]
    return ((lines[0][0], lines[-1][1]),) if lines else ()


def _agency_in(text: str, entries: Iterable[Entry]) -> Found | None:
    for entry in entries:
        if entry.kind == "agency" and not entry.below:
            view = view_of(text, *entry.span)
            if is_body(view.text):
                return quote_at(text, view, (0, len(view.text)), CONFIDENCE.metadata)
    return None


def _published_in(text: str, entries: Sequence[Entry]) -> Found | None:
    for kind in _ORDER:
        for entry in entries:
            view = view_of(text, *entry.span)
            if entry.kind == kind and DAY.match(view.text):
                return find_day(view, CONFIDENCE.plain if entry.below else CONFIDENCE.metadata)
    return None


def _index_number(text: str, entries: Iterable[Entry]) -> Found | None:
    for entry in entries:
        raw = as_printed(text, entry.span)
        if entry.kind == "index_number" and any(char.isdigit() for char in raw):
            return _number(entry, raw)
    return None


def _document_number(text: str, entries: Iterable[Entry], head: Sequence[Span]) -> Found | None:
    for entry in entries:
        raw = as_printed(text, entry.span)
        if entry.kind == "document_number" and re.search(r"\d.*号|\d{4}", raw) and not is_mark(raw):
            return _number(entry, raw)
    for view in _line_views(text, head):
        if _DOCUMENT_NUMBER.fullmatch(view.text):
            return quote_at(text, view, (0, len(view.text)), CONFIDENCE.plain)
    return None


def _number(entry: Entry, raw: str) -> Found | None:
    """A number of a document; a long value is some other text that came under the label."""
    if len(raw) > 40 or (entry.below and not re.fullmatch(r"[\x21-\x7e]+|.*号", raw)):
        return None
    return Found(raw, entry.span, CONFIDENCE.plain if entry.below else CONFIDENCE.metadata)


def _line_views(text: str, spans: Iterable[Span]) -> Iterator[Folded]:
    return (view_of(text, *line) for span in spans for line in lines_of(text, span))


def _dated_line(text: str, head: Sequence[Span]) -> Found | None:
    """A day that stands alone under the title, or first in the line of remarks about the page."""
    for view in _line_views(text, head):
        match = _DATE_LINE.fullmatch(view.text) or _DATE_FIRST.match(view.text)
        if match and (day := day_of(match["day"])):
            return read_at(view, match.span("day"), day.isoformat(), CONFIDENCE.fuzzy)
    return None


def _signature(text: str, foot: Sequence[Span]) -> _Signature | None:
    """The first day in the foot that stands beside a body, else the first that stands alone."""
    views = list(_line_views(text, foot))
    alone: _Signature | None = None
    for index, view in enumerate(views):
        match = _DATE_LINE.fullmatch(view.text) or _SIGNED.fullmatch(view.text)
        day = day_of(match["day"]) if match else None
        if not match or not day:
            continue
        found = read_at(view, match.span("day"), day.isoformat(), CONFIDENCE.signature)
        agency = _signer(text, views, index, match)
        if agency:
            return _Signature(found, agency)
        if match.re is _DATE_LINE:
            alone = alone or _Signature(found, None)
    return alone


def _signer(text: str, views: Sequence[Folded], index: int, match: re.Match[str]) -> Found | None:
    """The body that signs on the line of the day, on the line before it or after it."""
    if match.re is _SIGNED:
        if is_body(match["body"]):
            return quote_at(text, views[index], match.span("body"), CONFIDENCE.signature)
        return None
    for neighbour in (index - 1, index + 1):
        if 0 <= neighbour < len(views) and is_body(views[neighbour].text):
            view = views[neighbour]
            return quote_at(text, view, (0, len(view.text)), CONFIDENCE.signature)
    return None
