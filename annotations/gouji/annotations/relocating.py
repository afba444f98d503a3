"""Relocating: where the numbers stand that a person said belong into a cell.

A correction says what is right, not where. Where gouji had taken another number of the printed
line for the cell, the right one stands beside it and belongs to nobody; if only one number of the
line can be meant, it is the place of the cell. If none can, the page shows something else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from gouji.annotations.checks import Sample
from gouji.annotations.page_numbers import other_numbers, printed_number, unit_factor
from gouji.model.annotation import Annotation, CellMention
from gouji.model.findings import Span
from gouji.model.form import Form
from gouji.model.mention import MentionKind, Number

_BOUNDARIES = frozenset(("", "\n", "\t", "|", "｜", ",", "，", ";", "；"))


def relocated(
    annotation: Annotation, confirmed: Mapping[str, Number | None], form: Form
) -> Annotation:
    """The annotation with the confirmed cells at the places where their values stand.

    A cell said to hold nothing loses the number that was taken for it.
    """
    sample = Sample(annotation, form)
    at = {mention.cell: mention for mention in annotation.mentions}
    sought = {
        cell
        for cell, value in confirmed.items()
        if cell not in at or not _says(at[cell], value, sample)
    }
    kept = {cell: mention for cell, mention in at.items() if cell not in sought}
    for cell in (cell for cell in annotation.cells if cell in sought):
        found = _free_number(cell, confirmed[cell], kept, sample)
        if found is None and confirmed[cell] is not None:
            found = _own_place(at.get(cell), kept.values())
        if found is not None:
            kept[cell] = found
    mentions = tuple(sorted(kept.values(), key=lambda mention: mention.span))
    printed = {
        cell: shown
        for cell, truth in annotation.cells.items()
        for shown in [printed_number(kept[cell]) if cell in kept else None]
        if shown != truth
    }
    others = tuple(other_numbers(annotation.text, [mention.span for mention in mentions]))
    return replace(annotation, mentions=mentions, printed=printed, others=others)


def _says(mention: CellMention, value: Number | None, sample: Sample) -> bool:
    """Whether a place shows a value, in whatever unit."""
    number = printed_number(mention)
    if number is None or value is None:
        return number is value
    cell = sample.cells.get(mention.cell)
    unit = cell.column.unit if cell else None
    times, by = unit_factor(sample.annotation.text, mention.span[1], unit)
    return Decimal(repr(number)) * times == Decimal(repr(value)) * by


def _free_number(
    cell: str, value: Number | None, kept: Mapping[str, CellMention], sample: Sample
) -> CellMention | None:
    """The only number of the cell's printed line that shows its value and is nobody's place.

    Where a printed line takes several lines of the text, those around the known places count too,
    but for numbers that are part of a title.
    """
    if value is None:
        return None
    text = sample.annotation.text
    near, far = _reach(cell, sample)
    free = [
        mention
        for span in other_numbers(text, [mention.span for mention in kept.values()])
        for mention in [CellMention(span, cell, text[slice(*span)])]
        if far[0] <= span[0] and span[1] <= far[1] and _says(mention, value, sample)
    ]
    found = [m for m in free if near[0] <= m.span[0] and m.span[1] <= near[1]]
    found = found or [m for m in free if _stands_alone(m.span, text)]
    return found[0] if len(found) == 1 else None


def _reach(cell: str, sample: Sample) -> tuple[Span, Span]:
    """Where the printed line of a cell stands: its lines of the text, and all up to its neighbours.

    Nothing if no cell of it has a place.
    """
    row = next(
        {one.id for one in cells}
        for table in sample.tables
        for _, cells in table.lines
        if any(one.id == cell for one in cells)
    )
    text = sample.annotation.text
    spans = [mention.span for mention in sample.mentions if mention.cell in row]
    if not spans:
        return (0, 0), (0, 0)
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    beside = [mention.span for mention in sample.mentions if mention.cell not in row]
    before = max((span[1] for span in beside if span[1] <= first), default=0)
    after = min((span[0] for span in beside if span[0] >= last), default=len(text))
    end = text.find("\n", last)
    return (text.rfind("\n", 0, first) + 1, len(text) if end < 0 else end), (before, after)


def _stands_alone(span: Span, text: str) -> bool:
    """Whether nothing but a boundary of a cell or a line stands on either side of a number."""
    before, after = text[: span[0]].rstrip(" 　"), text[span[1] :].lstrip(" 　")
    return before[-1:] in _BOUNDARIES and after[:1] in _BOUNDARIES


def _own_place(mention: CellMention | None, kept: Iterable[CellMention]) -> CellMention | None:
    """The place that the cell had, unless it was given to another cell meanwhile."""
    if mention is None or mention.kind is MentionKind.BLANK:
        return mention
    inside = range(*mention.span)
    is_free = all(not set(inside).intersection(range(*other.span)) for other in kept)
    return mention if is_free else None
