"""Recognising: pictures of pages become text, with the extra `scan`, as far as it is wanted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gouji.model.document import Alternatives, Place
from gouji.model.errors import UnsupportedFormat

if TYPE_CHECKING:
    from gouji.inference.scan.assembly import PageText

Pixels = NDArray[np.uint8]
"""A page as a picture, gray (height, width) or RGB (height, width, 3)."""

RenderPage = Callable[[int], Pixels]
"""Renders a page as it is shown, at a resolution in dots an inch."""

INSTALL = "识别图片需要安装：pip install 'gouji[scan]'"
SWITCHED_OFF = "识别已关闭（--ocr never），需要时用 --ocr auto"
_PACKAGES = ("rapidocr", "cv2", "PIL")
_DPI = 200


class Ocr(StrEnum):
    """Which pages are recognised."""

    AUTO = "auto"  # pictures, and pages of a PDF without a usable text layer
    ALWAYS = "always"  # every page of a PDF too
    NEVER = "never"


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Recognition:
    """How pages are recognised; `on_page` is called before each of them and after the last."""

    ocr: Ocr = Ocr.AUTO
    on_page: Callable[[], None] = _nothing

    @property
    def remedy(self) -> str | None:
        """What to do for pages to be recognised, in Chinese; None if they are."""
        if self.ocr is Ocr.NEVER:
            return SWITCHED_OFF
        return None if is_installed() else INSTALL


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What recognition makes of a page: rows as lines, a cell boundary a tab.

    Spans of places and alternatives count characters of `text`; boxes are in points from the top
    left corner of the page as a viewer shows it. Places are in the order of their end.
    """

    text: str
    places: tuple[Place, ...] = ()
    alternatives: tuple[Alternatives, ...] = ()


RecognisePage = Callable[[RenderPage, int], RecognisedPage]
"""Recognises a page of a PDF, given what renders it and its number from 1."""


def is_installed() -> bool:
    """Whether the packages of the extra `scan` are there."""
    return all(map(find_spec, _PACKAGES))


def recognised_picture(
    pixels: Pixels, dpi: float | None, number: int, recognition: Recognition
) -> "PageText":
    """The text of the picture of a page; only where `recognition.remedy` is None."""
    from gouji.inference.scan.assembly import recognise_page  # it loads OpenCV

    recognition.on_page()
    page = recognise_page(pixels, dpi, number)
    recognition.on_page()
    return page


def page_recogniser(recognition: Recognition, name: str) -> RecognisePage | None:
    """What recognises pages of the PDF file of this name; None if they can't be or are not to be.

    Raises:
        UnsupportedFormat: every page is to be recognised, and the extra `scan` is not installed.
    """
    if recognition.remedy is not None:
        if recognition.ocr is Ocr.ALWAYS:
            raise UnsupportedFormat(f"{name}：--ocr always 要求识别每一页；{recognition.remedy}")
        return None

    def recognise(render: RenderPage, number: int) -> RecognisedPage:
        from gouji.inference.scan.geometry import likely_dpi

        pixels = render(_DPI)
        scale = likely_dpi(pixels.shape[:2], _DPI) / _DPI  # of points as the recogniser sees them
        page = recognised_picture(pixels, _DPI, number, recognition)
        places = page.places if scale == 1.0 else tuple(_scaled(p, scale) for p in page.places)
        return RecognisedPage(page.text, places, page.alternatives)

    return recognise


def _scaled(place: Place, scale: float) -> Place:
    if place.box is None:
        return place
    left, top, right, bottom = (round(side * scale, 1) for side in place.box)
    return replace(place, box=(left, top, right, bottom))
