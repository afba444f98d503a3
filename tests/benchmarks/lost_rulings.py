"""Rulings wiped out one at a time: how many cells of a scanned report each of them costs.

    .venv/bin/python tests/benchmarks/lost_rulings.py --reports 2 --seed 1

draws reports of the set `tuning` as pages of fair quality, wipes out each ruling of each table over
the whole page, as a light streak does, reads that page again and counts the cells that are right
with all rulings and no longer so. Prints what every ruling costs that costs anything, and the sums.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gouji.inference.config import Settings
from gouji.inference.evaluation import read_golds
from gouji.inference.pipeline import Extractor
from gouji.inference.scan.assembly import PageText, document_of, recognise_page
from gouji.inference.scan.geometry import straightened
from gouji.inference.scan.rulings import find_grids, find_rulings
from gouji.inference.scoring import Gold, judge_report
from gouji.model.document import Source
from gouji.model.form_file import load_form
from gouji.model.report_codec import report_to_dict
from tests.benchmarks.refill import write_gold
from tests.benchmarks.scan_damage import Wear, worn
from tests.benchmarks.scans import SETS, Scan, scan

_SOURCE = Source(name="drawn.tif", sha256="0" * 64, media_type="image/tiff")
_QUALITY = 75
_PT = 1.3  # how wide the widest of the rulings that are drawn is, and a little more

Page = NDArray[np.uint8]


class _Reader:
    """Reads pages of one resolution and says which cells of gold come out right, and silent."""

    def __init__(self, made: Scan, wear: Wear) -> None:
        self.dpi, self.wear = made.dpi, wear
        self.gold = _gold(made)
        self.form = load_form()
        self.extract = Extractor(self.form, Settings(), None)

    def text(self, page: Page, number: int) -> PageText:
        """What a page says once it has been scanned."""
        seen = worn(page, self.wear, self.dpi, np.random.default_rng(number))
        packed = BytesIO()
        Image.fromarray(seen).save(packed, "JPEG", quality=_QUALITY)
        return recognise_page(np.asarray(Image.open(packed)), float(self.dpi), number)

    def judged(self, texts: Sequence[PageText]) -> tuple[set[str], set[str]]:
        """The cells that are right, and those that are wrong without a flag."""
        report = report_to_dict(self.extract(document_of(texts, _SOURCE))[0], self.form)
        cells = judge_report(self.gold, report).cells
        right = {cell for cell, counts in cells.items() if counts["right"]}
        return right, {cell for cell, counts in cells.items() if counts["silent"]}


def _gold(made: Scan) -> Gold:
    with TemporaryDirectory() as folder:
        write_gold(Path(folder), "drawn", made.gold)
        return next(iter(read_golds(Path(folder) / "gold")))


def without_each(page: Page, dpi: int) -> Iterator[tuple[str, Page]]:
    """The page without one ruling of its tables, each in turn, and which one that is."""
    sheet = straightened(page, dpi)
    to_page, half = dpi / sheet.dpi, _PT * dpi / 144
    for n, grid in enumerate(find_grids(sheet, find_rulings(sheet))):
        for axis, (kind, places) in enumerate((("level", grid.ys), ("upright", grid.xs))):
            for i, place in enumerate(places):
                wiped = page.copy()
                at = slice(round(place * to_page - half), round(place * to_page + half) + 1)
                wiped[(at, slice(None)) if axis == 0 else (slice(None), at)] = 255
                yield f"table {n} {kind} {i}", wiped


def costs(made: Scan, wear: Wear) -> Iterator[tuple[str, int, int]]:
    """Each ruling with how many cells its loss costs, and how many it makes silently wrong."""
    reader = _Reader(made, wear)
    pages = [np.asarray(page) for page in made.pictures]
    texts = [reader.text(page, number) for number, page in enumerate(pages, start=1)]
    right, _ = reader.judged(texts)
    for place, page in enumerate(pages):
        for name, wiped in without_each(page, made.dpi):
            read = [*texts[:place], reader.text(wiped, place + 1), *texts[place + 1 :]]
            still, silent = reader.judged(read)
            yield f"page {place + 1} {name}", len(right - still), len(silent)


def main() -> None:
    """Print what the rulings cost of the reports that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--reports", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = SETS["tuning"]
    setting = chosen.settings["streaks"]
    n = n_lost = n_silent = n_costly = 0
    for number in range(options.reports):
        key = f"lost/{options.seed}/{number}"
        made = scan(chosen, replace(setting, wear=Wear()), key)
        for name, lost, silent in costs(made, replace(setting.wear, streaks=0)):
            n, n_lost, n_silent = n + 1, n_lost + lost, n_silent + silent
            n_costly += lost > 0
            if lost or silent:
                print(f"report {number} {name}: {lost} lost, {silent} silent", flush=True)  # noqa: T201
    print(f"{n} rulings, {n_costly} cost cells: {n_lost} lost, {n_silent} silent")  # noqa: T201


if __name__ == "__main__":
    main()
