"""Pieces: the windows of a text as ids, the same in training and in use.

Characters that touch are one word to the tokenizer, which may join several of them to a piece. A
number, a mark and an empty cell are fed alone.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gouji.model.encoding import AFTER, N_FEATURES, Encoded, Token
from gouji.model.findings import Span

MOST_PIECES = 3
"""How many pieces a number is given at most: of long numbers the first digits are enough."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in pieces.

    `ids` has shape (pieces,), `features` (pieces, N_FEATURES); `piece_of` (tokens,) is the piece in
    which each token begins. `ends_values` (pieces,) tells whether a piece is text behind a value.
    """

    ids: Ints
    features: Ints
    piece_of: Ints
    ends_values: Flags


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces start..stop are fed together; what comes out counts from piece `keep` on."""

    start: int
    stop: int
    keep: int


@dataclass(frozen=True, slots=True)
class PieceWindow:
    """A window as the network takes it.

    `ids` has shape (pieces,), `features` (pieces, N_FEATURES). What comes out counts for the tokens
    `tokens`, of which `at` has the piece that each begins in.
    """

    ids: Ints
    features: Ints
    tokens: slice
    at: Ints


def piece_windows(
    encoded: Encoded, size: int, context: int, tokenizer: Tokenizer, torn: Flags | None = None
) -> Iterator[PieceWindow]:
    """The windows of a text, framed by what the tokenizer puts before and behind every text.

    `torn` (tokens,) tells before which tokens a word has to end although characters touch.

    Raises:
        ValueError: `context` is not smaller than half of `size`.
    """
    opening, closing = _frame(tokenizer)
    pieces = cut_pieces(encoded, tokenizer, torn)
    for window in windows(pieces, size, context):
        inner = slice(window.start, window.stop)
        told = pieces.features[inner]
        ids = np.concatenate([opening, pieces.ids[inner], closing])
        features = np.zeros((len(ids), N_FEATURES), np.int64)
        features[len(opening) : len(opening) + len(told)] = told
        first, last = np.searchsorted(pieces.piece_of, [window.keep, window.stop]).tolist()
        at = pieces.piece_of[first:last] - window.start + len(opening)
        yield PieceWindow(ids, features, slice(first, last), at)


def windows(pieces: Pieces, size: int, context: int) -> tuple[Window, ...]:
    """Windows of at most `size` pieces that cover them, each kept once.

    A window begins where a text begins behind numbers, if such a place is near its end, and is fed
    up to `context` pieces of what comes before it.

    Raises:
        ValueError: `context` is not smaller than half of `size`.
    """
    if not 0 <= 2 * context < size:
        raise ValueError(f"context {context} does not fit windows of {size}")
    begins = np.zeros(len(pieces.ids), bool)
    begins[pieces.piece_of] = True
    n = len(pieces.ids)
    found: list[Window] = []
    keep = 0
    while keep < n:
        start = max(0, keep - context)
        stop = min(n, start + size)
        if stop < n:
            places = slice(keep + (stop - keep) // 2 + 1, stop + 1)
            stop = _last(pieces.ends_values, places) or _last(begins, places) or stop
        found.append(Window(start, stop, keep))
        keep = stop
    return tuple(found)


def _last(flags: Flags, places: slice) -> int | None:
    """The last of the places where a flag is set."""
    found = np.flatnonzero(flags[places])
    return places.start + int(found[-1]) if len(found) else None


def cut_pieces(encoded: Encoded, tokenizer: Tokenizer, torn: Flags | None = None) -> Pieces:
    """The pieces of a text; `torn` as in `piece_windows`."""
    tokens = encoded.tokens
    ids: list[int] = []
    begins: list[int] = []  # the token in which each piece begins
    piece_of: list[int] = []
    for first, stop in runs(tokens, torn):
        run = tokens[first:stop]
        starts, found = _pieces(tokenizer, "".join(t.word for t in run), run[0].kind is not None)
        offsets = _offsets(run)
        piece_of += [len(ids) + max(bisect_right(starts, at) - 1, 0) for at in offsets]
        begins += [first + bisect_right(offsets, start) - 1 for start in starts]
        ids += found
    firsts = np.array(begins, np.int64)
    lasts = np.maximum(firsts, np.append(firsts[1:], len(tokens)) - 1)[: len(firsts)]
    features = encoded.features[firsts]
    features[:, AFTER] = encoded.features[lasts][:, AFTER]
    alone = np.array([token.alone for token in tokens], bool)[firsts]
    ends_values = ~alone & np.append(False, alone)[: len(alone)]
    return Pieces(np.array(ids, np.int64), features, np.array(piece_of, np.int64), ends_values)


def runs(tokens: Sequence[Token], torn: Flags | None = None) -> Iterator[Span]:
    """The stretches of tokens that are fed together: characters that touch, anything else alone."""
    start = 0
    for at in range(1, len(tokens)):
        left, right = tokens[at - 1], tokens[at]
        touch = left.span[1] == right.span[0] and left.kind is None and right.kind is None
        if not touch or (torn is not None and torn[at]):
            yield start, at
            start = at
    if tokens:
        yield start, len(tokens)


def _offsets(tokens: Sequence[Token]) -> Sequence[int]:
    """Where the word of each token begins when they are written together."""
    offsets = [0]
    for token in tokens[:-1]:
        offsets.append(offsets[-1] + len(token.word))
    return offsets


@lru_cache(maxsize=1 << 17)
def _pieces(tokenizer: Tokenizer, word: str, is_value: bool) -> tuple[list[int], list[int]]:
    """Where the pieces of a word begin, rising, and their ids; one piece at least."""
    found = tokenizer.encode([word], is_pretokenized=True, add_special_tokens=False)
    n = min(len(found.ids), MOST_PIECES) if is_value else len(found.ids)
    if n == 0:
        return [0], [0]
    return [0, *(start for start, _ in found.offsets[1:n])], found.ids[:n]


@lru_cache(maxsize=4)
def _frame(tokenizer: Tokenizer) -> tuple[Ints, Ints]:
    framed = tokenizer.encode(["0"], is_pretokenized=True)
    at = [i for i, word in enumerate(framed.word_ids) if word is not None]
    ids = np.array(framed.ids, np.int64)
    return ids[: at[0]], ids[at[-1] + 1 :]
