"""Sources: the reports that annotations are made of, and the files that hold annotations."""

from collections.abc import Callable, Mapping
from pathlib import Path

from gouji.model.annotation import Annotation
from gouji.model.document import Document
from gouji.model.jsonl import decode, loads
from gouji.model.mention import Number
from gouji.model.report import Report

Extract = Callable[[Document, Mapping[str, Mapping[str, Number | None]]], tuple[Report, ...]]
"""The reports in a document, given what a person confirmed, by the suffix of the report's name."""

SUFFIX = ".jsonl"


def is_annotation_file(path: Path) -> bool:
    """Whether a file holds annotations, which its name and its first line tell."""
    if path.suffix != SUFFIX:
        return False
    try:
        with path.open("rb") as stream:
            data = loads(next(stream, b"").decode("utf-8-sig"))
        decode(Annotation, data)
    except (OSError, ValueError):
        return False
    return True
