"""`gouji retrain` killed wherever it changes a folder: nothing is lost, and it goes on."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from gouji.annotations.corpus import write_annotations
from gouji.model.form_file import load_form
from gouji.model.registry import ModelEntry, Origin
from gouji.model.tagger import Tagger
from gouji.training.loop import CHECKPOINT
from tests.killing import Command, contents, killed_everywhere
from tests.training.tiny_model import SETTINGS, sample, write_tiny_model

COMMAND = ["retrain", "a.jsonl", "--name", "new", "--config", "a.toml"]
TIMED = ("training.json", "README.md", "curves.png")  # they tell how long it took


def template(folder: Path) -> Path:
    """A folder with a model in use, a sample and settings."""
    models = folder / "home" / "models"
    write_tiny_model(models / "tiny")
    (models / "current").write_text("tiny\n", "utf-8")
    write_annotations(folder / "a.jsonl", [sample()])
    (folder / "a.toml").write_text(SETTINGS.replace("steps = 4", "steps = 2"), "utf-8")
    return folder


def untimed(folder: Path) -> Mapping[str, bytes]:
    return {
        name: b"" if Path(name).name in TIMED else content
        for name, content in contents(folder).items()
    }


@pytest.mark.slow
def test_retraining_that_is_killed_anywhere_goes_on_to_the_same_model(tmp_path: Path) -> None:
    begun = template(tmp_path / "template")
    command = Command(
        COMMAND,
        ["gouji.cli.retrain", "gouji.training.publishing"],
        again=([*COMMAND, "--resume"], COMMAND),
        events=("os.rename", "os.remove"),  # before and after them is all that a reader can see
        prepare="tests.training.tiny_model",
    )
    killed, whole = killed_everywhere(begun, tmp_path / "runs", command)
    before, after = contents(begun), untimed(whole.again)
    new = whole.again / "home" / "models" / "new"
    gate = json.loads((new / "gate.json").read_text("utf-8"))
    assert gate["new"] == ModelEntry("new", Origin.OWN, new).version
    assert whole.code == (0 if gate["passed"] else 1)
    assert len(killed) > 20
    assert any((one.left / f"home/models/.unfinished/new/{CHECKPOINT}").exists() for one in killed)
    for one in killed:
        left = contents(one.left)
        assert {name: left[name] for name in before} == before
        assert not (one.left / "home" / "models" / "new").exists()
        assert one.code == whole.code
        assert untimed(one.again) == after
        Tagger.load(one.again / "home" / "models" / "new", load_form())
    assert not [path for one in killed for path in (one.again / "home/models/new").glob(".*")]
