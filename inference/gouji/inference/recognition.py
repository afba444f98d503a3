"""Recognition: what a recogniser was not sure of becomes part of the mentions that were tagged."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from math import exp

from gouji.model.document import Alternatives, Document
from gouji.model.findings import Span
from gouji.model.mention import Mention, MentionKind, Number, Recognised, TableMentions
from gouji.model.numerals import parse_numeral

_MAY_BE_NUMBER = 0.01
"""From this probability on that it is a number, a mark is taken for neither."""

_UNTOLD = 0.9
"""How sure a number on a recognised page is for which no other readings are known."""


def recognised(tables: Sequence[TableMentions], document: Document) -> tuple[TableMentions, ...]:
    """The tables, their mentions with the values that the document's alternatives give them.

    A mark that may as well be a number is unreadable: nothing but the sums can tell.
    """
    if not document.alternatives:
        return tuple(tables)
    places = (document.place_of(known.span) for known in document.alternatives)
    pages = frozenset(place.page for place in places if place is not None)
    return tuple(
        replace(table, mentions=tuple(_doubted(m, document, pages) for m in table.mentions))
        for table in tables
    )


def _doubted(mention: Mention, document: Document, pages: Collection[int | None]) -> Mention:
    """The mention with what is known of it; `pages` are those that were recognised."""
    strings = _strings(mention.span, document.alternatives)
    if not strings:
        place = document.place_of(mention.span)
        blind = place is not None and place.page is not None and place.page in pages
        return _unsure(mention) if blind else mention
    values = _values(strings)
    if mention.kind is MentionKind.MARK and sum(p for _, p in values) >= _MAY_BE_NUMBER:
        return replace(mention, kind=MentionKind.UNREADABLE)
    if mention.kind is MentionKind.NUMBER and mention.value in dict(values):
        return replace(mention, recognised=values)
    return mention


def _unsure(mention: Mention) -> Mention:
    """A number that was not recognised as one: part of a longer text, or several together."""
    if mention.kind is not MentionKind.NUMBER or mention.value is None:
        return mention
    return replace(mention, recognised=((mention.value, _UNTOLD),))


def _strings(span: Span, alternatives: Sequence[Alternatives]) -> tuple[tuple[str, float], ...]:
    """The strings that may stand at a span, if they are known for it or for what it is part of."""
    at = bisect_right(alternatives, span[0], key=lambda known: known.span[0]) - 1
    covers = at >= 0 and span[1] <= alternatives[at].span[1] and span[0] < span[1]
    return alternatives[at].strings if covers else ()


def _values(strings: Sequence[tuple[str, float]]) -> Recognised:
    """What the strings spell: values with the probabilities of all strings that spell them."""
    sums: dict[Number, float] = {}
    for text, logarithm in strings:
        numeral = parse_numeral(text)
        if numeral is not None:
            sums[numeral.value] = sums.get(numeral.value, 0.0) + exp(logarithm)
    ranked = sorted(sums.items(), key=lambda entry: -entry[1])
    return tuple((value, min(1.0, round(p, 9))) for value, p in ranked if p >= 1e-9)
