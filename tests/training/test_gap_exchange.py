"""Exchanged gaps: other separators, the same structure."""

from random import Random

import numpy as np
import pytest

from gouji.model.encoding import FEATURES, encode
from gouji.model.gaps import mark_class
from gouji.training.gap_exchange import exchanged

TEXT = "目\t甲\t乙\t丙\n子：\t1\t\t3 4\n“丑”\t4\t5\t6 7\n"
FOUND = encode(TEXT, [(0, len(TEXT))]).features
BEFORE = [FEATURES.index("blank before"), FEATURES.index("mark before")]
AFTER = [FEATURES.index("blank after"), FEATURES.index("mark after")]
DRAWS = [exchanged(FOUND, Random(seed)) for seed in range(50)]


def kinds(features: np.ndarray, side: list[int]) -> list[tuple[int, ...]]:
    return [tuple(gap) for gap in features[:, side].tolist()]


def test_gaps_of_one_kind_become_one_other_kind_throughout() -> None:
    n_changed = 0
    for draw in DRAWS:
        pairs = set(zip(kinds(FOUND, BEFORE), kinds(draw, BEFORE), strict=True))
        pairs |= set(zip(kinds(FOUND, AFTER), kinds(draw, AFTER), strict=True))
        assert len({old for old, _ in pairs}) == len(pairs) == len({new for _, new in pairs})
        n_changed += any(old != new for old, new in pairs)
    assert n_changed > 40


def test_what_follows_a_token_still_stands_before_the_next() -> None:
    for draw in DRAWS:
        assert kinds(draw, AFTER)[:-1] == kinds(draw, BEFORE)[1:]


def test_line_ends_touching_characters_and_all_other_features_stay() -> None:
    others = [n for n in range(FOUND.shape[1]) if n not in BEFORE + AFTER]
    stays = [gap == (1, 1) or gap[0] >= 8 for gap in kinds(FOUND, BEFORE)]
    for draw in DRAWS:
        assert (draw[:, others] == FOUND[:, others]).all()
        assert (draw[stays][:, BEFORE] == FOUND[stays][:, BEFORE]).all()


@pytest.mark.parametrize("mark", [":", '"'])
def test_no_separator_becomes_one_of_a_layout_held_out(mark: str) -> None:
    n_before = (FOUND[:, BEFORE[1]] == mark_class(mark)).sum()
    for draw in DRAWS:
        assert (draw[:, BEFORE[1]] == mark_class(mark)).sum() <= n_before


def test_the_same_draw_gives_the_same_gaps() -> None:
    assert (exchanged(FOUND, Random(7)) == exchanged(FOUND, Random(7))).all()
