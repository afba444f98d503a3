from itertools import permutations
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.risk import Bin, reliability, risk_coverage

RESULTS = st.lists(st.tuples(st.sampled_from((0.2, 0.5, 0.9)), st.booleans()), min_size=1)


def test_risk_rises_where_a_sure_result_is_wrong() -> None:
    curve = risk_coverage([0.7, 0.9, 0.6, 0.8], [0, 1, 1, 1])
    assert curve is not None
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0, 0, 1 / 3, 1 / 4))
    assert curve.aurc == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert (curve.n, curve.n_wrong) == (4, 1)


def test_results_of_one_confidence_are_one_point() -> None:
    curve = risk_coverage([0.5, 0.5, 0.9], [0, 1, 1])
    assert curve is not None
    assert curve.coverage == pytest.approx((1 / 3, 1))
    assert curve.risk == pytest.approx((0, 1 / 3))
    assert curve.aurc == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


@pytest.mark.parametrize("right", [(0, 1, 1, 1), (0, 1, 0, 1), (0, 0, 0, 0)])
def test_area_of_tied_results_is_the_mean_over_all_their_orders(right: tuple[int, ...]) -> None:
    tied = risk_coverage([0.5] * 4, right)
    areas = []
    for order in permutations(right):
        curve = risk_coverage([0.9, 0.8, 0.7, 0.6], order)
        assert curve is not None
        areas.append(curve.aurc)
    assert tied is not None
    assert tied.aurc == pytest.approx(mean(areas))


def test_calibration_error_is_the_mean_distance_of_the_bins() -> None:
    confidence = [number / 10 + 0.05 for number in range(10)]
    right = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    found = reliability(confidence, right)
    assert found is not None
    assert [bin_.n for bin_ in found.bins] == [1] * 10
    distances = [abs(hit - sure) for sure, hit in zip(confidence, right, strict=True)]
    assert found.ece == pytest.approx(sum(distances) / 10)


def test_bins_of_equal_mass_weigh_the_same() -> None:
    found = reliability([n / 40 for n in range(20)] + [1.0] * 20, [0] * 20 + [1] * 15 + [0] * 5)
    assert found is not None
    assert [bin_.n for bin_ in found.bins] == [4] * 5 + [20]
    assert found.bins[-1] == Bin(20, 1.0, 0.75)
    low = sum(n / 40 for n in range(20))
    assert found.ece == pytest.approx((low + 20 * 0.25) / 40)


@given(RESULTS)
def test_order_of_the_results_does_not_matter(results: list[tuple[float, bool]]) -> None:
    for function in (risk_coverage, reliability):
        forth = function(*zip(*results, strict=True))
        back = function(*zip(*reversed(results), strict=True))
        assert forth == back


@given(RESULTS)
def test_every_result_is_in_one_bin(results: list[tuple[float, bool]]) -> None:
    found = reliability(*zip(*results, strict=True))
    assert found is not None
    assert sum(bin_.n for bin_ in found.bins) == found.n == len(results)
    assert len(found.bins) <= min(10, len({confidence for confidence, _ in results}))


def test_nothing_gives_no_curve() -> None:
    assert risk_coverage([], []) is None
    assert reliability([], []) is None
