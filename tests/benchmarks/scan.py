"""The scans benchmark measured: cells, silent errors, seconds and memory.

    .venv/bin/python tests/benchmarks/scan.py bench/scans --workers 2

reads the sources that `scans.py` has written below the folder. Documents are kept in documents/:
a second run scores them without reading the pictures again. With `--whole N` the pages of N reports
are read by RapidOCR as well, the whole page at once with the same networks, to compare seconds;
with `--img2table PYTHON`, by img2table in the environment of that interpreter (`scan_peers.py`).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

import numpy as np

from gouji.inference.config import Settings
from gouji.inference.evaluation import read_golds
from gouji.inference.pipeline import Extractor
from gouji.inference.rates import Rate
from gouji.inference.readers import Limits, read
from gouji.inference.readers.frames import frames
from gouji.inference.readers.picture import read_joined
from gouji.inference.readers.recognising import Recognition
from gouji.inference.score_tables import score_rows, table_rows, text_lines
from gouji.inference.scoring import Gold, Scores, add, judge_report
from gouji.model.document import Document
from gouji.model.form_file import load_form
from gouji.model.jsonl import decode, dumps, encode, loads
from gouji.model.numerals import parse_numeral
from gouji.model.report_codec import report_to_dict

_PEERS = Path(__file__).with_name("scan_peers.py")
_WRONG = ("silent", "right", "printed_right")


@dataclass(frozen=True, slots=True)
class Timed:
    """A document with what reading it took: processor seconds, and the peak memory so far (MB)."""

    document: Document
    cpu_s: float
    peak_mb: float


def timed(source: Path, kept: Path) -> Timed:
    """The document of a source, read now or, if it is kept, before."""
    path = kept / f"{source.name}.json"
    if path.is_file():
        return decode(Timed, loads(path.read_text("utf-8")))
    started = time.process_time()
    if source.is_dir():
        pictures = ((page.name, page.read_bytes()) for page in sorted(source.iterdir()))
        document = read_joined(pictures, source.name, Limits(), Recognition())
    else:
        document = read(source, source.name, Limits())
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = Timed(document, round(seconds, 3), round(peak, 1))
    path.write_text(dumps(encode(found)), "utf-8")
    return found


def read_all(
    sources: Sequence[Path], kept: Path, workers: int, prepare: Callable[[], None] | None = None
) -> Iterator[Timed]:
    """The documents in the order of their sources; every worker calls `prepare` first."""
    kept.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=prepare) as pool:
        yield from pool.map(partial(timed, kept=kept), sources)


def whole_page_seconds(sources: Sequence[Path]) -> float:
    """Processor seconds of RapidOCR for all pages of the sources, once it is warm."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )
    engine(np.full((200, 400), 255, np.uint8))
    seconds = 0.0
    for path in sources:
        for pixels, _ in frames(path.read_bytes(), path.name):
            started = time.process_time()
            engine(pixels)
            seconds += time.process_time() - started
    return seconds


def compared(
    folder: Path, sources: Sequence[Path], found: Sequence[Timed], peer: Path | None
) -> Iterator[str]:
    """Seconds of others on the same pages, as lines; with `peer` the rows that it gets right too.

    `peer` is the interpreter of an environment that has img2table.
    """
    n = sum(one.document.source.pages or 0 for one in found)
    ours = sum(one.cpu_s for one in found) / n
    theirs = whole_page_seconds(sources) / n
    yield (
        f"the same {n} pages read whole by RapidOCR: {theirs:.2f} processor seconds a page, "
        f"here {ours:.2f}: {theirs / ours:.1f} times as many"
    )
    if peer is None:
        return
    told = json.loads(
        subprocess.run(
            [peer, _PEERS, *sources],
            check=True,
            capture_output=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        ).stdout
    )
    golds = {gold.name: gold for gold in read_golds(folder / "gold")}
    mine = {
        source.stem: [line.split("\t") for line in one.document.text.splitlines()]
        for source, one in zip(sources, found, strict=True)
    }
    rows = sum(len(rows_of(golds[source.stem])) for source in sources)
    counts = [
        sum(rows_found(golds[name], said) for name, said in read.items())
        for read in (mine, told["rows"])
    ]
    seconds = told["seconds"] / told["pages"]
    yield (
        f"by img2table: {seconds:.2f} processor seconds a page, {seconds / ours:.1f} times as many;"
        f" of {rows} rows of seven numbers {counts[1]} are right there and {counts[0]} here"
    )


