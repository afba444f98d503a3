"""One report as an Excel workbook: its tables in the official layout, doubtful cells coloured."""

import io
from collections.abc import Iterator

from openpyxl.styles import PatternFill

from gouji.inference.writers.form_grid import form_grid
from gouji.inference.writers.rows import STATUSES, VERDICTS, made_by_line, table_title
from gouji.inference.writers.workbook import (
    CHANGED,
    CONFIRMED,
    REVIEW,
    TABLE_WIDTHS,
    Sheet,
    Shown,
    add_sheet,
    append_table,
    new_workbook,
    plain_row,
    save,
    text_cell,
)
from gouji.model.form import Form
from gouji.model.report import CellResult, Report, Status, TableResult

_AS_PRINTED = (Status.READ, Status.BLANK)
_LEGEND = "底色：黄 请核对；蓝 与原文不同或由合计推出；绿 人工确认。各格批注说明原文、取值与原因。"


def report_workbook(report: Report, form: Form, *, blank_as_zero: bool) -> bytes:
    """The file; with `blank_as_zero` cells that are surely blank hold 0."""
    book = new_workbook()
    sheet = add_sheet(book, "报告", TABLE_WIDTHS)
    row = 1
    for line in _opening(report):
        sheet.append(plain_row(sheet, line))
        row += 1
    for table in report.tables:
        row = _append(sheet, table, form, row, blank_as_zero=blank_as_zero)
    _append_fields(add_sheet(book, "字段", (24, 60, 10, 8)), report, form)
    _append_remarks(add_sheet(book, "检查", (12, 60, 50)), report)
    stream = io.BytesIO()
    save(book, stream)
    return stream.getvalue()


def shown_value(cell: CellResult, *, blank_as_zero: bool) -> int | float | None:
    """The value of a cell as exports write it."""
    return 0 if blank_as_zero and cell.status is Status.BLANK else cell.value


def _opening(report: Report) -> Iterator[tuple[str, ...]]:
    yield ("报告", report.source.name)
    yield ("结论", VERDICTS[report.verdict], report.reason)
    yield ("出处", made_by_line(report.made_by))
    yield ("原文", f"SHA-256 {report.source.sha256}")
    yield ("说明", _LEGEND)


def _append(sheet: Sheet, table: TableResult, form: Form, row: int, *, blank_as_zero: bool) -> int:
    variant = form.variants[table.id][table.variant]
    sheet.append([])
    title = f"{table_title(table.id, form)}（{table.variant} 年表式，{VERDICTS[table.verdict]}）"
    sheet.append([text_cell(sheet, title, bold=True)])
    shown = {
        cell.id: Shown(shown_value(cell, blank_as_zero=blank_as_zero), _fill(cell), _comment(cell))
        for cell in table.cells
    }
    return append_table(sheet, form_grid(variant), shown, row + 2)


def _fill(cell: CellResult) -> PatternFill | None:
    if cell.review:
        return REVIEW
    if cell.status is Status.CONFIRMED:
        return CONFIRMED
    return None if cell.status in _AS_PRINTED else CHANGED


def _comment(cell: CellResult) -> str:
    if not cell.review and cell.status in _AS_PRINTED:
        return ""
    lines = [
        f"状态：{STATUSES[cell.status]}（置信度 {cell.confidence:.3f}）",
        f"原文：{'（无）' if cell.read is None else cell.read}",
        f"印出的数：{_worded(cell.printed)}，取值：{_worded(cell.value)}",
    ]
    lines += [f"原因：{cell.reason}"] if cell.reason else []
    lines += [
        f"也可能是 {_worded(other.value)}（{other.probability:.2f}）：{other.reason}"
        for other in cell.alternatives
    ]
    return "\n".join(lines)


def _worded(value: int | float | None) -> str:
    return "空" if value is None else str(value)


def _append_fields(sheet: Sheet, report: Report, form: Form) -> None:
    titles = {kind.id: kind.title or kind.id for kind in form.fields}
    sheet.append(plain_row(sheet, ("字段", "取值", "置信度", "待核"), bold=True))
    for found in report.fields:
        mark = "是" if found.review else ""
        row = (titles[found.id], found.value, round(found.confidence, 4), mark)
        sheet.append(plain_row(sheet, row))


def _append_remarks(sheet: Sheet, report: Report) -> None:
    """The equations that do not hold as printed, and the findings."""
    sheet.append(plain_row(sheet, ("代码", "说明", "单元格或等式"), bold=True))
    for table in report.tables:
        for check in table.checks:
            if check.holds_as_printed is False:
                left, right = check.as_printed
                words = f"按原文两边为 {_worded(left)} 与 {_worded(right)}"
                sheet.append(plain_row(sheet, ("不平", words, check.equation)))
    for found in report.findings:
        sheet.append(plain_row(sheet, (found.code, found.message, "、".join(found.cells))))
