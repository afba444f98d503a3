"""Pieces: which characters are fed together, and how windows are cut from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE

from gouji.model.encoding import AFTER, Encoded, encode
from gouji.model.pieces import MOST_PIECES, Pieces, cut_pieces, piece_windows, windows

WORDS = ("[UNK]", *"0123456789总计其他合", "总计", "其他")
TOKENIZER = Tokenizer(
    BPE(
        {word: i for i, word in enumerate(WORDS)},
        [("总", "计"), ("其", "他")],
        unk_token="[UNK]",
    )
)


def encoded(text: str) -> Encoded:
    return encode(text, [(0, len(text))])


def pieces(text: str) -> Pieces:
    return cut_pieces(encoded(text), TOKENIZER)


def shown(text: str) -> list[str]:
    return [WORDS[i] for i in pieces(text).ids.tolist()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("总计其他 1", ["总计", "其他", "1"]),
        ("总 计 1", ["总", "计", "1"]),  # a blank parts what is fed together
        ("总、计 1", ["总", "计", "1"]),
        ("总1计", ["总", "1", "计"]),
        ("总 123456", ["总", "1", "2", "3"]),  # of a long number the first digits are enough
        ("收总计", ["[UNK]", "总计"]),
    ],
)
def test_characters_that_touch_are_fed_together(text: str, words: list[str]) -> None:
    assert shown(text) == words


def test_every_token_knows_the_piece_that_it_begins_in() -> None:
    assert pieces("合总计 12 其他").piece_of.tolist() == [0, 1, 1, 2, 4, 4]


def test_what_stands_behind_a_piece_is_told_of_its_last_character() -> None:
    whole = encoded("总计，其他\n")
    cut = cut_pieces(whole, TOKENIZER)
    assert (cut.features[:, AFTER] == whole.features[[1, 3]][:, AFTER]).all()
    assert (cut.features[:, 0] == whole.features[[0, 2]][:, 0]).all()


def test_torn_words_are_fed_in_parts() -> None:
    whole = encoded("总计 1")
    torn = np.array([False, True, False])
    assert cut_pieces(whole, TOKENIZER, torn).ids.tolist() == [WORDS.index(w) for w in "总计1"]


@given(st.text(alphabet="总计⑴①其a0123456789 \n|", max_size=120))
def test_tokens_begin_in_pieces_in_order_and_each_piece_holds_one(text: str) -> None:
    whole = encoded(text)
    cut = cut_pieces(whole, TOKENIZER)
    assert len(cut.piece_of) == len(whole.tokens)
    steps = np.diff(cut.piece_of, prepend=0)
    assert (steps >= 0).all()
    assert (steps <= MOST_PIECES).all()
    assert len(cut.ids) == len(cut.features) == len(cut.ends_values)
    assert len(cut.ids) == 0 or cut.piece_of[-1] < len(cut.ids)


@given(st.text(alphabet="总计0 \n", max_size=150), st.integers(6, 30), st.integers(0, 2))
def test_windows_keep_every_token_once(text: str, size: int, context: int) -> None:
    whole = encoded(text)
    cut = windows(cut_pieces(whole, TOKENIZER), size, context)
    assert all(w.stop - w.start <= size and w.keep - w.start <= context for w in cut)
    found = list(piece_windows(whole, size, context, TOKENIZER))
    kept = [index for window in found for index in range(window.tokens.start, window.tokens.stop)]
    assert kept == list(range(len(whole.tokens)))
    assert all(len(window.at) == window.tokens.stop - window.tokens.start for window in found)
    assert all((window.at < len(window.ids)).all() for window in found)


def test_a_window_ends_where_a_row_begins() -> None:
    whole = encoded("总计 1 2 3\n其他 1 2 3\n合 1 2 3\n")
    found = piece_windows(whole, 10, 0, TOKENIZER)
    assert [whole.tokens[window.tokens.start].word for window in found] == ["总", "合"]


def test_context_must_leave_room() -> None:
    with pytest.raises(ValueError, match="context 8"):
        windows(pieces("总计 1"), 16, 8)