def rows_of(gold: Gold) -> list[tuple[float, ...]]:
    """The rows of the table `requests` as they are printed, in the order of the form."""
    rows: dict[str, list[float]] = {}
    for cell, number in gold.cells.items():
        table, _, rest = cell.partition(".")
        if table == "requests":
            rows.setdefault(rest.rpartition(".")[0], []).append(float(number or 0))
    return [tuple(row) for row in rows.values()]


def rows_found(gold: Gold, said: Sequence[Sequence[str]]) -> int:
    """How many rows of gold are the last cells of a row that was read, in this order."""
    read = [_numbers(row) for row in said]
    at, n = 0, 0
    for row in rows_of(gold):
        for place in range(at, len(read)):
            if read[place][-len(row) :] == row:
                at, n = place + 1, n + 1
                break
    return n


def _numbers(row: Sequence[str]) -> tuple[float | None, ...]:
    numerals = (parse_numeral(text.strip()) for text in row)
    return tuple(None if numeral is None else float(numeral.value) for numeral in numerals)


def scored(folder: Path, documents: Mapping[str, Document], model: str | None) -> Iterator[str]:
    """The scores by setting and by table, as lines; wrong cells into wrong.txt."""
    form = load_form()
    extract = Extractor(form, Settings(), model)
    scores = Scores()
    wrong: list[str] = []
    for gold in read_golds(folder / "gold"):
        report = report_to_dict(extract(documents[gold.name])[0], form)
        judged = judge_report(gold, report)
        add(scores, judged)
        for cell, counts in judged.cells.items():
            bad = [name for name in _WRONG if bool(counts[name]) == (name == "silent")]
            if bad:
                shown = report["cells"].get(cell, {})  # a report of the other revision lacks it
                said = {k: shown.get(k) for k in ("value", "read", "status", "page")}
                wrong.append(f"{gold.name} {cell} {gold.cells[cell]} {said} {' '.join(bad)}")
    (folder / "wrong.txt").write_text("\n".join(wrong), "utf-8")
    yield from text_lines(score_rows(scores))
    yield ""
    yield from text_lines(table_rows(scores))
    yield ""
    for name, counts in scores.tables.items():
        yield from _rates(name, counts)


def _rates(name: str, counts: Counter[str]) -> Iterator[str]:
    yield f"{name}: as read {Rate(counts['printed_right'], counts['cells'], wanted=True)}"
    yield f"{name}: after reconciling {Rate(counts['right'], counts['cells'], wanted=True)}"
    yield f"{name}: silent wrong {Rate(counts['silent'], counts['cells'], wanted=False)}"


def main() -> None:
    """Measure the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", help="as `gouji extract --model`")
    parser.add_argument("--whole", type=int, default=0, help="reports to be read whole too")
    parser.add_argument(
        "--img2table", type=Path, help="interpreter: these reports by img2table too"
    )
    options = parser.parse_args()
    sources = sorted((options.folder / "sources").iterdir())
    started = time.monotonic()
    found = list(read_all(sources, options.folder / "documents", options.workers))
    wall = time.monotonic() - started
    documents = {s.stem: t.document for s, t in zip(sources, found, strict=True)}
    lines = list(scored(options.folder, documents, options.model))
    n_pages = sum(t.document.source.pages or 0 for t in found)
    cpu = sum(t.cpu_s for t in found) / n_pages
    lines.append(
        f"{n_pages} pages, {cpu:.2f} processor seconds a page, {wall:.0f} s in all, "
        f"peak {max(t.peak_mb for t in found):.0f} MB"
    )
    if options.whole:
        chosen = range(0, len(sources), max(1, len(sources) // options.whole))[: options.whole]
        some = [sources[i] for i in chosen], [found[i] for i in chosen]
        lines += compared(options.folder, *some, options.img2table)
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
