"""The flow of a text over its pages: paragraphs and tables whole, what pages repeat set aside."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from gouji.inference.readers.paragraphs import ENTRY, glue
from gouji.inference.readers.pdf.columns import Columns
from gouji.inference.readers.pdf.joining import goes_on, joined
from gouji.inference.readers.pdf.layout import Item, Layout, TextLine
from gouji.inference.readers.pdf.tables import Table
from gouji.inference.readers.pdf.words import Run

_MARGIN = 0.12  # of the height of a page, where its head and foot stand
_MARGIN_LINES = 2
_SAME_HEIGHT_PT = 6.0
_ROOM = 2.0  # of a letter, the most room at the end of a line that goes on
_NARROW = 0.6  # of a letter, the width of those of a word that is not broken
_INDENT = 0.5  # of a letter, the most that a line that goes on is indented
_WIDE = 0.65  # of the width of a page, from where on a line can be full
_SAME_SIZE = 0.15
_LARGE = 1.25  # of the usual size, what letters of a title have at least
_CENTRED = 0.7  # of a letter, how far the middles of lines of a title are apart at most
_TITLE_STEP = 2.2  # of a letter, the most from one line of a title to the next
_NEAR = 1.35  # of the usual step between lines, the most within a paragraph
_DASHES = r"[-—–─－~·\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}(?:第|page)?\s*\d{{1,4}}\s*页?(?:\s*[/,，共of]+\s*\d{{1,4}}\s*页?)?{_DASHES}", re.I
)
_WORD = re.compile(r"[!-~]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text that are one."""

    runs: tuple[Run, ...]


Block = Paragraph | Table | Columns


@dataclass(frozen=True, slots=True)
class _Measure:
    """What tells that a line goes on.

    The margins of the text, the usual step between its lines and the usual size of its letters.
    """

    left: float
    right: float
    step: float
    size: float


def flow(layouts: Sequence[Layout]) -> list[Block]:
    """The blocks of a document in reading order.

    A head of pages stands where it is first printed, unless it would tear a table or paragraph;
    then it stands behind all other text, as page numbers and feet do. What several pages print
    stands once.
    """
    repeated = _repeated(layouts)
    measure = _measure(layouts)
    blocks: list[Block] = []
    aside: list[Block] = []
    seen: set[str] = set()
    last: TextLine | None = None  # the line that `blocks` ends with
    for layout in layouts:
        head, body, foot = _split(layout, repeated)
        numbers = [line for line in head if _is_number(line)]
        heads = _unseen((line for line in head if line not in numbers), seen)
        for number, item in enumerate(body):
            whole = _one(blocks, last, item, measure, is_next_page=number == 0) if blocks else None
            if whole:
                blocks[-1] = whole
            else:
                blocks += [*heads, _block(item)]
                heads = []
            last = item if isinstance(item, TextLine) else None
        aside += [*heads, *_unseen((*numbers, *foot, *layout.marks), seen)]
    return [*blocks, *aside]


def _unseen(lines: Iterable[TextLine], seen: set[str]) -> list[Block]:
    """The lines whose text has not been seen, which it is then."""
    blocks: list[Block] = []
    for line in lines:
        if line.run.text not in seen:
            seen.add(line.run.text)
            blocks.append(_block(line))
    return blocks


def _block(item: Item) -> Block:
    return Paragraph((item.run,)) if isinstance(item, TextLine) else item


def _one(
    blocks: Sequence[Block],
    last: TextLine | None,
    item: Item,
    measure: _Measure,
    *,
    is_next_page: bool,
) -> Block | None:
    """The last block with the next item, if that is the rest of it."""
    block = blocks[-1]
    if isinstance(block, Table) and isinstance(item, Table):
        return joined(block, item) if is_next_page and goes_on(block, item) else None
    if last is None or not isinstance(block, Paragraph) or not isinstance(item, TextLine):
        return None
    step = None if is_next_page else item.top - last.top
    if not _goes_on(last, item, measure, step):
        return None
    parted = glue(last.run.text, item.run.text)
    return Paragraph((*block.runs, replace(item.run, glue=parted)))


