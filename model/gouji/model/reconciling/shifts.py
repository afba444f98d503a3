"""Shifted lines: one slip that moves the rest of a row.

A number torn in two, or printed twice, pushes the last one out: `2 0 10 0 12` in a row of five
becomes `2 0 1 0 0`, or `2 0 10 10 0`. Two numbers that run into one leave the row a number short:
`2 0 100 12`. Each number of the line then reads well, and only the sums tell. Such readings are
costly and many, so the first kind is tried only where the sums of a full line do not hold, the
second only if they hold for the two parts; what they say is weighed against misprints by price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.model.form import Cell, Equation
from gouji.model.mention import Mention, MentionKind, Number
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


def run_together(
    cells: Sequence[Cell],
    mentions: Sequence[Mention],
    least: int,
    equations: Sequence[Equation],
    settings: ReconcilingSettings,
) -> tuple[Assignment, ...]:
    """The line with one of its numbers taken apart into two, if that makes its own sums hold.

    None unless the line is one number short and prints plain digits alone. `least` is what the
    cheapest placement costs in which a number was lost instead.
    """
    if len(mentions) != len(cells) - 1 or not all(map(_is_plain, mentions)):
        return ()
    if not inner_equations(cells, equations):
        return ()
    return tuple(
        Assignment(least + settings.joined_cost, dict(enumerate(apart)))
        for apart in _taken_apart(mentions)
        if not _is_violated(cells, apart, equations)
    )


def _taken_apart(mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Every number cut in two wherever no part begins with a 0 that is not all of it."""
    for i, mention in enumerate(mentions):
        for at in range(1, len(mention.raw)):
            left, right = mention.raw[:at], mention.raw[at:]
            if str(int(left)) == left and str(int(right)) == right:
                parts = [replace(mention, recognised=((int(n), 1.0),)) for n in (left, right)]
                yield [*mentions[:i], *parts, *mentions[i + 1 :]]


def _is_plain(mention: Mention) -> bool:
    digits = mention.raw.isascii() and mention.raw.isdigit()
    return mention.kind is MentionKind.NUMBER and digits and not mention.recognised


def _is_violated(
    cells: Sequence[Cell], mentions: Sequence[Mention], equations: Sequence[Equation]
) -> bool:
    values = {cell.id: _stands_for(m) for cell, m in zip(cells, mentions, strict=True)}
    own = inner_equations(cells, equations)
    return any(sum(sign * values[cell] for sign, cell in e.terms) for e in own)


def _stands_for(mention: Mention) -> Number:
    return mention.recognised[0][0] if mention.recognised else mention.value or 0


def inner_equations(cells: Sequence[Cell], equations: Sequence[Equation]) -> list[Equation]:
    """The equations between cells of the line alone."""
    line = {cell.id for cell in cells}
    return [e for e in equations if line.issuperset(cell for _, cell in e.terms)]


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
