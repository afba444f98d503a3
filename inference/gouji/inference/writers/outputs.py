"""How a file that gouji wrote is told from a source to read."""

import re
from pathlib import Path

from gouji.inference.writers.sheets import (
    FAILED,
    FAILED_HEADER,
    REVIEW,
    REVIEW_HEADER,
    SUMMARY,
    SUMMARY_START,
    sheet,
)

REPORT_SUFFIX, REPORT_LINES, LOG = ".json", "reports.jsonl", "gouji.log"

_REPORT_START = re.compile(rb'\s*\{\s*"schema":\s*"gouji\.report/')
_SHEET_STARTS = {
    name: sheet(header, ()).removesuffix(b"\r\n")
    for name, header in (
        (SUMMARY, SUMMARY_START),
        (REVIEW, REVIEW_HEADER),
        (FAILED, FAILED_HEADER),
    )
}
_HEAD_BYTES = 1024


def report_path(folder: Path, name: str) -> Path:
    """Where the JSON of the report of this name lies in an output folder."""
    return folder / f"{name}{REPORT_SUFFIX}"


def is_own_output(path: Path) -> bool:
    """Whether gouji wrote the file, by what it begins with; False if it can't be opened."""
    name = path.name.lower()
    if name == LOG:
        return True
    if name not in _SHEET_STARTS and path.suffix.lower() not in (".json", ".jsonl"):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:  # reading it as a source will say why
        return False
    if name in _SHEET_STARTS:
        return head.startswith(_SHEET_STARTS[name])
    return _REPORT_START.match(head) is not None or (name == REPORT_LINES and not head)
