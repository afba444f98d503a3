"""The numbers that reconciling weighs by; they ship as plain JSON beside the forms."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from gouji.model.errors import ConfigError
from gouji.model.reading import cost_of


@dataclass(frozen=True, slots=True)
class ReconcilingSettings:
    """Prices, limits and thresholds; docs/reconciling.md says what each one does.

    `margin` is a cost (1000 times a natural logarithm): an explanation that costs this much more
    than the best no longer competes with it. `misprint` is the probability that a printed number
    should have been a certain other one, `respelled` that digits torn apart, or mixed with letters
    that look like digits, mean the number that they look like, `unlisted` that a number which is
    none of those that a recogniser names is a certain other one, `blank_number` that an empty cell
    or a mark means a certain number other than zero. `inferred_once` and `inferred_twice` are the
    confidence in the value of a lost cell that one equation decides, or that any equation may be
    spared for. A number may be held to belong to no cell only if that is at least as likely as
    `least_stray`; `uneven_gap` is the probability that an empty cell between two numbers was lost
    or added, `shifted` that a certain number of a line was torn in two or doubled, the rest moved
    on by a cell, and the last one cut off, `joined` that a line one number short has two that ran
    into a certain one, `exchanged` that two certain neighbours in a line, or in a column, stand in
    each other's place. At most `max_placements` ways to lay a line's numbers into its cells are
    weighed. From `many_changes` changed numbers on, all cells of their lines are for review, and
    not only those that stand in no other lines.
    Up to `max_explanations` competing explanations are listed. Of the states that lines laid one
    after another leave the sums in, `max_states` are carried on from line to line.
    `solver_time` is the solver's deterministic time for one table: about seconds, but counted
    in steps, so that the same input always ends in the same place.
    """

    margin: int
    review_below: float
    accept_from: float
    misprint: float
    respelled: float
    unlisted: float
    blank_number: float
    inferred_once: float
    inferred_twice: float
    many_changes: int
    max_explanations: int
    max_states: int
    least_stray: float
    uneven_gap: float
    shifted: float
    joined: float
    exchanged: float
    max_placements: int
    solver_time: float
    seed: int

    @property
    def misprint_cost(self) -> int:
        """The price of any other amount where a number is printed."""
        return cost_of(self.misprint)

    @property
    def respelled_cost(self) -> int:
        """The price of the number that torn digits, or letters among digits, look like."""
        return cost_of(self.respelled)

    @property
    def blank_number_cost(self) -> int:
        """The price of any amount but zero where nothing, or a mark, is printed."""
        return cost_of(self.blank_number)

    @property
    def shifted_cost(self) -> int:
        """The price of a number torn in two, or doubled, that has moved the rest of its line."""
        return cost_of(self.shifted)

    @property
    def joined_cost(self) -> int:
        """The price of two numbers run into one over one of them lost, in a line that is short."""
        return cost_of(self.joined)

    @property
    def exchanged_cost(self) -> int:
        """The price of two neighbouring numbers printed in each other's place."""
        return cost_of(self.exchanged)

    @property
    def uneven_gap_cost(self) -> int:
        """The price of each empty cell too many or too few between two numbers."""
        return cost_of(self.uneven_gap)

    @property
    def blank_zero_cost(self) -> int:
        """The price of taking an empty cell or a mark for zero."""
        return cost_of(1 - self.blank_number)


@cache
def load_settings() -> ReconcilingSettings:
    """The shipped settings."""
    path = files("gouji.model") / "forms" / "thresholds.json"
    return parse_settings(json.loads(path.read_bytes()), "thresholds.json")


def parse_settings(raw: Mapping[str, Any], name: str) -> ReconcilingSettings:
    """Settings from the content of a JSON file; `name` appears in error messages.

    Raises:
        ConfigError: a setting is unknown, missing, of the wrong type or out of range.
    """
    kinds = {field.name: field.type for field in fields(ReconcilingSettings)}
    if unknown := sorted(raw.keys() - kinds.keys()):
        raise ConfigError(f"{name}: 未知的设置 {', '.join(unknown)}；可用：{', '.join(kinds)}")
    if lost := sorted(kinds.keys() - raw.keys()):
        raise ConfigError(f"{name}: 缺少设置 {', '.join(lost)}")
    for key, kind in kinds.items():
        _check(name, key, raw[key], whole=kind is int)
    return ReconcilingSettings(**{key: raw[key] for key in kinds})


_PROBABILITIES = frozenset(
    (
        "review_below",
        "accept_from",
        "misprint",
        "respelled",
        "unlisted",
        "blank_number",
        "inferred_once",
        "inferred_twice",
        "least_stray",
        "uneven_gap",
        "shifted",
        "joined",
        "exchanged",
    )
)


def _check(name: str, key: str, value: object, *, whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise ConfigError(f"{name}: {key} 应为{'整数' if whole else '数'}，现为 {value!r}")
    if key in _PROBABILITIES and not 0 < value < 1:
        raise ConfigError(f"{name}: {key} 应在 0 与 1 之间（不含），现为 {value!r}")
    if key == "max_explanations" and value < 2:
        raise ConfigError(f"{name}: {key} 至少为 2，现为 {value!r}")
    if key != "seed" and value <= 0:
        raise ConfigError(f"{name}: {key} 应大于 0，现为 {value!r}")
