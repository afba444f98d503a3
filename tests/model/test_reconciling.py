"""What reconciling says of a cell: statuses, flags, findings, verdicts."""

from dataclasses import replace

import pytest

from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind, Number
from gouji.model.reading import (
    Candidate,
    Line,
    Observation,
    Origin,
    Placement,
    Reading,
    TableReadings,
)
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.report import CellResult, Status, TableResult, Verdict

FORM = load_form()
DISPUTES = FORM.variants["disputes"]["2019"]
ACTIVE = FORM.variants["active"]["2021"]
SETTINGS = load_settings()
BLANK, LOST = "blank", "lost"
NONE = (0, 0, 0, 0, 0)

Shown = Number | str


def reading(cell: str, shown: Shown) -> Reading:
    """A cell as candidates are made: a number, a blank, a mark, or nothing found."""
    if shown == LOST:
        return Reading(cell, None, (), 0)
    if isinstance(shown, str):
        raw, kind = ("", MentionKind.BLANK) if shown == BLANK else (shown, MentionKind.MARK)
        zero = Candidate(0, SETTINGS.blank_zero_cost, Origin.BLANK_ZERO)
        held = Observation((0, len(raw)), raw, kind, None)
        return Reading(cell, held, (zero,), SETTINGS.blank_number_cost)
    held = Observation((0, 1), str(shown), MentionKind.NUMBER, shown)
    whole = isinstance(shown, int) and shown >= 0
    candidates = (Candidate(int(shown), 0, Origin.PRINTED),) if whole else ()
    return Reading(cell, held, candidates, SETTINGS.misprint_cost)


def misread(cell: str, shown: int, other: int, cost: int = 2000) -> Reading:
    sure = reading(cell, shown)
    return replace(sure, candidates=(*sure.candidates, Candidate(other, cost, Origin.MISREAD)))


def disputes(*rows: tuple[Shown, ...]) -> dict[str, Reading]:
    shown = [value for row in rows for value in row]
    return {c.id: reading(c.id, s) for c, s in zip(DISPUTES.cells, shown, strict=True)}


def one_line(readings: dict[str, Reading], **changes: object) -> TableReadings:
    line = Line("disputes", (Placement(0, tuple(readings.values())),))
    return TableReadings("disputes", "2019", (replace(line, **changes),))  # type: ignore[arg-type]


def solve(readings: dict[str, Reading]) -> TableResult:
    return reconcile(DISPUTES, one_line(readings), SETTINGS)


def by_id(result: TableResult) -> dict[str, CellResult]:
    return {cell.id.removeprefix(f"{result.id}."): cell for cell in result.cells}


def codes(result: TableResult) -> list[str]:
    return [finding.code for finding in result.findings]


def test_a_table_that_adds_up_is_read_and_accepted() -> None:
    result = solve(disputes((1, 0, 2, 0, 3), (10, 1, 0, 0, 11), NONE))
    assert {cell.status for cell in result.cells} == {Status.READ}
    assert not any(cell.review or cell.reason for cell in result.cells)
    assert result.verdict is Verdict.ACCEPTED
    assert result.confidence > 0.999
    assert result.findings == ()
    assert all(check.holds and check.holds_as_printed for check in result.checks)


def test_what_reads_as_no_whole_number_is_what_the_sum_says() -> None:
    readings = disputes(NONE, (10, 1, 0, 0, 11), NONE)
    torn = tuple(Candidate(n, cost, Origin.MISREAD) for n, cost in ((7, 4697), (71, 5073)))
    held = Observation((0, 3), "7.1", MentionKind.NUMBER, 7.1)
    cell = "disputes.direct.total"
    readings[cell] = Reading(cell, held, torn, 4631, Origin.MISREAD)  # any other is cheaper
    found = by_id(solve(readings))["direct.total"]
    assert (found.printed, found.value, found.status) == (7.1, 11, Status.REPAIRED)


def test_a_total_of_zero_over_two_parts_is_a_source_error() -> None:
    result = solve(disputes(NONE, (10, 1, 0, 0, 0), NONE))
    cell = by_id(result)["direct.total"]
    assert (cell.printed, cell.value, cell.status) == (0, 11, Status.SOURCE_ERROR)
    assert cell.review
    assert "相差 11" in cell.reason
    assert "off by 11" in cell.reason_en
    assert [c.id for c in result.cells if c.status is not Status.READ] == [cell.id]
    assert codes(result) == ["C001"]
    assert result.verdict is Verdict.REVIEW
    check = result.checks[1]
    assert check.as_printed == (0, 11)
    assert (check.holds_as_printed, check.holds) == (False, True)


