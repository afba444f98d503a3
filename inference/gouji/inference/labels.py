"""Labels: where the titles of rows, columns and blocks stand in a text.

Labels are searched in the folded text, in which every number that stands alone is one sentinel
character, so that no label reaches across a value.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from gouji.model.findings import Span
from gouji.model.folding import Folded, fold_char, fold_label
from gouji.model.form import Row, Table
from gouji.model.tokens import Token, find_tokens, furniture

VALUE = "\x00"
"""Stands in a masked text for a number or mark."""

_NUMBERING = re.compile(r"^(?:（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、|\d+[.．、])")
_NOTE = re.compile(r"（[^（）]*）$")


@dataclass(frozen=True, slots=True)
class Masked:
    """A folded text with values as sentinels, and the tokens that the sentinels stand for."""

    folded: Folded
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found at folded characters start..end; `score` is 1.0 for an exact match."""

    label: str
    start: int
    end: int
    score: float


@lru_cache(maxsize=8)
def mask(text: str, span: Span) -> Masked:
    """Fold text[span], with one sentinel for each value and page furniture left out."""
    tokens = find_tokens(text, span)
    chars: list[str] = []
    origin: list[int] = []
    holes = sorted([(t.span, VALUE) for t in tokens] + [(s, "") for s in furniture(text, span)])
    index = span[0]
    for (start, end), stand_in in [*holes, ((span[1], span[1]), "")]:
        for i in range(index, start):
            folded = fold_char(text[i])
            chars.append(folded)
            origin.extend([i] * len(folded))
        chars.append(stand_in)
        origin.extend([start] * len(stand_in))
        index = max(index, end)
    return Masked(Folded("".join(chars), tuple(origin)), tokens)


@lru_cache(maxsize=512)
def forms_of(title: str, aliases: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The folded forms under which a title is printed, longest first.

    With and without its numbering, with and without the remark in brackets at its end.

    >>> forms_of("（二）部分公开（只计这一情形）")
    ('二部分公开只计这一情形', '部分公开只计这一情形', '二部分公开', '部分公开')
    """
    forms: dict[str, None] = {}
    for label in (title, *aliases):
        for whole in (label, _NOTE.sub("", label)):
            forms[fold_label(whole)] = None
            forms[fold_label(_NUMBERING.sub("", whole))] = None
    return tuple(sorted(filter(None, forms), key=len, reverse=True))


def row_forms(row: Row) -> tuple[str, ...]:
    """The folded forms of a row's title and aliases."""
    return forms_of(row.title, row.aliases)


def heading_titles(table: Table) -> tuple[str, ...]:
    """The titles in a table that carry no values: blocks, columns and spanning headings."""
    titles: dict[str, None] = {}
    for block in table.blocks:
        titles.update(dict.fromkeys(filter(None, [block.title])))
        for column in block.columns:
            titles.update(dict.fromkeys(filter(None, [column.group, column.title])))
        for row in block.rows:
            titles.update(dict.fromkeys(row.group))
    return tuple(titles)


def exact_hits(text: str, label: str, forms: Iterable[str], least: int = 3) -> tuple[Hit, ...]:
    """Every place where a form of at least `least` characters stands; longer forms come first.

    A shorter form inside a longer one that was found is not reported again.
    """
    hits: list[Hit] = []
    for form in forms:
        if len(form) < least:
            continue
        start = text.find(form)
        while start >= 0:
            end = start + len(form)
            if not any(h.start < end and start < h.end for h in hits):
                hits.append(Hit(label, start, end, 1.0))
            start = text.find(form, end)
    return tuple(sorted(hits, key=lambda hit: hit.start))


def fuzzy_hit(
    text: str, window: Span, label: str, forms: Sequence[str], cutoff: float
) -> Hit | None:
    """The best approximate place of a label in text[window], if any reaches `cutoff`.

    Forms under four characters must match exactly. The score is the normalised indel similarity
    of a form and its best partner, 0 to 1.
    """
    part = text[window[0] : window[1]]
    found = [
        Hit(label, window[0] + start, window[0] + end, score)
        for form in forms
        for score, start, end in [_best_place(part, form, cutoff)]
        if score >= cutoff
    ]
    return max(found, key=lambda hit: (hit.score, hit.end - hit.start), default=None)


def _best_place(part: str, form: str, cutoff: float) -> tuple[float, int, int]:
    if len(form) > len(part) > 3 and VALUE not in part:
        return fuzz.ratio(form, part) / 100, 0, len(part)
    if len(form) < 4:
        at = part.find(form)
        return (1.0, at, at + len(form)) if at >= 0 else (0.0, 0, 0)
    found = fuzz.partial_ratio_alignment(form, part, score_cutoff=100 * cutoff)
    if found is None or len(form) > len(part):
        return 0.0, 0, 0
    start, end = found.dest_start, found.dest_end
    while start < end and part[start] == VALUE:
        start += 1
    while end > start and part[end - 1] == VALUE:
        end -= 1
    return (0.0 if VALUE in part[start:end] else found.score / 100), start, end
