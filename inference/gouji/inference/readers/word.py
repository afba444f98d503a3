"""DOCX: the text of a Word document, a table row a line and a cell boundary a tab.

Read from the parts of the package themselves (ECMA-376, Part 1, WordprocessingML): tracked changes
are accepted, text boxes stand where they are anchored, and a cell that goes on a merged one above
is left out. Headers and footers of pages are not part of the text. Macros and fields are not run.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.kinds import DAMAGE
from gouji.inference.readers.limits import Limits
from gouji.inference.readers.lines import Lines, frames
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCUMENT = "/officeDocument"  # how the type of the relation to the main part ends
_RELATIONS, _DEFAULT = "_rels/.rels", "word/document.xml"
_BROKEN = (*DAMAGE, OSError)
_UNSEEN = frozenset({"del", "moveFrom", "delText", "instrText"})


def read_docx(data: bytes, source: Source, limits: Limits) -> Document:
    """The document that the bytes of a DOCX file hold; `source` is kept as it is.

    The places tell table, row and cell, counted from 0 in the order of the source.

    Raises:
        Corrupt: the package or its main part is broken, or holds no text.
        LimitExceeded: a part is larger than `limits.max_bytes` once unpacked, its elements are
            nested too deeply, or there are more characters than `limits.max_chars`.
    """
    name = source.name
    lines = Lines()
    for _ in _written(_main_part(data, name, limits), lines):
        if lines.n > limits.max_chars:
            raise LimitExceeded(f"{name}：文字超过上限 {limits.max_chars} 个字符；请拆分后再试")
    if lines.is_blank:
        raise Corrupt(f"{name}：文档中没有文字；表格或正文可能是图片，请取得原文件后再试")
    return Document(source, lines.text, places=tuple(lines.places))


def _main_part(data: bytes, name: str, limits: Limits) -> Any:
    """The root element of the part that holds the text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = set(package.namelist())
            path = _DEFAULT
            if _RELATIONS in members:
                path = _target(_parsed(_unpacked(package, _RELATIONS, name, limits), name)) or path
            if path not in members:
                raise Corrupt(f"{name}：DOCX 中没有正文（{path}）；请用 Word 另存后再试")
            content = _unpacked(package, path, name, limits)
    except _BROKEN as error:
        raise Corrupt(f"{name}：DOCX 文件已损坏（{error}）；请用 Word 另存后再试") from error
    return _parsed(content, name)


def _unpacked(package: zipfile.ZipFile, path: str, name: str, limits: Limits) -> bytes:
    """The content of a part; never more of it than the limits allow is unpacked."""
    with package.open(path) as part:
        content = part.read(limits.max_bytes + 1)
    if len(content) > limits.max_bytes:
        raise LimitExceeded(f"{name}：{path} 解压后超过上限 {limits.max_bytes} 字节；请拆分后再试")
    return content


def _parsed(content: bytes, name: str) -> Any:
    """The root element; entities and what lies outside the package are left alone."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            raise LimitExceeded(f"{name}：元素嵌套过深或过长；请另存为纯文本后再试") from error
        raise Corrupt(f"{name}：DOCX 的内容不是有效的 XML（{error}）") from error


def _target(relations: Any) -> str | None:
    """The path of the main part, as the relations of the package name it."""
    for relation in relations:
        kind = relation.get("Type") or ""
        if kind.endswith(_DOCUMENT) and relation.get("TargetMode") != "External":
            return (relation.get("Target") or "").lstrip("/")
    return None


def _written(root: Any, lines: Lines) -> Iterator[None]:
    """Writes the text; yields after every element."""
    framing = frames(root, f"{_W}tbl", f"{_STRICT}tbl")
    is_frame = [True]  # for each open table; what is in none is in a frame
    unseen: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = _local(element.tag)
        if unseen is None and event == "start" and _is_unseen(element, tag):
            unseen = element
        elif unseen is not None:
            unseen = None if event == "end" and element is unseen else unseen
        elif event == "start":
            if tag == "tbl":
                is_frame.append(element in framing)
            _open(tag, element, lines, is_frame=is_frame[-1])
        else:
            _close(tag, lines, is_frame=is_frame[-1])
            if tag == "tbl":
                is_frame.pop()
        yield


def _local(tag: Any) -> str:
    """The name of an element of WordprocessingML; "" for any other."""
    for space in (_W, _STRICT):
        if isinstance(tag, str) and tag.startswith(space):
            return tag[len(space) :]
    return ""


def _is_unseen(element: Any, tag: str) -> bool:
    """Whether Word shows nothing of an element once all changes are accepted."""
    if tag == "tc":
        merged = _child(element, "tcPr", "vMerge")
        return merged is not None and _value(merged) in (None, "continue")
    if tag == "tr":
        return _child(element, "trPr", "del") is not None
    if tag == "r":
        hidden = _child(element, "rPr", "vanish")
        return hidden is not None and _value(hidden) not in ("0", "false", "off")
    return tag in _UNSEEN or element.tag == _FALLBACK


def _child(element: Any, *path: str) -> Any:
    """The element at the end of a path of first children with these names; None without one."""
    for name in path:
        element = next((child for child in element if _local(child.tag) == name), None)
        if element is None:
            return None
    return element


def _value(element: Any) -> str | None:
    found: str | None = element.get(f"{_W}val") or element.get(f"{_STRICT}val")
    return found


def _open(tag: str, element: Any, lines: Lines, *, is_frame: bool) -> None:
    """What stands at the beginning of an element."""
    if tag == "t":
        lines.words(element.text)
    elif tag == "tab":
        if _local(element.getparent().tag) == "r":  # elsewhere it sets a tab stop
            lines.tab()
    elif tag in ("p", "br", "cr", "txbxContent") or (tag in ("tbl", "tr", "tc") and is_frame):
        lines.block()
    elif tag == "tbl":
        lines.open_table()
    elif tag == "tr":
        lines.open_row()
    elif tag == "tc":
        lines.open_cell()
    elif tag == "noBreakHyphen":
        lines.words("-")


def _close(tag: str, lines: Lines, *, is_frame: bool) -> None:
    """What stands at the end of an element."""
    if tag in ("p", "txbxContent") or (tag in ("tbl", "tr", "tc") and is_frame):
        lines.block()
    elif tag == "tbl":
        lines.close_table()
    elif tag == "tc":
        lines.close_cell()
