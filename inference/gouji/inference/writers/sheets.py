"""CSV files that a spreadsheet program opens as they are, and that run nothing in it."""

import csv
import io
from collections.abc import Iterable, Sequence

Row = Sequence[str | int | float | None]

SUMMARY, REVIEW, FAILED = "summary.csv", "review.csv", "failed.csv"

SUMMARY_START = ("报告", "结论", "置信度", "待核单元格数", "待核字段", "表式")
REVIEW_HEADER = (
    *("报告", "单元格", "表", "行", "列", "原文", "印出的数", "取值", "状态", "置信度"),
    *("原因", "其他可能", "行号", "起", "止", "页"),
)
FAILED_HEADER = ("文件", "原因")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def sheet(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    r"""A CSV file in UTF-8 with byte order mark, lines ended by `\r\n` (RFC 4180).

    What a spreadsheet program would take for a formula gets an apostrophe before it
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_inert(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(value: str | int | float | None) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
