"""What to label next: how much of what is read badly `gouji annotations suggest` finds.

    .venv/bin/python tests/benchmarks/suggestions.py --per-family 20 --seed 1 -n 20

The pool holds reports in the held-out layouts (`held_out.py --set keeps`), none of them labelled.
Compared are the `n` reports that are suggested, the `n` with most flagged cells, and `n` drawn at
random (the mean of a thousand draws): how many of the reports can't be used as they are, how many
of their cells are not right and sure, and how many layouts are among them.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.annotations.suggestions import Surveyed, suggested, survey, tagger_alone
from gouji.inference import Extractor, Settings
from gouji.inference.discovery import discover
from gouji.model.document import Document
from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.model.registry import find_model
from gouji.model.report import Report, Verdict
from gouji.training.synthesis.layouts.held_out import HELD_OUT
from tests.benchmarks.held_out import samples

_DRAWS = 1000

Truth = Mapping[str, Number | None]


@dataclass(frozen=True, slots=True)
class Pool:
    """The surveyed reports, and by name their layout, how many cells are wrong or unsure, and use.

    `unusable` holds those whose verdict is not accepted.
    """

    surveyed: Surveyed
    layouts: Mapping[str, str]
    not_right: Mapping[str, int]
    unusable: frozenset[str]


def pool_of(folder: Path, per_family: int, seed: int, model: str | None = None) -> Pool:
    """Reports of the held-out layouts, read with a model, by default the one in use."""
    form, entry = load_form(), find_model(model)
    truths: dict[str, Truth] = {}
    layouts: dict[str, str] = {}
    for sample, family, number, _ in samples(form, "keeps", sorted(HELD_OUT), per_family, seed):
        name = f"{number}_{family}.txt"
        (folder / name).write_text(sample.annotation.text, "utf-8", newline="")
        truths[name], layouts[name] = sample.annotation.cells, family
    extractor = Extractor(form, Settings(), entry.reference)
    read: dict[str, Report] = {}

    def extract(document: Document, _: object) -> tuple[Report, ...]:
        reports = extractor(document)
        read[document.source.name] = reports[0]
        return reports

    surveyed = survey(discover([folder]), (), extract, tagger_alone(entry, form), form)
    names = [candidate.name for candidate in surveyed.candidates]
    not_right = {
        name: sum(
            cell.review or cell.value != truths[name].get(cell.id)
            for cell in read[name].cells.values()
        )
        for name in names
    }
    unusable = frozenset(name for name in names if read[name].verdict is not Verdict.ACCEPTED)
    return Pool(surveyed, layouts, not_right, unusable)


def judged(pool: Pool, names: Sequence[str]) -> tuple[int, int, int]:
    """How many of the reports are unusable, of their cells not right, and layouts among them."""
    return (
        len(pool.unusable.intersection(names)),
        sum(pool.not_right[name] for name in names),
        len({pool.layouts[name] for name in names}),
    )


def rows(pool: Pool, n: int, seed: int) -> Iterator[str]:
    """The table in Markdown."""
    candidates = pool.surveyed.candidates
    names = [candidate.name for candidate in candidates]
    chosen = [one.candidate.name for one in suggested(candidates, (), n)]
    flagged = sorted(candidates, key=lambda one: (-one.n_flagged, one.name))[:n]
    rng = Random(seed)
    draws = [judged(pool, rng.sample(names, n)) for _ in range(_DRAWS)]
    yield f"| {n} of {len(names)} reports | unusable | cells not right or unsure | layouts |"
    yield "|---|---:|---:|---:|"
    for title, of in (("suggested", chosen), ("most flagged", [one.name for one in flagged])):
        unusable, cells, layouts = judged(pool, of)
        yield f"| {title} | {unusable} | {cells:,} | {layouts} |"
    means = [sum(draw[i] for draw in draws) / _DRAWS for i in range(3)]
    yield f"| drawn at random | {means[0]:.1f} | {means[1]:,.0f} | {means[2]:.1f} |"


def main() -> None:
    """Measures as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--per-family", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-n", type=int, default=20)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        pool = pool_of(Path(folder), asked.per_family, asked.seed)
        for line in rows(pool, asked.n, asked.seed):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
