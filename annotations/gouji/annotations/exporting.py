"""Exporting: samples and reports on their way to a labelling program."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gouji.annotations import doccano, label_studio
from gouji.annotations.corpus import read_annotations, renamed
from gouji.annotations.drafts import Draft, draft_of
from gouji.annotations.exchange import Program
from gouji.annotations.sources import Extract, is_annotation_file
from gouji.inference.discovery import discover
from gouji.inference.found import Found
from gouji.inference.readers import Limits
from gouji.inference.sources import read_source
from gouji.model.atomic import replacing, write_atomically
from gouji.model.errors import ReadError
from gouji.model.form import Form
from gouji.model.jsonl import Json, dumps
from gouji.model.report import Verdict


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found to export: the samples, and why sources gave none."""

    drafts: tuple[Draft, ...]
    failures: tuple[str, ...]


def gather(paths: Sequence[Path], extract: Extract, form: Form, limits: Limits) -> Gathered:
    """The samples of annotation files, and drafts of the reports in all other files.

    Raises:
        ConfigError: a path does not exist.
        Corrupt: an annotation file is malformed.
    """
    found = discover(paths)
    drafts: list[Draft] = []
    failures = [f"{passed.name}：{passed.reason}" for passed in found.unreadable]
    for source in found.found:
        if is_annotation_file(source.path):
            drafts += [Draft(annotation, {}) for annotation in read_annotations(source.path)]
            continue
        try:
            drafts += _drafts(source, extract, form, limits)
        except ReadError as error:
            failures.append(str(error))
    return Gathered(tuple(_named_apart(drafts)), tuple(failures))


def _drafts(source: Found, extract: Extract, form: Form, limits: Limits) -> Iterator[Draft]:
    document = read_source(source, limits)
    for report in extract(document, {}):
        if report.verdict is Verdict.FAILED:
            raise ReadError(f"{report.source.name}：{report.reason}")
        yield draft_of(document, report, form)


def _named_apart(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The drafts, of which none has the id of an earlier one."""
    ids: set[str] = set()
    for draft in drafts:
        annotation = renamed(draft.annotation, ids)
        ids.add(annotation.id)
        yield replace(draft, annotation=annotation)


def exported(drafts: Iterable[Draft], program: Program, form: Form) -> Iterator[Json]:
    """The samples as a program imports them, one by one."""
    for draft in drafts:
        if program is Program.DOCCANO:
            yield doccano.line_of(draft, form)
        else:
            yield label_studio.task_of(draft, form)


def write_export(path: Path, drafts: Sequence[Draft], program: Program, form: Form) -> Path:
    """Writes what a program imports, and beside it what it asks for besides; the path of that.

    For Label Studio that is the labelling config (`.xml`), for doccano the labels
    (`.labels.json`). Each file is replaced as a whole or not at all.

    Raises:
        OSError: a file can't be written.
    """
    is_list = program is Program.LABEL_STUDIO
    with replacing(path) as stream:
        stream.write(b"[\n" if is_list else b"")
        for number, item in enumerate(exported(drafts, program, form)):
            stream.write(b",\n" if is_list and number else b"")
            stream.write(dumps(item).encode() + (b"" if is_list else b"\n"))
        stream.write(b"\n]\n" if is_list else b"")
    if is_list:
        beside, content = path.with_suffix(".xml"), label_studio.labelling_config(form)
    else:
        beside, content = path.with_suffix(".labels.json"), dumps(doccano.label_types(form)) + "\n"
    write_atomically(beside, content.encode())
    return beside
