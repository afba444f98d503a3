"""Readers: one file in, one document out; nothing after them opens the file."""

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

from gouji.inference.readers.kinds import (
    DOC,
    DOCX,
    HEAD_BYTES,
    ODS,
    ODT,
    PDF,
    PICTURES,
    RTF,
    XLS,
    XLSX,
    Markup,
    binary_kind,
    is_encrypted,
    markup_of,
)
from gouji.inference.readers.limits import Limits, max_bytes_of
from gouji.inference.readers.recognising import Ocr, Recognition
from gouji.inference.readers.text import read_text
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, Encrypted, LimitExceeded, ReadError, UnsupportedFormat

__all__ = ["Limits", "Ocr", "Recognition", "file_bytes", "read", "read_bytes", "read_text"]

_WANTED = (
    "目前读取纯文本、Markdown、HTML 网页、Word（DOCX）、Excel（XLSX）、PDF 和"
    "扫描图片（PNG、JPEG、TIFF），请另存为其中一种后再试"
)
_MARKUP_NAMES = {Markup.XML: "XML 文件", Markup.MHTML: "MHTML 网页"}
_PACKAGES = {"docx": DOCX, "xlsx": XLSX}
_CONVERTED = {
    DOC: ("docx", "application/msword"),
    RTF: ("docx", "application/rtf"),
    ODT: ("docx", "application/vnd.oasis.opendocument.text"),
    XLS: ("xlsx", "application/vnd.ms-excel"),
    ODS: ("xlsx", "application/vnd.oasis.opendocument.spreadsheet"),
}
"""Formats that LibreOffice turns into another one: its suffix, and their own media type."""
_OFFICE = "application/vnd.openxmlformats-officedocument."


def read(path: Path, name: str, limits: Limits, recognition: Recognition | None = None) -> Document:
    """The document in the file at `path`; `name` becomes `source.name` and opens every message.

    The kind is told by the content; the suffix of `name` only breaks ties. `recognition` None
    recognises pictures, and pages of a PDF without a usable text layer.

    Raises:
        UnsupportedFormat: the content is of a kind that no reader handles.
        Encrypted: the content is locked by a password.
        Corrupt: the file holds no text, or text that can't be decoded.
        LimitExceeded: the file is larger than the limits allow; it is not read whole.
        ReadError: the file can't be opened.
    """
    return read_bytes(file_bytes(path, name, limits), name, limits, recognition)


def read_bytes(
    data: bytes, name: str, limits: Limits, recognition: Recognition | None = None
) -> Document:
    """The document in the bytes of a file, as `read` gives it.

    Raises:
        ReadError: as `read`, but for what concerns opening the file.
    """
    if not data:
        raise Corrupt(f"{name}：空文件（0 字节）；应为有内容的文件")
    if is_encrypted(data):
        raise Encrypted(f"{name}：是加密的 Office 文档；请解除密码后再试")
    source = Source(name, hashlib.sha256(data).hexdigest(), Markup.PLAIN.value)
    if kind := binary_kind(data):
        return _packaged(kind, data, source, limits, recognition or Recognition())
    document = read_text(data, source, limits)
    markup = markup_of(document.text, name)
    if markup in _MARKUP_NAMES:
        raise UnsupportedFormat(f"{name}：是 {_MARKUP_NAMES[markup]}；{_WANTED}")
    document = replace(document, source=replace(source, media_type=markup.value))
    if markup is not Markup.HTML:
        return document
    from gouji.inference.readers.web_page import read_html  # each format imports its parser alone

    return read_html(document, limits)


def _packaged(
    kind: str, data: bytes, source: Source, limits: Limits, recognition: Recognition
) -> Document:
    """The document in a file of a binary format."""
    if kind == DOCX:
        from gouji.inference.readers.word import read_docx

        source = replace(source, media_type=f"{_OFFICE}wordprocessingml.document")
        return read_docx(data, source, limits)
    if kind == PDF:
        source = replace(source, media_type="application/pdf")
        return _pdf(data, source, limits, recognition)
    if kind == XLSX:
        from gouji.inference.readers.workbook import read_xlsx

        source = replace(source, media_type=f"{_OFFICE}spreadsheetml.sheet")
        return read_xlsx(data, source, limits)
    if kind in PICTURES:
        from gouji.inference.readers.picture import read_picture

        return read_picture(data, source, kind, limits, recognition)
    if kind in _CONVERTED:
        from gouji.inference.readers.conversion import converted

        suffix, media_type = _CONVERTED[kind]
        package = converted(data, source.name, kind, suffix, limits)
        document = _packaged(_PACKAGES[suffix], package, source, limits, recognition)
        return replace(document, source=replace(document.source, media_type=media_type))
    raise UnsupportedFormat(f"{source.name}：是 {kind}；{_WANTED}")


def _pdf(data: bytes, source: Source, limits: Limits, recognition: Recognition) -> Document:
    """The document in a PDF file.

    Raises:
        UnsupportedFormat: what reads PDF is not installed.
    """
    try:
        from gouji.inference.readers.pdf import page_reading, read_pdf
    except ModuleNotFoundError as error:
        if error.name != "pypdfium2":
            raise
        raise UnsupportedFormat(
            f"{source.name}：是 PDF；读取需要安装：pip install 'gouji[pdf]'"
        ) from error
    return read_pdf(data, source, limits, page_reading(recognition, source.name))


def file_bytes(path: Path, name: str, limits: Limits) -> bytes:
    """All bytes of a regular file; at most one more than allowed is ever read.

    Raises:
        UnsupportedFormat: it is no regular file.
        LimitExceeded: it has more than the limits allow for its kind.
        ReadError: it can't be opened.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnsupportedFormat(f"{name}：不是普通文件；应为文件")
        size = status.st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            most = max_bytes_of(head, limits)
            data = head + file.read(most + 1 - len(head)) if size <= most else head
    except OSError as error:
        raise ReadError(f"{name}：无法打开（{error.strerror}）；请检查文件和权限") from error
    if (size := max(size, len(data))) > most:
        raise LimitExceeded(f"{name}：至少 {size} 字节，超过上限 {most} 字节；请拆分后再试")
    return data
