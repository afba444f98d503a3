"""The parts of reconciling alone: settings, identities, bounds."""

from dataclasses import asdict
from random import Random
from typing import Any

import pytest

from gouji.model.errors import ConfigError
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
)
from gouji.model.reconciling import load_settings, parse_settings
from gouji.model.reconciling.bounds import Bounder
from gouji.model.reconciling.identities import confirmed_twice, decided, holds
from gouji.model.reconciling.problem import Component, Terms, components

SHIPPED = asdict(load_settings())


def test_shipped_settings_are_read_and_prices_follow() -> None:
    settings = load_settings()
    assert parse_settings(SHIPPED, "copy") == settings
    assert settings.misprint_cost == 9210
    assert settings.blank_zero_cost < settings.blank_number_cost < settings.misprint_cost


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"speed": 3}, "speed"),
        ({"margin": 1.5}, "margin"),
        ({"margin": 0}, "margin"),
        ({"margin": True}, "margin"),
        ({"misprint": 1}, "misprint"),
        ({"review_below": "0.9"}, "review_below"),
        ({"max_explanations": 1}, "max_explanations"),
        ({"solver_time": -1.0}, "solver_time"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        parse_settings(SHIPPED | change, "my.json")
    assert "my.json" in str(caught.value)


def test_a_lacking_setting_is_refused_by_name() -> None:
    lacking = {key: value for key, value in SHIPPED.items() if key != "seed"}
    with pytest.raises(ConfigError, match="seed"):
        parse_settings(lacking, "my.json")


SUM: Terms = ((1, "total"), (-1, "a"), (-1, "b"))
OTHER: Terms = ((1, "a"), (-1, "c"))


@pytest.mark.parametrize(
    ("amounts", "verdict"),
    [
        ({"total": 3, "a": 1, "b": 2}, True),
        ({"total": 4, "a": 1, "b": 2}, False),
        ({"total": 4, "a": None, "b": 2}, None),
    ],
)
def test_an_identity_holds_fails_or_is_undecided(
    amounts: dict[str, int | None], verdict: bool | None
) -> None:
    assert holds(SUM, amounts) is verdict


@pytest.mark.parametrize(
    ("equations", "known", "unknown", "amounts"),
    [
        ([SUM], {"total": 3, "a": 1}, ["b"], {"b": 2}),
        ([SUM], {"a": 1, "b": 1}, ["total"], {"total": 2}),
        ([SUM], {"total": 0}, ["a", "b"], {"a": 0, "b": 0}),
        ([SUM], {"total": 3}, ["a", "b"], {}),
        ([SUM, OTHER], {"total": 3, "c": 1}, ["a", "b"], {"a": 1, "b": 2}),
        ([SUM], {"total": 10**17, "a": 1}, ["b"], {"b": 10**17 - 1}),
        ([((10, "total"), (-1, "a"))], {"total": 3}, ["a"], {"a": 30}),
        ([((10, "total"), (-1, "a"))], {"a": 31}, ["total"], None),
        ([SUM], {"total": 1, "a": 2}, ["b"], None),
        ([SUM], {"total": 1, "a": 2, "b": 2}, [], None),
    ],
)
def test_identities_decide_what_they_leave_one_amount_for(
    equations: list[Terms],
    known: dict[str, int],
    unknown: list[str],
    amounts: dict[str, int] | None,
) -> None:
    assert decided(equations, known, unknown, frozenset()) == amounts


def test_signed_cells_are_not_bounded_by_zero() -> None:
    assert decided([SUM], {"total": 0}, ["a", "b"], {"a", "b"}) == {}
    assert decided([SUM], {"total": 1, "a": 2}, ["b"], {"b"}) == {"b": -1}


def test_a_cell_is_confirmed_twice_if_any_identity_can_be_spared() -> None:
    known = {"total": 3, "b": 2, "c": 1}
    assert confirmed_twice([SUM, OTHER], known, ["a"], frozenset()) == {"a"}
    assert confirmed_twice([SUM], known, ["a"], frozenset()) == frozenset()


def component(numbers: dict[str, int]) -> Component:
    table = load_form().variants["requests"]["2021"]
    lines = tuple(
        Line(
            line,
            (
                Placement(
                    0,
                    tuple(
                        Reading(
                            cell.id,
                            Observation((0, 1), "", MentionKind.NUMBER, numbers.get(cell.id, 0)),
                            (Candidate(numbers.get(cell.id, 0), 0, Origin.PRINTED),),
                            1000,
                        )
                        for cell in cells
                    ),
                ),
            ),
        )
        for line, cells in table.lines
    )
    (part,) = components(table, TableReadings("requests", "2021", lines))
    return part


def near(part: Component, limit: int) -> set[str] | None:
    reach = Bounder(part).reach(limit)
    return None if reach is None else {part.units[n].cells[0] for n in reach.spare}


def test_where_nothing_is_violated_less_than_three_changes_are_out_of_reach() -> None:
    part = component({})
    assert near(part, 3000) == set()
    assert near(part, 3001) != set()


def test_one_wrong_cell_leaves_itself_within_reach_of_one_change() -> None:
    part = component({"requests.granted.natural": 5})
    assert Bounder(part).floor == 1000
    assert near(part, 1000) is None
    assert near(part, 1999) == {"requests.granted.natural"}


def test_bounds_never_exclude_a_set_of_changes_that_explains_the_table() -> None:
    rng = Random(5)
    cells = [cell.id for cell in load_form().variants["requests"]["2021"].cells]
    for n_changes in (1, 2, 3, 4):
        for _ in range(10):
            wrong = rng.sample(cells, n_changes)
            part = component({cell: rng.randint(1, 50) for cell in wrong})
            assert (near(part, 1000 * n_changes + 1) or set()) >= set(wrong)
