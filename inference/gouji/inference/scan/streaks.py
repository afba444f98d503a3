"""Streaks: light lines right through a table, and its pictures in which they are looked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from gouji.inference.scan.networks import Gray

_PAPER = 245.0
_NOTCHED = 0.68  # of its darkness a ruling keeps at most where a streak cuts it
_MOST = 0.7  # of the rulings that a streak crosses are notched
_VISIBLE = 40.0  # levels of gray by which a ruling is darker than paper, at least
_AROUND_PT = 11.0  # of a place, from where the darkness of a ruling is known
_SMALLEST_PT = 1.9  # the longer side of what is no speck
_THIN_PT, _LONG_PT = 1.4, 12.0  # a thin long mark is the rest of a ruling
_HIGH_PT = (4.0, 16.0)  # how high characters may be


@dataclass(frozen=True)
class Writing:
    """The mask of what is written, and the usual height of its characters in pixels."""

    mask: Gray
    height: float


@dataclass(frozen=True)
class View:
    """A table as pictures, (height, width) all: gray, its rulings along the rows, its ink.

    `crossing` is the mask of the rulings along the columns; a point is `scale` pixels. `origin` is
    the view that this one is turned from.
    """

    gray: Gray
    level: Gray
    crossing: Gray
    ink: Gray
    scale: float
    origin: "View | None" = None

    @cached_property
    def turned(self) -> "View":
        """The same with rows and columns exchanged."""
        gray, level, crossing, ink = (
            np.ascontiguousarray(one.T) for one in (self.gray, self.level, self.crossing, self.ink)
        )
        return View(gray, crossing, level, ink, self.scale, self)

    @cached_property
    def written(self) -> Writing:
        """What is written in the table."""
        if self.origin is None:
            return _written(self)
        return Writing(np.ascontiguousarray(self.origin.written.mask.T), self.origin.written.height)


def streaks(view: View, rows: Sequence[int]) -> list[tuple[int, int]]:
    """The upright streaks of a table, as first and last column of pixels.

    Where one cuts the level rulings, which lie along `rows`, all but a few are notched.
    """
    bands = [slice(max(0, row - 2), row + 3) for row in rows]
    dark = np.array([_PAPER - view.gray[band].min(axis=0) for band in bands], np.float32)
    ruled = np.array([view.level[band].any(axis=0) for band in bands])
    width = round(_AROUND_PT * view.scale) | 1
    usual = cv2.blur(dark, (width, 1), borderType=cv2.BORDER_REPLICATE)
    told = ruled & (usual >= _VISIBLE)
    notched = told & (dark < _NOTCHED * usual)
    n_told = told.sum(axis=0)
    streaked = np.flatnonzero((n_told >= 2) & (notched.sum(axis=0) > _MOST * n_told))
    runs = np.split(streaked, np.flatnonzero(np.diff(streaked) > 1) + 1)
    return [(int(run[0]), int(run[-1])) for run in runs if len(run)]


def _written(view: View) -> Writing:
    """What is written: the ink without rulings, rests of rulings, and specks."""
    ruled = cv2.dilate(view.level | view.crossing, np.ones((5, 5), np.uint8))
    rest = np.where(ruled, 0, view.ink).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / view.scale
    longest, thinnest = sides.max(axis=1), sides.min(axis=1)
    keep = (longest >= _SMALLEST_PT) & ~((longest > _LONG_PT) & (thinnest < _THIN_PT))
    keep[0] = False
    low, high = _HIGH_PT
    characters = longest[keep & (longest >= low) & (longest <= high)]
    height = float(np.median(characters)) if len(characters) else (low + high) / 2
    return Writing(keep.astype(np.uint8)[labels], height * view.scale)
