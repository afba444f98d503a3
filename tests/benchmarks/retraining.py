"""The benchmark of retraining: labelled samples of one held-out layout, and other reports of it.

    .venv/bin/python tests/benchmarks/retraining.py OUT --family key_value_prose --samples 20

writes OUT/samples.jsonl, and as `held_out.py` does OUT/sources and OUT/gold of other reports of
the family, drawn from another seed. Before and after a retraining are then told apart by

    .venv/bin/gouji retrain OUT/samples.jsonl --out OUT/model
    .venv/bin/gouji evaluate OUT/gold --sources OUT/sources --model ogi-small-3 --model OUT/model

What was trained on these samples has seen a layout that only measures: it is never shipped.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.annotations.corpus import write_annotations
from gouji.model.annotation import Annotation
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.training.synthesis.layouts.held_out import HELD_OUT
from tests.benchmarks.held_out import benchmark, samples
from tests.benchmarks.refill import write

SET = "keeps"


def labelled(form: Form, family: str, n_samples: int, seed: int) -> Iterator[Annotation]:
    """Samples of the family as a person would have labelled them, ids without a hyphen."""
    for sample, _, number, _ in samples(form, SET, (family,), n_samples, seed):
        yield replace(sample.annotation, id=f"{family}_{seed}_{number}")


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--family", choices=list(HELD_OUT), default="key_value_prose")
    parser.add_argument("--samples", type=int, default=20, help="labelled reports to train on")
    parser.add_argument("--reports", type=int, default=50, help="other reports to measure on")
    parser.add_argument("--seed", type=int, default=101, help="of the samples")
    parser.add_argument("--test-seed", type=int, default=1, help="of the reports")
    options = parser.parse_args()
    if options.seed == options.test_seed:
        parser.error("--seed and --test-seed must differ: nothing is measured on samples")
    form = load_form()
    own = labelled(form, options.family, options.samples, options.seed)
    write_annotations(options.out / "samples.jsonl", own)
    families = (options.family,)
    for name, text, gold in benchmark(form, SET, families, options.reports, options.test_seed):
        write(options.out, name, text, gold)


if __name__ == "__main__":
    main()
