"""Numbers torn in two that push the rest of their row along: `2 0 10 0 12` read as `2 0 1 0 0`."""

from collections.abc import Sequence

import pytest

from gouji.model.form_file import load_form
from gouji.model.mention import Mention, MentionKind, TableMentions
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.report import Status, TableResult, Verdict

TABLE = load_form().variants["requests"]["2021"]
SETTINGS = load_settings()
COLUMNS = [column.id for column in TABLE.blocks[0].columns]
GRANTED = (20, 0, 10, 0, 0, 0, 30)
ASKED = ("new", "granted", "result_total")


def solved(changes: dict[str, Sequence[int]]) -> TableResult:
    """A table in which all that was asked was granted, but for the rows in `changes`."""
    mentions = [
        Mention(
            (10 * at, 10 * at + 1),
            str(number),
            MentionKind.NUMBER,
            number,
            row=((line, 0.9999),),
            column=((column, 0.9999),),
            group=group,
        )
        for group, (line, cells) in enumerate(TABLE.lines)
        for row in [cells[0].row.id]
        for at, (column, number) in enumerate(
            zip(COLUMNS, changes.get(row, GRANTED if row in ASKED else (0,) * 7), strict=True),
            start=7 * group,
        )
    ]
    tagged = TableMentions("requests", "2021", (0, 9999), tuple(mentions))
    return reconcile(TABLE, assemble(TABLE, tagged, SETTINGS).readings, SETTINGS)


def values(result: TableResult, line: str) -> tuple[float | None, ...]:
    found = {cell.id: cell.value for cell in result.cells}
    return tuple(found[f"requests.{line}.{column}"] for column in COLUMNS)


def test_a_torn_number_comes_back_with_its_row_where_the_columns_agree() -> None:
    result = solved({"granted": (20, 0, 1, 0, 0, 0, 0)})
    assert values(result, "granted") == GRANTED
    assert result.verdict is Verdict.ACCEPTED
    cells = {cell.id: cell for cell in result.cells}
    torn, lost = cells["requests.granted.research"], cells["requests.granted.total"]
    assert (torn.status, torn.read, torn.review) == (Status.REPAIRED, "1 0", False)
    assert (lost.status, lost.printed, lost.review) == (Status.INFERRED, None, False)


def test_a_number_printed_twice_is_left_out_once() -> None:
    result = solved({"granted": (20, 0, 10, 10, 0, 0, 0)})
    assert values(result, "granted") == GRANTED
    assert result.verdict is Verdict.ACCEPTED
    assert not any(cell.status is Status.SOURCE_ERROR for cell in result.cells)


@pytest.mark.parametrize(
    "changes",
    [
        {"granted": (20, 0, 1, 0, 0, 0, 0), "result_total": (20, 0, 1, 0, 0, 0, 21)},
        {"granted": (20, 0, 1, 0, 0, 0, 0), "new": (20, 0, 11, 0, 0, 0, 31)},
    ],
)
def test_it_is_flagged_where_they_do_not(changes: dict[str, Sequence[int]]) -> None:
    result = solved(changes)
    assert result.verdict is Verdict.REVIEW
    wrong = [
        cell
        for cell, number in zip(COLUMNS, values(result, "granted"), strict=True)
        if number != GRANTED[COLUMNS.index(cell)]
    ]
    cells = {cell.id: cell for cell in result.cells}
    assert all(cells[f"requests.granted.{column}"].review for column in wrong)


def test_a_row_that_adds_up_is_never_taken_apart() -> None:
    result = solved({})
    assert result.verdict is Verdict.ACCEPTED
    assert {cell.status for cell in result.cells} == {Status.READ}


def test_one_wrong_number_is_no_shift() -> None:
    result = solved({"granted": (20, 0, 10, 0, 0, 0, 80)})
    (wrong,) = [cell for cell in result.cells if cell.status is not Status.READ]
    assert (wrong.id, wrong.value, wrong.printed) == ("requests.granted.total", 30, 80)
    assert wrong.status is Status.SOURCE_ERROR
