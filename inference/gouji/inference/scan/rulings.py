"""Rulings: the lines of tables, put together again from the fragments that a scan has left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.geometry import Pixels, Sheet, around, inked
from gouji.inference.scan.lost import lost_rulings
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.streaks import View

_LONG_PT, _HIGH_PT = 22.0, 13.0  # runs of ink that are no strokes of characters
_GAP_PT = 2.0  # what a streak may cut out of a line
_THICK_PT = 3.0  # no line is thicker
_NEAR_PT = 3.0  # lines that lie closer are one
_REACH_PT = 2.2  # how far a line may stray from where it is taken to be
_LEAST_TABLE_PT = (60.0, 16.0)
_PRESENT, _LOST = 0.5, 0.12  # shares of a stretch that is ruled, at least and at most
_SOLID = 0.85  # share of a line's length that shows ink
_BEYOND_DOUBT = 4  # times the least length, no strokes of characters make a fragment
_BARE, _CROWDED = 0.16, 0.3  # shares of ink beside a line, at most, the latter if it is held
_BEYOND_PT, _MOST = 9.0, 0.6  # how far crossing lines go on, and how many, where a line is lost
_INKED = 0.75  # share of a faint stretch that shows ink


@dataclass(frozen=True)
class Rulings:
    """What is ruled on a page: masks of the level and the upright lines, 1 where there is one.

    `ink` is the mask of everything dark.
    """

    level: Gray
    upright: Gray
    ink: Gray


@dataclass(frozen=True)
class Grid:
    """The rulings of one table in pixels, and which stretches of them are there.

    `across[i, j]` tells whether level line i is ruled between the upright lines j and j + 1,
    `down[i, j]` whether upright line j is ruled between the level lines i and i + 1.
    """

    ys: tuple[int, ...]
    xs: tuple[int, ...]
    across: NDArray[np.bool_]
    down: NDArray[np.bool_]

    @property
    def box(self) -> Pixels:
        """What the table covers."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


def find_rulings(sheet: Sheet) -> Rulings:
    """The lines of all tables on the page."""
    return ruled(inked(sheet.gray, sheet.dpi), sheet.dpi)


def ruled(ink: Gray, dpi: float) -> Rulings:
    """The lines in the ink of a page, `dpi` pixels to the inch."""
    point = dpi / 72
    gap, thickest = round(_GAP_PT * point), _THICK_PT * point
    level = _runs(ink, round(_LONG_PT * point), gap, thickest)
    upright = _runs(ink.T, round(_HIGH_PT * point), gap, thickest).T
    return Rulings(level, np.ascontiguousarray(upright), ink)


def _runs(ink: Gray, length: int, gap: int, thickest: float) -> Gray:
    """Where ink goes on for `length` pixels along the rows, a few gaps bridged.

    Strokes of characters in a row, bridged, have more gaps than a line has.
    """
    ink = np.ascontiguousarray(ink)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap + 1), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    solid = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    keep = np.zeros(len(stats), np.uint8)
    for number, (x, y, w, h, area) in enumerate(stats[1:].tolist(), start=1):
        if area > thickest * w:
            continue
        part = slice(y, y + h), slice(x, x + w)
        own = solid[part] & (labels[part] == number)
        keep[number] = own.any(axis=0).mean() >= _SOLID
    found: Gray = keep[labels]
    return found


def find_grids(sheet: Sheet, rulings: Rulings) -> tuple[Grid, ...]:
    """The tables of the page from top to bottom; a lone frame is a table of one cell."""
    reach = round(sheet.px(_NEAR_PT))
    net = cv2.dilate(rulings.level | rulings.upright, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(net, connectivity=8)
    width, height = (sheet.px(side) for side in _LEAST_TABLE_PT)
    boxes = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist()]
    boxes = _joined([b for b in boxes if b[2] - b[0] >= width and b[3] - b[1] >= height])
    grids = (_grid(sheet, rulings, box) for box in sorted(boxes, key=lambda box: box[1]))
    return tuple(grid for grid in grids if grid is not None)


