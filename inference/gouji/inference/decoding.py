"""Decoding: from the tagger's probabilities to the mentions of every table.

The numbers of a printed row stand together and belong to one row of the form, so they vote on it
together. Columns are left as the tagger gives them: placing is the business of reconciling, and
only the order of the mentions, in which cells have to rise, is settled here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gouji.inference.labels import mask
from gouji.inference.rows import rows_of
from gouji.inference.rules import beneath_heads, doubt_doubled, lost_row
from gouji.inference.values import Page, Value, find_values, read_value
from gouji.inference.variants import complete_variants, tell_variant
from gouji.model.calibration import Floats, LineCalibration
from gouji.model.document import Document
from gouji.model.encoding import Encoded
from gouji.model.findings import Finding, Span
from gouji.model.form import Form, Table
from gouji.model.mention import Distribution, Mention, MentionKind, TableMentions
from gouji.model.segmentation import Segment
from gouji.model.tagger import Tags

_LEAST = 0.001  # labels below this are left out of a distribution
_AGREE = 0.6  # share of a stretch that has to name its row for the others to follow
_SURE = 0.9  # a token surer than this of its own row follows nobody; likewise for columns
_TOLD = 5.0  # what titles that only one revision prints weigh, in cells that only it has
_HINT = 0.5  # evidence below this, in cells, tells no revision
_DOUBLED = 1.5  # a line with this many times the numbers that it has cells is printed twice


@dataclass(frozen=True, slots=True)
class _Member:
    """A value with what is said of its row and column; either is sorted, and may be empty."""

    value: Value
    row: Distribution
    column: Distribution

    @property
    def cell(self) -> tuple[str, str] | None:
        """The labels of the likeliest row and column."""
        return (self.row[0][0], self.column[0][0]) if self.row and self.column else None


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels of one table with their indices in the label set."""

    names: tuple[str, ...]
    index: NDArray[np.intp]


def _labels(names: Iterable[str], index: Mapping[str, int]) -> _Labels:
    once = tuple(dict.fromkeys(names))
    return _Labels(once, np.array([index[name] for name in once], np.intp))


@dataclass(frozen=True)
class _View:
    """What a page says of one variant of a table."""

    page: Page
    table: Table

    @cached_property
    def rows(self) -> _Labels:
        """The labels of the table's rows."""
        return _labels(
            [f"{self.table.id}.{row.id}" for row in rows_of(self.table)], self.page.row_index
        )

    @cached_property
    def columns(self) -> _Labels:
        """The labels of the table's columns."""
        ids = [column.id for block in self.table.blocks for column in block.columns]
        return _labels(ids, self.page.column_index)

    @cached_property
    def rank(self) -> Mapping[tuple[str, str], int]:
        """The place of every cell in the table, by the labels of its row and column."""
        return {
            (f"{self.table.id}.{cell.row.id}", cell.column.id): number
            for number, cell in enumerate(self.table.cells)
        }

    @cached_property
    def signed(self) -> frozenset[str]:
        """The columns whose numbers may have a sign."""
        return frozenset(c.id for block in self.table.blocks for c in block.columns if c.signed)

    def members(self, values: Sequence[Value], row: Floats | None = None) -> list[_Member]:
        """The values with their columns, and with `row` or else each with its own row."""
        shared = None if row is None else _distribution(row, self.rows)
        return [
            _Member(
                value,
                _distribution(self.page.tags.row[value.at], self.rows)
                if shared is None
                else shared,
                _distribution(self.page.tags.column[value.at], self.columns),
            )
            for value in values
        ]


def decode(
    document: Document,
    segment: Segment,
    form: Form,
    encoded: Encoded,
    tags: Tags,
    settled: Mapping[str, str] = MappingProxyType({}),
) -> tuple[TableMentions, ...]:
    """The mentions of every table of the form in one report, in the order of the form.

    `encoded` are the tokens of the segment's text and `tags` what the tagger says of them.
    `settled` has the variants of tables that were read without it: no values are looked for.
    """
    page = Page(document.text, encoded, tags)
    found, doubled = find_values(page, segment)
    values = {table: of_table for table, of_table in found.items() if table not in settled}
    spans = {table: _span(table, values.get(table, ()), page, segment) for table in form.table_ids}
    told = {
        table: variant
        for table, of_table in values.items()
        for variant in [_variant(page, of_table, spans[table], form, table)]
        if variant is not None
    }
    chosen = complete_variants({**told, **settled}, form)
    decoded = (
        _decode(_View(page, form.variants[table][chosen[table]]), values.get(table, ()), span)
        for table, span in spans.items()
    )
    return tuple(doubt_doubled(t) if t.table in doubled else t for t in decoded)


