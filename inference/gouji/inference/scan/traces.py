"""Traces: what is level or upright on a page, followed from place to place."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.networks import Gray
from gouji.inference.scan.warping import Numbers

_EVERY_PT = 6.0
_STEEPEST, _COARSE, _FINE = 12.0, 1.0, 0.2  # degrees
_LEAST_INK = 150  # pixels of a tile that tell a slope
_POINTS = 1000  # of the ink of a tile, which are looked at
_PLAIN = 1.15  # times the mean, how uneven the best slope must be


@dataclass(frozen=True)
class Traces:
    """Lines as points: which line each belongs to, from 0 on, and where it is."""

    line: NDArray[np.int64]
    x: Numbers
    y: Numbers


@dataclass(frozen=True)
class Slopes:
    """Slopes (pixels down for each to the right) of what is written, and where."""

    slope: Numbers
    x: Numbers
    y: Numbers


def traces(mask: Gray, dpi: float) -> Traces:
    """The lines of a mask, which run along the rows on the whole, as a point every so often."""
    every = max(1, round(_EVERY_PT * dpi / 72))
    _, labels = cv2.connectedComponents(np.ascontiguousarray(mask), connectivity=8)
    columns = labels[:, ::every]
    ys, numbers = np.nonzero(columns)
    width = columns.shape[1]
    place, part = np.unique(columns[ys, numbers] * width + numbers, return_inverse=True)
    n = np.maximum(np.bincount(part), 1)
    return Traces(place // width - 1, (place % width) * float(every), np.bincount(part, ys) / n)


def slopes(ink: Gray, across: int, down: int) -> Slopes:
    """The slopes of the writing in so many parts of a page, as far as they tell one."""
    height, width = ink.shape
    found: list[tuple[float, float, float]] = []
    for i in range(down):
        for j in range(across):
            top, left = i * height // down, j * width // across
            part = ink[top : (i + 1) * height // down, left : (j + 1) * width // across]
            ys, xs = np.nonzero(part)
            if len(ys) < _LEAST_INK:
                continue
            slope = _slope(xs, ys, part.shape)
            if slope is not None:
                found.append((slope, left + float(xs.mean()), top + float(ys.mean())))
    told = np.array(found, float).reshape(-1, 3)
    return Slopes(*told.T)


def _slope(xs: NDArray[np.int64], ys: NDArray[np.int64], shape: tuple[int, ...]) -> float | None:
    step = max(1, len(ys) // _POINTS)
    x, y = xs[::step] - shape[1] / 2, ys[::step] + shape[0] / 2
    coarse = np.arange(-_STEEPEST, _STEEPEST + _COARSE / 2, _COARSE)
    uneven = _unevenness(x, y, coarse, shape[0])
    best = coarse[int(np.argmax(uneven))]
    if uneven.max() < _PLAIN * uneven.mean() or abs(best) == _STEEPEST:
        return None
    fine = np.arange(best - _COARSE, best + _COARSE + _FINE / 2, _FINE)
    angle = fine[int(np.argmax(_unevenness(x, y, fine, shape[0])))]
    return float(np.tan(np.radians(angle)))


def _unevenness(x: Numbers, y: Numbers, degrees: Numbers, height: int) -> Numbers:
    """How unevenly the points are spread over lines that lean by each of these angles."""
    room = 2 * height + 1
    rows = (y - np.outer(np.tan(np.radians(degrees)), x)).astype(np.int64).clip(0, room - 1)
    rows += np.arange(len(degrees))[:, None] * room
    counts = np.bincount(rows.ravel(), minlength=room * len(degrees)).astype(float)
    found: Numbers = (counts**2).reshape(len(degrees), room).sum(axis=1)
    return found
