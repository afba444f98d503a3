"""Drafts: what gouji reads in a report as an annotation that a person has yet to correct."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gouji.annotations.checks import HEADER
from gouji.annotations.page_numbers import number_span, other_numbers, printed_number
from gouji.annotations.regions import FIELD
from gouji.inference.evaluation import report_name
from gouji.model.annotation import Annotation, CellMention, FieldLabel, Provenance
from gouji.model.document import Document
from gouji.model.form import Form
from gouji.model.mention import Number
from gouji.model.report import CellResult, Report, Section
from gouji.model.wording import cell_words


@dataclass(frozen=True, slots=True)
class Draft:
    """An annotation made of a report, how sure each label of it is, and what to look at.

    `confidences` is by label (cell id or `field:ID`); `doubts` has a line for each flagged cell.
    An annotation that a person made has neither.
    """

    annotation: Annotation
    confidences: Mapping[str, float]
    doubts: tuple[str, ...] = ()
    model: str = ""


def draft_of(document: Document, report: Report, form: Form) -> Draft:
    """The draft for one of the reports in a document.

    A flagged cell without a place has no truth: nobody could see it to correct it. What only a
    person knows of the provenance is left empty.
    """
    mentions = tuple(_mentions(report, document.text))
    placed = {mention.cell: printed_number(mention) for mention in mentions}
    cells = {
        cell.id: None if cell.review and cell.id not in placed else cell.value
        for cell in report.cells.values()
    }
    agency = next((f.value for f in report.fields if f.id == "agency" and f.value), "")
    annotation = Annotation(
        id=report_name(report.source.name).replace("-", "_"),
        source=report.source.name,
        source_sha256=report.source.sha256,
        text_sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        text=document.text,
        variants={table.id: table.variant for table in report.tables},
        cells=cells,
        printed=_printed(placed, cells),
        mentions=mentions,
        others=tuple(other_numbers(document.text, [m.span for m in mentions])),
        fields={
            field.id: None if field.value is None else FieldLabel(field.value, field.span)
            for field in report.fields
        },
        sections=tuple(_sections(report.sections, len(document.text))),
        provenance=Provenance(report.source.name, "", str(agency), "", "", ""),
    )
    confidences = {cell.id: cell.confidence for cell in report.cells.values()}
    confidences |= {FIELD + field.id: field.confidence for field in report.fields}
    return Draft(annotation, confidences, tuple(_doubts(report, form)), report.made_by.model)


def _mentions(report: Report, text: str) -> Iterator[CellMention]:
    for cell in report.cells.values():
        if cell.span is not None:
            first, last = number_span(text[slice(*cell.span)])
            start = cell.span[0]
            span = start + first, start + last
            yield CellMention(span, cell.id, text[slice(*span)])


def _printed(
    placed: Mapping[str, Number | None], cells: Mapping[str, Number | None]
) -> dict[str, Number | None]:
    """What the page shows for the cells where that is not the truth."""
    return {cell: placed.get(cell) for cell, truth in cells.items() if placed.get(cell) != truth}


def _sections(found: Iterable[Section], n_chars: int) -> Iterator[Section]:
    """The sections of a report so that they tile the whole text."""
    sections = list(found)
    if not sections or sections[0].id != HEADER:
        sections.insert(0, Section(HEADER, None, (0, 0)))
    starts = [0, *(section.span[0] for section in sections[1:]), n_chars]
    for section, start, end in zip(sections, starts, starts[1:], strict=False):
        yield Section(section.id, section.heading, (start, end))


def _doubts(report: Report, form: Form) -> Iterator[str]:
    for table in report.tables:
        known = form.variants[table.id][table.variant].cell
        yield from (
            f"{cell_words(known[cell.id])}：{_shown(cell)}" for cell in table.cells if cell.review
        )


def _shown(cell: CellResult) -> str:
    page = "没有找到" if cell.span is None else f"原文“{cell.read}”"
    value = "没有取值" if cell.value is None else f"取值 {cell.value}"
    return f"{page}，{value}。{cell.reason}"
