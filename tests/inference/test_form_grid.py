"""The official layout: every cell below the titles of its column and beside those of its row."""

import pytest

from gouji.inference.writers.form_grid import Place, form_grid, n_columns, n_rows
from gouji.model.form import Table
from gouji.model.form_file import load_form

FORM = load_form()
TABLES = [table for variants in FORM.variants.values() for table in variants.values()]

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda t: f"{t.id}-{t.variant}")


def covered(table: Table) -> dict[tuple[int, int], Place]:
    """The place that each row and column belongs to; two in one fail."""
    found: dict[tuple[int, int], Place] = {}
    for place in form_grid(table):
        for row in range(place.row, place.row + place.rows):
            for column in range(place.column, place.column + place.columns):
                assert (row, column) not in found
                found[row, column] = place
    return found


@each_table
def test_every_cell_stands_once_and_nothing_overlaps(table: Table) -> None:
    places = form_grid(table)
    assert [p.cell.id for p in places if p.cell] == [cell.id for cell in table.cells]
    assert max(row for row, _ in covered(table)) + 1 == n_rows(places)
    assert max(column for _, column in covered(table)) + 1 == n_columns(places)


@each_table
def test_titles_of_a_cell_stand_above_it_or_beside_it(table: Table) -> None:
    at = covered(table)
    for place in form_grid(table):
        if (cell := place.cell) is None:
            continue
        above = [at[row, place.column].title for row in range(place.row)]
        beside = [at[place.row, column].title for column in range(place.column)]
        own = [cell.column.group, cell.column.title, *cell.row.group, cell.row.title]
        if table.side_by_side:
            assert [title for title in above if title][-1] == cell.column.title
            assert set(filter(None, own)) <= set(above)
        else:
            assert above[-1] == cell.column.title or at[place.row - 1, place.column].cell
            assert set(filter(None, own)) <= {*above, *beside}
            assert beside[-1] == cell.row.title or at[place.row, place.column - 1].cell


def test_official_table_of_requests_has_its_two_level_head_and_merged_groups() -> None:
    places = {p.title: p for p in form_grid(FORM.variants["requests"]["2021"]) if p.title}
    assert places["法人或其他组织"] == Place(0, 4, "法人或其他组织", columns=5)
    assert places["自然人"] == Place(0, 3, "自然人", rows=2)
    assert places["三、本年度办理结果"].rows == 22
    assert places["（一）予以公开"].columns == 2
    assert places["一、本年新收政府信息公开申请数量"].columns == 3
