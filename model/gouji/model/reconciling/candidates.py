"""Candidates: from mentions with distributions to the readings of every line of a table."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gouji.model.errors import ConfigError
from gouji.model.findings import Finding, finding
from gouji.model.form import Cell, Table
from gouji.model.mention import Mention, MentionKind, Number, TableMentions
from gouji.model.numerals import amount_of, is_torn, parse_numeral
from gouji.model.reading import (
    Candidate,
    Line,
    Observation,
    Origin,
    Placement,
    Reading,
    TableReadings,
    cost_of,
)
from gouji.model.reconciling.placing import place
from gouji.model.reconciling.settings import ReconcilingSettings
from gouji.model.reconciling.shifts import inner_equations, pushed_along, run_together

_UNIT_FACTORS = {("元", "万元"): (1, 10_000), ("万元", "元"): (10_000, 1)}
_MONEY = frozenset({"元", "万元"})
_FEW = 3  # fewer stray numbers than this never are a second table
_RIVAL = 0.5  # the claim of a line where a second table may hold the true one
_SIGNS = frozenset("+-−增减減负負▲＋－")


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of a printed line, the mentions that claim it, and how sure the claim is.

    In a `sparse` line a cell without a number is a zero that was not printed.
    """

    id: str
    cells: tuple[Cell, ...]
    mentions: tuple[Mention, ...]
    claim: float
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """The readings of a table and what was noticed on the way."""

    readings: TableReadings
    findings: tuple[Finding, ...] = field(default=())


def assemble(
    table: Table,
    mentions: TableMentions,
    settings: ReconcilingSettings,
    corrections: Mapping[str, Number | None] | None = None,
) -> Assembled:
    """The readings of every line of the table, in the order of the form.

    A group of mentions goes to the line that it most likely is; where two claim one line the
    surer one has it, and the numbers of the other are stray (finding T003). A cell in
    `corrections` has the confirmed amount and no other. Where half as many numbers are stray as
    found a place, the table may stand there twice, and no line is sure.

    Raises:
        ConfigError: a correction is no whole number of its cell's smallest units.
    """
    lines, stray = _claim(table, mentions.mentions)
    observed = tuple(_observation(m) for m in stray if m.kind is MentionKind.NUMBER)
    n_placed = sum(m.kind is MentionKind.NUMBER for line in lines for m in line.mentions)
    if len(observed) >= max(_FEW, n_placed / 2):
        lines = [replace(line, claim=min(line.claim, _RIVAL)) for line in lines]
    if _leaves_zeros_out(table, lines, settings):
        lines = [replace(line, sparse=_is_sparse(line, table)) for line in lines]
    readings = TableReadings(
        table=table.id,
        variant=table.variant,
        lines=tuple(_line(line, table, settings, corrections or {}) for line in lines),
        found=mentions.span is not None,
        stray=observed,
    )
    findings = tuple(
        finding(
            "T003",
            f"表中的数“{stray.raw}”不属于任何一格",
            f"the number {stray.raw!r} in the table belongs to no cell",
            span=stray.span,
        )
        for stray in observed
    )
    return Assembled(readings, findings)


def _claim(table: Table, mentions: Sequence[Mention]) -> tuple[list[_Line], list[Mention]]:
    groups: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.group].append(mention)
    claims: dict[str, tuple[float, int]] = {}
    for number, group in groups.items():
        line, p = _most_likely_line(table, group)
        if p >= 0.5 and p > claims.get(line, (0.0, 0))[0]:
            claims[line] = (p, number)
    lines = [
        _Line(line, cells, tuple(groups[claims[line][1]]), claims[line][0])
        if line in claims
        else _Line(line, cells, (), 1.0)
        for line, cells in table.lines
    ]
    kept = {number for _, number in claims.values()}
    return lines, [m for number, group in groups.items() if number not in kept for m in group]


def _most_likely_line(table: Table, group: Sequence[Mention]) -> tuple[str, float]:
    """(line id, probability): the mean over the group of what its rows give to each line.

    A table of a single line leaves no choice between lines: there the surest mention tells.
    """
    if len(table.lines) == 1:
        return table.lines[0][0], max(sum(p for _, p in mention.row) for mention in group)
    line_of = {_row(cell): line for line, cells in table.lines for cell in cells}
    weights = dict.fromkeys((line for line, _ in table.lines), 0.0)
    for mention in group:
        for row, p in mention.row:
            if row in line_of:
                weights[line_of[row]] += p
    line = max(weights, key=lambda line: weights[line])
    return line, weights[line] / len(group)


