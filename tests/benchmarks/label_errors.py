"""Wrong labels in sample sets: which of them `gouji annotations check` names.

    .venv/bin/python tests/benchmarks/label_errors.py --sets 50 --seed 1

Each set has twenty synthetic samples, two of which (10 %) have one wrong label of a kind; with
`--share 0.1`, every sample has a tenth of the labels of its numbers wrong.
Counted is how many of the wrong labels a problem is about, told as an error or as a remark, and how
many of the sound samples have any problem; and how many of the wrong samples `gouji retrain` does
not train on: those with an error, a remark is not enough. The kinds:

    columns   the labels of two numbers of a row exchanged
    rows      the labels of two numbers of a column in neighbouring rows exchanged
    value     a number other than the one that stands there
    span      the place of a number begins or ends up to three characters off
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.annotations.checks import problems
from gouji.annotations.problems import Level, Problem
from gouji.annotations.regions import Marked, Region, corrected, marked_of
from gouji.annotations.remarks import remarks
from gouji.model.annotation import Annotation, CellMention
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.mention import MentionKind
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.stream import nth

N_SAMPLES, N_WRONG = 20, 2

Spoilt = tuple[Annotation, frozenset[str]]
"""A sample with a wrong label, and the cells that it is about."""

Spoil = Callable[[Annotation, Form, Random], Spoilt | None]


@dataclass(slots=True)
class Score:
    """How many labels were wrong, how many were named by an error, and how many in any way.

    `differing` are those whose exchanged numbers differ; the others leave every number right and
    the places alone wrong. `disturbed` counts sound samples with a problem of any kind, `spoilt`
    the wrong samples and `refused` those of them that have an error.
    """

    wrong: int = 0
    by_error: int = 0
    named: int = 0
    differing: int = 0
    differing_named: int = 0
    sound: int = 0
    disturbed: int = 0
    spoilt: int = 0
    refused: int = 0


def numbers(annotation: Annotation) -> list[CellMention]:
    """The cells in which a number stands."""
    return [mention for mention in annotation.mentions if mention.kind is MentionKind.NUMBER]


def relabelled(annotation: Annotation, turn: Mapping[Region, Region], form: Form) -> Annotation:
    """The sample with other regions, its numbers following from them."""
    marked = marked_of(annotation)
    regions = tuple(turn.get(region, region) for region in marked.regions)
    changed = {region.label for pair in turn.items() for region in pair}
    values = {label: value for label, value in marked.values.items() if label not in changed}
    return corrected(annotation, Marked(regions, values), form)


def exchanged(annotation: Annotation, one: CellMention, other: CellMention, form: Form) -> Spoilt:
    """The sample with the labels of two places exchanged."""
    turn = {
        Region(one.span, one.cell): Region(one.span, other.cell),
        Region(other.span, other.cell): Region(other.span, one.cell),
    }
    return relabelled(annotation, turn, form), frozenset((one.cell, other.cell))


def columns(annotation: Annotation, form: Form, rng: Random) -> Spoilt | None:
    """Two numbers of a row exchanged."""
    rows: dict[str, list[CellMention]] = {}
    for mention in numbers(annotation):
        rows.setdefault(mention.cell.rpartition(".")[0], []).append(mention)
    several = [row for row in rows.values() if len(row) > 1]
    if not several:
        return None
    one, other = rng.sample(rng.choice(several), 2)
    return exchanged(annotation, one, other, form)


def rows(annotation: Annotation, form: Form, rng: Random) -> Spoilt | None:
    """Two numbers of a column in neighbouring rows exchanged."""
    lines: dict[tuple[str, str], list[CellMention]] = {}
    for mention in sorted(numbers(annotation), key=lambda mention: mention.span):
        table, _, column = mention.cell.split(".")
        lines.setdefault((table, column), []).append(mention)
    pairs = [pair for line in lines.values() for pair in pairwise(line)]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    return exchanged(annotation, one, other, form)


def value(annotation: Annotation, form: Form, rng: Random) -> Spoilt | None:
    """A number other than the one that stands there."""
    found = numbers(annotation)
    if not found:
        return None
    cell = rng.choice(found).cell
    page = annotation.page_value(cell) or 0
    wrong = page + rng.choice((1, 10, 100))
    cells = {**annotation.cells, cell: wrong}
    if cell in annotation.printed:
        printed = {**annotation.printed, cell: wrong}
        return replace(annotation, printed=printed), frozenset((cell,))
    return replace(annotation, cells=cells), frozenset((cell,))


def span(annotation: Annotation, form: Form, rng: Random) -> Spoilt | None:
    """A place that begins or ends up to three characters off."""
    found = numbers(annotation)
    while found:
        mention = rng.choice(found)
        start, end = mention.span
        moved = (start + rng.randint(-3, 3), end + rng.randint(-3, 3))
        if moved != mention.span and 0 <= moved[0] < moved[1] <= len(annotation.text):
            there = {Region(mention.span, mention.cell): Region(moved, mention.cell)}
            return relabelled(annotation, there, form), frozenset((mention.cell,))
    return None


KINDS: Mapping[str, Spoil] = {"columns": columns, "rows": rows, "value": value, "span": span}


def measure(kind: str, form: Form, n_sets: int, seed: int, share: float = 0.0) -> Score:
    """The score of a kind over `n_sets` sets of samples; see the head of the file for `share`."""
    score = Score()
    for number in range(n_sets):
        rng = Random(f"{seed}/{kind}/{number}")
        first = rng.randrange(10**6)
        samples = [nth(form, seed, TRAINING, first + n).annotation for n in range(N_SAMPLES)]
        chosen = set(range(N_SAMPLES) if share else rng.sample(range(N_SAMPLES), N_WRONG))
        for index, sample in enumerate(samples):
            n_wrong = round(share * len(numbers(sample))) or 1
            wrong, spoilt = sample, list[frozenset[str]]()
            if index in chosen:
                wrong, spoilt = spoil(sample, kind, n_wrong, form, rng)
            if not spoilt:
                score.sound += 1
                score.disturbed += bool(found_in(sample, form))
            told = found_in(wrong, form) if spoilt else ()
            score.spoilt += bool(spoilt)
            score.refused += any(problem.level is Level.ERROR for problem in told)
            for cells in spoilt:
                count(score, sample, (wrong, cells), told)
    return score


def spoil(
    sample: Annotation, kind: str, n_wrong: int, form: Form, rng: Random
) -> tuple[Annotation, list[frozenset[str]]]:
    """The sample with so many wrong labels, no cell spoilt twice, and the cells of each."""
    spoilt: list[frozenset[str]] = []
    for _ in range(4 * n_wrong):
        if len(spoilt) == n_wrong:
            break
        tried = KINDS[kind](sample, form, rng)
        if tried and not any(tried[1] & cells for cells in spoilt):
            sample, cells = tried
            spoilt.append(cells)
    return sample, spoilt


def count(score: Score, sound: Annotation, spoilt: Spoilt, found: Iterable[Problem]) -> None:
    """Counts one wrong label, named by what was found if that is about one of its cells."""
    annotation, cells = spoilt
    told = [problem for problem in found if cells.intersection(problem.cells)]
    differs = any(
        annotation.cells.get(cell) != sound.cells.get(cell)
        or annotation.printed.get(cell, 0) != sound.printed.get(cell, 0)
        for cell in cells
    )
    score.wrong += 1
    score.by_error += any(problem.level is Level.ERROR for problem in told)
    score.named += bool(told)
    score.differing += differs
    score.differing_named += differs and bool(told)


def found_in(annotation: Annotation, form: Form) -> Sequence[Problem]:
    """Everything that the check says of a sample."""
    return (*problems(annotation, form), *remarks(annotation, form))


def report(n_sets: int, seed: int, share: float) -> Iterator[str]:
    """A line of Markdown for each kind."""
    form = load_form()
    yield (
        "| kind | wrong labels | named | by an error | numbers differ: named | sound, disturbed |"
        " wrong samples, refused |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind in KINDS:
        s = measure(kind, form, n_sets, seed, share)
        yield (
            f"| {kind} | {s.wrong} | {s.named} ({s.named / s.wrong:.1%}) | {s.by_error} "
            f"({s.by_error / s.wrong:.1%}) | {s.differing_named} / {s.differing} | "
            f"{s.disturbed} / {s.sound} | {s.refused} / {s.spoilt} |"
        )


def main() -> None:
    """Measures as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.0)
    asked = parser.parse_args()
    for line in report(asked.sets, asked.seed, asked.share):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
