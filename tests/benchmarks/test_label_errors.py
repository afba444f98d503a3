from random import Random

import pytest

from gouji.annotations.checks import problems
from gouji.model.form_file import load_form
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.stream import nth
from tests.benchmarks.label_errors import KINDS, N_SAMPLES, N_WRONG, Score, count, found_in, spoil

FORM = load_form()


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_label_is_wrong_and_counted(kind: str) -> None:
    score = Score()
    for number in range(6):
        sample = nth(FORM, 5, TRAINING, number).annotation
        assert problems(sample, FORM) == ()
        spoilt = KINDS[kind](sample, FORM, Random(number))
        assert spoilt is not None
        assert spoilt[0] != sample
        assert spoilt[0].text == sample.text
        count(score, sample, spoilt, found_in(spoilt[0], FORM))
    assert score.wrong == 6
    assert score.by_error <= score.named <= score.wrong
    assert score.named >= 4


def test_several_labels_are_spoilt_apart() -> None:
    sample = nth(FORM, 5, TRAINING, 1).annotation
    wrong, cells = spoil(sample, "columns", 5, FORM, Random(1))
    assert wrong != sample
    assert len(cells) == 5
    assert len(frozenset().union(*cells)) == 10


def test_a_tenth_of_the_samples_is_wrong() -> None:
    assert N_WRONG * 10 == N_SAMPLES
