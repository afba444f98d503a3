"""What a run comes to: its counts, and the sheets that sum it up."""

from dataclasses import dataclass, field
from pathlib import Path

from gouji.inference.worker import Outcome
from gouji.inference.writers.rows import summary_header
from gouji.inference.writers.sheets import (
    FAILED,
    FAILED_HEADER,
    REVIEW,
    REVIEW_HEADER,
    SUMMARY,
    Row,
    sheet,
)
from gouji.model.atomic import write_atomically
from gouji.model.form import Form
from gouji.model.report import Verdict


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of a run; `n_flagged` counts the cells to review, `n_failed` sources.

    `unused_corrections` lists the sources that were corrected and are not part of the run.
    """

    n_sources: int = 0
    n_reports: int = 0
    n_accepted: int = 0
    n_review: int = 0
    n_flagged: int = 0
    n_failed: int = 0
    unused_corrections: tuple[str, ...] = ()

    @property
    def all_read(self) -> bool:
        """Whether every source gave a report."""
        return self.n_failed == 0


@dataclass(slots=True)
class Tally:
    """What the summaries need to know, gathered in the order of the sources."""

    totals: Totals = field(default_factory=Totals)
    names: list[str] = field(default_factory=list)
    summary: list[Row] = field(default_factory=list)
    review: list[Row] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Counts one outcome, and notes what the summaries say about it."""
        for report in outcome.reports:
            self.names.append(report.name)
            self.summary.append(report.summary)
            self.review.extend(report.review)
            if report.verdict is Verdict.FAILED:
                self.failed.append((report.name, report.reason))
        if outcome.failure is not None:
            self.failed.append((outcome.name, outcome.failure))
        self.totals = _added(self.totals, outcome)

    def write(self, folder: Path, form: Form) -> None:
        """Writes summary.csv, review.csv and failed.csv.

        Raises:
            OSError: one of them can't be written.
        """
        write_atomically(folder / SUMMARY, sheet(summary_header(form), self.summary))
        write_atomically(folder / REVIEW, sheet(REVIEW_HEADER, self.review))
        write_atomically(folder / FAILED, sheet(FAILED_HEADER, self.failed))


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
