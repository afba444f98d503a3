"""Importing: samples on their way back from a labelling program, or from a corrected workbook."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gouji.annotations import doccano, label_studio
from gouji.annotations.corpus import read_annotations, renamed, write_annotations
from gouji.annotations.drafts import draft_of
from gouji.annotations.exchange import Details, Program, Returned, finished
from gouji.annotations.regions import marked_of
from gouji.annotations.relocating import relocated
from gouji.annotations.sources import Extract
from gouji.inference.correction_files import read_corrections
from gouji.inference.discovery import discover
from gouji.inference.readers import Limits
from gouji.inference.sources import read_source
from gouji.model.annotation import Annotation
from gouji.model.document import Document
from gouji.model.errors import ConfigError, Corrupt, ReadError
from gouji.model.form import Form
from gouji.model.jsonl import Json, loads


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: the samples, those that nobody has labelled, and why others were left out."""

    annotations: tuple[Annotation, ...]
    untouched: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """How many samples of an import were new to a file, and how many replaced an older one."""

    n_new: int
    n_replaced: int


def from_program(path: Path, program: Program, details: Details, form: Form) -> Imported:
    """The samples in the export of a labelling program.

    Raises:
        ConfigError: the file can't be read, or who labelled it is not said.
        Corrupt: it is no export of that program.
    """
    annotations: list[Annotation] = []
    untouched: list[str] = []
    failures: list[str] = []
    for place, one in _items(path, program):
        try:
            returned = _returned(one, program, form, place)
            if returned is None:
                untouched.append(place)
            else:
                annotations.append(finished(returned, details, form, place))
        except Corrupt as error:
            failures.append(str(error))
    return Imported(tuple(annotations), tuple(untouched), tuple(failures))


def _items(path: Path, program: Program) -> Iterator[tuple[str, Json]]:
    """Each task or line of an export with its place."""
    try:
        text = path.read_text("utf-8-sig")
        if program is Program.LABEL_STUDIO:
            for task in label_studio.tasks_in(loads(text), path.name):
                yield f"{path.name} 任务 {task.get('id', '?')}", task
            return
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield f"{path.name}:{number}", doccano.line_in(loads(line), path.name)
    except OSError as error:
        raise ConfigError(f"{path}：无法打开（{error.strerror}）") from error
    except ValueError as error:
        raise Corrupt(f"{path}：不是 {program} 导出的 JSON（{error}）") from error


def _returned(one: Json, program: Program, form: Form, place: str) -> Returned | None:
    if program is Program.DOCCANO:
        return doccano.returned_of(one, place)
    return label_studio.returned_of(one, form, place)


def from_workbook(
    path: Path, paths: Sequence[Path], extract: Extract, details: Details, form: Form
) -> Imported:
    """The reports that a person corrected in the workbook of a run, read again with that.

    `paths` are where their sources lie. A report in which cells are still to be looked at is left
    out: its truth is not known.

    Raises:
        ConfigError: the workbook or a path can't be read, or who corrected it is not said.
    """
    if not paths:
        raise ConfigError("--from workbook 须用 --sources 给出原文所在的文件或文件夹")
    corrections = read_corrections(path, form)
    missing = set(corrections.by_source)
    annotations: list[Annotation] = []
    failures: list[str] = []
    for document in _documents(paths, path):
        if document.source.sha256 not in missing:
            continue
        missing.discard(document.source.sha256)
        confirmed = corrections.of(document.source.sha256)
        for report in extract(document, confirmed):
            suffix = report.source.name.removeprefix(document.source.name)
            if suffix not in confirmed:
                continue
            if n := sum(cell.review for cell in report.cells.values()):
                failures.append(f"{report.source.name}：还有 {n} 个单元格待核，填完后再导入")
                continue
            draft = draft_of(document, report, form).annotation
            placed = relocated(draft, confirmed[suffix], form)
            returned = Returned(placed, marked_of(placed))
            annotations.append(finished(returned, details, form, report.source.name))
    failures += [
        f"SHA-256 为 {sha256[:12]}… 的原文：不在 --sources 之中" for sha256 in sorted(missing)
    ]
    return Imported(tuple(annotations), (), tuple(failures))


def _documents(paths: Sequence[Path], aside: Path) -> Iterator[Document]:
    """The documents below the paths; from what can't be read, no report ever came."""
    for source in discover(paths, aside={aside}).found:
        with suppress(ReadError):
            yield read_source(source, Limits())


def merge_into(path: Path, annotations: Iterable[Annotation]) -> Merged:
    """Adds samples to a file, as a whole or not at all; one of the same text replaces the older.

    Raises:
        Corrupt: the file is there and holds something else.
        OSError: the file can't be written.
    """
    kept = {_key(one): one for one in (read_annotations(path) if path.exists() else ())}
    n_before = len(kept)
    n_replaced = 0
    for annotation in annotations:
        older = kept.get(_key(annotation))
        if older is not None:
            n_replaced += 1
            kept[_key(annotation)] = replace(annotation, id=older.id)
        else:
            ids = {one.id for one in kept.values()}
            kept[_key(annotation)] = renamed(annotation, ids)
    write_annotations(path, kept.values())
    return Merged(len(kept) - n_before, n_replaced)


def _key(annotation: Annotation) -> tuple[str, str]:
    return annotation.text_sha256, annotation.id.partition("#")[2]
