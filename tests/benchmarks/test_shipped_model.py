"""The model that ships with gouji: it reads alone, and it is its weights that do."""

import shutil
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from gouji.inference import Extractor, Settings
from gouji.inference.ablation import placed_table
from gouji.model.document import Document, Source
from gouji.model.form_file import load_form
from gouji.model.registry import NETWORK, Origin, list_models
from gouji.training.synthesis.layouts import BOUNDLESS, TRAINING
from gouji.training.synthesis.report import Sample, synthesize

FAMILIES = ("cells", "markdown", "html_breaks", "open_bars", "tabs", "wide_blanks")
"""Layouts of different devices; the reports are none that anything was trained on."""

SHIPPED = [model.folder for model in list_models() if model.origin is Origin.SHIPPED]


@cache
def samples() -> tuple[Sample, ...]:
    form = load_form()
    return tuple(
        synthesize(form, name, TRAINING[name], f"shipped/{name}", (), boundless=name in BOUNDLESS)
        for name in FAMILIES
    )


def read_alone(folder: Path) -> Counter[str]:
    """How many cells that are not zero the model of a folder gets right without rules and sums."""
    settings = Settings()
    alone = replace(settings, tagging=replace(settings.tagging, second_opinion=False))
    extract = Extractor(load_form(), alone, folder, settle=placed_table)
    counts: Counter[str] = Counter()
    for sample in samples():
        annotation = sample.annotation
        source = Source(annotation.source, annotation.source_sha256, "text/plain")
        (report, *_) = extract(Document(source, annotation.text))
        for cell, number in annotation.cells.items():
            if number:
                found = report.cells.get(cell)
                counts.update(nonzero=1, right=found is not None and found.value == number)
    return counts


def shuffle_weights(folder: Path, seed: int) -> None:
    """Exchanges the numbers within every matrix of the network, so that its shape alone is left."""
    network = onnx.load(folder / NETWORK)
    rng = np.random.default_rng(seed)
    for tensor in network.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.ndim >= 2:
            mixed = rng.permutation(weights.ravel()).reshape(weights.shape)
            tensor.CopyFrom(numpy_helper.from_array(mixed, tensor.name))
    onnx.save(network, folder / NETWORK)


def test_a_model_ships_and_is_the_one_in_use() -> None:
    assert len(SHIPPED) == 1
    assert Extractor(load_form(), Settings()).entry.folder == SHIPPED[0]


@pytest.mark.parametrize("folder", SHIPPED)
def test_the_model_reads_without_the_rules(folder: Path) -> None:
    counts = read_alone(folder)
    assert counts["nonzero"] > 300
    assert counts["right"] >= 0.97 * counts["nonzero"]


@pytest.mark.parametrize("folder", SHIPPED)
def test_the_model_reads_nothing_once_its_weights_are_shuffled(
    folder: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(folder, shuffled)
    shuffle_weights(shuffled, seed=1)
    counts = read_alone(shuffled)
    assert counts["right"] < 0.2 * counts["nonzero"]
