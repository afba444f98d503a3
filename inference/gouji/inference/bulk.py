"""Bulk runs: many sources over worker processes, and the files that sum them up.

What a run writes depends on the sources, the form, the settings and the corrections alone: not on
the number of workers, and not on whether an earlier run was cut short.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as TaskTimeoutError
from dataclasses import dataclass, replace
from enum import StrEnum
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from traceback import format_exc

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from gouji.inference.discovery import Discovery, Found
from gouji.inference.worker import Outcome, OutputError, Task, Worker
from gouji.inference.writers.report_folder import ReportFolder, hidden_folder, lines_path
from gouji.inference.writers.rows import summary_header
from gouji.inference.writers.sheets import (
    FAILED,
    FAILED_HEADER,
    REVIEW,
    REVIEW_HEADER,
    SUMMARY,
    Row,
    sheet,
)
from gouji.model.atomic import remove_leftovers, write_atomically
from gouji.model.form_file import load_form
from gouji.model.report import Verdict

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
class Totals:
    """The counts of a run; `n_flagged` counts the cells to review, `n_failed` sources."""

    n_sources: int = 0
    n_reports: int = 0
    n_kept: int = 0
    n_accepted: int = 0
    n_review: int = 0
    n_flagged: int = 0
    n_failed: int = 0

    @property
    def all_read(self) -> bool:
        """Whether every source gave a report."""
        return self.n_failed == 0


def outcomes(task: Task, sources: Sequence[Found], workers: int) -> Iterator[Outcome]:
    """The outcome of every source, in their order.

    A source that fails, takes longer than `limits.timeout_s` or ends its worker costs nobody but
    itself.

    Raises:
        OutputError: reports can't be written; the run ends.
    """
    pool = ProcessPool(
        max_workers=max(1, min(workers, len(sources))),
        context=get_context("spawn"),  # the same on every system, and no thread is forked
        initializer=_start_worker,
        initargs=(task,),
    )
    pending: deque[tuple[Found, ProcessFuture]] = deque()
    timeout_s = task.settings.limits.timeout_s
    try:
        for source in sources:
            pending.append((source, pool.schedule(_outcome, (source,), timeout=timeout_s)))
            if len(pending) >= _PENDING_PER_WORKER * workers:
                yield _result(*pending.popleft(), timeout_s)
        while pending:
            yield _result(*pending.popleft(), timeout_s)
    finally:
        pool.stop()
        pool.join()
