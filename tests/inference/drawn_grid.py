"""Grids of rulings and marks like digits, drawn on pages for the tests of the scan reader."""

import cv2
import numpy as np

from gouji.inference.scan.geometry import Sheet
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.rulings import Grid, find_grids, find_rulings

DPI = 200
XS, YS = (120, 420, 620, 820, 1020), (200, 260, 320, 380, 440, 500)
DIGIT = (14, 22)


def page(height: int = 900, width: int = 1200) -> Gray:
    return np.full((height, width), 255, np.uint8)


def ruled(gray: Gray, xs: tuple[int, ...] = XS, ys: tuple[int, ...] = YS) -> Gray:
    for x in xs:
        cv2.line(gray, (x, ys[0]), (x, ys[-1]), 0, 2)
    for y in ys:
        cv2.line(gray, (xs[0], y), (xs[-1], y), 0, 2)
    return gray


def digit(gray: Gray, x: int, y: int) -> None:
    """An outline as high as a digit of nine points."""
    cv2.rectangle(gray, (x, y), (x + DIGIT[0], y + DIGIT[1]), 0, 2)


def sheet(gray: Gray) -> Sheet:
    return Sheet(gray, DPI, np.diag([0.36, 0.36, 1.0]))


def grids(gray: Gray) -> tuple[Grid, ...]:
    return find_grids(sheet(gray), find_rulings(sheet(gray)))


def shape(gray: Gray) -> list[tuple[int, int]]:
    return [(len(grid.ys) - 1, len(grid.xs) - 1) for grid in grids(gray)]
