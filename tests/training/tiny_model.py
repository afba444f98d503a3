"""A model folder of a tiny network, and retrainings of it that take seconds."""

from functools import cache
from pathlib import Path

import pytest
import torch

from gouji.inference.bulk import Job, OnOutcome
from gouji.inference.worker import Worker
from gouji.model.annotation import Annotation
from gouji.model.encoding import FEATURE_SIZES
from gouji.model.network import EncoderShape, TaggerConfig, TaggerNetwork
from gouji.model.tagger import WindowSize
from gouji.training import gate_trial, retraining
from gouji.training.examples import Vision, encode_report
from gouji.training.export import write_config, write_onnx, write_weights
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.report import synthesize
from gouji.training.vocabulary import UNKNOWN_ID, build_tokenizer
from tests.training.tiny import FORM, LABELS

WINDOW = WindowSize(96, 16)
TWO_FAMILIES = {name: TRAINING[name] for name in ("tabs", "semicolons")}
SETTINGS = """
[mixing]
batch_pieces = 1024
windows_per_report = 4
pool = 2
[loop]
steps = 4
threads = 1
max_minutes = 0.0
checkpoint_minutes = 1e-9
[calibration]
reports = 1
[gate]
reports = 1
"""


@cache
def sample(key: str = "sample", family: str = "tabs") -> Annotation:
    return synthesize(FORM, family, TRAINING[family], key, ()).annotation


def vision() -> Vision:
    return Vision(build_tokenizer(FORM, [encode_report(sample())], 1), LABELS, WINDOW)


def write_tiny_model(folder: Path) -> None:
    """A model folder around random weights."""
    torch.set_num_threads(1)
    torch.manual_seed(5)
    seen = vision()
    heads = (LABELS.tables, LABELS.rows, LABELS.columns, LABELS.fields)
    config = TaggerConfig(
        shape=EncoderShape("modernbert", 32, 1, 2, 32, 0.0, 0.0, 0.0),
        vocabulary=seen.tokenizer.get_vocab_size(),
        features=FEATURE_SIZES,
        labels=tuple(map(len, heads)),
        longest=WINDOW.size,
        unknown=UNKNOWN_ID,
    )
    network = TaggerNetwork(config).eval()
    write_config(folder, config, seen, FORM)
    write_weights(folder, network)
    write_onnx(folder, network)


def prepare() -> None:
    """Two families alone, and no processes to read them: for commands run many times."""
    patch = pytest.MonkeyPatch()
    patch.setattr(retraining, "FAMILIES", TWO_FAMILIES)
    patch.setattr(gate_trial, "FAMILIES", TWO_FAMILIES)
    patch.setattr(gate_trial, "run", _read_here)


def _read_here(job: Job, on_outcome: OnOutcome) -> None:
    worker = Worker(job.task)
    for source in job.discovery.found:
        on_outcome(worker(source))
