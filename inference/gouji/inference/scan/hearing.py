"""Hearing: what the recogniser makes of lines, asked again where that leaves a doubt."""

import re
from collections.abc import Sequence
from dataclasses import replace

from gouji.inference.scan.networks import Gray, Probabilities, Strip, recogniser
from gouji.inference.scan.reading import Heard, agreed, of_numerals, read_line

_WIDE = 2.4  # width over height from which a line is squeezed
_IN_CELL, _IN_PROSE = 0.6, 0.5  # by what
_SURE = 0.95  # the mean over its characters of a squeezed line that needs no second look
_NO_DATE = re.compile(r"(?<!\d)\d{2,3}年|[一二三四五六七八九]{2,3}年|\d{3,}[月日]")
"""A date that lacks a digit: narrow ones are lost first where a line is squeezed."""
_CLEAR = 0.998  # the probability of a number that needs no other views
_VIEWS = (0.8, 1.2, 1.4)  # widths of the other views


def hear(crops: Sequence[Gray], n_in_tables: int) -> list[Heard]:
    """What every line says; the first `n_in_tables` stand in cells.

    Long lines are words nearly always, and words are read as well squeezed, in half the time. Those
    that turn out to be numerals, or are not read surely, are read once more as they are; of numbers
    that are not clear then, several views are taken.
    """
    strips = [
        Strip(crop, (_IN_CELL if i < n_in_tables else _IN_PROSE) if _is_wide(crop) else 1.0)
        for i, crop in enumerate(crops)
    ]
    heard = _read(strips, range(len(crops)), n_in_tables)
    again = [i for i, strip in enumerate(strips) if strip.squeeze < 1 and _is_doubtful(heard[i])]
    second = _read([Strip(crops[i]) for i in again], again, n_in_tables)
    for i, read in zip(again, second, strict=True):
        heard[i] = read
    _look_again(crops[:n_in_tables], heard)
    return heard


def _look_again(crops: Sequence[Gray], heard: list[Heard]) -> None:
    """Put what several views of a number say in the place of what one view left unclear."""
    unclear = [i for i, crop in enumerate(crops) if _is_unclear(heard[i])]
    strips = [Strip(crops[i], width) for i in unclear for width in _VIEWS]
    views = _read(strips, [i for i in unclear for _ in _VIEWS], len(crops))
    for place, i in enumerate(unclear):
        others = views[place * len(_VIEWS) : (place + 1) * len(_VIEWS)]
        heard[i] = replace(heard[i], line=agreed([heard[i].line, *(v.line for v in others)]))


def _is_wide(crop: Gray) -> bool:
    return int(crop.shape[1]) >= _WIDE * int(crop.shape[0])


def _is_doubtful(heard: Heard) -> bool:
    line = heard.line
    return line.is_numeral or line.sure < _SURE or _NO_DATE.search(line.text) is not None


def _is_unclear(heard: Heard) -> bool:
    return heard.line.is_numeral and heard.line.strings[0][1] < _CLEAR


def _read(strips: Sequence[Strip], numbers: Sequence[int], n_in_tables: int) -> list[Heard]:
    """What the strips say that stand for the lines with these numbers."""
    network = recogniser()

    def read(place: int, probabilities: Probabilities) -> Heard:
        in_table = numbers[place] < n_in_tables
        line = read_line(probabilities, network.alphabet, in_table=in_table)
        return Heard(line, *of_numerals(probabilities, network.alphabet))

    return network(strips, read)
