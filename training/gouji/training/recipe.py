"""The recipe: from settings to a finished model folder."""

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer

from gouji.model.atomic import write_atomically
from gouji.model.encoding import FEATURE_SIZES
from gouji.model.errors import ConfigError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.jsonl import decode, dumps, encode
from gouji.model.labels import LabelSet
from gouji.model.network import TaggerConfig, TaggerNetwork, network_around
from gouji.model.registry import TOKENIZER, TRAINING
from gouji.model.tagger import WindowSize, read_config
from gouji.training.calibration import CalibrationRecord
from gouji.training.card import TrainingRecord, write_card
from gouji.training.config import DataSettings, TrainingConfig
from gouji.training.curves import write_curves
from gouji.training.examples import (
    Batching,
    Source,
    Vision,
    batches,
    encode_report,
    made_ahead,
)
from gouji.training.export import (
    agreement,
    load_network,
    write_config,
    write_onnx,
    write_weights,
)
from gouji.training.loop import CHECKPOINT, Line, Training, restore, run
from gouji.training.metrics import GoldReport, evaluate, gold_report
from gouji.training.reliability import write_calibration
from gouji.training.synthesis.layouts import TRAINING as FAMILIES
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.stream import nth, stream
from gouji.training.vocabulary import borrow_tokenizer, build_tokenizer, unknown_id

_FRAME = 2  # pieces that a pretrained tokenizer puts around a text


def train_model(
    config: TrainingConfig,
    out: Path,
    tell: Callable[[Line], None],
    *,
    base: str | None = None,
    resume: bool = False,
) -> TrainingRecord:
    """Trains a model and writes its folder; every new line of the history is told.

    The folder is usable once this returns; `calibrate_model` is the step after it.

    Raises:
        ConfigError: a family that is left out does not exist, or nothing is left to train on; or
            the folder holds a training that is to be neither resumed nor overwritten.
        ModelError: the pretrained model can't be used, or there is nothing to resume.
        OSError: a file can't be written.
    """
    if (out / CHECKPOINT).exists() and not resume:
        raise ConfigError(f"{out} 中已有训练；接着进行请加 --resume，重新开始请另选文件夹")
    if resume and not (out / CHECKPOINT).exists():
        raise ConfigError(f"{out} 中没有可以接着进行的训练")
    families = _families(config.data)
    if base is not None:
        config = replace(config, network=replace(config.network, architecture="base"))
    form = load_form(config.data.form)
    training, vision = _begin(config, out, form, base, resume=resume)
    development = _development(config.data, form, vision)
    left_out = frozenset(config.data.leave_out)
    run(
        training,
        lambda position: made_ahead(
            partial(
                batches,
                _source(form, config.data, families),
                vision,
                _batching(config),
                position,
            )
        ),
        lambda network: evaluate(network, development, left_out),
        out,
        tell,
    )
    return _finish(training, vision, development, out, base)


def calibrate_model(config: TrainingConfig, out: Path) -> CalibrationRecord:
    """Calibrates the model of a folder on the families left out, or on all if none is.

    Raises:
        ModelError: the folder holds no model for the form.
        OSError: a file can't be written.
    """
    form = load_form(config.data.form)
    families = {name: FAMILIES[name] for name in config.data.leave_out} or FAMILIES
    settings = config.calibration
    return write_calibration(out, form, families, settings.seed, settings.reports)


def data_sha256(data: DataSettings) -> str:
    """The digest of what decides the training data: the generator's source and the settings."""
    digest = hashlib.sha256(dumps(encode(data)).encode())
    root = Path(str(files("gouji.training.synthesis")))
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _families(data: DataSettings) -> Mapping[str, Family]:
    unknown = set(data.leave_out) - set(FAMILIES)
    if unknown:
        raise ConfigError(
            f"data.leave_out：没有名为 {'、'.join(sorted(unknown))} 的版式；"
            f"可用：{'、'.join(sorted(FAMILIES))}"
        )
    kept = {name: family for name, family in FAMILIES.items() if name not in data.leave_out}
    if not kept:
        raise ConfigError("data.leave_out：没有留下可供训练的版式")
    return kept


