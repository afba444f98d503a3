"""The tagger: a network in ONNX that gives every token its probabilities.

A model is a folder. Of its files the tagger reads `config.json` (form, labels, windows),
`tokenizer.json`, `model.onnx` and `calibration.json`. The network takes `ids`, `mask` (batch,
pieces) and `features` (batch, pieces, N_FEATURES) and gives logits (batch, pieces, labels) for
each head.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it carries no types
from numpy.typing import NDArray
from onnxruntime.capi import (  # type: ignore[import-untyped]  # as above
    onnxruntime_pybind11_state as ort,
)
from tokenizers import Tokenizer

from gouji.model.calibration import Calibration, Floats, HeadCalibration, LineCalibration
from gouji.model.encoding import N_FEATURES, Encoded
from gouji.model.errors import ModelError
from gouji.model.form import Form
from gouji.model.jsonl import decode, loads
from gouji.model.labels import LabelSet
from gouji.model.pieces import PieceWindow, piece_windows
from gouji.model.registry import CALIBRATION, CONFIG, NETWORK, TOKENIZER

HEADS = ("table", "row", "column", "field")
INPUTS = ("ids", "features", "mask")

_NO_NETWORK = (
    *(ort.Fail, ort.InvalidArgument, ort.InvalidGraph, ort.InvalidProtobuf),
    *(ort.NoModel, ort.NotImplemented, ort.RuntimeException),
)
_MOST_IN_BATCH = 2048  # pieces of all windows together, padding included

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FormRef:
    """The form that a model was trained for."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class WindowSize:
    """How many tokens are fed together, and how many of them are only context."""

    size: int
    context: int


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The content of `config.json`; `network` is what training built, of no use here."""

    name: str
    form: FormRef
    labels: LabelSet
    window: WindowSize
    network: Mapping[str, Any] = field(default_factory=dict)


_AS_STATED = LineCalibration()


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tagger says of a text: calibrated probabilities, (tokens, labels) per head.

    `labels` names the labels by index. Rows and columns are told for tokens that may fill a cell;
    for all others they are 0. `lines` tells how far votes on the row of a line can be believed.
    """

    labels: LabelSet
    table: Floats
    row: Floats
    column: Floats
    field: Floats
    lines: LineCalibration = _AS_STATED


@dataclass(frozen=True, slots=True)
class _Fed:
    """A window of one of the texts."""

    text: int
    piece: PieceWindow


@dataclass(frozen=True, slots=True)
class Feed:
    """Windows that pass through the network together, and what it is given."""

    windows: tuple[_Fed, ...]
    inputs: Mapping[str, Ints]


@dataclass(frozen=True)
class Tagger:
    """A loaded model; it may be used for any number of texts, one thread at a time."""

    config: ModelConfig
    calibration: Calibration
    session: onnxruntime.InferenceSession
    tokenizer: Tokenizer

    @classmethod
    def load(cls, folder: Path, form: Form) -> "Tagger":
        """The model of a folder, for reports that follow the form.

        Raises:
            ModelError: a file is lost or broken, or the model was made for another form; the
                folder and what is wrong with it are named.
        """
        if not folder.is_dir():
            raise ModelError(f"{folder}：没有这个模型文件夹")
        config = read_config(folder)
        _check_form(folder, config, form)
        session = _session(folder / NETWORK)
        _check_network(folder, session, config)
        tokenizer = _tokenizer(folder / TOKENIZER)
        return cls(config, Calibration.load(folder / CALIBRATION), session, tokenizer)

    def predict(self, encoded: Encoded, needed: Flags | None = None) -> Tags:
        """The tags of one text.

        `needed` (tokens,) tells which tokens they are wanted of: windows without one are not fed,
        and the tags of their tokens are 0. None stands for all of them.
        """
        return self.predict_many((encoded,), None if needed is None else (needed,))[0]

    def predict_many(
        self, texts: Sequence[Encoded], needed: Sequence[Flags] | None = None
    ) -> tuple[Tags, ...]:
        """The tags of several texts, whose windows are fed together; `needed` as in `predict`."""
        labels = self.config.labels
        lines = self.calibration.lines
        tags = tuple(_empty(labels, len(encoded.tokens), lines) for encoded in texts)
        may_fill = [
            np.array([token.kind is not None for token in encoded.tokens], bool)
            for encoded in texts
        ]
        for feed in self.feeds(texts, needed):
            logits = self.run(feed)
            for number, fed in enumerate(feed.windows):
                found = [head[number] for head in logits]
                self._keep(tags[fed.text], may_fill[fed.text], fed, found)
        return tags

    def feeds(
        self, texts: Sequence[Encoded], needed: Sequence[Flags] | None = None
    ) -> Iterator[Feed]:
        """The windows that are needed in batches, those of similar length together."""
        size = self.config.window
        windows = [
            _Fed(number, piece)
            for number, text in enumerate(texts)
            for piece in piece_windows(text, size.size, size.context, self.tokenizer)
            if needed is None or needed[number][piece.tokens].any()
        ]
        for batch in _batches(windows):
            length = max(len(fed.piece.ids) for fed in batch)
            ids = np.zeros((len(batch), length), np.int64)
            features = np.zeros((len(batch), length, N_FEATURES), np.int64)
            mask = np.zeros((len(batch), length), np.int64)
            for i, fed in enumerate(batch):
                n = len(fed.piece.ids)
                ids[i, :n], features[i, :n], mask[i, :n] = fed.piece.ids, fed.piece.features, 1
            yield Feed(tuple(batch), {"ids": ids, "features": features, "mask": mask})

    def run(self, feed: Feed) -> list[Floats]:
        """Logits (batch, pieces, labels) of each head."""
        found: list[Floats] = self.session.run(list(HEADS), dict(feed.inputs))
        return found

    def _keep(self, tags: Tags, may_fill: Flags, fed: _Fed, logits: Sequence[Floats]) -> None:
        """Writes the probabilities of the tokens that count in a window into the tags."""
        at = np.arange(fed.piece.tokens.start, fed.piece.tokens.stop)
        pieces = fed.piece.at
        fills = may_fill[at]
        heads = self.calibration.heads
        for name, found in zip(HEADS, logits, strict=True):
            calibration: HeadCalibration = getattr(heads, name)
            wanted = fills if name in ("row", "column") else slice(None)
            getattr(tags, name)[at[wanted]] = calibration.apply(found[pieces[wanted]])


