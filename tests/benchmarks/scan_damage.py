"""What printing, copying and scanning do to a page; all by fixed seeds."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Light = NDArray[Any]
Picture = NDArray[np.uint8]
"""(height, width) gray or (height, width, 3) RGB."""

_SEAL_PT = 115.0  # the diameter of an official seal: 4 cm


@dataclass(frozen=True, slots=True)
class Wear:
    """How much a page has suffered; ranges are drawn from evenly.

    `tilt` in degrees either way, `blur` the standard deviation in pixels at 200 dpi, `noise` in
    levels of gray, `shade` the share of light lost at the darkest edge, `faded` how much of the
    ink is lost in the palest places, `quality` that of the JPEG.
    """

    tilt: tuple[float, float] = (0.0, 0.0)
    blur: tuple[float, float] = (0.0, 0.0)
    noise: tuple[float, float] = (0.0, 0.0)
    shade: tuple[float, float] = (0.0, 0.0)
    faded: tuple[float, float] = (0.0, 0.0)
    streaks: int = 0
    seal: bool = False
    quality: tuple[int, int] = (90, 95)


def worn(page: Picture, wear: Wear, dpi: int, rng: np.random.Generator) -> Picture:
    """The page as a scanner or a camera sees it: gray, or RGB if it was or a seal is on it."""
    shown: Light = page.astype(np.float32)
    shown = _faded(shown, drawn_from(wear.faded, rng), rng)
    shown = _streaked(shown, wear.streaks, dpi, rng)
    stamped = _sealed(shown, dpi, rng) if wear.seal else shown
    stamped = _tilted(stamped, drawn_from(wear.tilt, rng) * rng.choice((-1, 1)))
    blur = drawn_from(wear.blur, rng) * dpi / 200
    if blur > 0.05:
        stamped = cv2.GaussianBlur(stamped, (0, 0), blur)
    stamped = _shaded(stamped, drawn_from(wear.shade, rng), rng)
    stamped = stamped + rng.normal(0, max(1e-3, drawn_from(wear.noise, rng)), stamped.shape)
    return np.clip(stamped, 0, 255).astype(np.uint8)


def drawn_from(between: tuple[float, float], rng: np.random.Generator) -> float:
    return float(rng.uniform(*between))


def clouds(shape: tuple[int, int], cells: int, rng: np.random.Generator) -> Light:
    """A smooth random surface between 0 and 1."""
    coarse = rng.random((cells, cells)).astype(np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1)


def _faded(page: Light, share: float, rng: np.random.Generator) -> Light:
    kept = 1 - share * clouds(page.shape[:2], 7, rng)
    return 255 - (255 - page) * (kept[..., None] if page.ndim == 3 else kept)


def _streaked(page: Light, n: int, dpi: int, rng: np.random.Generator) -> Light:
    """Light streaks right through the page that cut rulings, upright and level."""
    page = page.copy()
    height, width = page.shape[:2]
    for number in range(n):
        thick = max(1, round(rng.uniform(0.5, 1.2) * dpi / 100))
        if number % 2:
            x = int(rng.integers(width))
            page[:, x : x + thick] = 255
        else:
            y = int(rng.integers(height))
            page[y : y + thick] = 255
    return page


def _sealed(page: Light, dpi: int, rng: np.random.Generator) -> Light:
    """A red seal somewhere over the page, in RGB: a ring, a star, strokes along the ring."""
    height, width = page.shape
    radius = round(_SEAL_PT * dpi / 144)
    x = int(rng.integers(width // 4, 3 * width // 4))
    y = int(rng.integers(height // 5, 4 * height // 5))
    ink = np.zeros(page.shape, np.float32)
    line = max(2, radius // 18)
    cv2.circle(ink, (x, y), radius, 1.0, line, cv2.LINE_AA)
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2, 0.15, 0.38) * radius
    star = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1)
    cv2.fillPoly(ink, [star.round().astype(np.int32)], (1.0,), cv2.LINE_AA)
    for angle in np.linspace(0.75 * np.pi, 2.25 * np.pi, 13):
        for _ in range(4):
            ends = rng.uniform(0.66, 0.9, 2) * radius
            turn = angle + rng.uniform(-0.09, 0.09, 2)
            at = [
                (round(x + r * np.cos(a)), round(y + r * np.sin(a)))
                for r, a in zip(ends, turn, strict=True)
            ]
            cv2.line(ink, at[0], at[1], 1.0, max(1, line // 2), cv2.LINE_AA)
    red = np.array([205.0, 40.0, 45.0], np.float32)
    strength = 0.85 * ink[..., None] * (0.7 + 0.3 * clouds(page.shape, 24, rng)[..., None])
    paper = np.repeat(page[..., None], 3, 2)
    return paper * (1 - strength + strength * red / 255)


def _tilted(page: Light, degrees: float) -> Light:
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255.0, 255.0, 255.0)
    return cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=white)


def _shaded(page: Light, share: float, rng: np.random.Generator) -> Light:
    light = 1 - share * clouds(page.shape[:2], 3, rng)
    return page * (light[..., None] if page.ndim == 3 else light)
