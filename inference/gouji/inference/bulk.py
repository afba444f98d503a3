"""Bulk runs: many sources over worker processes, and the files that sum them up.

What a run writes depends on the sources, the form, the settings and the corrections alone: not on
the number of workers, and not on whether an earlier run was cut short.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exc

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from gouji.inference.discovery import Discovery, Found
from gouji.inference.tally import Tally, Totals
from gouji.inference.worker import Outcome, OutputError, Task, Worker
from gouji.inference.writers.report_folder import ReportFolder, hidden_folder, lines_path
from gouji.model.atomic import remove_leftovers
from gouji.model.errors import GoujiError
from gouji.model.form_file import load_form

_LOGGER = logging.getLogger("gouji")
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_PENDING_PER_WORKER = 16


OnOutcome = Callable[[Outcome], None]
"""Told of every outcome, in the order of the sources."""


class OutputFormat(StrEnum):
    """How reports are written into the output folder."""

    JSON = "json"  # a file a report
    JSONL = "jsonl"  # all reports in one file, a line each


@dataclass(frozen=True, slots=True)
class Job:
    """A run: what to read, how, and where the results go.

    Without `out` the reports are handed out with the outcomes, as lines of JSON; `task.folder` is
    set by the run itself.
    """

    discovery: Discovery
    task: Task
    out: Path | None = None
    formats: frozenset[OutputFormat] = frozenset({OutputFormat.JSON})
    workers: int = 1


def run(job: Job, on_outcome: OnOutcome) -> Totals:
    """Reads all sources of a job and writes its files; returns the counts.

    Raises:
        OSError: the output folder can't be written.
        GoujiError: the form can't be loaded, or no worker can be started.
    """
    folder = _prepare(job)
    tally = Tally()
    unused = set(job.task.corrections.by_source)
    task = replace(job.task, folder=folder)
    lost = (Outcome(folder.name, failure=folder.reason) for folder in job.discovery.unreadable)
    with closing(outcomes(task, job.discovery.found, job.workers)) as stream:
        for outcome in chain(stream, lost):
            if outcome.trace:
                _LOGGER.error("%s: %s", outcome.name, outcome.trace)
            tally.add(outcome)
            unused.discard(outcome.sha256 or "")
            on_outcome(outcome)
    if job.out is not None and folder is not None:
        _finish(job, job.out, folder, tally)
    return replace(tally.totals, unused_corrections=tuple(sorted(unused)))


def _prepare(job: Job) -> ReportFolder | None:
    """The folder that the reports go into."""
    if job.out is None:
        return None
    job.out.mkdir(parents=True, exist_ok=True)
    if OutputFormat.JSON in job.formats:
        return ReportFolder(job.out)
    folder = hidden_folder(job.out)
    folder.split_lines(lines_path(job.out))
    return folder


def _finish(job: Job, out: Path, folder: ReportFolder, tally: Tally) -> None:
    folder.tidy(set(tally.names), {source.name for source in job.discovery.found})
    if OutputFormat.JSONL in job.formats:
        folder.join_lines(tally.names, lines_path(out))
    tally.write(out, load_form(job.task.form))
    remove_leftovers(out)
    if OutputFormat.JSON not in job.formats:
        folder.remove_all()


def outcomes(task: Task, sources: Sequence[Found], workers: int) -> Generator[Outcome, None, None]:
    """The outcome of every source, in their order.

    A source that fails, takes longer than `limits.timeout_s` or ends its worker costs nobody but
    itself. Close the generator to stop the workers before the end.

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
        timeout_s = self.task.settings.limits.timeout_s
        return self._pool.schedule(_work, (source,), timeout=timeout_s)

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
            self.workers, initializer=_start_worker, initargs=(self.task,), context=context
        )

    def _wait(self, source: Found, future: "ProcessFuture[Outcome]") -> Outcome:
        try:
            return future.result()
        except ProcessExpired as error:
            return Outcome(source.name, failure=f"工作进程意外退出（代码 {error.exitcode}）")
        except OutputError:
            raise
        except TimeoutError:
            timeout_s = self.task.settings.limits.timeout_s
            return Outcome(source.name, failure=f"超过 {timeout_s:g} 秒仍未完成，已放弃")


_worker: Worker | None = None
"""In a worker process: what it does with a source."""


def _start_worker(task: Task) -> None:
    global _worker
    for variable in _THREAD_VARIABLES:  # before anything that reads them is imported
        os.environ[variable] = "1"
    _worker = Worker(task)


def _work(source: Found) -> Outcome:
    assert _worker is not None, "a worker starts with _start_worker"
    prefix = f"{source.name}："
    try:
        return _worker(source)
    except GoujiError as error:
        return Outcome(source.name, failure=str(error).removeprefix(prefix))
    except OutputError:
        raise
    except Exception as error:  # the one place: whatever a source does, the run goes on
        failure = f"内部错误（{type(error).__name__}），详见日志"
        return Outcome(source.name, failure=failure, trace=format_exc())
