"""What a camera makes of pages: one sheet, or two of an open book, bent and seen at an angle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.scan_damage import Gray, Picture, clouds, drawn_from

_Numbers = NDArray[Any]
_STEP = 16  # pixels between the places whose origin is computed; between them it is interpolated
_ROUNDS = 12  # of Newton's method
_AWAY = 1.9  # heights of a page between it and the camera
_PROFILE = 400  # points that the shape of a bent page is computed at


@dataclass(frozen=True, slots=True)
class Camera:
    """How pages are photographed; ranges are drawn from evenly.

    `lean` and `roll` in degrees either way, about the axes in the picture and about that of the
    lens; `curl` how high the page rises off the table, in widths of a page, and `crest` how far
    from its spine it is highest; `shadow` the share of light that is lost in a shadow, `warm` how
    much darker blue is than red, `fill` the share of the picture that the paper fills, `side` the
    longer side of the picture in pixels.
    """

    lean: tuple[float, float] = (0.0, 0.0)
    roll: tuple[float, float] = (0.0, 0.0)
    curl: tuple[float, float] = (0.0, 0.0)
    crest: tuple[float, float] = (0.3, 0.3)
    shadow: tuple[float, float] = (0.0, 0.0)
    warm: tuple[float, float] = (0.0, 0.0)
    fill: tuple[float, float] = (0.9, 0.9)
    side: tuple[int, int] = (3200, 3200)
    desk: bool = True


@dataclass(frozen=True)
class _Surface:
    """Pages lying side by side and bent: where a point of the paper is in space.

    Lengths in heights of a page; along the paper from the left, downwards from the top.
    """

    width: float
    places: _Numbers
    across: _Numbers
    above: _Numbers

    def at(self, along: _Numbers, down: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers]:
        inside = along.clip(0, self.width)
        x = np.interp(inside, self.places, self.across) + along - inside
        return x - self.across[-1] / 2, down - 0.5, np.interp(inside, self.places, self.above)


def photographed(pages: Sequence[Gray], camera: Camera, rng: np.random.Generator) -> Picture:
    """One page, or two side by side, as a camera sees them: RGB."""
    paper = np.hstack(list(pages))
    surface = _surface(paper.shape, len(pages), camera, rng)
    turn = _turn(camera, rng)
    side = int(rng.integers(camera.side[0], camera.side[1] + 1))
    seen = partial(_seen, surface, turn)
    shape, scale, middle = _framed(seen, surface.width, side, drawn_from(camera.fill, rng))
    along, down = _origins(seen, surface.width, shape, scale, middle)
    height = paper.shape[0]
    sharp = cv2.GaussianBlur(paper, (0, 0), max(0.01, 0.4 * height / scale))
    shown: Any = cv2.remap(
        sharp,
        (along * height).astype(np.float32),
        (down * height).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    shown = shown * _light(along, surface, rng)
    lit = np.repeat(shown[..., None], 3, 2)
    inside = (along >= 0) & (along <= surface.width) & (down >= 0) & (down <= 1)
    if camera.desk:
        edge = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.2)[..., None]
        lit = edge * lit + (1 - edge) * _desk(shape, inside, rng)
    lit *= _shadowed(shape, drawn_from(camera.shadow, rng), rng)[..., None]
    warm = drawn_from(camera.warm, rng)
    return np.asarray(np.clip(lit * (1.0, 1 - 0.4 * warm, 1 - warm), 0, 255), np.uint8)


def _surface(
    shape: tuple[int, ...], n_pages: int, camera: Camera, rng: np.random.Generator
) -> _Surface:
    page = shape[1] / shape[0] / n_pages
    rise, crest = drawn_from(camera.curl, rng) * page, drawn_from(camera.crest, rng) * page
    places = np.linspace(0, page * n_pages, _PROFILE)
    spine = page if n_pages == 2 else page * int(rng.integers(2))
    off = np.abs(places - spine)
    above = rise * off / crest * np.exp(1 - off / crest)
    slope = np.gradient(above, places).clip(-0.9, 0.9)
    across = np.concatenate(([0.0], np.cumsum(np.sqrt(1 - slope[1:] ** 2) * np.diff(places))))
    return _Surface(page * n_pages, places, across, above)


def _turn(camera: Camera, rng: np.random.Generator) -> _Numbers:
    """The rotation of the pages before the camera, a matrix."""
    angles = [
        drawn_from(camera.lean, rng),
        drawn_from(camera.lean, rng),
        drawn_from(camera.roll, rng),
    ]
    signed = np.radians(angles) * rng.choice((-1, 1), 3)
    turn = np.eye(3)
    for axis, angle in enumerate(signed):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        one = np.eye(3)
        one[a, a] = one[b, b] = np.cos(angle)
        one[a, b], one[b, a] = -np.sin(angle), np.sin(angle)
        turn = one @ turn
    return turn


def _seen(
    surface: _Surface, turn: _Numbers, along: _Numbers, down: _Numbers
) -> tuple[_Numbers, _Numbers]:
    """Where points of the paper stand in the picture of a camera whose focal length is 1."""
    x, y, z = (
        turn[row, 0] * a + turn[row, 1] * b + turn[row, 2] * c
        for a, b, c in [surface.at(along, down)]
        for row in range(3)
    )
    return x / (_AWAY - z), y / (_AWAY - z)


def _framed(
    seen: Any, width: float, side: int, fill: float
) -> tuple[tuple[int, int], float, tuple[float, float]]:
    """Height and width of the picture in pixels, pixels to its unit, and what stands at 0, 0."""
    border = np.linspace(0, 1, 50)
    along = np.concatenate([border * width, border * width, 0 * border, 0 * border + width])
    down = np.concatenate([0 * border, 0 * border + 1, border, border])
    x, y = seen(along, down)
    spans = float(np.ptp(x)), float(np.ptp(y))
    scale = side * fill / max(spans)
    shape = (round(spans[1] * scale / fill), round(spans[0] * scale / fill))
    left = float(x.min()) - (1 - fill) / 2 * spans[0] / fill
    top = float(y.min()) - (1 - fill) / 2 * spans[1] / fill
    return shape, scale, (left, top)


def _origins(
    seen: Any, width: float, shape: tuple[int, int], scale: float, first: tuple[float, float]
) -> tuple[_Numbers, _Numbers]:
    """For every pixel the point of the paper that it shows."""
    rows, columns = (np.arange(0, n + _STEP, _STEP) for n in shape)
    y, x = np.meshgrid(rows / scale + first[1], columns / scale + first[0], indexing="ij")
    along, down = x * _AWAY + width / 2, y * _AWAY + 0.5
    small = 1e-4
    for _ in range(_ROUNDS):
        u, v = seen(along, down)
        (ua, va), (ud, vd) = seen(along + small, down), seen(along, down + small)
        a, b, c, d = (ua - u) / small, (ud - u) / small, (va - v) / small, (vd - v) / small
        off_x, off_y, area = x - u, y - v, a * d - b * c
        along = along + (d * off_x - b * off_y) / area
        down = down + (a * off_y - c * off_x) / area
    return _between(along, shape), _between(down, shape)


def _between(nodes: _Numbers, shape: tuple[int, int]) -> _Numbers:
    """What stands at every `_STEP`th pixel, for all of them."""
    y, x = (np.arange(n, dtype=np.float32) / _STEP for n in shape)
    columns, rows = np.meshgrid(x, y)
    found: _Numbers = cv2.remap(nodes.astype(np.float32), columns, rows, cv2.INTER_LINEAR)
    return found


def _light(along: _Numbers, surface: _Surface, rng: np.random.Generator) -> _Numbers:
    """What bent paper throws back of light that falls from one side."""
    slope = np.gradient(surface.above, surface.across)
    angle = np.radians(rng.uniform(15, 35)) * rng.choice((-1, 1))
    falls = (np.cos(angle) + slope * np.sin(angle)) / np.sqrt(1 + slope**2) / np.cos(angle)
    found: _Numbers = np.interp(along, surface.places, falls.clip(0.35, 1.0))
    return found


def _shadowed(shape: tuple[int, int], share: float, rng: np.random.Generator) -> _Numbers:
    """The light that is left beside a soft shadow with an edge anywhere, and over uneven light."""
    height, width = shape
    turn = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
    off = x * np.cos(turn) + y * np.sin(turn) - rng.uniform(-0.3, 0.3)
    shadow = share / (1 + np.exp(-off / rng.uniform(0.01, 0.08)))
    found: _Numbers = (1 - shadow) * (1 - 0.5 * share * clouds(shape, 3, rng))
    return found


def _desk(shape: tuple[int, int], paper: NDArray[np.bool_], rng: np.random.Generator) -> _Numbers:
    """What the pages lie on: boards of some colour with a grain, darker beside the paper."""
    base = np.array([rng.uniform(70, 200)] * 3) * np.array([1.0, *rng.uniform(0.6, 1.0, 2)])
    grain = cv2.GaussianBlur(rng.normal(0, 1, (shape[0], 1)).astype(np.float32), (1, 5), 0)
    grain = np.repeat(grain, shape[1], 1) * 14 + 10 * clouds(shape, 40, rng)
    near = cv2.GaussianBlur(paper.astype(np.float32), (0, 0), 12)
    found: _Numbers = (base + grain[..., None]) * (1 - 0.5 * near[..., None])
    return found
