"""Ink: what is written in a cell or a box, cut to the lines it is written in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.geometry import Pixels, around
from gouji.inference.scan.networks import Gray

_EDGE_PT = 2.6  # a mark within this of a ruling belongs to it
_FRAME_PT = 1.4  # how far into the cell a ruling may reach
_RULED = 0.35  # of a row or column there, what a ruling fills
_HOLLOW = 0.15  # of its box, what a part of a frame fills at most
_SMALLEST_PT = 1.9  # the longer side of what is no speck: a dash, a digit
_LEAST_CONTRAST = 18.0
_NOISES = 5.0  # deviations of the noise that ink stands out by, at least
_DEPTH = 0.4  # of the way from paper to the darkest ink a pixel counts as ink
_LINE = 1.55  # two stretches of ink within so many heights of a line are parts of one line
_LONG = 3.0  # times its height, a line is longer than most numbers
_TALL = 1.9  # a stretch higher than this holds several lines that touch


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink in a box: whether there is any, and the boxes of its lines from top to bottom."""

    box: Pixels
    stretches: tuple[Pixels, ...] = ()


def find_ink(gray: Gray, box: Pixels, dpi: float) -> Ink:
    """The ink within a box, as boxes of unbroken rows; rulings at its edge are left out."""
    left, top, right, bottom = box
    patch = gray[top:bottom, left:right]
    if min(patch.shape) < 4:
        return Ink(box)
    kept = _kept(_unframed(_dark(patch), dpi), dpi)
    rows = np.flatnonzero(kept.any(axis=1))
    if not len(rows):
        return Ink(box)
    stretches = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        columns = np.flatnonzero(kept[run[0] : run[-1] + 1].any(axis=0))
        stretches.append(
            (
                left + int(columns[0]),
                top + int(run[0]),
                left + int(columns[-1]) + 1,
                top + int(run[-1]) + 1,
            )
        )
    return Ink(box, tuple(stretches))


def _dark(patch: Gray) -> Gray:
    """1 where a patch is much darker than its paper, noise and shading aside."""
    soft = cv2.GaussianBlur(patch, (3, 3), 0).astype(np.uint8)
    levels = np.bincount(soft.ravel(), minlength=256)
    paper = _quantile(levels, 0.5)
    noise = 1.48 * _quantile(levels[paper:], 0.5)
    darkest = _quantile(levels, 0.005)
    least = max(_LEAST_CONTRAST, _NOISES * noise)
    level = max(least, _DEPTH * (paper - darkest))
    return (soft < paper - level).astype(np.uint8)


def _quantile(levels: NDArray[np.int64], share: float) -> int:
    """The level that this share of what is counted does not exceed."""
    below = levels.cumsum()
    return int(np.searchsorted(below, share * below[-1]))


def _unframed(dark: Gray, dpi: float) -> Gray:
    """The ink without rows and columns at the edge that a ruling fills."""
    band = max(1, round(_FRAME_PT * dpi / 72))
    dark = dark.copy()
    for side in (dark, dark[::-1], dark.T, dark.T[::-1]):
        ruled = np.flatnonzero(side[:band].mean(axis=1) > _RULED)
        if len(ruled):
            side[: int(ruled[-1]) + 2] = 0
    return dark


def _kept(dark: Gray, dpi: float) -> Gray:
    """The ink without specks and without what belongs to the rulings around."""
    height, width = dark.shape
    edge, smallest = _EDGE_PT * dpi / 72, _SMALLEST_PT * dpi / 72
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    keep = np.zeros(len(stats), np.uint8)
    for number, (x, y, w, h, area) in enumerate(stats.tolist()):
        touches = x == 0 or y == 0 or x + w == width or y + h == height
        along = x + w <= edge or y + h <= edge or x >= width - edge or y >= height - edge
        around = area < _HOLLOW * w * h  # a corner of the frame, or more of it
        keep[number] = number > 0 and max(w, h) >= smallest and not (touches and (along or around))
    if keep.any():
        keep |= _within(stats, keep)
    found: Gray = keep[labels]
    return found


def _within(stats: NDArray[Any], keep: Gray) -> Gray:
    """Specks that lie among what is written: points, and parts of broken characters."""
    chosen = stats[keep > 0]
    left, top = chosen[:, 0].min(), chosen[:, 1].min()
    right = (chosen[:, 0] + chosen[:, 2]).max()
    bottom = (chosen[:, 1] + chosen[:, 3]).max()
    inside = (
        (stats[:, 0] >= left)
        & (stats[:, 1] >= top)
        & (stats[:, 0] + stats[:, 2] <= right)
        & (stats[:, 1] + stats[:, 3] <= bottom)
    )
    inside[0] = False
    found: Gray = inside.astype(np.uint8)
    return found


def line_height(inks: Sequence[Ink], dpi: float) -> float:
    """The usual height of a line in pixels: the median of what may be one."""
    smallest, largest = 4 * dpi / 72, 16 * dpi / 72
    heights = [
        b - t for ink in inks for _, t, _, b in ink.stretches if smallest <= b - t <= largest
    ]
    return float(np.median(heights)) if heights else 7 * dpi / 72


def lines_of(ink: Ink, gray: Gray, height: float) -> tuple[Pixels, ...]:
    """The lines of the ink: parts of characters joined, lines that touch parted."""
    lines: list[Pixels] = []
    for stretch in ink.stretches:
        for part in _parted(stretch, gray, height):
            if lines and part[3] - lines[-1][1] <= _LINE * height:
                lines[-1] = around((lines[-1], part))
            else:
                lines.append(part)
    return tuple(lines)


def _parted(stretch: Pixels, gray: Gray, height: float) -> Iterator[Pixels]:
    """A stretch as lines: cut where it is palest near each place where a line should end."""
    left, top, right, bottom = stretch
    n = round((bottom - top) / (1.45 * height))
    if bottom - top <= _TALL * height or n < 2:
        yield stretch
        return
    pale = gray[top:bottom, left:right].mean(axis=1)
    pitch = (bottom - top) / n
    start = top
    for number in range(1, n):
        around = slice(round((number - 0.3) * pitch), round((number + 0.3) * pitch) + 1)
        cut = top + around.start + int(np.argmax(pale[around]))
        yield left, start, right, cut
        start = cut
    yield left, start, right, bottom


def parts_of(line: Pixels, within: Pixels, gray: Gray) -> tuple[Pixels, ...]:
    """A line of the box `within`, cut where a gap is wider than it is high: no number has such."""
    left, top, right, bottom = line
    x0, y0, x1, y1 = within
    dark = _dark(gray[y0:y1, x0:x1])[top - y0 : bottom - y0, left - x0 : right - x0]
    inked = np.flatnonzero(dark.any(axis=0))
    gaps = np.flatnonzero(np.diff(inked) > bottom - top)
    starts = [left, *(left + int(inked[gap + 1]) for gap in gaps)]
    ends = [*(left + int(inked[gap]) + 1 for gap in gaps), right]
    return tuple((start, top, end, bottom) for start, end in zip(starts, ends, strict=True))


def cut_out(gray: Gray, line: Pixels, within: Pixels) -> Gray:
    """The picture of a line with paper around it, but nothing from beyond the box `within`."""
    left, top, right, bottom = line
    margin = round(0.3 * (bottom - top)) + 1
    beside = margin if right - left < _LONG * (bottom - top) else 2 * margin
    x0, y0 = max(within[0], left - beside), max(within[1], top - margin)
    x1, y1 = min(within[2], right + beside), min(within[3], bottom + margin)
    return gray[y0:y1, x0:x1]
