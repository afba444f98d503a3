"""What reconciling says of torn numbers and of letters for digits: sums confirm them, or a look."""

import pytest

from gouji.model.form import Table
from gouji.model.form_file import load_form
from gouji.model.mention import Mention, MentionKind, Number, TableMentions
from gouji.model.numerals import parse_numeral, respelled
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.report import Status, TableResult, Verdict

FORM = load_form()
REQUESTS = FORM.variants["requests"]["2021"]
DISPUTES = FORM.variants["disputes"]["2019"]
ACTIVE = FORM.variants["active"]["2021"]
SETTINGS = load_settings()
RULES = ("active.rules.issued", "active.rules.repealed", "active.rules.in_force")
REVIEW = tuple(f"disputes.review.{c}" for c in ("upheld", "corrected", "other", "pending", "total"))


def mention(table: Table, cell_id: str, raw: str, group: int) -> Mention:
    cell = table.cell[cell_id]
    numeral = parse_numeral(raw) or respelled(raw)
    kind = MentionKind.NUMBER if numeral else MentionKind.UNREADABLE
    return Mention(
        (0, len(raw)),
        raw,
        kind if raw else MentionKind.BLANK,
        numeral.value if numeral else None,
        row=((f"{table.id}.{cell.row.id}", 0.999),),
        column=((cell.column.id, 0.999),),
        group=group,
    )


def solved(table: Table, shown: dict[str, str], *, lost: tuple[str, ...] = ()) -> TableResult:
    """The table with 0 in all cells but those of `shown`, and without those of `lost`."""
    mentions = tuple(
        mention(table, cell.id, shown.get(cell.id, "0"), group)
        for group, (_, cells) in enumerate(table.lines)
        for cell in cells
        if cell.id not in lost
    )
    tagged = TableMentions(table.id, table.variant, (0, 999), mentions)
    return reconcile(table, assemble(table, tagged, SETTINGS).readings, SETTINGS)


def told(result: TableResult, cell: str) -> tuple[Number | None, Number | None, Status, bool]:
    found = next(c for c in result.cells if c.id == cell)
    return found.value, found.printed, found.status, found.review


@pytest.mark.parametrize("raw", ["1 2", "1\n2", "l2"])
def test_sums_that_hold_confirm_a_number_that_is_not_spelled(raw: str) -> None:
    shown = dict(zip(REVIEW, ("10", raw, "0", "0", "22"), strict=True))
    result = solved(DISPUTES, shown)
    assert told(result, REVIEW[1]) == (12, 12, Status.REPAIRED, False)
    assert result.verdict is Verdict.ACCEPTED
    assert next(c.read for c in result.cells if c.id == REVIEW[1]) == raw


@pytest.mark.parametrize("raw", ["1 2", "l2", "1O"])
def test_where_nothing_adds_up_it_is_for_review(raw: str) -> None:
    numeral = respelled(raw)
    assert numeral is not None
    result = solved(ACTIVE, {RULES[1]: raw})
    assert told(result, RULES[1]) == (numeral.value, numeral.value, Status.REPAIRED, True)
    assert told(result, RULES[0]) == (0, 0, Status.READ, False)
    assert result.verdict is Verdict.REVIEW
    assert result.confidence < SETTINGS.respelled + 0.02


def test_a_lost_cell_beside_it_leaves_it_without_proof() -> None:
    shown = dict(zip(REVIEW, ("10", "l2", "0", "0", "22"), strict=True))
    result = solved(DISPUTES, shown, lost=(REVIEW[0],))
    assert told(result, REVIEW[1])[3]
    assert told(result, REVIEW[0]) == (None, None, Status.MISSING, True)


def test_two_of_them_in_one_sum_confirm_each_other() -> None:
    shown = dict(zip(REVIEW, ("1O", "1 2", "0", "0", "2 2"), strict=True))
    result = solved(DISPUTES, shown)
    assert [told(result, cell)[0] for cell in REVIEW] == [10, 12, 0, 0, 22]
    assert not any(cell.review for cell in result.cells)


def test_sums_that_ask_for_another_number_are_for_review() -> None:
    shown = dict(zip(REVIEW, ("10", "1 2", "0", "0", "20"), strict=True))
    result = solved(DISPUTES, shown)
    assert told(result, REVIEW[1])[3]
    assert result.verdict is Verdict.REVIEW


def test_two_numbers_in_one_cell_are_never_taken_for_one_in_silence() -> None:
    """1 + 3 = 4 where the boundary before the total is lost: `3 4` is not 34."""
    shown = dict(zip(REVIEW, ("1", "0", "0", "3 4", "0"), strict=True))
    result = solved(DISPUTES, shown, lost=(REVIEW[4],))
    values = [told(result, cell) for cell in REVIEW]
    assert all(v[3] for v, true in zip(values, (1, 0, 0, 3, 4), strict=True) if v[0] != true)


def test_a_misprint_elsewhere_does_not_take_its_proof_away() -> None:
    """The row and the column of the torn number hold; the misprint is in another row."""
    cells = {"natural": "1 2", "business": "3", "total": "15"}
    shown = {f"requests.new.{column}": raw for column, raw in cells.items()}
    shown |= {f"requests.granted.{column}": raw for column, raw in cells.items()}
    shown |= {f"requests.result_total.{c}": r.replace(" ", "") for c, r in cells.items()}
    shown["requests.granted.other"] = "7"
    result = solved(REQUESTS, shown)
    assert told(result, "requests.granted.other") == (0, 7, Status.SOURCE_ERROR, True)
    assert told(result, "requests.new.natural") == (12, 12, Status.REPAIRED, False)
    assert told(result, "requests.granted.natural")[:3] == (12, 12, Status.REPAIRED)
