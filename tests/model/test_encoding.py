"""The encoding: which tokens a text has, and where its empty cells are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.encoding import (
    BLANK_WORD,
    FEATURE_SIZES,
    FEATURES,
    N_FEATURES,
    Encoded,
    Token,
    encode,
)
from gouji.model.form_file import load_form
from gouji.model.labels import LabelSet
from gouji.model.mention import MentionKind


def encoded(text: str) -> Encoded:
    return encode(text, [(0, len(text))])


def shown(text: str) -> str:
    """The words, values in brackets, `_` for an empty cell."""
    return "".join(
        "[_]" if token.word == BLANK_WORD else f"[{token.word}]" if token.kind else token.word
        for token in encoded(text).tokens
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("总计 12\n", "总计[12]"),
        ("總　計：１２", "总计[12]"),
        ("1.属于国家秘密 3", "[1]属于国家秘密[3]"),
        ("自然人12件，企业0件", "自然人[12]件企业[0]件"),
        ("收费 2.02\n", "收费[2.02]"),
        ("本年增/减 -4\n", "本年增减[-4]"),
        ("收入 1,234\n", "收入[1234]"),
        ("收入 / 无\n", "收入[/][无]"),
        ("2022-2023", "[2022][2023]"),
        ("总计 7 8\n- 3 -\n其他 9 8\n", "总计[7][8]其他[9][8]"),
    ],
)
def test_tokens_are_characters_numbers_and_marks(text: str, words: str) -> None:
    assert shown(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("总计\t1\t\t3\n其他\t\t2\t3\n", "总计[1][_][3]其他[_][2][3]"),
        ("总计 | 1 | | 3 |\n其他 | | 2 | 3 |\n", "总计[1][_][3]其他[_][2][3]"),
        ("| 总计 | 1 | | 3 |\n| 其他 | 1 | 2 | |\n", "总计[1][_][3]其他[1][2][_]"),
        ("总计\n1\n\n3\n4\n5\n", "总计[1][_][3][4][5]"),
        ("总计\n\n1\n\n\n\n3\n\n4\n\n5\n", "总计[1][_][3][4][5]"),
        ("1 |\n |\n3 |\n4 |\n5 |\n", "[1][_][3][4][5]"),
        ("总计;1;;3\n其他;4;2;3\n", "总计[1][_][3]其他[4][2][3]"),
        ('"总计","1","","3"\n"其他","4","5",""\n', "总计[1][_][3]其他[4][5][_]"),
        ("总计   1      3\n", "总计[1][3]"),
    ],
)
def test_empty_cells_between_separators_are_tokens(text: str, words: str) -> None:
    assert shown(text) == words


def test_the_span_of_an_empty_cell_is_the_white_space_in_it() -> None:
    text = "总计 | 1 |  | 3 |\n其他 | 1 | 2 | 3 |\n"
    blank = next(token for token in encoded(text).tokens if token.word == BLANK_WORD)
    assert blank == Token((8, 10), BLANK_WORD, MentionKind.BLANK, alone=True)
    assert text[7:11] == "|  |"


def test_long_sentences_without_a_digit_are_left_out() -> None:
    prose = "我局认真贯彻落实有关要求" * 8
    text = f"{prose}。总计 5\n{prose}，收到申请3件，{prose}。"
    assert shown(text).endswith("总计[5]" + prose + "收到申请[3]件")


def test_what_stands_around_a_token_is_told_by_its_features() -> None:
    whole = encoded("总计\t1\t2\n其他：3\n")
    by_word = {
        token.word: row.tolist() for token, row in zip(whole.tokens, whole.features, strict=True)
    }
    assert by_word["1"][0] != by_word["3"][0]  # a tab before it, nothing before it
    assert by_word["1"][2] != by_word["3"][2]  # no mark before it, a colon before it
    assert [by_word[word][4] for word in "12"] == [1, 2]
    assert [by_word[word][5] for word in "12"] == [2, 1]
    assert [by_word[word][7] for word in "12"] == [3, 3]


def test_the_ordinal_in_a_row_counts_empty_cells() -> None:
    whole = encoded("总计\t1\t\t3\n其他\t\t2\t3\n")
    assert [f[4] for t, f in zip(whole.tokens, whole.features, strict=True) if t.kind] == [
        *(1, 2, 3),
        *(1, 2, 3),
    ]


def features_of(text: str, *names: str) -> list[tuple[str, list[int]]]:
    """The words of values and single-character titles, with some of their features."""
    whole = encoded(text)
    columns = [FEATURES.index(name) for name in names]
    return [
        (token.word, (row[columns] - 1).tolist())
        for token, row in zip(whole.tokens, whole.features, strict=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "目\t甲\t乙\t丙\n子\t1\t\t3\n丑\t4\t5\t6\n",
        "目 | 甲 | 乙 | 丙\n子 | 1 | | 3\n丑 | 4 | 5 | 6\n",
        "目;甲;乙;丙\n子;1;;3\n丑;4;5;6\n",
        '"目","甲","乙","丙"\n"子","1","","3"\n"丑","4","5","6"\n',
    ],
)
def test_titles_and_values_of_a_column_have_the_same_cell_of_their_lines(text: str) -> None:
    told = features_of(text, "cells before it on the line", "cells on the line")
    assert [cell for _, (cell, _) in told] == [0, 1, 2, 3] * 3
    assert {last for _, (_, last) in told} == {3}


def test_blanks_part_the_cells_of_a_line_where_nothing_else_does() -> None:
    told = features_of("目 甲  乙\n子   1 2\n丑 3 4\n", "cells before it on the line")
    assert [cell for _, [cell] in told] == [0, 1, 2] * 3


def test_lines_of_text_are_counted_from_the_last_value_and_to_the_next() -> None:
    told = features_of(
        "目\n甲甲\n乙\n1\n2\n丙\n丁\n3\n",
        "lines of text before it since the last value",
        "lines of text behind it until the next value",
    )
    assert told == [
        *(("目", [0, 2]), ("甲", [1, 1]), ("甲", [1, 1]), ("乙", [2, 0])),
        *(("1", [0, 0]), ("2", [0, 0])),
        *(("丙", [0, 1]), ("丁", [1, 0]), ("3", [0, 0])),
    ]


@pytest.mark.parametrize("between", ["\t", " | ", "|", ";"])
def test_titles_of_columns_are_kept_in_long_lines(between: str) -> None:
    titles = [f"第{name}类申请人及其他组织" for name in "甲乙丙丁戊己庚"]
    line = between.join(titles)
    assert len(line) > 80
    assert shown(f"{line}\n{between.join('1234567')}\n").startswith("".join(titles))


def test_both_titles_of_a_value_are_kept_in_long_lines() -> None:
    prose = "我局认真贯彻落实有关要求" * 8
    text = f"{prose}。本年新收申请：自然人：3件，{prose}。"
    assert shown(text) == "本年新收申请自然人[3]件"


@given(st.text(alphabet="总计（一）0123456789.,|\t\n 　;\"'/-无OlI：、。", max_size=200))
def test_tokens_lie_in_the_text_in_reading_order_and_features_in_range(text: str) -> None:
    whole = encoded(text)
    edges = [edge for token in whole.tokens for edge in token.span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert whole.features.shape == (len(whole.tokens), N_FEATURES)
    assert (whole.features >= 1).all()
    assert (whole.features < np.array(FEATURE_SIZES)).all()


def test_labels_are_those_of_all_variants_of_the_form() -> None:
    form = load_form()
    labels = LabelSet.of(form)
    assert labels.tables == ("none", "active", "requests", "disputes", "part")
    cells = {c for tables in form.variants.values() for t in tables.values() for c in t.cells}
    assert {f"{cell.table}.{cell.row.id}" for cell in cells} == set(labels.rows[1:])
    assert {cell.column.id for cell in cells} == set(labels.columns[1:])
    assert labels.fields[1:] == tuple(field.id for field in form.fields)
