"""Placing: the ways to lay the mentions of a printed line into its cells.

Numbers and marks keep their order. The columns of a line are one decision: a placement costs what
its least likely mention costs, not the product over all of them, since the mentions of a line are
right or wrong together. Empty cells have no content and only help to count: between two numbers
there should be as many of them as there are cells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from gouji.model.form import Cell
from gouji.model.mention import Mention, MentionKind
from gouji.model.reading import cost_of
from gouji.model.reconciling.settings import ReconcilingSettings

_MOST_WALKS = 20_000  # choices looked at in a line before it is given up as incomplete

_Option = tuple[int | None, int]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which mention fills which cell (index within the line), and what that costs."""

    cost: int
    mentions: Mapping[int, Mention]


def place(
    cells: Sequence[Cell],
    mentions: Sequence[Mention],
    settings: ReconcilingSettings,
    fits: Callable[[Mapping[int, Mention]], bool] | None = None,
) -> tuple[tuple[Assignment, ...], bool]:
    """The assignments of a line, cheapest first, and whether they are all there are.

    At most `settings.max_placements` are returned; if any of them `fits`, only those that do.
    """
    valued = [i for i, mention in enumerate(mentions) if mention.kind is not MentionKind.BLANK]
    options = [_options(mentions[i], cells, settings) for i in valued]
    walks = list(islice(_walk(options, -1), _MOST_WALKS + 1))
    found = [
        Assignment(
            max((cost for _, cost in walk), default=0) + uneven * settings.uneven_gap_cost, assigned
        )
        for walk in walks[:_MOST_WALKS]
        for assigned, uneven in [_fill(cells, mentions, valued, [place for place, _ in walk])]
    ]
    if fits is not None:
        found = [a for a in found if fits(a.mentions)] or found
    found.sort(key=lambda a: (a.cost, -len(a.mentions), sorted(a.mentions)))
    complete = len(walks) <= _MOST_WALKS and 0 < len(found) <= settings.max_placements
    return tuple(found[: settings.max_placements]) or (Assignment(0, {}),), complete


def _options(
    mention: Mention, cells: Sequence[Cell], settings: ReconcilingSettings
) -> list[_Option]:
    """(index of a cell, cost) for each cell the mention may fill; index None for no cell."""
    share = _row_shares(mention, cells)
    column = dict(mention.column)
    weights = [
        (i, column[cell.column.id] * share[cell.row.id])
        for i, cell in enumerate(cells)
        if cell.column.id in column
    ]
    options: list[_Option] = [(i, cost_of(min(p, 1.0))) for i, p in weights if p > 0]
    nowhere = 1 - sum(p for _, p in weights)
    if nowhere >= settings.least_stray or not options:
        options.append((None, cost_of(min(max(nowhere, settings.least_stray), 1.0))))
    return options


def _row_shares(mention: Mention, cells: Sequence[Cell]) -> Mapping[str, float]:
    """The probability of each row among the rows of a line."""
    given = dict(mention.row)
    weights = {cell.row.id: given.get(f"{cell.table}.{cell.row.id}", 0.0) for cell in cells}
    total = sum(weights.values())
    return {row: weight / total if total else 0.0 for row, weight in weights.items()}


def _walk(options: Sequence[Sequence[_Option]], last: int) -> Iterator[list[_Option]]:
    """Every choice of one option a mention in which the cells rise."""
    if not options:
        yield []
        return
    for place, cost in options[0]:
        if place is None or place > last:
            for rest in _walk(options[1:], last if place is None else place):
                yield [(place, cost), *rest]


def _fill(
    cells: Sequence[Cell],
    mentions: Sequence[Mention],
    valued: Sequence[int],
    places: Sequence[int | None],
) -> tuple[dict[int, Mention], int]:
    """The assignment with its empty cells, and how many of them are too many or too few.

    Before the first number the empty cells nearest to it count, behind the last one likewise;
    there, more of them than cells are merged cells and no irregularity.
    """
    taken = [(i, p) for i, p in zip(valued, places, strict=True) if p is not None]
    assigned = {place: mentions[i] for i, place in taken}
    fences = [(-1, -1), *taken, (len(mentions), len(cells))]
    has_blanks = len(valued) < len(mentions)
    uneven = 0
    for number, ((i, low), (j, high)) in enumerate(pairwise(fences)):
        blanks = [m for m in mentions[i + 1 : j] if m.kind is MentionKind.BLANK]
        gap = range(low + 1, high)
        if number == 0 and taken:
            blanks, gap = blanks[-len(gap) :] if gap else [], gap[max(0, len(gap) - len(blanks)) :]
        elif number < len(taken) and has_blanks:
            uneven += abs(len(blanks) - len(gap))
        assigned.update(zip(gap, blanks, strict=False))
    return assigned, uneven
