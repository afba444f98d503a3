"""Rulings that a streak has wiped out over their whole length are put back, others are not."""

from itertools import pairwise

import cv2
import pytest

from gouji.inference.scan.cells import cells_of
from gouji.inference.scan.networks import Gray
from tests.inference.drawn_grid import DIGIT, XS, YS, digit, grids, page, ruled, shape

ROWS, COLUMNS = range(len(YS) - 1), range(len(XS) - 1)


def level_streak(gray: Gray, y: int) -> None:
    gray[y - 2 : y + 3] = 255


def upright_streak(gray: Gray, x: int) -> None:
    gray[:, x - 2 : x + 3] = 255


def written(gray: Gray, box: tuple[int, int, int, int], columns: int = 2, lines: int = 1) -> None:
    """So many digits, in so many lines, in the middle of a box."""
    left, top, right, bottom = box
    for line in range(lines):
        for column in range(columns):
            x = (left + right) // 2 + 20 * column - 10 * columns + 3
            digit(gray, x, (top + bottom) // 2 + 32 * line - 16 * lines + 4)


def full(gray: Gray) -> Gray:
    """A number in every cell of the grid."""
    for i in ROWS:
        for j in COLUMNS:
            written(gray, (XS[j], YS[i], XS[j + 1], YS[i + 1]))
    return gray


def places(gray: Gray) -> list[tuple[int, int, int, int]]:
    """The cells of the only grid: first row and column, rows, columns."""
    (grid,) = grids(gray)
    return [(c.row, c.column, c.rows, c.columns) for c in cells_of(grid)]


ALL = [(i, j, 1, 1) for i in ROWS for j in COLUMNS]


@pytest.mark.parametrize("lost", YS[1:-1])
def test_a_level_ruling_between_numbers_is_put_back(lost: int) -> None:
    gray = full(ruled(page()))
    level_streak(gray, lost)
    assert places(gray) == ALL


@pytest.mark.parametrize("lost", XS[1:-1])
def test_an_upright_ruling_between_numbers_is_put_back(lost: int) -> None:
    gray = full(ruled(page()))
    upright_streak(gray, lost)
    assert places(gray) == ALL


def test_a_level_and_an_upright_ruling_that_are_lost_are_put_back() -> None:
    gray = full(ruled(page()))
    level_streak(gray, YS[2])
    upright_streak(gray, XS[2])
    assert places(gray) == ALL


def labelled() -> Gray:
    """A grid whose first column is one cell over all rows but the first, with a label."""
    gray = ruled(page())
    for y in YS[2:-1]:
        gray[y - 3 : y + 4, XS[0] + 3 : XS[1] - 2] = 255
    written(gray, (XS[0], YS[0], XS[1], YS[1]))
    written(gray, (XS[0], YS[1], XS[1], YS[-1]), columns=5)
    return gray


LABELLED = [cell for cell in ALL if cell[1] > 0 or cell[0] == 0]
LABELLED = sorted([*LABELLED, (1, 0, 4, 1)])


def test_an_upright_ruling_at_which_others_end_is_put_back() -> None:
    gray = labelled()
    upright_streak(gray, XS[1])
    assert places(gray) == LABELLED


def test_a_frame_whose_side_few_rulings_reach_is_put_back() -> None:
    gray = labelled()
    upright_streak(gray, XS[0])
    assert places(gray) == LABELLED


def test_a_level_ruling_is_put_back_beside_a_merged_cell_but_not_through_it() -> None:
    gray = labelled()
    for i in ROWS:
        for j in COLUMNS[1:]:
            written(gray, (XS[j], YS[i], XS[j + 1], YS[i + 1]))
    level_streak(gray, YS[3])
    assert places(gray) == LABELLED


def test_a_title_over_all_columns_is_not_parted_by_the_ruling_put_back_below_it() -> None:
    gray = full(ruled(page()))
    cv2.rectangle(gray, (XS[0] + 3, YS[0] + 3), (XS[-1] - 3, YS[1] - 3), 255, -1)
    written(gray, (XS[0], YS[0], XS[-1], YS[1]), columns=6)
    upright_streak(gray, XS[2])
    assert places(gray) == [(0, 0, 1, 4), *ALL[4:]]


def test_a_streak_between_two_lines_of_every_cell_is_no_ruling() -> None:
    ys = (200, 280, 360, 440)
    gray = ruled(page(), ys=ys)
    for top, bottom in pairwise(ys):
        for left, right in pairwise(XS):
            written(gray, (left, top, right, bottom), columns=4, lines=2)
    level_streak(gray, 320)
    assert shape(gray) == [(3, 4)]


@pytest.mark.parametrize("past", [10, 60, 180])
def test_a_streak_beside_what_is_written_is_no_ruling(past: int) -> None:
    gray = full(labelled())
    upright_streak(gray, XS[1] + past)
    level_streak(gray, YS[1] + 10)
    assert shape(gray) == [(5, 4)]


def test_a_gap_as_after_a_comma_is_no_ruling() -> None:
    gray = ruled(page())
    for top in YS[:-1]:
        for x in (*range(140, 180, 20), *range(196, 400, 20)):
            digit(gray, x, top + 20)
    upright_streak(gray, 140 + 20 + DIGIT[0] + 11)
    assert shape(gray) == [(5, 4)]


def test_a_label_over_two_columns_is_parted_as_a_whole() -> None:
    ys = (200, 260, 320, 440, 500, 560)
    gray = ruled(page(), ys=ys)
    gray[ys[1] + 3 : ys[3] - 2, XS[1] - 4 : XS[1] + 5] = 255  # two cells of two columns each
    for x in range(140, 600, 24):
        digit(gray, x, 280)
        digit(gray, x, 340)
        digit(gray, x, 372)
    for x in range(140, 230, 24):
        digit(gray, x, 404)
    for top, bottom in pairwise(ys[1:4]):
        for left, right in pairwise(XS[2:]):
            written(gray, (left, top, right, bottom))
    level_streak(gray, ys[2])
    merged = [(i, 0, 1, 2) for i in (1, 2)]
    rest = [cell for cell in ALL if cell[0] not in (1, 2) or cell[1] > 1]
    assert places(gray) == sorted([*merged, *rest])
