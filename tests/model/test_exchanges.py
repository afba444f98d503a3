from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings

from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind
from gouji.model.reading import Candidate, Line, Observation, Origin, Placement, TableReadings
from gouji.model.reading import Reading as CellReading
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.exchanges import undo
from gouji.model.reconciling.problem import components
from gouji.model.report import Status
from tests.model.test_reconciling_oracle import (
    SEEDS,
    TABLE,
    Values,
    all_explanations,
    cheapest_choices,
    random_table,
    search,
)
from tests.model.test_reconciling_oracle import SETTINGS as WITHOUT

WITH = replace(WITHOUT, exchanged=0.05)
REQUESTS = load_form().variants["requests"]["2021"]


def with_numbers(numbers: dict[str, int]) -> TableReadings:
    """Table requests printed in full, each number where it belongs."""
    settings = load_settings()

    def reading(cell: str) -> CellReading:
        number = numbers.get(cell, 0)
        observation = Observation((0, 1), str(number), MentionKind.NUMBER, number)
        candidates = (Candidate(number, 0, Origin.PRINTED),)
        return CellReading(cell, observation, candidates, settings.misprint_cost)

    lines = tuple(
        Line(line, (Placement(0, tuple(reading(cell.id) for cell in cells)),))
        for line, cells in REQUESTS.lines
    )
    return TableReadings("requests", "2021", lines)


def sound() -> dict[str, int]:
    """`granted` and `partial` with 5 and 3 from natural persons; all others follow."""
    numbers = {"requests.granted.natural": 5, "requests.partial.natural": 3}
    numbers |= {"requests.granted.total": 5, "requests.partial.total": 3}
    for row in ("new", "result_total"):
        numbers |= {f"requests.{row}.natural": 8, f"requests.{row}.total": 8}
    return numbers


def test_two_totals_off_by_the_same_are_the_numbers_of_one_column_exchanged() -> None:
    printed = sound() | {"requests.granted.natural": 3, "requests.partial.natural": 5}
    printed |= {"requests.new.total": 0}
    result = {c.id: c for c in reconcile(REQUESTS, with_numbers(printed), load_settings()).cells}
    for cell, value in (("granted", 5), ("partial", 3)):
        natural, total = (result[f"requests.{cell}.{column}"] for column in ("natural", "total"))
        assert natural.review
        assert total.review
        assert value in {a.value for a in natural.alternatives} | {natural.value}
    assert result["requests.new.total"].value == 8
    assert result["requests.new.total"].status is Status.SOURCE_ERROR


def test_exchange_and_two_wrong_totals_compete_and_both_are_named() -> None:
    printed = sound() | {"requests.granted.natural": 3, "requests.partial.natural": 5}
    result = {c.id: c for c in reconcile(REQUESTS, with_numbers(printed), load_settings()).cells}
    natural = result["requests.granted.natural"]
    assert natural.status is Status.AMBIGUOUS
    assert {a.value for a in natural.alternatives} == {3, 5}
    assert "互换" in {a.value: a.reason for a in natural.alternatives}[5]


def test_a_sound_table_has_nothing_to_undo() -> None:
    (component,) = components(REQUESTS, with_numbers(sound()))
    assert not list(undo(component))


def test_only_neighbours_that_mend_a_sum_are_exchanged() -> None:
    printed = sound() | {"requests.granted.natural": 3, "requests.partial.natural": 5}
    (component,) = components(REQUESTS, with_numbers(printed))
    pairs = {undone.pairs for undone in undo(component)}
    assert (("requests.granted.natural", "requests.partial.natural"),) in pairs
    assert all(set(chosen) <= set(component.neighbours) for chosen in pairs)


@pytest.mark.parametrize(
    "pair", [("sums.new.men", "sums.new.women"), ("sums.new.men", "sums.old.men")]
)
def test_neighbours_stand_side_by_side_or_one_below_the_other(pair: tuple[str, str]) -> None:
    assert pair in set(TABLE.neighbours)
    assert pair[::-1] not in set(TABLE.neighbours)


def exchanged(readings: TableReadings, pairs: tuple[tuple[str, str], ...]) -> TableReadings:
    """The readings with what the cells of each pair may mean exchanged."""
    for one, other in pairs:
        by_cell = {r.cell: r for line in readings.lines for r in line.placements[0].readings}
        swap = {
            one: replace(by_cell[other], cell=one),
            other: replace(by_cell[one], cell=other),
        }
        lines = tuple(
            replace(
                line,
                placements=(
                    Placement(0, tuple(swap.get(r.cell, r) for r in line.placements[0].readings)),
                ),
            )
            for line in readings.lines
        )
        readings = replace(readings, lines=lines)
    return readings


def violated(readings: TableReadings) -> set[str]:
    """The identities that the first candidates break."""
    first = {
        r.cell: r.candidates[0].amount
        for line in readings.lines
        for r in line.placements[0].readings
    }
    return {e.id for e in TABLE.equations if sum(sign * first[c] for sign, c in e.terms)}


def with_all_exchanges(readings: TableReadings) -> list[tuple[int, Values]]:
    """Every filling with its cost over the cheapest choices, exchanges included."""
    found = [(c - cheapest_choices(readings), v) for c, v in all_explanations(readings)]
    for n in (1, 2):
        for pairs in combinations(TABLE.neighbours, n):
            for order in (pairs, pairs[::-1]):
                steps = [exchanged(readings, order[:k]) for k in range(n + 1)]
                broken = [violated(step) for step in steps]
                touched = [
                    {c for e in TABLE.equations if e.id in b for _, c in e.terms} for b in broken
                ]
                if all(
                    broken[k + 1] < broken[k] and touched[k].issuperset(order[k]) for k in range(n)
                ):
                    price = n * WITH.exchanged_cost - cheapest_choices(steps[-1])
                    found += [(c + price, v) for c, v in all_explanations(steps[-1])]
    return found


@settings(max_examples=80, deadline=None, derandomize=True)
@given(SEEDS)
def test_search_equals_brute_force_over_exchanges(seed: int) -> None:
    rng = Random(seed)
    plain = random_table(seed, placements=1)
    lines = tuple(
        replace(
            line,
            placements=(
                Placement(
                    0,
                    tuple(
                        replace(r, candidates=r.candidates[:1], change_cost=rng.randint(2000, 4000))
                        for r in line.placements[0].readings
                    ),
                ),
            ),
        )
        for line in plain.lines
    )
    readings = replace(plain, lines=lines)
    outcome = search(readings, WITH)
    without = search(readings, WITHOUT)
    best = without.best
    assert best is not None
    if sum(pick.is_change for pick in best.picks.values()) < 2:
        assert outcome == without
        return
    costs: dict[Values, int] = {}
    for cost, values in with_all_exchanges(readings):
        costs[values] = min(cost, costs.get(values, cost))
    least = min(costs.values())
    cells = [cell.id for cell in TABLE.cells]
    assert outcome.best is not None
    assert outcome.best.extra == least
    near = [values for values, cost in costs.items() if cost < least + WITH.margin]
    assert tuple(outcome.best.picks[cell].amount for cell in cells) in near
    varying = {c for n, c in enumerate(cells) if len({values[n] for values in near}) > 1}
    assert outcome.varying == varying
