"""Fits the calibration of the recogniser on the tuning scans, and prints it as JSON.

    .venv/bin/python tests/benchmarks/scan_calibration.py bench/scans-tuning --workers 2

reads the sources that `scans.py --set tuning` has written below the folder, or takes what an
earlier run has kept in raw/. Looked at are the numbers of tables whose numbers nearly all came out
right, so that a number in the wrong cell does not count as one that was misread.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from math import exp, log
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

import numpy as np

from gouji.inference.config import Settings
from gouji.inference.evaluation import read_golds
from gouji.inference.pipeline import Extractor
from gouji.inference.scan import assembly
from gouji.inference.scan.calibration import Calibration
from gouji.inference.scan.decoding import Strings
from gouji.inference.scoring import Gold
from gouji.model.document import Document
from gouji.model.form_file import load_form
from gouji.model.numerals import parse_numeral
from gouji.model.report import Report
from tests.benchmarks.scan import read_all

_PLACED = 0.9  # share of a table's numbers that came out right
_TEMPERATURES = np.geomspace(1.0, 8.0, 61)  # never sharper than the recogniser itself

Seen = tuple[Strings, float]
"""What the recogniser said of a number, and the number."""


def untouched(strings: Strings) -> Strings:
    """The strings as the recogniser gives them."""
    return strings


def take_raw() -> None:
    """From now on this process keeps what the recogniser says as it is."""
    setattr(assembly, "calibrated", untouched)  # noqa: B010  # a name that it imports


def seen_in(document: Document, report: Report, gold: Gold) -> Iterator[Seen]:
    """The numbers of a document that stand in cells, each with what gold says is printed."""
    told = {a.span: tuple((text, exp(p)) for text, p in a.strings) for a in document.alternatives}
    for table in report.tables:
        shown = [(c, gold.printed.get(c.id, gold.cells[c.id])) for c in table.cells]
        numbers = [(cell, want) for cell, want in shown if cell.span in told]
        if sum(cell.printed == want for cell, want in numbers) < _PLACED * len(shown):
            continue
        for cell, want in numbers:
            if cell.span is not None and want is not None:
                yield told[cell.span], float(want)


def fitted(seen: Sequence[Seen]) -> Calibration:
    """The temperature under which what was true was the likeliest, and the most to be sure of.

    It is at least 1: where nothing was misread, nothing tells how much sharper would be right.

    `surest` is the share of right ones among the numbers that the temperature leaves surest (half
    of all), with one error added (the rule of succession).
    """
    best = min(_TEMPERATURES, key=lambda t: _surprise(seen, Calibration(float(t), 1.0)))
    tempered = Calibration(round(float(best), 3), 1.0)
    ranked = sorted(((tempered(s)[0][1], _is(tempered(s)[0][0], v)) for s, v in seen), reverse=True)
    surer = ranked[: len(ranked) // 2]
    wrong = sum(not right for _, right in surer)
    return Calibration(tempered.temperature, round(1 - (wrong + 1) / (len(surer) + 2), 6))


def _is(text: str, value: float) -> bool:
    numeral = parse_numeral(text)
    return numeral is not None and float(numeral.value) == value


def _surprise(seen: Sequence[Seen], calibration: Calibration) -> float:
    """The mean negative logarithm of what was true; of what was not listed, of all that is not."""
    total = 0.0
    for raw, value in seen:
        strings = calibration(raw)
        listed = sum(p for text, p in strings if _is(text, value))
        rest = 1 - sum(p for _, p in strings)
        total -= log(max(listed or rest, 1e-9))
    return total / len(seen)


def main() -> None:
    """Fit on the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    sources = sorted((options.folder / "sources").iterdir())
    found = read_all(sources, options.folder / "raw", options.workers, take_raw)
    documents = {s.stem: t.document for s, t in zip(sources, found, strict=True)}
    extract = Extractor(load_form(), Settings())
    seen = [
        number
        for gold in read_golds(options.folder / "gold")
        for number in seen_in(documents[gold.name], extract(documents[gold.name])[0], gold)
    ]
    wrong = sum(not _is(strings[0][0], value) for strings, value in seen)
    calibration = fitted(seen)
    print(  # noqa: T201
        json.dumps(
            {
                "temperature": calibration.temperature,
                "surest": calibration.surest,
                "numbers": len(seen),
                "misread": wrong,
            }
        )
    )


if __name__ == "__main__":
    main()
