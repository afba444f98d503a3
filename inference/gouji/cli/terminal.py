"""The terminal that commands write to."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from gouji.model.errors import GoujiError

_WIDTH_OF_FILES = 160


def console(*, stderr: bool = False) -> Console:
    """A console on standard output or error; into a pipe or a file it is 160 columns wide."""
    output = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not output.is_terminal:
        output.width = _WIDTH_OF_FILES
    return output


def shown(text: str) -> str:
    r"""The text without characters that steer a terminal; these become `\x..`."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


@contextmanager
def usage_errors() -> Iterator[None]:
    """What can't be done at all ends the command with exit code 2 and the reason."""
    try:
        yield
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except OSError as error:
        typer.echo(f"无法读写 {error.filename2 or error.filename}（{error.strerror}）", err=True)
        raise typer.Exit(2) from error


@contextmanager
def training_errors() -> Iterator[None]:
    """The same, and a missing package becomes a line that says what to install."""
    try:
        with usage_errors():
            yield
    except ImportError as error:
        typer.echo(f"训练和比较需要另装依赖：pip install 'gouji[train]'（{error}）", err=True)
        raise typer.Exit(2) from error
