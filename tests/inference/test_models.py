import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gouji.cli.models import app
from gouji.model import registry
from gouji.model.registry import find_model


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path))
    monkeypatch.setattr(registry, "_shipped", lambda: tmp_path / "weights")
    return tmp_path / "models"


def make(home: Path, name: str, f1: float) -> None:
    folder = home / name
    folder.mkdir(parents=True)
    config = {"name": name, "labels": {"rows": ["none", *map(str, range(99))]}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "training.json").write_text(json.dumps({"scores": {"dev": {"f1": f1}}}), "utf-8")
    (folder / "model.onnx").write_bytes(b"0" * 1_500_000)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_list_shows_every_model_and_the_one_in_use(home: Path) -> None:
    make(home, "mine", 0.9)
    code, output = run("list")
    assert code == 0
    rows = [[part.strip() for part in line.split("│")[1:-1]] for line in output.splitlines()]
    assert ["*", "rules", "规则，无须模型", "", ""] in rows
    assert ["", "mine", "自有", "1.5 MB", str(home / "mine")] in rows
    assert run("use", "mine")[0] == 0
    assert "│ * │ mine " in run("list")[1]


def test_list_tells_a_choice_that_is_gone(home: Path) -> None:
    home.mkdir()
    (home / "current").write_text("gone\n", "utf-8")
    code, output = run("list")
    assert code == 0
    assert "“gone”已不在" in output
    assert "rules" in output


def test_show_prints_what_the_folder_says_with_long_lists_cut(home: Path) -> None:
    make(home, "mine", 0.9)
    code, output = run("show", "mine")
    assert code == 0
    assert "training.json: scores.dev.f1：0.9" in output
    assert "config.json: labels.rows：100 项：none, 0, 1," in output


def test_diff_lists_only_what_differs(home: Path) -> None:
    make(home, "old", 0.9)
    make(home, "new", 0.95)
    code, output = run("diff", "old", str(home / "new"))
    assert code == 0
    assert "scores.dev.f1" in output
    assert "0.95" in output
    assert "labels" not in output
    assert run("diff", "old", "old") == (0, "两个模型没有不同。\n")


@pytest.mark.parametrize(
    "arguments", [("show", "nobody"), ("use", "nobody"), ("diff", "rules", "nobody")]
)
def test_an_unknown_model_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert "“nobody”" in output


def test_a_broken_record_is_named(home: Path) -> None:
    make(home, "mine", 0.9)
    (home / "mine" / "training.json").write_text("{", "utf-8")
    code, output = run("show", "mine")
    assert code == 2
    assert "training.json" in output


def refused(home: Path, name: str) -> Path:
    """A model that the comparison with its parent refuses; the path of the record."""
    make(home, name, 0.9)
    path = home / name / "gate.json"
    path.write_text(json.dumps({"passed": False, "reasons": ["表 requests：退步"]}), "utf-8")
    return path


def test_refused_model_is_used_only_by_force_with_a_reason_that_is_kept(home: Path) -> None:
    path = refused(home, "mine")
    code, output = run("use", "mine")
    assert (code, "表 requests：退步" in output) == (2, True)
    code, output = run("use", "mine", "--force")
    assert (code, "--force-reason" in output) == (2, True)
    assert not (home / "current").exists()
    assert run("use", "mine", "--force", "--force-reason", "只读这一种版式")[0] == 0
    forced = json.loads(path.read_text("utf-8"))["forced"]
    assert forced["reason"] == "只读这一种版式"
    assert forced["by"]
    assert "放行：只读这一种版式" in (home / "mine" / "gate.md").read_text("utf-8")
    assert (home / "current").read_text("utf-8") == "mine\n"


def test_model_that_passed_needs_no_force_until_its_files_change(home: Path) -> None:
    path = refused(home, "mine")
    passed = {"passed": True, "reasons": [], "new": find_model("mine").version}
    path.write_text(json.dumps(passed), "utf-8")
    assert run("use", "mine")[0] == 0
    (home / "mine" / "model.onnx").write_bytes(b"another")
    code, output = run("use", "mine")
    assert (code, "改动过" in output) == (2, True)


@pytest.mark.parametrize("record", ["{", "[]", '{"passed": true}'])
def test_broken_record_of_a_comparison_is_an_error_that_names_the_file(
    home: Path, record: str
) -> None:
    refused(home, "mine").write_text(record, "utf-8")
    code, output = run("use", "mine")
    assert (code, "gate.json" in output) == (2, True)
