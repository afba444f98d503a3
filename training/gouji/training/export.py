"""Export: from trained weights to the files of a model folder."""

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it carries no types
import torch
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    QuantType,
    quant_pre_process,
    quantize_dynamic,
)
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from gouji.model.atomic import write_atomically
from gouji.model.calibration import Calibration
from gouji.model.errors import ModelError
from gouji.model.form import Form
from gouji.model.jsonl import decode, dumps, encode
from gouji.model.network import TaggerConfig, TaggerNetwork
from gouji.model.registry import CALIBRATION, CONFIG, NETWORK, TOKENIZER
from gouji.model.tagger import HEADS, INPUTS, FormRef, ModelConfig, read_config
from gouji.training.examples import Vision
from gouji.training.metrics import GoldReport, padded

WEIGHTS = "model.safetensors"

_OPSET = 17
_MULTIPLIED = ("MatMul", "Gemm")  # embeddings stay as they are: they cost no time
_IN_BATCH = 8


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often the shipped network and torch name the same label, by head, with what n.

    `table` counts all tokens, `field` too, `row` and `column` those that fill a cell.
    """

    n: Mapping[str, int]
    same: Mapping[str, float | None]


def write_weights(folder: Path, network: TaggerNetwork) -> None:
    """Writes `model.safetensors` with the weights in half precision.

    Raises:
        OSError: the file can't be written.
    """
    half = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    write_atomically(folder / WEIGHTS, save(half))


def write_config(folder: Path, network: TaggerConfig, vision: Vision, form: Form) -> None:
    """Writes `config.json` and `tokenizer.json`, and a calibration that corrects nothing yet.

    Raises:
        OSError: a file can't be written.
    """
    config = ModelConfig(
        name=folder.resolve().name,
        form=FormRef(form.id, form.sha256),
        labels=vision.labels,
        window=vision.window,
        network=encode(network),
    )
    write_atomically(folder / CONFIG, (dumps(encode(config)) + "\n").encode())
    write_atomically(folder / TOKENIZER, vision.tokenizer.to_str().encode())
    if not (folder / CALIBRATION).exists():
        write_atomically(folder / CALIBRATION, (dumps(encode(Calibration())) + "\n").encode())


def load_network(folder: Path) -> TaggerNetwork:
    """The network of a model folder with its weights, in single precision.

    Raises:
        ModelError: a file of the folder is lost, broken or does not fit the others.
    """
    told = read_config(folder).network
    try:
        network = TaggerNetwork(decode(TaggerConfig, told))
        weights = load((folder / WEIGHTS).read_bytes())
        network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    except OSError as error:
        raise ModelError(f"{folder / WEIGHTS}：无法打开（{error.strerror}）") from error
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise ModelError(f"{folder}：权重与网络说明不符：{error}") from error
    return network.eval()


def write_onnx(folder: Path, network: TaggerNetwork, *, int8: bool = True) -> None:
    """Writes `model.onnx`: the network with dynamic batch and length, in int8 or single precision.

    The integers are kept to 7 bits (`reduce_range`), so that products do not overflow on
    processors without VNNI.

    Raises:
        OSError: the file can't be written.
    """
    with tempfile.TemporaryDirectory() as temporary:
        whole, small = Path(temporary) / "whole.onnx", Path(temporary) / "small.onnx"
        _trace(network, whole)
        if int8:
            simple = Path(temporary) / "simple.onnx"
            quant_pre_process(whole, simple, skip_symbolic_shape=True)
            quantize_dynamic(
                simple,
                small,
                op_types_to_quantize=list(_MULTIPLIED),
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
        write_atomically(folder / NETWORK, (small if int8 else whole).read_bytes())


def _trace(network: TaggerNetwork, path: Path) -> None:
    """Writes the network as ONNX in single precision."""
    n_words, sizes = network.config.vocabulary, network.config.features
    ids = torch.zeros((2, 7), dtype=torch.int64) + min(3, n_words - 1)
    features = torch.zeros((2, 7, len(sizes)), dtype=torch.int64)
    mask = torch.ones((2, 7), dtype=torch.int64)
    mask[1, 5:] = 0
    names = (*INPUTS, *HEADS)
    with warnings.catch_warnings():  # of tracing: shapes that are constants here, and its age
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Plain(network).eval(),  # exporting brings back the mode that it finds
            (ids, features, mask),
            path,
            input_names=list(INPUTS),
            output_names=list(HEADS),
            dynamic_axes={name: {0: "batch", 1: "pieces"} for name in names},
            opset_version=_OPSET,
            dynamo=False,
        )


def agreement(folder: Path, network: TaggerNetwork, reports: Sequence[GoldReport]) -> Agreement:
    """How far the labels of `model.onnx` are those of the network, over the reports' windows."""
    session = open_session(folder / NETWORK)
    n = dict.fromkeys(HEADS, 0)
    same = dict.fromkeys(HEADS, 0)
    windows = [(report, window) for report in reports for window in report.windows]
    for start in range(0, len(windows), _IN_BATCH):
        group = windows[start : start + _IN_BATCH]
        fed = padded([window for _, window in group])
        found = infer(session, *fed)
        with torch.inference_mode():
            right = network.eval()(*fed)
        for number, (report, piece) in enumerate(group):
            is_cell = report.labels.cell[piece.tokens] >= 0
            for head in HEADS:
                at = piece.at[is_cell] if head in ("row", "column") else piece.at
                equal = found[head][number][at].argmax(-1) == right[head][number].numpy()[
                    at
                ].argmax(-1)
                n[head] += len(at)
                same[head] += int(equal.sum())
    shares = {head: same[head] / n[head] if n[head] else None for head in HEADS}
    return Agreement(n, shares)


def infer(
    session: onnxruntime.InferenceSession, ids: Tensor, features: Tensor, mask: Tensor
) -> Mapping[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """The logits of each head from an ONNX session."""
    fed = dict(zip(INPUTS, (ids.numpy(), features.numpy(), mask.numpy()), strict=True))
    return dict(zip(HEADS, session.run(list(HEADS), fed), strict=True))


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """An ONNX file on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class _Plain(nn.Module):
    """The network with a tuple for an answer, as tracing wants it."""

    def __init__(self, network: TaggerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        found = self.network(ids, features, mask)
        return tuple(found[head] for head in HEADS)
