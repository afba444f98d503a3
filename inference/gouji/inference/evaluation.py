"""Evaluating: gold and predictions brought together, scored, with the baseline beside."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gouji.inference.baseline import as_report, reading_order
from gouji.inference.readers import Limits, read
from gouji.inference.scoring import Gold, Predictions, Scores, score
from gouji.model.annotation import Annotation
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, ReadError
from gouji.model.form import Form
from gouji.model.jsonl import read_lines
from gouji.model.report import Report
from gouji.model.report_codec import report_to_dict

BASELINE = "reading-order"
_GOLD_SUFFIX = ".gold.json"

Extract = Callable[[Document], tuple[Report, ...]]
"""What turns a document into its reports, such as an `Extractor`."""

_Reports = dict[str, list[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Samples:
    """The gold, the documents it speaks of, and the sources that could not be read.

    `unread` maps the name of a source to the reason.
    """

    golds: tuple[Gold, ...]
    documents: tuple[Document, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)


def read_golds(path: Path) -> tuple[Gold, ...]:
    """The gold of a folder of NAME.gold.json, or of a JSONL file of annotations, in its order.

    Raises:
        Corrupt: a file is no gold; it is named.
        ReadError: there is no such file or folder, or no gold in it.
    """
    if path.is_dir():
        golds = tuple(_gold_file(file) for file in sorted(path.glob(f"*{_GOLD_SUFFIX}")))
    elif path.is_file():
        golds = tuple(gold_of(annotation) for annotation in _annotations(path))
    else:
        raise ReadError(f"{path}：没有这个文件或文件夹")
    if not golds:
        raise ReadError(
            f"{path}：没有标准答案；应为含 NAME.gold.json 的文件夹，或标注的 JSONL 文件"
        )
    return golds


def gold_of(annotation: Annotation) -> Gold:
    """The gold that an annotation holds; a field that the report does not state is None."""
    fields = {name: label and label.value for name, label in annotation.fields.items()}
    return Gold(annotation.id, annotation.cells, annotation.printed, fields, annotation.text)


def read_predictions(folder: Path) -> Predictions:
    """The reports anywhere below a folder, by the name of their gold; None for unreadable ones.

    The report of `a.txt` is `a.txt.json`, that of a second report in it `a.txt#2.json`.

    Raises:
        ReadError: there is no such folder.
    """
    if not folder.is_dir():
        raise ReadError(f"{folder}：没有这个文件夹")
    found: _Reports = {}
    for path in sorted(folder.rglob("*.json")):
        name = report_name(path.name.removesuffix(".json"))
        found.setdefault(name, []).append(_prediction(path))
    return found


def report_name(source: str) -> str:
    """The name under which the gold of a source's report is kept.

    >>> report_name("city/a.txt"), report_name("city/a.txt#2")
    ('a', 'a#2')
    """
    path, _, number = Path(source).name.partition("#")
    return Path(path).stem + (f"#{number}" if number else "")


def samples_of(golds: Sequence[Gold], sources: Path | None, limits: Limits) -> Samples:
    """The documents to extract: the sources that gold asks for, else the texts that it carries.

    Raises:
        ReadError: there is no such folder of sources.
    """
    if sources is None:
        return Samples(tuple(golds), tuple(_own_documents(golds)))
    if not sources.is_dir():
        raise ReadError(f"{sources}：没有这个文件夹")
    wanted = {gold.name.partition("#")[0] for gold in golds}
    documents, unread = [], {}
    for path in sorted(sources.rglob("*")):
        if not path.is_file() or path.stem not in wanted:
            continue
        name = path.relative_to(sources).as_posix()
        try:
            documents.append(read(path, name, limits))
        except ReadError as error:
            unread[name] = str(error)
    return Samples(tuple(golds), tuple(documents), unread)


def extracted(samples: Samples, extract: Extract, form: Form) -> Predictions:
    """The reports of all documents by the name of their gold; None for an unread source."""
    found: _Reports = {report_name(name): [None] for name in samples.unread}
    for document in samples.documents:
        for report in extract(document):
            name = report_name(report.source.name)
            found.setdefault(name, []).append(report_to_dict(report, form))
    return found


def baseline(samples: Samples, form: Form) -> Scores | None:
    """The scores of the reading-order baseline; None where no text is at hand."""
    texts = {report_name(document.source.name): document.text for document in samples.documents}
    texts |= {gold.name: gold.text for gold in samples.golds if gold.text is not None}
    if not texts:
        return None
    found = {name: (as_report(reading_order(text, form)),) for name, text in texts.items()}
    return score(samples.golds, found)


def _own_documents(golds: Iterable[Gold]) -> Iterable[Document]:
    """A document for each text; the gold of its second report, `a#2`, carries the same text."""
    texts = {gold.name.partition("#")[0]: gold.text for gold in golds if gold.text is not None}
    for name, text in texts.items():
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        yield Document(Source(f"{name}.txt", sha256, "text/plain"), text)


def _annotations(path: Path) -> Iterable[Annotation]:
    try:
        yield from read_lines(path, Annotation)
    except ValueError as error:
        raise Corrupt(f"不是标注文件：{error}") from error


def _gold_file(path: Path) -> Gold:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        cells = data.get("cells", data)
        parts = (cells, data.get("printed", {}), data.get("fields", {}))
    except (ValueError, AttributeError) as error:
        raise Corrupt(f"{path}：不是标准答案：{error}") from error
    if not all(isinstance(part, Mapping) for part in parts):
        raise Corrupt(f"{path}：cells、printed、fields 应为对象")
    return Gold(path.name.removesuffix(_GOLD_SUFFIX), *parts)


def _prediction(path: Path) -> Mapping[str, Any] | None:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None  # counted as lost
    return report if isinstance(report, Mapping) else None
