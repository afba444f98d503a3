"""What the summaries say about one report: a line for it, and a line for each flagged cell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gouji.inference.writers.sheets import SUMMARY_START, Row
from gouji.model.form import Cell, Form
from gouji.model.report import CellResult, Report, Status, TableResult, Verdict

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
    """A report as the summaries show it; `n_flagged` counts its cells to review."""

    name: str
    verdict: Verdict
    reason: str
    n_flagged: int
    summary: Row
    review: tuple[Row, ...]


def report_rows(report: Report, form: Form, line_of: LineOf) -> ReportRows:
    """The rows of a report; one that failed has none to review."""
    failed = report.verdict is Verdict.FAILED
    return ReportRows(
        name=report.source.name,
        verdict=report.verdict,
        reason=report.reason,
        n_flagged=sum(cell.review for table in report.tables for cell in table.cells),
        summary=_summary_row(report, form),
        review=() if failed else tuple(_review_rows(report, form, line_of)),
    )


def summary_header(form: Form) -> tuple[str, ...]:
    """The titles of the columns of the summary: what is fixed, then the tables, then the fields."""
    return (
        *SUMMARY_START,
        *(table_title(table, form) for table in form.table_ids),
        *(kind.title or kind.id for kind in form.fields),
        "原因",
    )


def table_title(table: str, form: Form) -> str:
    """The heading of the section that belongs to the table; its id where there is none."""
    return next((kind.heading for kind in form.sections if kind.id == table), table)


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


def _missing_table_row(report: Report, table: TableResult, form: Form) -> Row:
    title = table_title(table.id, form)
    reason = f"整张表（{len(table.cells)} 个单元格）都没有找到"
    status, confidence = STATUSES[Status.MISSING], round(table.confidence, 4)
    return (
        *(report.source.name, table.id, title, None, None, None, None, None, status, confidence),
        *(reason, None, None, None, None, None),
    )


def _review_row(report: Report, result: CellResult, cell: Cell, form: Form, line_of: LineOf) -> Row:
    column = cell.column
    start, end = result.span or (None, None)
    return (
        report.source.name,
        result.id,
        table_title(cell.table, form),
        " / ".join((*cell.row.group, cell.row.title)),
        " / ".join((column.group, column.title)) if column.group else column.title,
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
