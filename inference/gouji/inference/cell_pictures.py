"""Pictures of cells: cut out of the page on which a number stands, for a person to look at.

The pages are read again from the source; reports carry no pixels.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gouji.inference.found import Found
from gouji.inference.readers import Limits
from gouji.inference.readers.page_pictures import PagePicture, page_pictures
from gouji.inference.readers.recognising import INSTALL, Pixels, is_installed
from gouji.inference.sources import files_of, sha256_of
from gouji.model.document import Box
from gouji.model.errors import ConfigError, Corrupt, ReadError, UnsupportedFormat
from gouji.model.report import CellResult, Report

_COLOURS = 32
_FULL, _SUFFIX = "full", ".png"
_RED = (220, 30, 30)


@dataclass(frozen=True, slots=True)
class Framing:
    """How a cell is shown: what is left around it, in points, and the most pixels there may be.

    `marked` draws a frame around the cell.
    """

    margin_pt: tuple[float, float]
    dpi: float
    most: tuple[int, int]
    marked: bool = False


BESIDE_NUMBERS = Framing((14.0, 5.0), 130, (240, 90))
ALONE = Framing((150.0, 60.0), 150, (1600, 1200), marked=True)


@dataclass(frozen=True, slots=True)
class CellPictures:
    """A folder of pictures, by report and cell; it takes no more once it is `full`."""

    folder: Path

    @property
    def full(self) -> bool:
        """Whether pictures of further reports are not wanted."""
        return (self.folder / _FULL).exists()

    def close(self) -> None:
        """Says that it is full."""
        (self.folder / _FULL).touch()

    def of(self, report: str) -> dict[tuple[str, str], Path]:
        """Where the pictures of a report lie, by the report and the cell."""
        folder = self._of(report)
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return {(report, path.name.removesuffix(_SUFFIX)): path for path in found}

    def save(self, source: Found, reports: Sequence[Report], limits: Limits) -> None:
        """Makes the pictures of all cells to review whose place is known.

        Raises:
            ReadError: the source has changed since it was read, or can't be read any more.
            OSError: the folder can't be written.
        """
        if self.full or not is_installed():
            return
        for report in reports:
            cells = [cell for cell in report.cells.values() if cell.review and _is_placed(cell)]
            for cell, picture in cell_pictures(source, report, cells, limits, BESIDE_NUMBERS):
                folder = self._of(report.source.name)
                folder.mkdir(exist_ok=True)
                (folder / f"{cell.id}{_SUFFIX}").write_bytes(picture)

    def _of(self, report: str) -> Path:
        return self.folder / hashlib.sha256(report.encode()).hexdigest()[:32]


def cell_picture(source: Found, report: Report, cell: str, limits: Limits) -> bytes:
    """A cell in its surroundings as PNG, the right way up, with a frame around it.

    Raises:
        ConfigError: nothing tells where the cell stands.
        UnsupportedFormat: the extra `scan` is not installed.
        ReadError: the source is not that of the report, or can't be read.
    """
    result = report.cells[cell]
    if not _is_placed(result):
        raise ConfigError(
            f"{report.source.name}：单元格 {cell} 没有页上的位置，没有图片可取；"
            "只有 PDF 和扫描件中读到的格子有"
        )
    if not is_installed():
        raise UnsupportedFormat(f"{report.source.name}：{INSTALL}")
    for _, picture in cell_pictures(source, report, [result], limits, ALONE):
        return picture
    raise Corrupt(f"{source.name}：没有第 {result.page} 页，或该页已损坏")


def cell_pictures(
    source: Found, report: Report, cells: Sequence[CellResult], limits: Limits, framing: Framing
) -> Iterator[tuple[CellResult, bytes]]:
    """Each of the cells, whose places are known, with its picture as PNG, page by page.

    Raises:
        ReadError: the source is not that of the report, or can't be read.
    """
    if not cells:
        return
    if (found := sha256_of(source, limits)) != report.source.sha256:
        why = "读取之后有变" if found else "已打不开"
        raise ReadError(f"{source.name}：原文件{why}，不能再从中取图；请重新读取报告")
    numbers = {cell.page for cell in cells if cell.page is not None}
    for page in page_pictures(files_of(source, limits), numbers, limits):
        turns = _quarter_turns(report, page.number)
        for cell in cells:
            if cell.page == page.number and cell.box is not None:
                yield cell, _png(page, cell.box, turns, framing)


def _is_placed(cell: CellResult) -> bool:
    return cell.page is not None and cell.box is not None


def _quarter_turns(report: Report, page: int) -> int:
    """By how many quarter turns counter-clockwise a page stands upright.

    The cells of a row follow each other from left to right on a page that does.
    """
    across = down = 0.0
    before: dict[str, Box] = {}
    for cell in report.cells.values():
        if cell.page != page or cell.box is None:
            continue
        row = cell.id.rpartition(".")[0]
        if row in before:
            across += sum(cell.box[::2]) - sum(before[row][::2])
            down += sum(cell.box[1::2]) - sum(before[row][1::2])
        before[row] = cell.box
    if abs(across) >= abs(down):
        return 2 if across < 0 else 0
    return 1 if down > 0 else 3


def _png(page: PagePicture, box: Box, turns: int, framing: Framing) -> bytes:
    from PIL import Image

    image = Image.fromarray(
        np.ascontiguousarray(np.rot90(_cut_out(page, box, turns, framing), turns))
    )
    most = framing.most
    scale = min(framing.dpi / page.dpi, most[0] / image.width, most[1] / image.height, 1.0)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    shown = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    if not framing.marked:
        shown = shown.quantize(_COLOURS, dither=Image.Dither.NONE)
    file = io.BytesIO()
    shown.save(file, "PNG", optimize=True)
    return file.getvalue()


def _cut_out(page: PagePicture, box: Box, turns: int, framing: Framing) -> Pixels:
    """The pixels of a box and what is around it, as they lie on the page."""
    margin = framing.margin_pt[::-1] if turns % 2 else framing.margin_pt
    left, top, right, bottom = (round(side * page.dpi / 72) for side in box)
    x, y = (round(side * page.dpi / 72) for side in margin)
    height, width = page.pixels.shape[:2]
    x0, x1 = min(max(0, left - x), width - 1), max(1, min(width, right + x))
    y0, y1 = min(max(0, top - y), height - 1), max(1, min(height, bottom + y))
    cut = page.pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    if not framing.marked:
        return cut
    cut = np.stack([cut] * 3, axis=-1) if cut.ndim == 2 else cut.copy()
    _mark(cut, (left - x0, top - y0, right - x0, bottom - y0), round(page.dpi / 72))
    return cut


def _mark(cut: Pixels, box: tuple[int, int, int, int], thick: int) -> None:
    """Draws a frame just outside a box."""
    left, top, right, bottom = box
    left, top = max(0, left - 2 * thick), max(0, top - 2 * thick)
    right, bottom = right + 2 * thick, bottom + 2 * thick
    cut[top : top + thick, left:right] = _RED
    cut[max(0, bottom - thick) : bottom, left:right] = _RED
    cut[top:bottom, left : left + thick] = _RED
    cut[top:bottom, max(0, right - thick) : right] = _RED
