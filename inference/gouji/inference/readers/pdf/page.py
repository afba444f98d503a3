"""A page of a PDF as what was drawn on it: glyphs, ruling lines and how much of it is pictures."""

from dataclasses import dataclass
from typing import NamedTuple

from gouji.model.document import Box

OBLIQUE = -1
"""The turn of a glyph that stands askew, as those of a watermark do."""


class Glyph(NamedTuple):
    """A character with its box, in points from the top left corner of its frame.

    `turns` is by how many quarter turns clockwise it stands off upright, or `OBLIQUE`; `order` is
    its number in the order of drawing; `spaced` tells that a blank was drawn before it.
    """

    char: str
    left: float
    top: float
    right: float
    bottom: float
    turns: int = 0
    order: int = 0
    spaced: bool = False


class Stroke(NamedTuple):
    """A straight line along an axis: at `at` across, from `start` to `end` along it, in points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A page seen after `turns` quarter turns clockwise, and its edges in user space.

    User space is that of PDF: points, upwards (ISO 32000-1, 8.3.2). A frame counts from its top
    left corner, downwards.
    """

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space, in the frame."""
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def user(self, x: float, y: float) -> tuple[float, float]:
        """A point of the frame, in user space."""
        if self.turns == 0:
            return x + self.left, self.top - y
        if self.turns == 1:
            return y + self.left, x + self.bottom
        if self.turns == 2:
            return self.right - x, y + self.bottom
        return self.right - y, self.top - x


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn on a page, seen so that most of its text stands upright.

    `shown` is the page as a viewer shows it, `frame` the page as glyphs and strokes count it.
    `pictures` is the share of the page that its largest picture covers, `hidden` the share of the
    pieces of text that are drawn invisibly, `n_curves` how many of the paths are shapes rather than
    lines and rectangles.
    """

    number: int
    shown: Frame
    frame: Frame
    glyphs: tuple[Glyph, ...] = ()
    horizontal: tuple[Stroke, ...] = ()
    vertical: tuple[Stroke, ...] = ()
    pictures: float = 0.0
    hidden: float = 0.0
    n_curves: int = 0

    def box(self, box: Box) -> Box:
        """A box of the frame as one of the page that a viewer shows, to a tenth of a point."""
        corners = [self.shown.point(*self.frame.user(x, y)) for x in box[::2] for y in box[1::2]]
        xs, ys = zip(*corners, strict=True)
        left, top, right, bottom = (round(v, 1) for v in (min(xs), min(ys), max(xs), max(ys)))
        return left, top, right, bottom
