"""Reconciling the large table: errors are located, blanks filled, collapsed rows placed."""

from itertools import combinations
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind
from gouji.model.reading import (
    Candidate,
    Line,
    Observation,
    Origin,
    Placement,
    Reading,
    TableReadings,
    cost_of,
)
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.report import Status, TableResult, Verdict

TABLE = load_form().variants["requests"]["2021"]
SETTINGS = load_settings()
ROWS = [row.id for row in TABLE.blocks[0].rows]
APPLICANTS = [column.id for column in TABLE.blocks[0].columns][:-1]
RESULTS = [r for r in ROWS if r not in ("new", "carried_in", "result_total", "carried_out")]
SEEDS = st.integers(0, 2**32 - 1)

Numbers = dict[str, int]


def consistent(rng: Random) -> Numbers:
    """A table that adds up; its scale is log-uniform, and many cells are zero."""
    scale, density = 10 ** rng.uniform(0.3, 3.5), rng.uniform(0.1, 0.7)
    numbers: dict[tuple[str, str], int] = {}
    for column in APPLICANTS:
        for row in RESULTS:
            numbers[row, column] = int(scale ** rng.random()) if rng.random() < density else 0
        done = sum(numbers[row, column] for row in RESULTS)
        left = rng.randint(0, int(scale / 10))
        before = rng.randint(0, min(done + left, int(scale / 10)))
        numbers["result_total", column], numbers["carried_out", column] = done, left
        numbers["carried_in", column], numbers["new", column] = before, done + left - before
    for row in ROWS:
        numbers[row, "total"] = sum(numbers[row, column] for column in APPLICANTS)
    return {f"requests.{row}.{column}": number for (row, column), number in numbers.items()}


def printed(cell: str, number: int) -> Reading:
    held = Observation((0, 1), str(number), MentionKind.NUMBER, number)
    return Reading(cell, held, (Candidate(number, 0, Origin.PRINTED),), SETTINGS.misprint_cost)


def blank(cell: str) -> Reading:
    zero = Candidate(0, SETTINGS.blank_zero_cost, Origin.BLANK_ZERO)
    held = Observation((0, 0), "", MentionKind.BLANK, None)
    return Reading(cell, held, (zero,), SETTINGS.blank_number_cost)


def lost(cell: str) -> Reading:
    return Reading(cell, None, (), 0)


def solve(numbers: Numbers, changes: dict[str, Reading] | None = None) -> TableResult:
    readings = {cell: printed(cell, number) for cell, number in numbers.items()} | (changes or {})
    lines = tuple(
        Line(line, (Placement(0, tuple(readings[cell.id] for cell in cells)),))
        for line, cells in TABLE.lines
    )
    return reconcile(TABLE, TableReadings("requests", "2021", lines), SETTINGS)


def one_digit_off(rng: Random, number: int) -> int:
    digits = list(str(number))
    place = rng.randrange(len(digits))
    digits[place] = rng.choice([d for d in "0123456789" if d != digits[place]])
    return int("".join(digits))


def silently_wrong(result: TableResult, truth: Numbers) -> list[str]:
    return [c.id for c in result.cells if not c.review and (c.value or 0) != truth[c.id]]


def assert_identities_hold(result: TableResult) -> None:
    assert all(check.holds is not False for check in result.checks)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SEEDS)
