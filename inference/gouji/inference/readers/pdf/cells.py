"""What a cell of a table holds, as one string: lines joined, vertical letters put together."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from gouji.inference.readers.pdf.page import Glyph, Page
from gouji.inference.readers.pdf.words import (
    Line,
    Run,
    around,
    by_turns,
    lines_of,
    middle,
    size_of,
    spelled,
    turned,
)
from gouji.model.document import Box

_ROOM = 1.2  # of a letter, the most room at the end of a line that is full
_SAME_COLUMN = 0.5  # of the width of a glyph, the most that middles of a vertical line differ


def runs_of_cell(glyphs: Iterable[Glyph], box: Box, page: Page) -> tuple[Run, ...]:
    """The runs that stand in a cell with this box, in reading order."""
    runs: list[Run] = []
    for turns, group in by_turns(glyphs):
        if turns == 0 and is_vertical(group):
            text = "".join(glyph.char for glyph in columns_first(group))
            runs.append(Run(text, page.number, page.box(around(group)), " " if runs else ""))
            continue
        upright = [turned(glyph) for glyph in group]
        right = box[2] if turns == 0 else max(glyph.right for glyph in upright)
        runs += _lines(lines_of(upright), group, right, page, is_first=not runs)
    return tuple(runs)


def _lines(
    lines: Sequence[Line], group: Sequence[Glyph], right: float, page: Page, *, is_first: bool
) -> Iterable[Run]:
    """The runs of lines that were turned upright; `group` holds the glyphs as they stand."""
    placed = {glyph.order: glyph for glyph in group}
    before: Line | None = None
    for line in lines:
        glue = joint(before, line, right) if before else "" if is_first else " "
        box = page.box(around(placed[glyph.order] for glyph in line))
        yield Run(spelled(line), page.number, box, glue)
        before = line


def joint(before: Line, line: Line, right: float) -> str:
    """What stands between two lines of one paragraph, of which the first may reach to `right`.

    Han characters and punctuation are joined, words are not; the parts of a number are only if
    the first one fills its line.
    """
    last, first = before[-1].char, line[0].char
    if not (_is_narrow(last) and _is_narrow(first)):
        return ""
    if last.isdigit() and first.isdigit():
        size = size_of(before)
        is_full = right - before[-1].right < _ROOM * size
        is_centred = before[0].left - (right - 2 * size) > 0  # a cell of one letter
        return "" if is_full or is_centred else " "
    return "" if last == "-" else " "


def _is_narrow(char: str) -> bool:
    """Whether a character belongs to a word or number whose parts blanks keep together."""
    return char.isascii() and (char.isalnum() or char in ".,-+%/")


def is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether upright glyphs are set one below the other, by the order in which they were drawn."""
    if len(glyphs) < 2:
        return False
    down = 0
    for before, glyph in pairwise(sorted(glyphs, key=lambda glyph: glyph.order)):
        width = min(before.right - before.left, glyph.right - glyph.left)
        is_below = middle(glyph) > before.bottom - 0.3 * (before.bottom - before.top)
        down += is_below and abs(_centre(before) - _centre(glyph)) < _SAME_COLUMN * width
    return 2 * down > len(glyphs) - 1


def columns_first(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs set one below the other, column by column as these were drawn."""
    columns: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=_centre):
        width = glyph.right - glyph.left
        if columns and _centre(glyph) - _centre(columns[-1][-1]) < _SAME_COLUMN * width:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    columns.sort(key=lambda column: min(glyph.order for glyph in column))
    return [glyph for column in columns for glyph in sorted(column, key=middle)]


def _centre(glyph: Glyph) -> float:
    return (glyph.left + glyph.right) / 2
