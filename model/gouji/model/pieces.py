"""Pieces: the windows of a text as ids, the same in training and in use.

A tokenizer turns the word of a token into one piece or several; the first carries the label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gouji.model.encoding import N_FEATURES, Encoded, Window, windows

MOST_PIECES = 3
"""How many pieces a word is given at most: of long numbers the first digits are enough."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PieceWindow:
    """A window as the network takes it.

    `ids` has shape (pieces,), `features` (pieces, N_FEATURES); `first` is the index of the first
    piece of each token of the window.
    """

    window: Window
    ids: Ints
    features: Ints
    first: Ints


def piece_windows(
    encoded: Encoded, size: int, context: int, tokenizer: Tokenizer
) -> Iterator[PieceWindow]:
    """The windows of a text, framed by what the tokenizer puts before and behind every text.

    Raises:
        ValueError: `context` is not smaller than half of `size`.
    """
    opening, closing = _frame(tokenizer)
    for window in windows(encoded, size, context):
        tokens = encoded.tokens[window.start : window.stop]
        pieces = [_pieces(tokenizer, token.word) for token in tokens]
        counts = np.array([len(of_token) for of_token in pieces], np.int64)
        ids = np.array([*opening, *chain.from_iterable(pieces), *closing], np.int64)
        told = np.repeat(encoded.features[window.start : window.stop], counts, axis=0)
        features = np.zeros((len(ids), N_FEATURES), np.int64)
        features[len(opening) : len(opening) + len(told)] = told
        yield PieceWindow(window, ids, features, len(opening) + np.cumsum(counts) - counts)


@lru_cache(maxsize=1 << 16)
def _pieces(tokenizer: Tokenizer, word: str) -> tuple[int, ...]:
    """The ids of a word's pieces, one to `MOST_PIECES`."""
    ids = tokenizer.encode([word], is_pretokenized=True, add_special_tokens=False).ids
    return tuple(ids[:MOST_PIECES]) or (0,)


@lru_cache(maxsize=4)
def _frame(tokenizer: Tokenizer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    framed = tokenizer.encode(["0"], is_pretokenized=True)
    at = [i for i, word in enumerate(framed.word_ids) if word is not None]
    return tuple(framed.ids[: at[0]]), tuple(framed.ids[at[-1] + 1 :])
