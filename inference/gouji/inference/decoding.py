"""Decoding: from the tagger's probabilities to the mentions of every table.

The numbers of a printed row stand together and belong to one row of the form, so they vote on it
together. Columns are left as the tagger gives them: placing is the business of reconciling, and
only the order of the mentions, in which cells have to rise, is settled here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gouji.inference.labels import mask
from gouji.inference.rules import beneath_heads, doubt_doubled, lost_row
from gouji.inference.variants import complete_variants, tell_variant
from gouji.model.calibration import Floats
from gouji.model.document import Document
from gouji.model.encoding import Encoded
from gouji.model.findings import Finding, Span
from gouji.model.form import Form, Table
from gouji.model.labels import NONE, PART
from gouji.model.mention import Distribution, Mention, MentionKind, TableMentions
from gouji.model.numerals import NOTE, UNIT, Numeral, narrow, parse_numeral, respelled
from gouji.model.segmentation import Segment
from gouji.model.tagger import Tags

_CELL = 0.5  # a token fills a cell if that is at least as likely as not
_LEAST = 0.001  # labels below this are left out of a distribution
_AGREE = 0.6  # share of a stretch that has to name its row for the others to follow
_SURE = 0.9  # a token surer than this of its own row follows nobody; likewise for columns
_TOLD = 5.0  # what titles that only one revision prints weigh, in cells that only it has
_HINT = 0.5  # evidence below this, in cells, tells no revision
_DOUBLED = 1.5  # a line with this many times the numbers that it has cells is printed twice

_BEHIND = re.compile(rf"(?:[ ]?{UNIT})?(?:[ ]*{NOTE})?")
_SIGNED = re.compile(r"(?<![/／])[增减減负負▲]$")
_TEAR = re.compile(r"""[\s|│┃║;；,，"'.]*""")
_REACH = 50  # characters that a unit and a remark behind a number may take

_Labels = Mapping[str, int]
"""Labels of one table with their indices in the label set."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A token that fills a cell, with the parts that were torn from it."""

    tokens: tuple[int, ...]
    table: str

    @property
    def at(self) -> int:
        return self.tokens[0]


@dataclass(frozen=True, slots=True)
class _Member:
    """A value with the row that its stretch has settled on; `row` weighs the labels of rows."""

    value: _Value
    row: Floats


@dataclass(frozen=True)
class _Page:
    """A text with its tokens and what the tagger says of them."""

    text: str
    encoded: Encoded
    tags: Tags

    def is_valued(self, value: _Value) -> bool:
        return self.encoded.tokens[value.at].kind is not MentionKind.BLANK

    def is_torn(self, value: _Value, at: int) -> bool:
        """Whether a number may go on a value: nothing but separators stands between them."""
        before, token = self.encoded.tokens[value.tokens[-1]], self.encoded.tokens[at]
        kinds = {before.kind, token.kind}
        between = self.text[before.span[1] : token.span[0]]
        return kinds == {MentionKind.NUMBER} and bool(_TEAR.fullmatch(between))

    def rows(self, table: Table) -> _Labels:
        index = {label: i for i, label in enumerate(self.tags.labels.rows)}
        names = (f"{table.id}.{row.id}" for block in table.blocks for row in block.rows)
        return {name: index[name] for name in names}

    def columns(self, table: Table) -> _Labels:
        index = {label: i for i, label in enumerate(self.tags.labels.columns)}
        return {c.id: index[c.id] for block in table.blocks for c in block.columns}


def decode(
    document: Document, segment: Segment, form: Form, encoded: Encoded, tags: Tags
) -> tuple[TableMentions, ...]:
    """The mentions of every table of the form in one report, in the order of the form.

    `encoded` are the tokens of the segment's text and `tags` what the tagger says of them.
    """
    page = _Page(document.text, encoded, tags)
    values = _values(page, segment)
    spans = {table: _span(table, values.get(table, ()), page, segment) for table in form.table_ids}
    told = {
        table: variant
        for table, found in values.items()
        for variant in [_variant(page, found, spans[table], form, table)]
        if variant is not None
    }
    chosen = complete_variants(told, form)
    decoded = (
        _decode(page, values.get(table, ()), spans[table], form.variants[table][chosen[table]])
        for table in form.table_ids
    )
    return tuple(doubt_doubled(t) if t.table in segment.doubled else t for t in decoded)


