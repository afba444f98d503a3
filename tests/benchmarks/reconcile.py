"""The reconciling benchmark: how damaged tables come back, and what else they come back with.

    .venv/bin/python tests/benchmarks/reconcile.py OUT --tables 200 --seed 1

draws sound tables by the number law, damages each in every way of `reconcile_damage.py`, reconciles
what is left, and writes OUT/reconcile.json and OUT/reconcile.md. Beside gouji stands what people do
today (`reconcile_rivals.py`). Milliseconds are processor time on one core.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from time import perf_counter, process_time

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.model.form import Form, Table
from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind
from gouji.model.reconciling import load_settings, reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.training.synthesis.number_law import draw
from tests.benchmarks.reconcile_damage import DAMAGES, Damaged, Numbers
from tests.benchmarks.reconcile_plots import draw_plots
from tests.benchmarks.reconcile_rivals import RIVALS
from tests.benchmarks.reconcile_scores import Rival, Score, grouping, rows

TABLES = {"requests": "2021", "disputes": "2019"}
_PER_CELL = ("confidences", "right")


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
        if (found := grouping(table, readings, truth)) is not None:
            score.one_grouping += 1
            score.shared += found[0]
            score.shared_right += found[1]
        if number < with_rivals:
            _compete(table, damaged, truth, rivals)
    return score, rivals


def _compete(table: Table, damaged: Damaged, truth: Numbers, rivals: Mapping[str, Rival]) -> None:
    read: dict[str, int | None] = dict.fromkeys(truth)
    for mention in damaged.mentions.mentions:
        if mention.kind is MentionKind.NUMBER and mention.row and mention.column:
            cell = f"{mention.row[0][0]}.{mention.column[0][0]}"
            if cell in read:
                read[cell] = int(mention.value or 0)
    for name, method in RIVALS.items():
        start = perf_counter()
        values = method(table, read)
        rivals[name].seconds += perf_counter() - start
        rivals[name].add(values, truth, damaged)


def main() -> None:
    """Measure, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--rivals", type=int, default=20, help="tables that the rivals see")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", nargs="+", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--damage", nargs="+", choices=list(DAMAGES), default=list(DAMAGES))
    options = parser.parse_args()
    form, found, parts, plotted = load_form(), {}, [], {}
    for table_id in options.table:
        variant = TABLES[table_id]
        table = form.variants[table_id][variant]
        scores = {}
        for damage in options.damage:
            seeds = [f"{options.seed}/{table_id}/{damage}/{n}" for n in range(options.tables)]
            scores[damage] = measure(form, table, damage, seeds, options.rivals)
        plotted[table_id] = {damage: score for damage, (score, _) in scores.items()}
        parts.append(f"### {table_id} {variant}\n\n" + "\n".join(rows(scores)))
        found[table_id] = {
            name: {"gouji": _counts(s), "rivals": {k: asdict(r) for k, r in rivals.items()}}
            for name, (s, rivals) in scores.items()
        }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "reconcile.json").write_text(json.dumps(found, indent=1), "utf-8")
    text = "\n\n".join(parts) + "\n"
    (options.out / "reconcile.md").write_text(text, "utf-8")
    draw_plots(plotted, options.out)
    sys.stdout.write(text)


def _counts(score: Score) -> Mapping[str, object]:
    return {name: value for name, value in asdict(score).items() if name not in _PER_CELL}


if __name__ == "__main__":
    main()
