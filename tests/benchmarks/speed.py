"""Speed, memory and start-up time of extraction, against a bound measured in the same run.

    .venv/bin/python tests/benchmarks/speed.py SOURCES OUT --reports 600

extracts as many reports as asked for, taking the files of SOURCES in turn, with one and with two
workers, and writes OUT/speed.json and OUT/speed.md. The bound is what one process can do that
only reads the same files and splits them into sections: no extraction of them can be faster.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

from gouji.inference.config import Settings
from gouji.inference.decoding import decode
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import read
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.model.document import Document
from gouji.model.encoding import encode
from gouji.model.errors import ModelError
from gouji.model.form_file import load_form
from gouji.model.registry import find_model
from gouji.model.tagger import Tagger

PACKAGES = ("gouji", "numpy", "ortools", "rapidfuzz", "opencc", "typer")
GOUJI = (sys.executable, "-m", "gouji")
N_STARTS = 5

_LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([seconds, usage.ru_maxrss, process.returncode]))
"""
"""Runs a command and tells its seconds, most memory and exit code.

A process is said to have needed at least what the one that started it held at that time, so the
command is started from a small one. Unlike `Popen.wait`, `wait4` tells the memory of this run
alone, its worker processes included.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `gouji extract`, start-up included.

    `peak_memory_mb` is the largest resident set of any one process of the run, in MiB.
    """

    workers: int
    reports: int
    seconds: float
    peak_memory_mb: float

    @property
    def reports_per_second(self) -> float:
        """How many reports a second the whole run made."""
        return self.reports / self.seconds


@dataclass(frozen=True, slots=True)
class InProcess:
    """Rates of one process without start-up and writing, in reports a second.

    `reading` reads and segments, `network` makes the bare passes of the network, `pipeline` does
    everything up to the finished report, and spares the network what the rules settle. `stages` has
    the milliseconds of its parts for a report that needs them all.
    `slowest_s` is the longest time that one report took.
    """

    reports: int
    reading: float
    network: float
    pipeline: float
    slowest_s: float
    stages: Mapping[str, float]

    @property
    def share_of_network(self) -> float:
        """How much of the rate of the bare network the pipeline reaches."""
        return self.pipeline / self.network


@dataclass(frozen=True, slots=True)
class Speed:
    """Everything measured; `start_up_s` is the median time of `gouji --help`."""

    machine: Mapping[str, object]
    start_up_s: float
    in_process: InProcess
    runs: tuple[Run, ...]


def extracted(sources: Path, n_reports: int, workers: int) -> Run:
    """A measured run of the real command over the folder.

    Raises:
        CalledProcessError: the command failed; the figures would mean nothing.
    """
    with tempfile.TemporaryDirectory() as out:
        command = [*GOUJI, "extract", str(sources), "--out", out, "--workers", str(workers)]
        launched = subprocess.run(
            [sys.executable, "-c", _LAUNCHER, *command], check=True, stdout=subprocess.PIPE
        )
    seconds, peak, code = json.loads(launched.stdout)
    if code:
        raise subprocess.CalledProcessError(code, command)
    return Run(workers, n_reports, seconds, peak / (2**20 if sys.platform == "darwin" else 2**10))


def in_process(files: Sequence[Path]) -> InProcess:
    """The rates over the same files in this process, each after a warm-up on one of them.

    Raises:
        ModelError: the model in use can't be loaded, or it is the rules.
    """
    form, settings = load_form(), Settings()
    extract, folder = Extractor(form, settings), find_model(None).folder
    if folder is None:
        raise ModelError("the rules have no network to measure")
    tagger = Tagger.load(folder, form)

    def opened(number: int) -> Document:
        return read(files[number], files[number].name, settings.limits)

    documents = [opened(number) for number in range(len(files))]
    parts = [segment(document, form)[0] for document in documents]
    texts = [encode(d.text, (part.span,)) for d, part in zip(documents, parts, strict=True)]
    feeds = [tuple(tagger.feeds((text,))) for text in texts]
    tags = [tagger.predict(text) for text in texts]
    pipeline = times(lambda i: extract(opened(i)), files)
    seconds = {
        "reading and segmenting": sum(times(lambda i: segment(opened(i), form), files)),
        "encoding": sum(times(lambda i: encode(documents[i].text, (parts[i].span,)), files)),
        "the network": sum(times(lambda i: [tagger.run(feed) for feed in feeds[i]], files)),
        "all of the tagger": sum(times(lambda i: tagger.predict(texts[i]), files)),
        "decoding": sum(
            times(lambda i: decode(documents[i], parts[i], form, texts[i], tags[i]), files)
        ),
        "the rules": sum(times(lambda i: tag_tables(documents[i], parts[i], form), files)),
    }
    n = len(files)
    return InProcess(
        reports=n,
        reading=n / seconds["reading and segmenting"],
        network=n / seconds["the network"],
        pipeline=n / sum(pipeline),
        slowest_s=max(pipeline),
        stages={name: 1000 * total / n for name, total in _apart(seconds).items()},
    )


