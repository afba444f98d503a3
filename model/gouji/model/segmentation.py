"""Segments: where in a document each report, its sections and its tables stand."""

from dataclasses import dataclass

from gouji.model.findings import Finding, Span
from gouji.model.report import Section


@dataclass(frozen=True, slots=True)
class TableRegion:
    """The part of a text that holds one table, from its first header word to its last number."""

    table: str
    span: Span


@dataclass(frozen=True, slots=True)
class Segment:
    """One report within a document: its span, its sections and tables in reading order.

    Sections cover the span without gaps or overlaps; the first is always `header`.
    """

    span: Span
    sections: tuple[Section, ...]
    regions: tuple[TableRegion, ...]
    findings: tuple[Finding, ...] = ()
