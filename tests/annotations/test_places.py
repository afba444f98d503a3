"""Where the place of a cell begins and ends."""

import hashlib
from dataclasses import replace

import pytest

from gouji.annotations.checks import problems
from gouji.annotations.page_numbers import other_numbers
from gouji.annotations.problems import Places
from gouji.model.annotation import Annotation, CellMention
from tests.annotations.samples import OGI

CELL = "requests.new.natural"


def told(gold: dict[str, Annotation], words: str, marked: str) -> str:
    """What is said of a cell that holds `words`, of which `marked` is its place."""
    annotation = gold["000_2151fe05aa8ee300"]
    old = next(m.span for m in annotation.mentions if m.cell == CELL)
    text = f"{annotation.text[: old[0]]}{words}{annotation.text[old[1] :]}"
    start = old[0] + words.index(marked)
    mention = CellMention((start, start + len(marked)), CELL, marked)
    sample = replace(
        annotation,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        mentions=(mention,),
        others=tuple(other_numbers(text, [mention.span])),
    )
    return "\n".join(str(p) for p in problems(sample, OGI) if "从数字的第一个字" in str(p))


@pytest.mark.parametrize(
    ("words", "marked", "message"),
    [
        ("12件", "12件", "多选了空白、单位或注"),
        ("12 ", "12 ", "多选了空白、单位或注"),
        ("12（其中3件）", "12（其中3件）", "多选了空白、单位或注"),
        ("\t12", "\t12", "多选了空白、单位或注"),
        ("0|", "0|", "多选了空白、单位或注"),
        ("   ", "  ", "多选了空白、单位或注"),
        ("自然人12", "人12", "多选了文字"),
        ("自然人", "自然人", "选的不是数"),
        ("【】", "【】", "既不是数，也不是"),
        ("124", "12", "没有选全"),
        ("124", "24", "没有选全"),
    ],
)
def test_place_that_holds_too_much_or_too_little_is_named(
    gold: dict[str, Annotation], words: str, marked: str, message: str
) -> None:
    assert message in told(gold, words, marked)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("12件", "12"),
        ("12（其中3件）", "12"),
        ("1 2", "1 2"),
        ("1,204", "1,204"),
        ("l2", "l2"),
        ("O 条", "O 条"),
        ("减4", "减4"),
        ("/", "/"),
        ("不适用", "不适用"),
        ("零", "零"),
        ("一二", "一二"),
        (" ", ""),
    ],
)
def test_place_of_a_number_or_a_mark_is_right(
    gold: dict[str, Annotation], words: str, marked: str
) -> None:
    assert told(gold, words, marked) == ""


def test_place_is_told_by_its_line_and_words() -> None:
    places = Places("年报\n新收\t12\n" + "甲" * 40)
    assert places.of((6, 8)) == "第 2 行“12”"
    assert places.of((1, 4)) == "第 1 行“报⏎新”"
    assert places.of((6, 6)) == "第 2 行的空处"
    assert places.of((9, 49)) == f"第 3 行“{'甲' * 24}…”"
