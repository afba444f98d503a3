"""The bars that have to be cleared on refilled samples; `make bench` measures more of it.

The rules, whose layouts these are, have to read all of it. The model in use, with the rules as its
second opinion, may leave more to look at, but must not be silently wrong.
"""

from collections import Counter
from collections.abc import Sequence

import pytest

from gouji.annotations.corpus import read_annotations
from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.scoring import Gold, score
from gouji.model.document import Document, Source
from gouji.model.form_file import load_form
from gouji.model.report_codec import report_to_dict
from tests.benchmarks.refill import GOLD, benchmark
from tests.benchmarks.refill_styles import DEFAULT_STYLES

FORM = load_form()


def scored(
    styles: Sequence[str], n_draws: int, seed: int, model: str | None = None
) -> Counter[str]:
    extract = Extractor(FORM, Settings(), model)
    golds = []
    predictions = {}
    drawn = benchmark(read_annotations(GOLD), FORM, styles, n_draws, seed)
    for name, text, gold in drawn:
        golds.append(Gold(name, gold.cells, gold.printed, gold.fields))
        document = Document(Source(f"{name}.txt", "0" * 64, "text/plain"), text)
        predictions[name] = tuple(report_to_dict(r, FORM) for r in extract(document))
    return score(golds, predictions).total


@pytest.mark.parametrize("style", DEFAULT_STYLES)
def test_refilled_samples_are_read_and_not_flagged(style: str) -> None:
    counts = scored([style], n_draws=2, seed=7)
    assert counts["docs"] == 10
    assert counts["nonzero_right"] >= 0.97 * counts["nonzero"] > 0
    assert counts["silent"] == 0
    assert counts["flagged"] <= 0.05 * counts["cells"]
    assert counts["accepted_wrong"] == 0


@pytest.mark.parametrize("style", ["split", "letters"])
def test_torn_numbers_and_letters_for_digits_are_read(style: str) -> None:
    counts = scored([style], n_draws=2, seed=7, model="rules")
    assert counts["docs"] == 10
    assert counts["right"] == counts["printed_right"] == counts["cells"]
    assert counts["silent"] == 0
    assert counts["flagged"] <= 0.01 * counts["cells"]  # those of the table without sums
    assert counts["accepted_wrong"] == 0


@pytest.mark.parametrize("style", ["onedigit", "sourceerror"])
def test_an_error_of_the_document_is_restored_and_flagged(style: str) -> None:
    counts = scored([style], n_draws=2, seed=7, model="rules")
    assert counts["hit"] == counts["restored"] == 10
    assert counts["unflagged_misprint"] == counts["silent"] == 0
    assert counts["right"] == counts["printed_right"] == counts["cells"]
    assert counts["flagged"] <= 5 * counts["docs"]  # a sum of `disputes` has five cells to blame
    assert counts["accepted"] == 0


@pytest.mark.parametrize("style", ["split", "letters", "onedigit", "sourceerror"])
def test_the_model_in_use_is_not_silent_about_what_is_damaged(style: str) -> None:
    counts = scored([style], n_draws=2, seed=7)
    assert counts["docs"] == 10
    assert counts["nonzero_right"] >= 0.99 * counts["nonzero"] > 0
    assert counts["unflagged_misprint"] == counts["silent"] == counts["accepted_wrong"] == 0
    assert counts["flagged"] <= 0.05 * counts["cells"]
