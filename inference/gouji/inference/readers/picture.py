"""Pictures: scanned pages as PNG, JPEG or TIFF, which may hold several; needs the extra `scan`."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gouji.inference.readers.kinds import JPEG, PICTURES, PNG, TIFF, binary_kind
from gouji.inference.readers.limits import Limits
from gouji.inference.readers.recognising import Recognition, recognised_picture
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat

if TYPE_CHECKING:
    from gouji.inference.scan.assembly import PageText

MEDIA_TYPES = {PNG: "image/png", JPEG: "image/jpeg", TIFF: "image/tiff"}
_SEVERAL_TYPES = "multipart/mixed"


def read_picture(
    data: bytes, source: Source, kind: str, limits: Limits, recognition: Recognition
) -> Document:
    """The document that is recognised in the bytes of a picture, every frame of a TIFF a page.

    A JPEG is turned as its EXIF data say. The places tell page and box, in points from the top
    left of the picture; the alternatives tell what else a number may be.

    Raises:
        UnsupportedFormat: the packages of the extra `scan` are not installed, or nothing is to be
            recognised.
        Corrupt: the picture is broken, or no text was recognised in it.
        LimitExceeded: it has too many pixels or pages, or says more characters than allowed.
    """
    _refuse_unrecognised(source.name, kind, recognition)
    pages = _Pages(source.name, limits, recognition)
    pages.add(data, source.name)
    return pages.document(replace(source, media_type=MEDIA_TYPES[kind]))


def read_joined(
    files: Iterable[tuple[str, bytes]], name: str, limits: Limits, recognition: Recognition
) -> Document:
    """The one document of pictures that are its pages, given as names and bytes in their order.

    `source.sha256` is that of `joined_sha256`. Only one file is held at a time if `files` does.

    Raises:
        UnsupportedFormat: as `read_picture`, or a file is no picture; its name opens the message.
        Corrupt, LimitExceeded: as `read_picture`, over all files together.
    """
    pages, digests, types = _Pages(name, limits, recognition), [], set()
    for file_name, data in files:
        if not data:
            raise Corrupt(f"{file_name}：空文件（0 字节）；应为一页的图片")
        kind = binary_kind(data)
        if kind not in PICTURES:
            raise UnsupportedFormat(f"{file_name}：不是 PNG、JPEG 或 TIFF 图片，不能合为一份报告")
        _refuse_unrecognised(file_name, kind, recognition)
        digests.append(hashlib.sha256(data).hexdigest())
        types.add(MEDIA_TYPES[kind])
        pages.add(data, file_name)
    media_type = types.pop() if len(types) == 1 else _SEVERAL_TYPES
    return pages.document(Source(name, joined_sha256(digests), media_type))


def joined_sha256(digests: Iterable[str]) -> str:
    """What tells files that are joined in this order from others, given the SHA-256 of each."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


@dataclass
class _Pages:
    """The pages of a document in the making."""

    name: str
    limits: Limits
    recognition: Recognition
    read: "list[PageText]" = field(default_factory=list)
    n_chars: int = 0

    def add(self, data: bytes, name: str) -> None:
        """Recognises the pages of a file of this name."""
        from gouji.inference.readers.frames import frames  # it loads Pillow

        for pixels, dpi in frames(data, name, self.limits):
            self.limits.check_recognised(len(self.read) + 1, self.name)
            page = recognised_picture(pixels, dpi, len(self.read) + 1, self.recognition)
            self.n_chars += len(page.text)
            if self.n_chars > self.limits.max_chars:
                raise LimitExceeded(
                    f"{self.name}：文字超过上限 {self.limits.max_chars} 个字符；请拆分后再试"
                )
            self.read.append(page)

    def document(self, source: Source) -> Document:
        """All that has been read."""
        from gouji.inference.scan.assembly import document_of  # it loads OpenCV

        document = document_of(self.read, source)
        if not document.text.strip():
            raise Corrupt(f"{self.name}：图片中没有认出文字；应为报告的扫描件")
        return document


def _refuse_unrecognised(name: str, kind: str, recognition: Recognition) -> None:
    if recognition.remedy is not None:
        raise UnsupportedFormat(f"{name}：是 {kind}；{recognition.remedy}")
