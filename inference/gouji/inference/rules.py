"""The rule extractor: rows by their labels, columns by counting.

It fills the same Mentions as a trained tagger and stays beside one as baseline and second opinion.
Its probabilities are stated, not calibrated (`Trust`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gouji.inference.columns import column_distributions
from gouji.inference.heads import permuted_rows, printed_units
from gouji.inference.labels import Masked, mask, row_forms
from gouji.inference.rows import RowHit, find_headings, find_rows, rows_of
from gouji.inference.slots import Slot, cut_lines, find_slots
from gouji.inference.variants import complete_variants, tell_variant
from gouji.model.document import Document
from gouji.model.findings import Finding, Span, finding
from gouji.model.form import Cell, Form, Row, Table
from gouji.model.mention import Distribution, Mention, TableMentions
from gouji.model.segmentation import Segment
from gouji.model.separator import cell_separator


@dataclass(frozen=True, slots=True)
class Trust:
    """How sure the rules are of what they do, as probabilities."""

    exact_label: float = 0.999
    no_label: float = 0.985  # the only line without a label where only one row is missing
    listed_label: float = 0.95  # several labels in a row, then as many lines
    doubted: float = 0.6  # columns in another order, or a table that stands there twice
    damage: float = 0.1  # what a label loses in trust for what it loses in similarity


TRUST = Trust()


@dataclass(frozen=True, slots=True)
class _Group:
    """Slots that follow one label; `rows` weighs the rows that they may belong to."""

    rows: tuple[tuple[int, float], ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class _Stop:
    """A label in the raw text: of row `row`, or a heading (None); `label` is its folded text."""

    span: Span
    row: int | None
    score: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Orphan:
    """A line whose row is told by its place; `label` is that of the heading right before it.

    Some titles are those of a row and of a column (`其他`, `总计`), and are taken for headings.
    """

    slots: tuple[Slot, ...]
    label: str = ""


_Contents = Sequence[tuple[_Stop, list[list[Slot]]]]


def tag_tables(document: Document, segment: Segment, form: Form) -> tuple[TableMentions, ...]:
    """The mentions of every table of the form in one report, in the order of the form."""
    regions = segment.first_regions
    masked = {table: mask(document.text, span) for table, span in regions.items()}
    told = {
        table: variant
        for table in regions
        for variant in [tell_variant(masked[table].folded.text, form, table)]
        if variant is not None
    }
    chosen = complete_variants(told, form)
    tagged = (
        _tag(document.text, regions[table], masked[table], form.variants[table][chosen[table]])
        if table in regions
        else TableMentions(table, chosen[table], None)
        for table in form.table_ids
    )
    return tuple(doubt_doubled(t) if t.table in segment.doubled else t for t in tagged)


def doubt_doubled(tagged: TableMentions) -> TableMentions:
    """The first of several tables of one kind: nothing tells which of them is meant."""
    note = finding(
        "S008",
        "同一张表在报告中出现多次，只读了第一次出现的，须核对",
        f"table {tagged.table} stands in the report more than once; the first was read",
        span=tagged.span,
    )
    mentions = tuple(_doubted(mention) for mention in tagged.mentions)
    return replace(tagged, mentions=mentions, findings=(*tagged.findings, note))


def _tag(text: str, region: Span, masked: Masked, table: Table) -> TableMentions:
    rows = find_rows(masked.folded.text, table)
    stops = _stops(text, masked, table, rows)
    marks = sorted(
        {t.span for t in masked.tokens} | {stop.span for stop in stops if stop.row is None}
    )
    separator = cell_separator(text, marks)
    contents = _contents(text, region, masked, table, stops, separator)
    groups = (
        _side_by_side(contents, len(table.cells))
        if table.side_by_side
        else _by_row(contents, table)
    )
    mentions = beneath_heads(_mentions(groups, table), text, masked, table)
    findings = () if table.side_by_side else tuple(_lost_rows(groups, table))
    return TableMentions(table.id, table.variant, region, mentions, findings)


def beneath_heads(
    mentions: Iterable[Mention], text: str, masked: Masked, table: Table
) -> tuple[Mention, ...]:
    """The mentions with what the column titles say: a unit of the page, an order in doubt.

    `masked` is the table's region of the text.
    """
    rows = find_rows(masked.folded.text, table)
    permuted = frozenset() if table.side_by_side else permuted_rows(masked, table, rows)
    units = printed_units(text, masked, table, rows)
    index = {f"{table.id}.{row.id}": i for i, row in enumerate(rows_of(table))}
    seen: list[Mention] = []
    for mention in mentions:
        row = index[mention.row[0][0]] if mention.row else -1
        unit = units.get(row, {}).get(mention.column[0][0]) if mention.column else None
        is_told = unit is not None and mention.unit is None and mention.value is not None
        told = replace(mention, unit=unit) if is_told else mention
        seen.append(_doubted(told) if row in permuted else told)
    return tuple(seen)


def _doubted(mention: Mention) -> Mention:
    row = tuple((label, round(p * TRUST.doubted, 6)) for label, p in mention.row)
    return replace(mention, row=row)


def _stops(text: str, masked: Masked, table: Table, hits: Sequence[RowHit]) -> list[_Stop]:
    """Every label in the region, in reading order, none overlapping another."""
    folded = masked.folded
    rows = [(h.start, h.end, h.index, h.score) for h in hits]
    headings = [
        (h.start, h.end, None, 1.0)
        for h in find_headings(folded.text, table)
        if not any(start < h.end and h.start < end for start, end, _, _ in rows)
    ]
    numbers = {token.span[1]: token for token in masked.tokens}
    forms = {form for row in rows_of(table) for form in row_forms(row)}
    stops = []
    for start, end, row, score in sorted([*rows, *headings], key=lambda stop: stop[:2]):
        label, span = folded.text[start:end], folded.span(start, end)
        number = numbers.get(_before_blanks(text, span[0]))
        if number and f"{number.raw}{label}" in forms and _begins_cell(text, number.span[0]):
            span = (number.span[0], span[1])  # `2 其他`: no value, but the number of the row
        stops.append(_Stop(span, row, score, label))
    return stops


def _begins_cell(text: str, start: int) -> bool:
    end = _before_blanks(text, start)
    return end == 0 or text[end - 1] in "\n\t|"


def _before_blanks(text: str, at: int) -> int:
    """Where the blanks begin that end at a place of the text."""
    while at and text[at - 1] == " ":
        at -= 1
    return at


def _contents(
    text: str,
    region: Span,
    masked: Masked,
    table: Table,
    stops: Sequence[_Stop],
    separator: str | None,
) -> _Contents:
    """Per label the groups of slots behind it; the stretch before the first is a heading's."""
    widths = _widths(table)
    starts = [_Stop((region[0], region[0]), None, 1.0), *stops]
    ends = [stop.span[0] for stop in stops] + [region[1]]
    contents = []
    for stop, end in zip(starts, ends, strict=True):
        span = (stop.span[1], max(end, stop.span[1]))
        tokens = [t for t in masked.tokens if span[0] <= t.span[0] and t.span[1] <= span[1]]
        n_cells = len(table.cells) if table.side_by_side else widths[stop.row or 0]
        contents.append((stop, find_slots(text, span, tokens, separator, n_cells)))
    return contents