def test_a_total_that_is_one_over_leaves_every_cell_of_the_row_ambiguous() -> None:
    result = solve(disputes(NONE, (10, 1, 0, 0, 12), NONE))
    cells = by_id(result)
    row = ("upheld", "corrected", "other", "pending", "total")
    values = {name: {a.value for a in cells[f"direct.{name}"].alternatives} for name in row}
    assert values == {
        "upheld": {10, 11},
        "corrected": {1, 2},
        "other": {0, 1},
        "pending": {0, 1},
        "total": {11, 12},
    }
    assert all(cells[f"direct.{name}"].status is Status.AMBIGUOUS for name in row)
    assert all(cells[f"direct.{name}"].review for name in row)
    # Between equal costs the cell that stands last is changed.
    assert [cells[f"direct.{name}"].value for name in row] == [10, 1, 0, 0, 11]
    assert codes(result) == ["C002"]
    for name in row:
        alternatives = cells[f"direct.{name}"].alternatives
        assert 0.98 < sum(a.probability for a in alternatives) <= 1
        assert all(a.reason and a.reason_en for a in alternatives)


@pytest.mark.parametrize(
    ("row", "total", "status"),
    [
        ((0, 0, 0, 0, "/"), 0, Status.INFERRED),
        ((10, 1, BLANK, 0, 11), 11, Status.READ),
        ((BLANK, BLANK, BLANK, BLANK, BLANK), None, Status.BLANK),
    ],
)
def test_blanks_have_a_value_only_where_the_identities_leave_one(
    row: tuple[Shown, ...], total: Number | None, status: Status
) -> None:
    result = solve(disputes(row, NONE, NONE))
    cell = by_id(result)["review.total"]
    assert (cell.value, cell.status, cell.review) == (total, status, False)
    assert result.verdict is Verdict.ACCEPTED


def test_a_number_inferred_for_a_blank_is_flagged_where_one_identity_decides() -> None:
    result = solve(disputes((10, 1, 0, 0, BLANK), NONE, NONE))
    cell = by_id(result)["review.total"]
    assert (cell.value, cell.printed, cell.status) == (11, None, Status.INFERRED)
    assert cell.review
    assert result.verdict is Verdict.REVIEW


def test_a_blank_is_zero_where_the_total_leaves_nothing_for_it() -> None:
    cells = by_id(solve(disputes((10, 1, BLANK, "无", 11), NONE, NONE)))
    for name, raw in (("other", ""), ("pending", "无")):
        cell = cells[f"review.{name}"]
        assert (cell.value, cell.printed, cell.read) == (0, None, raw)
        assert cell.status is Status.INFERRED


def test_two_blanks_that_share_a_rest_are_ambiguous() -> None:
    cells = by_id(solve(disputes((10, BLANK, BLANK, 0, 11), NONE, NONE)))
    for name in ("corrected", "other"):
        assert cells[f"review.{name}"].status is Status.AMBIGUOUS
        assert {a.value for a in cells[f"review.{name}"].alternatives} == {0, 1}


def test_a_lost_cell_is_inferred_but_flagged_where_one_identity_decides() -> None:
    result = solve(disputes((10, LOST, 0, 0, 11), NONE, NONE))
    cell = by_id(result)["review.corrected"]
    assert (cell.value, cell.printed, cell.read) == (1, None, None)
    assert cell.status is Status.INFERRED
    assert cell.review
    assert result.verdict is Verdict.REVIEW


def test_lost_cells_that_nothing_decides_are_missing() -> None:
    result = solve(disputes((10, LOST, LOST, 0, 11), NONE, NONE))
    for name in ("corrected", "other"):
        cell = by_id(result)[f"review.{name}"]
        assert (cell.value, cell.status, cell.review) == (None, Status.MISSING, True)
    assert (result.checks[0].holds_as_printed, result.checks[0].holds) == (None, None)
    assert result.confidence == 0.0


