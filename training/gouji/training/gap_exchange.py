"""Exchanged gaps: a report told with other separators, so that their role is learned, not they.

Tabs may become bars, bars commas, and so on, throughout a report. What stands beside a line end
stays. Nothing becomes a colon or a quotation mark: those are the devices of layouts held out.
"""

from random import Random

import numpy as np
from numpy.typing import NDArray

from gouji.model.encoding import FEATURES
from gouji.model.gaps import N_BLANK_CLASSES, N_MARK_CLASSES, blank_class, mark_class

_SIDES = [
    [FEATURES.index(f"{what} {side}") for what in ("blank", "mark")] for side in ("before", "after")
]
_NOTHING = (blank_class(""), mark_class(""))
_BLANKS = [blank_class(blanks) for blanks in ("", " ", "  ", "\t")]
_LINE = blank_class("\n")
_MARKS = set(range(_NOTHING[1], N_MARK_CLASSES)) - {mark_class(":"), mark_class('"')}
_KEPT = 0.3  # probability that a kind of gap stays as it is

Gap = tuple[int, int]
"""The classes of a gap's blanks and marks."""


def exchanged(features: NDArray[np.int64], rng: Random) -> NDArray[np.int64]:
    """The features, shape (tokens, N_FEATURES), with each kind of gap replaced by another.

    Gaps of nothing and those with a line end stay.
    """
    found = np.unique(np.concatenate([features[:, side] for side in _SIDES]), axis=0)
    kinds: list[Gap] = [(blank, mark) for blank, mark in found.tolist() if blank < _LINE]
    kept = {_NOTHING, *(kind for kind in kinds if rng.random() < _KEPT)}
    free = [(blank, mark) for blank in _BLANKS for mark in sorted(_MARKS)]
    free = [gap for gap in free if gap not in kept]
    rng.shuffle(free)
    table = np.stack(np.meshgrid(range(N_BLANK_CLASSES), range(N_MARK_CLASSES), indexing="ij"), -1)
    for kind in kinds:
        if kind not in kept and free:
            table[kind] = free.pop()
    changed = features.copy()
    for side in _SIDES:
        changed[:, side] = table[features[:, side[0]], features[:, side[1]]]
    return changed
