r"""Slots: the cells that a stretch of table text holds, empty ones included.

Which string parts two cells (a tab, a pipe, a line end, `|\n`, two line ends) is not known
beforehand: it is read off the table itself, as the shortest string that commonly stands between
two values or two column titles. Where only blanks part the values, empty cells leave no trace.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gouji.model.findings import Span
from gouji.model.mention import MentionKind
from gouji.model.numerals import narrow, respelled
from gouji.model.tokens import BOUNDARY, Token, furniture

_WORDS = re.compile(r"[零〇一二三四五六七八九十百千万两]{1,6}")
_BLANKS = " \u00a0\u3000"
_MOST_SCRAP = 20
_SCRAP_BEFORE = re.compile(r"(?<![^\s|])[0-9OolI]*[.,][0-9OolI.,]*[ ]+$")  # 2. before 5
_SCRAP_BEHIND = re.compile(
    r"[ ]+[0-9OolI]*[.,][0-9OolI.,]*(?![ ]*[^\s|])"
)  # 8. behind 206, no label
_CELL, _TEXT = "\x00", "\x01"


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell in the text: a token, or an empty place (`token` is None) with its boundaries."""

    span: Span
    token: Token | None

    @property
    def kind(self) -> MentionKind:
        """Number, mark or blank."""
        return self.token.kind if self.token else MentionKind.BLANK


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A stretch of text reduced to cells, boundaries and other text, with the way back."""

    text: str
    origin: tuple[int, ...]
    tokens: tuple[Token | None, ...]
    end: int


def find_slots(
    text: str,
    span: Span,
    tokens: Sequence[Token],
    separator: str | None,
    n_cells: int | None = None,
) -> list[list[Slot]]:
    """The slots of text[span], which follows a label and ends where the next one begins.

    Other text between values parts them into groups; text before the first value is taken for
    the rest of the label. `tokens` are those within the span. Numbers that a line break tears are
    put together if the label's row then has its `n_cells` cells.
    """
    pattern = _reduce(text, span, tokens)
    if separator is None:
        pieces = [(i, i + 1) for i, c in enumerate(pattern.text) if c in (_CELL, _TEXT)]
    elif "\n" in separator:
        pieces = _inner(pattern.text, _split(pattern.text, (0, len(pattern.text)), separator))
    else:
        pieces = _by_line(pattern.text, separator)
    groups: list[list[Slot]] = [[]]
    for start, end in pieces:
        part = pattern.text[start:end]
        if _CELL in part:
            if _TEXT in part[: part.index(_CELL)] and _has_value(groups[-1]):
                groups.append([])
            groups[-1] += _slots(text, pattern, (start, end), separator)
        elif spelled := _spelled(text, pattern, (start, end), separator):
            groups[-1].append(spelled)
        elif _TEXT in part:
            if _has_value(groups[-1]):
                groups.append([])
        else:
            at = pattern.origin[start] if start < len(pattern.origin) else pattern.end
            groups[-1].append(Slot((at, at), None))
    groups = [group for group in groups if group]
    if len(groups) == 1 and separator is not None:
        groups = [_mended(text, groups[0], separator, n_cells)]
    return groups


def cut_lines(groups: Sequence[Sequence[Slot]], width: int) -> list[tuple[Slot, ...]]:
    """Groups as lines: parts of one row are joined, several full rows are cut apart."""
    if sum(slot.token is not None for group in groups for slot in group) <= width:
        joined = tuple(slot for group in groups for slot in group)
        return [joined] if joined else []
    lines: list[tuple[Slot, ...]] = []
    for group in groups:
        valued = tuple(slot for slot in group if slot.token)
        if len(valued) > width > 1 and len(valued) % width == 0:
            lines += [valued[i : i + width] for i in range(0, len(valued), width)]
        else:
            lines.append(tuple(group))
    return lines


def _mended(text: str, slots: list[Slot], separator: str, n_cells: int | None) -> list[Slot]:
    """The slots, or with one for two wherever a line break tears a number, if the count then fits.

    What stands at the end of the row is left alone: it may be a page number.
    """
    torn = {
        slots[i].span[1]
        for i, (left, right) in enumerate(pairwise(slots[:-1]))
        if left.token and right.token
        for gap in [text[left.span[1] : right.span[0]]]
        if gap.strip(_BLANKS) == "\n" != separator
    }
    n_valued = sum(slot.token is not None for slot in slots)
    if not torn or n_cells not in (len(slots) - len(torn), n_valued - len(torn)):
        return slots
    mended: list[Slot] = []
    for slot in slots:
        if mended and mended[-1].span[1] in torn:
            slot = _whole(text, (mended.pop().span[0], slot.span[1]))
        mended.append(slot)
    return mended


def _slots(text: str, pattern: _Pattern, piece: Span, separator: str | None) -> list[Slot]:
    """The slots of a piece: one a token, but what one cell holds is one slot.

    Digits that blanks alone part are a number torn in two, everything else is unreadable.
    """
    part = pattern.text[slice(*piece)]
    held = [token for token in pattern.tokens[slice(*piece)] if token is not None]
    has_lines = len(held) > 1 and "\n" in part.strip("\n")
    if separator is None or has_lines:
        return [Slot(token.span, token) for token in held]
    span = held[0].span[0], held[-1].span[1]
    # The region of a table may end with the last token, so scraps are looked for in the text.
    before = _SCRAP_BEFORE.search(narrow(text[max(0, span[0] - _MOST_SCRAP) : span[0]]))
    behind = _SCRAP_BEHIND.match(narrow(text[span[1] : span[1] + _MOST_SCRAP]))
    if len(held) == 1 and not before and not behind:
        return [Slot(span, held[0])]
    start = span[0] - len(before[0]) if before else span[0]
    return [_whole(text, (start, span[1] + len(behind[0]) if behind else span[1]))]


def _spelled(text: str, pattern: _Pattern, piece: Span, separator: str | None) -> Slot | None:
    """The unreadable slot of a piece that holds a number spelled in words, if it does."""
    is_last = piece[1] == len(pattern.text)  # then it belongs to the label that follows
    if separator is None or is_last or _TEXT not in pattern.text[slice(*piece)]:
        return None
    places = [i for i in range(*piece) if pattern.text[i] == _TEXT]
    span = pattern.origin[places[0]], pattern.origin[places[-1]] + 1
    return _unreadable(text, span) if _WORDS.fullmatch(text[slice(*span)]) else None


def _whole(text: str, span: Span) -> Slot:
    """One slot of several tokens: a number torn apart, or unreadable."""
    numeral = respelled(text[slice(*span)])
    kind = MentionKind.NUMBER if numeral else MentionKind.UNREADABLE
    return Slot(span, Token(span, text[slice(*span)], kind, numeral))


def _unreadable(text: str, span: Span) -> Slot:
    return Slot(span, Token(span, text[slice(*span)], MentionKind.UNREADABLE, None))


def _has_value(group: Sequence[Slot]) -> bool:
    return any(slot.token is not None for slot in group)


def _reduce(text: str, span: Span, tokens: Sequence[Token]) -> _Pattern:
    chars: list[str] = []
    origin: list[int] = []
    held: list[Token | None] = []
    starts = {token.span[0]: token for token in tokens}
    holes = {start: end + text.startswith("\n", end) for start, end in furniture(text, span)}
    index = span[0]
    while index < span[1]:
        token = starts.get(index)
        end = token.span[1] if token else holes.get(index, index + 1)
        char = text[index]
        if token or (index not in holes and (char == "\n" or not char.isspace() or char == "\t")):
            kept = _CELL if token else char if char in BOUNDARY else _TEXT
            chars.append(kept)
            origin.append(index)
            held.append(token)
        index = end
    return _Pattern("".join(chars), tuple(origin), tuple(held), span[1])


def _split(pattern: str, span: Span, separator: str) -> list[Span]:
    pieces: list[Span] = []
    start = span[0]
    while (at := pattern.find(separator, start, span[1])) >= 0:
        pieces.append((start, at))
        start = at + len(separator)
    return [*pieces, (start, span[1])]


def _inner(pattern: str, pieces: Sequence[Span]) -> list[Span]:
    """The pieces without the first and the last, which belong to the labels on either side.

    A last piece that holds more than nothing was closed by something else than a label.
    """
    last = len(pieces) - 1
    return [
        (start, end)
        for i, (start, end) in enumerate(pieces)
        if 0 < i < last or _CELL in pattern[start:end] or (i > 0 and end > start)
    ]


def _by_line(pattern: str, separator: str) -> list[Span]:
    """Pieces where a row is a line: the first line follows a label, the last precedes one.

    What follows the label on its own line is no row if the values stand on a later line.
    """
    lines = _split(pattern, (0, len(pattern)), "\n")
    pieces: list[Span] = []
    if _starts_later(pattern, lines):
        lines = [(lines[0][1], lines[0][1]), *lines[1:]]
    for number, line in enumerate(lines):
        cells = _split(pattern, line, separator)
        if number == 0:
            closing = len(lines) > 1 and separator == "|" and len(cells) > 1
            inner = cells[1:-1] if closing and _is_empty(pattern, cells[-1]) else cells[1:]
            kept = [cells[0]] * (_CELL in pattern[slice(*cells[0])]) + inner
            pieces += kept if len(lines) > 1 else _inner(pattern, cells)
        elif _CELL in pattern[slice(*line)] or (number < len(lines) - 1 and len(cells) > 1):
            if separator == "|":
                cells = cells[_is_empty(pattern, cells[0]) :]
                cells = cells[: len(cells) - _is_empty(pattern, cells[-1])]
            pieces += cells
        elif _TEXT in pattern[slice(*line)]:
            pieces.append(line)
    return pieces


def _starts_later(pattern: str, lines: Sequence[Span]) -> bool:
    first, *others = (pattern[slice(*line)] for line in lines)
    valued = next((line for line in others if _CELL in line), "")
    return _CELL not in first and _CELL in valued and _TEXT not in valued


def _is_empty(pattern: str, span: Span) -> bool:
    return span[0] == span[1]
