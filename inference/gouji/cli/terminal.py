"""The terminal that commands write to."""

from rich.console import Console

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
