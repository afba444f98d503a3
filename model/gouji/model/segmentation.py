"""Segments: where in a document each report, its sections and its tables stand."""

from collections.abc import Mapping
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

    @property
    def first_regions(self) -> Mapping[str, Span]:
        """The first region of every table that was found, by table id."""
        return {region.table: region.span for region in reversed(self.regions)}

    @property
    def doubled(self) -> frozenset[str]:
        """The tables that stand in the report more than once."""
        first = self.first_regions
        return frozenset(r.table for r in self.regions if r.span != first[r.table])
