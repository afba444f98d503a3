"""Excel workbooks: styled cells, the official tables, and files that are told from sources."""

import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from gouji.inference.writers.form_grid import Place, n_columns, n_rows
from gouji.inference.writers.sheets import AUTHOR
from gouji.model.mention import Number

Sheet = Any
"""A sheet of a workbook in openpyxl's write-only mode, whose rows are given one after the other."""

_LONGEST = 32_000  # characters; a cell of Excel holds 32,767
_SHEET_NAME = 31
_LONG_TITLE = 28  # characters that fit on a line of the third column
_TWO_LINES = 30  # points
_MADE = datetime(2000, 1, 1)  # the same report gives the same workbook
_LINE = Side(style="thin", color="999999")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_TITLE = PatternFill("solid", fgColor="EDF2F7")
_BOLD = Font(bold=True)
TABLE_WIDTHS = (18, 26, 56, *[13] * 12)
"""Widths of columns that hold the official tables; the third has the longest titles."""
REVIEW = PatternFill("solid", fgColor="FFE08A")
CHANGED = PatternFill("solid", fgColor="CFE8FF")
CONFIRMED = PatternFill("solid", fgColor="D5F5D5")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in a cell of a table: a number or nothing, its colour, and a comment."""

    value: Number | None
    fill: PatternFill | None = None
    comment: str = ""


def new_workbook() -> Workbook:
    """An empty workbook whose sheets are written row by row."""
    book = Workbook(write_only=True)
    book.properties.creator = AUTHOR
    book.properties.created = book.properties.modified = _MADE
    return book


def add_sheet(book: Workbook, name: str, widths: Sequence[float], frozen: str = "") -> Sheet:
    """A sheet with columns of these widths in characters; rows above `frozen` stay in sight."""
    sheet: Sheet = book.create_sheet(name[:_SHEET_NAME])
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if frozen:
        sheet.freeze_panes = frozen
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one page wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def save(book: Workbook, stream: BinaryIO) -> None:
    """Writes a workbook; the same sheets give the same bytes.

    Raises:
        OSError: the stream can't be written.
    """
    ExcelWriter(book, _Undated(stream, "w", zipfile.ZIP_DEFLATED)).save()


class _Undated(zipfile.ZipFile):
    """An archive whose members say nothing of when they were written."""

    def writestr(self, member: str | zipfile.ZipInfo, data: Any, *_: Any) -> None:
        super().writestr(_undated(str(member)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any) -> None:
        member = _undated(str(arcname))
        with (
            Path(filename).open("rb") as source,
            self.open(member, "w", force_zip64=True) as target,
        ):
            shutil.copyfileobj(source, target)


def _undated(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def text_cell(sheet: Sheet, value: str, *, bold: bool = False) -> Any:
    """A cell with a text, which is never taken for a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = _BOLD
    return cell


def plain_row(
    sheet: Sheet, values: Iterable[str | Number | None], *, bold: bool = False
) -> list[Any]:
    """A row of texts and numbers."""
    return [
        text_cell(sheet, value, bold=bold) if isinstance(value, str) else value for value in values
    ]


def append_table(
    sheet: Sheet, places: Sequence[Place], shown: Mapping[str, Shown], first_row: int
) -> int:
    """Writes a table in its official layout from row `first_row`, counted from 1; the next row.

    `shown` has what stands in each cell by its id.
    """
    at = {(place.row, place.column): place for place in places}
    for row in range(n_rows(places)):
        if any(place.row == row and len(place.title) > _LONG_TITLE for place in places):
            sheet.row_dimensions[first_row + row].height = _TWO_LINES
        cells: list[Any] = [None] * n_columns(places)
        for column in range(len(cells)):
            if place := at.get((row, column)):
                cells[column] = _cell(sheet, place, shown)
                _merge(sheet, place, first_row)
        sheet.append(cells)
    return first_row + n_rows(places)


def _cell(sheet: Sheet, place: Place, shown: Mapping[str, Shown]) -> Any:
    if place.cell is None:
        cell = text_cell(sheet, place.title, bold=True)
        cell.fill = _TITLE
    else:
        what = shown[place.cell.id]
        cell = WriteOnlyCell(sheet, value=what.value)
        if what.fill is not None:
            cell.fill = what.fill
        if what.comment:
            cell.comment = Comment(what.comment, AUTHOR, height=140, width=320)
    cell.border, cell.alignment = _BORDER, _WRAPPED
    return cell


def _merge(sheet: Sheet, place: Place, first_row: int) -> None:
    if place.rows == place.columns == 1:
        return
    top, left = first_row + place.row, place.column + 1
    corner, end = get_column_letter(left), get_column_letter(left + place.columns - 1)
    sheet.merged_cells.add(f"{corner}{top}:{end}{top + place.rows - 1}")
