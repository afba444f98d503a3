"""Grids, skew and ink on drawn pages: no font and no network is needed."""

import cv2
import numpy as np
import pytest

from gouji.inference.scan.cells import Cell, cells_of
from gouji.inference.scan.geometry import likely_dpi, straightened
from gouji.inference.scan.ink import find_ink, line_height, lines_of
from gouji.inference.scan.networks import Gray
from gouji.inference.scan.paper import Paper, turned
from gouji.inference.scan.rulings import Grid, find_grids, find_rulings
from gouji.inference.scan.tables import inked_cells
from tests.inference.drawn_grid import DIGIT, DPI, XS, YS, digit, grids, page, ruled, shape, sheet


def tilted(gray: Gray, degrees: float) -> Gray:
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(gray, turn, (width, height), borderValue=(255,)).astype(np.uint8)


def test_every_cell_of_a_grid_is_found_where_it_stands() -> None:
    (grid,) = grids(ruled(page()))
    cells = cells_of(grid)
    assert [(c.row, c.column) for c in cells] == [(i, j) for i in range(5) for j in range(4)]
    for cell in cells:
        assert np.allclose(
            cell.box,
            (XS[cell.column], YS[cell.row], XS[cell.column + 1], YS[cell.row + 1]),
            atol=2,
        )


def test_two_tables_are_two_grids_from_top_to_bottom() -> None:
    gray = ruled(ruled(page()), XS[:3], (600, 660, 720))
    assert shape(gray) == [(5, 4), (2, 2)]


@pytest.mark.parametrize("seed", range(8))
def test_rulings_cut_by_streaks_are_repaired(seed: int) -> None:
    gray = ruled(page())
    rng = np.random.default_rng(seed)
    for number in range(16):
        at = int(rng.integers(880))
        if number % 2:
            gray[:, at + 100 : at + 103] = 255
        elif min(abs(at - y) for y in YS) > 4:  # a level ruling wholly lost is lost
            gray[at : at + 3] = 255
    assert [len(cells_of(grid)) for grid in grids(gray)] == [20]


def test_half_a_ruling_that_is_lost_is_extended_from_the_other_half() -> None:
    gray = ruled(page())
    gray[YS[1] + 25 : YS[1] + 50, XS[1] - 4 : XS[1] + 5] = 255
    (grid,) = grids(gray)
    assert len(cells_of(grid)) == 20


def test_cells_that_no_ruling_parts_are_merged() -> None:
    gray = ruled(page())
    gray[YS[0] + 3 : YS[1] - 2, XS[1] - 4 : XS[1] + 5] = 255  # two cells of the first row
    gray[YS[3] - 4 : YS[3] + 5, XS[0] + 3 : XS[1] - 2] = 255  # two of the first column
    (grid,) = grids(gray)
    cells = cells_of(grid)
    assert len(cells) == 18
    assert {(c.rows, c.columns) for c in cells} == {(1, 1), (1, 2), (2, 1)}


def test_what_is_no_rectangle_is_parted_by_rows() -> None:
    across = np.ones((3, 2), bool)
    across[1, 0] = False
    down = np.ones((2, 3), bool)
    down[0, 1] = False
    grid = Grid((0, 10, 20), (0, 10, 20), across, down)
    assert [(c.row, c.column, c.rows, c.columns) for c in cells_of(grid)] == [
        (0, 0, 1, 2),
        (1, 0, 1, 1),
        (1, 1, 1, 1),
    ]


def test_strokes_of_characters_are_no_rulings() -> None:
    gray = ruled(page())
    for x in range(XS[0] + 40, XS[0] + 220, 30):
        cv2.rectangle(gray, (x, YS[0] + 15), (x + 26, YS[0] + 42), 0, 3)
        cv2.line(gray, (x, YS[0] + 28), (x + 26, YS[0] + 28), 0, 3)
        for stroke in (x + 9, x + 17):
            cv2.line(gray, (stroke, YS[0] + 15), (stroke, YS[0] + 42), 0, 3)
    assert shape(gray) == [(5, 4)]


@pytest.mark.parametrize("degrees", [-4.0, -0.7, 0.3, 2.5])
def test_a_tilted_page_is_set_straight_and_boxes_find_back(degrees: float) -> None:
    gray = tilted(ruled(page()), degrees)
    straight = straightened(gray, DPI)
    (grid,) = find_grids(straight, find_rulings(straight))
    assert len(cells_of(grid)) == 20
    x0, y0, x1, y1 = straight.box(cells_of(grid)[6].box)
    dark = gray[round(y0 / 0.36) : round(y1 / 0.36), round(x0 / 0.36) : round(x1 / 0.36)]
    assert (dark < 128).any(axis=1).mean() > 0.95  # its rulings run through the box


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_finds_back_to_where_things_stood(turns: int) -> None:
    gray = page()
    cv2.rectangle(gray, (100, 50), (400, 90), 0, -1)
    lying = np.ascontiguousarray(np.rot90(gray, -turns))
    paper = turned(Paper(lying, np.eye(3)), turns)
    assert (paper.pixels == gray).all()
    upright = straightened(paper.pixels, DPI, np.diag([0.36, 0.36, 1.0]) @ paper.back)
    found = upright.box((100, 50, 401, 91))
    ys, xs = np.nonzero(lying < 128)
    expected = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) * 0.36
    assert np.allclose(found, expected, atol=1.0)


