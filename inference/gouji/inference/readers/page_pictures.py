"""Pages as pictures: what a person sees where a number stands; needs the extra `scan`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

from gouji.inference.readers.kinds import PDF, PICTURES, binary_kind
from gouji.inference.readers.limits import Limits
from gouji.inference.readers.recognising import Pixels

_DPI = 150
_MOST_PIXELS = 50_000_000  # of a rendered page


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page, gray (height, width) or RGB (height, width, 3), as its places count it.

    A box of `Place` in points times `dpi` / 72 is one in pixels.
    """

    number: int
    pixels: Pixels
    dpi: float


def page_pictures(
    files: Iterable[tuple[str, bytes]], numbers: Collection[int], limits: Limits
) -> Iterator[PagePicture]:
    """The pages of these numbers of a document, given the names and bytes of its files.

    Numbers count from 1 over all files, each a PDF or a picture; what is neither has no pages.
    One page is held at a time.

    Raises:
        ReadError: a file is broken or exceeds the limits.
    """
    before = 0
    for name, data in files:
        kind = binary_kind(data)
        if kind == PDF:
            yield from _of_pdf(data, name, numbers, limits)
        elif kind in PICTURES:
            from gouji.inference.readers.frames import n_frames

            n_pages = n_frames(data, name)
            own = [number - before for number in sorted(numbers)]
            own = [number for number in own if 1 <= number <= n_pages]
            yield from _of_picture(data, name, own, before, limits)
            before += n_pages


def _of_picture(
    data: bytes, name: str, own: list[int], before: int, limits: Limits
) -> Iterator[PagePicture]:
    from gouji.inference.readers.frames import frames
    from gouji.inference.scan.geometry import likely_dpi

    shown = frames(data, name, limits, own) if own else iter(())
    for number, (pixels, dpi) in zip(own, shown, strict=True):
        yield PagePicture(before + number, pixels, likely_dpi(pixels.shape[:2], dpi))


def _of_pdf(
    data: bytes, name: str, numbers: Collection[int], limits: Limits
) -> Iterator[PagePicture]:
    from gouji.inference.readers.pdf.opening import opened, opened_page, renderer

    with opened(data, name, limits) as file:
        for number in sorted(numbers):
            with opened_page(file, number) as page:
                if page is None:
                    continue
                width, height = page.get_size()
                finest = 72 * sqrt(_MOST_PIXELS / (width * height))
                dpi = max(1, min(_DPI, int(finest)))
                pixels = renderer(page, number, name)(dpi)
            yield PagePicture(number, pixels, dpi)
