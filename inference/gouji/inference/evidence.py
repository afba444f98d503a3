"""What an evaluation keeps of every report beside the scores: enough for intervals and pictures."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gouji.inference.confusion import Confusion
from gouji.inference.scoring import Gold, Judged, Predictions, Scores, add, entry, judged_reports

Json = Any

N_WORST = 10


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """The counts of one report, as a whole and by table, by the columns of the scorer."""

    name: str
    kind: str
    damages: tuple[str, ...]
    whole: Counter[str]
    tables: Mapping[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Trust:
    """Stated confidences in [0, 1], each with whether what it was stated of is right (1 or 0)."""

    confidence: "array[float]" = field(default_factory=lambda: array("d"))
    right: "array[int]" = field(default_factory=lambda: array("b"))

    def add(self, confidence: Json, right: bool) -> None:
        """Adds one result; what is no number in [0, 1] is confidence 0."""
        number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
        self.confidence.append(float(confidence) if number and 0 <= confidence <= 1 else 0.0)
        self.right.append(int(right))


@dataclass(slots=True)
class Evidence:
    """The reports of one system, as far as an evaluation report shows them.

    `worst` holds at most `N_WORST` reports: those with the most silent wrong cells, then the most
    wrong, then the most flagged; none without any. `made_by` collects what the reports say of
    their origin, as (name, value) pairs.
    """

    documents: list[DocumentCounts] = field(default_factory=list)
    cells: Trust = field(default_factory=Trust)
    nonzero: Trust = field(default_factory=Trust)
    reports: Trust = field(default_factory=Trust)
    confusion: Confusion = field(default_factory=Confusion)
    worst: list[Judged] = field(default_factory=list)
    made_by: set[tuple[str, str]] = field(default_factory=set)

    def add(self, judged: Judged) -> None:
        """Adds one report."""
        gold, report = judged.gold, judged.report or {}
        self.documents.append(
            DocumentCounts(gold.name, gold.kind, gold.damages, judged.whole, judged.tables)
        )
        for cell, counts in judged.cells.items():
            confidence = entry(report, "cells", cell).get("confidence")
            self.cells.add(confidence, bool(counts["right"]))
            if counts["nonzero"]:
                self.nonzero.add(confidence, bool(counts["right"]))
        self.reports.add(report.get("confidence"), bool(judged.whole["exact"]))
        self.confusion.add(judged)
        self._rank(judged)
        made_by = report.get("made_by")
        if isinstance(made_by, Mapping):
            self.made_by |= {(str(name), str(value)) for name, value in made_by.items()}

    def _rank(self, judged: Judged) -> None:
        if any(badness(judged)):
            self.worst.append(judged)
            self.worst.sort(key=lambda j: ([-n for n in badness(j)], j.gold.name))
            del self.worst[N_WORST:]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One system on one set of reports."""

    scores: Scores = field(default_factory=Scores)
    evidence: Evidence = field(default_factory=Evidence)


def badness(judged: Judged) -> tuple[int, int, int]:
    """How many cells of a report are silently wrong, wrong, and flagged."""
    whole = judged.whole
    return whole["silent"], whole["cells"] - whole["right"], whole["flagged"]


def evaluated(golds: Iterable[Gold], predictions: Predictions) -> Evaluated:
    """The scores of all reports that gold asks for, and the evidence behind them."""
    result = Evaluated()
    for judged in judged_reports(golds, predictions):
        add(result.scores, judged)
        result.evidence.add(judged)
    return result
