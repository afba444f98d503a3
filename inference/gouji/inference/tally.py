"""What a run comes to: its counts, and the sheets that sum it up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from gouji.inference.cell_pictures import CellPictures
from gouji.inference.spool import Spool
from gouji.inference.units import Reporter
from gouji.inference.worker import Outcome
from gouji.inference.writers.picture_column import MOST_PICTURES
from gouji.inference.writers.rows import ReportRows, made_by_line, summary_header
from gouji.inference.writers.run_workbook import Origin, RunSheets
from gouji.inference.writers.sheets import (
    FAILED,
    FAILED_HEADER,
    REVIEW,
    REVIEW_HEADER,
    SUMMARY,
    Row,
    sheet,
    write_sheet,
)
from gouji.model.atomic import write_atomically
from gouji.model.form import Form
from gouji.model.report import MadeBy, Verdict


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of a run; `n_flagged` counts the cells to review, `n_failed` sources.

    `duplicates` maps a report to an earlier one of the same agency and year with the same cells.
    `n_missing_units` counts the units, by year, that were expected and are not there.
    `unused_corrections` lists the sources that were corrected and are not part of the run.
    """

    n_sources: int = 0
    n_reports: int = 0
    n_accepted: int = 0
    n_review: int = 0
    n_flagged: int = 0
    n_failed: int = 0
    duplicates: Mapping[str, str] = field(default_factory=dict)
    n_missing_units: int = 0
    unused_corrections: tuple[str, ...] = ()

    @property
    def all_read(self) -> bool:
        """Whether every source gave a report."""
        return self.n_failed == 0


@dataclass(slots=True)
class Tally:
    """What the summaries need to know, gathered in the order of the sources.

    `reporters` are those of the reports that did not fail.
    """

    totals: Totals = field(default_factory=Totals)
    origins: dict[str, Origin] = field(default_factory=dict)
    reporters: list[Reporter] = field(default_factory=list)
    summary: list[Row] = field(default_factory=list)
    review: Spool = field(default_factory=Spool)
    confirmed: list[Row] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)
    variants: set[tuple[str, str]] = field(default_factory=set)
    duplicates: dict[str, str] = field(default_factory=dict)
    pictures: dict[tuple[str, str], Path] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Counts one outcome, and notes what the summaries say about it."""
        for number, report in enumerate(outcome.reports, start=1):
            self.origins[report.name] = Origin(outcome.sha256 or "", number)
            self._note(report)
        if outcome.failure is not None:
            self.failed.append((outcome.name, outcome.failure))
        self.totals = _added(self.totals, outcome)

    def add_pictures(self, outcome: Outcome, made: CellPictures) -> None:
        """Takes over the pictures of an outcome, as long as a workbook has room for them.

        Raises:
            OSError: their folder can't be read or written.
        """
        for report in outcome.reports:
            self.pictures |= made.of(report.name)
        if len(self.pictures) >= MOST_PICTURES:
            self.pictures = dict(islice(self.pictures.items(), MOST_PICTURES))
            made.close()

    def _note(self, report: ReportRows) -> None:
        same = None
        if report.fingerprint is not None:
            first = self._first.setdefault(report.fingerprint, report.name)
            same = first if first != report.name else None
        if same is not None:
            self.duplicates[report.name] = same
        self.summary.append((*report.summary, same))
        self.review.extend(report.review)
        self.confirmed.extend(report.confirmed)
        self.variants.update(report.variants)
        if report.verdict is Verdict.FAILED:
            self.failed.append((report.name, report.reason))
        else:
            self.reporters.append(Reporter(report.name, report.agency, report.year))

    def close(self) -> None:
        """Gives back the disk space that the rows to review take."""
        self.review.close()

    @property
    def sheets(self) -> RunSheets:
        """What the workbook of the run needs besides the reports."""
        return RunSheets(
            variants=frozenset(self.variants),
            review=self.review,
            confirmed=self.confirmed,
            failed=self.failed,
            origins=self.origins,
            duplicates=self.duplicates,
            pictures=self.pictures,
        )

    def write(self, folder: Path, form: Form, made_by: MadeBy) -> None:
        """Writes summary.csv, review.csv and failed.csv.

        Raises:
            OSError: one of them can't be written.
        """
        write_atomically(folder / SUMMARY, sheet(summary_header(form), self.summary))
        origin = made_by_line(made_by)
        write_sheet(folder / REVIEW, REVIEW_HEADER, self.review, origin)
        write_sheet(folder / FAILED, FAILED_HEADER, self.failed, origin)


def _added(totals: Totals, outcome: Outcome) -> Totals:
    verdicts = [report.verdict for report in outcome.reports]
    review = [report for report in outcome.reports if report.verdict is Verdict.REVIEW]
    failed = outcome.failure is not None or Verdict.FAILED in verdicts
    return Totals(
        n_sources=totals.n_sources + 1,
        n_reports=totals.n_reports + len(verdicts) - verdicts.count(Verdict.FAILED),
        n_accepted=totals.n_accepted + verdicts.count(Verdict.ACCEPTED),
        n_review=totals.n_review + len(review),
        n_flagged=totals.n_flagged + sum(report.n_flagged for report in review),
        n_failed=totals.n_failed + failed,
    )
