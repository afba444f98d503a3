"""Composition: words and tables put in the order of a report, section by section."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from gouji.model.form import Form, SectionKind
from gouji.training.synthesis.chapters import Chapters
from gouji.training.synthesis.headings import HeadingStyle, draw_heading_style, heading
from gouji.training.synthesis.page import (
    PageStyle,
    draw_page_style,
    set_heading,
    set_line,
    set_paragraph,
)
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.prose import Paragraph
from gouji.training.synthesis.surroundings import Surroundings

Block = list[Piece]
"""Pieces between two gaps: a line, a paragraph, a heading or a table."""

_TABLE_EARLY = 0.05  # share of reports with the last table before its heading
_TWICE = 0.06  # share with all sections in words first and then again with the tables
_REPEATED = 0.02  # share of headings that are printed twice


@dataclass(frozen=True, slots=True)
class _Composer:
    """What the parts of one report have in common; `early` is a table before its heading."""

    chapters: Chapters
    tables: Mapping[str, Block]
    page: PageStyle
    titles: HeadingStyle
    early: str | None
    rng: Random

    def section(self, kind: SectionKind, place: int, words: list[Paragraph]) -> Iterator[Block]:
        """The heading of a section, if it is not lost, and words below it."""
        printed = heading(kind, place, self.titles, self.rng)
        if printed is not None:
            block = set_heading([Piece(printed, section=kind.id)], self.page)
            yield from [block] * (2 if self.rng.random() < _REPEATED else 1)
        yield from self._paragraphs(words)

    def table(self, name: str) -> Iterator[Block]:
        """A table and the words behind it."""
        yield self.tables[name]
        yield from self._paragraphs(self.chapters.after[name])

    def in_order(self, kinds: Mapping[int, SectionKind]) -> Iterator[Block]:
        """The sections with their words and tables."""
        for place, kind in kinds.items():
            yield from self.section(kind, place, self._words(kind))
            if kind.id in self.tables and kind.id != self.early:
                yield from self.table(kind.id)
            follower = kinds.get(place + 1)
            if follower and follower.id == self.early:
                yield from self.table(follower.id)

    def words_first(self, kinds: Mapping[int, SectionKind]) -> Iterator[Block]:
        """All sections in words, then those with tables again."""
        for place, kind in kinds.items():
            yield from self.section(kind, place, self._words(kind) or self.chapters.elsewhere)
        for place, kind in kinds.items():
            if kind.id in self.tables:
                yield from self.section(kind, place, [])
                yield from self.table(kind.id)

    def _words(self, kind: SectionKind) -> list[Paragraph]:
        return self.chapters.words.get(kind.id, [])

    def _paragraphs(self, words: list[Paragraph]) -> Iterator[Block]:
        return (set_paragraph(paragraph, self.page) for paragraph in words)


def compose_report(
    form: Form,
    chapters: Chapters,
    around: Surroundings,
    tables: Mapping[str, Block],
    rng: Random,
) -> list[Piece]:
    """The pieces of a report: every table stands in the section of its id, or before it.

    Raises:
        KeyError: `chapters` says nothing on what stands behind a table.
    """
    page = draw_page_style(rng)
    early = list(tables)[-1] if rng.random() < _TABLE_EARLY else None
    composer = _Composer(chapters, tables, page, draw_heading_style(rng), early, rng)
    kinds = dict(enumerate(form.sections, 1))
    is_twice = early is None and rng.random() < _TWICE
    sections = composer.words_first(kinds) if is_twice else composer.in_order(kinds)
    blocks = [
        *(set_line(line, page) for line in around.head),
        *(set_paragraph(paragraph, page) for paragraph in chapters.opening),
        *sections,
        *(set_line(line, page) for line in (*around.signature, *around.foot)),
    ]
    return joined(blocks, page.gap)
