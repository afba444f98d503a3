"""Rows whose ruling is lost are told apart by the numbers above each other in their cells."""

import numpy as np

from gouji.inference.scan.cells import Cell
from gouji.inference.scan.networks import Alphabet
from gouji.inference.scan.reading import Heard, Line
from gouji.inference.scan.stacks import unstacked
from gouji.inference.scan.tables import InkedCell, ReadCell, as_numerals, parted

NOTHING = np.zeros((1, 1), np.float32)


def cell(row: int, column: int, *lines: tuple[str, int], rows: int = 1) -> ReadCell:
    """A cell with lines (text, middle); digits are numerals."""
    heard = tuple(
        Heard(Line(text, 1.0, ((text, 1.0),) if text.isdigit() else ()), NOTHING, Alphabet(("",)))
        for text, _ in lines
    )
    boxes = tuple((0, y - 10, 40, y + 10) for _, y in lines)
    place = Cell(row, column, rows, 1, (0, 0, 50, 100))
    return ReadCell(InkedCell(place, (0, 0, 50, 100), boxes), heard)


def said(cells: tuple[ReadCell, ...]) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for one in cells:
        rows.setdefault(one.inked.cell.row, []).append(one.text)
    return [rows[row] for row in sorted(rows)]


def test_a_row_that_holds_two_is_parted_with_its_label() -> None:
    cells = (
        cell(0, 0, ("甲", 10)),
        cell(0, 1, ("5", 10)),
        cell(1, 0, ("乙", 40), ("丙", 90), ("丁", 110)),
        cell(1, 1, ("1", 40), ("2", 100)),
        cell(1, 2, ("3", 40), ("4", 100)),
        cell(1, 3),
        cell(1, 4, ("7", 101)),
    )
    assert said(unstacked(cells)) == [
        ["甲", "5"],
        ["乙", "1", "3", "", ""],
        ["丙丁", "2", "4", "", "7"],
    ]


def test_a_cell_over_two_rows_with_two_numbers_is_a_cell_of_each() -> None:
    cells = (
        cell(0, 0, ("甲", 10)),
        cell(0, 1, ("1", 10), ("2", 60), rows=2),
        cell(0, 2, ("8", 10)),
        cell(1, 0, ("乙", 60)),
        cell(1, 2, ("9", 60)),
    )
    assert said(unstacked(cells)) == [["甲", "1", "8"], ["乙", "2", "9"]]


def test_titles_on_two_lines_and_a_lone_stack_stay_whole() -> None:
    cells = (
        cell(0, 0, ("商业", 10), ("企业", 30)),
        cell(0, 1, ("科研", 10), ("机构", 30)),
        cell(1, 0, ("1", 60), ("2", 80)),
        cell(1, 1, ("3", 70)),
    )
    assert said(unstacked(cells)) == [["商业企业", "科研机构"], ["1 2", "3"]]


def test_numbers_side_by_side_are_cells_and_words_are_one() -> None:
    two = cell(0, 0, ("12", 10), ("3", 10))
    words = cell(0, 1, ("总", 10), ("计", 10))
    both = [
        ReadCell(InkedCell(c.inked.cell, c.inked.within, c.inked.lines, side_by_side=True), c.heard)
        for c in (two, words)
    ]
    assert [one.text for one in parted(both)] == ["12", "3", "总计"]


def test_ink_beside_numbers_is_read_as_a_number_and_words_are_left() -> None:
    unclear = Heard(Line("口", 0.4), np.array([[0.5, 0.5]], np.float32), Alphabet(("", "0")))
    box = InkedCell(Cell(0, 2, 1, 1, (0, 0, 9, 9)), (0, 0, 9, 9), ((0, 0, 9, 9),))
    words = Heard(Line("合计", 0.99), NOTHING, Alphabet(("",)))
    label = InkedCell(Cell(0, 0, 1, 1, (0, 0, 9, 9)), (0, 0, 9, 9), ((0, 0, 9, 9),))
    cells = (ReadCell(label, (words,)), cell(0, 1, ("5", 10)), ReadCell(box, (unclear,)))
    assert [c.text for c in as_numerals(cells)] == ["合计", "5", "0"]


def test_ink_left_of_and_above_numbers_is_read_as_a_number() -> None:
    unclear = Heard(Line("a", 0.9), np.array([[0.5, 0.5]], np.float32), Alphabet(("", "0")))
    box = InkedCell(Cell(0, 1, 1, 1, (0, 0, 9, 9)), (0, 0, 9, 9), ((0, 0, 9, 9),))
    damaged = ReadCell(box, (unclear,))
    beside, below = cell(0, 2, ("5", 10)), cell(1, 1, ("7", 30))
    assert [c.text for c in as_numerals((damaged, beside, below))] == ["0", "5", "7"]
    assert [c.text for c in as_numerals((damaged, beside))] == ["a", "5"]


def test_numbers_broken_into_two_lines_are_no_rows() -> None:
    broken = [cell(0, 1, ("11", 20), ("7", 40)), cell(0, 2, ("43", 20), ("8", 40))]
    whole = [cell(0, column, ("0", 30)) for column in (3, 4, 5)]
    assert said(unstacked((*broken, *whole))) == [["11 7", "43 8", "0", "0", "0"]]