def test_one_wrong_digit_is_located_restored_and_flagged_alone(seed: int) -> None:
    rng = Random(seed)
    truth = consistent(rng)
    cell = rng.choice(sorted(truth))
    shown = one_digit_off(rng, truth[cell])
    result = solve(truth | {cell: shown})
    for found in result.cells:
        assert found.value == truth[found.id]
        assert found.printed == (shown if found.id == cell else truth[found.id])
        assert found.status is (Status.SOURCE_ERROR if found.id == cell else Status.READ)
        assert found.review == (found.id == cell)
    assert [(f.code, f.cells) for f in result.findings] == [("C001", (cell,))]
    assert result.verdict is Verdict.REVIEW


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS, st.integers(2, 4))
def test_several_wrong_digits_are_never_silently_wrong(seed: int, n_errors: int) -> None:
    rng = Random(seed)
    truth = consistent(rng)
    wrong = {c: one_digit_off(rng, truth[c]) for c in rng.sample(sorted(truth), n_errors)}
    result = solve(truth | wrong)
    assert silently_wrong(result, truth) == []
    assert_identities_hold(result)
    assert {cell.id for cell in result.cells if cell.review} >= wrong.keys()


def test_three_errors_cast_doubt_where_their_lines_cross() -> None:
    truth = consistent(Random(3))
    places = [("granted", "natural"), ("partial", "business"), ("rejected_repeat", "legal")]
    wrong = {f"requests.{r}.{c}": 1000 + truth[f"requests.{r}.{c}"] + len(c) for r, c in places}
    result = solve(truth | wrong)
    assert {cell.id: cell.value for cell in result.cells} == truth
    crossed = {f"requests.{row}.{column}" for row, _ in places for _, column in places}
    assert {cell.id for cell in result.cells if cell.review} == crossed
    assert {c.id for c in result.cells if c.status is Status.SOURCE_ERROR} == wrong.keys()


def test_numbers_wrong_all_over_cast_doubt_on_their_lines() -> None:
    truth = consistent(Random(3))
    places = list(zip(RESULTS, APPLICANTS, strict=False))
    wrong = {
        f"requests.{r}.{c}": truth[f"requests.{r}.{c}"] + 7**n for n, (r, c) in enumerate(places)
    }
    flagged = {cell.id for cell in solve(truth | wrong).cells if cell.review}
    near = [{cell for _, cell in equation.terms} for equation in TABLE.equations]
    assert flagged == {cell for members in near if members & wrong.keys() for cell in members}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS)
def test_errors_among_blanks_are_never_silently_wrong(seed: int) -> None:
    rng = Random(seed)
    truth = consistent(rng)
    cells = rng.sample(sorted(truth), 2)
    wrong = {cell: one_digit_off(rng, truth[cell]) for cell in cells}
    blanks = {c: blank(c) for c, number in truth.items() if not number and c not in wrong}
    result = solve(truth | wrong, blanks)
    assert silently_wrong(result, truth) == []
    assert_identities_hold(result)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(SEEDS, st.sampled_from(ROWS))
def test_a_lost_row_is_inferred_from_the_others(seed: int, row: str) -> None:
    truth = consistent(Random(seed))
    cells = {c: lost(c) for c in truth if c.split(".")[1] == row}
    result = solve(truth, cells)
    for cell in result.cells:
        assert cell.value == truth[cell.id]
        assert cell.status is (Status.INFERRED if cell.id in cells else Status.READ)
        assert not cell.review


def test_two_lost_rows_are_missing_where_only_their_sum_is_known() -> None:
    truth = consistent(Random(4))
    cells = {c: lost(c) for c in truth if c.split(".")[1] in ("granted", "partial")}
    result = solve(truth, cells)
    assert silently_wrong(result, truth) == []
    assert {cell.status for cell in result.cells if cell.id in cells} <= {
        Status.MISSING,
        Status.INFERRED,
    }
    assert any(cell.status is Status.MISSING for cell in result.cells)
    assert result.verdict is Verdict.REVIEW


@settings(max_examples=20, deadline=None, derandomize=True)
@given(SEEDS)
def test_blank_totals_of_all_result_rows_are_inferred(seed: int) -> None:
    truth = consistent(Random(seed))
    totals = {f"requests.{row}.total": blank(f"requests.{row}.total") for row in RESULTS}
    result = solve(truth, totals)
    for cell in result.cells:
        assert cell.value == truth[cell.id]
        assert cell.status is (Status.INFERRED if cell.id in totals else Status.READ)
        assert not cell.review
    assert result.verdict is Verdict.ACCEPTED


