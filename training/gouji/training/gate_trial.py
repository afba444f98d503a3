"""The trial before the gate: two models read the same reports, those generated and the samples."""

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gouji.inference.ablation import system_of
from gouji.inference.bulk import Job, run
from gouji.inference.config import Settings
from gouji.inference.evaluation import collected, gold_of, report_name, write_texts
from gouji.inference.found import Discovery
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
from gouji.training.gate_readings import readings_of
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
    own = tuple(_of_samples(samples))
    n_reports = len(FAMILIES) * settings.reports + len(own)
    trial = _Trial(form, settings, own, tell, len(models) * n_reports)
    read: list[list[Counted]] = []
    lost: list[str] = []
    for model in models:
        counted, failures = trial.read(model)
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


def _of_samples(samples: Split) -> Iterator[Gold]:
    for group, own in ((_TEST, samples.test), (_TRAIN, samples.train)):
        for number, annotation in enumerate(own):
            yield _gold(annotation, f"{number:04}-{group}")


def _gold(annotation: Annotation, name: str) -> Gold:
    return gold_of(replace(annotation, id=name))


@dataclass
class _Trial:
    """The reading of the same reports by one model after the other.

    What a model has read of a family is kept for other comparisons as soon as it is whole.
    """

    form: Form
    settings: GateSettings
    samples: Sequence[Gold]
    tell: Tell
    total: int
    done: int = 0

    def read(self, model: ModelEntry) -> tuple[list[Counted], Mapping[str, str]]:
        """Every report as the model reads it, in the same order always; which gave none, and why.

        What gave none is read once more when all others are done: it may have been the fault of a
        busy machine.

        Raises:
            GoujiError: the model can't be loaded, or no worker can be started.
            OSError: readings can't be kept.
        """
        n = self.settings.reports
        kept = readings_of(model, self.form, self.settings)
        known = {family: kept.of(family)[:n] for family in sorted(FAMILIES)}
        self._advance(sum(map(len, known.values())))
        new = {
            family: tuple(self._generated(family, range(len(told), n)))
            for family, told in known.items()
        }
        found: dict[str, Counted] = {}
        failures: dict[str, str] = {}

        def note(name: str, counted: Counted, failure: str | None) -> None:
            self._advance(name not in found)
            found[name] = counted
            failures.pop(name, None)
            if failure is not None:
                failures[name] = failure
            names = [gold.name for gold in new.get(counted.group, ())]
            if names and all(one in found and one not in failures for one in names):
                whole = (*known[counted.group], *(found[one] for one in names))
                kept.keep(counted.group, whole)

        golds = (*(gold for golds in new.values() for gold in golds), *self.samples)
        _read(model, golds, note)
        _read(model, [gold for gold in golds if gold.name in failures], note)
        own = [found[gold.name] for gold in self.samples]
        generated = [
            counted
            for family, told in known.items()
            for counted in (*told, *(found[gold.name] for gold in new[family]))
        ]
        return [*generated, *own], failures

    def _generated(self, family: str, numbers: range) -> Iterator[Gold]:
        """Reports of a family, named as the scorer tells families and damages apart."""
        for number in numbers:
            sample = nth(self.form, self.settings.seed, {family: FAMILIES[family]}, number)
            damages = "+".join(sample.damages) or "clean"
            yield _gold(sample.annotation, f"{number:04}-{family}-{damages}")

    def _advance(self, n: int) -> None:
        self.done += n
        if n:
            self.tell(self.done, self.total)


def _read(
    model: ModelEntry, golds: Sequence[Gold], note: Callable[[str, Counted, str | None], None]
) -> None:
    """Tells what a model counts in each report, by the name of the gold, and why it gave none."""
    if not golds:
        return
    by_name = {gold.name: gold for gold in golds}

    def judge(outcome: Outcome) -> None:
        name = report_name(outcome.name)
        first = {name: collected((outcome,)).predictions.get(name, ())[:1]}
        (judged,) = judged_reports((by_name[name],), first)
        note(name, Counted(judged.gold.kind, judged.tables, judged.fields), outcome.failure)

    with TemporaryDirectory() as folder:
        sources = write_texts(golds, Path(folder))
        task = system_of(model, Settings()).task()
        workers = min(os.cpu_count() or 1, len(sources))
        run(Job(Discovery(sources), task, workers=workers), judge)
