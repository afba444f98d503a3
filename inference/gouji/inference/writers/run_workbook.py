"""All reports of a run in one Excel workbook: sums, a wide table, what to review, what failed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from gouji.inference.writers.form_grid import form_grid
from gouji.inference.writers.picture_column import MOST_PICTURES, PICTURE, place_picture
from gouji.inference.writers.picture_column import WIDTH as PICTURE_WIDTH
from gouji.inference.writers.report_workbook import shown_value
from gouji.inference.writers.rows import VERDICTS, identity, made_by_line, table_title
from gouji.inference.writers.sheets import FAILED_HEADER, REVIEW_HEADER, RUN_WORKBOOK, Row
from gouji.inference.writers.workbook import (
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
from gouji.model.atomic import replacing
from gouji.model.form import Form, Table
from gouji.model.mention import Number
from gouji.model.report import CellResult, Report, TableResult, Verdict

SUMS, WIDE, TO_REVIEW, CONFIRMED, FAILED = "汇总", "宽表", "待核对", "已确认", "失败"
REPORT, CELL, VALUE = "报告", "单元格", "取值"
RIGHT_VALUE, NUMBER, SOURCE, SEAL = "正确值", "第几份", "原文SHA-256", "校验"
_AT = REVIEW_HEADER.index(VALUE) + 1
CORRECTION_HEADER = (*REVIEW_HEADER[:_AT], RIGHT_VALUE, *REVIEW_HEADER[_AT:], NUMBER, SOURCE, SEAL)
"""The columns of the sheets that corrections are read from."""
SEALED = (REPORT, CELL, "表", "行", "列", "原文", NUMBER, SOURCE)
"""The columns that belong together: their seal is broken where only some of them have moved."""

_MOST_ROWS = 1_000_000  # of a sheet; Excel holds 1,048,576
_GUIDE = (
    f"在“{TO_REVIEW}”的“{RIGHT_VALUE}”一栏填上正确的数（确实没有数的填“空”），保存并关闭后，"
    f"用同样的命令加上 --corrections {RUN_WORKBOOK} 再运行一次。",
    "填过的格子成为“人工确认”，同一报告的其余格子据此重新核对，汇总随之更新。",
)
_WIDE_START = (REPORT, "机关", "年度", "结论", "待核单元格数", "与此报告相同")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report came from: the SHA-256 of its source, and which in the source, from 1 on."""

    sha256: str
    number: int


@dataclass(frozen=True, slots=True)
class RunSheets:
    """What a run knows besides its reports.

    `variants` lists (table, variant) as found in its reports; `review` and `confirmed` hold rows
    under `REVIEW_HEADER`, `failed` rows under `FAILED_HEADER`; `origins` knows every report.
    `duplicates` maps a report to the earlier one that it is the same as; it adds nothing to sums.
    `pictures` maps the report and the cell of rows to review to the PNG file that shows the cell.
    """

    variants: frozenset[tuple[str, str]]
    review: Iterable[Row]
    confirmed: Iterable[Row]
    failed: Sequence[Row]
    origins: Mapping[str, Origin]
    duplicates: Mapping[str, str]
    pictures: Mapping[tuple[str, str], Path] = field(default_factory=dict)


@dataclass(slots=True)
class _Sum:
    """The sums of one variant of a table: cells exactly, flagged cells, and reports."""

    n_reports: int = 0
    values: dict[str, Decimal] = field(default_factory=dict)
    flagged: Counter[str] = field(default_factory=Counter)

    def add(self, table: TableResult) -> None:
        """Adds the cells of a report; one without a value adds nothing."""
        self.n_reports += 1
        for cell in table.cells:
            number = Decimal(str(cell.value or 0))
            self.values[cell.id] = self.values.get(cell.id, Decimal(0)) + number
            self.flagged[cell.id] += cell.review


def write_run_workbook(
    path: Path, form: Form, reports: Iterable[Report], run: RunSheets, *, blank_as_zero: bool
) -> None:
    """Writes the workbook; of the reports only one is held at a time.

    Raises:
        OSError: the file can't be written.
    """
    book = new_workbook()
    tables = [
        table
        for variants in form.variants.values()
        for table in variants.values()
        if (table.id, table.variant) in run.variants
    ]
    sums = {(table.id, table.variant): _Sum() for table in tables}
    counted = _counted(reports, run, sums)
    made_by = _append_wide(book, tables, counted, run.duplicates, blank_as_zero=blank_as_zero)
    rows = _with_origins(TO_REVIEW, run.review, run.origins)
    _append_rows(book, TO_REVIEW, CORRECTION_HEADER, rows, run.pictures)
    rows = _with_origins(CONFIRMED, run.confirmed, run.origins)
    _append_rows(book, CONFIRMED, CORRECTION_HEADER, rows)
    _append_rows(book, FAILED, FAILED_HEADER, run.failed)
    n_others = len(book.worksheets)
    for number, table in enumerate(tables, start=1):
        _append_sum(book, number, table, form, sums[table.id, table.variant])
    _append_guide(book, made_by, run)
    for sheet in book.worksheets[n_others:]:
        book.move_sheet(sheet.title, -n_others)
    with replacing(path) as stream:
        save(book, stream)


def _counted(
    reports: Iterable[Report], run: RunSheets, sums: Mapping[tuple[str, str], _Sum]
) -> Iterator[Report]:
    """The reports that did not fail; their tables are added up as they pass."""
    for report in reports:
        if report.verdict is Verdict.FAILED:
            continue
        if report.source.name not in run.duplicates:
            for table in report.tables:
                sums[table.id, table.variant].add(table)
        yield report


