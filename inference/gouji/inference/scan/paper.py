"""Paper: where the pages lie in a picture, one or two of them, and on whatever they lie.

Paper is what a watershed leaves to the middle of the picture against its border, once writing is
taken out by closing: it ends where colours change at once, and goes on through shadows, which begin
gently. Four sharp sides make it a page that lies on something; its corners then tell the projective
map to the page seen from above.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.inference.scan.networks import Gray
from gouji.inference.scan.warping import Numbers, mapped

Picture = NDArray[np.uint8]
"""Gray (height, width), or RGB (height, width, 3)."""

_SIDE = 500  # of the small picture that paper is looked for in, the longer one, about
_NARROWEST = 50  # pixels of it; no sheet of paper is shown whole in less
_WRITING = 13  # pixels of it; what is written on paper is less thick
_INNER, _OUTER = 0.28, 3  # share of the sides, and pixels, that are surely paper and surely none
_NOTCH = 41  # pixels that what is cut into paper is narrower than
_EDGE, _SHARP = 8, 0.75  # levels at the edge of paper, and the share of it that shows as many
_FINEST = 6500  # pixels of the longer side of a photograph, which bounds the memory
_LEAST = 0.2  # of the picture, what paper takes
_FULL = 0.93  # of its four corners, what it fills
_STRAIGHT = 0.01  # of its length, by which a side may lean that is level or upright
_LOOSE = np.arange(0.005, 0.1, 0.005)  # of its girth, how far the corners may stray
_AROUND = 12.0  # pixels from which paper goes on where it ends
_SPREAD = (1.15, 1.75)  # width over height of two pages side by side
_MIDDLE = (0.4, 0.6)  # of the width, where two pages meet
_GUTTER, _FOLD = 0.06, 0.025  # of the width: what is blank there, and a shadow or fold in it
_BLANK = 0.006  # of its height, what a blank column shows of ink at most
_SOME = 3  # lines of a half that tell whether it goes on in the other
_COMMON = 0.9  # of them, what stands as high as lines of the other half on one page
_RIM = 0.05  # of the height, at the top and the bottom, where the edge of the paper may be seen


@dataclass(frozen=True)
class Paper:
    """A page cut out of a picture; `back` (3, 3) maps its pixels to those of the picture.

    `is_cut_out` tells that it lay on something, so that what is said of the whole picture's
    resolution does not hold for it.
    """

    pixels: Picture
    back: Numbers
    is_cut_out: bool = False


def found_paper(picture: Picture) -> Paper:
    """What paper there is in the picture, seen from above; the picture if it is all paper."""
    whole = Paper(picture, np.eye(3))
    times = max(1, round(max(picture.shape[:2]) / _SIDE))
    if min(picture.shape[:2]) < _NARROWEST * times:
        return whole
    soft = _unwritten(_smaller(picture, times))
    mask = _paper(soft)
    corners = _corners(mask, soft)
    return whole if corners is None else _cut_out(picture, corners, mask, soft, times)


def turned(page: Paper, quarters: int) -> Paper:
    """The page turned by so many quarters counter-clockwise."""
    if quarters % 4 == 0:
        return page
    height, width = page.pixels.shape[:2]
    back = {
        1: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
    }[quarters % 4]
    pixels = np.ascontiguousarray(np.rot90(page.pixels, quarters))
    return Paper(pixels, page.back @ np.array(back, float), page.is_cut_out)


def pages_on(page: Paper) -> tuple[Paper, ...]:
    """The two pages that lie side by side in what is taken for one, or the one."""
    height, width = page.pixels.shape[:2]
    if not _SPREAD[0] <= width / height <= _SPREAD[1]:
        return (page,)
    gutter = _gutter(page.pixels)
    if gutter is None:
        return (page,)
    moved = np.array([[1, 0, gutter], [0, 1, 0], [0, 0, 1]], float)
    return (
        Paper(page.pixels[:, :gutter], page.back, page.is_cut_out),
        Paper(page.pixels[:, gutter:], page.back @ moved, page.is_cut_out),
    )


def _smaller(picture: Picture, times: int) -> Picture:
    """The picture with sides so many times as short; a rest at its right and bottom is left out."""
    height, width = (side // times for side in picture.shape[:2])
    whole = picture[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _unwritten(small: Picture) -> Picture:
    """The picture without what is written, RGB."""
    colours = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB) if small.ndim == 2 else small
    around = (_WRITING,) * 4  # else what is narrow beside the paper would be taken for writing
    padded = cv2.copyMakeBorder(colours, *around, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((_WRITING, _WRITING), np.uint8))
    inner = np.ascontiguousarray(closed[_WRITING:-_WRITING, _WRITING:-_WRITING])
    return cv2.medianBlur(inner, 5).astype(np.uint8)


def _paper(soft: Picture) -> Gray:
    """1 for all that goes on from the middle, without a sharp edge, rather than from the border."""
    height, width = soft.shape[:2]
    marks = np.zeros((height, width), np.int32)
    middle, axes = (width // 2, height // 2), (round(width * _INNER), round(height * _INNER))
    cv2.ellipse(marks, middle, axes, 0, 0, 360, (1,), -1)
    for side in (marks, marks[::-1], marks.T, marks.T[::-1]):
        side[:_OUTER] = 2
    found = (cv2.watershed(soft, marks) == 1).astype(np.uint8)
    kernel = np.ones((_NOTCH, _NOTCH), np.uint8)
    found = cv2.morphologyEx(np.pad(found, _NOTCH), cv2.MORPH_CLOSE, kernel)
    return found[_NOTCH:-_NOTCH, _NOTCH:-_NOTCH].astype(np.uint8)


def _corners(mask: Gray, soft: Picture) -> Numbers | None:
    """The corners (4, 2) of the paper if it has four and sharp edges: a page on something else."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    steps = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    steps = cv2.dilate(steps, np.ones((5, 5), np.uint8))
    sharp = steps[outline[:, 0, 1], outline[:, 0, 0]] >= _EDGE
    if cv2.contourArea(outline) < _LEAST * mask.size or sharp.mean() < _SHARP:
        return None
    hull = cv2.convexHull(outline)
    for loose in _LOOSE:
        corners = cv2.approxPolyDP(hull, loose * cv2.arcLength(hull, True), True)
        if len(corners) <= 4:
            break
    if len(corners) != 4 or cv2.contourArea(outline) < _FULL * cv2.contourArea(corners):
        return None
    ordered = _in_order(corners[:, 0].astype(float))
    return None if _is_upright(ordered) else ordered


