"""Mentions: the numbers, marks and empty cells of a text, each with what it may stand for."""

from dataclasses import dataclass
from enum import StrEnum

from gouji.model.findings import Finding, Span

Number = int | float
"""An amount in the unit of its cell; whole amounts are always int."""

Recognised = tuple[tuple[Number, float], ...]
"""Values with calibrated probabilities, most likely first; what is missing to 1 is none of them."""

Distribution = tuple[tuple[str, float], ...]
"""Labels with probabilities, most likely first; what is missing to 1 belongs to other labels."""


class MentionKind(StrEnum):
    """What stands at a mention: these differ and are never folded into one."""

    NUMBER = "number"
    MARK = "mark"  # `/`, `-`, `无` and the like
    BLANK = "blank"  # an empty cell whose boundaries survive
    UNREADABLE = "unreadable"  # something that is meant for a number but spells none for sure


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text that may fill a cell or a field.

    `raw` is what stands there, `value` the number it spells (None for marks and blanks), `unit`
    a unit written beside it. The distributions are given apart: `table` over table ids, `row`
    over `TABLE.ROW`, `column` over column ids, `field` over field ids. `group` numbers the
    printed line: mentions with one group are assigned to cells in reading order. `recognised` has
    what a recogniser makes of a number in a picture, `value` among it; it is empty where the text
    itself was there to read.
    """

    span: Span
    raw: str
    kind: MentionKind
    value: Number | None = None
    unit: str | None = None
    table: Distribution = ()
    row: Distribution = ()
    column: Distribution = ()
    field: Distribution = ()
    group: int = 0
    recognised: Recognised = ()


def probability(distribution: Distribution, label: str) -> float:
    """The probability of a label; 0.0 if the distribution does not name it."""
    return next((p for name, p in distribution if name == label), 0.0)


@dataclass(frozen=True, slots=True)
class TableMentions:
    """What was tagged in one table: its variant and its mentions in reading order.

    `span` is the region of the text that was read, None if the table was not found.
    """

    table: str
    variant: str
    span: Span | None
    mentions: tuple[Mention, ...] = ()
    findings: tuple[Finding, ...] = ()