@pytest.mark.parametrize("shown", [12.5, -3])
def test_a_number_that_cannot_stand_in_its_cell_is_reported(shown: Number) -> None:
    decided = solve(disputes((10, shown, 0, 0, 11), NONE, NONE))
    cell = by_id(decided)["review.corrected"]
    assert (cell.printed, cell.value) == (shown, 1)
    assert cell.status is Status.SOURCE_ERROR
    assert cell.review
    assert "C006" in codes(decided)
    undecided = solve(disputes((10, shown, LOST, 0, 11), NONE, NONE))
    cell = by_id(undecided)["review.corrected"]
    assert (cell.printed, cell.value, cell.status) == (shown, None, Status.MISSING)
    assert cell.review


def test_a_misreading_that_makes_the_row_add_up_is_repaired() -> None:
    readings = disputes((10, 1, 0, 0, 17), NONE, NONE)
    readings["disputes.review.total"] = misread("disputes.review.total", 17, 11)
    result = solve(readings)
    cell = by_id(result)["review.total"]
    assert (cell.printed, cell.value, cell.status) == (17, 11, Status.REPAIRED)
    assert not cell.review
    assert cell.reason
    assert result.verdict is Verdict.ACCEPTED


def test_a_misreading_that_competes_with_another_is_ambiguous() -> None:
    readings = disputes((10, 1, 0, 0, 17), NONE, NONE)
    readings["disputes.review.total"] = misread("disputes.review.total", 17, 11)
    readings["disputes.review.upheld"] = misread("disputes.review.upheld", 10, 16, 2500)
    cells = by_id(solve(readings))
    assert cells["review.total"].value == 11
    for name, values in (("total", [11, 17]), ("upheld", [10, 16])):
        cell = cells[f"review.{name}"]
        assert cell.status is Status.AMBIGUOUS
        assert [a.value for a in cell.alternatives] == values
        assert cell.review


def confirmed(cell: str, shown: int, value: int) -> Reading:
    return replace(
        reading(cell, shown),
        candidates=(Candidate(value, 0, Origin.CORRECTION),),
        change_cost=None,
    )


def test_a_confirmed_cell_keeps_its_value_and_settles_the_row() -> None:
    readings = disputes((10, 1, 0, 0, 12), NONE, NONE)
    readings["disputes.review.corrected"] = confirmed("disputes.review.corrected", 1, 2)
    result = solve(readings)
    cell = by_id(result)["review.corrected"]
    assert (cell.printed, cell.value, cell.status) == (1, 2, Status.CONFIRMED)
    assert (cell.review, cell.confidence) == (False, 1.0)
    assert by_id(result)["review.total"].status is Status.READ


def test_confirmed_cells_that_contradict_each_other_are_said_to_be_unsolvable() -> None:
    readings = disputes((10, 1, 0, 0, 12), NONE, NONE)
    for cell in [c.id for c in DISPUTES.cells if c.row.id == "review"]:
        amount = readings[cell].candidates[0].amount
        readings[cell] = confirmed(cell, amount, amount)
    result = solve(readings)
    assert codes(result) == ["C005"]
    row = [cell for cell in result.cells if cell.id.startswith("disputes.review.")]
    assert all(cell.review and cell.value is None for cell in row)
    assert by_id(result)["direct.total"].status is Status.READ
    assert result.checks[0].holds is None
    assert result.verdict is Verdict.REVIEW
    assert result.confidence == 0.0


def test_a_cell_that_can_have_no_amount_is_unsolvable() -> None:
    readings = disputes((10, 1, 0, 0, 11), NONE, NONE)
    nothing = Reading("disputes.review.total", None, (), None)
    result = solve(readings | {nothing.cell: nothing})
    assert codes(result) == ["C005"]
    assert by_id(result)["review.total"].status is Status.MISSING


def test_a_table_that_was_not_found_has_failed() -> None:
    readings = one_line(disputes((LOST,) * 5, (LOST,) * 5, (LOST,) * 5), complete=True)
    result = reconcile(DISPUTES, replace(readings, found=False), SETTINGS)
    assert result.verdict is Verdict.FAILED
    assert all(cell.status is Status.MISSING and cell.review for cell in result.cells)
    assert [check.holds for check in result.checks] == [None] * 3


@pytest.mark.parametrize(
    ("row", "flagged"),
    [
        ((10, 1, 0, 0, 11), set()),
        ((10, 1, 0, 0, 0), {cell.id for cell in DISPUTES.cells}),
        ((10, LOST, LOST, 0, 11), {cell.id for cell in DISPUTES.cells}),
    ],
)
def test_an_incomplete_line_is_sure_only_if_everything_that_touches_it_holds(
    row: tuple[Shown, ...], flagged: set[str]
) -> None:
    result = reconcile(DISPUTES, one_line(disputes(row, NONE, NONE), complete=False), SETTINGS)
    assert {cell.id for cell in result.cells if cell.review} == flagged


