"""The benchmark of lost rulings wipes out every ruling of a page once, and nothing else."""

import numpy as np

from tests.benchmarks.lost_rulings import without_each
from tests.inference.drawn_grid import DPI, XS, YS, page, ruled


def test_each_ruling_is_wiped_out_in_turn() -> None:
    whole = ruled(page())
    variants = dict(without_each(whole, DPI))
    names = [f"table 0 level {i}" for i in range(len(YS))]
    assert list(variants) == names + [f"table 0 upright {j}" for j in range(len(XS))]
    level, upright = variants["table 0 level 1"], variants["table 0 upright 2"]
    assert (level[YS[1] - 1 : YS[1] + 2] == 255).all()
    assert (upright[:, XS[2] - 1 : XS[2] + 2] == 255).all()
    rows = np.flatnonzero((level != whole).any(axis=1))
    assert np.abs(rows - YS[1]).max() < 4