def test_red_is_removed_and_what_lies_beneath_stays() -> None:
    gray = ruled(page())
    digit(gray, 500, 280)
    colours = np.repeat(gray[..., None], 3, 2).astype(float)
    stamp = np.zeros(gray.shape)
    cv2.circle(stamp, (510, 300), 120, 1.0, 14)
    cv2.circle(stamp, (510, 300), 30, 1.0, -1)
    ink = 0.9 * stamp[..., None]
    colours *= 1 - ink + ink * np.array([0.8, 0.16, 0.18])
    straight = straightened(colours.astype(np.uint8), DPI)
    (grid,) = find_grids(straight, find_rulings(straight))
    with_ink = [c.cell for c in inked_cells(straight, grid) if c.lines]
    assert [(c.row, c.column) for c in with_ink] == [(1, 1)]


def test_resolution_is_taken_from_the_size_where_the_file_tells_nonsense() -> None:
    a4 = (2338, 1654)
    assert likely_dpi(a4, 200.0) == 200.0
    assert likely_dpi(a4, 72.0) == pytest.approx(200, abs=1)
    assert likely_dpi(a4, None) == pytest.approx(200, abs=1)


def test_an_empty_cell_is_empty_even_in_noise_and_a_pale_digit_is_ink() -> None:
    rng = np.random.default_rng(1)
    gray = ruled(page())
    pale = np.full((40, 40), 255, np.uint8)
    digit(pale, 12, 8)
    gray[270:310, 500:540] = 255 - (255 - pale) // 4
    noisy = np.clip(gray + rng.normal(0, 8, gray.shape), 0, 255).astype(np.uint8)
    (grid,) = grids(noisy)
    with_ink = [c.cell for c in inked_cells(sheet(noisy), grid) if c.lines]
    assert [(c.row, c.column) for c in with_ink] == [(1, 1)]


def test_rulings_in_a_box_are_no_ink_but_a_digit_that_touches_one_is() -> None:
    gray = ruled(page())
    (grid,) = grids(gray)
    cell = Cell(0, 0, 1, 1, (XS[1], YS[0], XS[2], YS[1]))
    assert find_ink(gray, cell.box, DPI).stretches == ()
    digit(gray, 500, YS[1] - DIGIT[1])
    assert len(find_ink(gray, cell.box, DPI).stretches) == 1
    assert len(cells_of(grid)) == 20


def test_parts_of_one_line_are_joined_and_two_lines_are_two() -> None:
    gray = page()
    digit(gray, 100, 100)
    for y in (104, 112, 120):
        cv2.line(gray, (130, y), (150, y), 0, 2)
    digit(gray, 100, 140)
    ink = find_ink(gray, (80, 80, 300, 200), DPI)
    height = line_height([ink], DPI)
    first, second = lines_of(ink, gray, height)
    assert first[1] < 104 < 120 < first[3] <= second[1]


def test_numbers_whose_ruling_is_lost_are_parts_side_by_side() -> None:
    gray = ruled(page(), xs=(XS[0], XS[-1]))
    for x in (200, 216, 800):
        digit(gray, x, 275)
    (grid,) = grids(gray)
    (cell,) = [c for c in inked_cells(sheet(gray), grid) if c.lines]
    assert cell.side_by_side
    edges = [edge for left, _, right, _ in cell.lines for edge in (left, right)]
    assert np.allclose(edges, [200, 231, 800, 815], atol=2)


def test_lines_that_touch_are_parted_where_it_is_palest() -> None:
    gray = page()
    for y in (100, 132):
        for x in range(100, 200, 20):
            digit(gray, x, y)
    cv2.line(gray, (150, 100), (150, 154), 120, 2)
    ink = find_ink(gray, (80, 80, 300, 200), DPI)
    assert len(ink.stretches) == 1
    first, second = lines_of(ink, gray, 24.0)
    assert 122 <= first[3] == second[1] <= 134


@pytest.mark.parametrize("lost", [YS[0], YS[-1], XS[0], XS[-1]])
def test_an_outer_ruling_that_is_wholly_lost_is_put_back(lost: int) -> None:
    gray = ruled(page())
    if lost in YS:
        gray[lost - 4 : lost + 5] = 255
    else:
        gray[:, lost - 4 : lost + 5] = 255
    assert shape(gray) == [(5, 4)]