def _row(cell: Cell) -> str:
    return f"{cell.table}.{cell.row.id}"


def _line(
    line: _Line,
    table: Table,
    settings: ReconcilingSettings,
    corrections: Mapping[str, Number | None],
) -> Line:
    is_short = len(line.mentions) < len(line.cells)
    mentions = tuple(map(_untold, line.mentions)) if is_short else line.mentions
    fits = _own_sums(line, table) if line.sparse else None
    assignments, complete = place(line.cells, mentions, settings, fits)
    pushed = pushed_along(line.cells, assignments[0], table.equations, settings)
    least = assignments[0].cost
    assignments += pushed
    assignments += run_together(line.cells, mentions, least, table.equations, settings)
    placements = tuple(
        Placement(
            assignment.cost,
            tuple(
                _reading(cell, assignment.mentions.get(i), line.sparse, settings, corrections)
                for i, cell in enumerate(line.cells)
            ),
        )
        for assignment in assignments
    )
    complete = complete and (is_short or not _may_be_shifted(line))
    n_valued = sum(mention.kind is not MentionKind.BLANK for mention in mentions)
    return Line(
        line.id,
        placements,
        complete,
        line.claim,
        crowded=n_valued > len(line.cells),
        pushed=bool(pushed),
        sparse=line.sparse,
    )


def _leaves_zeros_out(table: Table, lines: Sequence[_Line], settings: ReconcilingSettings) -> bool:
    """Whether the table prints no zeros, nor marks for them, and lacks numbers in its lines.

    The sums within most of these lines must hold with zeros for what they lack.
    """
    mentions = [m for line in lines for m in line.mentions if m.kind is not MentionKind.BLANK]
    if not mentions or any(m.kind is not MentionKind.NUMBER or not m.value for m in mentions):
        return False
    lacking = [line for line in lines if line.mentions and _is_sparse(line, table)]
    fitting = [line for line in lacking if _fits_sparsely(line, table, settings)]
    lost = sum(len(line.cells) - len(line.mentions) for line in lacking)
    return lost >= _FEW and len(fitting) > len(lacking) / 2


def _is_sparse(line: _Line, table: Table) -> bool:
    """Whether a line has fewer numbers than cells, no trace of the others, and sums for them all.

    Without sums a number that is not there may as well have been lost.
    """
    blanks = any(mention.kind is MentionKind.BLANK for mention in line.mentions)
    tied = {cell for equation in table.equations for _, cell in equation.terms}
    return (
        not blanks
        and len(line.mentions) < len(line.cells)
        and all(cell.id in tied for cell in line.cells)
    )


def _fits_sparsely(line: _Line, table: Table, settings: ReconcilingSettings) -> bool:
    fits = _own_sums(line, table)
    return fits(place(line.cells, line.mentions, settings, fits)[0][0].mentions)


def _own_sums(line: _Line, table: Table) -> Callable[[Mapping[int, Mention]], bool]:
    """Whether all numbers of a sparse line are laid, and the sums within the line hold."""
    index = {cell.id: i for i, cell in enumerate(line.cells)}
    own = [equation.terms for equation in inner_equations(line.cells, table.equations)]

    def hold(laid: Mapping[int, Mention]) -> bool:
        values = {i: mention.value or 0 for i, mention in laid.items()}
        if len(values) < len(line.mentions):
            return False
        return all(sum(sign * values.get(index[c], 0) for sign, c in terms) == 0 for terms in own)

    return hold


def _untold(mention: Mention) -> Mention:
    """A mention of a line that has fewer mentions than cells: what is torn there tells nothing.

    It may as well be two numbers that have lost the boundary between them.
    """
    if not _is_torn(mention):
        return mention
    return replace(mention, kind=MentionKind.UNREADABLE, value=None)


