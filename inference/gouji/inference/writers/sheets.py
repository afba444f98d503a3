"""The files that sum up a run: their names and headers, and CSV that runs nothing in Excel."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from gouji.model.atomic import replacing

Row = Sequence[str | int | float | None]

SUMMARY, REVIEW, FAILED, EXPECTED = "summary.csv", "review.csv", "failed.csv", "expected.csv"
LONG_CSV, LONG_PARQUET, CODE_BOOK = "cells.csv", "cells.parquet", "codebook.csv"
RUN_WORKBOOK = "all.xlsx"
SUMMARIES = (SUMMARY, REVIEW, FAILED, EXPECTED, LONG_CSV, LONG_PARQUET, CODE_BOOK, RUN_WORKBOOK)
"""The files of a run beside its reports."""
AUTHOR = "gouji"
"""The author of every workbook of gouji; sources have others."""

SUMMARY_START = ("报告", "结论", "置信度", "待核单元格数", "待核字段", "表式")
REVIEW_HEADER = (
    *("报告", "单元格", "表", "行", "列", "原文", "印出的数", "取值", "状态", "置信度"),
    *("原因", "其他可能", "行号", "起", "止", "页"),
)
FAILED_HEADER = ("文件", "原因")
MADE_BY = "出处"
EXPECTED_HEADER = ("单位", "年度", "情况", "报告")
CODE_BOOK_HEADER = ("类别", "名称", "含义", "单位")
LONG_HEADER = (
    *("report", "agency", "year", "form", "table", "variant", "row", "column", "cell"),
    *("printed", "value", "status", "confidence", "review", "made_by"),
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_sheet(path: Path, header: Sequence[str], rows: Iterable[Row], made_by: str) -> None:
    """Writes a CSV file row by row; its last column tells what made it.

    Raises:
        OSError: it can't be written.
    """
    with replacing(path) as stream:
        stream.write(sheet((*header, MADE_BY), ()))
        for row in rows:
            stream.write(_lines([(*row, made_by)]).encode())


def sheet(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    r"""A CSV file in UTF-8 with byte order mark, lines ended by `\r\n` (RFC 4180).

    What a spreadsheet program would take for a formula gets an apostrophe before it
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    return _lines([header, *rows]).encode("utf-8-sig")


def _lines(rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([inert(value) for value in row] for row in rows)
    return text.getvalue()


def inert(value: str | int | float | None) -> str:
    """What to write for a value; a text that would be taken for a formula opens with `'`."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return "" if value is None else str(value)
