"""Which repeated comparisons take the place of the one in the model's folder."""

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gouji.cli import app
from gouji.model.errors import ConfigError
from gouji.model.registry import ModelEntry, Origin, find_model
from gouji.training import gate_again
from gouji.training.gate import Counted, GateRecord, GateSettings, Pairs, compare, reasons
from gouji.training.gate_again import compare_again
from gouji.training.gate_trial import read_gate, write_gate

SETTINGS = GateSettings(seed=1, reports=2, margin=0.2, flagged_margin=2.0)
OLD = ModelEntry("old", Origin.SHIPPED, Path("old"))


def counted(right: int = 10) -> Counted:
    cells = Counter(cells=10, right=right, nonzero=10, nonzero_right=right, silent=0, flagged=0)
    return Counted("tabs", {"requests": cells}, {})


def record(n: int, n_samples: int = 0, right: int = 10, old: str = "old") -> GateRecord:
    generated = [(counted(), counted(right))] * n
    rows = compare(Pairs(generated, train=generated[:n_samples]))
    found = reasons(rows, SETTINGS)
    return GateRecord(old, "new", "2026-01-31", SETTINGS, not found, found, rows)


@pytest.fixture
def new(tmp_path: Path) -> ModelEntry:
    write_gate(tmp_path / "new", record(3, n_samples=1, right=9))
    return ModelEntry("new", Origin.FOLDER, tmp_path / "new")


def again(monkeypatch: pytest.MonkeyPatch, new: ModelEntry, made: GateRecord) -> str:
    """What is said after a comparison that comes to this record."""
    monkeypatch.setattr(gate_again, "try_models", lambda *_: made)
    found, said = compare_again((OLD, new), 5, (), lambda done, total: None)
    assert found == made
    return said


def test_comparison_with_more_reports_takes_the_place(
    monkeypatch: pytest.MonkeyPatch, new: ModelEntry
) -> None:
    made = record(5, n_samples=1)
    assert "已存入" in again(monkeypatch, new, made)
    assert new.folder is not None
    assert read_gate(new.folder) == made


@pytest.mark.parametrize(
    "made",
    [record(2, n_samples=1), record(5), record(5, n_samples=1, old="another")],
    ids=["fewer reports", "no samples", "another old model"],
)
def test_comparison_that_saw_less_does_not(
    monkeypatch: pytest.MonkeyPatch, new: ModelEntry, made: GateRecord
) -> None:
    assert new.folder is not None
    earlier = read_gate(new.folder)
    assert "没有存入" in again(monkeypatch, new, made)
    assert read_gate(new.folder) == earlier


def test_model_without_record_gets_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = ModelEntry("bare", Origin.FOLDER, tmp_path)
    assert "没有存入" in again(monkeypatch, bare, record(5))
    assert not list(tmp_path.iterdir())


def test_samples_of_a_model_that_was_trained_without_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = find_model("ogi-small-3")
    with pytest.raises(ConfigError, match="不是用样本训练的"):
        compare_again((OLD, shipped), 1, [tmp_path], lambda done, total: None)


def test_command_prints_the_table_and_ends_with_1_if_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for made, code in ((record(5), 0), (record(5, right=8), 1)):
        monkeypatch.setattr(gate_again, "try_models", lambda *_, m=made: m)
        done = CliRunner().invoke(app, ["models", "compare", "rules", "ogi-small-3"])
        assert done.exit_code == code, done.output
        assert "全部单元格" in done.output