def test_an_empty_table_with_blanks_has_no_value_and_needs_no_look() -> None:
    result = solve(
        dict.fromkeys(consistent(Random(0)), 0), {c.id: blank(c.id) for c in TABLE.cells}
    )
    assert {cell.status for cell in result.cells} == {Status.BLANK}
    assert {cell.value for cell in result.cells} == {None}
    assert result.verdict is Verdict.ACCEPTED


def collapsed(line: str, numbers: Numbers, *, found: bool) -> Line:
    """All ways to put the numbers of a row, in their order, into its cells."""
    cells = [cell.id for cell in dict(TABLE.lines)[line]]
    shown = [numbers[cell] for cell in cells if numbers[cell]]
    placements = []
    for places in combinations(range(len(cells)), len(shown)):
        at = dict(zip(places, shown, strict=True))
        readings = (
            printed(cell, at[n]) if n in at else blank(cell) if found else lost(cell)
            for n, cell in enumerate(cells)
        )
        cost = cost_of(1 / comb(len(cells), len(shown)))
        placements.append(Placement(cost, tuple(readings)))
    return Line(line, tuple(placements))


def solve_collapsed(numbers: Numbers, rows: set[str], *, found: bool) -> TableResult:
    lines = tuple(
        collapsed(line, numbers, found=found)
        if line.removeprefix("requests.") in rows
        else Line(line, (Placement(0, tuple(printed(c.id, numbers[c.id]) for c in cells)),))
        for line, cells in TABLE.lines
    )
    return reconcile(TABLE, TableReadings("requests", "2021", lines), SETTINGS)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS, st.sampled_from(ROWS), st.booleans())
def test_a_collapsed_row_is_placed_by_the_sums(seed: int, row: str, found: bool) -> None:
    truth = consistent(Random(seed))
    result = solve_collapsed(truth, {row}, found=found)
    assert {cell.id: cell.value for cell in result.cells} == truth
    assert not any(cell.review for cell in result.cells)
    assert not any(finding.code == "C002" for finding in result.findings)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS, st.booleans())
def test_several_collapsed_rows_are_never_silently_wrong(seed: int, found: bool) -> None:
    rng = Random(seed)
    truth = consistent(rng)
    result = solve_collapsed(truth, set(rng.sample(ROWS, 4)), found=found)
    assert silently_wrong(result, truth) == []
    assert_identities_hold(result)


def test_collapsed_rows_that_the_sums_leave_open_are_ambiguous() -> None:
    truth = dict.fromkeys(consistent(Random(0)), 0)
    for row in ("new", "result_total", "granted", "partial"):
        truth |= {f"requests.{row}.natural": 3, f"requests.{row}.total": 3}
    for row in ("new", "result_total"):
        truth |= {f"requests.{row}.natural": 3, f"requests.{row}.business": 3}
        truth[f"requests.{row}.total"] = 6
    truth |= {"requests.partial.natural": 0, "requests.partial.business": 3}
    result = solve_collapsed(truth, {"granted", "partial"}, found=True)
    cells = {cell.id: cell for cell in result.cells}
    for row in ("granted", "partial"):
        for column in ("natural", "business"):
            cell = cells[f"requests.{row}.{column}"]
            assert cell.status is Status.AMBIGUOUS
            assert {a.value for a in cell.alternatives} == {0, 3}
        assert cells[f"requests.{row}.total"].value == 3
    assert silently_wrong(result, truth) == []
    assert [finding.code for finding in result.findings] == ["C002"]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_readings_give_the_same_bytes(seed: int) -> None:
    rng = Random(seed)
    truth = consistent(rng)
    wrong = {c: one_digit_off(rng, truth[c]) for c in rng.sample(sorted(truth), 4)}
    assert repr(solve(truth | wrong)) == repr(solve(truth | wrong))
