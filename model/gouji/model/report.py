"""The report: what gouji says about one document, in the shape of the schema `gouji.report/1`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gouji.model.document import Box, Source
from gouji.model.findings import Finding, Span
from gouji.model.mention import Number

SCHEMA = "gouji.report/1"


class Status(StrEnum):
    """How a cell came to its value."""

    READ = "read"
    CONVERTED = "converted"
    REPAIRED = "repaired"
    INFERRED = "inferred"
    AMBIGUOUS = "ambiguous"
    SOURCE_ERROR = "source_error"
    BLANK = "blank"
    MISSING = "missing"
    CONFIRMED = "confirmed"


class Verdict(StrEnum):
    """Whether a table or a report can be used as it is."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another value that a cell may have; None means that nothing stands there."""

    value: Number | None
    probability: float
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell: what stands there and what it means, side by side.

    `printed` is in the page's unit, `value` in the form's; `read` holds the raw characters.
    `confidence` is the probability that `value`, or the absence of one, is the truth.
    """

    id: str
    value: Number | None
    printed: Number | None
    read: str | None
    status: Status
    confidence: float
    review: bool
    reason: str = ""
    reason_en: str = ""
    alternatives: tuple[Alternative, ...] = ()
    span: Span | None = None
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """An identity, put to the printed and to the reconciled numbers.

    `as_printed` holds the two sides' sums; a side with a cell that has no number is None, and
    a verdict over such a side is None: undecided.
    """

    id: str
    equation: str
    as_printed: tuple[Number | None, Number | None]
    holds_as_printed: bool | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class TableResult:
    """One table: its cells in the order of the form, the checks and the verdict."""

    id: str
    variant: str
    verdict: Verdict
    confidence: float
    cells: tuple[CellResult, ...]
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldResult:
    """A value outside the tables; `value` is None if it was not found."""

    id: str
    value: Number | str | None
    confidence: float
    review: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; `heading` is as printed, None for the part before the first heading.

    `span` covers the heading and everything up to the next section.
    """

    id: str
    heading: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What made a report: the same input under the same of these gives the same bytes."""

    gouji: str
    model: str
    form_sha256: str
    settings_sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything gouji says about one report; `source.name` ends in `#2` for the second in a file.

    `form` is a combination of the form file, or `mixed`. `reason` says why a report failed.
    """

    source: Source
    made_by: MadeBy
    form: str
    verdict: Verdict
    confidence: float
    reason: str
    tables: tuple[TableResult, ...]
    fields: tuple[FieldResult, ...]
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...]

    @property
    def cells(self) -> Mapping[str, CellResult]:
        """All cells by id, in the order of the form."""
        return {cell.id: cell for table in self.tables for cell in table.cells}
