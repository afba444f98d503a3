"""What the summaries say about one report: a line for it, and a line for each flagged cell."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gouji.inference.writers.sheets import SUMMARY_START, Row
from gouji.model.form import Cell, Form
from gouji.model.jsonl import dumps
from gouji.model.mention import Number
from gouji.model.report import CellResult, MadeBy, Report, Status, TableResult, Verdict

VERDICTS = {
    Verdict.ACCEPTED: "可直接使用",
    Verdict.REVIEW: "需核对",
    Verdict.FAILED: "失败",
}
STATUSES = {
    Status.READ: "照读",
    Status.CONVERTED: "已换算单位",
    Status.REPAIRED: "已修复误读",
    Status.INFERRED: "由合计推出",
    Status.AMBIGUOUS: "有多种解释",
    Status.SOURCE_ERROR: "原文有误",
    Status.BLANK: "空白",
    Status.MISSING: "未找到",
    Status.CONFIRMED: "人工确认",
}

LineOf = Callable[[int], int]
"""The number, from 1 on, of the line that a character of the text stands in."""


@dataclass(frozen=True, slots=True)
class ReportRows:
    """A report as the summaries show it; `n_flagged` counts its cells to review.

    `variants` has the variant of each table, `confirmed` a line for each cell that a person has
    confirmed. Reports with the same `fingerprint` are of the same agency and year with the same
    values; it is None where agency or year is not known.
    """

    name: str
    verdict: Verdict
    reason: str
    n_flagged: int
    summary: Row
    review: tuple[Row, ...]
    confirmed: tuple[Row, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()
    agency: str | None = None
    year: int | None = None
    fingerprint: str | None = None


def report_rows(report: Report, form: Form, line_of: LineOf) -> ReportRows:
    """The rows of a report; one that failed has none to review."""
    failed = report.verdict is Verdict.FAILED
    agency, year = identity(report)
    return ReportRows(
        name=report.source.name,
        verdict=report.verdict,
        reason=report.reason,
        n_flagged=sum(cell.review for table in report.tables for cell in table.cells),
        summary=_summary_row(report, form),
        review=() if failed else tuple(_review_rows(report, form, line_of)),
        confirmed=() if failed else tuple(_confirmed_rows(report, form, line_of)),
        variants=() if failed else tuple((table.id, table.variant) for table in report.tables),
        agency=None if agency is None else str(agency),
        year=None if year is None else int(year),
        fingerprint=None if failed else _fingerprint(report),
    )


def summary_header(form: Form) -> tuple[str, ...]:
    """The titles of the columns of the summary: what is fixed, then the tables, then the fields.

    The last column has what a single report does not know: an earlier one that is the same.
    """
    return (
        *SUMMARY_START,
        *(table_title(table, form) for table in form.table_ids),
        *(kind.title or kind.id for kind in form.fields),
        "原因",
        "出处",
        "与此报告相同",
    )


def table_title(table: str, form: Form) -> str:
    """The heading of the section that belongs to the table; its id where there is none."""
    return next((kind.heading for kind in form.sections if kind.id == table), table)


def row_title(cell: Cell) -> str:
    """The title of a cell's row behind those of its groups."""
    return " / ".join((*cell.row.group, cell.row.title))


def column_title(cell: Cell) -> str:
    """The title of a cell's column behind that of its group."""
    column = cell.column
    return " / ".join((column.group, column.title)) if column.group else column.title


def made_by_line(made: MadeBy) -> str:
    """What made a report or a run, in one line."""
    return f"勾稽 {made.gouji}，模型 {made.model}，表单 {made.form_sha256[:12]}"


def identity(report: Report) -> tuple[Number | str | None, Number | str | None]:
    """Whose report it is and of which year: the fields `agency` and `year`, None if not found."""
    values = {found.id: found.value for found in report.fields}
    return values.get("agency"), values.get("year")


def _summary_row(report: Report, form: Form) -> Row:
    verdicts = {table.id: VERDICTS[table.verdict] for table in report.tables}
    values = {field.id: field.value for field in report.fields}
    titles = {kind.id: kind.title or kind.id for kind in form.fields}
    return (
        report.source.name,
        VERDICTS[report.verdict],
        round(report.confidence, 4),
        sum(cell.review for table in report.tables for cell in table.cells),
        "、".join(titles[field.id] for field in report.fields if field.review),
        report.form,
        *(verdicts[table] for table in form.table_ids),
        *(values[kind.id] for kind in form.fields),
        report.reason,
        made_by_line(report.made_by),
    )


def _review_rows(report: Report, form: Form, line_of: LineOf) -> Iterator[Row]:
    for table in report.tables:
        if all(cell.status is Status.MISSING for cell in table.cells):
            yield _missing_table_row(report, table, form)
            continue
        cells = form.variants[table.id][table.variant].cell
        for result in table.cells:
            if result.review:
                yield _review_row(report, result, cells[result.id], form, line_of)


def _fingerprint(report: Report) -> str | None:
    values = [
        (table.id, table.variant, cell.value) for table in report.tables for cell in table.cells
    ]
    known = identity(report)
    if None in known:
        return None
    return hashlib.sha256(dumps([known, values]).encode()).hexdigest()


def _confirmed_rows(report: Report, form: Form, line_of: LineOf) -> Iterator[Row]:
    for table in report.tables:
        cells = form.variants[table.id][table.variant].cell
        for result in table.cells:
            if result.status is Status.CONFIRMED:
                yield _review_row(report, result, cells[result.id], form, line_of)


def _missing_table_row(report: Report, table: TableResult, form: Form) -> Row:
    title = table_title(table.id, form)
    reason = f"整张表（{len(table.cells)} 个单元格）都没有找到"
    status, confidence = STATUSES[Status.MISSING], round(table.confidence, 4)
    return (
        *(report.source.name, table.id, title, None, None, None, None, None, status, confidence),
        *(reason, None, None, None, None, None),
    )


def _review_row(report: Report, result: CellResult, cell: Cell, form: Form, line_of: LineOf) -> Row:
    start, end = result.span or (None, None)
    return (
        report.source.name,
        result.id,
        table_title(cell.table, form),
        row_title(cell),
        column_title(cell),
        result.read,
        result.printed,
        result.value,
        STATUSES[result.status],
        round(result.confidence, 4),
        result.reason,
        "；".join(
            f"{'空' if other.value is None else other.value}（{other.probability:.2f}）"
            for other in result.alternatives
        ),
        None if start is None else line_of(start),
        start,
        end,
        result.page,
    )