def _goes_on(last: TextLine, line: TextLine, measure: _Measure, step: float | None) -> bool:
    """Whether a line is the rest of the paragraph that the last one belongs to."""
    if abs(last.size - line.size) > _SAME_SIZE * last.size:
        return False
    if step is not None and _is_title(last, line, measure):
        return step <= _TITLE_STEP * line.size
    word = _WORD.match(line.run.text)
    room = _ROOM + (_NARROW * len(word[0]) if word else 0)
    return (
        last.right >= measure.right - room * last.size
        and line.left <= measure.left + _INDENT * line.size
        and (step is None or step <= _NEAR * measure.step)
        and not ENTRY.match(line.run.text)
    )


def _is_title(last: TextLine, line: TextLine, measure: _Measure) -> bool:
    """Whether two lines are in large letters, one centred below the other."""
    centres = last.left + last.right - line.left - line.right
    is_large = min(last.size, line.size) >= _LARGE * measure.size
    return is_large and abs(centres) <= 2 * _CENTRED * line.size and last.left < line.left


def _measure(layouts: Sequence[Layout]) -> _Measure:
    """The margins of the text of most pages; a text without long lines has no right one."""
    lines = [[i for i in layout.items if isinstance(i, TextLine)] for layout in layouts]
    wide = [
        line.right
        for layout, found in zip(layouts, lines, strict=True)
        for line in found
        if line.right >= _WIDE * layout.size[0]
    ]
    lefts = [line.left for found in lines for line in found]
    steps = [
        lower.top - upper.top
        for found in lines
        for upper, lower in pairwise(found)
        if 0 < lower.top - upper.top <= 3 * lower.size
    ]
    return _Measure(
        min(lefts, default=0.0),
        max(wide, default=float("inf")),
        median(steps) if steps else float("inf"),
        median(line.size for found in lines for line in found) if lefts else 0.0,
    )


def _split(
    layout: Layout, repeated: set[tuple[str, int]]
) -> tuple[list[TextLine], list[Item], list[TextLine]]:
    """Head, body and foot of a page."""
    items = list(layout.items)
    head: list[TextLine] = []
    foot: list[TextLine] = []
    while items and len(head) < _MARGIN_LINES and _is_margin(items[0], layout, repeated):
        head.append(items.pop(0))  # type: ignore[arg-type]  # no margin line is a table
    while items and len(foot) < _MARGIN_LINES and _is_margin(items[-1], layout, repeated):
        foot.insert(0, items.pop())  # type: ignore[arg-type]  # as above
    return head, items, foot


def _is_margin(item: Item, layout: Layout, repeated: set[tuple[str, int]]) -> bool:
    if not isinstance(item, TextLine) or not _in_margin(item, layout):
        return False
    return _is_number(item) or any(key in repeated for key in _keys(item))


def _is_number(line: TextLine) -> bool:
    return _PAGE_NUMBER.fullmatch(line.run.text) is not None


def _in_margin(line: TextLine, layout: Layout) -> bool:
    height = layout.size[1]
    return line.bottom <= _MARGIN * height or line.top >= (1 - _MARGIN) * height


def _repeated(layouts: Sequence[Layout]) -> set[tuple[str, int]]:
    """The lines in the margins that stand on several pages, whatever their digits."""
    counted: Counter[tuple[str, int]] = Counter()
    for layout in layouts:
        items = layout.items
        outer = {*range(min(_MARGIN_LINES, len(items)))}
        outer |= {*range(max(len(items) - _MARGIN_LINES, 0), len(items))}
        keys: set[tuple[str, int]] = set()
        for index in outer:
            item = items[index]
            if isinstance(item, TextLine) and _in_margin(item, layout):
                keys |= _keys(item)
        counted.update(keys)
    return {key for key, n in counted.items() if n > 1}


def _keys(line: TextLine) -> set[tuple[str, int]]:
    """What lines share that stand at nearly the same height and differ in digits alone."""
    text = _DIGITS.sub("#", line.run.text)
    at = line.top / _SAME_HEIGHT_PT
    return {(text, int(at)), (text, int(at + 0.5) + 1_000_000)}
