"""What the tagger hands on to reconciling: rows, columns, and how sure it is of them.

    .venv/bin/python tests/benchmarks/handed_on.py --set collapsed --per-family 50 --seed 1

reads the reports of `held_out.py` (those of family one_line with their line ends) and prints, for
every number that stands in a cell: in how many the likeliest row is right, in how many the right
column is among those handed on, and how often the likeliest column is right where it is claimed
with so much confidence.
"""

import argparse
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.inference.segmenter import segment
from gouji.inference.tagging import ModelTagger
from gouji.model.document import Document, Source
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.mention import Mention, MentionKind
from gouji.model.registry import find_model
from gouji.training.synthesis.layouts.held_out import HELD_OUT
from gouji.training.synthesis.report import Sample
from tests.benchmarks.held_out import SETS, samples

BOUNDS = (0.5, 0.7, 0.9, 0.98, 0.99, 0.999)
"""The bounds of the confidences that are counted apart."""


@dataclass
class HandedOn:
    """Numbers in cells, counted.

    `claimed` and `right_claims` count the likeliest columns by the number of `BOUNDS` that their
    confidence reaches, `stated` adds the confidences up.
    """

    cells: int = 0
    found: int = 0
    rows_right: int = 0
    columns_right: int = 0
    columns_among: int = 0
    claimed: Counter[int] = field(default_factory=Counter)
    right_claims: Counter[int] = field(default_factory=Counter)
    stated: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, cell: str, mention: Mention | None) -> None:
        """Counts a number whose right cell is known."""
        self.cells += 1
        if mention is None or not mention.row or not mention.column:
            return
        row, _, column = cell.rpartition(".")
        (likeliest, p), *_ = mention.column
        self.found += 1
        self.rows_right += mention.row[0][0] == row
        self.columns_right += likeliest == column
        self.columns_among += column in dict(mention.column)
        level = bisect_right(BOUNDS, p)
        self.claimed[level] += 1
        self.right_claims[level] += likeliest == column
        self.stated[level] += p


def count(
    tagger: ModelTagger, form: Form, reports: Iterable[Sample], into: Iterable[HandedOn]
) -> None:
    """Counts the numbers that the reports show in cells."""
    for sample in reports:
        annotation = sample.annotation
        source = Source(annotation.source, annotation.source_sha256, "text/plain")
        document = Document(source, annotation.text)
        found = [
            mention
            for part in segment(document, form)[:1]
            for table in tagger(document, part, form)
            for mention in table.mentions
        ]
        at = {i: mention for mention in found for i in range(*mention.span)}
        for mention in annotation.mentions:
            if mention.kind is MentionKind.NUMBER:
                for counts in into:
                    counts.add(mention.cell, at.get(mention.span[0]))


def lines(title: str, counts: HandedOn) -> Iterator[str]:
    """The counts as lines of a Markdown list."""
    shares = {
        "row right": counts.rows_right,
        "column right": counts.columns_right,
        "right column among those handed on": counts.columns_among,
    }
    told = "; ".join(f"{name} {n / max(1, counts.cells):.2%}" for name, n in shares.items())
    yield f"- {title}, n = {counts.cells}: found {counts.found}; {told}"
    names = [f"below {BOUNDS[0]}", *(f"from {bound}" for bound in BOUNDS)]
    for level, name in enumerate(names):
        if n := counts.claimed[level]:
            yield (
                f"  - column claimed with confidence {name}: {n},"
                f" stated {counts.stated[level] / n:.4f},"
                f" right {counts.right_claims[level] / n:.4f}"
            )


def report(
    tagger: ModelTagger, form: Form, chosen_set: str, families: Sequence[str], n: int, seed: int
) -> Iterator[str]:
    """The lines of every family that the set has, and of all together."""
    total = HandedOn()
    for family in families:
        own = HandedOn()
        drawn = (sample for sample, *_ in samples(form, chosen_set, (family,), n, seed))
        count(tagger, form, drawn, (own, total))
        if own.cells:
            yield from lines(family, own)
    yield from lines("all", total)


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--set", choices=SETS, default="collapsed")
    parser.add_argument("--per-family", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", nargs="+", choices=list(HELD_OUT), default=list(HELD_OUT))
    parser.add_argument("--model", help="name or folder; without it the model in use")
    parser.add_argument("--alone", action="store_true", help="without the rules")
    options = parser.parse_args()
    form = load_form()
    folder = find_model(options.model).folder
    if folder is None:
        parser.error("the rules hand on no probabilities that were learned")
    tagger = ModelTagger.load(folder, form, second_opinion=not options.alone)
    told = report(tagger, form, options.set, options.families, options.per_family, options.seed)
    sys.stdout.writelines(f"{line}\n" for line in told)


if __name__ == "__main__":
    main()
