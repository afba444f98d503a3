"""The right values that a person has filled into the workbook of a run."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import load_workbook

from gouji.inference.corrections import Correction
from gouji.inference.writers.run_workbook import (
    CELL,
    CONFIRMED,
    NUMBER,
    RIGHT_VALUE,
    SEAL,
    SEALED,
    SOURCE,
    TO_REVIEW,
    seal,
)
from gouji.model.errors import ConfigError
from gouji.model.mention import Number
from gouji.model.numerals import narrow

_SHEETS = re.compile(rf"(?:{CONFIRMED}|{TO_REVIEW})(?: \d+)?")
_NOTHING = frozenset({"空", "无", "没有"})
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def workbook_corrections(data: bytes, name: str) -> Iterator[tuple[str, Correction]]:
    """The corrections in the bytes of a workbook, each with its place for messages.

    Those of the sheet with what is to review come last, so that they count.

    Raises:
        ConfigError: the workbook is broken or has no such sheet, parts of a row have moved, or a
            value is no number.
    """
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        sheets = [sheet for sheet in book.worksheets if _SHEETS.fullmatch(sheet.title)]
        sheets.sort(key=lambda sheet: sheet.title.startswith(TO_REVIEW))
        filled = [
            (s.title, list(_filled(name, s.title, s.iter_rows(values_only=True)))) for s in sheets
        ]
    except ConfigError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise ConfigError(f"更正文件 {name} 已损坏（{error}）；请用 Excel 另存后再试") from error
    if not sheets:
        raise ConfigError(f"更正文件 {name} 中没有“{TO_REVIEW}”工作表；应为 all.xlsx")
    for _, lines in filled:
        yield from lines


def _filled(
    name: str, sheet: str, rows: Iterator[Sequence[Any]]
) -> Iterator[tuple[str, Correction]]:
    header = list(next(rows, ()))
    if missing := [title for title in (RIGHT_VALUE, *SEALED, SEAL) if title not in header]:
        raise ConfigError(f"更正文件 {name} 的“{sheet}”缺少栏目：{'、'.join(missing)}")
    for number, row in enumerate(rows, start=2):
        told = dict(zip(header, row, strict=False))
        if not any(value is not None and str(value).strip() for value in row):
            continue
        place = f"{name} 的“{sheet}”第 {number} 行"
        if told.get(SEAL) != seal(told.get(title) for title in SEALED):
            raise ConfigError(
                f"{place}：各栏对不上，可能移动、插入或改动过单元格；只能填“{RIGHT_VALUE}”一栏，"
                "整行移动、排序、删除都可以。文件中的更正一个也没有采用"
            )
        right = told.get(RIGHT_VALUE)
        if right is not None and str(right).strip():
            value = _value(right, place)
            yield place, Correction(str(told[SOURCE]), str(told[CELL]), value, f"#{told[NUMBER]}")


def _value(entry: object, place: str) -> Number | None:
    if isinstance(entry, int | float) and not isinstance(entry, bool):
        return entry
    text = narrow(str(entry)).strip()
    if text in _NOTHING:
        return None
    digits = text.replace(",", "")
    if not _NUMBER.fullmatch(digits):
        raise ConfigError(f"{place}：“{RIGHT_VALUE}”为 {entry!r}，应为一个数，或“空”")
    return float(digits) if "." in digits else int(digits)
