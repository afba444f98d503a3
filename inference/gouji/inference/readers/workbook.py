"""XLSX: the cells of a workbook, sheet after sheet, a row a line and a cell boundary a tab."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.lines import Lines
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded

_MOST_CELLS = 200_000  # of a sheet, empty ones included


def read_xlsx(data: bytes, source: Source, limits: Limits) -> Document:
    """The document that the bytes of an XLSX file hold; `source` is kept as it is.

    Formulas are not run: the value is the one that the file has of them. Of merged cells the first
    counts. The places tell sheet, row and cell, counted from 0, empty rows left out.

    Raises:
        Corrupt: the workbook is broken, or holds no value.
        LimitExceeded: it is larger than `limits.max_bytes` once unpacked, or has more cells or
            characters than allowed.
    """
    name = source.name
    try:
        _check_size(data, name, limits)
        with catch_warnings():
            simplefilter("ignore")  # openpyxl warns of what it leaves out: styles, pictures, names
            book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except LimitExceeded:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise Corrupt(f"{name}：工作簿已损坏（{error}）；请用 Excel 另存后再试") from error
    lines = Lines()
    for sheet in book.worksheets:
        lines.block()
        lines.open_table()
        for row in _rows(sheet, name):
            lines.open_row()
            for text in row:
                lines.open_cell()
                lines.words(text)
            if lines.n > limits.max_chars:
                raise LimitExceeded(f"{name}：文字超过上限 {limits.max_chars} 个字符；请拆分后再试")
        lines.close_table()
    if not lines.text.strip():
        raise Corrupt(f"{name}：工作簿中没有内容；应为有年度报告表格的工作簿")
    return Document(source, lines.text, places=tuple(lines.places))


def _check_size(data: bytes, name: str, limits: Limits) -> None:
    """Refuses a package that unpacks to more than allowed; no part unpacks to more than it says."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = sum(member.file_size for member in package.infolist())
    if size > limits.max_bytes:
        raise LimitExceeded(
            f"{name}：解压后有 {size} 字节，超过上限 {limits.max_bytes} 字节；请拆分后再试"
        )


def _rows(sheet: Any, name: str) -> Iterator[list[str]]:
    """The rows with a value, up to the last column that has one; merged-away cells left out."""
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise LimitExceeded(
            f"{name}：工作表“{sheet.title}”超过 {_MOST_CELLS} 个单元格；请删去多余的行列后再试"
        )
    covered = {
        place
        for merged in sheet.merged_cells.ranges
        for place in ((r, c) for r, c in merged.cells if (r, c) != (merged.min_row, merged.min_col))
    }
    used = [cell.column for row in sheet.iter_rows() for cell in row if cell.value is not None]
    width = max(used, default=0)
    for row in sheet.iter_rows(max_col=width or 1):
        if any(cell.value is not None for cell in row):
            yield [_text(c.value) for c in row if (c.row, c.column) not in covered]


def _text(value: object) -> str:
    """A value as a reader of the sheet would write it: whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return str(value)
