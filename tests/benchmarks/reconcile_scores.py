"""What became of damaged tables, counted and written as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

import numpy as np

from gouji.inference.rates import upper_bound
from gouji.model.form import Table
from gouji.model.mention import Number
from gouji.model.reading import TableReadings
from gouji.model.reconciling import load_settings
from gouji.model.reconciling.joint import place_jointly
from gouji.model.reconciling.problem import components
from gouji.model.report import CellResult, TableResult
from tests.benchmarks.reconcile_damage import Damaged, Numbers

_OUT_OF_TIME = "C004"


@dataclass
class Score:
    """What became of one kind of damage to one table.

    `restored` are spoilt cells with their true value and no flag, `corrected` with a flag, `listed`
    those that are flagged and have the truth among their alternatives alone, `lost` those that are
    flagged without it, `silent` those with a wrong value and no flag; `harmed` are sound cells with
    a wrong value and no flag. `flagged` counts sound cells to review, `unproved` tables for
    which time ran out. Of lines without their zeros, `one_grouping` counts the tables whose sums
    leave one way to say which numbers share a column, `shared` the numbers in them, `shared_right`
    those that stand with the right ones. `confidences` and `right` have one entry a cell.
    """

    tables: int = 0
    cells: int = 0
    spoilt: int = 0
    restored: int = 0
    corrected: int = 0
    listed: int = 0
    lost: int = 0
    silent: int = 0
    harmed: int = 0
    flagged: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    unproved: int = 0
    one_grouping: int = 0
    shared: int = 0
    shared_right: int = 0
    milliseconds: list[float] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, result: TableResult, truth: Numbers, damaged: Damaged) -> None:
        """Counts one table."""
        self.tables += 1
        wrong = False
        for cell in result.cells:
            is_right = _is_right(cell, truth[cell.id])
            wrong |= not is_right
            self.cells += 1
            self.confidences.append(cell.confidence)
            self.right.append(is_right)
            if cell.id not in damaged.spoilt:
                self.flagged += cell.review
                self.harmed += not is_right and not cell.review
                continue
            self.spoilt += 1
            if not cell.review:
                self.restored += is_right
                self.silent += not is_right
            elif is_right:
                self.corrected += 1
            elif any(a.value == truth[cell.id] for a in cell.alternatives):
                self.listed += 1
            else:
                self.lost += 1
        self.accepted += result.verdict.value == "accepted"
        self.accepted_wrong += wrong and result.verdict.value == "accepted"
        self.unproved += any(f.code == _OUT_OF_TIME for f in result.findings)


@dataclass
class Rival:
    """What a plain method makes of the same tables: every value of it is taken at its word."""

    spoilt: int = 0
    restored: int = 0
    harmed: int = 0
    seconds: float = 0.0

    def add(self, values: Mapping[str, Number | None], truth: Numbers, damaged: Damaged) -> None:
        """Counts one table."""
        for cell, number in truth.items():
            is_right = values.get(cell) == number
            if cell in damaged.spoilt:
                self.spoilt += 1
                self.restored += is_right
            else:
                self.harmed += not is_right


def _is_right(cell: CellResult, truth: Number) -> bool:
    return cell.value == truth or (
        cell.value is None and cell.status.value == "blank" and not truth
    )


def grouping(table: Table, readings: TableReadings, truth: Numbers) -> tuple[int, int] | None:
    """(numbers, those that share their column with the right ones) if the sums leave one grouping.

    With fewer columns in use than there are, sums fix columns only up to their names: the placings
    that are left are then as many as there are choices of so many columns.
    """
    columns = [column.id for column in table.blocks[0].columns][:-1]
    for part in components(table, readings):
        joint = place_jointly(part, load_settings().max_states) if part.sparse else None
        if joint is None or joint.unproved:
            continue
        placed = {cell: pick.amount for cell, pick in joint.best.picks.items()}
        used, true = (_in_use(table, numbers, columns) for numbers in (placed, truth))
        if joint.n_placings == comb(len(columns), len(used)):
            name = dict(zip(used, true, strict=len(used) == len(true)))
            numbers = [c for c in table.cells if placed[c.id] and c.column.id in columns]
            right = [
                c
                for c in numbers
                if truth[f"{table.id}.{c.row.id}.{name[c.column.id]}"] == placed[c.id]
            ]
            return len(numbers), len(right)
    return None


def _in_use(table: Table, numbers: Numbers, columns: Sequence[str]) -> list[str]:
    used = {cell.column.id for cell in table.cells if numbers[cell.id]}
    return [column for column in columns if column in used]


def rows(scores: Mapping[str, tuple[Score, Mapping[str, Rival]]]) -> Iterator[str]:
    """The scores as a table in Markdown."""
    yield (
        "| damage | tables | spoilt cells | restored, no flag | right, flagged "
        "| flagged, truth listed | flagged, not listed | silent | sound cells harmed "
        "| sound cells flagged | accepted (wrong) | ms p50 / p99 / max | not proved |"
    )
    yield "|---|" + "---:|" * 12
    for name, (s, _) in scores.items():
        p50, p99 = np.percentile(s.milliseconds, [50, 99])
        yield (
            f"| {name} | {s.tables} | {s.spoilt:,} | {_share(s.restored, s.spoilt)} "
            f"| {_share(s.corrected, s.spoilt)} | {_share(s.listed, s.spoilt)} "
            f"| {_share(s.lost, s.spoilt)} | {s.silent} "
            f"| {_bounded(s.harmed, s.cells - s.spoilt)} | {s.flagged} | {s.accepted} "
            f"({s.accepted_wrong}) | {p50:.1f} / {p99:.0f} / {max(s.milliseconds):.0f} "
            f"| {s.unproved} |"
        )
    for name, (s, _) in scores.items():
        if s.one_grouping:
            yield (
                f"\n{name}: the sums leave one grouping of columns in {s.one_grouping} tables; "
                f"{_share(s.shared_right, s.shared)} of {s.shared:,} numbers share a column with "
                f"the right ones"
            )
    yield ""
    yield "| damage | method | spoilt cells | restored | sound cells harmed | seconds |"
    yield "|---|---|---:|---:|---:|---:|"
    for name, (_, rivals) in scores.items():
        for method, r in rivals.items():
            if r.spoilt or r.harmed or r.seconds:
                yield (
                    f"| {name} | {method} | {r.spoilt:,} | {_share(r.restored, r.spoilt)} "
                    f"| {r.harmed} | {r.seconds:.1f} |"
                )


def _bounded(n: int, of: int) -> str:
    """A count of events with its one-sided 95 % bound."""
    return f"{n} of {of:,} (at most {upper_bound(n, of):.2g})" if of else "0"


def _share(n: int, of: int) -> str:
    return f"{n:,} ({n / of:.1%})" if of else "0"