def _values(page: _Page, segment: Segment) -> dict[str, list[_Value]]:
    """The values of each table in reading order, parts joined to the number before them.

    Of a table that stands in the report several times, the first is read.
    """
    labels = page.tags.labels.tables
    tables = [i for i, label in enumerate(labels) if label not in (NONE, PART)]
    part = labels.index(PART)
    later = [r for r in segment.regions if r.span != segment.first_regions[r.table]]
    values: dict[str, list[_Value]] = {}
    last: list[_Value] | None = None
    for at, token in enumerate(page.encoded.tokens):
        if token.kind is None:
            continue
        weights = page.tags.table[at]
        if weights[tables].sum() >= _CELL:
            table = labels[tables[int(weights[tables].argmax())]]
            if any(r.table == table and _within(token.span, r.span) for r in later):
                continue
            last = values.setdefault(table, [])
            last.append(_Value((at,), table))
        elif last and weights[part] >= _CELL and page.is_torn(last[-1], at):
            last[-1] = replace(last[-1], tokens=(*last[-1].tokens, at))
        elif token.kind is not MentionKind.BLANK:
            last = None  # what follows a number of no cell is no part of the one before
    return values


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _span(table: str, values: Sequence[_Value], page: _Page, segment: Segment) -> Span | None:
    """The region of a table, or that of its values where no region was found."""
    if region := segment.first_regions.get(table):
        return region
    if not values:
        return None
    tokens = page.encoded.tokens
    return tokens[values[0].at].span[0], tokens[values[-1].tokens[-1]].span[1]


def _variant(
    page: _Page, values: Sequence[_Value], span: Span | None, form: Form, table: str
) -> str | None:
    """The variant that rows and columns of the values, and titles in the text, speak for."""
    variants = form.variants[table]
    at = [value.at for value in values]
    weights = dict.fromkeys(variants, 0.0)
    for scores, labels in ((page.tags.row, _Page.rows), (page.tags.column, _Page.columns)):
        own = {
            name: frozenset(labels(page, variant).values()) for name, variant in variants.items()
        }
        for name in variants:
            others = frozenset[int]().union(*(own[other] for other in variants if other != name))
            weights[name] += float(scores[np.ix_(at, sorted(own[name] - others))].sum())
    printed = tell_variant(mask(page.text, span).folded.text, form, table) if span else None
    if printed is not None:
        weights[printed] += _TOLD
    best = max(weights, key=lambda name: weights[name])
    is_told = list(weights.values()).count(weights[best]) == 1 and weights[best] >= _HINT
    return best if is_told else None


def _decode(
    page: _Page, values: Sequence[_Value], span: Span | None, table: Table
) -> TableMentions:
    groups = (
        _side_by_side(page, values, table) if table.side_by_side else _rows(page, values, table)
    )
    mentions = [
        _mention(page, member, table, number)
        for number, group in enumerate(groups)
        for member in _in_order(page, group, table)
    ]
    if span is None:
        return TableMentions(table.id, table.variant, None)
    told = beneath_heads(mentions, page.text, mask(page.text, span), table)
    findings = () if table.side_by_side else tuple(_lost_rows(groups, page, table))
    return TableMentions(table.id, table.variant, span, told, findings)


def _side_by_side(page: _Page, values: Sequence[_Value], table: Table) -> list[list[_Member]]:
    """One line of all values; two if there are so many that the table is printed twice."""
    n_cells = len(table.cells)
    members = [_Member(value, page.tags.row[value.at]) for value in values]
    n_valued = sum(map(page.is_valued, values))
    if n_valued < _DOUBLED * n_cells:
        return [members] if members else []
    seen = np.cumsum([page.is_valued(value) for value in values])
    first = int(np.searchsorted(seen, n_cells)) + 1
    return [members[:first], members[first:]]


def _rows(page: _Page, values: Sequence[_Value], table: Table) -> list[list[_Member]]:
    """The values of each row in reading order; those beyond its width are a line of their own."""
    labels = list(page.rows(table).values())
    widths = [len(cells) for _, cells in table.lines]
    groups: dict[int, list[list[_Member]]] = {}
    for stretch in _stretches(page, values):
        for part, weights in _voted(page, stretch, labels, max(widths)):
            row = int(weights[labels].argmax())
            lines = groups.setdefault(row, [[]])
            n_valued = sum(page.is_valued(m.value) for m in lines[-1])
            if n_valued + sum(map(page.is_valued, part)) > max(widths[row], n_valued):
                lines.append([])
            lines[-1] += [_Member(value, weights) for value in part]
    found = [line for lines in groups.values() for line in lines if line]
    return sorted(found, key=lambda line: line[0].value.at)


def _stretches(page: _Page, values: Sequence[_Value]) -> Iterator[list[_Value]]:
    """The values that no text parts."""
    text = np.cumsum([token.kind is None for token in page.encoded.tokens])
    stretch: list[_Value] = []
    for value in values:
        if stretch and text[value.at] != text[stretch[-1].at]:
            yield stretch
            stretch = []
        stretch.append(value)
    if stretch:
        yield stretch


def _voted(
    page: _Page, stretch: Sequence[_Value], labels: Sequence[int], width: int
) -> Iterator[tuple[list[_Value], Floats]]:
    """The parts of a stretch that belong to one row, with what they say of it together.

    A stretch is one part where most name one row and none is sure of another; else its parts are
    those of neighbours that name the same row.
    """
    scores = page.tags.row[[value.at for value in stretch]]
    own = scores[:, labels]
    named = own.argmax(axis=1)
    most = np.bincount(named).argmax()
    dissent = own[named != most]
    is_row = (
        sum(map(page.is_valued, stretch)) <= width
        and (named == most).mean() >= _AGREE
        and (not len(dissent) or dissent.max() < _SURE)
    )
    cuts = [] if is_row else [i for i in range(1, len(stretch)) if named[i] != named[i - 1]]
    for start, end in zip([0, *cuts], [*cuts, len(stretch)], strict=True):
        yield list(stretch[start:end]), _vote(scores[start:end])


