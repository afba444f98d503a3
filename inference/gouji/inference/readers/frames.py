"""Frames: the pages of a picture file as arrays of pixels."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gouji.inference.readers.kinds import DAMAGE
from gouji.inference.readers.limits import Limits
from gouji.model.errors import Corrupt, LimitExceeded

MAX_SIDE, MAX_PIXELS = 20_000, 100_000_000
"""What one page may measure (A3 at 600 dpi has 70 million pixels)."""

_LIMITS = Limits()
_FORMATS = ("PNG", "JPEG", "TIFF")
_BROKEN = (*DAMAGE, OSError, SyntaxError, LookupError, TypeError, MemoryError)
"""What Pillow raises at damage."""

Frame = tuple[NDArray[np.uint8], float | None]
"""Pixels, gray (height, width) or RGB (height, width, 3), and the resolution that is told."""


def frames(
    data: bytes, name: str, limits: Limits = _LIMITS, wanted: Sequence[int] | None = None
) -> Iterator[Frame]:
    """Every page of a TIFF, the one picture of a PNG or a JPEG (upright by its EXIF data).

    With `wanted`, only the pages of these numbers, from 1 on and rising.

    Raises:
        Corrupt: the picture is broken.
        LimitExceeded: it has too many pixels or pages.
    """
    with _opened(data, name) as picture:
        n_pages = _count(picture, name)
        limits.check_recognised(n_pages, name)
        for number in wanted or range(1, n_pages + 1):
            with _guarded(name):
                if n_pages > 1:
                    picture.seek(number - 1)
                frame = _frame(picture, name)
            yield frame


def n_frames(data: bytes, name: str) -> int:
    """How many pages `frames` finds.

    Raises:
        Corrupt: the picture is broken.
    """
    with _opened(data, name) as picture:
        return _count(picture, name)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Image.Image]:
    with _guarded(name):
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    with picture:
        yield picture


def _count(picture: Image.Image, name: str) -> int:
    with _guarded(name):
        n_pages: int = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    return n_pages


@contextmanager
def _guarded(name: str) -> Iterator[None]:
    """Damage and decompression bombs as errors of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damage that does not hinder reading
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LimitExceeded(
            f"{name}：图片过大，超过上限 {MAX_PIXELS} 像素；请以 300 dpi 重新扫描"
        ) from error
    except _BROKEN as error:
        raise Corrupt(f"{name}：图片已损坏（{error}）；请重新扫描或取得原文件") from error


def _frame(picture: Image.Image, name: str) -> Frame:
    width, height = picture.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise LimitExceeded(
            f"{name}：图片为 {width}×{height} 像素，超过上限（边长 {MAX_SIDE}、"
            f"共 {MAX_PIXELS}）；请以 300 dpi 重新扫描"
        )
    told = picture.info.get("dpi")
    upright = ImageOps.exif_transpose(picture)
    return _pixels(upright), float(told[0]) if told and told[0] > 0 else None


def _pixels(picture: Image.Image) -> NDArray[np.uint8]:
    """Gray if the picture has no colours, else RGB; what is transparent is white."""
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture) >> 8).astype(np.uint8)
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    is_gray = picture.mode in ("1", "L", "LA", "F", "I")
    return np.asarray(picture.convert("L" if is_gray else "RGB"))
