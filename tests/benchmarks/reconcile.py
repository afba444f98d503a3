"""The reconciling benchmark: how damaged tables come back, and what else they come back with.

    .venv/bin/python tests/benchmarks/reconcile.py OUT --tables 200 --seed 1

draws sound tables by the number law, damages each in every way of `reconcile_damage.py`, reconciles
what is left, and writes OUT/reconcile.json and OUT/reconcile.md. Beside gouji stand what people do
today: nothing, totals computed anew from their parts, and the least number of changed cells that
makes the sums hold (mixed-integer program, HiGHS). Milliseconds are processor time on one core.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.model.form import Form, Table
from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind, Number
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.report import CellResult, TableResult
from gouji.training.synthesis.number_law import draw
from tests.benchmarks.reconcile_damage import DAMAGES, Damaged, Numbers

TABLES = (("requests", "2021"), ("disputes", "2019"))
_OUT_OF_TIME = "C004"
_HIGHS_SECONDS = 5.0


@dataclass
class Score:
    """What became of one kind of damage to one table.

    `restored` are spoilt cells with their true value and no flag, `corrected` with a flag, `listed`
    those that are flagged and have the truth among their alternatives alone, `lost` those that are
    flagged without it, `silent` those with a wrong value and no flag; `harmed` are sound cells with
    a wrong value and no flag. `flagged` counts sound cells to review, `unproved` tables for
    which time ran out.
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
    milliseconds: list[float] = field(default_factory=list)

    def add(self, result: TableResult, truth: Numbers, damaged: Damaged) -> None:
        """Counts one table."""
        self.tables += 1
        wrong = False
        for cell in result.cells:
            is_right = _is_right(cell, truth[cell.id])
            wrong |= not is_right
            self.cells += 1
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


def nothing(table: Table, read: Mapping[str, int]) -> Mapping[str, int]:
    """The numbers as they were read."""
    del table
    return read


def totals_anew(table: Table, read: Mapping[str, int]) -> Mapping[str, int]:
    """Every total replaced by the sum of its parts, in the order of the form."""
    values = dict(read)
    for equation in table.equations:
        if len(equation.left) == 1:
            values[equation.left[0]] = sum(values[cell] for cell in equation.right)
    return values


def least_change(table: Table, read: Mapping[str, int]) -> Mapping[str, int]:
    """The numbers that add up and differ from those read in as few cells as can be."""
    cells = [cell.id for cell in table.cells]
    n, most = len(cells), 2 * max(sum(read.values()), 1)
    at = {cell: i for i, cell in enumerate(cells)}
    shown = np.array([read[cell] for cell in cells], float)
    sums = np.zeros((len(table.equations), 2 * n))
    for i, equation in enumerate(table.equations):
        for sign, cell in equation.terms:
            sums[i, at[cell]] = sign
    keep, same = np.eye(n), np.full(n, np.inf)
    found = milp(
        np.concatenate([np.zeros(n), np.ones(n)]),
        integrality=np.ones(2 * n),
        bounds=Bounds(np.zeros(2 * n), np.concatenate([np.full(n, most), np.ones(n)])),
        constraints=[
            LinearConstraint(sums, 0, 0),
            LinearConstraint(np.hstack([keep, -most * keep]), -same, shown),
            LinearConstraint(np.hstack([keep, most * keep]), shown, same),
        ],
        options={"time_limit": _HIGHS_SECONDS},
    )
    if found.x is None:
        return read
    return {cell: round(found.x[i]) for cell, i in at.items()}


RIVALS = {"nothing": nothing, "totals anew": totals_anew, "least change": least_change}


def measure(
    form: Form, table: Table, damage: str, seeds: Sequence[str], with_rivals: int
) -> tuple[Score, Mapping[str, Rival]]:
    """The scores of one kind of damage; the rivals see only so many of the tables."""
    settings, score = load_settings(), Score()
    rivals = {name: Rival() for name in RIVALS}
    for number, seed in enumerate(seeds):
        rng = Random(seed)
        truth = draw((table,), rng)
        damaged = DAMAGES[damage](form, table, truth, rng)
        readings = assemble(table, damaged.mentions, settings).readings
        start = process_time()
        result = reconcile(table, readings, settings)
        score.milliseconds.append(1000 * (process_time() - start))
        score.add(result, truth, damaged)
        if number < with_rivals:
            _compete(table, damaged, truth, rivals)
    return score, rivals


def _compete(table: Table, damaged: Damaged, truth: Numbers, rivals: Mapping[str, Rival]) -> None:
    read = dict.fromkeys(truth, 0)
    for mention in damaged.mentions.mentions:
        if mention.kind is MentionKind.NUMBER and mention.row and mention.column:
            read[f"{mention.row[0][0]}.{mention.column[0][0]}"] = int(mention.value or 0)
    read = {cell: read[cell] for cell in truth}
    for name, method in RIVALS.items():
        start = perf_counter()
        values = method(table, read)
        rivals[name].seconds += perf_counter() - start
        rivals[name].add(values, truth, damaged)


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
            f"| {s.harmed} of {s.cells - s.spoilt:,} | {s.flagged} | {s.accepted} "
            f"({s.accepted_wrong}) | {p50:.1f} / {p99:.0f} / {max(s.milliseconds):.0f} "
            f"| {s.unproved} |"
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


def _share(n: int, of: int) -> str:
    return f"{n:,} ({n / of:.1%})" if of else "0"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--rivals", type=int, default=20, help="tables that the rivals see")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--damage", nargs="+", choices=list(DAMAGES), default=list(DAMAGES))
    options = parser.parse_args()
    form, found, parts = load_form(), {}, []
    for table_id, variant in TABLES:
        table = form.variants[table_id][variant]
        scores = {}
        for damage in options.damage:
            seeds = [f"{options.seed}/{table_id}/{damage}/{n}" for n in range(options.tables)]
            scores[damage] = measure(form, table, damage, seeds, options.rivals)
        parts.append(f"### {table_id} {variant}\n\n" + "\n".join(rows(scores)))
        found[table_id] = {
            name: {"gouji": asdict(s), "rivals": {k: asdict(r) for k, r in rivals.items()}}
            for name, (s, rivals) in scores.items()
        }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "reconcile.json").write_text(json.dumps(found, indent=1), "utf-8")
    text = "\n\n".join(parts) + "\n"
    (options.out / "reconcile.md").write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
