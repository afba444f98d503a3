"""Bulk runs: many sources over worker processes, and the files that sum them up.

What a run writes depends on the sources, the form, the settings and the corrections alone: not on
the number of workers, and not on whether an earlier run was cut short.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from gouji.inference.cell_pictures import CellPictures
from gouji.inference.correction_files import read_corrections
from gouji.inference.found import Discovery, Found
from gouji.inference.tally import Tally, Totals
from gouji.inference.units import MISSING, expected_rows
from gouji.inference.watch import OVERDUE, Watch
from gouji.inference.worker import Outcome, OutputError, Task, Worker
from gouji.inference.writers.long_table import (
    long_rows,
    write_code_book,
    write_long_csv,
    write_long_parquet,
)
from gouji.inference.writers.report_folder import ReportFolder, hidden_folder, lines_path
from gouji.inference.writers.rows import made_by_line
from gouji.inference.writers.run_workbook import write_run_workbook
from gouji.inference.writers.sheets import (
    CODE_BOOK,
    EXPECTED,
    EXPECTED_HEADER,
    LONG_CSV,
    LONG_PARQUET,
    RUN_WORKBOOK,
    Row,
    write_sheet,
)
from gouji.model.atomic import remove_leftovers
from gouji.model.errors import ConfigError, GoujiError
from gouji.model.form_file import load_form
from gouji.model.report import Report

_LOGGER = logging.getLogger("gouji")
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_PENDING_PER_WORKER = 16
_SOURCES_PER_PROCESS = 500
"""A process that has read so many is replaced: what the solver has once taken it never gives back,
so that it would grow with every table harder than those before."""


OnOutcome = Callable[[Outcome], None]
"""Told of every outcome, in the order of the sources."""


class OutputFormat(StrEnum):
    """How reports are written into the output folder."""

    JSON = "json"  # a file a report
    JSONL = "jsonl"  # all reports in one file, a line each
    XLSX = "xlsx"  # a workbook a report, and one of all
    CSV = "csv"  # all cells of all reports, a line each, with a code book
    PARQUET = "parquet"  # the same as Parquet


@dataclass(frozen=True, slots=True)
class Job:
    """A run: what to read, how, and where the results go.

    Without `out` the reports are handed out with the outcomes, as lines of JSON; `task.folder`,
    `task.workbooks` and `task.pictures` are set by the run itself. `units` are the names of those
    expected to report.
    """

    discovery: Discovery
    task: Task
    out: Path | None = None
    formats: frozenset[OutputFormat] = frozenset({OutputFormat.JSON})
    workers: int = 1
    units: tuple[str, ...] = ()


def run(job: Job, on_outcome: OnOutcome) -> Totals:
    """Reads all sources of a job and writes its files; returns the counts.

    Raises:
        OSError: the output folder can't be written.
        GoujiError: the form can't be loaded, no worker can be started, or the workbook of an
            earlier run has right values filled in that are not among the corrections.
    """
    folder = _prepare(job)
    if OutputFormat.XLSX not in job.formats:
        with closing(Tally()) as tally:
            return _run(job, on_outcome, folder, tally)
    with closing(Tally()) as tally, TemporaryDirectory(prefix="gouji-") as pictures:
        task = replace(job.task, workbooks=job.out, pictures=CellPictures(Path(pictures)))
        return _run(replace(job, task=task), on_outcome, folder, tally)


def _run(job: Job, on_outcome: OnOutcome, folder: ReportFolder | None, tally: Tally) -> Totals:
    unused = set(job.task.corrections.by_source)
    task = replace(job.task, folder=folder)
    lost = (Outcome(folder.name, failure=folder.reason) for folder in job.discovery.unreadable)
    with closing(outcomes(task, job.discovery.found, job.workers)) as stream:
        for outcome in chain(stream, lost):
            if outcome.trace:
                _LOGGER.error("%s: %s", outcome.name, outcome.trace)
            tally.add(outcome)
            if task.pictures is not None:
                tally.add_pictures(outcome, task.pictures)
            unused.discard(outcome.sha256 or "")
            on_outcome(outcome)
    expected = tuple(expected_rows(job.units, tally.reporters)) if job.units else ()
    if job.out is not None and folder is not None:
        _finish(job, job.out, folder, tally, expected)
    return replace(
        tally.totals,
        duplicates=tally.duplicates,
        n_missing_units=sum(row[2] == MISSING for row in expected),
        unused_corrections=tuple(sorted(unused)),
    )


def _prepare(job: Job) -> ReportFolder | None:
    """The folder that the reports go into."""
    if job.out is None:
        return None
    job.out.mkdir(parents=True, exist_ok=True)
    if OutputFormat.XLSX in job.formats:
        _refuse_to_lose_corrections(job.out / RUN_WORKBOOK, job.task)
    if OutputFormat.JSON in job.formats:
        return ReportFolder(job.out)
    folder = hidden_folder(job.out)
    folder.split_lines(lines_path(job.out))
    return folder


def _refuse_to_lose_corrections(path: Path, task: Task) -> None:
    """What a person has filled into a workbook must not be overwritten unread."""
    if not path.exists():
        return
    filled = read_corrections(path, load_form(task.form))
    if n := task.corrections.lacks(filled):
        raise ConfigError(
            f"{path} 中填了 {n} 个正确值，再写会丢失；"
            f"请加上 --corrections {path}，或换一个输出文件夹"
        )


def _finish(
    job: Job, out: Path, folder: ReportFolder, tally: Tally, expected: Sequence[Row]
) -> None:
    form = load_form(job.task.form)
    names = tuple(tally.origins)
    folder.tidy(names, {source.name for source in job.discovery.found})
    if OutputFormat.JSONL in job.formats:
        folder.join_lines(names, lines_path(out))
    _export(job, out, lambda: folder.stored(names), tally)
    made_by = job.task.made_by(form)
    tally.write(out, form, made_by)
    if job.units:
        write_sheet(out / EXPECTED, EXPECTED_HEADER, expected, made_by_line(made_by))
    remove_leftovers(out)
    if OutputFormat.JSON not in job.formats:
        folder.remove_all()


def _export(job: Job, out: Path, reports: Callable[[], Iterator[Report]], tally: Tally) -> None:
    """Writes the formats that hold all reports, which are read back one at a time."""
    form, zero = load_form(job.task.form), job.task.blank_as_zero
    if OutputFormat.XLSX in job.formats:
        path = out / RUN_WORKBOOK
        write_run_workbook(path, form, reports(), tally.sheets, blank_as_zero=zero)
    if OutputFormat.CSV in job.formats:
        write_long_csv(out / LONG_CSV, long_rows(reports(), blank_as_zero=zero))
    if OutputFormat.PARQUET in job.formats:
        write_long_parquet(out / LONG_PARQUET, long_rows(reports(), blank_as_zero=zero))
    if job.formats & {OutputFormat.CSV, OutputFormat.PARQUET}:
        write_code_book(out / CODE_BOOK, form)


def outcomes(task: Task, sources: Sequence[Found], workers: int) -> Generator[Outcome, None, None]:
    """The outcome of every source, in their order.

    A source that fails, takes longer than `limits.timeout_s` or ends its worker costs nobody but
    itself; every page that is recognised has as much time, and the rest begins anew after it.
    Close the generator to stop the workers before the end.

    Raises:
        OutputError: reports can't be written; the run ends.
        GoujiError: no worker can be started.
    """
    if not sources:
        return
    pool = _Pool(task, min(workers, len(sources)))
    pending: deque[tuple[Found, ProcessFuture[Outcome]]] = deque()
    try:
        for source in sources:
            pending.append((source, pool.submit(source)))
            if len(pending) >= _PENDING_PER_WORKER * pool.workers:
                yield pool.outcome(*pending.popleft())
        while pending:
            yield pool.outcome(*pending.popleft())
    finally:
        pool.stop()


@dataclass
class _Pool:
    """Worker processes, replaced as a whole if one of them dies while it has no source."""

    task: Task
    workers: int

    def __post_init__(self) -> None:
        self._pool = self._start()

    def submit(self, source: Found) -> "ProcessFuture[Outcome]":
        if not self._pool.active:
            self.stop()
            self._pool = self._start()
        return self._pool.schedule(_work, (source,))

    def outcome(self, source: Found, future: "ProcessFuture[Outcome]") -> Outcome:
        try:
            return self._wait(source, future)
        except BrokenProcessPool:  # not the fault of this source, so it has a second chance
            try:
                return self._wait(source, self.submit(source))
            except BrokenProcessPool as error:
                raise GoujiError("工作进程无法启动，或一启动就退出") from error

    def stop(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates only some methods
        self._pool.join()

    def _start(self) -> ProcessPool:
        # spawn: the same on every system, and no lock of another thread is copied
        context = get_context("spawn")
        return ProcessPool(
            self.workers,
            max_tasks=_SOURCES_PER_PROCESS,
            initializer=_start_worker,
            initargs=(self.task,),
            context=context,
        )

    def _wait(self, source: Found, future: "ProcessFuture[Outcome]") -> Outcome:
        try:
            return future.result()
        except ProcessExpired as error:
            if error.exitcode == OVERDUE:
                timeout_s = self.task.settings.limits.timeout_s
                return Outcome(source.name, failure=f"超过 {timeout_s:g} 秒仍未完成，已放弃")
            return Outcome(source.name, failure=f"工作进程意外退出（代码 {error.exitcode}）")


_worker: Worker | None = None
_watch: Watch | None = None
"""In a worker process: what it does with a source, and what ends it if that takes too long."""


def _start_worker(task: Task) -> None:
    global _worker, _watch
    for variable in _THREAD_VARIABLES:  # before anything that reads them is imported
        os.environ[variable] = "1"
    _watch = Watch(task.settings.limits.timeout_s)
    _worker = Worker(task, on_page=_watch.start)


def _work(source: Found) -> Outcome:
    assert _worker is not None, "a worker starts with _start_worker"
    assert _watch is not None, "a worker starts with _start_worker"
    prefix = f"{source.name}："
    _watch.start()
    try:
        return _worker(source)
    except GoujiError as error:
        return Outcome(source.name, failure=str(error).removeprefix(prefix))
    except OutputError:
        raise
    except Exception as error:  # the one place: whatever a source does, the run goes on
        failure = f"内部错误（{type(error).__name__}），详见日志"
        return Outcome(source.name, failure=failure, trace=format_exc())
    finally:
        _watch.stop()
