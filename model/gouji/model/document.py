"""The document: one string, and for every character of it the place in the source it came from."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice

from gouji.model.findings import Finding, Span

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from; `name` is the path relative to the PATH it was found under.

    `reports` counts the reports that the source holds. `address` is that of a web page, as the page
    itself gives it.
    """

    name: str
    sha256: str
    media_type: str
    pages: int | None = None
    ocr: bool = False
    reports: int = 1
    address: str | None = None


@dataclass(frozen=True, slots=True)
class OffsetRun:
    """From character `text` of `Document.text` on, offsets into the source advance in step.

    `source` is the offset in characters of the decoded source. A run ends where the next begins.
    """

    text: int
    source: int


@dataclass(frozen=True, slots=True)
class Place:
    """The page and box, or the table, row and column, in which a span of the text stands."""

    span: Span
    page: int | None = None
    box: Box | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Other strings that recognition holds possible for a span, with log-probabilities."""

    span: Span
    strings: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Document:
    r"""The text of a source, with the way back to it.

    A table row is a line and a cell boundary a tab where the source knows them; line ends are
    `\n`. Nothing else is changed and nothing is thrown away.
    """

    source: Source
    text: str
    offsets: tuple[OffsetRun, ...] = (OffsetRun(0, 0),)
    places: tuple[Place, ...] = ()
    alternatives: tuple[Alternatives, ...] = ()
    findings: tuple[Finding, ...] = ()

    def source_offset(self, index: int) -> int:
        """Offset in the decoded source, in characters, of character `index` of the text.

        Raises:
            IndexError: `index` lies outside 0..len(text); len(text) itself is the end of the text.
        """
        if not 0 <= index <= len(self.text):
            raise IndexError(f"character {index} is outside a text of {len(self.text)}")
        run = self.offsets[bisect_right(self.offsets, index, key=lambda run: run.text) - 1]
        return run.source + index - run.text

    def place_of(self, span: Span) -> Place | None:
        """The first known place that overlaps the span, or None where the source has no places.

        An empty place, that of a blank cell, overlaps the empty span that stands there.
        """
        start, end = span
        first = bisect_left(self.places, start, key=lambda place: place.span[1])
        for place in islice(self.places, first, None):
            if place.span == span or place.span[1] > start:
                is_near = place.span == span or place.span[0] < max(end, start + 1)
                return place if is_near else None
        return None
