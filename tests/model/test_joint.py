"""Lines without their zeros, laid jointly: against brute force, and as tables come to be read."""

from collections import defaultdict
from itertools import product
from math import exp
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.model.form_file import load_form
from gouji.model.mention import Mention, MentionKind, TableMentions
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.reconciling.chart import Stage, fill, narrowed
from gouji.model.reconciling.identities import holds
from gouji.model.reconciling.joint import place_jointly
from gouji.model.reconciling.problem import components
from gouji.model.report import CellResult, Status, TableResult
from tests.model.test_reconciling_oracle import TABLE, random_table

SETTINGS = load_settings()
REQUESTS = load_form().variants["requests"]["2021"]
DISPUTES = load_form().variants["disputes"]["2019"]
COLUMNS = [column.id for column in REQUESTS.blocks[0].columns]
SEEDS = st.integers(0, 2**32 - 1)

Rows = dict[str, list[int]]
"""Rows of table requests with their seven numbers; a row that is left out is all zeros."""


def mentions(rows: Rows, shown: str = "") -> TableMentions:
    """The table without its zeros; `shown` is what stands in their place, if anything does."""
    found: list[Mention] = []
    for group, (row, numbers) in enumerate(rows.items()):
        texts = [str(n) if n else shown for n in numbers]
        texts = [text for text in texts if text]
        for rank, text in enumerate(texts):
            spare = len(COLUMNS) - len(texts)
            columns = COLUMNS[rank : rank + spare + 1]
            share = tuple((column, 0.999 / len(columns)) for column in columns)
            at = 10 * len(found)
            found.append(
                Mention(
                    (at, at + len(text)),
                    text,
                    MentionKind.NUMBER,
                    int(text),
                    row=((f"requests.{row}", 0.999),),
                    column=share,
                    group=group,
                )
            )
    return TableMentions("requests", "2021", (0, 10 * len(found)), tuple(found))


def table_of(granted: list[int], partial: list[int], new: list[int] | None = None) -> Rows:
    """A sound table with these numbers of two rows; applications are new ones."""
    both = [a + b for a, b in zip(granted, partial, strict=True)]
    rows = {"new": new or both, "granted": granted, "partial": partial, "result_total": both}
    return {row: [*numbers, sum(numbers)] for row, numbers in rows.items()}


def reconciled(rows: Rows, shown: str = "") -> TableResult:
    return reconcile(
        REQUESTS, assemble(REQUESTS, mentions(rows, shown), SETTINGS).readings, SETTINGS
    )


def cells(result: TableResult) -> dict[str, CellResult]:
    return {cell.id.removeprefix("requests."): cell for cell in result.cells}


def test_rows_that_only_fit_in_one_way_are_placed_without_a_flag() -> None:
    rows = table_of([100, 0, 7, 20, 3, 1], [0, 40, 0, 0, 0, 9])
    result = reconciled(rows)
    found = cells(result)
    for row, numbers in rows.items():
        assert [found[f"{row}.{column}"].value for column in COLUMNS] == numbers
    assert not [cell.id for cell in result.cells if cell.review]
    assert result.verdict.value == "accepted"


def test_a_number_that_fits_two_columns_is_flagged_with_both() -> None:
    rows = table_of([5, 5, 7, 20, 3, 1], [0, 5, 0, 0, 0, 0])
    rows["granted"] = [5, 0, 7, 20, 3, 1, 36]
    rows["partial"] = [0, 10, 0, 0, 0, 0, 10]
    rows["denied_law"] = [5, 0, 0, 0, 0, 0, 5]
    rows["denied_safety"] = [0, 5, 0, 0, 0, 0, 5]
    rows["result_total"] = rows["new"] = [10, 15, 7, 20, 3, 1, 56]
    found = cells(reconciled(rows))
    for row in ("denied_law", "denied_safety"):
        doubtful = found[f"{row}.natural"]
        assert doubtful.status is Status.AMBIGUOUS
        assert doubtful.review
        assert {a.value for a in doubtful.alternatives} == {0, 5}
        assert found[f"{row}.total"].value == 5
        assert not found[f"{row}.total"].review
    assert not found["granted.ngo"].review


def test_columns_of_which_none_is_known_are_all_flagged() -> None:
    result = reconciled(table_of([4, 2, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]))
    doubtful = [c for c in result.cells if c.value and not c.id.endswith(".total")]
    assert doubtful
    assert all(cell.review for cell in doubtful)


def test_a_table_that_prints_a_zero_has_not_left_zeros_out() -> None:
    rows = table_of([100, 0, 7, 20, 3, 1], [0, 40, 0, 0, 0, 9])
    whole = mentions(rows, "0")
    lacking = tuple(m for m in whole.mentions if m.group != 1 or m.value != 7)
    table = TableMentions(whole.table, whole.variant, whole.span, lacking)
    readings = assemble(REQUESTS, table, SETTINGS).readings
    assert not any(line.sparse for line in readings.lines)


def test_lines_whose_sums_do_not_hold_are_not_taken_for_lines_without_zeros() -> None:
    lacking = {"new": [3, 0, 0, 0, 0, 0, 9], "granted": [5, 0, 0, 0, 0, 0, 8]}
    readings = assemble(REQUESTS, mentions(lacking), SETTINGS).readings
    assert not any(line.sparse for line in readings.lines)


