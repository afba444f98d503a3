"""The trial before the gate: two models read the same reports, those generated and the samples."""

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from gouji.inference.ablation import system_of
from gouji.inference.bulk import Job, run
from gouji.inference.config import Settings
from gouji.inference.discovery import Discovery
from gouji.inference.evaluation import collected, gold_of, write_texts
from gouji.inference.scoring import Gold, judged_reports
from gouji.inference.worker import Outcome
from gouji.model.annotation import Annotation
from gouji.model.atomic import write_atomically
from gouji.model.errors import ModelError
from gouji.model.form import Form
from gouji.model.gate_file import GATE, GATE_TABLE
from gouji.model.jsonl import DecodeError, decode, dumps, encode, loads
from gouji.model.registry import ModelEntry
from gouji.training.gate import Counted, GateRecord, GateSettings, Pairs, compare, reasons
from gouji.training.gate_table import gate_markdown
from gouji.training.retraining_samples import Split
from gouji.training.synthesis.layouts import TRAINING as FAMILIES
from gouji.training.synthesis.stream import nth

_TEST, _TRAIN = "test", "train"

Tell = Callable[[int, int], None]
"""Told how many of how many readings are done."""


def try_models(
    models: tuple[ModelEntry, ModelEntry],
    form: Form,
    settings: GateSettings,
    samples: Split,
    tell: Tell,
) -> GateRecord:
    """An old and a new model on reports generated for this alone, and on samples if there are any.

    Raises:
        GoujiError: a model can't be loaded, or no worker can be started.
    """
    golds = [*_generated(form, settings), *_of_samples(samples)]
    read: list[list[Counted]] = []
    lost: list[str] = []
    for model in models:
        done = partial(_told, tell, len(read) * len(golds), len(models) * len(golds))
        counted, failures = _read(model, golds, done)
        read.append(counted)
        lost += [f"{model.name} 读 {name}：{failure}" for name, failure in failures.items()]
    pairs = list(zip(*read, strict=True))
    apart = {group: [pair for pair in pairs if pair[0].group == group] for group in (_TEST, _TRAIN)}
    generated = [pair for pair in pairs if pair[0].group not in apart]
    rows = compare(Pairs(generated, apart[_TEST], apart[_TRAIN]))
    found = reasons(rows, settings)
    return GateRecord(
        old=models[0].version,
        new=models[1].version,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        settings=settings,
        passed=not found,
        reasons=found,
        rows=rows,
        lost=tuple(lost),
    )


def write_gate(folder: Path, record: GateRecord) -> None:
    """Writes `gate.md` and, once that is whole, `gate.json`.

    Raises:
        OSError: a file can't be written.
    """
    write_atomically(folder / GATE_TABLE, gate_markdown(record).encode())
    write_atomically(folder / GATE, (dumps(encode(record)) + "\n").encode())


def read_gate(folder: Path) -> GateRecord:
    """The record of a model folder.

    Raises:
        ModelError: there is none, or it is broken.
    """
    try:
        return decode(GateRecord, loads((folder / GATE).read_text("utf-8")))
    except OSError as error:
        raise ModelError(f"{folder / GATE}：无法读取（{error.strerror}）") from error
    except (ValueError, DecodeError) as error:
        raise ModelError(f"{folder / GATE}：不是比较的记录（{error}）") from error


def _told(tell: Tell, n_before: int, total: int, n: int) -> None:
    tell(n_before + n, total)


def _generated(form: Form, settings: GateSettings) -> Iterator[Gold]:
    """So many reports of every family, named as the scorer tells families and damages apart."""
    for family in sorted(FAMILIES):
        for number in range(settings.reports):
            sample = nth(form, settings.seed, {family: FAMILIES[family]}, number)
            damages = "+".join(sample.damages) or "clean"
            yield _gold(sample.annotation, f"{number:04}-{family}-{damages}")


def _of_samples(samples: Split) -> Iterator[Gold]:
    for group, own in ((_TEST, samples.test), (_TRAIN, samples.train)):
        for number, annotation in enumerate(own):
            yield _gold(annotation, f"{number:04}-{group}")


def _gold(annotation: Annotation, name: str) -> Gold:
    return gold_of(replace(annotation, id=name))


def _read(
    model: ModelEntry, golds: Sequence[Gold], tell: Callable[[int], None]
) -> tuple[list[Counted], Mapping[str, str]]:
    """Every report as the model reads it, in the order of the gold; which gave none, and why."""
    outcomes: list[Outcome] = []

    def note(outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell(len(outcomes))

    with TemporaryDirectory() as folder:
        sources = write_texts(golds, Path(folder))
        task = system_of(model, Settings()).task()
        workers = min(os.cpu_count() or 1, len(sources))
        run(Job(Discovery(sources), task, workers=workers), note)
    found = collected(outcomes)
    first = {name: (reports[0],) for name, reports in found.predictions.items()}
    counted = [
        Counted(judged.gold.kind, judged.tables, judged.fields)
        for judged in judged_reports(golds, first)
    ]
    return counted, found.failures
