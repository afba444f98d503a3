"""What a run finds to read, and what it leaves out."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """A source to read; `name` is its path relative to the PATH it was found under, with `/`.

    `member` is its place in the directory of the archive at `path`, None for a file of its own.
    A folder whose pictures are the `pages` of one report has them in their order.
    """

    path: Path
    name: str
    member: int | None = None
    pages: tuple["Found", ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A file or folder that was found and is not read, and why, in Chinese."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a run finds: the sources in the order they are reported in, and what is left out.

    `unreadable` holds what could not be opened, or not be joined: nothing of it is read.
    """

    found: tuple[Found, ...]
    skipped: tuple[Passed, ...] = ()
    unreadable: tuple[Passed, ...] = ()
