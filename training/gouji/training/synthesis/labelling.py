"""Labelling: the annotation of a finished text, read off the pieces that it is composed of."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gouji.annotations.page_numbers import number_span, other_numbers, printed_number
from gouji.model.annotation import Annotation, CellMention, Provenance
from gouji.model.form import Form
from gouji.model.mention import Number
from gouji.model.report import Section
from gouji.training.synthesis.fields import labels
from gouji.training.synthesis.pieces import Composed, Piece, compose

_HEADER = "header"
_DATE = "2024-01-31"  # fixed: an annotation depends on nothing but its seed


@dataclass(frozen=True, slots=True)
class Truth:
    """What a report is about, whatever its page shows: numbers by cell, values by field."""

    variants: Mapping[str, str]
    cells: Mapping[str, Number]
    fields: Mapping[str, Number | str]


def annotated(
    name: str, pieces: Sequence[Piece], truth: Truth, form: Form, provenance: tuple[str, str]
) -> Annotation:
    """The annotation of the pieces' text; `provenance` is the agency and the layout family.

    `printed` has what stands on the page: None for marks, blanks, lost cells and whatever spells
    no number; an amount in another unit as the page has it.
    """
    composed = compose(pieces)
    sha256 = hashlib.sha256(composed.text.encode()).hexdigest()
    mentions = tuple(_mentions(composed))
    agency, layout = provenance
    return Annotation(
        id=name,
        source=f"{name}.txt",
        source_sha256=sha256,
        text_sha256=sha256,
        text=composed.text,
        variants=truth.variants,
        cells=truth.cells,
        printed=_printed(mentions, truth.cells),
        mentions=mentions,
        others=tuple(other_numbers(composed.text, [mention.span for mention in mentions])),
        fields=labels(composed, truth.fields, form),
        sections=tuple(_sections(composed)),
        provenance=Provenance("synthetic", "Apache-2.0", agency, layout, "generator", _DATE),
    )


def _mentions(composed: Composed) -> Iterator[CellMention]:
    for piece, (start, _) in composed.labelled:
        if piece.cell is not None:
            first, last = number_span(piece.text)
            yield CellMention((start + first, start + last), piece.cell, piece.text[first:last])


def _printed(
    mentions: Sequence[CellMention], cells: Mapping[str, Number]
) -> dict[str, Number | None]:
    """What the page shows for the cells where that is not the truth."""
    page = {mention.cell: printed_number(mention) for mention in mentions}
    return {cell: page.get(cell) for cell, number in cells.items() if page.get(cell) != number}


def _sections(composed: Composed) -> Iterator[Section]:
    """The sections in reading order; a heading repeated with no other between opens none."""
    name, heading, start = _HEADER, None, 0
    for piece, (first, _) in composed.labelled:
        if piece.section is not None and piece.section != name:
            yield Section(name, heading, (start, first))
            name, heading, start = piece.section, piece.text, first
    yield Section(name, heading, (start, len(composed.text)))
