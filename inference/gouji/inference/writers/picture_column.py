"""Pictures in the cells of a sheet: PNG files on the disk, read when the workbook is saved."""

import struct
from pathlib import Path

from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor

from gouji.inference.writers.workbook import Sheet

PICTURE = "图片"
MOST_PICTURES = 2_000
"""How many a workbook holds."""
WIDTH = 36
"""Of the column, in characters: what the widest picture needs."""

_SIZE_AT = 16  # of a PNG file: where its header tells width and height (RFC 2083, 11.2.1)
_EMU = 9525  # English Metric Units in a pixel of 1/96 inch
_GAP = 2  # pixels between a picture and its cell
_POINTS = 0.75  # in a pixel


class _Stored(Image):
    """A picture of a workbook that is not held in memory."""

    def __init__(self, path: Path) -> None:
        """Takes the size alone, which needs no library."""
        with path.open("rb") as file:
            file.seek(_SIZE_AT)
            self.width, self.height = struct.unpack(">II", file.read(8))
        self.path_on_disk, self.format = path, "png"

    def _data(self) -> bytes:
        return self.path_on_disk.read_bytes()


def place_picture(sheet: Sheet, path: Path, row: int, column: int) -> None:
    """Puts the PNG file into a cell and makes its row as high; both count from 1.

    The row must not have been written yet. The picture moves with its cell.

    Raises:
        OSError: the file can't be read.
    """
    picture = _Stored(path)
    start = AnchorMarker(column - 1, _GAP * _EMU, row - 1, _GAP * _EMU)
    right, bottom = (_GAP + picture.width) * _EMU, (_GAP + picture.height) * _EMU
    end = AnchorMarker(column - 1, right, row - 1, bottom)
    picture.anchor = TwoCellAnchor(editAs="twoCell", _from=start, to=end)
    sheet.row_dimensions[row].height = (picture.height + 2 * _GAP) * _POINTS
    sheet.add_image(picture)