def read_config(folder: Path) -> ModelConfig:
    """The configuration of a model folder.

    Raises:
        ModelError: there is none, or it is malformed.
    """
    path = folder / CONFIG
    try:
        return decode(ModelConfig, loads(path.read_text("utf-8")))
    except OSError as error:
        raise ModelError(f"{path}：无法打开（{error.strerror}）") from error
    except ValueError as error:
        raise ModelError(f"{path}：模型说明有误：{error}") from error


def _check_form(folder: Path, config: ModelConfig, form: Form) -> None:
    if config.form.sha256 != form.sha256:
        raise ModelError(
            f"{folder}：模型是为另一版本的表单 {config.form.id} 训练的"
            f"（{config.form.sha256[:12]}，现用 {form.id} {form.sha256[:12]}），须重新训练"
        )
    if config.labels != LabelSet.of(form):
        raise ModelError(f"{folder}：模型的标签与表单 {form.id} 不符，须重新训练")
    size, context = config.window.size, config.window.context
    if not 0 <= 2 * context < size:
        raise ModelError(f"{folder}：窗口 {size} 与上文 {context} 不合：上文须小于窗口的一半")


def _session(path: Path) -> onnxruntime.InferenceSession:
    """The network on one thread: bulk runs have a process for each core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    if not path.is_file():
        raise ModelError(f"{path}：没有这个文件")
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except _NO_NETWORK as error:
        raise ModelError(f"{path}：不是可用的 ONNX 网络：{error}") from error


def _check_network(
    folder: Path, session: onnxruntime.InferenceSession, config: ModelConfig
) -> None:
    inputs = {node.name: node.shape[-1] for node in session.get_inputs()}
    widths = {node.name: node.shape[-1] for node in session.get_outputs()}
    labels = config.labels
    right = dict(
        zip(
            HEADS,
            map(len, (labels.tables, labels.rows, labels.columns, labels.fields)),
            strict=True,
        )
    )
    fits = inputs.keys() == set(INPUTS) and inputs["features"] == N_FEATURES
    if not fits or any(widths.get(head) != n for head, n in right.items()):
        raise ModelError(
            f"{folder / NETWORK}：网络的输入输出不符："
            f"应为 {', '.join(INPUTS)}（features {N_FEATURES} 项）→ {right}，"
            f"现为 {inputs} → {widths}"
        )


def _tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
    except OSError as error:
        raise ModelError(f"{path}：无法打开（{error.strerror}）") from error
    except Exception as error:  # tokenizers raises nothing more special
        raise ModelError(f"{path}：不是可用的分词器：{error}") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _empty(labels: LabelSet, n_tokens: int, lines: LineCalibration) -> Tags:
    table, row, column, fields = (
        np.zeros((n_tokens, len(names)), np.float32)
        for names in (labels.tables, labels.rows, labels.columns, labels.fields)
    )
    return Tags(labels, table, row, column, fields, lines)


def _batches(fed: Sequence[_Fed]) -> Iterator[list[_Fed]]:
    """The windows, those of similar length together."""
    batch: list[_Fed] = []
    for window in sorted(fed, key=lambda window: len(window.piece.ids)):
        if batch and (len(batch) + 1) * len(window.piece.ids) > _MOST_IN_BATCH:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