def test_one_wrong_number_among_lines_without_zeros_flags_the_table() -> None:
    rows = table_of([100, 0, 7, 20, 3, 1], [0, 40, 0, 0, 0, 9])
    rows["result_total"] = [100, 40, 7, 20, 3, 11, 181]
    result = reconciled(rows)
    wrong = [c for c in result.cells if not c.review and c.id.endswith("result_total.other")]
    assert not wrong
    assert result.verdict.value == "review"


def test_a_row_lost_as_a_whole_is_not_silently_zero() -> None:
    rows = table_of([100, 0, 7, 20, 3, 1], [0, 40, 0, 0, 0, 9])
    rows["carried_in"] = [5, 0, 0, 0, 0, 0, 5]
    rows["result_total"] = [105, 40, 7, 20, 3, 10, 185]
    rows["denied_law"] = [5, 0, 0, 0, 0, 0, 5]
    del rows["carried_in"]
    found = cells(reconciled(rows))
    for column in ("natural", "total"):
        assert found[f"carried_in.{column}"].review or found[f"carried_in.{column}"].value == 5


def test_too_many_states_leave_the_rest_unproved() -> None:
    rng = Random(5)
    results = [row.id for row in REQUESTS.blocks[0].rows][2:-2]
    rows: Rows = {}
    for row in results:
        numbers = [rng.choice((0, 0, rng.randint(1, 99))) for _ in range(6)]
        rows[row] = [*numbers, sum(numbers)]
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    rows |= {"result_total": total, "new": total}
    (part,) = components(REQUESTS, assemble(REQUESTS, mentions(rows), SETTINGS).readings)
    few = place_jointly(part, 200)
    assert few is None or few.unproved


def brute_force(stages: list[Stage], start: np.ndarray) -> list[tuple[int, ...]]:
    """Every choice of one option a stage that brings all sums to zero."""
    ranges = (range(len(stage.costs)) for stage in stages)
    return [
        chosen
        for chosen in product(*ranges)
        if not (start + sum(s.effects[n] for s, n in zip(stages, chosen, strict=True))).any()
    ]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(SEEDS)
def test_chart_equals_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_sums = int(rng.integers(1, 4))
    sizes = rng.integers(1, 5, size=int(rng.integers(1, 6)))
    stages = [Stage(rng.integers(0, 3000, n), rng.integers(-2, 3, (n, n_sums))) for n in sizes]
    start = rng.integers(-2, 3, n_sums)
    ways = brute_force(stages, start)
    chart = fill(stages, start, 10_000)
    assert (chart is None) == (not ways)
    possible = narrowed(stages, start)
    for way in ways:
        assert all(mask[n] for mask, n in zip(possible, way, strict=True))
    if chart is None:
        return
    costs = {way: sum(int(s.costs[n]) for s, n in zip(stages, way, strict=True)) for way in ways}
    assert chart.complete
    assert chart.n_ways == len(ways)
    assert chart.cost == min(costs.values())
    assert costs[tuple(chart.cheapest())] == chart.cost
    weights = {way: exp(-cost / 1000) for way, cost in costs.items()}
    total = sum(weights.values())
    assert chart.rest == pytest.approx(total / exp(-chart.cost / 1000) - 1, abs=1e-9)
    for n, share in enumerate(chart.shares()):
        expected: dict[int, float] = defaultdict(float)
        for way, weight in weights.items():
            expected[way[n]] += weight / total
        assert list(share) == pytest.approx([expected[i] for i in range(len(share))], abs=1e-9)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(SEEDS)
def test_joint_placing_equals_brute_force(seed: int) -> None:
    (part,) = components(TABLE, random_table(seed, placements=4))
    choices = [
        [
            (layout.extra, {slot.cell: slot.options[0].amount for slot in layout.slots})
            for layout in unit.layouts
        ]
        for unit in part.units
    ]
    found: dict[tuple[int | None, ...], int] = {}
    for chosen in product(*choices):
        amounts = {cell: n for _, cells in chosen for cell, n in cells.items()}
        if all(holds(terms, amounts) for terms in part.equations):
            values = tuple(amounts[cell] for cell in part.base)
            cost = sum(extra for extra, _ in chosen)
            found[values] = min(cost, found.get(values, cost))
    joint = place_jointly(part, 10_000)
    has_choice = any(len(unit.layouts) > 1 for unit in part.units)
    assert (joint is not None) == (bool(found) and has_choice)
    if joint is None:
        return
    assert joint.n_placings == len(found)
    assert found[tuple(joint.best.picks[cell].amount for cell in part.base)] == min(found.values())
    total = sum(exp(-cost / 1000) for cost in found.values())
    for n, cell in enumerate(part.base):
        for amount, share in joint.shares.get(cell, {}).items():
            weight = sum(exp(-c / 1000) for v, c in found.items() if v[n] == amount)
            assert share == pytest.approx(weight / total, abs=1e-9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(SEEDS, st.integers(1, 30))
def test_a_chart_with_few_states_finds_true_ways_or_none(seed: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    stages = [Stage(rng.integers(0, 9, 4), rng.integers(-3, 4, (4, 2))) for _ in range(5)]
    start = np.zeros(2, np.int64)
    chart = fill(stages, start, most)
    whole = fill(stages, start, 10_000)
    if chart is None:
        return
    assert whole is not None
    assert tuple(chart.cheapest()) in brute_force(stages, start)
    assert chart.n_ways <= whole.n_ways
    assert chart.complete == (chart.n_ways == whole.n_ways) or not chart.complete
