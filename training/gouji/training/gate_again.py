"""Comparing once more: two models that are there already, with more reports or none but these."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gouji.model.errors import ConfigError, ModelError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.gate_file import GATE
from gouji.model.jsonl import DecodeError, decode, loads
from gouji.model.registry import TRAINING, ModelEntry
from gouji.training.card import TrainingRecord
from gouji.training.gate import GateRecord, Kind
from gouji.training.gate_trial import Tell, read_gate, try_models, write_gate
from gouji.training.retraining_config import read_retraining_config
from gouji.training.retraining_samples import Split, digest, read_samples

_OF_SAMPLES = (Kind.TEST, Kind.TRAIN)


def compare_again(
    models: tuple[ModelEntry, ModelEntry],
    reports: int | None,
    samples: Sequence[Path],
    tell: Tell,
) -> tuple[GateRecord, str]:
    """The comparison of an old and a new model, and in Chinese whether it is kept.

    It takes the place of the one in the folder of the new model if that was with the same old model
    and read no samples that this one lacks, nor more reports.

    Raises:
        ConfigError: there is no such file, or a sample is none that the new model knows.
        GoujiError: a model can't be loaded, or no worker can be started.
        OSError: a file can't be written.
    """
    new = models[1]
    form, settings = load_form(), read_retraining_config().gate
    if reports is not None:
        settings = replace(settings, reports=reports)
    split = _split(new, samples, form) if samples else Split((), ())
    record = try_models(models, form, settings, split, tell)
    if new.folder is None or not (new.folder / GATE).is_file():
        return record, "新模型没有比较的记录，本次结果没有存入"
    earlier = read_gate(new.folder)
    if earlier.old != record.old or _lacks(record, earlier):
        return record, f"本次所用的原模型或报告不及 {new.folder / GATE} 中的，没有存入"
    write_gate(new.folder, record)
    return record, f"已存入 {new.folder / GATE}"


def _lacks(record: GateRecord, earlier: GateRecord) -> bool:
    """Whether an earlier comparison read reports that this one has not."""
    n_now, n_then = (
        {row.kind: row.reports for row in told.rows if row.kind in (Kind.ALL, *_OF_SAMPLES)}
        for told in (record, earlier)
    )
    return any(n_now.get(kind, 0) < n for kind, n in n_then.items())


def _split(model: ModelEntry, paths: Sequence[Path], form: Form) -> Split:
    """The samples on the sides that they were on when the model was trained."""
    path = (model.folder or Path()) / TRAINING
    try:
        told = decode(TrainingRecord, loads(path.read_text("utf-8"))).samples
    except (OSError, ValueError, DecodeError) as error:
        raise ModelError(f"{path}：没有可用的训练记录（{error}）") from error
    if told is None:
        raise ConfigError(f"{path}：这一模型不是用样本训练的，不能用 --samples")
    by_digest = {digest(one): one for one in read_samples(paths, form).samples}
    sides = [
        tuple(by_digest[sha256] for sha256 in side.values() if sha256 in by_digest)
        for side in (told.train, told.test)
    ]
    if not any(sides):
        raise ConfigError(f"{'、'.join(map(str, paths))}：其中没有训练 {model.name} 所用的样本")
    return Split(*sides)
