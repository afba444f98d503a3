"""Evaluating: gold and predictions brought together, scored, with the baseline beside."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gouji.inference.ablation import Row
from gouji.inference.baseline import as_report, reading_order
from gouji.inference.bulk import Job, run
from gouji.inference.discovery import discover
from gouji.inference.evidence import Evaluated, evaluated
from gouji.inference.found import Discovery, Found
from gouji.inference.lineage import Version
from gouji.inference.readers import Limits
from gouji.inference.scoring import Gold, Predictions
from gouji.inference.sources import read_source
from gouji.inference.worker import Outcome, Task
from gouji.model.annotation import Annotation
from gouji.model.errors import Corrupt, ReadError
from gouji.model.form import Form
from gouji.model.jsonl import loads, read_lines

BASELINE = "reading-order"
_GOLD_SUFFIX = ".gold.json"

_Reports = dict[str, list[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Extracted:
    """The reports by the name of their gold; `failures` maps a source to why it gave none."""

    predictions: Predictions
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was evaluated: the systems asked for in their order, the baseline last.

    `texts` holds the text of the worst reports of the first system by the name of their gold,
    `failures` by the same names why that system gave no report. `history` holds the models among
    the systems in the order of their lineage.
    """

    systems: Mapping[str, Evaluated]
    ablation: tuple[Row, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    history: tuple[tuple[Version, Evaluated], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Stored(Mapping[str, Sequence[Mapping[str, Any] | None]]):
    """Reports read when they are asked for, so that few of many are in memory at a time."""

    paths: Mapping[str, Sequence[Path]]

    def __getitem__(self, name: str) -> Sequence[Mapping[str, Any] | None]:
        return [_prediction(path) for path in self.paths[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


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
    for gold in golds:
        if not gold.name or Path(gold.name).name != gold.name:
            raise Corrupt(f"{path}：标准答案的名称 {gold.name!r} 不能作文件名")
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
    paths: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.json")):
        paths.setdefault(report_name(path.name.removesuffix(".json")), []).append(path)
    return _Stored(paths)


def report_name(source: str) -> str:
    """The name under which the gold of a source's report is kept.

    >>> report_name("city/a.txt"), report_name("city/a.txt#2")
    ('a', 'a#2')
    """
    path, _, number = Path(source).name.partition("#")
    return Path(path).stem + (f"#{number}" if number else "")


def sources_of(golds: Iterable[Gold], folder: Path) -> tuple[Found, ...]:
    """The sources below a folder that gold asks for, in sorted order.

    Raises:
        ConfigError: there is no such folder.
    """
    wanted = {_source_name(gold) for gold in golds}
    return tuple(found for found in discover([folder]).found if found.path.stem in wanted)


def write_texts(golds: Iterable[Gold], folder: Path) -> tuple[Found, ...]:
    """The texts that the gold carries, written into a folder as sources to extract.

    The gold of a second report, `a#2`, carries the text of the whole source, as that of `a` does.

    Raises:
        OSError: a text can't be written.
    """
    texts = {_source_name(gold): gold.text for gold in golds if gold.text is not None}
    sources = []
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8", newline="")
        sources.append(Found(path, path.name))
    return tuple(sources)


def extracted(sources: Sequence[Found], task: Task, workers: int) -> Extracted:
    """The reports of all sources, over so many processes, and the sources that gave none.

    Raises:
        GoujiError: no worker can be started.
    """
    gathered: list[Outcome] = []
    run(Job(Discovery(tuple(sources)), task, workers=workers), gathered.append)
    return collected(gathered)


def collected(outcomes: Iterable[Outcome]) -> Extracted:
    """The reports of a run without an output folder, and the sources that gave none."""
    found: _Reports = {}
    failures: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.failure is not None:
            failures[outcome.name] = outcome.failure
            found.setdefault(report_name(outcome.name), []).append(None)
        for line in outcome.lines:
            report = loads(line)
            found.setdefault(report_name(report["source"]["name"]), []).append(report)
    return Extracted(found, failures)


def baseline(
    golds: Iterable[Gold], sources: Iterable[Found], limits: Limits, form: Form
) -> Evaluated | None:
    """The reading-order baseline evaluated, which reads no fields; None without any text."""
    golds = tuple(replace(gold, fields={}) for gold in golds)
    texts = {gold.name: gold.text for gold in golds if gold.text is not None}
    for source in sources:
        if report_name(source.name) not in texts and (text := _text_of(source, limits)) is not None:
            texts[report_name(source.name)] = text
    if not texts:
        return None
    return evaluated(
        golds, {name: (as_report(reading_order(text, form)),) for name, text in texts.items()}
    )


def read_texts(golds: Iterable[Gold], sources: Iterable[Found], limits: Limits) -> dict[str, str]:
    """The texts that the spans of the reports count in, by the name of the gold.

    That of the source where there is one that can be read, else the one that the gold carries.
    """
    by_stem = {source.path.stem: source for source in sources}
    texts: dict[str, str] = {}
    for gold in golds:
        source = by_stem.get(_source_name(gold))
        text = _text_of(source, limits) if source else None
        text = gold.text if text is None else text
        if text is not None:
            texts[gold.name] = text
    return texts


def _text_of(source: Found, limits: Limits) -> str | None:
    with suppress(ReadError):  # extraction tells the same failure, and here it counts as lost
        return read_source(source, limits).text
    return None


def _source_name(gold: Gold) -> str:
    """The name of the source, without the number of the report in it."""
    return gold.name.partition("#")[0]


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
    except (ValueError, RecursionError):
        return None  # counted as lost
    return report if isinstance(report, Mapping) else None
