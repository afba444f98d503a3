"""HTML: a page as the text that it shows, a table row a line and a cell boundary a tab.

Markup that says nothing about rows and cells is dropped: characters in elements of their own stand
together, blocks begin lines. A cell that spans rows or columns stands where it begins. A table
that holds another is a frame: its cells are blocks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.limits import Limits
from gouji.model.document import Document, OffsetRun, Place
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
        *("pre", "section", "summary", "table", "tbody", "tfoot", "thead", "ul"),
    )
)
_CELLS = frozenset({"td", "th"})
_WHITE = re.compile(r"[ \t\r\n\f]+")
_EMPTY = "\u00a0\u3000 \t\n"


@dataclass
class _Writer:
    """The text in the making, with the places of the cells that have been closed.

    A blank is held back until words follow it on their line.
    """

    parts: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    n: int = 0
    last: str = "\n"
    blank: bool = False

    def words(self, text: str | None) -> None:
        """Text of the source, its white space folded."""
        folded = _WHITE.sub(" ", text or "")
        words = folded.strip(" ")
        self.blank |= folded.startswith(" ")
        if words:
            self._put(" " if self.blank and self.last not in "\t\n" else "")
            self._put(words)
            self.blank = folded.endswith(" ")

    def boundary(self, char: str) -> None:
        """A tab, or a line end if the line has begun."""
        self.blank = False
        if char == "\t" or self.last != "\n":
            self._put(char)

    def _put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.n += len(text)
            self.last = text[-1]


@dataclass
class _Table:
    """An open table of rows and cells; `cell` is where the text of the open cell begins."""

    number: int
    row: int = -1
    column: int = -1
    cell: int | None = None


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
    writer = _Writer()
    for _ in _written(root, writer):
        if writer.n > limits.max_chars:
            raise LimitExceeded(
                f"{name}：网页的文字超过上限 {limits.max_chars} 个字符；请拆分后再试"
            )
    text = "".join(writer.parts)
    if not text.strip(_EMPTY):
        raise Corrupt(f"{name}：网页中没有文字；表格或正文可能是图片或附件，请取得原文件后再试")
    findings = tuple(replace(finding, span=None) for finding in document.findings)
    return replace(
        document,
        text=text,
        offsets=(OffsetRun(0, 0),),
        places=tuple(writer.places),
        findings=findings,
    )


def _written(root: etree._Element, writer: _Writer) -> Iterator[None]:
    """Writes the page; yields after every element."""
    frames = _frames(root)
    tables: list[_Table] = []
    n_tables = 0
    unseen: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if unseen is None and tag in _UNSEEN:
            unseen = element
        if unseen is not None:
            if event == "end" and element is unseen:
                unseen = None
                writer.words(element.tail)
            continue
        in_table = tables[-1] if tables and tables[-1].cell is not None else None
        if event == "start":
            if tag == "table" and element not in frames:
                tables.append(_Table(n_tables))
                n_tables += 1
            _open(tag, writer, tables[-1] if tables else None, in_table)
            writer.words(element.text)
        else:
            _close(tag, writer, tables[-1] if tables else None)
            if tag == "table" and element not in frames:
                tables.pop()
            writer.words(element.tail)
        yield


def _frames(root: etree._Element) -> frozenset[etree._Element]:
    """The tables that hold tables."""
    found: set[etree._Element] = set()
    for table in root.iter("table"):
        for outer in table.iterancestors("table"):
            if outer in found:
                break
            found.add(outer)
    return frozenset(found)


def _open(tag: str, writer: _Writer, table: _Table | None, in_cell: _Table | None) -> None:
    """What stands before an element."""
    parts = tag in _BLOCKS or tag in ("br", "tr") or tag in _CELLS
    if in_cell is not None:
        writer.blank |= parts
    elif table is not None and tag in _CELLS:
        if table.column >= 0:
            writer.boundary("\t")
        table.column += 1
        table.cell = writer.n
    elif parts:
        writer.boundary("\n")
        if table is not None and tag == "tr":
            table.row, table.column = table.row + 1, -1


def _close(tag: str, writer: _Writer, table: _Table | None) -> None:
    """What stands behind an element."""
    if table is not None and table.cell is not None:
        if tag in _CELLS:
            span = (table.cell, writer.n)
            place = Place(span, table=table.number, row=table.row, column=table.column)
            writer.places.append(place)
            table.cell = None
        writer.blank |= tag in _BLOCKS
    elif tag in _BLOCKS or tag == "tr":
        writer.boundary("\n")
