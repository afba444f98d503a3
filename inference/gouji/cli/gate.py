"""The comparison of two models on the terminal: how far it is, and what came of it."""

from collections.abc import Iterable, Sequence
from getpass import getuser
from time import monotonic

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Grid

from gouji.cli.terminal import console
from gouji.model.gate_file import let_pass
from gouji.model.registry import ModelEntry

_WORTH_TELLING = 90.0  # seconds
_TOLD = 20  # lines of progress where there is no terminal


class GateProgress:
    """The progress of a comparison on standard error: a bar on a terminal, some lines elsewhere."""

    def __init__(self) -> None:
        """Nothing is shown before the first reading."""
        self._console = console(stderr=True)
        self._bar = Progress(
            TextColumn("比较"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._began: tuple[int, float] | None = None
        self._told = 0

    def __enter__(self) -> "GateProgress":
        """The bar shown."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """The bar ended."""
        self._bar.stop()

    def show(self, done: int, total: int) -> None:
        """Shows how many of how many readings are done, and about how long the rest takes."""
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, total=total)
        elif done * _TOLD // total > self._told:
            self._told = done * _TOLD // total
            self._console.print(f"比较：已读 {done}/{total}{self._left(done, total)}")
        self._began = self._began or (done, monotonic())

    def _left(self, done: int, total: int) -> str:
        """How long the rest takes at the pace since the first call; what was kept took none."""
        if self._began is None or done in (self._began[0], total):
            return ""
        seconds = (monotonic() - self._began[1]) / (done - self._began[0]) * (total - done)
        return f"，约剩 {seconds / 60:.0f} 分钟" if seconds >= _WORTH_TELLING else ""


def print_gate(head: Sequence[str], rows: Iterable[Sequence[str]], closing: Iterable[str]) -> None:
    """Prints the table of a comparison and the lines below it."""
    grid = Grid(*head)
    for row in rows:
        grid.add_row(*row)
    console().print(grid)
    for line in closing:
        typer.echo(line)


def let_through(model: ModelEntry, reason: str) -> None:
    """Records that the person at the terminal lets a refused model pass.

    Raises:
        ConfigError: no reason is given.
        ModelError: the record of the comparison is broken.
        OSError: it can't be written.
    """
    if model.folder is not None:
        let_pass(model.folder, model.version, getuser(), reason)