def _vote(scores: Floats) -> Floats:
    """The geometric mean of the rows of `scores`, as probabilities."""
    mean = np.exp(np.log(np.maximum(scores, 1e-6)).mean(axis=0))
    shares: Floats = mean / max(float(mean.sum()), 1e-6)
    return shares


def _in_order(page: _Page, group: Sequence[_Member], table: Table) -> Sequence[_Member]:
    """The members in the order of their cells if they surely stand in another one.

    Numbers that share a cell, or are not sure of theirs, keep the order of the text.
    """
    rank = {
        (f"{table.id}.{cell.row.id}", cell.column.id): number
        for number, cell in enumerate(table.cells)
    }
    rows, columns = page.rows(table), page.columns(table)
    placed = [
        rank.get((_likeliest(member.row, rows), _likeliest(_columns(page, member), columns)), -1)
        for member in group
    ]
    valued = [i for i, member in enumerate(group) if page.is_valued(member.value)]
    sure = all(
        placed[i] >= 0 and _columns(page, group[i])[list(columns.values())].max() >= _SURE
        for i in valued
    )
    ranks = [placed[i] for i in valued]
    if not sure or len(set(ranks)) < len(ranks) or ranks == sorted(ranks):
        return group
    return [group[i] for i in sorted(range(len(group)), key=placed.__getitem__)]


def _columns(page: _Page, member: _Member) -> Floats:
    weights: Floats = page.tags.column[member.value.at]
    return weights


def _likeliest(weights: Floats, labels: _Labels) -> str:
    return max(labels, key=lambda label: float(weights[labels[label]]))


def _mention(page: _Page, member: _Member, table: Table, group: int) -> Mention:
    value = member.value
    columns = _distribution(_columns(page, member), page.columns(table))
    is_cell = float(page.tags.table[value.at][page.tags.labels.tables.index(table.id)])
    stated = sum(p for _, p in columns)
    shrunk = min(1.0, is_cell / stated) if stated else 1.0
    span, raw, numeral = _reading(page, value, table, columns)
    kind = page.encoded.tokens[value.at].kind or MentionKind.NUMBER
    if kind is MentionKind.NUMBER and numeral is None:
        kind = MentionKind.UNREADABLE
    return Mention(
        span=span,
        raw=raw,
        kind=kind,
        value=numeral.value if numeral else None,
        unit=numeral.unit if numeral else None,
        table=((table.id, round(is_cell, 6)),),
        row=_distribution(member.row, page.rows(table)),
        column=tuple((label, round(p * shrunk, 6)) for label, p in columns),
        group=group,
    )


def _distribution(weights: Floats, labels: _Labels) -> Distribution:
    found = [(label, round(float(weights[i]), 6)) for label, i in labels.items()]
    return tuple(sorted((e for e in found if e[1] >= _LEAST), key=lambda entry: -entry[1]))


def _reading(
    page: _Page, value: _Value, table: Table, columns: Distribution
) -> tuple[Span, str, Numeral | None]:
    """Where a value stands with its unit and remark, what is written there and what it spells."""
    tokens = [page.encoded.tokens[i] for i in value.tokens]
    start, end = tokens[0].span[0], tokens[-1].span[1]
    kind = tokens[0].kind
    if kind is MentionKind.BLANK:
        return (start, end), "", None
    if kind is not MentionKind.NUMBER:
        return (start, end), page.text[start:end], None
    if not tokens[-1].alone:
        end += len(_behind(page.text[end : end + _REACH]))
    if not tokens[0].alone and _is_signed(table, columns):
        start -= bool(_SIGNED.search(page.text[max(0, start - 2) : start]))
    raw = page.text[start:end]
    joined = "".join(page.text[slice(*token.span)] for token in tokens)
    whole = parse_numeral(raw) or respelled(raw)
    return (start, end), raw, whole or (parse_numeral(joined) if len(tokens) > 1 else None)


def _behind(text: str) -> str:
    """The unit and the remark in brackets at the start of a text."""
    match = _BEHIND.match(narrow(text))
    return match[0] if match else ""


def _is_signed(table: Table, columns: Distribution) -> bool:
    likely = columns[0][0] if columns else None
    return any(c.signed for block in table.blocks for c in block.columns if c.id == likely)


def _lost_rows(groups: Iterable[Sequence[_Member]], page: _Page, table: Table) -> Iterator[Finding]:
    labels = list(page.rows(table).values())
    found = {int(group[0].row[labels].argmax()) for group in groups}
    rows = [row for block in table.blocks for row in block.rows]
    for index, row in enumerate(rows):
        if index not in found:
            yield lost_row(row, table.lines[index][1])
