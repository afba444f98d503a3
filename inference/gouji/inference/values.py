"""Values: the tokens that fill cells by the tagger's word, and what is written there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gouji.model.encoding import Encoded
from gouji.model.findings import Span
from gouji.model.labels import NONE, PART
from gouji.model.mention import MentionKind
from gouji.model.numerals import NOTE, UNIT, Numeral, narrow, parse_numeral, respelled
from gouji.model.segmentation import Segment
from gouji.model.tagger import Tags

_CELL = 0.5  # a token fills a cell if that is at least as likely as not
_COPIES = 0.5  # share of the cells of a later region that stand before, if it is another table
_BEHIND = re.compile(rf"(?:[ ]?{UNIT})?(?:[ ]*{NOTE})?")
_SIGNED = re.compile(r"(?<![/／])[增减減负負▲]$")
_TEAR = re.compile(r"""[\s|│┃║;；,，"'.]*""")
_REACH = 50  # characters that a unit and a remark behind a number may take


@dataclass(frozen=True, slots=True)
class Value:
    """The token that fills a cell of a table, and those that were torn from it."""

    tokens: tuple[int, ...]
    kind: MentionKind

    @property
    def at(self) -> int:
        """The token that the tagger has placed."""
        return self.tokens[0]

    @property
    def is_empty(self) -> bool:
        """Whether it is an empty cell."""
        return self.kind is MentionKind.BLANK


@dataclass(frozen=True)
class Page:
    """A text with its tokens and what the tagger says of them."""

    text: str
    encoded: Encoded
    tags: Tags

    @cached_property
    def row_index(self) -> Mapping[str, int]:
        """The index of every row label."""
        return {label: i for i, label in enumerate(self.tags.labels.rows)}

    @cached_property
    def column_index(self) -> Mapping[str, int]:
        """The index of every column label."""
        return {label: i for i, label in enumerate(self.tags.labels.columns)}

    def span(self, value: Value) -> Span:
        """From the first character of a value to the last one of its parts."""
        tokens = self.encoded.tokens
        return tokens[value.at].span[0], tokens[value.tokens[-1]].span[1]


def find_values(page: Page, segment: Segment) -> tuple[dict[str, list[Value]], frozenset[str]]:
    """The values of each table in reading order, and the tables that stand there twice.

    Of a table that stands in the report several times, the first is read.
    """
    found = _all_values(page)
    doubled = set()
    for table in segment.doubled & found.keys():
        later = [r.span for r in segment.regions if r.table == table][1:]
        copies = [v for v in found[table] if any(_within(page.span(v), span) for span in later)]
        others = [value for value in found[table] if value not in copies]
        standing = {_cell(page, value) for value in others}
        if sum(_cell(page, v) in standing for v in copies) >= _COPIES * len(copies):
            found[table] = others
            doubled.add(table)
    return found, frozenset(doubled)


def _all_values(page: Page) -> dict[str, list[Value]]:
    labels = page.tags.labels.tables
    tables = [i for i, label in enumerate(labels) if label not in (NONE, PART)]
    part = labels.index(PART)
    is_cell = page.tags.table[:, tables].sum(axis=1) >= _CELL
    likeliest = page.tags.table[:, tables].argmax(axis=1)
    values: dict[str, list[Value]] = {}
    last: list[Value] | None = None
    for at, token in enumerate(page.encoded.tokens):
        if token.kind is None:
            continue
        if is_cell[at]:
            last = values.setdefault(labels[tables[int(likeliest[at])]], [])
            last.append(Value((at,), token.kind))
        elif last and page.tags.table[at, part] >= _CELL and _is_torn(page, last[-1], at):
            last[-1] = replace(last[-1], tokens=(*last[-1].tokens, at))
        elif token.kind is not MentionKind.BLANK:
            last = None  # what follows a number of no cell is no part of the one before
    return values


def _is_torn(page: Page, value: Value, at: int) -> bool:
    """Whether a number may go on a value: nothing but separators stands between them."""
    token = page.encoded.tokens[at]
    between = page.text[page.span(value)[1] : token.span[0]]
    return {value.kind, token.kind} == {MentionKind.NUMBER} and bool(_TEAR.fullmatch(between))


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _cell(page: Page, value: Value) -> tuple[int, int]:
    return int(page.tags.row[value.at].argmax()), int(page.tags.column[value.at].argmax())


def read_value(page: Page, value: Value, *, signed: bool) -> tuple[Span, str, Numeral | None]:
    """Where a value stands, with its unit and remark; what is written there; what it spells.

    `signed` says that its column has numbers with a sign, which then may be a word before it.
    """
    start, end = page.span(value)
    if value.is_empty:
        return (start, end), "", None
    if value.kind is not MentionKind.NUMBER:
        return (start, end), page.text[start:end], None
    tokens = [page.encoded.tokens[i] for i in value.tokens]
    if not tokens[-1].alone:
        end += len(_behind(page.text[end : end + _REACH]))
    if signed and not tokens[0].alone:
        start -= bool(_SIGNED.search(page.text[max(0, start - 2) : start]))
    raw = page.text[start:end]
    numeral = parse_numeral(raw) or respelled(raw)
    return (start, end), raw, numeral or _joined(page, [token.span for token in tokens])


def _joined(page: Page, parts: Sequence[Span]) -> Numeral | None:
    """The number that the parts of a torn one spell together."""
    if len(parts) == 1:
        return None
    return parse_numeral("".join(page.text[slice(*part)] for part in parts))


def _behind(text: str) -> str:
    """The unit and the remark in brackets at the start of a text."""
    match = _BEHIND.match(narrow(text))
    return match[0] if match else ""
