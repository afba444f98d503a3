from math import sqrt

import pytest

from gouji.inference.bootstrap import Estimate, estimates

WRONG = [("wrong", "cells")]


def documents(*counts: tuple[int, int]) -> list[dict[str, int]]:
    return [{"wrong": wrong, "cells": cells} for wrong, cells in counts]


def test_two_documents_give_the_three_rates_they_can_be_drawn_to() -> None:
    # 0, 1/2 and 1 with probabilities 1/4, 1/2 and 1/4: both tails reach the ends
    assert estimates(documents((1, 1), (0, 1)), WRONG) == (Estimate(1, 2, 0.0, 1.0),)


def test_documents_of_one_trial_give_the_interval_of_a_binomial_rate() -> None:
    (found,) = estimates(documents(*[(1, 1)] * 120, *[(0, 1)] * 280), WRONG)
    half = 1.96 * sqrt(0.3 * 0.7 / 400)
    assert found.value == 0.3
    assert (found.low, found.high) == pytest.approx((0.3 - half, 0.3 + half), abs=0.006)


def test_cells_that_go_wrong_together_do_not_narrow_the_interval() -> None:
    (alone,) = estimates(documents(*[(1, 1)] * 12, *[(0, 1)] * 28), WRONG)
    (together,) = estimates(documents(*[(100, 100)] * 12, *[(0, 100)] * 28), WRONG)
    assert (together.low, together.high) == (alone.low, alone.high)


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        ([(0, 300), (0, 300)], (0.0, 0.005)),
        ([(300, 300), (300, 300)], (0.995, 1.0)),
        ([(0, 2)], (0.0, 1.0)),
        ([(1, 2)], (None, None)),
        ([(0, 0), (0, 0)], (None, None)),
        ([], (None, None)),
    ],
)
def test_where_the_bootstrap_sees_no_variation_the_rule_of_three_holds_or_nothing(
    counts: list[tuple[int, int]], interval: tuple[float | None, float | None]
) -> None:
    (found,) = estimates(documents(*counts), WRONG)
    assert (found.low, found.high) == pytest.approx(interval)


def test_draws_that_leave_a_rate_undefined_are_left_out() -> None:
    (found,) = estimates(documents((1, 2), (0, 0), (0, 0)), WRONG)
    assert (found.low, found.high) == (0.5, 0.5)


def test_rates_are_drawn_together_and_a_seed_gives_the_same_again() -> None:
    counted = [{"a": n % 3, "b": n % 5, "n": 7} for n in range(30)]
    both = estimates(counted, [("a", "n"), ("b", "n")])
    assert both == estimates(counted, [("a", "n"), ("b", "n")])
    assert both[1:] == estimates(counted, [("b", "n")])
    assert both != estimates(counted, [("a", "n"), ("b", "n")], seed=1)
