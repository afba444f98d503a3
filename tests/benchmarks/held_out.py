"""The held-out benchmark: synthetic reports in the layouts that nothing was trained on, and gold.

    .venv/bin/python tests/benchmarks/held_out.py OUT --per-family 50 --seed 1 --set keeps

writes OUT/sources/NAME.txt and OUT/gold/NAME.gold.json, NAME = NUMBER-FAMILY-DAMAGES with `+`
between the damages or `clean`, so that `gouji evaluate` tells families and damages apart. The sets:

    keeps      nothing is lost: every report clean or with one or two harmless damages
    blanks     zeros left empty, boundaries kept; families without boundaries have none
    collapsed  zeros left out with their boundaries; prose names its numbers and has none
    lost       a row, a cell, a title lost; a number doubled, torn, joined, misread, out of place
    source     undamaged, but the agency itself printed numbers that do not add up
"""

import argparse
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.model.annotation import Annotation
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.training.synthesis.damage import DAMAGES, Damage
from gouji.training.synthesis.layouts.held_out import BOUNDLESS_HELD_OUT, HELD_OUT
from gouji.training.synthesis.report import MISPRINT, Sample, synthesize
from tests.benchmarks.refill import Gold, write

SETS = ("keeps", "blanks", "collapsed", "lost", "source")
FLATTENED = "flattened"
"""Stands among the damages of a report whose whole text is on one line, not its tables alone."""

Report = tuple[str, str, Gold]
"""Name, text and gold."""

Drawn = tuple[Sample, str, int, Random]
"""A sample, its family, its number among those of the family, and what further draws come from."""

_ZEROS = frozenset({"zeros_blank", "zeros_dash", "zeros_slash", "zeros_none"})
_CLEAN = 0.15  # share of the reports of set keeps without damage
_SECOND = 0.4  # share of its other reports with two damages
_LINE_ENDS = re.compile(r"\s*\n\s*")


def benchmark(
    form: Form, chosen_set: str, families: Sequence[str], n_reports: int, seed: int
) -> Iterator[Report]:
    """`n_reports` reports of each family that the set has."""
    for drawn in samples(form, chosen_set, families, n_reports, seed):
        yield report_of(*drawn)


def samples(
    form: Form, chosen_set: str, families: Sequence[str], n_reports: int, seed: int
) -> Iterator[Drawn]:
    """The same reports before they are named, with all that is known of them."""
    if chosen_set == "source":
        yield from _damaged(form, (), families, n_reports, seed, is_misprinted=True)
        return
    for family in families:
        pool = damages_of(chosen_set, family)
        for number in range(n_reports if pool else 0):
            key = f"held out/{seed}/{chosen_set}/{family}/{number}"
            rng = Random(key)
            is_clean = chosen_set == "keeps" and rng.random() < _CLEAN
            more = pool if chosen_set == "keeps" and rng.random() < _SECOND else ()
            names = () if is_clean else _drawn(pool[number % len(pool)], more, rng)
            sample = _sample(form, family, key, _ordered(names), is_misprinted=False)
            yield sample, family, number, rng


def with_damages(
    form: Form,
    damages: Collection[str],
    families: Sequence[str],
    n_reports: int,
    seed: int,
) -> Iterator[Report]:
    """`n_reports` reports of each family that all have these damages."""
    for drawn in _damaged(form, damages, families, n_reports, seed, is_misprinted=False):
        yield report_of(*drawn)


def _damaged(
    form: Form,
    damages: Collection[str],
    families: Sequence[str],
    n_reports: int,
    seed: int,
    *,
    is_misprinted: bool,
) -> Iterator[Drawn]:
    for family in families:
        for number in range(n_reports):
            key = f"held out/{seed}/{'+'.join(damages)}/{is_misprinted}/{family}/{number}"
            sample = _sample(form, family, key, _ordered(damages), is_misprinted=is_misprinted)
            yield sample, family, number, Random(key)


def damages_of(chosen_set: str, family: str) -> tuple[str, ...]:
    """The damages that reports of the family have in turn; none if the set lacks the family."""
    is_boundless = family in BOUNDLESS_HELD_OUT
    if chosen_set == "blanks":
        return () if is_boundless else ("zeros_blank",)
    if chosen_set == "collapsed":
        return () if family == "key_value_prose" else ("blanks_collapsed",)
    left_out = {"blanks_collapsed", *(["zeros_blank"] if is_boundless else [])}
    is_kept = chosen_set == "keeps"
    return tuple(
        name for name, damage in DAMAGES.items() if damage.keeps is is_kept and name not in left_out
    )


def _drawn(first: str, more: Sequence[str], rng: Random) -> tuple[str, ...]:
    """The damage, and one of the others that goes with it if there are any."""
    others = [name for name in more if name != first and not _ZEROS.issuperset({first, name})]
    return (first, *rng.sample(others, 1)) if others else (first,)


def _ordered(names: Collection[str]) -> tuple[Damage, ...]:
    """The damages in the order in which they are done."""
    return tuple(damage for name, damage in DAMAGES.items() if name in names)


def _sample(
    form: Form, family: str, key: str, damages: Sequence[Damage], *, is_misprinted: bool
) -> Sample:
    """The first report of the key whose agency printed the truth, or did not."""
    samples = (
        synthesize(
            form,
            family,
            HELD_OUT[family],
            f"{key}/{attempt}",
            damages,
            boundless=family in BOUNDLESS_HELD_OUT,
        )
        for attempt in count()
    )
    return next(s for s in samples if (MISPRINT in s.damages) == is_misprinted)


def report_of(sample: Sample, family: str, number: int, rng: Random) -> Report:
    """The sample named; half of those of family one_line have their whole text on one line."""
    text, damages = sample.annotation.text, list(sample.damages)
    if family == "one_line" and rng.random() < 0.5:
        text = _LINE_ENDS.sub(" ", text.strip())
        damages.append(FLATTENED)
    name = f"{number:03}-{family}-{'+'.join(damages) or 'clean'}"
    return name, text, gold_of(sample.annotation)


def gold_of(annotation: Annotation) -> Gold:
    """The truth of the annotation in the format that `gouji evaluate` reads.

    Raises:
        ValueError: a cell has no known truth, which is not so in a synthetic report.
    """
    cells = {cell: number for cell, number in annotation.cells.items() if number is not None}
    if len(cells) < len(annotation.cells):
        raise ValueError(f"annotation {annotation.id!r}: a cell has no truth")
    fields = {name: label.value for name, label in annotation.fields.items() if label is not None}
    return Gold(cells, annotation.printed, fields)


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--per-family", type=int, default=50, help="reports of each family")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", nargs="+", choices=list(HELD_OUT), default=list(HELD_OUT))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--set", choices=SETS, default="keeps", help="what is done to the reports")
    what.add_argument("--damages", nargs="+", choices=list(DAMAGES), help="all of these to each")
    options = parser.parse_args()
    form, families, seed = load_form(), options.families, options.seed
    made = (
        with_damages(form, options.damages, families, options.per_family, seed)
        if options.damages
        else benchmark(form, options.set, families, options.per_family, seed)
    )
    for name, text, gold in made:
        write(options.out, name, text, gold)


if __name__ == "__main__":
    main()
