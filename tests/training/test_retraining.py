"""A tiny model trained on with one sample: what it learns, leaves alone and says."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from gouji.annotations.corpus import write_annotations
from gouji.cli import app
from gouji.model.annotation import Annotation
from gouji.model.errors import ConfigError, ModelError
from gouji.model.network import loss_of
from gouji.model.registry import ModelEntry, Origin, current_model
from gouji.training import gate_trial, retraining
from gouji.training.examples import collate, examples_of
from gouji.training.export import load_network
from gouji.training.loop import CHECKPOINT, Line
from gouji.training.retraining import Retraining, retrain
from gouji.training.retraining_config import MixingSettings, read_retraining_config
from gouji.training.retraining_samples import Split, mixed, read_samples, record_of, split
from gouji.training.synthesis.report import Sample
from tests.training.tiny import FORM, report
from tests.training.tiny_model import SETTINGS, TWO_FAMILIES, sample, vision, write_tiny_model


class Killed(Exception):
    """The end of a process, in a test."""


@pytest.fixture(autouse=True)
def _two_families(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in (retraining, gate_trial):
        monkeypatch.setattr(module, "FAMILIES", TWO_FAMILIES)
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> ModelEntry:
    """A model folder around random weights."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny_model(folder)
    return ModelEntry("tiny", Origin.FOLDER, folder)


def job(parent: ModelEntry, target: Path, steps: int = 12) -> Retraining:
    settings = read_retraining_config()
    mixing = replace(settings.mixing, batch_pieces=1024, windows_per_report=4, pool=2)
    loop = replace(settings.loop, steps=steps, max_minutes=0.0, checkpoint_minutes=1e-9)
    loop = replace(loop, threads=1, average=0.0, learning_rate=5e-3, muon_learning_rate=0.02)
    parts = Split((sample(),), ())
    settings = replace(settings, mixing=mixing, loop=loop)
    return Retraining(parent, parts, record_of(parts, mixing, ()), settings, target)


def loss_on_the_sample(folder: Path) -> float:
    batch = collate(examples_of(sample(), vision()))
    with torch.inference_mode():
        return float(
            loss_of(load_network(folder)(batch.ids, batch.features, batch.mask), batch.labels)
        )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_one_sample_is_learned_and_a_killed_training_goes_on(
    parent: ModelEntry, tmp_path: Path
) -> None:
    assert parent.folder is not None
    before = contents(parent.folder)
    whole = job(parent, tmp_path / "whole" / "new")
    record = retrain(whole, FORM, lambda line: None)
    assert loss_on_the_sample(whole.staging) < 0.9 * loss_on_the_sample(parent.folder)
    assert (record.parent, record.steps) == (parent.version, 12)
    assert record.samples is not None
    assert list(record.samples.train) == [sample().id]

    def kill(line: Line) -> None:
        if line.step == 10:
            raise Killed

    broken = job(parent, tmp_path / "new")
    with pytest.raises(Killed):
        retrain(broken, FORM, kill)
    assert not broken.target.exists()
    with pytest.raises(ConfigError, match="--resume"):
        retrain(broken, FORM, kill)
    with pytest.raises(ConfigError, match="不能接着进行"):
        retrain(job(parent, tmp_path / "new", steps=13), FORM, kill, resume=True)
    retrain(broken, FORM, lambda line: None, resume=True)
    weights = [folder / "model.safetensors" for folder in (broken.staging, whole.staging)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert contents(parent.folder) == before


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    (tmp_path / "a.toml").write_text(SETTINGS, "utf-8")
    options = ("--config", str(tmp_path / "a.toml"))
    done = CliRunner().invoke(app, ["retrain", *arguments, *options])
    return done.exit_code, done.output


def test_command_trains_compares_and_leaves_the_model_in_use(
    parent: ModelEntry, tmp_path: Path
) -> None:
    write_annotations(tmp_path / "a.jsonl", [sample()])
    model = ("--model", str(parent.folder), "--name", "mine")
    in_use = current_model()
    code, said = run(tmp_path, str(tmp_path / "a.jsonl"), *model)
    folder = tmp_path / "home" / "models" / "mine"
    gate = json.loads((folder / "gate.json").read_text("utf-8"))
    assert code == (0 if gate["passed"] else 1), said
    assert gate["old"] == parent.version
    assert [row["reports"] for row in gate["rows"] if row["kind"] in ("all", "train")] == [2, 1]
    assert "全部单元格" in (folder / "gate.md").read_text("utf-8")
    told = json.loads((folder / "training.json").read_text("utf-8"))
    assert (told["parent"], list(told["samples"]["train"])) == (parent.version, [sample().id])
    assert "标注样本 1 份" in (folder / "README.md").read_text("utf-8")
    assert not (folder / CHECKPOINT).exists()
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]
    assert current_model() == in_use
    used = CliRunner().invoke(app, ["models", "use", "mine"])
    assert (used.exit_code == 0) == gate["passed"]
    again, said = run(tmp_path, str(tmp_path / "a.jsonl"), *model)
    assert (again, "已存在" in said) == (2, True)
    compared_but_not_named_is_only_named(tmp_path, folder, (str(tmp_path / "a.jsonl"), *model))


