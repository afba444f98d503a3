import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gouji.cli import app
from gouji.model.encoding import encode
from gouji.model.tagger import Tagger
from gouji.training import recipe
from gouji.training.synthesis.layouts import TRAINING
from tests.training.tiny import FORM, save_base

SETTINGS = """
[network]
hidden = 16
layers = 1
heads = 1
ffn = 16
[data]
vocabulary_reports = 2
pool = 2
windows_per_report = 2
batch_pieces = 1024
window = 96
context = 16
leave_out = ["semicolons"]
stages = []
[loop]
steps = 2
"""


@pytest.fixture(autouse=True)
def _two_families(monkeypatch: pytest.MonkeyPatch) -> None:
    two = {name: TRAINING[name] for name in ("tabs", "semicolons")}
    monkeypatch.setattr(recipe, "FAMILIES", two)


def train(tmp_path: Path, *options: str) -> tuple[Path, str]:
    """The model folder that the command writes, and what it says."""
    (tmp_path / "a.toml").write_text(SETTINGS, "utf-8")
    out = tmp_path / "model"
    arguments = ["train", "--config", str(tmp_path / "a.toml"), "--out", str(out), *options]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return out, done.output


def assert_usable(folder: Path) -> None:
    text = "新收\t1\t2\n结转\t3\t4\n"
    tags = Tagger.load(folder, FORM).predict(encode(text, [(0, len(text))]))
    assert len(tags.table) == 8


def test_command_writes_a_folder_that_can_be_used_and_resumed(tmp_path: Path) -> None:
    out, said = train(tmp_path)
    assert_usable(out)
    record = json.loads((out / "training.json").read_text("utf-8"))
    assert (record["steps"], record["families"], record["left_out"]) == (
        2,
        ["tabs"],
        ["semicolons"],
    )
    assert set(record["scores"]) == {"all", "left out", "tabs", "semicolons"}
    front = (out / "README.md").read_text("utf-8").split("---\n")[1]
    assert yaml.safe_load(front)["model-index"][0]["name"] == "model"
    assert "留出版式" in said
    weights = (out / "model.safetensors").read_bytes()
    train(tmp_path, "--resume")
    assert (out / "model.safetensors").read_bytes() == weights


def test_command_tunes_a_pretrained_encoder(tmp_path: Path) -> None:
    save_base(tmp_path / "base")
    out, _ = train(tmp_path, "--base", str(tmp_path / "base"))
    assert_usable(out)
    assert json.loads((out / "training.json").read_text("utf-8"))["parent"] == "base"