def _span(table: str, values: Sequence[Value], page: Page, segment: Segment) -> Span | None:
    """The region of a table, or that of its values where no region was found."""
    if region := segment.first_regions.get(table):
        return region
    return (page.span(values[0])[0], page.span(values[-1])[1]) if values else None


def _variant(
    page: Page, values: Sequence[Value], span: Span | None, form: Form, table: str
) -> str | None:
    """The variant that rows and columns of the values, and titles in the text, speak for."""
    variants = form.variants[table]
    at = np.array([value.at for value in values], np.intp)
    views = {name: _View(page, variant) for name, variant in variants.items()}
    weights = dict.fromkeys(variants, 0.0)
    for name, view in views.items():
        others = [other for other in views.values() if other is not view]
        rows = _only(view.rows, [other.rows for other in others])
        columns = _only(view.columns, [other.columns for other in others])
        weights[name] += float(page.tags.row[np.ix_(at, rows)].sum())
        weights[name] += float(page.tags.column[np.ix_(at, columns)].sum())
    printed = tell_variant(mask(page.text, span).folded.text, form, table) if span else None
    if printed is not None:
        weights[printed] += _TOLD
    best = max(weights, key=lambda name: weights[name])
    is_told = list(weights.values()).count(weights[best]) == 1 and weights[best] >= _HINT
    return best if is_told else None


def _only(labels: _Labels, others: Iterable[_Labels]) -> NDArray[np.intp]:
    """The indices of the labels that no other has."""
    foreign = {name for other in others for name in other.names}
    return labels.index[[name not in foreign for name in labels.names]]


def _decode(view: _View, values: Sequence[Value], span: Span | None) -> TableMentions:
    table = view.table
    if span is None:
        return TableMentions(table.id, table.variant, None)
    if table.side_by_side:
        groups = _side_by_side(view, values)
    else:
        groups = _believed(_lines(view, values), table, view.page.tags.lines)
    mentions = [
        _mention(view, member, number)
        for number, group in enumerate(groups)
        for member in _in_order(view, group)
    ]
    told = beneath_heads(mentions, view.page.text, mask(view.page.text, span), table)
    findings = () if table.side_by_side else tuple(_lost_rows(groups, table))
    return TableMentions(table.id, table.variant, span, told, findings)


def _side_by_side(view: _View, values: Sequence[Value]) -> list[list[_Member]]:
    """One line of all values; two if there are so many that the table is printed twice."""
    n_cells = len(view.table.cells)
    members = view.members(values)
    n_valued = np.cumsum([not value.is_empty for value in values])
    if not members or n_valued[-1] < _DOUBLED * n_cells:
        return [members] if members else []
    first = int(np.searchsorted(n_valued, n_cells)) + 1
    return [members[:first], members[first:]]


def _lines(view: _View, values: Sequence[Value]) -> list[list[_Member]]:
    """The values of each row in reading order; those beyond its width are a line of their own."""
    widths = [len(cells) for _, cells in view.table.lines]
    labels = view.rows.index
    lines: dict[int, list[list[_Member]]] = {}
    for stretch in _stretches(view.page, values):
        for part, weights in _voted(view.page, stretch, labels, max(widths)):
            row = int(weights[labels].argmax())
            of_row = lines.setdefault(row, [[]])
            n_valued = sum(not member.value.is_empty for member in of_row[-1])
            if n_valued + _n_valued(part) > max(widths[row], n_valued):
                of_row.append([])
            of_row[-1] += view.members(part, weights)
    found = [line for of_row in lines.values() for line in of_row if line]
    return sorted(found, key=lambda line: line[0].value.at)


def is_whole(rows: Iterable[str], table: Table) -> bool:
    """Whether the labels of the rows of lines are those of a table, each once and in order."""
    return list(rows) == [f"{table.id}.{row.id}" for row in rows_of(table)]


def _believed(
    groups: list[list[_Member]], table: Table, lines: LineCalibration
) -> list[list[_Member]]:
    """The lines with their rows as sure as such lines were found to be."""
    whole = is_whole((group[0].row[0][0] for group in groups if group[0].row), table)
    return [
        [replace(member, row=_as_sure(member.row, lines, whole=whole)) for member in group]
        for group in groups
    ]


