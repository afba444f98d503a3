"""Folders of pictures that are the pages of one report, in the order of their numbers."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from gouji.inference.found import Discovery, Found, Passed
from gouji.inference.readers.archive import member_head
from gouji.inference.readers.kinds import HEAD_BYTES, PICTURES, binary_kind
from gouji.model.errors import ReadError

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
_NUMBER = re.compile(r"(\d+)")


def joined(discovery: Discovery, top: str) -> Discovery:
    """What was found in a folder of the name `top`, its pictures as one source, so for each folder.

    A folder that holds other files besides, and one without anything to read, are unreadable.
    """
    folders: dict[str, list[Found]] = {}
    for source in discovery.found:
        folders.setdefault(str(PurePosixPath(source.name).parent), []).append(source)
    found: list[Found] = []
    unreadable = list(discovery.unreadable)
    for folder, files in folders.items():
        name = top if folder == "." else folder
        pages = [file for file in files if is_picture(file)]
        if not pages:
            found += files
        elif len(pages) < len(files):
            unreadable.append(Passed(name, _mixed(files, pages)))
        else:
            path = pages[0].path if pages[0].member is not None else pages[0].path.parent
            found.append(Found(path, name, pages=tuple(in_order(pages))))
    if not found and not unreadable:
        unreadable.append(Passed(top, "文件夹中没有可读的文件；应为报告各页的图片"))
    return Discovery(tuple(found), discovery.skipped, tuple(unreadable))


def in_order(pages: Iterable[Found]) -> list[Found]:
    """The pages by name, numbers in it by their value: 2 stands before 10.

    >>> from pathlib import Path
    >>> [page.name for page in in_order(Found(Path(n), n) for n in ("p10.png", "P2.png"))]
    ['P2.png', 'p10.png']
    """
    return sorted(pages, key=lambda page: (_natural(page.name), page.name))


def is_picture(file: Found) -> bool:
    """Whether a file holds a picture that can be recognised; the suffix tells where it holds none.

    Whatever is wrong with such a page will be told when it is read.
    """
    kind = binary_kind(_head(file))
    if kind is None:
        return PurePosixPath(file.name).suffix.lower() in _SUFFIXES
    return kind in PICTURES


def _natural(name: str) -> list[str | int]:
    """Texts and numbers in turn, so that like is compared with like."""
    parts = _NUMBER.split(name)
    return [int(part) if at % 2 else part.casefold() for at, part in enumerate(parts)]


def _mixed(files: Sequence[Found], pages: Sequence[Found]) -> str:
    others = [PurePosixPath(file.name).name for file in files if file not in pages]
    more = f"等 {len(others)} 个其他文件" if len(others) > 1 else ""
    return (
        f"除 {len(pages)} 张图片外还有 {others[0]}{more}，不能合为一份报告；请把它们移到别的文件夹"
    )


def _head(file: Found) -> bytes:
    try:
        if file.member is not None:
            return member_head(file.path, file.member, file.name, HEAD_BYTES)
        with file.path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except (OSError, ReadError):  # reading the page says why
        return b""