def _side_by_side(contents: _Contents, n_cells: int) -> list[_Group]:
    """The only line with a value for each cell, else one line of all slots that stand with values.

    So the numbers of a sentence beside the table are no part of it. Without any values, the empty
    slots at the end are the line if there are enough of them; fewer are the rest of the titles.
    Rows that stand one above the other with all their cells are the line, whichever are empty.
    """
    if stacked := _stacked(contents, n_cells):
        return [_Group(((0, 1.0),), stacked)]
    groups = [group for _, of_label in contents for group in of_label]
    valued = [group for group in groups if any(slot.token for slot in group)]
    full = [group for group in valued if sum(slot.token is not None for slot in group) == n_cells]
    if len(full) == 1:
        valued = full
    empty = [group for group in groups[-1:] if len(group) >= n_cells]
    slots = tuple(slot for group in valued or empty for slot in group)
    return [_Group(((0, 1.0),), slots)] if slots else []


def _stacked(contents: _Contents, n_cells: int) -> tuple[Slot, ...]:
    """The slots of rows one above the other if each has all its cells, in the form's order."""
    lines = [(stop.row, g[0]) for stop, g in contents if stop.row is not None and len(g) == 1]
    size = n_cells / max(1, len(lines))
    if any(row != i or len(slots) != size for i, (row, slots) in enumerate(lines)):
        return ()
    return tuple(slot for _, slots in lines for slot in slots)


