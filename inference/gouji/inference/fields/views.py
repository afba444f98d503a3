"""Views: a text as rules for prose search it, with the way back to the page.

Labels are compared folded, without punctuation; sentences and dates need it. A view therefore
keeps punctuation (half-width) and drops only blanks and line breaks.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gouji.model.findings import Span
from gouji.model.folding import Folded, fold_char
from gouji.model.mention import Number
from gouji.model.numerals import parse_numeral

NUMBER = (
    r"(?:(?<!\d)(?<!\d[., ])(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?!\d)(?:\.\d{1,6})?"
    r"|(?<![零〇一二两三四五六七八九十百千])[零〇一二两三四五六七八九十百千]{1,9})"
)
"""A number in a view; never the second half of one that a blank tore in two."""

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "o": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_CLOSING = frozenset("。;:!?；：！？")
_WRAPPED = 15  # characters from which a line without closing punctuation may go on below
_ITEM = re.compile(r"[#|\t*•·-]|[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．]")


@lru_cache(maxsize=1 << 14)
def _view_char(char: str) -> str:
    folded = fold_char(char)
    if folded or char.isspace() or unicodedata.category(char) in ("Cf", "Cc"):
        return folded
    return "".join(c for c in unicodedata.normalize("NFKC", char) if not c.isspace())


def _joins_word(left: str, right: str) -> bool:
    return all(char.isascii() and char.isalnum() for char in (left, right))


def view_of(text: str, start: int = 0, end: int | None = None) -> Folded:
    """The view of text[start:end]; origins count from the beginning of `text`.

    A blank is kept where it parts two numbers or Latin words.

    >>> view_of("自 ２０２２ 年 1 月 1 日起，共 12 34 件").text
    '自2022年1月1日起,共12 34件'
    """
    chars: list[str] = []
    origin: list[int] = []
    blank = False
    for index in range(start, len(text) if end is None else end):
        folded = _view_char(text[index])
        if folded and blank and chars and _joins_word(chars[-1], folded[0]):
            chars.append(" ")
            origin.append(index - 1)
        for char in folded:
            chars.append(char)
            origin.append(index)
        blank = not folded
    return Folded("".join(chars), tuple(origin))


def kept_of(view: Folded, dropped: Sequence[Span]) -> Folded:
    """The view with the characters of the spans (counted in the view) taken out."""
    parts = [part_of(view, *span) for span in outside((0, len(view.text)), dropped)]
    return Folded(
        "".join(part.text for part in parts), tuple(i for part in parts for i in part.origin)
    )


def part_of(view: Folded, start: int, end: int) -> Folded:
    """The view of characters start..end of a view."""
    return Folded(view.text[start:end], view.origin[start:end])


def outside(span: Span, holes: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of a span that no hole covers, in reading order.

    >>> outside((0, 10), [(2, 4), (8, 12)])
    ((0, 2), (4, 8))
    """
    parts: list[Span] = []
    start, end = span
    for hole_start, hole_end in sorted(holes):
        if start < min(hole_start, end):
            parts.append((start, min(hole_start, end)))
        start = max(start, hole_end)
    if start < end:
        parts.append((start, end))
    return tuple(parts)


def lines_of(text: str, span: Span) -> Iterator[Span]:
    """The lines of text[span] without outer white space, empty ones left out."""
    start, end = span
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop]
        if stripped := line.strip():
            first = start + line.index(stripped[0])
            yield first, first + len(stripped)
        start = stop + 1


def _goes_on(text: str, line: Span, following: Span) -> bool:
    """Whether a sentence runs over the line break between two lines."""
    wrapped = line[1] - line[0] >= _WRAPPED and text[line[1] - 1] not in _CLOSING
    adjacent = text.count("\n", line[1], following[0]) == 1
    return wrapped and adjacent and not _ITEM.match(text, following[0])


def paragraphs_of(text: str, spans: Sequence[Span]) -> Iterator[Folded]:
    """The views of the paragraphs in text[spans]; a line broken by a narrow page is joined."""
    for span in spans:
        lines = list(lines_of(text, span))
        start = 0
        for index, line in enumerate(lines):
            last = index + 1 == len(lines)
            if last or not _goes_on(text, line, lines[index + 1]):
                yield view_of(text, lines[start][0], line[1])
                start = index + 1


def spelled(raw: str) -> Number | None:
    """The number that a string of a view spells, in digits or Chinese, or None.

    Chinese numerals go up to 9999; `二〇二二` is read digit by digit.

    >>> spelled("1,024"), spelled("三十二"), spelled("一百零五"), spelled("二〇二二"), spelled("十")
    (1024, 32, 105, 2022, 10)
    """
    numeral = parse_numeral(raw)
    if numeral:
        return numeral.value
    if not raw or any(char not in _DIGITS and char not in _POWERS for char in raw):
        return None
    if not any(char in _POWERS for char in raw):
        return int("".join(str(_DIGITS[char]) for char in raw))
    total, digit = 0, 0
    for char in raw:
        if char in _POWERS:
            total += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
