"""The search against brute force: every way to fill a table of nine cells, priced one by one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.model.form import Table
from gouji.model.form_file import parse_form
from gouji.model.mention import MentionKind
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
from gouji.model.reconciling.budget import Budget
from gouji.model.reconciling.problem import components
from gouji.model.reconciling.search import Outcome, explain

FORM = """
id: small
title: 小表
forms: {small: {sums: "1"}}
sections: [{id: main, heading: 一、总表}]
fields: [{id: year, type: year}]
tables:
  sums:
    columns: [{id: men, title: 男}, {id: women, title: 女}, {id: total, title: 合计}]
    rows: [{id: new, title: 新收}, {id: old, title: 上年结转}, {id: done, title: 办结}]
identities:
  - {id: row_total, table: sums, for: each row, total: total, parts: [men, women]}
  - {id: balance, table: sums, for: each column, left: [new, old], right: [done]}
links: [{id: prose, kind: within a report, equation: sums.new.total = year}]
"""
TABLE: Table = parse_form(FORM.encode(), "small.yaml").tables("small")[0]
TOP = 6
"""Candidates reach 3; beyond that one amount is as good as another, so 6 is far enough."""

Values = tuple[int, ...]


def cell_cost(reading: Reading, amount: int) -> int | None:
    costs = [c.cost for c in reading.candidates if c.amount == amount]
    costs += [] if reading.change_cost is None else [reading.change_cost]
    return min(costs, default=None)


def line_cost(line: Line, amounts: Values) -> int | None:
    totals = []
    for placement in line.placements:
        costs = [cell_cost(r, a) for r, a in zip(placement.readings, amounts, strict=True)]
        if None not in costs:
            totals.append(placement.cost + sum(c for c in costs if c is not None))
    return min(totals, default=None)


def all_explanations(readings: TableReadings) -> Iterator[tuple[int, Values]]:
    """Every filling of the table that adds up, with its cost: four cells decide the other five."""
    new, old, done = readings.lines
    sides = list(product(range(TOP + 1), repeat=2))
    new_costs = {side: line_cost(new, (*side, sum(side))) for side in sides}
    old_costs = {side: line_cost(old, (*side, sum(side))) for side in sides}
    wide = product(range(2 * TOP + 1), repeat=2)
    done_costs = {side: line_cost(done, (*side, sum(side))) for side in wide}
    for (a, new_cost), (b, old_cost) in product(new_costs.items(), old_costs.items()):
        c = (a[0] + b[0], a[1] + b[1])
        done_cost = done_costs[c]
        if new_cost is not None and old_cost is not None and done_cost is not None:
            cost = new_cost + old_cost + done_cost
            yield cost, (*a, sum(a), *b, sum(b), *c, sum(c))


def cheapest_choices(readings: TableReadings) -> int:
    """What taking everything as it reads first costs."""

    def first(reading: Reading) -> int:
        change = [] if reading.change_cost is None else [reading.change_cost]
        return min([c.cost for c in reading.candidates] + change)

    return sum(
        min(p.cost + sum(first(r) for r in p.readings) for p in line.placements)
        for line in readings.lines
    )


@st.composite
def a_reading(draw: st.DrawFn, cell: str) -> Reading:
    amounts = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True))
    costs = [0, *draw(st.lists(st.integers(0, 3000), min_size=3, max_size=3))]
    candidates = tuple(
        Candidate(amount, cost, Origin.MISREAD if n else Origin.PRINTED)
        for n, (amount, cost) in enumerate(zip(amounts, costs, strict=False))
    )
    change = draw(st.one_of(st.none(), st.integers(1500, 6000)))
    observation = Observation((0, 1), str(amounts[0]), MentionKind.NUMBER, amounts[0])
    return Reading(cell, observation, candidates, change)


@st.composite
def a_table(draw: st.DrawFn, *, placements: int) -> TableReadings:
    lines = []
    for line, cells in TABLE.lines:
        n_placements = draw(st.integers(1, placements))
        lines.append(
            Line(
                line,
                tuple(
                    Placement(
                        draw(st.integers(0, 2000)) if n else 0,
                        tuple(draw(a_reading(cell.id)) for cell in cells),
                    )
                    for n in range(n_placements)
                ),
            )
        )
    return TableReadings("sums", "1", tuple(lines))


SETTINGS = replace(load_settings(), margin=1400, max_explanations=4, solver_time=20.0)


def search(readings: TableReadings) -> Outcome:
    (component,) = components(TABLE, readings)
    return explain(component, SETTINGS, Budget(SETTINGS.solver_time))


def assert_agrees_with_brute_force(readings: TableReadings) -> None:
    outcome = search(readings)
    possible = list(all_explanations(readings))
    assert not outcome.unproved
    assert bool(outcome.explanations) == bool(possible)
    if not possible:
        return
    least = min(cost for cost, _ in possible)
    near = [values for cost, values in possible if cost < least + SETTINGS.margin]
    best = outcome.explanations[0]
    cells = [cell.id for cell in TABLE.cells]
    assert best.extra + cheapest_choices(readings) == least
    assert tuple(best.picks[cell].amount for cell in cells) in near
    varying = {c for n, c in enumerate(cells) if len({values[n] for values in near}) > 1}
    assert outcome.varying == varying
    second = sorted(cost for cost, values in possible if values != min(possible)[1])
    if len(outcome.explanations) > 1 and len(near) == len(set(near)):
        assert outcome.explanations[1].extra + cheapest_choices(readings) >= second[0]


@settings(max_examples=1200, deadline=None, derandomize=True)
@given(a_table(placements=1))
def test_search_equals_brute_force_over_candidates_and_changes(readings: TableReadings) -> None:
    assert_agrees_with_brute_force(readings)


@settings(max_examples=800, deadline=None, derandomize=True)
@given(a_table(placements=3))
def test_search_equals_brute_force_over_placements(readings: TableReadings) -> None:
    assert_agrees_with_brute_force(readings)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(a_table(placements=2))
def test_values_break_no_identity_and_printed_numbers_stay(readings: TableReadings) -> None:
    result = reconcile(TABLE, readings, SETTINGS)
    values = {cell.id: cell.value for cell in result.cells}
    for equation in TABLE.equations:
        left = [values[cell] for cell in equation.left]
        right = [values[cell] for cell in equation.right]
        numbers = [v for v in (*left, *right) if v is not None]
        if len(numbers) == len(left) + len(right):
            assert sum(v or 0 for v in left) == sum(v or 0 for v in right)
    printed = {
        (r.cell, r.observation.value)
        for line in readings.lines
        for placement in line.placements
        for r in placement.readings
        if r.observation
    }
    assert all((cell.id, cell.printed) in printed for cell in result.cells)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(a_table(placements=3))
def test_same_readings_give_the_same_result(readings: TableReadings) -> None:
    assert repr(reconcile(TABLE, readings, SETTINGS)) == repr(
        reconcile(TABLE, readings, SETTINGS)
    )


@pytest.mark.parametrize("time", [1e-9, 1e-4])
def test_want_of_time_is_reported_and_flags_what_is_not_proved(time: float) -> None:
    cells = [cell.id for cell in TABLE.cells]
    amounts = dict(zip(cells, (3, 2, 9, 1, 1, 2, 2, 4, 6), strict=True))
    lines = tuple(
        Line(
            line,
            (
                Placement(
                    0,
                    tuple(
                        Reading(
                            c.id,
                            Observation((0, 1), str(amounts[c.id]), MentionKind.NUMBER, 1),
                            (Candidate(amounts[c.id], 0, Origin.PRINTED),),
                            5000,
                        )
                        for c in row
                    ),
                ),
            ),
        )
        for line, row in TABLE.lines
    )
    hurried = replace(SETTINGS, solver_time=time)
    result = reconcile(TABLE, TableReadings("sums", "1", lines), hurried)
    codes = [finding.code for finding in result.findings]
    if "C004" in codes:
        concerned = result.findings[codes.index("C004")].cells
        assert all(cell.review for cell in result.cells if cell.id in concerned)
    assert time > 1e-9 or "C004" in codes
