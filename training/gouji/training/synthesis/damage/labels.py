"""What an agency or its web site does to titles and notes; no number in a cell is touched."""

from collections.abc import Callable
from functools import cache, partial
from random import Random

import opencc

from gouji.training.synthesis.damage.confusions import KANGXI, LOOKALIKES, PINYIN
from gouji.training.synthesis.damage.edits import each_text, each_title, is_han
from gouji.training.synthesis.sheet import Sheet

_HALF_WIDTH = str.maketrans("（）：，；“”、。", '():,;"",.')
_KEPT = frozenset("万元")  # a unit with a character lost is another unit
_SHORT = 4


def _some_titles(sheet: Sheet, change: Callable[[str], str], share: float, rng: Random) -> Sheet:
    """The sheet with about this share of its titles changed."""
    return each_title(sheet, lambda title: change(title) if rng.random() < share else title)


def label_lookalikes(sheet: Sheet, rng: Random) -> Sheet:
    """Words of titles mistyped: 预期 for 逾期."""
    wrong = rng.sample(LOOKALIKES, rng.randint(4, len(LOOKALIKES) // 2))

    def mistyped(title: str) -> str:
        for right, typed in wrong:
            title = title.replace(right, typed)
        return title

    return each_title(sheet, mistyped)


def label_lost_chars(sheet: Sheet, rng: Random) -> Sheet:
    """Titles with a character or two lost; units stay whole."""

    def shortened(title: str) -> str:
        for _ in range(rng.choices((1, 2), (4, 1))[0]):
            places = [at for at, char in enumerate(title) if is_han(char) and char not in _KEPT]
            if len(places) >= _SHORT:
                at = rng.choice(places)
                title = title[:at] + title[at + 1 :]
        return title

    return _some_titles(sheet, shortened, rng.choice((0.1, 0.3, 0.6)), rng)


def _han_gaps(text: str) -> list[int]:
    """Where a Chinese character stands on either side."""
    return [at for at in range(1, len(text)) if is_han(text[at - 1]) and is_han(text[at])]


def label_spaces(sheet: Sheet, rng: Random) -> Sheet:
    """Blanks within titles: all letters of short ones spaced out, one or two in longer ones."""
    blank = rng.choices((" ", "  ", "\u3000", "\xa0"), (6, 1, 2, 1))[0]

    def spaced(title: str) -> str:
        gaps = _han_gaps(title)
        chosen = (
            gaps if len(title) <= _SHORT else rng.sample(gaps, min(len(gaps), rng.randint(1, 2)))
        )
        return _with(title, chosen, blank)

    return _some_titles(sheet, spaced, rng.choice((0.2, 0.5, 0.9)), rng)


def label_breaks(sheet: Sheet, rng: Random) -> Sheet:
    """Titles broken over lines between two characters."""

    def broken(title: str) -> str:
        gaps = _han_gaps(title)
        n_breaks = min(len(gaps), 1 + len(title) // 14)
        return _with(title, rng.sample(gaps, n_breaks), "\n")

    return _some_titles(sheet, broken, rng.choice((0.1, 0.3, 0.6)), rng)


def _with(text: str, places: list[int], inserted: str) -> str:
    for at in sorted(places, reverse=True):
        text = text[:at] + inserted + text[at:]
    return text


def labels_traditional(sheet: Sheet, rng: Random) -> Sheet:
    """Titles, notes, units and marks in traditional characters, with Taiwan's words or without."""
    convert = partial(_traditional, rng.choice(("s2t", "s2tw", "s2twp")))
    return each_text(each_title(sheet, convert), lambda value: convert(value.text))


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def _traditional(config: str, text: str) -> str:
    return str(_converter(config).convert(text))


def pinyin_gloss(sheet: Sheet, rng: Random) -> Sheet:
    """The reading of characters set in brackets behind them: 辦(ban)公(gong)."""
    share = rng.choice((0.1, 0.4, 1.0))

    def glossed(title: str) -> str:
        return "".join(
            f"{char}({PINYIN[char]})" if char in PINYIN and rng.random() < share else char
            for char in title
        )

    return each_title(sheet, glossed)


def half_width_punctuation(sheet: Sheet, rng: Random) -> Sheet:
    """ASCII punctuation in titles and notes, of all kinds or brackets and colons alone."""
    table = dict(list(_HALF_WIDTH.items())[: rng.choice((3, len(_HALF_WIDTH)))])
    return each_title(sheet, lambda title: title.translate(table))


def kangxi(sheet: Sheet, rng: Random) -> Sheet:
    """Characters of titles replaced by radicals that look the same, as in the text of PDF files."""
    share = rng.choice((0.5, 1.0))

    def with_radicals(title: str) -> str:
        return "".join(
            KANGXI[char] if char in KANGXI and rng.random() < share else char for char in title
        )

    return each_title(sheet, with_radicals)
