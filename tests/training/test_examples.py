from dataclasses import replace
from functools import partial
from itertools import islice
from random import Random

import numpy as np
import pytest
import torch

from gouji.model.encoding import BLANK_WORD
from gouji.model.labels import PART
from gouji.training.alignment import IGNORED, align
from gouji.training.examples import (
    Batch,
    Example,
    Position,
    batches,
    by_length,
    collate,
    encode_report,
    examples_of,
    made_ahead,
)
from gouji.training.synthesis.pieces import Piece
from gouji.training.vocabulary import UNKNOWN, build_tokenizer
from tests.training.tiny import BATCHING, FORM, LABELS, annotated, report, source, tiny_vision


def labelled(
    pieces: list[Piece], fields: dict[str, str] | None = None
) -> list[tuple[str, str, str | None, str | None, str]]:
    """Word, table, row, column and field of every token."""
    annotation = annotated(pieces, fields)
    encoded = encode_report(annotation)
    found = align(annotation, encoded, LABELS)
    return [
        (
            token.word,
            LABELS.tables[found.table[at]],
            None if found.row[at] == IGNORED else LABELS.rows[found.row[at]],
            None if found.column[at] == IGNORED else LABELS.columns[found.column[at]],
            LABELS.fields[found.field[at]],
        )
        for at, token in enumerate(encoded.tokens)
    ]


def cell(text: str, column: str, row: str = "new") -> Piece:
    return Piece(text, cell=f"requests.{row}.{column}")


def values(pieces: list[Piece]) -> list[tuple[str, str, str | None]]:
    """Word, table and column of every token that is no text."""
    return [
        (word, table, column)
        for word, table, _, column, _ in labelled(pieces)
        if column is not None or table == PART or not word.isalpha()
    ]


def test_numbers_and_marks_fill_their_cells() -> None:
    found = labelled([Piece("新收 "), cell("12", "natural"), Piece(" "), cell("/", "total")])
    assert [entry[:4] for entry in found[-2:]] == [
        ("12", "requests", "requests.new", "natural"),
        ("/", "requests", "requests.new", "total"),
    ]


def test_text_between_cells_stands_in_their_table_and_other_text_in_none() -> None:
    found = labelled(
        [Piece("甲 "), cell("1", "natural"), Piece(" 乙 3 "), cell("2", "total"), Piece(" 丙")]
    )
    assert [(word, table) for word, table, *_ in found] == [
        ("甲", "none"),
        ("1", "requests"),
        ("乙", "requests"),
        ("3", "none"),  # a number that is no cell, whatever stands around it
        ("2", "requests"),
        ("丙", "none"),
    ]


@pytest.mark.parametrize("tear", [" ", "\n", "\t"])
def test_torn_number_is_a_cell_and_its_parts(tear: str) -> None:
    torn = cell(f"1{tear}2{tear}0", "natural")
    assert values([Piece("新收 "), torn, Piece(" "), cell("7", "total")]) == [
        ("1", "requests", "natural"),
        ("2", PART, None),
        ("0", PART, None),
        ("7", "requests", "total"),
    ]


def test_joined_numbers_have_the_labels_that_they_share() -> None:
    pieces = [Piece("新收 "), cell("12", "natural"), cell("34", "total"), Piece("\n")]
    word, table, row, column, _ = labelled(pieces)[-1]
    assert (word, table, row, column) == ("1234", "requests", "requests.new", None)


@pytest.mark.parametrize(
    ("left", "right"), [("\t", "\n"), (" | ", " |\n"), (";", "\n")], ids=["tab", "bar", "semicolon"]
)
def test_empty_cells_are_told_by_their_place(left: str, right: str) -> None:
    columns = ("natural", "business", "research", "total")
    pieces = []
    for row, texts in (("new", ("1", "", "", "4")), ("carried_in", ("", "2", "3", "5"))):
        pieces.append(Piece("甲乙"))
        for column, text in zip(columns, texts, strict=True):
            pieces += [Piece(left), cell(text, column, row)]
        pieces.append(Piece(right))
    found = [entry for entry in labelled(pieces) if entry[3] is not None]
    assert [(word, row, column) for word, _, row, column, _ in found] == [
        ("1", "requests.new", "natural"),
        (BLANK_WORD, "requests.new", "business"),
        (BLANK_WORD, "requests.new", "research"),
        ("4", "requests.new", "total"),
        (BLANK_WORD, "requests.carried_in", "natural"),
        ("2", "requests.carried_in", "business"),
        ("3", "requests.carried_in", "research"),
        ("5", "requests.carried_in", "total"),
    ]


def test_empty_places_of_no_cell_stay_unlabelled() -> None:
    row = [Piece("甲\t"), cell("1", "natural"), Piece("\t"), cell("3", "legal"), Piece("\n")]
    pieces = [*row, Piece("乙\t"), cell("1", "total"), Piece("\t\t"), cell("2", "other")]
    found = [(word, table) for word, table, *_ in labelled(pieces) if word == BLANK_WORD]
    assert found == [(BLANK_WORD, "none")]


