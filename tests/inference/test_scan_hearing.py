"""Lines are read squeezed, and once more as they are where that leaves a doubt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from gouji.inference.scan import hearing
from gouji.inference.scan.hearing import hear
from gouji.inference.scan.networks import Alphabet, Probabilities, Strip
from gouji.inference.scan.reading import Heard

CHARACTERS = ("", *"0123456789.,-—/年度月日二三一九报告起至", " ")
LINE = np.full((20, 400), 200, np.uint8)


@dataclass
class Stand:
    """Stands for the network: says what it is told for a squeezed line and for one that is not."""

    said: Mapping[bool, str]
    sure: float = 1.0
    n_read: int = 0
    alphabet: Alphabet = Alphabet(CHARACTERS)  # noqa: RUF009  # it is not changed

    def __call__(
        self, strips: Sequence[Strip], read: Callable[[int, Probabilities], Heard]
    ) -> list[Heard]:
        self.n_read += len(strips)
        return [read(i, self._spell(self.said[s.squeeze < 1])) for i, s in enumerate(strips)]

    def _spell(self, text: str) -> Probabilities:
        rows = np.zeros((2 * len(text), len(CHARACTERS)), np.float32)
        rows[1::2, 0] = 1
        for place, char in enumerate(text):
            rows[2 * place, CHARACTERS.index(char)] = self.sure
            rows[2 * place, 0] = 1 - self.sure
        return rows


@pytest.mark.parametrize(
    ("squeezed", "whole"),
    [
        ("22年度报告", "2022年度报告"),
        ("二二一年报告", "二二二一年报告"),
        ("2022年1月1日起至20212月31日", "2022年1月1日起至2022年12月31日"),
    ],
)
def test_a_date_that_lacks_a_digit_is_read_once_more(
    squeezed: str, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = Stand({True: squeezed, False: whole})
    monkeypatch.setattr(hearing, "recogniser", lambda: stand)
    assert [heard.line.text for heard in hear([LINE], 0)] == [whole]


@pytest.mark.parametrize("text", ["2022年12月31日报告", "三年报告", "2022年度报告", "报告"])
def test_a_sure_line_is_read_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand({True: text, False: text})
    monkeypatch.setattr(hearing, "recogniser", lambda: stand)
    assert [heard.line.text for heard in hear([LINE], 0)] == [text]
    assert stand.n_read == 1


def test_an_unsure_line_and_a_number_are_read_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, sure in (("报告", 0.9), ("12", 1.0)):
        stand = Stand({True: text, False: text}, sure)
        monkeypatch.setattr(hearing, "recogniser", lambda stand=stand: stand)
        hear([LINE], 0)
        assert stand.n_read == 2
