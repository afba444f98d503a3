"""Twenty samples of which two have a tenth of their labels wrong: checked, refused, skipped."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from gouji.annotations.corpus import write_annotations
from gouji.cli import app
from gouji.model.annotation import Annotation
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.stream import nth
from tests.benchmarks.label_errors import KINDS, N_SAMPLES, N_WRONG, numbers, spoil
from tests.training.tiny import FORM

WRONG = (4, 13)


@cache
def sound() -> tuple[Annotation, ...]:
    return tuple(
        replace(nth(FORM, 31, TRAINING, number).annotation, id=f"s{number:02}")
        for number in range(N_SAMPLES)
    )


def write_samples(path: Path, kind: str) -> list[str]:
    """The samples with two of them spoilt; the ids of these."""
    samples = list(sound())
    for number in WRONG:
        n_wrong = round(0.1 * len(numbers(samples[number]))) or 1
        samples[number], spoilt = spoil(samples[number], kind, n_wrong, FORM, Random(number))
        assert len(spoilt) == n_wrong
    write_annotations(path, samples)
    assert len(WRONG) == N_WRONG
    return [samples[number].id for number in WRONG]


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*map(str, words)])
    return done.exit_code, done.output


@pytest.mark.parametrize("kind", KINDS)
def test_check_names_the_wrong_samples_and_no_others(tmp_path: Path, kind: str) -> None:
    wrong = write_samples(tmp_path / "a.jsonl", kind)
    code, said = run("annotations", "check", tmp_path / "a.jsonl")
    assert code == 1
    named = {one.id for one in sound() if one.id in said}
    assert named == set(wrong)
    assert f"{N_SAMPLES - N_WRONG} 份没有错误，{N_WRONG} 份有错误" in said


def test_retraining_refuses_wrong_samples_and_takes_the_others_if_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))
    wrong = write_samples(tmp_path / "a.jsonl", "rows")
    code, said = run("retrain", tmp_path / "a.jsonl", "--name", "new")
    assert (code, "2 份样本有错误；请改正，或加 --skip-wrong" in said) == (2, True)
    assert {one.id for one in sound() if one.id in said} == set(wrong)
    assert not (tmp_path / "home").exists()
    words = ("--name", "new", "--skip-wrong", "--model", "rules")  # it has no weights to train on
    code, said = run("retrain", tmp_path / "a.jsonl", *words)
    found = re.search(r"样本 (\d+) 份用于训练，(\d+) 份留作比较，2 份略过", said)
    assert found
    assert int(found[1]) + int(found[2]) == N_SAMPLES - N_WRONG
    assert code == 2
    assert "没有可以接着训练的权重" in said