def _joined(boxes: Sequence[Pixels]) -> list[Pixels]:
    """Boxes that overlap as one: what a broken frame has parted."""
    apart: list[Pixels] = []
    for box in boxes:
        left, top, right, bottom = box
        touching = [
            b for b in apart if b[0] < right and left < b[2] and b[1] < bottom and top < b[3]
        ]
        apart = [b for b in apart if b not in touching]
        apart.append(around([box, *touching]))
    return apart


def _grid(sheet: Sheet, rulings: Rulings, box: Pixels) -> Grid | None:
    left, top, right, bottom = box
    level = rulings.level[top:bottom, left:right]
    upright = rulings.upright[top:bottom, left:right]
    near, reach = sheet.px(_NEAR_PT), max(1, round(sheet.px(_REACH_PT)))
    ink = rulings.ink[top:bottom, left:right]
    long, high = sheet.px(_LONG_PT), sheet.px(_HIGH_PT)
    level, upright = (
        _without_strokes(level, upright, ink, near, long),
        _without_strokes(upright.T, level.T, ink.T, near, high).T,
    )
    ys, xs = _lines(level, near, long), _lines(upright.T, near, high)
    if len(ys) < 2 or len(xs) < 2:
        return None
    beyond = sheet.px(_BEYOND_PT)
    ys, xs = _closed(ys, upright, xs, reach, beyond), _closed(xs, level.T, ys, reach, beyond)
    view = View(sheet.gray[top:bottom, left:right], level, upright, ink, sheet.px(1.0))
    grid = _whole(view, ys, xs, reach)
    return replace(grid, ys=tuple(y + top for y in grid.ys), xs=tuple(x + left for x in grid.xs))


def _whole(view: View, ys: Sequence[int], xs: Sequence[int], reach: int) -> Grid:
    """The grid of the rulings along `ys` and `xs`, and of those within that are lost."""
    turned = view.turned
    down = _stretches(turned.level, turned.ink, xs, ys, reach).T
    down[:, [0, -1]] = True
    uprights = lost_rulings(view, ys, xs, down)
    xs = sorted([*xs, *(lost.at for lost in uprights)])
    across = _stretches(view.level, view.ink, ys, xs, reach)
    across[[0, -1]] = True
    levels = lost_rulings(turned, xs, ys, across.T)
    if not uprights and not levels:
        return Grid(tuple(ys), tuple(xs), across, down)
    rows = sorted([*ys, *(lost.at for lost in levels)])
    across = _stretches(view.level, view.ink, rows, xs, reach)
    down = _stretches(turned.level, turned.ink, xs, rows, reach).T
    across[[0, -1]] = True
    down[:, [0, -1]] = True
    for lost in levels:
        across[rows.index(lost.at)] = lost.there
    within = np.searchsorted(ys, rows[:-1], side="right") - 1
    for lost in uprights:
        down[:, xs.index(lost.at)] = lost.there[within]
    return Grid(tuple(rows), tuple(xs), across, down)


