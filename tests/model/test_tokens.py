import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import narrow
from gouji.model.tokens import find_tokens, furniture


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("0 12\t3", ["0", "12", "3"]),
        ("|7|1|8||", ["7", "1", "8"]),
        ("１，２３４ | - | 无", ["１，２３４", "-", "无"]),
        ("22（其中修订 16 件）\t5", ["22（其中修订 16 件）", "5"]),
        ("减4 |\n+1 |", ["减4", "+1"]),
        ("1.属于国家秘密 2、其他", []),
        ("2022年共 12件 申请", ["12件"]),
        ("无法提供", []),
        ("- 3 -\n4", ["4"]),
        ("0 第 3 页 共 8 页 5", ["0", "5"]),
        ("第３页", []),
        ("| --- | :--: |\n| 1 |", ["1"]),
    ],
)
def test_only_what_stands_alone_is_a_token(text: str, raws: list[str]) -> None:
    assert [token.raw for token in find_tokens(text, (0, len(text)))] == raws


@pytest.mark.parametrize("raw", ["约5", "2.5万", "1,23", "12②", "4（减）", "1" * 16])
def test_what_spells_no_number_for_sure_is_unreadable(raw: str) -> None:
    (token,) = find_tokens(f"规章 {raw}\t", (0, 4 + len(raw)))
    assert (token.raw, token.kind) == (raw, MentionKind.UNREADABLE)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("l2", 12), ("1O件", 10), ("O", 0), ("o", 0), ("lI", 11), ("I,OO5", 1005), ("2. 5", 2.5)],
)
def test_letters_for_digits_and_torn_decimals_are_numbers(raw: str, value: Number) -> None:
    (token,) = find_tokens(f"规章\t{raw}\t无人\n", (0, 8 + len(raw)))
    assert (token.raw, token.kind) == (raw, MentionKind.NUMBER)
    assert token.numeral is not None
    assert token.numeral.value == value


@pytest.mark.parametrize("text", ["l 规章", "o 规章", "Oil", "VOC", "2O22年", "lO）"])
def test_letters_that_stand_for_no_digits_are_no_tokens(text: str) -> None:
    assert find_tokens(f"0\n{text}\n", (2, 3 + len(text))) == ()


@pytest.mark.parametrize("raw", ["1, 23", "l .O.2"])
def test_what_is_torn_beside_a_point_or_comma_is_one_token(raw: str) -> None:
    (token,) = find_tokens(raw, (0, len(raw)))
    assert (token.raw, token.kind) == (raw, MentionKind.UNREADABLE)


@pytest.mark.parametrize("line", ["- 3 -", "— 12 —", "第 2 页", "第2页 共9页", "Page 3 of 8"])
def test_page_numbers_are_furniture(line: str) -> None:
    assert furniture(f"0\n{line}\n1", (0, 4 + len(line))) == ((2, 2 + len(line)),)


def test_marks_around_a_number_in_a_row_are_cells() -> None:
    text = "规章\t-\t35\t-\n-\t3\t-"
    assert not furniture(text, (2, len(text)))
    assert [token.raw for token in find_tokens(text, (2, len(text)))] == [
        "-",
        "35",
        "-",
        "-",
        "3",
        "-",
    ]


@given(st.text(max_size=80))
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    tokens = find_tokens(text, (0, len(text)))
    assert all(text[t.span[0] : t.span[1]] == t.raw for t in tokens)
    assert all(a.span[1] <= b.span[0] for a, b in itertools.pairwise(tokens))


@given(st.text(max_size=80))
def test_narrowing_keeps_every_place(text: str) -> None:
    assert len(narrow(text)) == len(text)
