"""Flattening: a text with its separators made alike, cut to the parts that are worth tagging.

Every index stays what it was. A value is a number, a mark or a spelling of one that may fill a
cell; unlike the values that rules look for, it need not stand alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gouji.model.findings import Span
from gouji.model.mention import MentionKind
from gouji.model.numerals import DIGITS, narrow
from gouji.model.tokens import Token, find_tokens, furniture

_SEPARATORS = str.maketrans(
    {";": "|", "；": "|", "│": "|", "┃": "|", "║": "|", '"': " ", "\u00a0": " "}
)
_COMMA_CELLS = re.compile(r"[\"'],|,[\"']|,,|\d,(?!\d{3}(?!\d))\d")
_NUMBER = re.compile(rf"[+\-]?{DIGITS}")
_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_CLAUSE = re.compile(r"[^，,；|：:、。！？!?\t]*[，,；|：:、。！？!?\t]|[^，,；|：:、。！？!?\t]+$")
_CELL_ENDS = "|\t"
_SHORT = 40  # more characters without a digit hold neither a title nor a value, blanks left out
_TITLES = 2  # clauses that may be the titles of the value behind them


@dataclass(frozen=True, slots=True)
class FlatValue:
    """A value: `word` is the number in ASCII characters, or the mark.

    `alone` tells whether it stands alone, as in a cell, or is part of a sentence or title.
    """

    span: Span
    word: str
    kind: MentionKind
    alone: bool


@dataclass(frozen=True)
class Flat:
    """`text` has the length of the source's; `parts` are the stretches of `span` worth tagging."""

    text: str
    span: Span
    parts: tuple[Span, ...]
    alone: tuple[Token, ...]

    def values_in(self, part: Span) -> Iterator[FlatValue]:
        """The values of a part in reading order: those that stand alone, and numbers in text."""
        at = part[0]
        first = bisect_right(self._ends, part[0])
        for token in self.alone[first:]:
            if token.span[0] >= part[1]:
                break
            if token.span[1] <= part[1]:
                yield from self._numbers((at, token.span[0]))
                yield FlatValue(token.span, _word(token), token.kind, True)
                at = token.span[1]
        yield from self._numbers((at, part[1]))

    def _numbers(self, span: Span) -> Iterator[FlatValue]:
        for match in _NUMBER.finditer(self.text, *span):
            start = match.start() + (match[0][0] in "+-" and self._is_glued(match.start()))
            word = self.text[start : match.end()].replace(",", "")
            yield FlatValue((start, match.end()), word, MentionKind.NUMBER, False)

    def _is_glued(self, at: int) -> bool:
        """Whether a sign is a dash between two words rather than the sign of a number."""
        return at > 0 and self.text[at - 1].isalnum()

    def is_cut(self, gap: Span) -> bool:
        """Whether something was left out between two tokens, or nothing stands on one side."""
        first = bisect_right(self._part_ends, gap[0])
        return first >= len(self.parts) or gap[1] > self.parts[first][1]

    def line_of(self, index: int) -> int:
        """The number of the line of a character."""
        return bisect_right(self._line_ends, index)

    def column_of(self, index: int) -> int:
        """How many characters stand before a character on its line."""
        line = self.line_of(index)
        return index - (self._line_ends[line - 1] if line else self.span[0])

    @cached_property
    def _ends(self) -> list[int]:
        return [token.span[1] for token in self.alone]

    @cached_property
    def _part_ends(self) -> list[int]:
        return [part[1] for part in self.parts]

    @cached_property
    def _line_ends(self) -> list[int]:
        return [at + 1 for at in range(*self.span) if self.text[at] == "\n"]


def flatten(text: str, span: Span) -> Flat:
    """The flat text of a span, with furniture such as page numbers blanked out."""
    narrowed = narrow(text[slice(*span)]).translate(_SEPARATORS)
    lines = [
        raw.replace(",", "|") if _COMMA_CELLS.search(original) else raw
        for raw, original in zip(narrowed.split("\n"), text[slice(*span)].split("\n"), strict=True)
    ]
    chars = list("\n".join(lines))
    for start, end in furniture(text, span):
        chars[start - span[0] : end - span[0]] = " " * (end - start)
    flat = " " * span[0] + "".join(chars)
    alone = find_tokens(flat, span)
    return Flat(flat, span, tuple(_parts(flat, span, alone)), alone)


def _parts(text: str, span: Span, alone: Sequence[Token]) -> Iterator[Span]:
    """The pieces worth tagging, neighbours joined."""
    start, end = span[0], span[0]
    for piece in _kept(text, span, alone):
        if piece[0] > end:
            if end > start:
                yield start, end
            start = piece[0]
        end = piece[1]
    if end > start:
        yield start, end


def _kept(text: str, span: Span, alone: Sequence[Token]) -> Iterator[Span]:
    """Short lines; of long ones the clauses with a value and those before them, and short cells."""
    starts = [token.span[0] for token in alone]
    for line in _LINE.finditer(text, *span):
        if _is_short(line[0]):
            yield line.span()
            continue
        clauses = [match.span() for match in _CLAUSE.finditer(text, *line.span())]
        told = [
            any(map(str.isdigit, text[slice(*clause)]))
            or bisect_left(starts, clause[0]) < bisect_left(starts, clause[1])
            for clause in clauses
        ]
        for number, clause in enumerate(clauses):
            if any(told[number : number + 1 + _TITLES]) or _is_short_cell(text, clause):
                yield clause


def _is_short(stretch: str) -> bool:
    return len("".join(stretch.split())) <= _SHORT


def _is_short_cell(text: str, clause: Span) -> bool:
    """Whether a clause stands in a line of cells, as the titles of columns do."""
    start, end = clause
    is_cell = text[end - 1] in _CELL_ENDS or (start > 0 and text[start - 1] in _CELL_ENDS)
    return is_cell and _is_short(text[start:end])


def _word(token: Token) -> str:
    if token.kind is MentionKind.NUMBER and (match := _NUMBER.search(token.raw)):
        return match[0].replace(",", "")
    return token.raw