def _without_strokes(mask: Gray, crossing: Gray, ink: Gray, near: float, least: float) -> Gray:
    """The mask of the lines along the rows without what are strokes in a row of characters.

    They have much ink right above or below, are short, and do not go from one line of the
    `crossing` ones to another.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask), connectivity=8
    )
    keep = np.zeros(len(stats), np.uint8)
    for number, stat in enumerate(stats[1:].tolist(), start=1):
        keep[number] = (
            stat[cv2.CC_STAT_WIDTH] >= _BEYOND_DOUBT * least
            or (beside := _beside(ink, stat, near)) <= _BARE
            or (beside <= _CROWDED and _is_held(crossing, stat, near))
        )
    found: Gray = keep[labels]
    return found


def _lines(mask: Gray, near: float, least: float) -> list[int]:
    """The rows in which fragments lie: centres of clusters that are long enough in all."""
    _, _, stats, centres = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask), connectivity=8
    )
    fragments = sorted(
        (float(centre[1]), float(stat[cv2.CC_STAT_WIDTH]))
        for stat, centre in zip(stats[1:].tolist(), centres[1:], strict=True)
    )
    clusters: list[list[tuple[float, float]]] = []
    for fragment in fragments:
        if clusters and fragment[0] - _centre(clusters[-1]) <= near:
            clusters[-1].append(fragment)
        else:
            clusters.append([fragment])
    return [
        round(_centre(cluster))
        for cluster in clusters
        if sum(length for _, length in cluster) >= least
    ]


def _closed(
    rows: list[int], crossing: Gray, columns: Sequence[int], reach: int, beyond: float
) -> list[int]:
    """The lines along `rows`, with one at each end where crossing lines go on beyond it.

    If most do, or the first and the last of them to one place, a line is lost there, and the row of
    the table behind it with it.
    """
    ends = []
    for column in columns:
        strip = crossing[:, max(0, column - reach) : column + reach + 1]
        inked = np.flatnonzero(strip.any(axis=1))
        ends.append((int(inked[0]), int(inked[-1])) if len(inked) else (rows[0], rows[-1]))
    starts, stops = np.array(ends).T
    before = _where_they_end(starts, rows[0] - starts > beyond, reach)
    after = _where_they_end(stops, stops - rows[-1] > beyond, reach)
    return [*before, *rows, *after]


def _where_they_end(ends: NDArray[np.int_], beyond: NDArray[np.bool_], reach: int) -> list[int]:
    """The place where lines end that go on `beyond` the outermost one, none if too few do."""
    is_cornered = bool(beyond[0] and beyond[-1]) and abs(int(ends[0] - ends[-1])) <= reach
    most = _MOST * len(ends)
    if beyond.sum() < 2 or not (is_cornered or beyond.sum() >= most):
        return []
    return [round(float(np.median(ends[beyond])))]


def _beside(ink: Gray, stat: Sequence[int], near: float) -> float:
    """The share of ink right beside a fragment, on the side where there is more."""
    x, y, w, h, _ = stat
    inner, outer = max(1, round(near / 4)), round(0.6 * near)
    above = ink[max(0, y - outer) : max(0, y - inner), x : x + w]
    below = ink[y + h + inner : y + h + outer, x : x + w]
    return max(float(side.mean()) if side.size else 0.0 for side in (above, below))


def _is_held(crossing: Gray, stat: Sequence[int], near: float) -> bool:
    """Whether a fragment has a crossing line at both of its ends."""
    x, y, w, h, _ = stat
    reach = round(near)
    rows = slice(max(0, y - reach), y + h + reach)
    return all(
        bool(crossing[rows, max(0, end - reach) : end + reach + 1].any()) for end in (x, x + w - 1)
    )


def _centre(cluster: Sequence[tuple[float, float]]) -> float:
    total = sum(length for _, length in cluster)
    return sum(at * length for at, length in cluster) / total


def _stretches(
    mask: Gray, ink: Gray, rows: Sequence[int], columns: Sequence[int], reach: int
) -> NDArray[np.bool_]:
    """Whether each row is ruled between neighbouring columns, (rows, columns - 1).

    A stretch is there if most of it is; one that is doubtful is if it shows ink nearly throughout.
    """
    thick = np.ones((2 * reach + 1, 1), np.uint8)
    ruled = cv2.dilate(np.ascontiguousarray(mask), thick)
    shown = cv2.dilate(np.ascontiguousarray(ink), np.ones((reach | 1, 1), np.uint8))
    there = np.zeros((len(rows), len(columns) - 1), np.bool_)
    for i, row in enumerate(rows):
        at = min(row, mask.shape[0] - 1)
        for j, (start, end) in enumerate(pairwise(columns)):
            stretch = slice(start + reach, max(end - reach, start + reach + 1))
            share = float(ruled[at, stretch].mean())
            faint = share > _LOST and float(shown[at, stretch].mean()) >= _INKED
            there[i, j] = share >= _PRESENT or faint
    return there
