"""Shapes of lines and phrases: what of a report could have been copied into the generator.

A shape forgets numbers and words and keeps how a line is set. Two reports share an exact line
pattern if the same run of shapes stands in both; they share a sentence if they share a phrase.
"""

import re
import unicodedata

_DIGITS = re.compile(r"\d+")
_HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]+")
_PLAIN = re.compile(r"(?:[^\s|,;\"]+(?: [^\s|,;\"]+)*)?")
_BLANKS = re.compile(r"[ \u00a0\u3000]+")

MIN_PHRASE = 12
"""Han characters from which a stretch of words is told apart from a common turn."""

MAX_PHRASE = 16
"""Han characters after which a stretch of words counts as several phrases."""

Run = tuple[str, ...]
"""The shapes of consecutive lines."""


def line_shape(line: str) -> str:
    r"""The line with `0` for each run of digits and `字` for each run of Han characters.

    >>> line_shape("（一）予以公开\t12\t0 |")
    '（字）字\t0\t0 |'
    """
    return _DIGITS.sub("0", _HAN.sub("字", line))


def is_trivial(shape: str) -> bool:
    """Whether a line says nothing about its layout: one text or number, or nothing, alone.

    >>> [is_trivial(shape) for shape in ("0", "0. 字、字", " 0", "0 |", "0 0")]
    [True, True, False, False, False]
    """
    return _PLAIN.fullmatch(shape) is not None and "0 0" not in shape


def line_shapes(text: str) -> frozenset[str]:
    """The shapes of the lines that say something about their layout."""
    return frozenset(shape for shape in _shapes(text) if not is_trivial(shape))


def shape_runs(text: str, n_lines: int) -> frozenset[Run]:
    """The shapes of every `n_lines` consecutive lines; those of trivial lines alone are left out.

    Every layout with a number a line has the runs that are left out.
    """
    shapes = _shapes(text)
    starts = range(len(shapes) - n_lines + 1)
    runs = (tuple(shapes[start : start + n_lines]) for start in starts)
    return frozenset(run for run in runs if not all(map(is_trivial, run)))


def _shapes(text: str) -> list[str]:
    return [line_shape(line) for line in text.split("\n")]


def squeezed(text: str) -> str:
    """The text in compatibility form without blanks; tabs and line ends stay."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def phrases(text: str) -> frozenset[str]:
    """Stretches of at least `MIN_PHRASE` Han characters of the squeezed text that nothing breaks.

    Of longer ones every `MAX_PHRASE` characters count as a phrase.

    >>> phrases("依法公开，认真贯彻落实 各项工作部署要求。")
    frozenset({'认真贯彻落实各项工作部署要求'})
    """
    stretches = _HAN.findall(squeezed(text))
    return frozenset(
        stretch[start : start + MAX_PHRASE]
        for stretch in stretches
        if len(stretch) >= MIN_PHRASE
        for start in range(max(1, len(stretch) - MAX_PHRASE + 1))
    )
