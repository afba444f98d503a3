"""Detection: the lines of text outside the tables, and on pages without tables all of them."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from gouji.inference.scan.geometry import Pixels, Sheet
from gouji.inference.scan.networks import detector
from gouji.inference.scan.rulings import Grid

_DPI = 100  # at which text is looked for
_PART_PT = 300.0  # the highest stretch that is looked at in one go, which bounds the memory
_BLOCK = 32  # the detector takes sides that are multiples of this
_TEXT, _SURE = 0.3, 0.5  # of a pixel, and of a line in the mean
_SPREAD = 1.6  # times area over perimeter: what the detector's lines are shrunk by
_LEAST_PT = 4.0
_CLEAR_PT = 2.0  # of a table, in which its own rulings would look like text
_GRAIN_PT = 3.0  # the side of the squares in which ink is looked for first
_DARKER = 14  # levels of gray by which a square with ink is darker than paper, at least
_PAPER_PT = 9.0  # around it
_ALIKE = 0.5  # share of its height that one box of a line has in common with the next


def find_lines(sheet: Sheet, grids: Sequence[Grid]) -> tuple[tuple[Pixels, ...], ...]:
    """The lines outside the tables from top to bottom, each as its boxes from left to right."""
    boxes = [box for band in _bands(sheet, grids) for box in _detected(sheet, band)]
    return tuple(_in_lines(boxes))


def _bands(sheet: Sheet, grids: Sequence[Grid]) -> Iterator[tuple[int, int]]:
    """The stretches of the page, as rows, that no table covers."""
    clear, least = round(sheet.px(_CLEAR_PT)), sheet.px(_LEAST_PT)
    start = 0
    for grid in sorted(grids, key=lambda grid: grid.ys[0]):
        if grid.ys[0] - clear - start >= least:
            yield from _parts(sheet, start, grid.ys[0] - clear)
        start = max(start, grid.ys[-1] + clear)
    if sheet.gray.shape[0] - start >= least:
        yield from _parts(sheet, start, sheet.gray.shape[0])


def _parts(sheet: Sheet, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch cut into parts that the detector has room for, each where the page is palest."""
    most = round(sheet.px(_PART_PT))
    while end - start > most:
        earliest = start + 2 * most // 3
        pale = sheet.gray[earliest : start + most].mean(axis=1)
        cut = earliest + int(np.argmax(pale))
        yield start, cut
        start = cut
    yield start, end


def _detected(sheet: Sheet, band: tuple[int, int]) -> Iterator[Pixels]:
    shown = _inked_box(sheet, band)
    if shown is None:
        return
    x0, top, x1, bottom = shown
    part = sheet.gray[top:bottom, x0:x1]
    scale = min(1.0, _DPI / sheet.dpi)
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    padding = ((0, -small.shape[0] % _BLOCK), (0, -small.shape[1] % _BLOCK))
    likely = detector()(np.pad(small, padding, mode="edge").astype(np.uint8))
    likely = likely[: small.shape[0], : small.shape[1]]
    mask = (likely > _TEXT).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for number, (x, y, w, h, _) in enumerate(stats[1:].tolist(), start=1):
        inside = labels[y : y + h, x : x + w] == number
        if likely[y : y + h, x : x + w][inside].mean() < _SURE:
            continue
        spread = _SPREAD * w * h / (2 * (w + h))
        left, right = (x - spread) / scale, (x + w + spread) / scale
        upper, lower = (y - spread) / scale, (y + h + spread) / scale
        if lower - upper >= sheet.px(_LEAST_PT):
            yield (
                max(x0, x0 + round(left)),
                max(top, top + round(upper)),
                min(x1, x0 + round(right)),
                min(bottom, top + round(lower)),
            )


def _inked_box(sheet: Sheet, band: tuple[int, int]) -> Pixels | None:
    """What of a stretch of the page is not blank, with paper around it; None if all of it is."""
    top, bottom = band
    shrunk = sheet.px(_GRAIN_PT)
    height, width = bottom - top, sheet.gray.shape[1]
    size = (max(1, round(width / shrunk)), max(1, round(height / shrunk)))
    small = cv2.resize(sheet.gray[top:bottom], size, interpolation=cv2.INTER_AREA)
    inked = small < float(np.median(small)) - _DARKER
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    clear = round(sheet.px(_PAPER_PT))
    return (
        max(0, round(int(columns[0]) * width / size[0]) - clear),
        max(top, top + round(int(rows[0]) * height / size[1]) - clear),
        min(width, round((int(columns[-1]) + 1) * width / size[0]) + clear),
        min(bottom, top + round((int(rows[-1]) + 1) * height / size[1]) + clear),
    )


def _in_lines(boxes: Sequence[Pixels]) -> list[tuple[Pixels, ...]]:
    """Boxes side by side as lines."""
    lines: list[list[Pixels]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        if lines and _beside(lines[-1][-1], box):
            lines[-1].append(box)
        else:
            lines.append([box])
    return [tuple(sorted(line)) for line in lines]


def _beside(a: Pixels, b: Pixels) -> bool:
    common = min(a[3], b[3]) - max(a[1], b[1])
    return common >= _ALIKE * min(a[3] - a[1], b[3] - b[1])
