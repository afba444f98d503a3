"""Scoring: extracted reports against gold, counted per kind, per table and per field.

Reports are taken as the plain data of their JSON files, so that anyone's output can be scored.
Nothing in a report is trusted: what is malformed counts as not right, what is lost counts with all
its cells.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gouji.inference.rates import Rate

Json = Any
Predictions = Mapping[str, Sequence[Mapping[str, Json] | None]]
"""The reports found for each name; None for a file that can't be read."""

COLUMNS = (
    "docs",
    "lost",
    "exact",
    "accepted",
    "accepted_wrong",
    "accepted_flagged",
    "cells",
    "right",
    "nonzero",
    "nonzero_right",
    "printed_right",
    "hit",
    "restored",
    "silent",
    "unflagged_misprint",
    "flagged",
    "withheld",
    "zero_as_blank",
    "fields",
    "fields_right",
)
FIELD_COLUMNS = ("fields", "fields_right", "silent", "flagged")
TOTAL = "ALL"
_TOLERANCE = 1e-6
_LOST_CELL: Mapping[str, Json] = {"review": True}
_KEPT = ("source_error", "ambiguous")


@dataclass(frozen=True, slots=True)
class Gold:
    """The truth about one report.

    `cells` holds what each cell means, None where nothing is known; `printed` only the cells where
    the page shows something else; `text` is the report's text where the gold carries it.
    """

    name: str
    cells: Mapping[str, Json]
    printed: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)
    text: str | None = None

    @property
    def kind(self) -> str:
        """The part of the name between its first and second hyphen; `all` without a hyphen."""
        return self.name.split("-")[1] if "-" in self.name else "all"

    @property
    def damages(self) -> tuple[str, ...]:
        """What was done to the page: the third part of the name, joined by `+`.

        A third part that is a number only tells one draw from another.

        >>> Gold("7-tabs-torn+footers", {}).damages, Gold("a-plain-0", {}).damages
        (('torn', 'footers'), ())
        """
        part = "".join(self.name.split("-")[2:3])
        return () if part.isdecimal() else tuple(name for name in part.split("+") if name)


