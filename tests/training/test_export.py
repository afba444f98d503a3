import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from gouji.model.errors import ModelError
from gouji.model.network import TaggerNetwork
from gouji.model.registry import CONFIG, NETWORK
from gouji.model.tagger import HEADS, Tagger
from gouji.training.card import TrainingRecord, card
from gouji.training.config import read_config
from gouji.training.export import (
    WEIGHTS,
    Agreement,
    agreement,
    infer,
    load_network,
    open_session,
    write_config,
    write_onnx,
    write_weights,
)
from gouji.training.metrics import ALL, Counts, gold_report, padded, predict
from gouji.training.recipe import data_sha256
from tests.training.tiny import FORM, report, tiny_config, tiny_vision

GOLD = [gold_report(report(number), tiny_vision()) for number in range(3)]


def network(architecture: str = "modernbert") -> TaggerNetwork:
    torch.set_num_threads(1)
    torch.manual_seed(5)
    return TaggerNetwork(tiny_config(tiny_vision(), architecture)).eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model folder around random weights."""
    made = tmp_path_factory.mktemp("models") / "tiny"
    write_config(made, network().config, tiny_vision(), FORM)
    write_weights(made, network())
    write_onnx(made, load_network(made))
    return made


@pytest.mark.parametrize("architecture", ["modernbert", "roformer"])
def test_onnx_gives_the_logits_of_torch_for_any_batch_and_length(
    tmp_path: Path, architecture: str
) -> None:
    built = network(architecture)
    write_onnx(tmp_path, built, int8=False)
    session = open_session(tmp_path / NETWORK)
    windows = [window for one in GOLD for window in one.windows]
    for group in (windows[:1], windows[1:4], windows):
        fed = padded(group)
        right = built(*fed)
        for head, logits in infer(session, *fed).items():
            seen = fed[2].bool().numpy()
            np.testing.assert_allclose(
                logits[seen], right[head].detach().numpy()[seen], atol=1e-4, rtol=0
            )


def test_folder_is_a_model_that_the_tagger_reads(folder: Path) -> None:
    tagger = Tagger.load(folder, FORM)
    assert tagger.config.name == "tiny"
    tags = tagger.predict(GOLD[0].encoded)
    assert tags.table.shape == (len(GOLD[0].encoded.tokens), len(tagger.config.labels.tables))
    np.testing.assert_allclose(tags.table.sum(axis=1), 1.0, rtol=1e-5)


def test_tagger_names_the_labels_that_training_evaluates(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    loaded = load_network(folder)
    write_onnx(tmp_path, loaded, int8=False)
    tagger = Tagger.load(tmp_path, FORM)
    for one, right in zip(GOLD, predict(loaded, GOLD), strict=True):
        tags = tagger.predict(one.encoded)
        assert tags.table.argmax(axis=1).tolist() == right["table"].tolist()
        cells = one.labels.cell >= 0
        assert tags.row[cells].argmax(axis=1).tolist() == right["row"][cells].tolist()


def test_integers_name_the_labels_of_the_weights(folder: Path) -> None:
    found = agreement(folder, load_network(folder), GOLD)
    assert found.n["table"] == sum(len(one.encoded.tokens) for one in GOLD)
    assert found.n["row"] == sum(int((one.labels.cell >= 0).sum()) for one in GOLD)
    assert all(share is not None and share > 0.8 for share in found.same.values())
    assert (folder / NETWORK).stat().st_size > 0


def test_weights_come_back_in_single_precision(folder: Path) -> None:
    original, loaded = network().state_dict(), load_network(folder).state_dict()
    assert loaded.keys() == original.keys()
    for name, weights in loaded.items():
        assert weights.dtype == torch.float32
        torch.testing.assert_close(weights, original[name], atol=1e-3, rtol=1e-3)


def test_calibration_that_is_there_already_stays(folder: Path) -> None:
    path = folder / "calibration.json"
    fitted = '{"heads": {"row": {"temperature": 2.0}}}'
    path.write_text(fitted, "utf-8")
    write_config(folder, network().config, tiny_vision(), FORM)
    assert path.read_text("utf-8") == fitted


@pytest.mark.parametrize("broken", [WEIGHTS, CONFIG])
def test_broken_folder_is_an_error(folder: Path, tmp_path: Path, broken: str) -> None:
    for name in (WEIGHTS, CONFIG):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / broken).write_bytes(b"{}")
    with pytest.raises(ModelError, match=str(tmp_path.name)):
        load_network(tmp_path)


def test_weights_of_another_network_are_an_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / CONFIG).write_bytes((folder / CONFIG).read_bytes())
    write_weights(tmp_path, network("roformer"))
    with pytest.raises(ModelError, match="不符"):
        load_network(tmp_path)


def record() -> TrainingRecord:
    counts = Counts(reports=4, exact=3, nonzero=200, nonzero_right=199, false_cells=1)
    return TrainingRecord(
        parent=None,
        data_sha256="f" * 64,
        config=read_config(),
        families=("rows", "tabs"),
        left_out=("lines",),
        date="2026-01-31",
        steps=100,
        best_step=80,
        minutes=2.5,
        parameters=2_870_000,
        agreement=Agreement(dict.fromkeys(HEADS, 10), dict.fromkeys(HEADS, 0.999)),
        scores={ALL: counts, "tabs": counts},
        versions={"gouji": "0.1.0"},
    )


def test_card_opens_with_what_the_hub_reads() -> None:
    text = card("small", record(), tiny_vision())
    _, front, rest = text.split("---\n", 2)
    told = yaml.safe_load(front)
    assert (told["license"], told["pipeline_tag"]) == ("apache-2.0", "token-classification")
    metrics = told["model-index"][0]["results"][0]["metrics"]
    assert {"type": "accuracy", "name": "nonzero", "value": 0.995} in metrics
    assert rest.startswith("\n# small\n")


def test_card_tells_scores_data_and_recipe() -> None:
    text = card("small", record(), tiny_vision())
    assert "| tabs | 4 | 99.50 % | — | — |" in text
    assert "`" + "f" * 64 + "`" in text
    assert "2.87 百万" in text
    assert "`lines`" in text


def test_data_are_told_apart_by_seed_and_source() -> None:
    data = read_config().data
    assert data_sha256(data) == data_sha256(data)
    assert data_sha256(data) != data_sha256(replace(data, seed=data.seed + 1))


def test_configuration_names_form_and_network(folder: Path) -> None:
    told = json.loads((folder / CONFIG).read_text("utf-8"))
    assert told["form"] == {"id": FORM.id, "sha256": FORM.sha256}
    assert told["network"]["shape"]["architecture"] == "modernbert"