def _as_sure(row: Distribution, lines: LineCalibration, *, whole: bool) -> Distribution:
    if not row:
        return row
    (label, stated), *others = row
    believed = lines.apply(stated, whole=whole)
    rest = (1 - believed) / max(1 - stated, 1e-9)
    scaled = ((other, round(p * rest, 6)) for other, p in others)
    return ((label, round(believed, 6)), *scaled)


def _n_valued(values: Sequence[Value]) -> int:
    return sum(not value.is_empty for value in values)


def _stretches(page: Page, values: Sequence[Value]) -> Iterator[list[Value]]:
    """The values that no text parts."""
    text = np.cumsum([token.kind is None for token in page.encoded.tokens])
    stretch: list[Value] = []
    for value in values:
        if stretch and text[value.at] != text[stretch[-1].at]:
            yield stretch
            stretch = []
        stretch.append(value)
    if stretch:
        yield stretch


def _voted(
    page: Page, stretch: Sequence[Value], labels: NDArray[np.intp], width: int
) -> Iterator[tuple[Sequence[Value], Floats]]:
    """The parts of a stretch that belong to one row, with what they say of it together.

    A stretch is one part where most name one row and none is sure of another; else its parts are
    those of neighbours that name the same row.
    """
    scores = page.tags.row[[value.at for value in stretch]]
    named = scores[:, labels].argmax(axis=1)
    if _is_one_row(scores[:, labels], named) and _n_valued(stretch) <= width:
        cuts = []
    else:
        cuts = [i for i in range(1, len(stretch)) if named[i] != named[i - 1]]
    for start, end in zip([0, *cuts], [*cuts, len(stretch)], strict=True):
        yield stretch[start:end], _vote(scores[start:end])


def _is_one_row(scores: Floats, named: NDArray[np.intp]) -> bool:
    follows = named == np.bincount(named).argmax()
    dissent = scores[~follows]
    return bool(follows.mean() >= _AGREE and dissent.max(initial=0.0) < _SURE)


def _vote(scores: Floats) -> Floats:
    """The geometric mean of the rows of `scores`, as probabilities."""
    mean: Floats = np.exp(np.log(np.maximum(scores, 1e-6)).mean(axis=0))
    return mean if len(scores) == 1 else mean / mean.sum()


def _in_order(view: _View, group: Sequence[_Member]) -> Sequence[_Member]:
    """The members in the order of their cells if they surely stand in another one.

    Numbers that share a cell, or are not sure of theirs, keep the order of the text.
    """
    placed = [view.rank.get(member.cell, -1) if member.cell else -1 for member in group]
    valued = [i for i, member in enumerate(group) if not member.value.is_empty]
    ranks = [placed[i] for i in valued]
    sure = all(placed[i] >= 0 and group[i].column[0][1] >= _SURE for i in valued)
    if not sure or len(set(ranks)) < len(ranks) or ranks == sorted(ranks):
        return group
    return [group[i] for i in sorted(range(len(group)), key=placed.__getitem__)]


def _mention(view: _View, member: _Member, group: int) -> Mention:
    tags = view.page.tags
    is_cell = float(tags.table[member.value.at, tags.labels.tables.index(view.table.id)])
    signed = bool(member.column) and member.column[0][0] in view.signed
    span, raw, numeral = read_value(view.page, member.value, signed=signed)
    kind = member.value.kind
    if kind is MentionKind.NUMBER and numeral is None:
        kind = MentionKind.UNREADABLE
    return Mention(
        span=span,
        raw=raw,
        kind=kind,
        value=numeral.value if numeral else None,
        unit=numeral.unit if numeral else None,
        table=((view.table.id, round(is_cell, 6)),),
        row=member.row,
        column=_within(member.column, is_cell),
        group=group,
    )


def _within(distribution: Distribution, total: float) -> Distribution:
    """The distribution, scaled down if it says more than `total`."""
    stated = sum(p for _, p in distribution)
    if stated <= total:
        return distribution
    return tuple((label, round(p * total / stated, 6)) for label, p in distribution)


def _distribution(weights: Floats, labels: _Labels) -> Distribution:
    found = weights[labels.index]
    kept = np.flatnonzero(found >= _LEAST)
    order = kept[np.argsort(-found[kept], kind="stable")].tolist()
    return tuple((labels.names[i], round(float(found[i]), 6)) for i in order)


def _lost_rows(groups: Sequence[Sequence[_Member]], table: Table) -> Iterator[Finding]:
    found = {group[0].row[0][0] for group in groups if group[0].row}
    for row, (_, cells) in zip(rows_of(table), table.lines, strict=True):
        if f"{table.id}.{row.id}" not in found:
            yield lost_row(row, cells)
