"""Other readers of tables on the files of a benchmark: cells, seconds and memory beside gouji's.

    .venv/bin/python tests/benchmarks/peers.py bench/scans --peer PEER/bin/python

reads the first sources of each kind (and resolution, of scans) that `scans.py` or `pdfs.py` has
written below the folder, photographs left out: by pdfplumber, camelot, img2table and RapidOCR in
the environment of the interpreter PEER/bin/python (`peer_readers.py`), and here, one reader after
the other, each in a process and on a thread of its own. What the others read is kept in peers/
below the folder. Their tables name no cell; `peer_scores.py` says how they are held against gold.
So are the rows of the text that gouji reads, besides the cells that it names.
"""

import argparse
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from PIL import Image
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.config import Settings
from gouji.inference.evaluation import read_golds
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read
from gouji.inference.scoring import Gold, judge_report
from gouji.model.errors import GoujiError
from gouji.model.form_file import load_form
from gouji.model.jsonl import loads
from gouji.model.report_codec import report_to_dict
from tests.benchmarks.peer_readers import PDF_ALONE, READERS, cpu_s, peak_mb
from tests.benchmarks.peer_scores import Tables, right_cells

_SCRIPT = Path(__file__).with_name("peer_readers.py")
_OWN = "gouji, cells after reconciling"
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

Marks = Mapping[str, bool]
"""Whether each cell of a report is right."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of all sources.

    `marks` and `failures`, why a source gave nothing, go by the name of the gold; `cpu_s` counts
    all sources, `peak_mb` is the peak memory of the process; `silent` is how many cells are wrong
    without a flag, where a reader has flags.
    """

    name: str
    cpu_s: float
    peak_mb: float
    marks: Mapping[str, Marks]
    failures: Mapping[str, str] = field(default_factory=dict)
    silent: int | None = None


def chosen(sources: Sequence[Path], n: int) -> list[Path]:
    """The first n sources of each kind and, of pictures, resolution, in their order."""
    taken: Counter[tuple[str, float]] = Counter()
    found = []
    for source in sorted(sources):
        key = Gold(source.stem, {}).kind, _dpi(source)
        taken[key] += 1
        if taken[key] <= n:
            found.append(source)
    return found


def _dpi(source: Path) -> float:
    if source.suffix == ".pdf":
        return 0.0
    with Image.open(source) as picture:
        return float(picture.info["dpi"][0])


def n_pages_of(source: Path) -> int:
    """How many pages a PDF or a picture has."""
    if source.suffix == ".pdf":
        with PdfDocument(source) as pdf:
            return len(pdf)
    with Image.open(source) as picture:
        return int(getattr(picture, "n_frames", 1))


def as_pdf(source: Path, folder: Path) -> Path:
    """The pages of a picture as a PDF of nothing but pictures; a PDF stays what it is."""
    if source.suffix == ".pdf":
        return source
    made = folder / f"{source.stem}.pdf"
    with Image.open(source) as picture:
        picture.save(made, save_all=True, resolution=_dpi(source))
    return made


def by_peer(
    reader: str, python: Path, out: Path, sources: Sequence[Path], golds: Mapping[str, Gold]
) -> Reading:
    """What another reader made of the sources; a run that breaks off is a failure of them all."""
    out.unlink(missing_ok=True)
    handed = [as_pdf(s, out.parent) for s in sources] if reader in PDF_ALONE else sources
    ended = subprocess.run(
        [python, "-P", _SCRIPT, reader, out, *handed],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **_ONE_THREAD},
    )
    names = [source.stem for source in sources]
    if ended.returncode:
        reason = f"ended with code {ended.returncode}: {ended.stderr.strip()[-300:]}"
        nothing = {name: _marks(golds[name], []) for name in names}
        return Reading(reader, math.nan, math.nan, nothing, dict.fromkeys(names, reason))
    said = loads(out.read_text("utf-8"))
    marks = {name: _marks(golds[name], said["tables"].get(name, [])) for name in names}
    name = f"{reader} {said['version']}"
    return Reading(name, said["cpu_s"], said["peak_mb"], marks, said["failures"])


def _marks(gold: Gold, tables: Tables) -> Marks:
    return right_cells(gold, tables, _side_by_side())


@cache
def _side_by_side() -> frozenset[str]:
    form = load_form()
    tables = (table for name in form.combinations for table in form.tables(name))
    return frozenset(table.id for table in tables if table.side_by_side)


