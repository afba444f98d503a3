"""CTC decoding: the best strings of a line, held against all paths; readings of numerals."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.inference.scan.decoding import best_path, best_strings
from gouji.inference.scan.networks import Alphabet, Probabilities
from gouji.inference.scan.reading import UNREADABLE, Line, agreed, read_as_numeral, read_line

CHARACTERS = ("", *"0123456789.,-—/Oo。D公开", " ")
ALPHABET = Alphabet(CHARACTERS)
CLASSES = {"0": [1, 16], "1": [2], "2": [3]}


def frames(*said: dict[str, float]) -> Probabilities:
    """Distributions by character; what is missing to 1 is blank."""
    rows = np.zeros((len(said), len(CHARACTERS)), np.float32)
    for row, chances in zip(rows, said, strict=True):
        for char, p in chances.items():
            row[CHARACTERS.index(char)] = p
        row[0] = 1 - row[1:].sum()
    return rows


def spelled(path: tuple[int, ...], names: dict[int, str]) -> str:
    kept = [p for i, p in enumerate(path) if i == 0 or names[p] != names[path[i - 1]]]
    return "".join(names[p] for p in kept)


@given(st.integers(1, 6), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_best_strings_are_those_of_all_paths(n_frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(len(CHARACTERS), 0.2), n_frames).astype(np.float32)
    folded = np.stack([p[:, 0], p[:, 1] + p[:, 16], p[:, 2], p[:, 3]], 1).astype(float)
    names = dict(enumerate(("", *"012")))
    expected: dict[str, float] = defaultdict(float)
    for path in product(range(4), repeat=n_frames):
        expected[spelled(path, names)] += float(np.prod(folded[np.arange(n_frames), path]))
    found = best_strings(p, CLASSES, 5, beam=10_000)
    ranked = sorted(expected.values(), reverse=True)
    for (text, mass), best in zip(found, ranked, strict=False):
        assert mass == pytest.approx(expected[text], abs=1e-5)
        assert mass == pytest.approx(best, abs=1e-5)


def test_a_repeated_digit_needs_a_blank_between() -> None:
    p = frames({"1": 1.0}, {"1": 1.0}, {}, {"1": 1.0})
    assert best_path(p, CHARACTERS)[0] == "11"
    assert best_strings(p, CLASSES, 1) == (("11", 1.0),)


@pytest.mark.parametrize("glyph", ["O", "o", "。", "D"])
def test_a_glyph_that_looks_like_zero_is_zero_in_a_table(glyph: str) -> None:
    line = read_line(frames({}, {glyph: 0.9, "0": 0.05}, {}), ALPHABET)
    assert line.text == "0"
    assert dict(line.strings)["0"] == pytest.approx(1.0)


def test_a_full_stop_outside_tables_is_no_number() -> None:
    line = read_line(frames({}, {"。": 0.9}, {}), ALPHABET, in_table=False)
    assert (line.text, line.is_numeral) == ("。", False)


def test_words_are_no_numeral() -> None:
    line = read_line(frames({"公": 0.99}, {}, {"开": 0.97}), ALPHABET)
    assert (line.text, line.is_numeral, line.is_words) == ("公开", False, True)


def test_a_number_keeps_what_else_it_may_be() -> None:
    line = read_line(frames({"7": 0.6, "1": 0.4}, {}, {".": 1.0}, {}, {"5": 1.0}), ALPHABET)
    assert [text for text, _ in line.strings] == ["7.5", "1.5"]
    assert sum(p for _, p in line.strings) == pytest.approx(1.0)


def test_strings_that_spell_no_number_are_left_out() -> None:
    line = read_line(frames({"0": 1.0}, {}, {".": 0.4}), ALPHABET)
    assert dict(line.strings) == {"0": pytest.approx(0.6)}


@pytest.mark.parametrize("mark", ["/", "-", "—"])
def test_marks_stay_marks(mark: str) -> None:
    assert read_line(frames({}, {mark: 0.95}), ALPHABET).text == mark


def test_what_must_be_a_number_is_one_with_the_chance_it_has() -> None:
    line = read_as_numeral(frames({}, {"公": 0.7, "8": 0.2, "3": 0.1}, {}), ALPHABET)
    assert line.text == "8"
    assert dict(line.strings) == {"8": pytest.approx(0.2), "3": pytest.approx(0.1)}


def test_ink_that_spells_nothing_is_unreadable() -> None:
    assert read_as_numeral(frames({"公": 1.0}), ALPHABET).text == UNREADABLE


def test_views_of_a_number_that_agree_make_it_clear() -> None:
    unclear = Line("47", 0.9, (("47", 0.9), ("41", 0.1)))
    sharp = Line("47", 1.0, (("47", 1.0),))
    both = agreed([unclear, sharp])
    assert both.text == "47"
    assert dict(both.strings) == pytest.approx({"47": 0.95, "41": 0.05})


def test_views_of_a_number_that_differ_leave_the_doubt() -> None:
    views = [
        Line("8", 0.9, (("8", 0.6), ("3", 0.4))),
        Line("3", 0.9, (("3", 1.0),)),
        Line("公", 0.9),
    ]
    line = agreed(views)
    assert line.text == "3"
    assert sum(p for _, p in line.strings) == pytest.approx(2 / 3)
