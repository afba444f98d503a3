"""A text with some of its places marked, cut to the regions around them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.inference.evaluation_page.markup import Html, joined, tag

Span = tuple[int, int]

_WHOLE = 1_500  # characters up to which a text is shown uncut
_AROUND = 120  # characters kept on each side of a mark
_NEAR = 60  # regions closer than this are one
_MOST_MARKS = 150
_BLANK = "▯"  # stands where a mark has no width
_EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, why it is marked, and how badly: the lower `rank`, the worse."""

    span: Span
    rank: int
    class_: str
    title: str


def marked_text(text: str, marks: Iterable[Mark]) -> Html:
    """The text with its marks; places that the text does not have are left out.

    Marks that overlap become one. Where there are very many, the worst are kept. Empty lines are
    not shown.
    """
    fitting = [m for m in marks if 0 <= m.span[0] <= m.span[1] <= len(text)]
    kept = sorted(sorted(fitting, key=lambda m: (m.rank, m.span))[:_MOST_MARKS], key=_place)
    merged = tuple(_merged(kept))
    parts: list[Html] = []
    end = 0
    for start, stop in _regions(text, merged):
        parts += [_gap(start - end), _region(text, (start, stop), merged)]
        end = stop
    return tag("pre", *parts, _gap(len(text) - end), class_="text")


def _place(mark: Mark) -> Span:
    return mark.span


def _merged(marks: Iterable[Mark]) -> Iterator[Mark]:
    last: Mark | None = None
    for mark in marks:
        if last is not None and (mark.span == last.span or mark.span[0] < last.span[1]):
            worse = min(last, mark, key=lambda m: m.rank)
            span = (last.span[0], max(last.span[1], mark.span[1]))
            last = replace(worse, span=span, title=f"{last.title}\n{mark.title}")
            continue
        if last is not None:
            yield last
        last = mark
    if last is not None:
        yield last


def _regions(text: str, marks: Sequence[Mark]) -> Sequence[Span]:
    """The parts of the text that are shown, in whole lines where the lines are short."""
    if len(text) <= _WHOLE or not marks:
        return ((0, min(len(text), _WHOLE)),)
    regions: list[Span] = []
    for mark in marks:
        start, stop = _around(text, mark.span)
        if regions and start - regions[-1][1] <= _NEAR:
            regions[-1] = (regions[-1][0], max(stop, regions[-1][1]))
        else:
            regions.append((start, stop))
    return regions


def _around(text: str, span: Span) -> Span:
    """The place with what stands around it, beginning and ending at a line where one is near."""
    start, stop = max(0, span[0] - _AROUND), min(len(text), span[1] + _AROUND)
    line = text.find("\n", start, span[0])
    start = line + 1 if line >= 0 and start > 0 else start
    line = text.rfind("\n", span[1], stop)
    return start, line + 1 if line >= 0 and stop < len(text) else stop


def _region(text: str, region: Span, marks: Iterable[Mark]) -> Html:
    parts: list[object] = []
    end = region[0]
    for mark in marks:
        start, stop = mark.span
        if region[0] <= start and stop <= region[1]:
            shown = text[start:stop] or _BLANK
            parts += [
                _dense(text[end:start]),
                tag("mark", shown, class_=mark.class_, title=mark.title),
            ]
            end = stop
    return joined((*parts, _dense(text[end : region[1]])))


def _dense(text: str) -> str:
    """The text without its empty lines, which would push the marks out of sight."""
    return _EMPTY_LINES.sub("\n", text)


def _gap(n_left_out: int) -> Html:
    if not n_left_out:
        return Html()
    return tag("span", f"⋯ 略 {n_left_out:,} 字 ⋯", class_="gap")
