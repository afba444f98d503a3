"""Retraining: a model's weights trained on with samples, as a new model folder beside the old one.

Everything is written into a folder `.unfinished` beside the new model's, which takes its place once
the comparison with the old model is written: what lies under the name of a model is whole.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile

from tokenizers import Tokenizer

from gouji.model.atomic import remove_leftovers, write_atomically
from gouji.model.errors import ConfigError, ModelError
from gouji.model.form import Form
from gouji.model.gate_file import GATE
from gouji.model.jsonl import dumps, encode
from gouji.model.registry import THRESHOLDS, TOKENIZER, TRAINING, ModelEntry
from gouji.model.tagger import Tagger
from gouji.training.calibration import CalibrationRecord
from gouji.training.card import TrainingRecord, read_training, write_card
from gouji.training.config import DataSettings, TrainingConfig, read_config
from gouji.training.curves import write_curves
from gouji.training.examples import Batch, Batching, Position, Vision, batches, made_ahead
from gouji.training.export import (
    agreement,
    load_network,
    write_config,
    write_onnx,
    write_weights,
)
from gouji.training.loop import CHECKPOINT, HISTORY, Line, Training, restore, run
from gouji.training.metrics import GoldReport, evaluate, gold_report
from gouji.training.recipe import data_sha256
from gouji.training.rehearsal import Rehearsal
from gouji.training.reliability import write_calibration
from gouji.training.retraining_config import RetrainingConfig
from gouji.training.retraining_samples import SamplesRecord, Split, mixed
from gouji.training.synthesis.layouts import TRAINING as FAMILIES
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.report import Sample
from gouji.training.synthesis.stream import nth

UNFINISHED = ".unfinished"
"""The folder, beside those of the models, of trainings that have not ended."""

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a retraining; one that was broken off goes on with the same alone."""

    parent: str
    samples: SamplesRecord
    config: TrainingConfig


@dataclass(frozen=True, slots=True)
class Retraining:
    """A retraining about to begin: the old model, the samples, the settings, the new folder."""

    parent: ModelEntry
    samples: Split
    record: SamplesRecord
    config: RetrainingConfig
    target: Path

    @property
    def staging(self) -> Path:
        """Where the new folder lies until it is whole; it has the same name."""
        return self.target.parent / UNFINISHED / self.target.name


def check_target(job: Retraining, *, resume: bool) -> None:
    """Nothing if the new folder may be written.

    Raises:
        ConfigError: it exists already; or an unfinished training does and is not to be resumed, or
            does not and is.
    """
    if job.target.exists():
        raise ConfigError(f"{job.target} 已存在；请另取名称（--name 或 --out）")
    unfinished = any((job.staging / name).exists() for name in (CHECKPOINT, GATE))
    if unfinished and not resume:
        raise ConfigError(
            f"{job.staging} 中有未完成的训练；接着进行请加 --resume，重新开始请先删去它"
        )
    if resume and not unfinished:
        raise ConfigError(f"{job.staging} 中没有可以接着进行的训练")


def retrain(
    job: Retraining, form: Form, tell: Callable[[Line], None], *, resume: bool = False
) -> TrainingRecord:
    """Trains, and writes everything but calibration and comparison; every line is told.

    Raises:
        ConfigError: as `check_target`; or there is no sample to train on, or the unfinished
            training is one of other samples or settings.
        ModelError: the old model has no weights, or is one of another form.
        OSError: a file can't be written.
    """
    check_target(job, resume=resume)
    if not job.samples.train:
        raise ConfigError("没有可供训练的样本")
    folder = _folder_of(job.parent)
    Tagger.load(folder, form)  # fails at once, if ever
    network = load_network(folder)
    vision = _vision(folder, form)
    data = replace(_data_of(folder), window=vision.window.size, context=vision.window.context)
    config = job.config.training(network.config.shape, data)
    _keep_plan(job, config, resume=resume)
    write_config(job.staging, network.config, vision, form)
    if (folder / THRESHOLDS).is_file():
        copyfile(folder / THRESHOLDS, job.staging / THRESHOLDS)
    teacher = load_network(folder).requires_grad_(requires_grad=False)
    training = Training(network, config, Rehearsal(teacher, job.config.mixing.keeping))
    if resume:
        restore(training, job.staging / CHECKPOINT)
    development = _development(config.data, form, vision)
    make = partial(_batches, job, form, vision, config)
    run(
        training,
        lambda position: made_ahead(partial(make, position)),
        lambda learned: evaluate(learned, development),
        job.staging,
        tell,
    )
    return _finish(job, training, vision, development)


