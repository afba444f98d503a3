"""The pipeline: from a document to its reports, one stage after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from math import prod
from pathlib import Path

from gouji.inference.config import Settings
from gouji.inference.fields import find_fields
from gouji.inference.links import broken_links
from gouji.inference.recognition import recognised
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.model.document import Document
from gouji.model.findings import Finding, Severity, finding
from gouji.model.form import Form, Table
from gouji.model.mention import Number, TableMentions
from gouji.model.reading import TableReadings
from gouji.model.reconciling import ReconcilingSettings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.reconciling.certainty import stated
from gouji.model.registry import ModelEntry, find_model
from gouji.model.report import CellResult, MadeBy, Report, TableResult, Verdict
from gouji.model.segmentation import Segment

Tagger = Callable[[Document, Segment, Form], tuple[TableMentions, ...]]
"""Tags the tables of one report; the rules and a trained model are interchangeable here."""

Settle = Callable[[Table, TableReadings, ReconcilingSettings], TableResult]
"""Settles what the readings of a table mean: `reconcile`, but where parts are compared."""

NO_REPORT = "文中没有找到政府信息公开工作年度报告的标题或表格"
NO_TABLE = "文中没有找到年度报告的任何一张表"
_ELSEWHERE = ("R003", "R004", "R005", "R006")  # findings that tell where the report may be instead


@dataclass(frozen=True)
class Extractor:
    """Reads the reports out of documents; build it once and call it for each document.

    `model` is `rules`, the name of a model or the folder of one; None is the model in use
    (`gouji.model.registry`). The rules are a model's second opinion unless the settings say no.

    Raises:
        ModelError: on building, if there is no such model or it can't be loaded.
    """

    form: Form
    settings: Settings
    model: str | Path | None = None
    settle: Settle = reconcile

    def __post_init__(self) -> None:
        """Load the model, so that what is wrong with it is known at once."""
        _ = self._tag

    @cached_property
    def entry(self) -> ModelEntry:
        """The model that is used."""
        return find_model(self.model)

    @cached_property
    def _tag(self) -> Tagger:
        if self.entry.folder is None:
            return tag_tables
        from gouji.inference.tagging import ModelTagger  # the runtime takes its time to import

        second_opinion = self.settings.tagging.second_opinion
        return ModelTagger.load(self.entry.folder, self.form, second_opinion=second_opinion)

    def __call__(
        self,
        document: Document,
        corrections: Mapping[str, Mapping[str, Number | None]] | None = None,
    ) -> tuple[Report, ...]:
        """The reports in a document, in reading order; one with verdict `failed` if it has none.

        `corrections` maps the suffix of a report's name ("" for the first, `#2` and so on for
        further ones) to confirmed values by cell id.
        """
        segments = segment(document, self.form)
        return tuple(
            self._report(document, part, suffix, (corrections or {}).get(suffix, {}))
            for number, part in enumerate(segments, start=1)
            for suffix in ["" if number == 1 else f"#{number}"]
        ) or (self._failed(document),)

    @property
    def made_by(self) -> MadeBy:
        """What the reports of this extractor say of their origin."""
        return MadeBy(version("gouji"), self.entry.version, self.form.sha256, self.settings.sha256)

    def _report(
        self,
        document: Document,
        part: Segment,
        suffix: str,
        corrections: Mapping[str, Number | None],
    ) -> Report:
        mentions = recognised(self._tag(document, part, self.form), document)
        tables = tuple(
            _locate(self._reconciled(table, corrections), document) for table in mentions
        )
        fields, field_findings = find_fields(document, part, self.form)
        findings = (*document.findings, *part.findings)
        findings += tuple(_missing_tables(self.form, mentions)) if part.sections else ()
        findings += _variants(self.form, tables)
        findings += tuple(f for table in tables for f in table.findings) + field_findings
        cells = {cell.id: cell for table in tables for cell in table.cells}
        findings += tuple(broken_links(self.form, fields, cells))
        verdict = _verdict(tables, findings)
        source = replace(document.source, name=document.source.name + suffix)
        return Report(
            source=source,
            made_by=self.made_by,
            form=self.form.combination_of({table.id: table.variant for table in tables}),
            verdict=verdict,
            confidence=stated(prod(table.confidence for table in tables)),
            reason=_with_hints(NO_TABLE, document) if verdict is Verdict.FAILED else "",
            tables=tables,
            fields=fields,
            sections=part.sections,
            findings=findings,
        )

    def _reconciled(
        self, mentions: TableMentions, corrections: Mapping[str, Number | None]
    ) -> TableResult:
        table = self.form.variants[mentions.table][mentions.variant]
        settings = self.settings.reconciling
        assembled = assemble(table, mentions, settings, corrections)
        result = self.settle(table, assembled.readings, settings)
        return replace(result, findings=mentions.findings + assembled.findings + result.findings)

    def _failed(self, document: Document) -> Report:
        """The report of a document that holds none: every cell missing."""
        nothing = Segment((0, 0), (), ())
        report = self._report(replace(document, text="", findings=()), nothing, "", {})
        no_report = finding("S007", NO_REPORT, "the text holds no report")
        return replace(
            report,
            source=document.source,
            verdict=Verdict.FAILED,
            reason=_with_hints(NO_REPORT, document),
            findings=(*document.findings, no_report, *report.findings),
        )


def _with_hints(reason: str, document: Document) -> str:
    """The reason of a failure, with where what was looked for may be instead."""
    hints = [found.message for found in document.findings if found.code in _ELSEWHERE]
    return "；".join((reason, *hints))


def _locate(table: TableResult, document: Document) -> TableResult:
    """The table with the page and box of every cell whose span has them."""
    return replace(table, cells=tuple(_located(cell, document) for cell in table.cells))


def _located(cell: CellResult, document: Document) -> CellResult:
    place = document.place_of(cell.span) if cell.span else None
    return replace(cell, page=place.page, box=place.box) if place else cell


def _missing_tables(form: Form, mentions: Iterable[TableMentions]) -> Iterator[Finding]:
    titles = {kind.id: kind.heading for kind in form.sections}
    for table in (tagged.table for tagged in mentions if tagged.span is None):
        yield finding(
            "S004",
            f"没有找到“{titles.get(table, table)}”的表格",
            f"table {table} was not found",
        )


def _variants(form: Form, tables: tuple[TableResult, ...]) -> tuple[Finding, ...]:
    variants = {table.id: table.variant for table in tables}
    if form.combination_of(variants) != "mixed":
        return ()
    named = "、".join(f"{table} {variant}" for table, variant in variants.items())
    return (
        finding("T002", f"各表采用的格式版本不一：{named}", f"the tables mix revisions: {named}"),
    )


def _verdict(tables: tuple[TableResult, ...], findings: tuple[Finding, ...]) -> Verdict:
    if all(table.verdict is Verdict.FAILED for table in tables):
        return Verdict.FAILED
    sound = all(table.verdict is Verdict.ACCEPTED for table in tables)
    blameless = all(f.severity is not Severity.ERROR for f in findings)
    return Verdict.ACCEPTED if sound and blameless else Verdict.REVIEW