def _is_upright(corners: Numbers) -> bool:
    """Whether the sides are parallel to those of the picture: no camera was held so straight.

    It is a part of a page or a screen that has another colour, and what is around it counts too.
    """
    sides = np.roll(corners, -1, axis=0) - corners
    off = np.abs(sides).min(axis=1) / np.abs(sides).max(axis=1)
    return bool((off <= _STRAIGHT).all())


def _in_order(corners: Numbers) -> Numbers:
    """The corners clockwise from the top left."""
    off = corners - corners.mean(axis=0)
    ordered = corners[np.argsort(np.arctan2(off[:, 1], off[:, 0]))]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def _cut_out(picture: Picture, corners: Numbers, mask: Gray, soft: Picture, times: int) -> Paper:
    """The paper with these corners in the small picture; where it ends it is made to go on.

    The picture is `times` as large as the small one; it is shrunk if it is finer than need be.
    """
    shrunk = ceil(max(picture.shape[:2]) / _FINEST)
    picture = _smaller(picture, shrunk) if shrunk > 1 else picture
    unit = times / shrunk
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1) * unit
    width, height = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    to_page = cv2.getPerspectiveTransform((corners * unit).astype(np.float32), target)
    hull = cv2.convexHull(np.argwhere(mask)[:, ::-1].astype(np.int32))
    kept = cv2.fillConvexPoly(np.zeros_like(mask), hull, (1,)).astype(np.uint8)
    outline = hull[:, 0] * unit
    first, last = (f(mapped(to_page, outline), axis=0) for f in (np.min, np.max))
    moved = np.array([[1, 0, -first[0]], [0, 1, -first[1]], [0, 0, 1]])
    size = (round(last[0] - first[0]), round(last[1] - first[1]))
    to_page = moved @ to_page
    from_small = to_page @ np.diag([unit, unit, 1.0])
    inside = cv2.warpPerspective(kept, from_small, size, flags=cv2.INTER_NEAREST)
    shown = cv2.warpPerspective(picture, to_page, size, flags=cv2.INTER_CUBIC)
    beyond = cv2.warpPerspective(
        _going_on(soft, mask), from_small, size, borderMode=cv2.BORDER_REPLICATE
    )
    if picture.ndim == 2:
        beyond = beyond[..., 0]
    filled = np.where(inside[..., None] if picture.ndim == 3 else inside, shown, beyond)
    back = np.diag([shrunk, shrunk, 1.0]) @ np.linalg.inv(to_page)
    return Paper(filled.astype(np.uint8), back, is_cut_out=True)


def _going_on(soft: Picture, mask: Gray) -> Picture:
    """The colour of the paper nearby, everywhere."""
    weights = mask.astype(np.float32)
    colours = soft.astype(np.float32) * weights[..., None]
    nearby = [cv2.GaussianBlur(a, (0, 0), _AROUND) for a in (colours, weights + 1e-6)]
    return np.asarray(np.clip(nearby[0] / nearby[1][..., None], 0, 255), np.uint8)


def _gutter(pixels: Picture) -> int | None:
    """The column in which two pages meet: in the middle of what is blank between them."""
    times = max(1, round(pixels.shape[1] / (2 * _SIDE)))
    small = _smaller(pixels, times)
    gray = small if small.ndim == 2 else small.min(axis=2)
    rim = round(_RIM * gray.shape[0])
    ink = cv2.adaptiveThreshold(
        gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 2 * _WRITING + 1, 14
    )[rim:-rim].astype(np.uint8)
    width = ink.shape[1]
    blank = (ink.mean(axis=0) <= _BLANK).astype(np.uint8)[None]
    blank = cv2.morphologyEx(blank, cv2.MORPH_CLOSE, np.ones((1, round(_FOLD * width)), np.uint8))
    for start, end in _runs(blank[0]):
        first, last = max(start, _MIDDLE[0] * width), min(end, _MIDDLE[1] * width)
        if last - first >= _GUTTER * width and not _is_one(ink, start, end):
            return int((first + last) / 2 * times)
    return None


def _is_one(ink: Gray, start: int, end: int) -> bool:
    """Whether the lines on both sides of a blank stretch are the same: columns of one page."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    is_letter = stats[:, cv2.CC_STAT_HEIGHT] <= 2 * _WRITING
    is_letter[0] = False
    letters = is_letter[labels]
    rows = [part.any(axis=1) for part in (letters[:, :start], letters[:, end:])]
    fewest = min(rows, key=np.count_nonzero)
    n_lines = len(list(_runs(fewest.astype(np.uint8))))
    return bool(n_lines >= _SOME and (rows[0] & rows[1]).sum() >= _COMMON * fewest.sum())


def _runs(mask: Gray) -> Iterator[tuple[int, int]]:
    """Where the stretches of ones begin and end."""
    steps = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    yield from zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True)