def _append_wide(
    book: Workbook,
    tables: Sequence[Table],
    reports: Iterable[Report],
    duplicates: Mapping[str, str],
    *,
    blank_as_zero: bool,
) -> Counter[str]:
    """A report a row, a column for every cell; counts what made the reports."""
    sheet = add_sheet(book, WIDE, (40, 30, 8, 12, 12, 14), "B2")
    columns = list(dict.fromkeys(cell.id for table in tables for cell in table.cells))
    sheet.append(plain_row(sheet, (*_WIDE_START, *columns), bold=True))
    made_by: Counter[str] = Counter()
    for report in reports:
        made_by[made_by_line(report.made_by)] += 1
        cells = report.cells
        name = report.source.name
        n_flagged = sum(cell.review for cell in cells.values())
        verdict, same = VERDICTS[report.verdict], duplicates.get(name)
        start = (name, *identity(report), verdict, n_flagged, same)
        numbers = [_wide_cell(sheet, cells.get(column), blank_as_zero) for column in columns]
        sheet.append([*plain_row(sheet, start), *numbers])
    return made_by


def _wide_cell(sheet: Sheet, result: CellResult | None, blank_as_zero: bool) -> object:
    if result is None:
        return None
    value = shown_value(result, blank_as_zero=blank_as_zero)
    if not result.review:
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.fill = REVIEW
    return cell


def _append_rows(
    book: Workbook,
    name: str,
    header: Sequence[str],
    rows: Iterable[Row],
    pictures: Mapping[tuple[str, str], Path] | None = None,
) -> None:
    """The rows on a sheet, or on several where there are more than one holds.

    With `pictures`, they stand before the right value, in a column of their own.
    """
    titles = (*header[:_AT], PICTURE, *header[_AT:]) if pictures else header
    sheet, number, n_rows = None, 0, 0
    for row in rows:
        if sheet is None or n_rows == _MOST_ROWS:
            number += 1
            sheet, n_rows = _headed(book, name if number == 1 else f"{name} {number}", titles), 0
        cells = plain_row(sheet, row)
        if pictures:
            cells.insert(_AT, None)
            if picture := pictures.get((str(row[0]), str(row[1]))):
                place_picture(sheet, picture, n_rows + 2, _AT + 1)
        sheet.append(cells)
        n_rows += 1
    if sheet is None:
        _headed(book, name, titles)


def _headed(book: Workbook, name: str, header: Sequence[str]) -> Sheet:
    wide = dict.fromkeys((REPORT, CELL, "行", "原因"), 30) | {PICTURE: PICTURE_WIDTH}
    sheet = add_sheet(book, name, [wide.get(title, 14) for title in header], "A2")
    sheet.append(plain_row(sheet, header, bold=True))
    return sheet


def _with_origins(name: str, rows: Iterable[Row], origins: Mapping[str, Origin]) -> Iterator[Row]:
    """The rows with a place for the right value, filled in where it is confirmed."""
    for row in rows:
        origin = origins[str(row[0])]
        value = row[_AT - 1]
        right = ("空" if value is None else value) if name == CONFIRMED else None
        full = (*row[:_AT], right, *row[_AT:], origin.number, origin.sha256)
        told = dict(zip(CORRECTION_HEADER, full, strict=False))
        yield (*full, seal([told[title] for title in SEALED]))


def seal(values: Iterable[object]) -> str:
    """What tells whether the values of a row still stand together, as a sheet shows them."""
    shown = "\n".join("" if value is None else str(value) for value in values)
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


def _append_sum(book: Workbook, number: int, table: Table, form: Form, total: _Sum) -> None:
    title = table_title(table.id, form)
    sheet = add_sheet(book, f"{SUMS}{number} {table.variant} {title}", TABLE_WIDTHS)
    places = form_grid(table)
    sheet.append([text_cell(sheet, f"{title}（{table.variant} 年表式）", bold=True)])
    sheet.append([text_cell(sheet, f"{total.n_reports} 份报告之和；黄色的和中有待核的格子")])
    row = append_table(sheet, places, {c.id: _total(c.id, total) for c in table.cells}, 3)
    sheet.append([])
    sheet.append([text_cell(sheet, "其中待核的格子数", bold=True)])
    flagged = {c.id: Shown(total.flagged[c.id]) for c in table.cells}
    append_table(sheet, places, flagged, row + 2)


def _total(cell: str, total: _Sum) -> Shown:
    n_flagged = total.flagged[cell]
    comment = f"{total.n_reports} 份报告中有 {n_flagged} 份的这一格待核" if n_flagged else ""
    return Shown(
        _number(total.values.get(cell, Decimal(0))), REVIEW if n_flagged else None, comment
    )


def _number(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)


def _append_guide(book: Workbook, made_by: Mapping[str, int], run: RunSheets) -> None:
    lines = list(_GUIDE)
    if n := len(run.pictures):
        lines.append(
            f"“{PICTURE}”一栏是页上该处的样子，共 {n} 张；没有页上位置的格子没有图片，"
            f"一次最多附 {MOST_PICTURES} 张。"
        )
    if n := len(run.duplicates):
        lines.append(f"有 {n} 份报告与前面的机关、年度和各格都相同，不计入汇总（见“{WIDE}”）。")
    lines += [f"{n} 份报告：{line}" for line, n in sorted(made_by.items())]
    sheet = add_sheet(book, "说明", (100,))
    for line in lines:
        sheet.append([text_cell(sheet, line)])
