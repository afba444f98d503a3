"""The search against brute force: every way to fill a table of nine cells, priced one by one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

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
from gouji.model.reconciling import ReconcilingSettings, load_settings, reconcile
from gouji.model.reconciling.budget import Budget
from gouji.model.reconciling.outcome import Outcome
from gouji.model.reconciling.problem import components
from gouji.model.reconciling.weighing import explain
from gouji.model.report import Status, Verdict

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
TOP = 5
"""Candidates reach 3; beyond that one amount is as good as another, so 5 is far enough."""

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


def random_reading(rng: Random, cell: str, truth: int) -> Reading:
    """A number that is mostly the true one, other candidates, and mostly a possible change."""
    amounts = rng.sample(range(4), rng.randint(1, 4))
    if truth < 4 and rng.random() < 0.75:
        amounts = [truth, *(amount for amount in amounts[:3] if amount != truth)]
    candidates = tuple(
        Candidate(amount, rng.randint(0, 3000) if n else 0, Origin.MISREAD if n else Origin.PRINTED)
        for n, amount in enumerate(amounts)
    )
    change = rng.choice([None, rng.randint(1500, 6000), rng.randint(1500, 6000)])
    observation = Observation((0, 1), str(amounts[0]), MentionKind.NUMBER, amounts[0])
    return Reading(cell, observation, candidates, change)


def random_table(seed: int, *, placements: int) -> TableReadings:
    """Readings around a table that adds up, each line under up to so many placements."""
    rng = Random(seed)
    new, old = [rng.randint(0, 2), rng.randint(0, 1)], [rng.randint(0, 1), rng.randint(0, 1)]
    done = [a + b for a, b in zip(new, old, strict=True)]
    return TableReadings(
        "sums",
        "1",
        tuple(
            Line(
                line,
                tuple(
                    Placement(
                        rng.randint(0, 2000) if n else 0,
                        tuple(
                            random_reading(rng, cell.id, amount)
                            for cell, amount in zip(cells, (*row, sum(row)), strict=True)
                        ),
                    )
                    for n in range(rng.randint(1, placements))
                ),
            )
            for (line, cells), row in zip(TABLE.lines, (new, old, done), strict=True)
        ),
    )


SEEDS = st.integers(0, 2**32 - 1)
SETTINGS = replace(
    load_settings(), margin=700, max_explanations=3, solver_time=20.0, exchanged=1e-30
)


def search(readings: TableReadings, weights: ReconcilingSettings = SETTINGS) -> Outcome:
    (component,) = components(TABLE, readings)
    return explain(component, weights, Budget(weights.solver_time))


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
    extras = [explanation.extra for explanation in outcome.explanations]
    costs = sorted(cost - least for cost, _ in set(possible) if cost < least + SETTINGS.margin)
    listed = costs[: SETTINGS.max_explanations]
    assert [extra - extras[0] for extra in extras][: len(listed)] == listed
    assert not outcome.exhausted or len(extras) == len(costs)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(SEEDS)
def test_search_equals_brute_force_over_candidates_and_changes(seed: int) -> None:
    assert_agrees_with_brute_force(random_table(seed, placements=1))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(SEEDS)
def test_search_equals_brute_force_over_placements(seed: int) -> None:
    assert_agrees_with_brute_force(random_table(seed, placements=2))


@pytest.mark.slow
@settings(max_examples=3750, deadline=None, derandomize=True)
@given(SEEDS)
def test_search_equals_brute_force_in_many_tables(seed: int) -> None:
    assert_agrees_with_brute_force(random_table(seed, placements=1))


@pytest.mark.slow
@settings(max_examples=1250, deadline=None, derandomize=True)
@given(SEEDS)
def test_search_equals_brute_force_over_placements_in_many_tables(seed: int) -> None:
    assert_agrees_with_brute_force(random_table(seed, placements=2))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS)
def test_values_break_no_identity_and_printed_numbers_stay(seed: int) -> None:
    readings = random_table(seed, placements=2)
    result = reconcile(TABLE, readings, SETTINGS)
    values = {cell.id: cell.value for cell in result.cells}
    for equation, check in zip(TABLE.equations, result.checks, strict=True):
        numbers = [(sign, values[cell]) for sign, cell in equation.terms]
        if all(number is not None for _, number in numbers):
            assert sum(sign * (number or 0) for sign, number in numbers) == 0
            assert check.holds is True
        else:
            assert check.holds is None
    printed = {
        (reading.cell, reading.observation.value)
        for line in readings.lines
        for placement in line.placements
        for reading in placement.readings
        if reading.observation
    }
    assert all((cell.id, cell.printed) in printed for cell in result.cells)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS)
def test_a_cell_that_is_read_has_the_printed_value(seed: int) -> None:
    result = reconcile(TABLE, random_table(seed, placements=2), SETTINGS)
    for cell in result.cells:
        if cell.status is Status.READ:
            assert cell.value == cell.printed
        elif cell.value != cell.printed:
            assert cell.status in (Status.REPAIRED, Status.SOURCE_ERROR, Status.AMBIGUOUS)
            assert cell.reason
            assert cell.reason_en


@settings(max_examples=20, deadline=None, derandomize=True)
@given(SEEDS)
def test_same_readings_give_the_same_bytes(seed: int) -> None:
    first, second = (reconcile(TABLE, random_table(seed, placements=3), SETTINGS) for _ in range(2))
    assert repr(first) == repr(second)


@pytest.mark.parametrize("time", [1e-9, 1e-5])
def test_want_of_time_is_reported_and_flags_what_is_not_proved(time: float) -> None:
    hurried = replace(SETTINGS, solver_time=time)
    stopped = 0
    for seed in range(30):
        readings = random_table(seed, placements=3)
        outcome = search(readings, hurried)
        result = reconcile(TABLE, readings, hurried)
        concerned = {c for f in result.findings if f.code == "C004" for c in f.cells}
        assert concerned == outcome.unproved
        assert all(cell.review for cell in result.cells if cell.id in concerned)
        if concerned:
            stopped += 1
            assert result.verdict is Verdict.REVIEW
            assert result.confidence <= 0.5
    assert stopped


def test_what_is_proved_before_time_runs_out_is_right() -> None:
    for seed in range(30):
        readings = random_table(seed, placements=2)
        hurried = search(readings, replace(SETTINGS, solver_time=1e-4))
        whole = search(readings)
        for cell in hurried.component.cells - hurried.unproved:
            if hurried.explanations and cell not in hurried.varying:
                assert cell not in whole.varying
                assert hurried.picks[cell].amount == whole.picks[cell].amount
