"""Shifted lines: a number torn in two, or printed twice, that pushes the last one out of its row.

`2 0 10 0 12` in a row of five becomes `2 0 1 0 0`, or `2 0 10 10 0`. Each number of the line then
reads well, and only the sums tell. Such readings are costly and many, so they are tried only for a
full line whose own sums do not hold; what they say is weighed against misprints by price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.model.form import Cell, Equation
from gouji.model.mention import Mention, MentionKind
from gouji.model.reconciling.placing import Assignment
from gouji.model.reconciling.settings import ReconcilingSettings


def pushed_along(
    cells: Sequence[Cell],
    placed: Assignment,
    equations: Sequence[Equation],
    settings: ReconcilingSettings,
) -> tuple[Assignment, ...]:
    """The line with two neighbours made one, the rest moved back, and its last cell lost.

    None unless all of the line is printed in plain digits, and one of the `equations` between cells
    of the line alone is violated.
    """
    line = [placed.mentions.get(i) for i in range(len(cells))]
    mentions = [mention for mention in line if mention is not None and _is_plain(mention)]
    if len(mentions) < len(cells) or not _is_violated(cells, mentions, equations):
        return ()
    return tuple(
        Assignment(placed.cost + settings.shifted_cost, dict(enumerate(moved)))
        for moved in _moved_back(mentions)
    )


def _is_plain(mention: Mention) -> bool:
    digits = mention.raw.isascii() and mention.raw.isdigit()
    return mention.kind is MentionKind.NUMBER and digits and not mention.recognised


def _is_violated(
    cells: Sequence[Cell], mentions: Sequence[Mention], equations: Sequence[Equation]
) -> bool:
    values = {cell.id: mention.value or 0 for cell, mention in zip(cells, mentions, strict=True)}
    own = [e for e in equations if all(cell in values for _, cell in e.terms)]
    return any(sum(sign * values[cell] for sign, cell in e.terms) for e in own)


def _moved_back(mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Every pair of neighbours as one number, for none begins with 0; and once what stands twice.

    It makes no difference which of several equal neighbours is left out.
    """
    for i, (left, right) in enumerate(pairwise(mentions)):
        if left.raw == right.raw and (i == 0 or mentions[i - 1].raw != left.raw):
            yield [*mentions[:i], *mentions[i + 1 :]]
        if left.raw.startswith("0"):
            continue
        whole = replace(
            left,
            span=(left.span[0], right.span[1]),
            raw=f"{left.raw} {right.raw}",
            value=int(left.raw + right.raw),
        )
        yield [*mentions[:i], whole, *mentions[i + 2 :]]
