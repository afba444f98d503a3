"""Writing files so that a reader sees the old content or the new, never a part."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

_PREFIX, _SUFFIX = ".gouji-", ".tmp"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of the file once the block ends without an error.

    The content is on the disk before it takes the place; parent folders are made.

    Raises:
        OSError: the file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f"{_PREFIX}{token_hex(8)}{_SUFFIX}"
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces the file's content as a whole.

    Raises:
        OSError: the file can't be written.
    """
    with replacing(path) as stream:
        stream.write(content)


def remove_leftovers(folder: Path) -> None:
    """Removes what killed runs left half written in the folder.

    Raises:
        OSError: a leftover can't be removed.
    """
    for leftover in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        leftover.unlink(missing_ok=True)