def _source(form: Form, data: DataSettings, families: Mapping[str, Family]) -> Source:
    named = {name for stage in data.stages for name in stage.weights}
    if unknown := named - set(FAMILIES):
        raise ConfigError(f"data.stages：没有名为 {'、'.join(sorted(unknown))} 的版式")
    return lambda start: stream(form, data.seed, families, start, data.stages)


def _batching(config: TrainingConfig) -> Batching:
    data = config.data
    return Batching(data.batch_pieces, data.windows_per_report, data.prose, data.pool, data.seed)


def _begin(
    config: TrainingConfig, out: Path, form: Form, base: str | None, *, resume: bool
) -> tuple[Training, Vision]:
    """A training at its start, or where an earlier run has left it."""
    data = config.data
    torch.manual_seed(config.loop.seed)
    labels, window = LabelSet.of(form), WindowSize(data.window, data.context)
    if resume:
        vision = Vision(Tokenizer.from_file(str(out / TOKENIZER)), labels, window)
        network = TaggerNetwork(decode(TaggerConfig, read_config(out).network))
        training = Training(network, config)
        restore(training, out / CHECKPOINT)
        return training, vision
    if base is None and config.network.architecture == "base":
        raise ConfigError("network.architecture 为 base 时须以 --base 指明预训练模型")
    vision = Vision(_tokenizer(config, form, base), labels, window)
    network = _network(config, vision, base)
    write_config(out, network.config, vision, form)
    return Training(network, config), vision


def _tokenizer(config: TrainingConfig, form: Form, base: str | None) -> Tokenizer:
    if base is not None:
        return borrow_tokenizer(base)
    data = config.data
    sample = islice(stream(form, data.seed, _families(data)), data.vocabulary_reports)
    texts = (encode_report(one.annotation) for one in sample)
    return build_tokenizer(form, texts, data.vocabulary_least, data.vocabulary)


def _network(config: TrainingConfig, vision: Vision, base: str | None) -> TaggerNetwork:
    labels = vision.labels
    heads = (labels.tables, labels.rows, labels.columns, labels.fields)
    told = TaggerConfig(
        shape=config.network,
        vocabulary=vision.tokenizer.get_vocab_size(),
        features=FEATURE_SIZES,
        labels=tuple(map(len, heads)),
        longest=config.data.window + _FRAME,
        unknown=unknown_id(vision.tokenizer),
    )
    return TaggerNetwork(told) if base is None else network_around(base, told)


def _development(data: DataSettings, form: Form, vision: Vision) -> list[GoldReport]:
    """The same number of reports of every family, of a seed that nothing is trained on."""
    return [
        gold_report(nth(form, data.development_seed, {name: family}, number), vision)
        for name, family in sorted(FAMILIES.items())
        for number in range(data.development_reports)
    ]


def _finish(
    training: Training,
    vision: Vision,
    development: Sequence[GoldReport],
    out: Path,
    base: str | None,
) -> TrainingRecord:
    """Writes the best weights and all that is told about them."""
    training.network.load_state_dict(training.best)
    write_weights(out, training.network)
    network = load_network(out)
    write_onnx(out, network)
    config, progress = training.config, training.progress
    left_out = frozenset(config.data.leave_out)
    record = TrainingRecord(
        parent=Path(base).name if base and Path(base).is_dir() else base,
        data_sha256=data_sha256(config.data),
        config=config,
        families=tuple(sorted(_families(config.data))),
        left_out=tuple(sorted(left_out)),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        steps=progress.step,
        best_step=progress.best_step,
        minutes=round(progress.seconds / 60, 1),
        parameters=sum(weights.numel() for weights in network.parameters()),
        agreement=agreement(out, network, development),
        scores=evaluate(network, development, left_out),
        versions={name: version(name) for name in ("gouji", "torch", "transformers")},
    )
    write_atomically(out / TRAINING, (dumps(encode(record)) + "\n").encode())
    write_curves(out, progress.history)
    write_card(out, record, vision)
    return record
