"""Pages photographed, bent and two in a picture, drawn: no font and no network is needed."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji.inference.scan.paper as paper_module
from gouji.inference.scan.bending import made_plane, unbent
from gouji.inference.scan.cells import cells_of
from gouji.inference.scan.geometry import Sheet, likely_dpi, straightened
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.paper import Paper, found_paper, pages_on
from gouji.inference.scan.rulings import find_grids, find_rulings
from gouji.inference.scan.warping import Lattice, Numbers, mapped, nodes
from tests.benchmarks.scan_camera import Camera, photographed
from tests.benchmarks.scan_damage import Picture
from tests.inference.drawn_grid import ruled

DPI = 150
PAGE = (1754, 1240)
XS, YS = (120, 420, 620, 820, 1100), tuple(range(300, 1501, 80))
PLACES = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in PAGE[::-1]))


def page(xs: tuple[int, ...] = XS) -> Gray:
    """A table with a mark in each cell, between two lines that look like text."""
    gray = ruled(np.full(PAGE, 255, np.uint8), xs, YS)
    for left, right in pairwise(xs):
        for top, bottom in pairwise(YS):
            x, y = (left + right) // 2, (top + bottom) // 2
            cv2.rectangle(gray, (x - 5, y - 9), (x + 5, y + 9), 0, 2)
    for y in (160, 1600):
        for x in range(130, 1100, 24):
            cv2.rectangle(gray, (x, y), (x + 15, y + 17), 0, 2)
    return gray


def lowered(gray: Gray, off: Numbers) -> Gray:
    """The page, every point lower by so many pixels."""
    x, y = PLACES
    moved = cv2.remap(gray, x, (y - off).astype(np.float32), cv2.INTER_LINEAR, borderValue=(255,))
    return np.asarray(moved, np.uint8)


def seen(camera: Camera, *pages: Gray, seed: int = 1) -> Picture:
    return photographed(pages, camera, np.random.default_rng(seed))


def plane(paper: Paper) -> Sheet:
    dpi = likely_dpi(paper.pixels.shape[:2], None)
    return made_plane(straightened(paper.pixels, dpi, paper.back))


def shapes(sheet: Sheet) -> list[tuple[int, int]]:
    grids = find_grids(sheet, find_rulings(sheet))
    return [(len(grid.ys) - 1, len(grid.xs) - 1) for grid in grids]


SIDE = (1800, 1800)
SHAPE = [(len(YS) - 1, len(XS) - 1)]
HELD = Camera(lean=(10, 10), roll=(3, 3), fill=(0.88, 0.88), side=SIDE)


@given(st.lists(st.floats(-50, 50), min_size=6, max_size=6))
@settings(deadline=None)
def test_a_lattice_is_exact_for_affine_maps(numbers: list[float]) -> None:
    matrix = np.vstack([np.reshape(numbers, (2, 3)), (0, 0, 1)])
    lattice = Lattice(mapped(matrix, nodes((70, 90))), (70, 90))
    points = np.array([(0.0, 0.0), (3.5, 60.25), (89.0, 69.0), (95.0, -2.0)])
    assert np.allclose(lattice.at(points), mapped(matrix, points))


def test_lattices_one_after_the_other_are_one() -> None:
    by = [np.array([[1, 0, 5], [0, 1, 2], [0, 0, 1.0]]), np.diag([2.0, 3.0, 1.0])]
    first, second = (Lattice(mapped(matrix, nodes((50, 50))), (50, 50)) for matrix in by)
    points = np.array([(10.0, 20.0), (33.0, 1.0)])
    assert np.allclose(second.after(first).at(points), points * (2, 3) + (5, 2))


def test_a_lattice_makes_the_picture_that_it_tells_of() -> None:
    gray = np.zeros((64, 96), np.uint8)
    gray[20:24, 40:44] = 200
    moved = Lattice(nodes((64, 96)) + np.array((8, -4)), (64, 96)).picture(gray)
    assert moved[24:28, 32:36].min() == 200
    assert moved.sum() == gray.sum()


def test_a_plane_page_is_left_as_it_is() -> None:
    sheet = straightened(page(), DPI)
    assert unbent(sheet.gray, sheet.dpi) is None
    assert made_plane(sheet) is sheet


@pytest.mark.parametrize("depth", [8, 25, -45])
def test_a_bent_page_is_made_plane_and_its_cells_find_back(depth: int) -> None:
    height, width = PAGE
    x, y = PLACES
    off = depth * np.sin(np.pi * x / width) ** 2 * (1 + y / height)
    sheet = made_plane(straightened(lowered(page(), off), DPI))
    assert shapes(sheet) == SHAPE
    assert sheet.bend is not None
    (grid,) = find_grids(sheet, find_rulings(sheet))
    for cell in cells_of(grid):
        left, top, right, bottom = (side * DPI / 72 for side in sheet.box(cell.box))
        middle = (XS[cell.column] + XS[cell.column + 1]) / 2
        fallen = depth * np.sin(np.pi * middle / width) ** 2
        level = (YS[cell.row] + YS[cell.row + 1]) / 2
        assert (left + right) / 2 == pytest.approx(middle, abs=6)
        assert (top + bottom) / 2 == pytest.approx(level + fallen * (1 + level / height), abs=9)


def test_a_page_without_rulings_is_made_plane_by_its_lines() -> None:
    gray = np.full(PAGE, 255, np.uint8)
    for y in range(150, 1600, 40):
        for x in range(130, 1100, 24):
            cv2.rectangle(gray, (x, y), (x + 15, y + 17), 0, 2)
    off = 30 * np.sin(np.pi * PLACES[0] / PAGE[1]) ** 2
    rows = (made_plane(straightened(lowered(gray, off), DPI)).gray < 128).mean(axis=1)
    assert (rows == 0).sum() > 500  # between the lines there is nothing


@given(st.integers(24, 3000), st.integers(24, 3000), st.booleans(), st.integers(0, 255))
@settings(deadline=None, max_examples=25)
def test_pictures_of_all_shapes_come_through(
    height: int, width: int, is_gray: bool, level: int
) -> None:
    shape = (height, width) if is_gray else (height, width, 3)
    picture = np.full(shape, level, np.uint8)
    picture[height // 3 : height // 2, width // 5 : width // 2] = 255 - level
    parts = pages_on(found_paper(picture))
    assert sum(part.pixels.size for part in parts) <= 1.1 * picture.size
    for part in parts:
        sheet = plane(part)
        assert sheet.gray.ndim == 2
        assert np.isfinite(sheet.box((0, 0, 5, 5))).all()


def test_what_fills_the_picture_is_all_paper() -> None:
    for gray in (page(), (page() * np.linspace(0.5, 1, PAGE[1])).astype(np.uint8)):
        paper = found_paper(gray)
        assert not paper.is_cut_out
        assert paper.pixels is gray
        assert pages_on(paper) == (paper,)


@pytest.mark.parametrize("seed", [0, 3])
def test_a_photographed_page_is_cut_out_and_read_from_above(seed: int) -> None:
    paper = found_paper(seen(HELD, page(), seed=seed))
    assert paper.is_cut_out
    assert shapes(plane(paper)) == SHAPE


@pytest.mark.parametrize("seed", [0, 3])
def test_shadows_and_tinted_light_hide_no_part_of_a_page(seed: int) -> None:
    camera = Camera(
        (8, 8), (2, 2), (0.07, 0.07), (0.35, 0.35), (0.4, 0.4), (0.2, 0.2), (0.9, 0.9), SIDE
    )
    sheet = plane(found_paper(seen(camera, page(), seed=seed)))
    assert shapes(sheet) == SHAPE
    marks = find_rulings(sheet).ink
    assert marks.mean() < 0.12  # of what the page lies on nothing is left


@pytest.mark.parametrize("finest", [6500, 2000])
def test_cells_of_a_photographed_page_find_back_into_the_picture(
    finest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_module, "_FINEST", finest)
    picture = seen(replace(HELD, side=(3000, 3000)), page())
    sheet = plane(found_paper(picture))
    (grid,) = find_grids(sheet, find_rulings(sheet))
    for cell in cells_of(grid):
        left, top, right, bottom = map(round, sheet.box(cell.box))
        inside = picture[top + 14 : bottom - 14, left + 14 : right - 14].min(axis=2)
        ys, xs = np.nonzero(inside < 110)
        assert abs(ys.mean() - inside.shape[0] / 2) < 0.2 * inside.shape[0]
        assert abs(xs.mean() - inside.shape[1] / 2) < 0.2 * inside.shape[1]


@pytest.mark.parametrize("desk", [True, False])
def test_two_pages_in_a_picture_are_two(desk: bool) -> None:
    camera = Camera(curl=(0.04, 0.04), fill=(1, 1), side=SIDE, desk=False)
    if desk:
        camera = replace(camera, lean=(3, 3), fill=(0.94, 0.94), desk=True)
    other = np.roll(page((150, 500, 1080)), 37, axis=0)
    parts = pages_on(found_paper(seen(camera, page(), other)))
    assert [shapes(plane(part)) for part in parts] == [SHAPE, [(len(YS) - 1, 2)]]
    first, second = (plane(part).box((0, 0, 10, 10)) for part in parts)
    assert first[2] < second[0]


def test_a_sheet_on_a_screen_is_not_cut_out_of_what_is_around_it() -> None:
    screen = np.full((1000, 1400, 3), (40, 90, 160), np.uint8)
    screen[150:980, 200:1200] = 255
    assert found_paper(screen).pixels is screen


def test_a_page_that_lies_across_is_one_page() -> None:
    wide = np.full((1240, 1754), 255, np.uint8)
    for x in range(120, 1700, 150):
        cv2.line(wide, (x, 200), (x, 1000), 0, 2)
    for y in range(200, 1001, 80):
        cv2.line(wide, (120, y), (1620, y), 0, 2)
    assert len(pages_on(found_paper(wide))) == 1


def test_columns_of_a_page_without_rulings_are_one_page() -> None:
    wide = np.full((1240, 1754), 255, np.uint8)
    for y in range(200, 1001, 40):
        for x in range(120, 1700, 190):
            cv2.rectangle(wide, (x, y), (x + 40, y + 18), 0, 2)
    assert len(pages_on(found_paper(wide))) == 1
    wide[:, 877:] = np.roll(wide[:, 877:], 20, axis=0)
    assert len(pages_on(found_paper(wide))) == 2