def test_nothing_in_a_line_is_surer_than_its_claim() -> None:
    readings = disputes((10, 1, 0, 0, 11), NONE, NONE)
    for claim, review in ((0.99, False), (0.9, True)):
        result = reconcile(DISPUTES, one_line(readings, claim=claim), SETTINGS)
        assert all(cell.confidence <= claim for cell in result.cells)
        assert {cell.review for cell in result.cells} == {review}
        assert result.confidence <= claim


def active_lines(shown: dict[str, Shown]) -> list[Line]:
    return [
        Line(line, (Placement(0, tuple(reading(c.id, shown.get(c.id, 0)) for c in cells)),))
        for line, cells in ACTIVE.lines
    ]


def active(lines: list[Line]) -> TableReadings:
    return TableReadings("active", "2021", tuple(lines))


def test_a_blank_outside_all_identities_stays_blank() -> None:
    shown: dict[str, Shown] = {"active.rules.issued": BLANK, "active.rules.repealed": "-"}
    result = reconcile(ACTIVE, active(active_lines(shown)), SETTINGS)
    cells = by_id(result)
    for name, raw in (("rules.issued", ""), ("rules.repealed", "-")):
        cell = cells[name]
        assert (cell.value, cell.read, cell.status) == (None, raw, Status.BLANK)
        assert not cell.review
    assert result.verdict is Verdict.ACCEPTED


def test_an_amount_in_another_unit_is_converted() -> None:
    lines = active_lines({})
    held = Observation((0, 7), "251000元", MentionKind.NUMBER, 251000)
    fee = Reading(
        "active.fees.amount",
        held,
        (Candidate(251000, 0, Origin.CONVERTED),),
        SETTINGS.misprint_cost,
    )
    lines[-1] = Line("active.fees", (Placement(0, (fee,)),))
    cell = by_id(reconcile(ACTIVE, active(lines), SETTINGS))["fees.amount"]
    assert (cell.printed, cell.value, cell.read) == (251000, 25.1, "251000元")
    assert cell.status is Status.CONVERTED
    assert not cell.review


@pytest.mark.parametrize(
    ("lost", "cost", "status"),
    [(True, 0, Status.MISSING), (False, 1000, Status.AMBIGUOUS), (False, 6000, Status.READ)],
)
def test_placements_compete_by_their_costs_where_no_identity_helps(
    lost: bool, cost: int, status: Status
) -> None:
    lines = active_lines({})
    first, second = ("active.rules.issued", "active.rules.repealed")
    third = reading("active.rules.in_force", 9)
    here = Placement(0, (reading(first, 4), reading(second, BLANK), third))
    there = Placement(cost, (reading(first, BLANK), reading(second, 4), third))
    gone = Placement(0, (reading(first, LOST), reading(second, LOST), third))
    lines[0] = Line("active.rules", (gone,) if lost else (here, there))
    cells = by_id(reconcile(ACTIVE, active(lines), SETTINGS))
    assert cells["rules.issued"].status is status
    assert cells["rules.issued"].review == (status is not Status.READ)
    assert cells["rules.in_force"].status is Status.READ
    if status is Status.AMBIGUOUS:
        assert [a.value for a in cells["rules.issued"].alternatives] == [4, None]
        assert [a.value for a in cells["rules.repealed"].alternatives] == [None, 4]


def test_an_incomplete_line_outside_all_identities_is_for_review() -> None:
    lines = active_lines({})
    lines[0] = replace(lines[0], complete=False)
    result = reconcile(ACTIVE, active(lines), SETTINGS)
    flagged = {cell.id for cell in result.cells if cell.review}
    assert flagged == {cell.id for cell in ACTIVE.cells if cell.row.id == "rules"}


def test_stray_numbers_forbid_acceptance() -> None:
    stray = (Observation((0, 1), "7", MentionKind.NUMBER, 7),)
    open_table = replace(active(active_lines({})), stray=stray)
    assert reconcile(ACTIVE, open_table, SETTINGS).verdict is Verdict.REVIEW
    checked = replace(one_line(disputes((1, 0, 0, 0, 1), NONE, NONE)), stray=stray)
    assert reconcile(DISPUTES, checked, SETTINGS).verdict is Verdict.REVIEW
