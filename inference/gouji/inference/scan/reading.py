"""Reading: what a line says, and for a number what else it may say, with probabilities."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from gouji.inference.scan.decoding import Strings, best_path, best_strings
from gouji.inference.scan.networks import Alphabet, Probabilities
from gouji.model.numerals import is_mark, parse_numeral

UNREADABLE = "\ufffd"
"""Stands where there is ink that spells nothing."""

_LOOKS_LIKE = {"0": "OoDQ。°〇○日曰ØøθΘ", "1": "lI", "-": "－–―ー", "—": "一"}
"""Classes that a lone digit or dash is taken for."""
_PLAIN = "0123456789.,-—/"
_FOLDED = str.maketrans({glyph: c for c in "01" for glyph in _LOOKS_LIKE[c]})
_N_STRINGS = 8
_WORDS_FROM = 0.8  # characters this sure are words, not a number that was misread
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says: its text, how sure its characters are, and the strings of a numeral.

    `strings` is empty for words. For a numeral it begins with `text`; what its probabilities leave
    to 1 belongs to readings that are no numerals.
    """

    text: str
    sure: float
    strings: Strings = ()

    @property
    def is_numeral(self) -> bool:
        """Whether it is a number or a mark in the place of one."""
        return bool(self.strings)

    @property
    def is_words(self) -> bool:
        """Whether it surely is a text that is no numeral."""
        wordy = any("\u4e00" <= char <= "\u9fff" and char != "一" for char in self.text)
        return not self.is_numeral and wordy and self.sure >= _WORDS_FROM


@dataclass(frozen=True, slots=True)
class Heard:
    """What a line says, and what is kept to read it as a numeral if it must be one."""

    line: Line
    numeral: Probabilities
    alphabet: Alphabet

    def as_numeral(self) -> "Heard":
        """The same, read as a numeral."""
        return replace(self, line=read_as_numeral(self.numeral, self.alphabet))


def read_line(probabilities: Probabilities, alphabet: Alphabet, *, in_table: bool = True) -> Line:
    """What the line says. A numeral is decoded once more, over the characters of numerals alone.

    Glyphs that look like digits are taken for them `in_table`, elsewhere only beside digits.
    """
    text, sure = best_path(probabilities, alphabet.characters)
    text = text.strip()
    folded = text.translate(_FOLDED)
    if not is_numeral(folded) or not (in_table or any(map(str.isdigit, text))):
        return Line(text, sure)
    strings = _numerals(probabilities, alphabet, folded)
    total = sum(p for text, p in strings if text)
    valid = tuple((text, p / total) for text, p in strings if is_numeral(text))
    return Line(valid[0][0], sure, valid) if valid else Line(text, sure)


def of_numerals(probabilities: Probabilities, alphabet: Alphabet) -> tuple[Probabilities, Alphabet]:
    """The columns that `read_as_numeral` looks at, and their characters."""
    kept, own = _numeral_classes(alphabet)
    return probabilities[:, kept], own


@lru_cache(maxsize=2)
def _numeral_classes(alphabet: Alphabet) -> tuple[list[int], Alphabet]:
    wanted = frozenset(_PLAIN + "".join(_LOOKS_LIKE.values()))
    kept = [0, *(i for char, i in alphabet.index.items() if char in wanted)]
    return kept, Alphabet(tuple(alphabet.characters[i] for i in kept))


def read_as_numeral(probabilities: Probabilities, alphabet: Alphabet) -> Line:
    """What the line says if it must be a numeral, though it does not look like one.

    The probabilities are those of the paths that spell the strings: small where it looks like
    something else.
    """
    strings = _numerals(probabilities, alphabet, "")
    valid = tuple((text, p) for text, p in strings if is_numeral(text) and p >= _LEAST)
    return Line(valid[0][0], valid[0][1], valid) if valid else Line(UNREADABLE, 0.0)


def agreed(views: Sequence[Line]) -> Line:
    """What several views of one numeral say together: the means of their probabilities.

    A view that shows no numeral takes its share from all strings.
    """
    chances: dict[str, float] = defaultdict(float)
    for view in views:
        for text, p in view.strings:
            chances[text] += p / len(views)
    strings = tuple(sorted(chances.items(), key=lambda entry: (-entry[1], entry[0])))
    return replace(views[0], text=strings[0][0], strings=strings[:_N_STRINGS])


def is_numeral(text: str) -> bool:
    """Whether a text is a number or a mark in the place of one."""
    return is_mark(text) or parse_numeral(text) is not None


def _numerals(probabilities: Probabilities, alphabet: Alphabet, shown: str) -> Strings:
    spelled = "".join(sorted({*_PLAIN, *shown} - {" "}))
    return best_strings(probabilities, _classes(alphabet, spelled), _N_STRINGS)


@lru_cache(maxsize=256)
def _classes(alphabet: Alphabet, spelled: str) -> Mapping[str, Sequence[int]]:
    index = alphabet.index
    return {
        char: [index[c] for c in char + _LOOKS_LIKE.get(char, "") if c in index]
        for char in spelled
        if char in index
    }
