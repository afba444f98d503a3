"""The story of the READMEs: from a report read wrongly to a model that was trained on it."""

from pathlib import Path

import pytest

from tests.story import READMES, ROOT, STEPS, Shown, abridged, blocks, correct, masked, run, shown
from tests.story import prepare as begin


def story(page: str) -> dict[str, list[Shown]]:
    return {name: shown(block) for name, block in blocks((ROOT / page).read_text("utf-8"))}


def told(folder: Path, step: str) -> None:
    """The commands of a step print what is shown below them."""
    for one in story(READMES[0])[step]:
        code, output = run(one.command, folder)
        assert (code, output) == (0, one.output), one.command


def test_both_pages_tell_the_same_story() -> None:
    assert story(READMES[0]) == story(READMES[1])
    assert tuple(story(READMES[0])) == STEPS


def test_corrected_workbook_becomes_a_sample(tmp_path: Path) -> None:
    begin(tmp_path)
    told(tmp_path, "extract")
    correct(tmp_path)
    told(tmp_path, "import")


@pytest.mark.slow
def test_sample_is_trained_on_and_the_new_model_compared_and_used(tmp_path: Path) -> None:
    """Numbers differ from machine to machine; a model that the gate refuses is let pass.

    A block without any output has not been written yet: only the exit codes are looked at.
    """
    begin(tmp_path)
    told(tmp_path, "extract")
    correct(tmp_path)
    told(tmp_path, "import")
    codes = []
    for one in story(READMES[0])["retrain"]:
        code, output = run(one.command, tmp_path)
        codes.append(code)
        if one.output:
            assert masked(abridged(output)) == masked(one.output), one.command
    assert codes in ([1, 2, 0, 0], [0, 0, 0, 0])


def test_progress_and_table_are_left_out_with_one_mark() -> None:
    lines = (
        "从 a 开始",
        "第 10 步",
        "比较：已读 1/2",
        "┏━┓",
        "比较未通过：b@0123456789ab",
        "第 2 步",
    )
    assert abridged(lines) == ("从 a 开始", "…", "比较未通过：b@0123456789ab", "…")
    assert masked(("训练 20 步，1.5 分钟：b@0123456789ab",)) == ("训练 # 步，# 分钟：b@#",)