def _by_row(contents: _Contents, table: Table) -> list[_Group]:
    """The groups with the rows that they may belong to, in reading order.

    Lines behind a heading, or more lines than labels, have lost their labels: they belong to the
    rows that are missing at their place.
    """
    widths = _widths(table)
    claimed = {stop.row for stop, _ in contents if stop.row is not None}
    groups: list[_Group] = []
    orphans: list[_Orphan] = []
    pending: list[_Stop] = []
    last = -1
    for stop, of_label in contents:
        width = widths[stop.row or 0]
        lines = cut_lines(of_label, width)
        if stop.row is not None:
            groups += _adopt(orphans, _missing(last, stop.row, claimed), table)
            orphans, last = [], stop.row
            pending.append(stop)
            if not lines:
                continue
            glued = len(lines) > len(of_label) or max(map(len, lines)) >= 2 * width > 2
            labelled, lines = _pair(pending, lines, glued=glued)
            groups += labelled
            pending = []
        labels = ["" if stop.row is not None else stop.label, *[""] * len(lines)]
        orphans += [
            _Orphan(line, label)
            for line, label in zip(lines, labels, strict=False)
            if sum(slot.token is not None for slot in line) > 1
        ]
    groups += [_Group(((stop.row or 0, TRUST.exact_label),), ()) for stop in pending]
    return groups + _adopt(orphans, _missing(last, len(widths), claimed), table)


def _pair(
    labels: Sequence[_Stop], lines: Sequence[tuple[Slot, ...]], *, glued: bool
) -> tuple[list[_Group], list[tuple[Slot, ...]]]:
    """Labels that stand together with the lines behind them; and the lines that are left over.

    As many lines as labels follow the order of the labels. A single line belongs to the last
    label: the rows before it are empty. The first of several lines is that of a single label,
    but less surely so if they are `glued`: two years side by side, or two rows of which one has
    lost its label. In all other cases nothing tells which is whose.
    """
    if 1 < len(labels) == len(lines):
        trusts = [TRUST.listed_label] * len(labels)
        return _labelled(labels, trusts, lines), []
    if len(labels) == 1 or len(lines) == 1:
        padded = [()] * (len(labels) - 1) + [lines[0]]
        trusts = [TRUST.exact_label] * (len(labels) - 1)
        trusts.append(TRUST.listed_label if glued else TRUST.exact_label)
        return _labelled(labels, trusts, padded), list(lines[1:])
    rows = tuple((stop.row or 0, 1 / len(labels)) for stop in labels)
    return [_Group(rows, line) for line in lines], []


def _labelled(
    labels: Sequence[_Stop], trusts: Sequence[float], lines: Sequence[tuple[Slot, ...]]
) -> list[_Group]:
    return [
        _Group(((stop.row or 0, trust - TRUST.damage * (1 - stop.score)),), line)
        for stop, trust, line in zip(labels, trusts, lines, strict=True)
    ]


