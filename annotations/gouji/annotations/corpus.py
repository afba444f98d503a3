"""The corpus: files of annotations read and written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gouji.model.annotation import Annotation
from gouji.model.errors import Corrupt
from gouji.model.form import Form, Table
from gouji.model.jsonl import read_lines, write_lines


def read_annotations(path: Path) -> tuple[Annotation, ...]:
    """The annotations of a JSONL file in its order.

    Raises:
        Corrupt: a line is no annotation, or two have one id; the message names the file.
        OSError: the file can't be read.
    """
    try:
        annotations = tuple(read_lines(path, Annotation))
    except ValueError as error:
        raise Corrupt(str(error)) from error
    for name, n in Counter(annotation.id for annotation in annotations).items():
        if n > 1:
            raise Corrupt(f"{path}: the id {name!r} stands on {n} lines; ids are unique")
    return annotations


def write_annotations(path: Path, annotations: Iterable[Annotation]) -> None:
    """Write a JSONL file that `read_annotations` reads back; an existing one is replaced whole."""
    write_lines(path, annotations)


def tables_of(annotation: Annotation, form: Form) -> tuple[Table, ...]:
    """The tables in the variants that the annotation names; KeyError for an unknown one."""
    return tuple(form.variants[table][annotation.variants[table]] for table in form.table_ids)


def renamed(annotation: Annotation, ids: Iterable[str]) -> Annotation:
    """The annotation under an id that is not taken: its own, or with the text's hash in it."""
    if annotation.id not in ids:
        return annotation
    stem, mark, number = annotation.id.partition("#")
    return replace(annotation, id=f"{stem}_{annotation.text_sha256[:8]}{mark}{number}")
