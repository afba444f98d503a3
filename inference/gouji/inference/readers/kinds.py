"""What kind of content a file holds, told by the content; its suffix only breaks ties."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import PurePosixPath

PDF = "PDF 文档"
RTF, DOC, XLS = "RTF 文档", "Word 97-2003 文档（DOC、WPS）", "Excel 97-2003 工作簿（XLS、ET）"
PNG, JPEG, TIFF = "PNG 图片", "JPEG 图片", "TIFF 图片"
PICTURES = (PNG, JPEG, TIFF)
HEAD_BYTES = 64
"""How many bytes tell whether a content is a PDF or a picture."""
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"GIF87a", "GIF 图片"),
    (b"GIF89a", "GIF 图片"),
    (b"{\\rtf", RTF),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b\x08", "GZIP 压缩包"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises at damage, a method that it does not know, or a password."""
ODT, ODS = "OpenDocument 文本（ODT）", "OpenDocument 表格（ODS）"
DOCX, XLSX = "Word 文档（DOCX）", "Excel 工作簿（XLSX）"
_MEMBERS: tuple[tuple[str, str], ...] = (
    ("word/", DOCX),
    ("xl/", XLSX),
    ("ppt/", "PowerPoint 演示文稿（PPTX）"),
    ("OFD.xml", "OFD 版式文档"),
    ("content.xml", ODT),
)
_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", "PowerPoint 97-2003 演示文稿（PPT）"),
)
_ENCRYPTED_STREAM = "EncryptedPackage"

_HTML_OPENING = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_XML_OPENING = re.compile(r"\s*<\?xml\s", re.I)
_MHTML_OPENING = re.compile(r"\s*(?:[\w-]+:.*\n)*?MIME-Version:(?s:.)*?multipart/related", re.I)
_CELL_TAG = re.compile(r"</?(?:td|th|tr)\b[^<>]*>", re.I)
_TAG = r"</?[a-z][a-z0-9:]*(?:\s[^<>]*)?/?>"
_ANY_TAG = re.compile(_TAG, re.I)
_TAGGED_LINE = re.compile(rf"^[ \t]*{_TAG}", re.I | re.M)
_FILLED_LINE = re.compile(r"^[ \t]*\S", re.M)
_HTML_SUFFIXES = frozenset({".htm", ".html", ".shtml", ".xhtml"})

_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_MARKDOWN_HEADING = re.compile(r"^ {0,3}#{1,6} +\S", re.M)
_RULE = r" *+(?::-++:?+|-{2,}+:?+) *+"
_MARKDOWN_RULE = re.compile(rf"^ *+\|?+{_RULE}(?:\|{_RULE})++\|?+ *+$", re.M)


class Markup(StrEnum):
    """How a text is marked up; the value is its media type."""

    PLAIN = "text/plain"
    MARKDOWN = "text/markdown"
    HTML = "text/html"
    XML = "application/xml"
    MHTML = "multipart/related"


def binary_kind(data: bytes) -> str | None:
    """The Chinese name of the binary format that the content claims; None if it claims none."""
    head = data[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(_ZIP):
        return _archive_kind(data)
    if data.startswith(_OLE):
        return _first_stream(data, _STREAMS) or "OLE 复合文档"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP 图片"
    return next((kind for magic, kind in _SIGNATURES if head.startswith(magic)), None)


def is_encrypted(data: bytes) -> bool:
    """Whether the content is an Office document locked by a password ([MS-OFFCRYPTO] 2.3)."""
    return data.startswith(_OLE) and _utf16(_ENCRYPTED_STREAM) in data


def markup_of(text: str, name: str) -> Markup:
    """How the text is marked up; a stray tag doesn't make it HTML, nor one `#` line Markdown."""
    suffix = PurePosixPath(name).suffix.lower()
    if _XML_OPENING.match(text):
        return Markup.XML
    if _MHTML_OPENING.match(text[:2048]):
        return Markup.MHTML
    if "<" in text and _is_html(text, suffix):
        return Markup.HTML
    return Markup.MARKDOWN if _is_markdown(text, suffix) else Markup.PLAIN


def _is_html(text: str, suffix: str) -> bool:
    """Table cells as tags count even in Markdown: their attributes hold numbers (`colspan`)."""
    if _HTML_OPENING.match(text[:4096]) or _at_least(4, _CELL_TAG, text):
        return True
    if suffix in _HTML_SUFFIXES and _ANY_TAG.search(text):
        return True
    n_tagged = sum(1 for _ in _TAGGED_LINE.finditer(text))
    return n_tagged > 0 and 2 * n_tagged >= sum(1 for _ in _FILLED_LINE.finditer(text))


def _is_markdown(text: str, suffix: str) -> bool:
    if suffix in _MARKDOWN_SUFFIXES:
        return True
    return _at_least(2, _MARKDOWN_HEADING, text) or _MARKDOWN_RULE.search(text) is not None


def _at_least(n: int, pattern: re.Pattern[str], text: str) -> bool:
    return sum(1 for _ in islice(pattern.finditer(text), n)) == n


def _archive_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _kind_of_package(archive.namelist()) or "ZIP 压缩包"
            is_table = kind == ODT and b"spreadsheet" in _start_of(archive, "mimetype")
    except DAMAGE:
        return "损坏的 ZIP 压缩包"
    return ODS if is_table else kind


def _start_of(archive: zipfile.ZipFile, member: str) -> bytes:
    """The first bytes of a member, none if there is no such one."""
    if member not in archive.namelist():
        return b""
    with archive.open(member) as stream:
        return stream.read(100)


def is_plain_archive(members: Iterable[str]) -> bool:
    """Whether a ZIP archive with these members is no document of its own."""
    return _kind_of_package(tuple(members)) is None


def _kind_of_package(members: Sequence[str]) -> str | None:
    for prefix, kind in _MEMBERS:
        if any(member.startswith(prefix) for member in members):
            return kind
    return None


def _first_stream(data: bytes, streams: tuple[tuple[str, str], ...]) -> str | None:
    return next((kind for name, kind in streams if _utf16(name) in data), None)


def _utf16(name: str) -> bytes:
    """How the directory of an OLE file spells a stream's name, with its closing zero."""
    return f"{name}\0".encode("utf_16_le")
