"""Recognition: what a recogniser was not sure of becomes part of the mentions that were tagged."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from math import exp

from gouji.model.document import Alternatives, Document
from gouji.model.findings import Span
from gouji.model.mention import Mention, MentionKind, Number, Recognised, TableMentions
from gouji.model.numerals import parse_numeral

_MAY_BE_NUMBER = 0.01
"""From this probability on that it is a number, a mark is taken for neither."""


def recognised(tables: Sequence[TableMentions], document: Document) -> tuple[TableMentions, ...]:
    """The tables, their mentions with the values that the document's alternatives give them.

    A mark that may as well be a number is unreadable: nothing but the sums can tell.
    """
    if not document.alternatives:
        return tuple(tables)
    return tuple(
        replace(table, mentions=tuple(_doubted(m, document.alternatives) for m in table.mentions))
        for table in tables
    )


def _doubted(mention: Mention, alternatives: Sequence[Alternatives]) -> Mention:
    strings = _strings(mention.span, alternatives)
    if not strings:
        return mention
    values = _values(strings)
    if mention.kind is MentionKind.MARK and sum(p for _, p in values) >= _MAY_BE_NUMBER:
        return replace(mention, kind=MentionKind.UNREADABLE)
    if mention.kind is MentionKind.NUMBER and mention.value in dict(values):
        return replace(mention, recognised=values)
    return mention


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
