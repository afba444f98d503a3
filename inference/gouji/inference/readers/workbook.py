"""XLSX: the cells of a workbook, sheet after sheet, a row a line and a cell boundary a tab."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from warnings import catch_warnings, simplefilter

from lxml import etree  # type: ignore[import-untyped]  # it carries no types
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.lines import Lines
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded

_MOST_CELLS = 200_000  # of a sheet, empty ones included
_MOST_COLUMNS, _MOST_ROWS = 16_384, 1_048_576  # of a sheet in Excel
_CHUNK_BYTES = 1 << 16


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
    """Refuses a package that unpacks to more than allowed, or merges more cells than it may have.

    No part unpacks to more than it says.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = sum(member.file_size for member in package.infolist())
        if size > limits.max_bytes:
            raise LimitExceeded(
                f"{name}：解压后有 {size} 字节，超过上限 {limits.max_bytes} 字节；请拆分后再试"
            )
        n_merged = sum(
            _n_merged(package, member)
            for member in package.namelist()
            if PurePosixPath(member).suffix == ".xml"
        )
    if n_merged > _MOST_CELLS:  # openpyxl would make every one of them
        raise LimitExceeded(f"{name}：合并了超过 {_MOST_CELLS} 个单元格；请取消多余的合并后再试")


def _n_merged(package: zipfile.ZipFile, member: str) -> int:
    """How many cells a part merges; 0 if it is no sheet."""
    parser = etree.XMLParser(target=_Merges(), resolve_entities=False, no_network=True)
    with package.open(member) as part:
        while chunk := part.read(_CHUNK_BYTES):
            parser.feed(chunk)
    return int(parser.close())


class _Merges:
    """Counts the merged cells of a sheet while it is parsed, without keeping any of it."""

    def __init__(self) -> None:
        self._n = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if etree.QName(tag).localname == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes.get("ref") or "A1")
            n_columns = (right or _MOST_COLUMNS) - (left or 1) + 1
            self._n += n_columns * ((bottom or _MOST_ROWS) - (top or 1) + 1)

    def close(self) -> int:
        return self._n


def _rows(sheet: Any, name: str) -> Iterator[list[str]]:
    """The rows with a value, each as wide as its table; merged-away cells left out."""
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise LimitExceeded(
            f"{name}：工作表“{sheet.title}”超过 {_MOST_CELLS} 个单元格；请删去多余的行列后再试"
        )
    covered = {
        place
        for merged in sheet.merged_cells.ranges
        for place in ((r, c) for r, c in merged.cells if (r, c) != (merged.min_row, merged.min_col))
    }
    rows = [row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)]
    for row, width in zip(rows, _widths(rows), strict=True):
        yield [_text(c.value) for c in row[:width] if (c.row, c.column) not in covered]


def _widths(rows: Sequence[Sequence[Any]]) -> list[int]:
    """How many columns of each row belong to it: an empty cell may be one, or beside the table.

    Where cells have borders these tell. Where none has, a row is as wide as the widest from the
    head above it to the next one; a row of several texts and no number is a head.
    """
    if any(_has_border(cell) for row in rows for cell in row):
        return [
            _used(row, lambda cell: cell.value is not None or _has_border(cell)) for row in rows
        ]
    widths = [_used(row, lambda cell: cell.value is not None) for row in rows]
    heads = [n for n, row in enumerate(rows) if _is_head(row)]
    for start, end in pairwise([0, *heads, len(rows)]):
        widths[start:end] = [max(widths[start:end], default=0)] * (end - start)
    return widths


def _used(row: Sequence[Any], is_used: Callable[[Any], bool]) -> int:
    return max((number for number, cell in enumerate(row, start=1) if is_used(cell)), default=0)


def _has_border(cell: Any) -> bool:
    """Whether a line runs beside a cell or below it; the one above may be that of another cell."""
    border = cell.border
    return any(
        side is not None and side.style for side in (border.left, border.right, border.bottom)
    )


def _is_head(row: Sequence[Any]) -> bool:
    values = [cell.value for cell in row if cell.value is not None]
    texts = [value for value in values if isinstance(value, str) and not value.strip().isdecimal()]
    return len(values) == len(texts) >= 2


def _text(value: object) -> str:
    """A value as a reader of the sheet would write it: whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return str(value)
