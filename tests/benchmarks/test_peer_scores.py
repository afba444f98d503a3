"""Tables that name no cell are held against gold row by row, in order."""

import pytest

from gouji.inference.scoring import Gold
from tests.benchmarks.peer_scores import Row, Tables, right_cells

GOLD = Gold(
    "a",
    {
        "active.rules.issued": 3,
        "requests.new.natural": 1200,
        "requests.new.business": 0,
        "requests.new.total": 1200,
        "requests.carried_in.natural": 0,
        "requests.carried_in.business": 5,
        "requests.carried_in.total": 5,
        "disputes.review.total": 7,
        "disputes.direct.total": 8,
    },
)
ACTIVE: list[Row] = [["规章", "3", None, None]]
REQUESTS: list[Row] = [["新收", "1,200", "0", "1200"], ["结转", "0", "5", "5"]]
DISPUTES: list[Row] = [["7", "8"]]


def wrong(tables: Tables, gold: Gold = GOLD) -> list[str]:
    marks = right_cells(gold, tables, {"disputes"})
    return [cell for cell in gold.cells if not marks[cell]]


def test_tables_read_whole_are_right_in_every_cell() -> None:
    assert wrong([ACTIVE, REQUESTS, DISPUTES]) == []
    assert wrong([[*ACTIVE, *REQUESTS, *DISPUTES]]) == []


def test_nothing_read_is_nothing_right() -> None:
    assert wrong([]) == list(GOLD.cells)


def test_rows_side_by_side_may_stand_on_lines_of_their_own() -> None:
    assert wrong([ACTIVE, REQUESTS, [["复议", "7"], ["诉讼", "8"]]]) == []


def test_a_row_that_is_missing_costs_its_own_cells_alone() -> None:
    assert wrong([ACTIVE, REQUESTS[1:], DISPUTES]) == list(GOLD.cells)[1:4]


def test_rows_out_of_order_are_not_both_right() -> None:
    assert len(wrong([ACTIVE, REQUESTS[::-1], DISPUTES])) >= 2


def test_a_number_left_out_moves_those_before_it() -> None:
    shifted = [["新收", "1,200", "0", "1200"], ["结转", "0", "5"]]
    assert wrong([ACTIVE, shifted, DISPUTES]) == [
        "requests.carried_in.natural",
        "requests.carried_in.business",
    ]


def test_a_row_moved_by_a_column_is_wrong() -> None:
    moved = [["新收", "1,200", "0", "1200"], ["0", "5", "5", ""]]
    assert wrong([ACTIVE, moved, DISPUTES]) == [
        "requests.carried_in.natural",
        "requests.carried_in.total",
    ]


def test_an_empty_column_at_the_right_edge_of_a_table_does_not_count() -> None:
    assert wrong([ACTIVE, [[*row, "", ""] for row in REQUESTS], DISPUTES]) == []


def test_an_empty_cell_is_not_zero_unless_the_page_leaves_it_blank() -> None:
    tables = [ACTIVE, [REQUESTS[0], ["结转", "", "5", "5"]], DISPUTES]
    cell = "requests.carried_in.natural"
    assert wrong(tables) == [cell]
    blank = Gold("a", GOLD.cells, {cell: None})
    assert wrong(tables, blank) == []
    assert wrong([ACTIVE, REQUESTS, DISPUTES], blank) == []


@pytest.mark.parametrize(
    ("text", "is_right"), [("１，２００", True), ("1,2\n00", True), ("120", False)]
)
def test_numbers_may_be_spelled_as_gouji_spells_them(text: str, is_right: bool) -> None:
    tables = [ACTIVE, [["新收", text, "0", "1200"], REQUESTS[1]], DISPUTES]
    assert (wrong(tables) == []) == is_right


def test_words_in_a_cell_are_not_a_number() -> None:
    tables = [ACTIVE, [["新收", "1200", "7.属于 0", "1200"], REQUESTS[1]], DISPUTES]
    assert wrong(tables) == ["requests.new.business"]