def test_words_of_a_field_carry_it() -> None:
    found = labelled([Piece("某局2022年报告 "), cell("1", "natural")], {"year": "2022"})
    assert [word for word, *_, name in found if name == "year"] == ["2022"]
    assert [name for *_, name in found].count("none") == len(found) - 1


def test_every_label_of_a_report_counts_in_exactly_one_window() -> None:
    vision = tiny_vision()
    annotation = report(3).annotation
    encoded = encode_report(annotation)
    found = align(annotation, encoded, LABELS)
    examples = examples_of(annotation, vision)
    assert len(examples) > 1
    tables = np.concatenate([one.labels[0][one.labels[0] != IGNORED] for one in examples])
    rows = np.concatenate([one.labels[1][one.labels[1] != IGNORED] for one in examples])
    assert tables.tolist() == found.table.tolist()
    assert rows.tolist() == found.row[found.row != IGNORED].tolist()
    assert sum(int(one.candidate.sum()) for one in examples) == sum(
        token.kind is not None for token in encoded.tokens
    )


def test_batch_pads_to_its_longest_example() -> None:
    examples = examples_of(report(3).annotation, tiny_vision())
    batch = collate(examples)
    lengths = [len(one.ids) for one in examples]
    assert batch.ids.shape == (len(examples), max(lengths))
    assert batch.mask.sum(dim=1).tolist() == lengths
    assert batch.n_pieces == sum(lengths)
    assert (batch.labels["table"][batch.mask == 0] == IGNORED).all()


def test_groups_hold_what_fits_and_lose_nothing() -> None:
    examples = [one for n in range(6) for one in examples_of(report(n).annotation, tiny_vision())]
    groups = by_length(examples, 150)
    assert sum(map(len, groups)) == len(examples)
    assert all(len(group) * max(len(one.ids) for one in group) <= 150 for group in groups)


def test_batches_go_on_from_every_position_as_if_never_stopped() -> None:
    vision = tiny_vision()
    whole = list(islice(batches(source, vision, BATCHING, Position()), 9))
    assert any(position.batch for _, position in whole)
    assert any(not position.batch for _, position in whole)
    for number, (_, position) in enumerate(whole[:-1]):
        again, _ = next(batches(source, vision, BATCHING, position))
        assert same(again, whole[number + 1][0])


def test_batches_made_ahead_are_the_same() -> None:
    make = partial(batches, source, tiny_vision(), BATCHING, Position())
    pairs = list(islice(zip(make(), made_ahead(make), strict=True), 5))
    assert all(same(one, other) and here == there for (one, here), (other, there) in pairs)


def test_torn_words_change_no_label_of_a_value() -> None:
    texts = [encode_report(report(number).annotation) for number in range(40)]
    vision = replace(tiny_vision(), tokenizer=build_tokenizer(FORM, texts, 1, 400))
    annotation = report(3).annotation
    whole = examples_of(annotation, vision)
    torn = [examples_of(annotation, vision, Random(seed)) for seed in range(9)]
    assert len({sum(len(one.ids) for one in examples) for examples in (whole, *torn)}) > 2
    rows = [rows_of(examples) for examples in (whole, *torn)]
    assert rows == [rows[0]] * len(rows)


def rows_of(examples: list[Example]) -> list[int]:
    return [row for one in examples for row in one.labels[1].tolist() if row != IGNORED]


def test_characters_that_often_stand_together_are_joined() -> None:
    texts = [encode_report(report(number).annotation) for number in range(40)]
    joined = build_tokenizer(FORM, texts, 1, 400)
    assert joined.encode(["本年度"], is_pretokenized=True).tokens == ["本年度"]
    assert joined.encode(["度年本"], is_pretokenized=True).tokens == ["度", "年", "本"]
    assert build_tokenizer(FORM, texts, 1).get_vocab_size() < joined.get_vocab_size() <= 400


def same(one: Batch, other: Batch) -> bool:
    pairs = [(one.ids, other.ids), (one.features, other.features)]
    pairs += [(one.labels[head], other.labels[head]) for head in one.labels]
    return all(torch.equal(*pair) for pair in pairs)


@pytest.mark.parametrize(
    ("word", "bucket"),
    [
        ("总", "总"),
        ("0", "0"),
        ("7", "7"),
        ("12", "<n2>"),
        ("2022", "<n4>"),
        ("12345678901", "<n8>"),
        ("-4", "<signed>"),
        ("+12", "<signed>"),
        ("2.02", "<dec>"),
        ("-2.5", "<signed>"),
        ("约5", "<odd>"),
        ("1,23", "<odd>"),
        ("2.5万", "<odd>"),
        ("不适用", "不适用"),
        ("/", "/"),
        ("鑫", UNKNOWN),
        (BLANK_WORD, BLANK_WORD),
    ],
)
def test_numbers_are_told_apart_by_their_length_alone(word: str, bucket: str) -> None:
    assert tiny_vision().tokenizer.encode([word], is_pretokenized=True).tokens == [bucket]