def _widths(table: Table) -> list[int]:
    return [len(block.columns) for block in table.blocks for _ in block.rows]


def _missing(after: int, before: int, claimed: set[int]) -> list[int]:
    return [row for row in range(after + 1, before) if row not in claimed]


def _adopt(orphans: Sequence[_Orphan], missing: Sequence[int], table: Table) -> list[_Group]:
    """Lines without labels, given to the missing rows in order; spread where the counts differ."""
    if len(orphans) == len(missing):
        trust = TRUST.no_label if len(missing) == 1 else TRUST.listed_label
        own = [row_forms(rows_of(table)[row]) for row in missing]
        return [
            _Group(((row, TRUST.exact_label if orphan.label in forms else trust),), orphan.slots)
            for row, orphan, forms in zip(missing, orphans, own, strict=True)
        ]
    spare = len(missing) - len(orphans)
    groups: list[_Group] = []
    for i, orphan in enumerate(orphans):
        rows = missing[max(0, i + min(spare, 0)) : i + max(spare, 0) + 1]
        weighed = tuple((row, TRUST.no_label / len(rows)) for row in rows)
        groups.append(_Group(weighed, orphan.slots))
    return groups


def _mentions(groups: Sequence[_Group], table: Table) -> Iterable[Mention]:
    lines = [cells for _, cells in table.lines]
    line_of = [cells[0].row.id for cells in lines]
    placed = column_distributions([(g.rows, g.slots) for g in groups], table)
    for number, (group, columns) in enumerate(zip(groups, placed, strict=True)):
        for slot, places in zip(group.slots, columns, strict=True):
            if not places and slot.token is None:
                continue
            rows, column = _labels(group.rows, places, table, line_of)
            yield _mention(slot, table.id, rows, column, number)


def _labels(
    rows: Sequence[tuple[int, float]],
    places: Sequence[tuple[int, float]],
    table: Table,
    line_of: Sequence[str],
) -> tuple[Distribution, Distribution]:
    """Row and column distributions from the line and the places within it."""
    cells = table.lines[rows[0][0] if rows else 0][1]
    row: dict[str, float] = {}
    column: dict[str, float] = {}
    for place, p in places:
        cell = cells[place]
        column[cell.column.id] = column.get(cell.column.id, 0.0) + p
        row[cell.row.id] = row.get(cell.row.id, 0.0) + p
    if not table.side_by_side:
        row = {line_of[index]: p for index, p in rows}
    return _ranked(row, f"{table.id}."), _ranked(column)


def _ranked(weights: dict[str, float], prefix: str = "") -> Distribution:
    return tuple(
        (prefix + label, round(p, 6))
        for label, p in sorted(weights.items(), key=lambda entry: -entry[1])
    )


def _mention(
    slot: Slot, table: str, row: Distribution, column: Distribution, group: int
) -> Mention:
    numeral = slot.token.numeral if slot.token else None
    return Mention(
        span=slot.span,
        raw=slot.token.raw if slot.token else "",
        kind=slot.kind,
        value=numeral.value if numeral else None,
        unit=numeral.unit if numeral else None,
        table=((table, 1.0),),
        row=row,
        column=column,
        group=group,
    )


def _lost_rows(groups: Sequence[_Group], table: Table) -> Iterable[Finding]:
    labelled = {
        group.rows[0][0] for group in groups if group.rows and group.rows[0][1] > TRUST.no_label
    }
    for index, row in enumerate(rows_of(table)):
        if index not in labelled:
            yield lost_row(row, table.lines[index][1])


def lost_row(row: Row, cells: Sequence[Cell]) -> Finding:
    """The finding that a row of a table was not found."""
    return finding(
        "T001",
        f"没有找到行“{row.title}”的行名",
        f"the label of row {row.id} was not found",
        cells=tuple(cell.id for cell in cells),
    )
