"""How a file that gouji wrote is told from a source to read."""

import re
import zipfile
from pathlib import Path

from gouji.inference.readers.kinds import DAMAGE
from gouji.inference.writers.sheets import (
    AUTHOR,
    CODE_BOOK,
    CODE_BOOK_HEADER,
    EXPECTED,
    EXPECTED_HEADER,
    FAILED,
    FAILED_HEADER,
    LONG_CSV,
    LONG_HEADER,
    LONG_PARQUET,
    REVIEW,
    REVIEW_HEADER,
    SUMMARY,
    SUMMARY_START,
    sheet,
)

REPORT_SUFFIX, REPORT_LINES, LOG = ".json", "reports.jsonl", "gouji.log"
WORKBOOK_SUFFIX = ".xlsx"

_REPORT_START = re.compile(rb'\s*\{\s*"schema":\s*"gouji\.report/')
_SHEET_STARTS = {
    name: sheet(header, ()).removesuffix(b"\r\n")
    for name, header in (
        (SUMMARY, SUMMARY_START),
        (REVIEW, REVIEW_HEADER),
        (FAILED, FAILED_HEADER),
        (LONG_CSV, LONG_HEADER),
        (CODE_BOOK, CODE_BOOK_HEADER),
        (EXPECTED, EXPECTED_HEADER),
    )
}
_PARQUET_MAGIC = b"PAR1"
_PROPERTIES = "docProps/core.xml"
_OWN_AUTHOR = re.compile(rb"creator\b[^<>]*>" + AUTHOR.encode() + b"<")
_HEAD_BYTES = 1024


def report_path(folder: Path, name: str) -> Path:
    """Where the JSON of the report of this name lies in an output folder."""
    return folder / f"{name}{REPORT_SUFFIX}"


def workbook_path(folder: Path, name: str) -> Path:
    """Where the workbook of the report of this name lies in an output folder."""
    return folder / f"{name}{WORKBOOK_SUFFIX}"


def is_own_output(path: Path) -> bool:
    """Whether gouji wrote the file, by what stands in it; False if it can't be opened."""
    name = path.name.lower()
    if name == LOG:
        return True
    if path.suffix.lower() == WORKBOOK_SUFFIX:
        return _is_own_workbook(path)
    return _is_own_text(path, name)


def _is_own_workbook(path: Path) -> bool:
    """Whether the workbook says that gouji is its author."""
    try:
        with zipfile.ZipFile(path) as package, package.open(_PROPERTIES) as stream:
            head = stream.read(_HEAD_BYTES)
    except (*DAMAGE, OSError, KeyError):
        return False  # reading it as a source will say why
    return _OWN_AUTHOR.search(head) is not None


def _is_own_text(path: Path, name: str) -> bool:
    if name not in (*_SHEET_STARTS, LONG_PARQUET) and path.suffix.lower() not in (
        ".json",
        ".jsonl",
    ):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:  # reading it as a source will say why
        return False
    if name == LONG_PARQUET:
        return head.startswith(_PARQUET_MAGIC)
    if name in _SHEET_STARTS:
        return head.startswith(_SHEET_STARTS[name])
    return _REPORT_START.match(head) is not None or (name == REPORT_LINES and not head)
