"""The page as a picture: evened out, set straight, and the way back to where things stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.networks import Gray
from gouji.inference.scan.warping import Lattice, mapped
from gouji.model.document import Box

Pixels = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom lie outside."""

DPI = 200
"""The resolution that pages are read at; finer ones are brought down to it."""

_PAGE_IN = 11.69  # the longer side of A4
_PLAUSIBLE_DPI = (90, 1300)
_STEEPEST = 7.0  # degrees
_COARSE, _FINE = 0.2, 0.02
_POINTS = 60_000  # of ink, which are looked at
_RED_FROM, _RED_OVER = 20.0, 40.0
_STRIP = 256  # rows in one go, which bounds the memory
_RED_INK = 0.3  # of what red exceeds the other colours by, a red ink takes from red itself
_PAPER = 245.0
_SPARSE, _LIGHT = 16, 0.8  # pixels looked at for the colour of paper, and the share darker than it
_TINTED = 1.03  # times as strong as another, a colour tints the paper


@dataclass(frozen=True)
class Sheet:
    """A page set straight: its picture, and the way from it to points of the picture given.

    `gray` has paper near 245 throughout and `dpi` pixels to the inch. `to_points` (3, 3) is a
    projective map from its pixels, or where it was bent from those of the picture before.
    """

    gray: Gray
    dpi: float
    to_points: NDArray[np.float64]
    bend: Lattice | None = None

    def px(self, points: float) -> float:
        """A length in points, in pixels."""
        return points * self.dpi / 72

    def box(self, box: Pixels) -> Box:
        """Where a box of pixels stands in the picture that was given, in points."""
        left, top, right, bottom = box
        corners = np.array([(x, y) for x in (left, right) for y in (top, bottom)], float)
        placed = mapped(self.to_points, corners if self.bend is None else self.bend.at(corners))
        (x0, y0), (x1, y1) = placed.min(axis=0), placed.max(axis=0)
        return round(float(x0), 1), round(float(y0), 1), round(float(x1), 1), round(float(y1), 1)


def around(boxes: Sequence[Pixels]) -> Pixels:
    """The box around boxes."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def likely_dpi(size: tuple[int, int], told: float | None) -> float:
    """The resolution that is told if it can be true, else that of an A4 page of this size."""
    by_size = max(size) / _PAGE_IN
    plausible = told is not None and _PLAUSIBLE_DPI[0] <= told <= _PLAUSIBLE_DPI[1]
    return told if told and plausible and 0.5 <= told / by_size <= 2.0 else by_size


def straightened(
    image: NDArray[np.uint8], dpi: float, to_points: NDArray[np.float64] | None = None
) -> Sheet:
    """The page set straight; `to_points` (3, 3) maps its pixels, by default by `dpi` alone.

    `image` is gray, or RGB whose red is taken for a seal and removed.
    """
    height, width = image.shape[:2]
    scale = min(1.0, DPI / dpi)
    if scale < 0.95:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    else:
        scale = 1.0
    gray = _evened(_without_red(_balanced(image)))
    back = np.diag([72 / dpi, 72 / dpi, 1.0]) if to_points is None else to_points
    back = back @ np.diag([1 / scale, 1 / scale, 1.0])
    angle = _skew(gray)
    if abs(angle) >= _FINE:
        h, w = gray.shape
        turn = np.vstack([cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0), (0, 0, 1)])
        gray = cv2.warpAffine(
            gray, turn[:2], (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.uint8)
        back = back @ np.linalg.inv(turn)
    return Sheet(gray, dpi * scale, back)


def _balanced(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture in white light: paper without a colour."""
    if image.ndim == 2:
        return image
    paper = np.quantile(image[::_SPARSE, ::_SPARSE, :3], _LIGHT, axis=(0, 1))
    if paper.max() <= _TINTED * paper.min() or paper.min() == 0:
        return image
    levels = np.arange(256)[:, None] * (paper.max() / paper)
    return cv2.LUT(
        np.ascontiguousarray(image[..., :3]), np.clip(levels, 0, 255).astype(np.uint8)[None]
    ).astype(np.uint8)


def _without_red(image: NDArray[np.uint8]) -> Gray:
    """The picture in gray; of what is red, only what lies beneath the red ink is left."""
    if image.ndim == 2:
        return image
    strips = range(0, image.shape[0], _STRIP)
    return np.concatenate([_cleared(image[at : at + _STRIP]) for at in strips])


def _cleared(image: NDArray[np.uint8]) -> Gray:
    colours = image[..., :3].astype(np.float32)
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    gray = 0.299 * red + 0.587 * green + 0.114 * blue
    excess = red - np.maximum(green, blue)
    share = np.clip((excess - _RED_FROM) / _RED_OVER, 0, 1)
    beneath = red + _RED_INK * excess
    cleared: Gray = np.clip(gray + share * (beneath - gray), 0, 255).astype(np.uint8)
    return cleared


def _evened(gray: Gray) -> Gray:
    """The page with even light: divided by its paper, that is what is lightest nearby."""
    height, width = gray.shape
    small = cv2.resize(
        gray, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 6)
    level = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    even = gray.astype(np.float32) * (_PAPER / np.maximum(level, 40.0))
    return np.clip(even, 0, 255).astype(np.uint8)


def inked(gray: Gray, dpi: float) -> Gray:
    """1 where there is ink, 0 where there is paper: darker than what lies around."""
    soft = cv2.GaussianBlur(gray, (3, 3), 0)
    block = max(15, round(dpi / 6)) | 1
    return cv2.adaptiveThreshold(
        soft, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 14
    ).astype(np.uint8)


def _skew(gray: Gray) -> float:
    """Degrees by which the page leans: along the lines its ink is the most unevenly spread."""
    small = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)
    ys, xs = np.nonzero(inked(small, DPI / 2))
    if len(ys) < 100:
        return 0.0
    step = max(1, len(ys) // _POINTS)
    ys, xs = ys[::step].astype(float), xs[::step] - small.shape[1] / 2
    coarse = np.arange(-_STEEPEST, _STEEPEST + _COARSE / 2, _COARSE)
    best = max(coarse, key=lambda angle: _unevenness(xs, ys, angle, small.shape[0]))
    fine = np.arange(best - _COARSE, best + _COARSE + _FINE / 2, _FINE)
    return float(max(fine, key=lambda angle: _unevenness(xs, ys, angle, small.shape[0])))


def _unevenness(xs: NDArray[Any], ys: NDArray[Any], degrees: float, height: int) -> float:
    shift = xs * np.tan(np.radians(degrees))
    rows = (ys - shift + height / 4).astype(np.int64).clip(0, 2 * height)
    counts = np.bincount(rows).astype(float)
    return float((counts * counts).sum())
