"""Pictures: scanned pages as PNG, JPEG or TIFF, which may hold several; needs the extra `scan`."""

from dataclasses import replace
from importlib.util import find_spec

from gouji.inference.readers.kinds import JPEG, PNG, TIFF
from gouji.inference.readers.limits import Limits
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat

MEDIA_TYPES = {PNG: "image/png", JPEG: "image/jpeg", TIFF: "image/tiff"}
_PACKAGES = ("rapidocr", "cv2", "PIL")


def is_installed() -> bool:
    """Whether the packages of the extra `scan` are there."""
    return all(map(find_spec, _PACKAGES))


def read_picture(data: bytes, source: Source, kind: str, limits: Limits) -> Document:
    """The document that is recognised in the bytes of a picture, every frame of a TIFF a page.

    A JPEG is turned as its EXIF data say. The places tell page and box, in points from the top
    left of the picture; the alternatives tell what else a number may be.

    Raises:
        UnsupportedFormat: the packages of the extra `scan` are not installed.
        Corrupt: the picture is broken, or no text was recognised in it.
        LimitExceeded: it has too many pixels or pages, or says more characters than allowed.
    """
    name = source.name
    if not is_installed():
        raise UnsupportedFormat(
            f"{name}：是 {kind}；识别扫描件需要另装组件：pip install 'gouji[scan]'"
        )
    from gouji.inference.readers.frames import frames
    from gouji.inference.scan.assembly import PageText, document_of, recognise_page

    pages: list[PageText] = []
    for number, (pixels, dpi) in enumerate(frames(data, name), start=1):
        pages.append(recognise_page(pixels, dpi, number))
        if sum(len(page.text) for page in pages) > limits.max_chars:
            raise LimitExceeded(f"{name}：文字超过上限 {limits.max_chars} 个字符；请拆分后再试")
    document = document_of(pages, replace(source, media_type=MEDIA_TYPES[kind]))
    if not document.text.strip():
        raise Corrupt(f"{name}：图片中没有认出文字；应为报告的扫描件")
    return document