def _apart(seconds: Mapping[str, float]) -> Mapping[str, float]:
    """The seconds of parts that do not overlap."""
    around = seconds["all of the tagger"] - seconds["the network"]
    parts = {**seconds, "all of the tagger": around}
    named = {"all of the tagger": "around the network"}
    return {named.get(name, name): total for name, total in parts.items()}


def times(work: Callable[[int], object], files: Sequence[Path]) -> list[float]:
    """The seconds that the work takes for the number of each file, after a warm-up on the first."""
    work(0)
    return [timed(partial(work, number)) for number in range(len(files))]


def timed(work: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def start_up() -> float:
    """The median seconds that `gouji --help` takes."""
    command = [*GOUJI, "--help"]
    return statistics.median(
        timed(lambda: subprocess.run(command, check=True, capture_output=True))
        for _ in range(N_STARTS)
    )


def copies(sources: Path, n_reports: int, folder: Path) -> list[Path]:
    """As many files as asked for in the folder, copied in turn from the sources.

    Raises:
        FileNotFoundError: there is no text file among the sources.
    """
    files = sorted(sources.glob("*.txt"))
    if not files:
        raise FileNotFoundError(f"{sources} holds no .txt file")
    folder.mkdir()
    return [
        Path(shutil.copyfile(file, folder / f"{number:06}.txt"))
        for number, file in enumerate(islice(cycle(files), n_reports))
    ]


def processor() -> str:
    """The name of the processor as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def measure(sources: Path, n_reports: int) -> Speed:
    """All measurements; one run is a tenth as long, to tell whether memory grows."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        n_few = max(1, n_reports // 10)
        copies(sources, n_few, few)
        files = copies(sources, n_reports, many)
        runs = (
            extracted(few, n_few, 1),
            extracted(many, n_reports, 1),
            extracted(many, n_reports, 2),
        )
        return Speed(machine(), start_up(), in_process(files), runs)


def as_json(speed: Speed) -> str:
    """The measurements with the rates that follow from them."""
    raw = asdict(speed)
    raw["in_process"]["share_of_network"] = speed.in_process.share_of_network
    for run, measured in zip(raw["runs"], speed.runs, strict=True):
        run["reports_per_second"] = measured.reports_per_second
    return json.dumps(raw, indent=1) + "\n"


def as_table(speed: Speed) -> Iterator[str]:
    """The measurements as lines of a Markdown table."""
    rates = speed.in_process
    yield "| what | reports | figure |"
    yield "|---|---|---|"
    for run in speed.runs:
        what = f"`gouji extract`, {run.workers} worker{'s' if run.workers > 1 else ''}"
        rate = f"{run.reports_per_second:.1f} reports/s, peak {run.peak_memory_mb:.0f} MiB"
        yield f"| {what} | {run.reports} | {rate} |"
    yield f"| reading and segmenting alone | {rates.reports} | {rates.reading:.1f} reports/s |"
    yield f"| bare passes of the network alone | {rates.reports} | {rates.network:.1f} reports/s |"
    yield (
        f"| whole pipeline in one process | {rates.reports} | {rates.pipeline:.1f} reports/s,"
        f" {rates.share_of_network:.0%} of the bare network, slowest {rates.slowest_s:.2f} s |"
    )
    for name, milliseconds in rates.stages.items():
        yield f"| {name}, where it is needed | {rates.reports} | {milliseconds:.1f} ms a report |"
    yield f"| `gouji --help` | {N_STARTS} starts | {speed.start_up_s:.2f} s (median) |"


def main() -> None:
    """Measure what the command line asks for and write it down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", type=Path, help="folder of text files, each holding one report")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--reports", type=int, default=600, help="how many reports to extract")
    options = parser.parse_args()
    speed = measure(options.sources, options.reports)
    text = "\n".join(as_table(speed)) + "\n"
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "speed.json").write_text(as_json(speed), "utf-8")
    (options.out / "speed.md").write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