@dataclass(frozen=True, slots=True)
class Judged:
    """One report held against its gold: the counts of every cell and of every field.

    `report` is None where there is none; `whole` and `tables` add what a report counts once.
    """

    gold: Gold
    report: Mapping[str, Json] | None
    cells: Mapping[str, Counter[str]]
    fields: Mapping[str, Counter[str]]
    tables: Mapping[str, Counter[str]]
    whole: Counter[str]


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts by `COLUMNS` per kind (with `ALL`) and per table, by `FIELD_COLUMNS` per field.

    In a table, `docs` counts the reports with gold for it, `lost` those that failed or whose table
    failed, `accepted` goes by the table's verdict.
    """

    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    tables: dict[str, Counter[str]] = field(default_factory=dict)
    fields: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def total(self) -> Counter[str]:
        """The counts over all reports."""
        return self.kinds.get(TOTAL, Counter())


def score(golds: Iterable[Gold], predictions: Predictions) -> Scores:
    """The scores of all reports that gold asks for; a report without a prediction is lost."""
    scores = Scores()
    for judged in judged_reports(golds, predictions):
        add(scores, judged)
    return scores


def judged_reports(golds: Iterable[Gold], predictions: Predictions) -> Iterator[Judged]:
    """Every report that gold asks for, held against it; where there is none, the loss of one."""
    for gold in golds:
        for report in predictions.get(gold.name) or (None,):
            yield judge_report(gold, report)


def judge_report(gold: Gold, report: Mapping[str, Json] | None) -> Judged:
    """One report held against its gold, cell by cell and field by field."""
    answer: Mapping[str, Json] = {} if report is None else report
    cells: dict[str, Counter[str]] = {}
    tables: dict[str, Counter[str]] = {}
    for cell, want in gold.cells.items():
        shown = gold.printed.get(cell, want)
        cells[cell] = judge(entry(answer, "cells", cell), want, shown, cell in gold.printed)
        tables.setdefault(cell.partition(".")[0], Counter()).update(cells[cell])
    fields = {
        name: judge_field(entry(answer, "fields", name), want) for name, want in gold.fields.items()
    }
    whole = Counter(dict.fromkeys(("fields", "fields_right"), 0))
    for counts in tables.values():
        whole.update(counts)
    for counts in fields.values():
        whole.update({column: counts[column] for column in ("fields", "fields_right")})

    verdict = answer.get("verdict")
    lost = report is None or verdict == "failed"
    whole = whole + _document(whole, verdict, lost)
    for table, counts in tables.items():
        verdict = entry(answer, "tables", table).get("verdict")
        tables[table] = counts + _document(counts, verdict, lost or verdict == "failed")
    return Judged(gold, report, cells, fields, tables, whole)


def add(scores: Scores, judged: Judged) -> None:
    """Adds one report to the scores."""
    for kind in (judged.gold.kind, TOTAL):
        _add(scores.kinds, kind, judged.whole)
    for table, counts in judged.tables.items():
        _add(scores.tables, table, counts)
    for name, counts in judged.fields.items():
        _add(scores.fields, name, counts)


def judge(got: Mapping[str, Json], want: Json, shown: Json, misprinted: bool) -> Counter[str]:
    """The counts of one cell.

    `want` is the truth, `shown` what the page shows, `misprinted` whether gold says that the page
    shows something else. A misprint is right if the truth was found, or if it was kept and
    flagged. A cell that says `blank` is right about a zero that the page leaves blank.
    """
    value, printed, status = got.get("value"), got.get("printed"), got.get("status")
    flagged = got.get("review") is True
    nothing = shown is None and value is None and printed is None
    zero_as_blank = nothing and status == "blank" and near(want, 0)
    right = same(value, want) or zero_as_blank or (want is None and near(value, 0))
    number_shown = misprinted and shown is not None
    kept = number_shown and flagged and status in _KEPT and near(printed, shown)
    hit = misprinted and not same(shown, want) and not (shown is None and near(want, 0))
    passed = right or kept
    return Counter(
        cells=1,
        right=int(passed),
        nonzero=int(bool(want)),
        nonzero_right=int(bool(want) and passed),
        printed_right=int(same(printed, shown)),
        hit=int(hit),
        restored=int(hit and near(value, want)),
        silent=int(not passed and not flagged),
        unflagged_misprint=int(number_shown and not flagged and status != "converted"),
        flagged=int(flagged),
        withheld=int(value is None and want is not None and not zero_as_blank),
        zero_as_blank=int(zero_as_blank),
    )


def judge_field(got: Mapping[str, Json], want: Json) -> Counter[str]:
    """The counts of one field: right if it reads the same as text."""
    right = str(got.get("value")) == str(want)
    flagged = got.get("review") is True
    return Counter(
        fields=1,
        fields_right=int(right),
        silent=int(not right and not flagged),
        flagged=int(flagged),
    )


def near(a: Json, b: Json) -> bool:
    """Whether both are numbers, and the same but for rounding."""
    for number in (a, b):
        if isinstance(number, bool) or not isinstance(number, int | float):
            return False
    try:
        return bool(abs(a - b) < _TOLERANCE)
    except OverflowError:  # an integer beyond the range of floats beside a float
        return False


def same(a: Json, b: Json) -> bool:
    """Whether both are the same number, or both nothing."""
    return near(a, b) or (a is None and b is None)


def rates(counts: Counter[str]) -> dict[str, Rate]:
    """The rates of the closing line, by name, in its order."""

    def rate(events: str, total: str, wanted: bool) -> Rate:
        return Rate(counts[events], counts[total], wanted)

    return {
        "cells right": rate("right", "cells", True),
        "non-zero right": rate("nonzero_right", "nonzero", True),
        "silent wrong": rate("silent", "cells", False),
        "printed right": rate("printed_right", "cells", True),
        "flagged": rate("flagged", "cells", False),
        "withheld": rate("withheld", "cells", False),
        "restored": rate("restored", "hit", True),
        "fields right": rate("fields_right", "fields", True),
        "exact reports": rate("exact", "docs", True),
        "accepted": rate("accepted", "docs", True),
        "accepted but wrong": rate("accepted_wrong", "accepted", False),
        "lost": rate("lost", "docs", False),
    }


def _document(counts: Counter[str], verdict: Json, lost: bool) -> Counter[str]:
    """The counts that a report, or a table of one, gives once."""
    accepted = verdict == "accepted"
    exact = counts["right"] == counts["cells"]
    return Counter(
        docs=1,
        lost=int(lost),
        exact=int(exact),
        accepted=int(accepted),
        accepted_wrong=int(accepted and not exact),
        accepted_flagged=int(accepted and counts["flagged"] > 0),
    )


def entry(report: Mapping[str, Json], kind: str, name: str) -> Mapping[str, Json]:
    """One entry of a report; one that is not there counts as withheld and flagged."""
    entries = report.get(kind)
    found = entries.get(name) if isinstance(entries, Mapping) else None
    return found if isinstance(found, Mapping) and found else _LOST_CELL


def _add(scores: dict[str, Counter[str]], name: str, counts: Counter[str]) -> None:
    scores.setdefault(name, Counter()).update(counts)