def compared_but_not_named_is_only_named(
    tmp_path: Path, folder: Path, arguments: tuple[str, ...]
) -> None:
    """As a run leaves it that was killed just before the new folder had its name."""
    before = contents(folder)
    staging = folder.parent / ".unfinished" / folder.name
    staging.parent.mkdir()
    folder.rename(staging)
    code, said = run(tmp_path, *arguments)
    assert (code, "--resume" in said) == (2, True)
    code, said = run(tmp_path, *arguments, "--steps", "3", "--resume")
    assert (code, folder.exists()) == (2, False), said
    code, said = run(tmp_path, *arguments, "--resume")
    assert code == (0 if json.loads(before["gate.json"])["passed"] else 1), said
    assert "第 4 步" not in said
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_wrong_samples_are_named_and_refused_unless_they_are_to_be_skipped(tmp_path: Path) -> None:
    cell = next(iter(sample().cells))
    other = sample("other")
    wrong = replace(other, cells={**other.cells, cell: 10**6 + 1})
    write_annotations(tmp_path / "a.jsonl", [sample(), wrong])
    code, said = run(tmp_path, str(tmp_path / "a.jsonl"), "--name", "mine")
    assert code == 2
    assert wrong.id in said
    assert "1 份样本有错误" in said
    assert not (tmp_path / "home").exists()
    checked = read_samples([tmp_path / "a.jsonl"], FORM)
    assert [one.id for one in checked.samples] == [sample().id]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--model", "rules"), "没有可以接着训练的权重"),
        (("--steps", "3", "--minutes", "1"), "只能给出一个"),
        (("--name", "../a"), "不能作模型名"),
        (("--name", "rules"), "不能作模型名"),
        (("--force",), "--force-reason"),
        (("--out", "a", "--use"), "--out"),
        (("--resume", "--name", "mine"), "没有可以接着进行的训练"),
    ],
)
def test_wrong_usage_is_said_and_writes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], problem: str
) -> None:
    write_annotations(tmp_path / "a.jsonl", [sample()])
    code, said = run(tmp_path, str(tmp_path / "a.jsonl"), *arguments)
    assert code == 2, said
    assert problem in said
    assert not (tmp_path / "home").exists()


def with_origin(number: int, agency: str, layout: str) -> Annotation:
    one = report(number).annotation
    provenance = replace(one.provenance, agency=agency, layout=layout)
    return replace(one, id=f"s{number}", text_sha256=f"{number:064}", provenance=provenance)


def mixing() -> MixingSettings:
    return read_retraining_config().mixing


def test_agencies_and_layouts_stay_on_one_side() -> None:
    own = [with_origin(n, f"局{n % 7}", f"版式{n % 14}") for n in range(28)]
    parts = split(own, mixing())
    assert 0 < len(parts.test) <= 28 // 5
    for key in ("agency", "layout"):
        sides = [
            {getattr(one.provenance, key) for one in side} for side in (parts.train, parts.test)
        ]
        assert not sides[0] & sides[1]
    ids = sorted(one.id for side in (parts.train, parts.test) for one in side)
    assert ids == sorted(one.id for one in own)


def test_samples_linked_by_others_stay_together_and_few_groups_are_all_trained_on() -> None:
    chain = [with_origin(n, f"局{n // 2}", f"版式{(n + 1) // 2}") for n in range(20)]
    assert split(chain, mixing()) == Split(tuple(chain), ())
    assert split(chain[:1], mixing()) == Split((chain[0],), ())


def test_samples_of_unnamed_layout_are_told_apart_by_agency() -> None:
    own = [with_origin(n, f"局{n}", "未归类") for n in range(10)]
    assert len(split(own, mixing()).test) == 2


@pytest.mark.parametrize(("rehearsal", "n_own"), [(0.5, 5), (0.25, 8), (0.0, 10)])
def test_rehearsal_is_mixed_in_by_its_share(rehearsal: float, n_own: int) -> None:
    own = [with_origin(n, "局", "own") for n in range(3)]

    def synthetic(number: int) -> Sample:
        return replace(report(number), family=f"synthetic {number}")

    source = mixed(own, rehearsal, synthetic)
    drawn = list(islice(source(0), 10))
    assert [one.family for one in drawn].count("own") == n_own
    turns = [one.annotation.id for one in drawn if one.family == "own"]
    assert turns == [f"s{n % 3}" for n in range(n_own)]
    made = [one.family for one in drawn if one.family != "own"]
    assert made == [f"synthetic {n}" for n in range(10 - n_own)]
    assert list(islice(source(4), 6)) == drawn[4:]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[mixing]\nrehearsal = 1.0\n", "mixing.rehearsal"),
        ("[gate]\nseed = 1000012\n", "gate.seed"),
        ("[gate]\nreports = 0\n", "gate.reports 应大于 0"),
        ("[data]\nseed = 2\n", "未知的设置 data"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=problem):
        read_retraining_config(tmp_path / "a.toml")


def test_model_without_weights_is_an_error(parent: ModelEntry, tmp_path: Path) -> None:
    assert parent.folder is not None
    bare = tmp_path / "bare"
    bare.mkdir()
    for name, content in contents(parent.folder).items():
        if name != "model.safetensors":
            (bare / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        retrain(job(ModelEntry("bare", Origin.FOLDER, bare), tmp_path / "new"), FORM, print)
