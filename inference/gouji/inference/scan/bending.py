"""Bending: a page that is no plane is made one (dewarped) by what should be level or upright on it.

For every point (x, y) of the picture a height v = y + D(x, y) is sought that is the same all along
whatever is level on the page: rulings, lines of text. D is a polynomial that vanishes in the middle
column, so linear least squares find it: D + y is constant along every ruling, and where the writing
has the slope s, dD/dx + s (1 + dD/dy) = 0. Upright rulings tell, turned, the places along the rows.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.geometry import Sheet, inked
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.rulings import ruled
from gouji.inference.scan.traces import Slopes, Traces, slopes, traces
from gouji.inference.scan.warping import Lattice, Numbers, nodes

_ALONG, _ACROSS = 5, 2  # the powers of D along the lines and across them
_FEW, _MANY = (3, 4), (7, 10)  # parts of a page, across and down, each of which tells its slope
_ROUNDS = 3
_SPARSE = 7  # every so many pixels in both directions what is written is looked at
_STIFF = 1e-5  # what the square of a coefficient costs
_SLOPES = 0.3  # what an error in a slope over half the page weighs
_STRAY = 1.0  # pixels; traces that stray farther count for less
_REWEIGHTED = 4
_LEAST_PT = 1.2  # a page that is bent by less is left as it is
_BETTER = 1.02  # times as uneven as before the rows must be of a page made plane
_FIXED = 10  # rounds in which the origin of a point is found


@dataclass(frozen=True)
class _Field:
    """The displacement D, in pixels, over a picture of this height and width."""

    shape: tuple[int, int]
    coefficients: Numbers

    def at(self, x: Numbers, y: Numbers) -> Numbers:
        found: Numbers = _terms(self.shape, x, y) @ self.coefficients
        return found


def made_plane(sheet: Sheet) -> Sheet:
    """The page, which is level on the whole, made plane."""
    bend = unbent(sheet.gray, sheet.dpi)
    return sheet if bend is None else replace(sheet, gray=bend.picture(sheet.gray), bend=bend)


def unbent(gray: Gray, dpi: float) -> Lattice | None:
    """How the page is made plane; None if it is plane.

    `gray` is a page that is evened out and level on the whole, `dpi` pixels to the inch.
    """
    size = (gray.shape[1] // 2, gray.shape[0] // 2)
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    shape, dpi = (size[1], size[0]), dpi / 2
    ink = inked(small, dpi)
    if _moves(ink, dpi, _FEW).most(ink) < _LEAST_PT * dpi / 72:
        return None
    found: Lattice | None = None
    shown = small
    for _ in range(_ROUNDS):
        one = _moves(inked(shown, dpi), dpi, _MANY).lattice(shape)
        found = one if found is None else one.after(found)
        shown = found.picture(small)
    if found is None or _unevenness(shown) < _BETTER * _unevenness(small):
        return None
    return found.enlarged(2.0, (gray.shape[0], gray.shape[1]))


@dataclass(frozen=True)
class _Moves:
    """How far points must be moved downwards, and to the right."""

    down: _Field
    right: _Field

    def most(self, ink: Gray) -> float:
        """By how many pixels what is written is moved at most."""
        ys, xs = (at * _SPARSE for at in np.nonzero(ink[::_SPARSE, ::_SPARSE]))
        moves = np.concatenate([self.down.at(xs, ys), self.right.at(ys, xs)])
        return float(np.abs(moves).max(initial=0.0))

    def lattice(self, shape: tuple[int, int]) -> Lattice:
        """The picture of this shape with all points moved."""
        target = nodes(shape)
        x, y = target[..., 0], target[..., 1]
        for _ in range(_FIXED):
            x, y = target[..., 0] - self.right.at(y, x), target[..., 1] - self.down.at(x, y)
        return Lattice(np.stack([x, y], -1), shape)


def _moves(ink: Gray, dpi: float, parts: tuple[int, int]) -> _Moves:
    """One step towards a plane page, with slopes in so many parts of it across and down."""
    rulings = ruled(ink, dpi)
    height, width = ink.shape
    return _Moves(
        down=_fitted((height, width), traces(rulings.level, dpi), slopes(ink, *parts)),
        right=_fitted((width, height), traces(rulings.upright.T, dpi), None),
    )


def _fitted(shape: tuple[int, int], lines: Traces, leaning: Slopes | None) -> _Field:
    """The displacement that makes the lines level, and what leans, as far as possible."""
    equations = [_about_mean(_terms(shape, lines.x, lines.y), lines.line)]
    values = [-_about_mean(lines.y[:, None], lines.line)[:, 0]]
    if leaning is not None:
        weight = _SLOPES * shape[1] / 2
        equations.append(weight * _leaning(shape, leaning))
        values.append(-weight * leaning.slope)
    terms, wanted = np.vstack(equations), np.concatenate(values)
    stiff = np.diag(_STIFF * _powers()[0] ** 2.0)
    weights = np.ones(len(wanted))
    found = np.zeros(terms.shape[1])
    for _ in range(_REWEIGHTED):
        weighted = terms * weights[:, None]
        normal = weighted.T @ terms + (weights.sum() + 1) * stiff
        found = np.linalg.solve(normal, weighted.T @ wanted)
        weights = 1 / (1 + ((terms @ found - wanted) / _STRAY) ** 2)
    return _Field(shape, found)


def _about_mean(values: Numbers, line: NDArray[np.int64]) -> Numbers:
    """Values (points, columns) less their means over the points of the same line."""
    n = np.maximum(np.bincount(line), 1)
    means = [np.bincount(line, column) / n for column in values.T]
    found: Numbers = values - np.stack(means, -1)[line]
    return found


def _powers() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The powers of x, and those of y, of the terms of D."""
    i, j = np.meshgrid(np.arange(1, _ALONG + 1), np.arange(_ACROSS + 1), indexing="ij")
    return i.ravel(), j.ravel()


def _terms(shape: tuple[int, int], x: Numbers, y: Numbers) -> Numbers:
    """The terms (..., terms) of D at points."""
    u, v = _scaled(shape, x, y)
    by_x = np.cumprod(np.repeat(u[..., None], _ALONG, -1), -1)
    by_y = np.cumprod(np.stack([np.ones_like(v)] + [v] * _ACROSS, -1), -1)
    return (by_x[..., :, None] * by_y[..., None, :]).reshape(*u.shape, _ALONG * (_ACROSS + 1))


def _leaning(shape: tuple[int, int], leaning: Slopes) -> Numbers:
    """dD/dx + s dD/dy at the places of slopes s, term by term."""
    (i, j), (u, v) = _powers(), _scaled(shape, leaning.x, leaning.y)
    u, v = u[:, None], v[:, None]
    by_x = i * u ** (i - 1) * v**j / (shape[1] / 2)
    by_y = j * u**i * v ** np.maximum(j - 1, 0) / (shape[0] / 2)
    found: Numbers = by_x + leaning.slope[:, None] * by_y
    return found


def _scaled(shape: tuple[int, int], x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Places in the picture from -1 to 1."""
    return x / (shape[1] / 2) - 1, y / (shape[0] / 2) - 1


def _unevenness(gray: Gray) -> float:
    rows = (255.0 - gray).sum(axis=1)
    return float((rows * rows).sum())
