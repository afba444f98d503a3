"""The bulk benchmark: thousands of web pages, memory and speed on the way, and runs cut short.

    .venv/bin/python tests/benchmarks/bulk.py OUT --pages 10000 --seed 1 --model rules

draws that many reports as web pages in the five styles of `files.py` into OUT/pages, extracts them
once undisturbed and once with two kills (SIGKILL after a third and two thirds of the pages) and a
rerun after each, compares all files of the two runs, and writes OUT/bulk.json and OUT/bulk.md.
Memory is the resident set of the largest worker process (Linux alone tells it).
"""

import argparse
import filecmp
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.model.form_file import load_form
from tests.benchmarks.files import FORMATS, drawn

_STYLES = [name for name, (suffix, _) in FORMATS.items() if not suffix.endswith("x")]
_DONE = re.compile(rb"\[(\d+)/\d+\]")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a run stood: pages done, seconds since its start, MiB of its largest worker."""

    done: int
    seconds: float
    worker_mb: float


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was measured; `samples` are of the undisturbed run, `differing` names files."""

    pages: int
    workers: int
    model: str
    samples: tuple[Sample, ...]
    seconds: float
    kills: int
    differing: tuple[str, ...]

    @property
    def growth(self) -> float:
        """How much larger the largest worker of the second half is than that of the first.

        As a share; workers are replaced on the way. The first tenth of the pages does not count.
        """
        settled = [s for s in self.samples if s.done >= self.pages / 10]
        first, second = (
            max(s.worker_mb for s in settled if (s.done > self.pages / 2) is later)
            for later in (False, True)
        )
        return second / first - 1


def write_page(folder: Path, seed: int, number: int) -> None:
    """Draws one report and writes it as a page."""
    style = _STYLES[number % len(_STYLES)]
    suffix, made = FORMATS[style]
    blocks, _ = drawn(load_form(), f"bulk/{seed}/{number}")
    path = folder / f"{number // 1000:02}" / f"{number:05}-{style}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made(blocks))


def started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """The real command, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "gouji", "extract", *arguments],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def watched(run: subprocess.Popen[bytes], every: int) -> Iterator[Sample]:
    """A sample after every so many pages, until the run ends."""
    assert run.stderr is not None
    start = perf_counter()
    for line in run.stderr:
        if (found := _DONE.match(line)) and int(found[1]) % every == 0:
            yield Sample(int(found[1]), perf_counter() - start, largest_child_mb(run.pid))


def largest_child_mb(pid: int) -> float:
    """The resident set of the largest child of a process, whichever thread of it started it."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    pages = [_pages(child) for task in tasks for child in task.read_text().split()]
    return max(pages, default=0) * _PAGE_BYTES / 2**20


def _pages(pid: str) -> int:
    """The resident pages of a process; 0 if it has just ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def killed(arguments: Sequence[str], after: int) -> None:
    """A run that is killed with all its processes once so many pages are done."""
    with started(arguments) as run:
        for sample in watched(run, 1):
            if sample.done >= after:
                os.killpg(run.pid, signal.SIGKILL)
                break


def differing(one: Path, other: Path) -> Iterator[str]:
    """The files that only one of two folders has, or that hold other bytes."""
    names = {p.relative_to(f).as_posix() for f in (one, other) for p in f.rglob("*") if p.is_file()}
    for name in sorted(names):
        pair = (one / name, other / name)
        if not all(path.is_file() for path in pair) or not filecmp.cmp(*pair, shallow=False):
            yield name


def measured(out: Path, n_pages: int, workers: int, model: str) -> Bulk:
    """Both runs over OUT/pages."""
    options = ["--workers", str(workers), "--model", model, "--format", "json,csv"]
    pages = str(out / "pages")
    start = perf_counter()
    with started([pages, "--out", str(out / "whole"), *options]) as whole:
        samples = tuple(watched(whole, max(1, n_pages // 100)))
    if whole.returncode:
        raise RuntimeError(f"the undisturbed run ended with code {whole.returncode}")
    seconds = perf_counter() - start
    cut = [pages, "--out", str(out / "cut"), *options]
    for share in (1 / 3, 2 / 3):
        killed(cut, int(share * n_pages))
    with started(cut) as last:
        last.communicate()
    found = tuple(differing(out / "whole", out / "cut"))
    return Bulk(n_pages, workers, model, samples, seconds, 2, found)


def as_markdown(bulk: Bulk) -> str:
    """The figures as a table: speed and memory for each tenth of the pages."""
    lines = [
        f"{bulk.pages} pages, {bulk.workers} workers, model {bulk.model}: {bulk.seconds:.0f} s, "
        f"{bulk.pages / bulk.seconds:.1f} reports/s; the largest worker of the second half is "
        f"larger by {bulk.growth:.1%} than that of the first; after {bulk.kills} kills "
        f"{len(bulk.differing)} files differ from the undisturbed run.",
        "",
        "| pages done | reports/s since the last line | MiB of the largest worker |",
        "|---:|---:|---:|",
    ]
    tenths = [s for s in bulk.samples if s.done % max(1, bulk.pages // 10) == 0]
    for before, after in pairwise([Sample(0, 0.0, 0.0), *tenths]):
        rate = (after.done - before.done) / (after.seconds - before.seconds)
        lines.append(f"| {after.done} | {rate:.1f} | {after.worker_mb:.0f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", default="rules")
    options = parser.parse_args()
    write = partial(write_page, options.out / "pages", options.seed)
    with ProcessPoolExecutor(options.workers) as pool:
        list(pool.map(write, range(options.pages), chunksize=50))
    bulk = measured(options.out, options.pages, options.workers, options.model)
    told = {**asdict(bulk), "growth": bulk.growth}
    (options.out / "bulk.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (options.out / "bulk.md").write_text(as_markdown(bulk), "utf-8")
    sys.stdout.write(as_markdown(bulk))


if __name__ == "__main__":
    main()
