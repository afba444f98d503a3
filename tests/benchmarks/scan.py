"""The scans benchmark measured: cells, silent errors, seconds and memory.

    .venv/bin/python tests/benchmarks/scan.py bench/scans --workers 2

reads the sources that `scans.py` has written below the folder. Documents are kept in documents/:
a second run scores them without reading the pictures again. `peers.py` compares other readers.
"""

import argparse
import resource
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

from gouji.inference.config import Settings
from gouji.inference.evaluation import read_golds
from gouji.inference.pipeline import Extractor
from gouji.inference.rates import Rate
from gouji.inference.readers import Limits, read
from gouji.inference.readers.picture import read_joined
from gouji.inference.readers.recognising import Recognition
from gouji.inference.score_tables import score_rows, table_rows, text_lines
from gouji.inference.scoring import Scores, add, judge_report
from gouji.model.document import Document
from gouji.model.form_file import load_form
from gouji.model.jsonl import decode, dumps, encode, loads
from gouji.model.report_codec import report_to_dict

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
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