def by_gouji(
    sources: Sequence[Path], golds: Mapping[str, Gold], model: str | None
) -> tuple[Reading, ...]:
    """What gouji made of the sources: rows of the text, cells as read, cells after reconciling.

    The first two take the seconds of reading alone, the last those of everything. As for the
    others, the first source is read once before anything is counted.
    """
    form = load_form()
    extract = Extractor(form, Settings(), model)
    rows: dict[str, Marks] = {}
    printed: dict[str, Marks] = {}
    settled: dict[str, Marks] = {}
    failures: dict[str, str] = {}
    reading = whole = 0.0
    silent = 0
    for number, source in enumerate([sources[0], *sources]):
        gold = golds[source.stem]
        text, report = "", None
        started = ended = cpu_s()
        try:
            document = read(source, source.name, Limits())
            ended = cpu_s()
            text, report = document.text, report_to_dict(extract(document)[0], form)
        except GoujiError as error:
            failures[source.stem] = str(error)
        if number:
            reading += ended - started
            whole += cpu_s() - started
        judged = judge_report(gold, report)
        silent += judged.whole["silent"] if number else 0
        cells = judged.cells
        printed[source.stem] = {cell: bool(n["printed_right"]) for cell, n in cells.items()}
        settled[source.stem] = {cell: bool(n["right"]) for cell, n in cells.items()}
        lines = [line.split("\t") for line in text.splitlines() if "\t" in line]
        rows[source.stem] = _marks(gold, [lines])
    peak = peak_mb()
    return (
        Reading("gouji, rows of the text", reading, peak, rows, failures),
        Reading("gouji, cells as read", reading, peak, printed, failures),
        Reading(_OWN, whole, peak, settled, failures, silent),
    )


def in_own_process(
    sources: Sequence[Path], golds: Mapping[str, Gold], model: str | None
) -> tuple[Reading, ...]:
    """`by_gouji` in a process of its own, so that its memory is its own."""
    os.environ.update(_ONE_THREAD)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(by_gouji, sources, golds, model).result()


def as_tables(
    readings: Sequence[Reading], golds: Mapping[str, Gold], n_pages: int
) -> Iterator[str]:
    """The readings as tables: what is right and what it took; what is right by kind."""
    shown = {name: golds[name] for name in readings[0].marks}
    ours = next(reading.cpu_s for reading in readings if reading.name == _OWN)
    tables = list(dict.fromkeys(_table(cell) for gold in shown.values() for cell in gold.cells))
    kinds = list(dict.fromkeys(gold.kind for gold in shown.values()))
    n_cells = sum(len(gold.cells) for gold in shown.values())
    yield f"{len(shown)} reports, {n_pages} pages, {n_cells:,} cells"
    yield ""
    yield from _head("cells right", "not zero", *tables, "tables exact", "s a page", "times", "MB")
    for reading in readings:
        counts = counted(reading, shown)
        parts = [counts[key] for key in ("cells", "not zero", *tables, "tables exact")]
        spent = f"{reading.cpu_s / n_pages:.2f} | {reading.cpu_s / ours:.2f}"
        yield f"| {reading.name} | {' | '.join(parts)} | {spent} | {reading.peak_mb:.0f} |"
    yield ""
    yield from _head(*kinds)
    for reading in readings:
        counts = counted(reading, shown)
        yield f"| {reading.name} | {' | '.join(counts[kind] for kind in kinds)} |"
    yield ""
    for reading in readings:
        if reading.silent is not None:
            yield f"{reading.name}: {reading.silent} wrong without a flag"
        for name, reason in reading.failures.items():
            yield f"{reading.name}, {name}: {reason}"


def _head(*columns: str) -> Iterator[str]:
    yield f"| reader | {' | '.join(columns)} |"
    yield "|---|" + "---:|" * len(columns)


def _table(cell: str) -> str:
    return cell.partition(".")[0]


def counted(reading: Reading, golds: Mapping[str, Gold]) -> Mapping[str, str]:
    """How many cells are right, in all, of those not zero, by table and by kind; tables exact."""
    n: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, gold in golds.items():
        wrong: Counter[str] = Counter({_table(cell): 0 for cell in gold.cells})
        for cell, number in gold.cells.items():
            is_right = reading.marks[name][cell]
            keys = ["cells", _table(cell), gold.kind, *(["not zero"] if number else [])]
            n.update(keys)
            right.update(keys if is_right else [])
            wrong[_table(cell)] += not is_right
        n["tables exact"] += len(wrong)
        right["tables exact"] += sum(not bad for bad in wrong.values())
    return {key: f"{right[key]:,} of {total:,}" for key, total in n.items()}


def main() -> None:
    """Compare on the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", type=Path, required=True, help="interpreter that has the others")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--reports", type=int, default=1, help="of each kind and resolution")
    parser.add_argument("--model", help="as `gouji extract --model`")
    options = parser.parse_args()
    files = [path for path in (options.folder / "sources").iterdir() if path.is_file()]
    sources = chosen(files, options.reports)
    golds = {gold.name: gold for gold in read_golds(options.folder / "gold")}
    kept = options.folder / "peers"
    kept.mkdir(exist_ok=True)
    readings = [
        by_peer(reader, options.peer, kept / f"{reader}.json", sources, golds)
        for reader in options.readers
    ]
    readings += in_own_process(sources, golds, options.model)
    print("\n".join(as_tables(readings, golds, sum(map(n_pages_of, sources)))))  # noqa: T201


if __name__ == "__main__":
    main()
