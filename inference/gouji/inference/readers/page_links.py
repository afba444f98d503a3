"""What a web page points to: its own address, and files or pictures that may hold the report."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from gouji.model.findings import Finding, finding

_FILES = frozenset(
    (
        *(".pdf", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".rtf", ".ofd"),
        *(".zip", ".rar", ".7z"),
    )
)
_MOST_NAMED = 3
_SMALL = 100  # pixels; a smaller picture is an ornament
_DIGITS = re.compile(r"\d+")


def page_address(root: Any) -> str | None:
    """The address that the page calls its own; None if it gives none.

    Sources, in this order: the canonical link (RFC 6596), `og:url` (Open Graph protocol).
    """
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href")).strip()
    for meta in root.iter("meta"):
        if (meta.get("property") or "").lower() == "og:url" and meta.get("content"):
            return str(meta.get("content")).strip()
    return None


def elsewhere(root: Any) -> Iterator[Finding]:
    """Findings on linked files, and on pictures in a page without a table of numbers."""
    if names := list(dict.fromkeys(_linked_files(root))):
        named = "、".join(names[:_MOST_NAMED]) + ("等" if len(names) > _MOST_NAMED else "")
        yield finding(
            "R003",
            f"网页链接了 {len(names)} 个附件（{named}），报告可能在其中，请取得附件后再读",
            f"the page links {len(names)} files that may hold the report: {named}",
        )
    n_pictures = sum(map(_is_large, root.iter("img")))
    if n_pictures and not any(map(_has_numbers, root.iter("table"))):
        yield finding(
            "R004",
            f"网页有 {n_pictures} 张图片而没有数字表格，表格可能是图片，请取得原文件后再读",
            f"the page has {n_pictures} pictures and no table of numbers: they may be the tables",
        )


def _linked_files(root: Any) -> Iterator[str]:
    for link in root.iter("a"):
        try:
            path = PurePosixPath(unquote(urlsplit(link.get("href") or "").path))
        except ValueError:  # an address that is none leads nowhere
            continue
        if path.suffix.lower() in _FILES:
            yield " ".join("".join(link.itertext()).split()) or path.name


def _is_large(picture: Any) -> bool:
    """Whether a picture does not say that it is small."""
    sizes = [_DIGITS.match(picture.get(side) or "") for side in ("width", "height")]
    return all(size is None or int(size[0]) >= _SMALL for size in sizes)


def _has_numbers(table: Any) -> bool:
    cells = (cell for cell in table.iter("td") if "".join(cell.itertext()).strip().isdecimal())
    return next(cells, None) is not None