def calibrate_retrained(job: Retraining, form: Form) -> CalibrationRecord:
    """Calibrates the new model on the families that neither it nor the old one was trained on.

    Raises:
        ModelError: the folder holds no model for the form.
        OSError: a file can't be written.
    """
    data = _data_of(_folder_of(job.parent))
    settings = job.config.calibration
    return write_calibration(job.staging, form, _left_out(data), settings.seed, settings.reports)


def publish(job: Retraining) -> None:
    """Gives the new folder its name; what only a training needs is removed.

    Killed before the name is given, it can be called again: see `publishing.finished`.

    Raises:
        OSError: it can't be renamed.
    """
    remove_leftovers(job.staging)
    for name in (CHECKPOINT, HISTORY, _PLAN):
        (job.staging / name).unlink(missing_ok=True)
    job.staging.rename(job.target)
    if not any(job.staging.parent.iterdir()):
        job.staging.parent.rmdir()


def _folder_of(parent: ModelEntry) -> Path:
    if parent.folder is None:
        raise ModelError(f"{parent.name} 只有规则，没有可以接着训练的权重；请用 --model 另选模型")
    return parent.folder


def _vision(folder: Path, form: Form) -> Vision:
    """Words, labels and windows of a model."""
    told = Tagger.load(folder, form).config
    return Vision(Tokenizer.from_file(str(folder / TOKENIZER)), told.labels, told.window)


def _data_of(folder: Path) -> DataSettings:
    """The data settings that a model was trained with; the defaults if it does not tell."""
    told = (folder / TRAINING).is_file()
    return read_training(folder).config.data if told else read_config().data


def _left_out(data: DataSettings) -> dict[str, Family]:
    return {name: FAMILIES[name] for name in data.leave_out if name in FAMILIES} or dict(FAMILIES)


def _development(data: DataSettings, form: Form, vision: Vision) -> list[GoldReport]:
    return [
        gold_report(nth(form, data.development_seed, {name: family}, number), vision)
        for name, family in sorted(_left_out(data).items())
        for number in range(data.development_reports)
    ]


def _rehearsed(data: DataSettings) -> dict[str, Family]:
    """The families of the synthetic reports: those that the old model was trained on."""
    return {name: family for name, family in FAMILIES.items() if name not in data.leave_out}


def _batches(
    job: Retraining, form: Form, vision: Vision, config: TrainingConfig, position: Position
) -> Iterator[tuple[Batch, Position]]:
    data = config.data
    families = _rehearsed(data)

    def synthetic(number: int) -> Sample:
        return nth(form, data.seed, families, number, data.stages)

    source = mixed(job.samples.train, job.config.mixing.rehearsal, synthetic)
    how = Batching(data.batch_pieces, data.windows_per_report, data.prose, data.pool, data.seed)
    return batches(source, vision, how, position)


def _keep_plan(job: Retraining, config: TrainingConfig, *, resume: bool) -> None:
    """Writes down what decides the training, or checks that it is the same as before."""
    plan = dumps(encode(Plan(job.parent.version, job.record, config))) + "\n"
    path = job.staging / _PLAN
    if not resume:
        write_atomically(path, plan.encode())
    elif not path.is_file() or path.read_text("utf-8") != plan:
        raise ConfigError(
            f"{job.staging}：未完成的训练所用的原模型、样本或设置与现在不同，不能接着进行"
        )


def _finish(
    job: Retraining, training: Training, vision: Vision, development: list[GoldReport]
) -> TrainingRecord:
    """Writes the weights and all that is told about them."""
    out = job.staging
    training.network.load_state_dict(training.best)
    write_weights(out, training.network)
    network = load_network(out)
    write_onnx(out, network)
    config, progress = training.config, training.progress
    record = TrainingRecord(
        parent=job.parent.version,
        data_sha256=data_sha256(config.data),
        config=config,
        families=tuple(sorted(_rehearsed(config.data))),
        left_out=tuple(sorted(config.data.leave_out)),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        steps=progress.step,
        best_step=progress.best_step,
        minutes=round(progress.seconds / 60, 1),
        parameters=sum(weights.numel() for weights in network.parameters()),
        agreement=agreement(out, network, development),
        scores=evaluate(network, development),
        versions={name: version(name) for name in ("gouji", "torch", "transformers")},
        samples=job.record,
    )
    write_atomically(out / TRAINING, (dumps(encode(record)) + "\n").encode())
    write_curves(out, progress.history)
    write_card(out, record, vision)
    return record
