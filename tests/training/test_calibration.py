"""Calibration: fitted numbers, and who is trusted where two opinions differ."""

import numpy as np
import pytest

from gouji.inference.opinions import LineOpinions
from gouji.model.mention import Mention, MentionKind
from gouji.training.calibration import (
    Disagreement,
    _bins,
    _fitted,
    _is_right,
    _reliability,
    _Stated,
    _trusts,
)


def overconfident(n: int, temperature: float, seed: int) -> _Stated:
    """Labels drawn from a softmax, and the same softmax sharpened by a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=2.0, size=(n, 5))
    weights = np.exp(logits)
    true = weights / weights.sum(axis=1, keepdims=True)
    gold = np.array([rng.choice(5, p=p) for p in true])
    sharp = np.exp(logits * temperature)
    return _Stated(sharp / sharp.sum(axis=1, keepdims=True), gold)


def test_the_temperature_undoes_overconfidence() -> None:
    head = _fitted(overconfident(2500, 2.0, seed=1))
    assert head.temperature == pytest.approx(2.0, rel=0.15)


def test_calibration_holds_on_reports_that_it_was_not_fitted_on() -> None:
    head = _fitted(overconfident(2500, 2.5, seed=1))
    measured = _reliability(overconfident(2500, 2.5, seed=2), head)
    assert measured.ece_before > 0.1
    assert measured.ece_after < 0.05
    assert sum(b.n for b in measured.bins_after) == measured.n == 2500


def test_no_probability_becomes_certain_because_no_error_was_seen() -> None:
    stated = np.full((300, 2), (0.999, 0.001))
    head = _fitted(_Stated(stated, np.zeros(300, np.int64)))
    assert all(observed < 1 for _, observed in head.curve)
    assert [x for x, _ in head.curve] == sorted({x for x, _ in head.curve})


def test_bins_have_equal_mass() -> None:
    stated = np.linspace(0, 1, 150)
    bins = _bins(stated, stated > 0.5)
    assert {b.n for b in bins} == {10}
    assert bins[0].observed == 0.0
    assert bins[-1].observed == 1.0


def test_trust_is_the_share_of_disagreements_in_which_one_was_right() -> None:
    lines = {
        "requests": Disagreement(agree=900, agree_right=899, disagree=97, model_right=89),
        "active": Disagreement(agree=5, agree_right=5, disagree=3, rules_right=3),
    }
    trusts = _trusts(lines)
    assert trusts["requests"].model == 0.9
    assert trusts["requests"].rules == 0.01
    assert "active" not in trusts  # too few to say


def line(model: dict[str, tuple[int, int]]) -> LineOpinions:
    numbers = {cell: Mention(span, "1", MentionKind.NUMBER, 1) for cell, span in model.items()}
    return LineOpinions("requests.new", "requests.full.clear", False, numbers, {})


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ({"requests.new.natural": (0, 2), "requests.new.total": (3, 5)}, True),
        ({"requests.new.natural": (3, 5), "requests.new.total": (0, 2)}, False),
        ({"requests.new.natural": (0, 2)}, False),
        ({}, False),
    ],
)
def test_an_opinion_is_right_if_every_number_of_the_line_is_in_its_cell(
    told: dict[str, tuple[int, int]], right: bool
) -> None:
    spans = {
        "requests.new.natural": (0, 2),
        "requests.new.total": (3, 5),
        "requests.new_other.total": (9, 11),
    }
    one = line(told)
    assert _is_right(one.model, one, spans) is right
