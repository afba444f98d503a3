"""HTML: a page as the text that it shows, a table row a line and a cell boundary a tab.

Markup that says nothing about rows and cells is dropped: characters in elements of their own stand
together, blocks begin lines. A cell that spans rows or columns stands where it begins. A table
that holds another is a frame: its cells are blocks.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.lines import Lines, frames
from gouji.inference.readers.page_links import elsewhere, page_address
from gouji.model.document import Document, OffsetRun
from gouji.model.errors import Corrupt, LimitExceeded

_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "select", "svg", "object"})
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
        ),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "html", "legend", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "summary", "tbody", "tfoot", "thead", "ul"),
    )
)
_CELLS = frozenset({"td", "th"})
_TABLE = _CELLS | {"table", "tr"}


def read_html(document: Document, limits: Limits) -> Document:
    """The document that a page shows, whose markup is the text of the given one.

    The places tell table, row and cell, counted from 0 in the order of the source. Spans and
    offsets count characters of the text that is shown.

    Raises:
        Corrupt: the page shows no text.
        LimitExceeded: it shows more characters than `limits.max_chars`, or its elements are nested
            too deeply or too long for the parser (libxml2: 256 deep, 10 million characters).
    """
    name = document.source.name
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    root = etree.fromstring(document.text.encode("utf-8"), parser)
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise LimitExceeded(f"{name}：网页的元素嵌套过深或过长；请另存为纯文本（UTF-8）后再试")
    if root is None:
        raise Corrupt(f"{name}：网页中没有内容；应为有文字的网页")
    lines = Lines()
    for _ in _written(root, lines):
        if lines.n > limits.max_chars:
            raise LimitExceeded(
                f"{name}：网页的文字超过上限 {limits.max_chars} 个字符；请拆分后再试"
            )
    if lines.is_blank:
        raise Corrupt(f"{name}：网页中没有文字；表格或正文可能是图片或附件，请取得原文件后再试")
    return replace(
        document,
        source=replace(document.source, address=page_address(root)),
        text=lines.text,
        offsets=(OffsetRun(0, 0),),
        places=tuple(lines.places),
        findings=(
            *(replace(finding, span=None) for finding in document.findings),
            *elsewhere(root),
        ),
    )


def _written(root: Any, lines: Lines) -> Iterator[None]:
    """Writes the page; yields after every element."""
    framing = frames(root, "table")
    is_frame = [True]  # for each open table; what is in none is in a frame
    unseen: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if unseen is None and tag in _UNSEEN:
            unseen = element
        if unseen is None and event == "start":
            if tag == "table":
                is_frame.append(element in framing)
            _open(tag, lines, is_frame=is_frame[-1])
            lines.words(element.text)
        elif unseen is None:
            _close(tag, lines, is_frame=is_frame[-1])
            if tag == "table":
                is_frame.pop()
            lines.words(element.tail)
        elif event == "end" and element is unseen:
            unseen = None
            lines.words(element.tail)
        yield


def _open(tag: str, lines: Lines, *, is_frame: bool) -> None:
    """What stands before an element."""
    if tag in _BLOCKS or tag == "br" or (tag in _TABLE and is_frame):
        lines.block()
    elif tag == "table":
        lines.open_table()
    elif tag == "tr":
        lines.open_row()
    elif tag in _CELLS:
        lines.open_cell()


def _close(tag: str, lines: Lines, *, is_frame: bool) -> None:
    """What stands behind an element."""
    if tag in _BLOCKS or (tag in _TABLE and is_frame):
        lines.block()
    elif tag == "table":
        lines.close_table()
    elif tag in _CELLS:
        lines.close_cell()
