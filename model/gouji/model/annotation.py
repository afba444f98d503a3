"""Annotations: a report's text with the truth about it, as a person read it; one a line in JSONL.

What is a cell, a mark, a blank, a span and so on is laid down in annotations/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gouji.model.findings import Span
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import is_mark
from gouji.model.report import Section


@dataclass(frozen=True, slots=True)
class CellMention:
    """The place where a cell of the form stands; `raw` is the text of the span.

    The span of a blank is empty: it is the place where the number would have been written.
    """

    span: Span
    cell: str
    raw: str

    @property
    def kind(self) -> MentionKind:
        """Whether a number, a mark such as `/`, or nothing stands there."""
        if not self.raw.strip():
            return MentionKind.BLANK
        return MentionKind.MARK if is_mark(self.raw) else MentionKind.NUMBER


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """The value of a field and the words it was read from; no span if it has no single place."""

    value: Number | str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an annotated text comes from, under which terms, and who labelled it when.

    `layout` names the layout family; samples of one `agency` or one `layout` belong on the same
    side of a split into training and test. `date` is YYYY-MM-DD.
    """

    source: str
    licence: str
    agency: str
    layout: str
    annotator: str
    date: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One report with everything a reader of it should find.

    `source` and `source_sha256` name the file; `text` is `Document.text`, `text_sha256` the hash
    of its UTF-8 bytes. Spans count characters of `text`. `cells` holds the truth for every cell
    of the tables' `variants`, None where nothing is known; `printed` lists only the cells where
    the page shows something else, None for a mark, a blank or a lost cell. `others` are the spans
    of all numbers of the text that are no cells. `fields` has every field of the form, None where
    the report does not state it.
    """

    id: str
    source: str
    source_sha256: str
    text_sha256: str
    text: str
    variants: Mapping[str, str]
    cells: Mapping[str, Number | None]
    printed: Mapping[str, Number | None]
    mentions: tuple[CellMention, ...]
    others: tuple[Span, ...]
    fields: Mapping[str, FieldLabel | None]
    sections: tuple[Section, ...]
    provenance: Provenance

    def page_value(self, cell: str) -> Number | None:
        """The number that the page shows for a cell; KeyError for a cell that is not labelled."""
        return self.printed[cell] if cell in self.printed else self.cells[cell]
