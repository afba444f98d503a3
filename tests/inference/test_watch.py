"""The watch ends a process whose time is up, whatever it is doing, and no other."""

import os
import subprocess
import sys

import pytest

from gouji.inference import bulk
from gouji.inference.config import Settings
from gouji.inference.watch import OVERDUE
from gouji.inference.worker import Task

BEGIN = (
    "import re, time\nfrom gouji.inference.watch import Watch\nwatch = Watch(1)\nwatch.start()\n"
)
LOST_IN_C = "re.match('(a+)+b', 'a' * 60)"  # takes years, and holds the interpreter's lock


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (LOST_IN_C, OVERDUE),
        ("watch.start()\ntime.sleep(60)", OVERDUE),
        ("for _ in range(4):\n    time.sleep(0.4)\n    watch.start()\nwatch.stop()", 0),
        ("watch.stop()\ntime.sleep(1.3)", 0),
    ],
)
def test_a_process_lives_until_its_time_is_up(work: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + work], capture_output=True, timeout=50, check=False
    )
    assert (done.returncode, done.stderr) == (code, b"")


def test_every_recognised_page_has_the_whole_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(bulk, "_worker", None)
    monkeypatch.setattr(bulk, "_watch", None)
    bulk._start_worker(Task(Settings()))
    assert bulk._worker is not None
    assert bulk._watch is not None
    assert bulk._watch.timeout_s == Settings().limits.timeout_s
    assert bulk._worker._recognition.on_page == bulk._watch.start
