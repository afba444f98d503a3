"""Glyphs as lines of text: which stand on one line, where a blank or a gap is between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from gouji.inference.readers.pdf.page import Glyph, Page
from gouji.model.document import Box

_SAME_LINE = 0.5  # of the height of a glyph, the most that middles on a line differ
BLANK = 0.3  # of that height, the least gap that reads as a blank
_TWICE = 0.3  # of the width of a glyph, within which the same one again makes it bold
_NARROW_BLANK = 0.12  # the least gap of a blank that was drawn

Line = tuple[Glyph, ...]
"""Glyphs of one line from left to right, none of them empty."""


@dataclass(frozen=True, slots=True)
class Run:
    """A string that stands in one place of a page; `glue` is what parts it from the run before."""

    text: str
    page: int
    box: Box
    glue: str = ""


def middle(glyph: Glyph) -> float:
    """The height at which the middle of a glyph stands, in points from the top."""
    return (glyph.top + glyph.bottom) / 2


def size_of(line: Iterable[Glyph]) -> float:
    """The height of the letters of a line, in points."""
    return median(glyph.bottom - glyph.top for glyph in line)


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines that upright glyphs stand on, from top to bottom."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=middle):
        if lines and _is_level(lines[-1], glyph):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [_once(sorted(line, key=lambda glyph: (glyph.left, glyph.order))) for line in lines]


def _is_level(line: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a glyph stands on a line, whose glyphs above it are in order."""
    height = min(glyph.bottom - glyph.top, line[0].bottom - line[0].top)
    return middle(glyph) - middle(line[len(line) // 2]) <= _SAME_LINE * height


def _once(line: Sequence[Glyph]) -> Line:
    """The line without glyphs that are drawn again over themselves, to look bold."""
    kept: list[Glyph] = []
    for glyph in line:
        width = glyph.right - glyph.left
        if not any(
            other.char == glyph.char and abs(other.left - glyph.left) < _TWICE * width
            for other in kept[-3:]
        ):
            kept.append(glyph)
    return tuple(kept)


def spelled(line: Sequence[Glyph]) -> str:
    """The text of a line, with a blank where one was drawn or a gap is."""
    size = size_of(line)
    parts = [line[0].char]
    for before, glyph in pairwise(line):
        gap = glyph.left - before.right
        is_blank = gap > BLANK * size or (glyph.spaced and gap > _NARROW_BLANK * size)
        parts.append(f" {glyph.char}" if is_blank else glyph.char)
    return "".join(parts)


def parted(line: Line, least: float) -> list[Line]:
    """A line cut at its gaps that are wider than `least` times the size of its letters."""
    width = least * size_of(line)
    cuts = [0, *(i for i, (a, b) in enumerate(pairwise(line), 1) if b.left - a.right > width)]
    return [line[start:end] for start, end in zip(cuts, [*cuts[1:], len(line)], strict=True)]


def run_of(line: Sequence[Glyph], page: Page, glue: str = "") -> Run:
    """A line of upright glyphs as a run."""
    return Run(spelled(line), page.number, page.box(around(line)), glue)


def around(glyphs: Iterable[Glyph]) -> Box:
    """The box around glyphs, in their frame."""
    lefts, tops, rights, bottoms = zip(*(glyph[1:5] for glyph in glyphs), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def turned(glyph: Glyph) -> Glyph:
    """A glyph as it stands once the page is turned so that it is upright."""
    left, top, right, bottom = glyph[1:5]
    box = {
        1: (top, -right, bottom, -left),
        2: (-right, -bottom, -left, -top),
        3: (-bottom, left, -top, right),
    }.get(glyph.turns, (left, top, right, bottom))
    return Glyph(glyph.char, *box, 0, glyph.order, glyph.spaced)


def by_turns(glyphs: Iterable[Glyph]) -> list[tuple[int, list[Glyph]]]:
    """The glyphs that stand the same way, those that are upright first."""
    ordered = sorted(glyphs, key=lambda glyph: (glyph.turns % 8, glyph.order))
    return [(turns, list(found)) for turns, found in groupby(ordered, lambda g: g.turns)]