def _may_be_shifted(line: _Line) -> bool:
    """Whether only empty cells fill up a line with a torn number.

    If that is two numbers, an empty cell too many, as beside a label, hides that one is missing,
    and the others stand in the wrong places.
    """
    n_valued = sum(mention.kind is not MentionKind.BLANK for mention in line.mentions)
    return n_valued < len(line.cells) and any(map(_is_torn, line.mentions))


def _is_torn(mention: Mention) -> bool:
    may_be = mention.kind in (MentionKind.NUMBER, MentionKind.UNREADABLE)
    return may_be and parse_numeral(mention.raw) is None and is_torn(mention.raw)


def _observation(mention: Mention) -> Observation:
    return Observation(mention.span, mention.raw, mention.kind, mention.value)


def _reading(
    cell: Cell,
    mention: Mention | None,
    is_sparse: bool,
    settings: ReconcilingSettings,
    corrections: Mapping[str, Number | None],
) -> Reading:
    observation = _observation(mention) if mention else None
    if cell.id in corrections:
        return Reading(cell.id, observation, (_corrected(cell, corrections[cell.id]),), None)
    lost = mention is None and not is_sparse
    if lost or (mention and mention.kind is MentionKind.UNREADABLE):
        return Reading(cell.id, observation, (), 0)
    if mention and mention.kind is MentionKind.NUMBER:
        change = _change(mention, settings)
        return Reading(cell.id, observation, _number(cell, mention, settings), *change)
    zero = Candidate(0, settings.blank_zero_cost, Origin.BLANK_ZERO)
    return Reading(cell.id, observation, (zero,), settings.blank_number_cost)


def _corrected(cell: Cell, value: Number | None) -> Candidate:
    if value is None:
        return Candidate(0, 0, Origin.CORRECTED_BLANK)
    amount = amount_of(value, cell.scale)
    if amount is None:
        raise ConfigError(f"更正：单元格 {cell.id} 不能为 {value}")
    return Candidate(amount, 0, Origin.CORRECTION)


def _change(mention: Mention, settings: ReconcilingSettings) -> tuple[int, Origin | None]:
    """The price of any other amount, and who is to blame: whatever is likelier."""
    rest = 1 - sum(p for _, p in mention.recognised) if mention.recognised else 0.0
    unlisted = rest * settings.unlisted
    if unlisted > settings.misprint:
        return cost_of(unlisted), Origin.MISREAD
    return settings.misprint_cost, None


def _number(cell: Cell, mention: Mention, settings: ReconcilingSettings) -> tuple[Candidate, ...]:
    """The amounts that a printed number may be in its cell; nothing if it can't stand there.

    A number that the mention does not spell as it stands is a reading of it, with its price. So is
    whatever else a recogniser may have seen.
    """
    if mention.value is None or not _suits(cell, mention):
        return ()
    if not mention.recognised:
        return _converted(cell, mention, mention.value, 0, settings)
    return tuple(
        candidate
        for value, p in mention.recognised
        for candidate in _converted(cell, mention, value, cost_of(p), settings)
    )


def _converted(
    cell: Cell, mention: Mention, value: Number, cost: int, settings: ReconcilingSettings
) -> tuple[Candidate, ...]:
    """The amount of one value in the cell's unit, if it is a whole number of smallest units."""
    units = (mention.unit or "", cell.column.unit or "")
    numerator, denominator = _UNIT_FACTORS.get(units, (1, 1))
    origin = Origin.CONVERTED if units in _UNIT_FACTORS else Origin.PRINTED
    scaled = amount_of(value, cell.scale * numerator)
    if scaled is None or scaled % denominator or (scaled < 0 and not cell.column.signed):
        return ()
    amount = scaled // denominator
    if parse_numeral(mention.raw) is None:
        return (Candidate(amount, cost + settings.respelled_cost, Origin.MISREAD),)
    if value != mention.value:
        origin = Origin.MISREAD
    return (Candidate(amount, cost, origin),)


def _suits(cell: Cell, mention: Mention) -> bool:
    """Whether the unit and the sign beside a number may stand in the cell's column."""
    column = cell.column
    is_money = column.unit in _MONEY or column.unit_as_printed
    if mention.unit is not None and (mention.unit in _MONEY) != is_money:
        return False
    return column.signed or mention.raw.lstrip()[:1] not in _SIGNS
