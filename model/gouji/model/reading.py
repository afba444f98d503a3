"""Readings: per cell the candidate values with costs, and the events that candidates hang on.

Costs are integers: 1000 times the negative natural logarithm of a probability, so that the
cheapest explanation is the most likely one and the solver stays exact.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log

from gouji.model.findings import Span
from gouji.model.mention import MentionKind, Number


def cost_of(probability: float) -> int:
    """The cost of an event with this probability.

    >>> cost_of(1.0), cost_of(0.5)
    (0, 693)

    Raises:
        ValueError: the probability is not in (0, 1].
    """
    return round(-1000 * log(probability))


class Origin(StrEnum):
    """How a candidate came to be."""

    PRINTED = "printed"  # the number stands there as read
    CONVERTED = "converted"  # the same amount in the form's unit
    BLANK_ZERO = "blank_zero"  # an empty cell or a mark, meaning zero
    MISREAD = "misread"  # another string that the reading may have been
    CORRECTION = "correction"  # a person said so
    CORRECTED_BLANK = "corrected_blank"  # a person said that nothing stands there


@dataclass(frozen=True, slots=True)
class Observation:
    """What stands in a place: `value` is the number in the page's own unit, None without one."""

    span: Span
    raw: str
    kind: MentionKind
    value: Number | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One amount a cell may have, in the cell's smallest unit (`Cell.scale` of them to a unit)."""

    amount: int
    cost: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell under one placement: what stands there and which amounts it may mean.

    `observation` is None if nothing was found for the cell. `change_cost` is the price of any
    amount that is not a candidate: the document, or our reading of it, is wrong here. None means
    that no other amount is possible (a person confirmed the cell). `change_origin` is `MISREAD`
    where the reading is the likelier culprit, None where the document is.
    """

    cell: str
    observation: Observation | None
    candidates: tuple[Candidate, ...]
    change_cost: int | None
    change_origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """One way to lay the mentions of a printed line into its cells; every cell has one reading."""

    cost: int
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line of a table: exactly one of its placements is true.

    A line is a row of the form, or all rows of a table that prints its rows side by side. If
    `complete` is False, possible placements were left out, and nothing in it may be called sure.
    `claim` is the probability that the mentions of the line belong to it and to no other one:
    nothing in the line is surer than that. `crowded` says that it has more numbers and marks than
    cells, so that some of them were left out. `pushed` says that some placements undo a shift that
    left its last cell no number. `sparse` says that zeros of the line were not printed and left no
    trace.
    """

    id: str
    placements: tuple[Placement, ...]
    complete: bool = True
    claim: float = 1.0
    crowded: bool = False
    pushed: bool = False
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class TableReadings:
    """The readings of one table: its lines in the order of the form.

    `found` is False if the table was not found in the document; its lines then have readings
    without observations. `stray` lists numbers that stand in the table and fit no cell.
    """

    table: str
    variant: str
    lines: tuple[Line, ...]
    found: bool = True
    stray: tuple[Observation, ...] = ()
