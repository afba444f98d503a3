"""What a model has read of the generated reports is kept for the next comparison, and only that."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gouji.inference.bulk import Job, OnOutcome
from gouji.inference.worker import Outcome, Worker
from gouji.model.form_file import load_form
from gouji.model.registry import ModelEntry, Origin
from gouji.training import gate_readings, gate_trial
from gouji.training.gate import Counted, GateRecord, GateSettings
from gouji.training.gate_readings import Readings, package_sha256, readings_of
from gouji.training.gate_trial import try_models
from gouji.training.retraining_samples import Split
from tests.training.tiny_model import TWO_FAMILIES, sample

FORM = load_form()
RULES = ModelEntry("rules", Origin.RULES)
COUNTED = Counted("tabs", {"active": {"cells": 20, "right": 19}}, {"year": {"fields": 1}})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The names of the reports that were read, here and not in processes of their own."""
    names: list[str] = []

    def run(job: Job, on_outcome: OnOutcome) -> None:
        worker = Worker(job.task)
        for source in job.discovery.found:
            names.append(source.name)
            on_outcome(worker(source))

    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(gate_trial, "FAMILIES", TWO_FAMILIES)
    monkeypatch.setattr(gate_trial, "run", run)
    return names


def settings(reports: int, seed: int = 7) -> GateSettings:
    return GateSettings(seed=seed, reports=reports, margin=0.2, flagged_margin=2.0)


def tried(reports: int, seed: int = 7, split: Split | None = None) -> tuple[GateRecord, list[int]]:
    """The comparison of the rules with themselves, and the numbers done as they were told."""
    told: list[int] = []
    record = try_models(
        (RULES, RULES),
        FORM,
        settings(reports, seed),
        split or Split((), ()),
        lambda n, _: told.append(n),
    )
    return record, told


def test_report_is_read_once_by_a_model(read: list[str]) -> None:
    first, told = tried(2)
    assert len(read) == 4  # two families, and the second time it is known already
    assert told == [1, 2, 3, 4, 8]
    second, told = tried(2)
    assert len(read) == 4
    assert told == [4, 8]
    assert second == first
    assert [row.reports for row in first.rows if row.name in TWO_FAMILIES] == [2, 2]


def test_more_reports_are_read_in_addition_and_fewer_are_there(read: list[str]) -> None:
    tried(1)
    before = len(read)
    more, _ = tried(3)
    assert len(read) - before == 4
    assert {name[:4] for name in read[before:]} == {"0001", "0002"}
    read.clear()
    fewer, _ = tried(2)
    assert read == []
    assert [row.reports for row in fewer.rows if row.name in TWO_FAMILIES] == [2, 2]
    assert more.rows[0].items > fewer.rows[0].items


def test_other_seed_is_read_anew_and_samples_always(read: list[str]) -> None:
    tried(1)
    tried(1, seed=8)
    assert len(read) == 4
    record, _ = tried(1, split=Split((sample(),), ()))
    assert read[4:] == ["0000-train.txt"] * 2
    assert [row.reports for row in record.rows if row.kind == "train"] == [1]


@pytest.mark.parametrize("n_failures", [1, 2, 3])
def test_failed_reading_is_tried_once_more_and_not_kept_if_it_fails_again(
    read: list[str], monkeypatch: pytest.MonkeyPatch, n_failures: int
) -> None:
    whole: Callable[[Job, OnOutcome], None] = vars(gate_trial)["run"]
    left = [n_failures]

    def run(job: Job, on_outcome: OnOutcome) -> None:
        def fail(outcome: Outcome) -> None:
            slow = "-tabs-" in outcome.name and left[0] > 0
            left[0] -= slow
            on_outcome(Outcome(outcome.name, failure="超过 60 秒") if slow else outcome)

        whole(job, fail)

    monkeypatch.setattr(gate_trial, "run", run)
    record, told = tried(1)
    assert [loss.partition("：")[2] for loss in record.lost] == ["超过 60 秒"] * (n_failures > 1)
    assert told[-1] == 4
    read.clear()
    record, _ = tried(1)
    assert (read, record.lost) == ([], ())


def change_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "model.onnx").write_bytes(b"another")


def change_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_readings, "package_sha256", lambda package: "another")


def change_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_readings, "version", lambda name: "99")


def change_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "README.md").write_text("a card", "utf-8")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (change_model, False),
        (change_code, False),
        (change_package, False),
        (change_nothing, True),
    ],
)
def test_all_that_decides_a_reading_tells_it_apart(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[Path, pytest.MonkeyPatch], None],
    same: bool,
) -> None:
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "model.onnx"):
        (folder / name).write_text("{}", "utf-8")
    before = readings_of(ModelEntry("a", Origin.FOLDER, folder), FORM, settings(1)).folder
    change(folder, monkeypatch)
    after = readings_of(ModelEntry("b", Origin.OWN, folder), FORM, settings(9)).folder
    assert (after == before) == same


def test_digest_of_a_package_is_that_of_its_files() -> None:
    digests = {package_sha256(name) for name in ("gouji.model", "gouji.training.synthesis")}
    assert len(digests) == 2
    assert package_sha256("gouji.model") in digests


def test_kept_readings_come_back_and_broken_ones_are_none(tmp_path: Path) -> None:
    kept = Readings(tmp_path)
    assert kept.of("tabs") == ()
    kept.keep("tabs", [COUNTED, COUNTED])
    assert kept.of("tabs") == (COUNTED, COUNTED)
    (tmp_path / "tabs.jsonl").write_text("{", "utf-8")
    assert kept.of("tabs") == ()


def test_folders_unused_for_longest_are_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path))
    first = readings_of(RULES, FORM, settings(1, seed=0)).folder
    os.utime(first, (1, 1))
    others = [readings_of(RULES, FORM, settings(1, seed=n)).folder for n in range(1, 9)]
    assert not first.exists()
    assert all(folder.exists() for folder in others)
