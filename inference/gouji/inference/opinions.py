"""Two opinions, a trained model and the rules, made into one.

They are compared line by line: which number goes to which cell. Where they agree, the surer of
them is kept. Where they do not, either is trusted as far as it was found to be right in such
cases, and their distributions are averaged with these weights (a linear opinion pool: Stone, The
Opinion Pool, 1961), so that the sums can choose and what is left open is seen to be open.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise

from gouji.inference.confirmation import CLEAR, COUNTED, certainty
from gouji.model.calibration import Opinions, Trust
from gouji.model.findings import Finding, Span
from gouji.model.form import Equation, Form, Table
from gouji.model.mention import Distribution, Mention, MentionKind, TableMentions

_TRIED = 0.05  # a label less likely than this in the pool is left out of it
_LEAST = 0.02  # an opinion trusted less than this adds no number that the other one leaves out
_MANY = 3  # lines with other numbers
_MOST_DISPUTED = 0.25  # share of the lines in which both have numbers
_SURE = 0.9  # the model is at least as sure as this of its row and column
_SHOWN = 0.6  # a line that the model knows nothing of is shown with this certainty at least
_NUMBERS = frozenset((MentionKind.NUMBER, MentionKind.UNREADABLE))

Numbers = Mapping[str, Mention]
"""The numbers of a line by the cell that they most likely stand in."""


@dataclass(frozen=True, slots=True)
class LineOpinions:
    """What either opinion says of a printed line.

    `line` is TABLE.ROW, or TABLE where all rows stand on one line. `condition` names the case for
    which the trust in either is measured, `TABLE.COUNT.LABEL.SUM.MODEL`: whether counting settled
    the columns for the rules (`full`), left them open (`part`) or found no number (`none`); whether
    the label was `clear` or `damaged` to them; whether the line, so counted, adds up (`holds`),
    does not (`open`) or is nothing but `zeros`; and whether the model was `sure` of every row and
    column or `unsure`. Parts that do not apply are left out.
    """

    line: str
    condition: str
    agree: bool
    model: Numbers
    rules: Numbers

    @property
    def rules_silent(self) -> bool:
        """Whether the rules know of no number in the line."""
        return not self.rules


@dataclass(frozen=True, slots=True)
class _Views:
    """The mentions of both in the lines of a table.

    `same` holds, by the spans of the model's mentions, what the rules have for the same number;
    `met` the spans of the rules' mentions that share a character with one of the model's.
    """

    table: Table
    line_of: Mapping[str, str]
    model: TableMentions
    rules: TableMentions
    same: Mapping[Span, Mention]
    met: frozenset[Span]

    def line(self, mention: Mention) -> str | None:
        """The line of the row that a mention most likely stands in."""
        return self.line_of.get(mention.row[0][0]) if mention.row else None

    def cell(self, mention: Mention) -> str | None:
        """The cell that a mention most likely stands in."""
        if not mention.row or not mention.column:
            return None
        cell = f"{mention.row[0][0]}.{mention.column[0][0]}"
        return cell if cell in self.table.cell else None


def compare(model: TableMentions, rules: TableMentions, form: Form) -> tuple[LineOpinions, ...]:
    """What either says of every line of the model's variant in which one has a number."""
    return tuple(_compared(_views(model, rules, form)))


def pooled(
    model: TableMentions, rules: TableMentions, form: Form, opinions: Opinions
) -> TableMentions:
    """The mentions of a table that both opinions together lead to; the variant is the model's.

    A line of whose numbers the rules know nothing is the model's. So are the lines of a table that
    the two read otherwise as a whole, but for those in dispute.
    """
    views = _views(model, rules, form)
    lines = {line.line: line for line in _compared(views)}
    merge = partial(_merged, views=views, opinions=opinions)
    if _is_at_odds(lines.values()):
        merge = partial(_disputed, views=views)
        opinions = Opinions()
    groups = [
        merge(group, lines.get(line or ""))
        for group in _grouped(model.mentions)
        for line in [_majority(group, views)]
    ]
    groups += _left_over(lines, views, opinions)
    mentions = tuple(
        mention if mention.group == number else replace(mention, group=number)
        for number, group in enumerate(groups)
        for mention in group
    )
    span = model.span or (rules.span if mentions else None)
    return replace(model, span=span, mentions=mentions, findings=_findings(model, rules))


def _is_at_odds(lines: Iterable[LineOpinions]) -> bool:
    """Whether so many lines have other numbers for the two that it is no matter of single lines.

    One of them then has misread the table, such as titles for those of the next row, and what was
    measured on single lines says nothing about which. Where they place the same numbers in other
    columns, the sums of each line speak for one of them.
    """
    both = [line for line in lines if line.model and line.rules and not _is_idle(line)]
    n_moved = sum(_is_moved(line) for line in both)
    return n_moved >= _MANY and n_moved > _MOST_DISPUTED * len(both)


def _is_moved(line: LineOpinions) -> bool:
    """Whether the two have no number of the line in common."""
    taken = {i for mention in line.rules.values() for i in range(*mention.span)}
    return not any(taken.intersection(range(*mention.span)) for mention in line.model.values())


def _views(model: TableMentions, rules: TableMentions, form: Form) -> _Views:
    table = form.variants[model.table][model.variant]
    line_of = {f"{cell.table}.{cell.row.id}": line for line, cells in table.lines for cell in cells}
    at = {i: m for m in rules.mentions for i in range(*m.span) if m.kind is not MentionKind.BLANK}
    same: dict[Span, Mention] = {}
    met: set[Span] = set()
    for mention in model.mentions:
        others = {at[i].span: at[i] for i in range(*mention.span) if i in at}
        met.update(others)
        if len(others) == 1:
            other = next(iter(others.values()))
            if (other.kind, other.value) == (mention.kind, mention.value):
                same[mention.span] = other
    return _Views(table, line_of, model, rules, same, frozenset(met))


def _compared(views: _Views) -> Iterator[LineOpinions]:
    model, rules = (_by_line(m.mentions, views) for m in (views.model, views.rules))
    for line, _ in views.table.lines:
        own, others = model.get(line, []), rules.get(line, [])
        numbers = [_numbers(part, views) for part in (own, others)]
        if not any(numbers):
            continue
        agree = numbers[0].keys() == numbers[1].keys() and all(
            cell is not None and views.same.get(mention.span) is numbers[1][cell]
            for cell, mention in numbers[0].items()
        )
        yield LineOpinions(line, _condition(line, own, others, views), agree, *numbers)


def _by_line(mentions: Iterable[Mention], views: _Views) -> Mapping[str, list[Mention]]:
    lines: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if line := views.line(mention):
            lines[line].append(mention)
    return lines


def _numbers(mentions: Iterable[Mention], views: _Views) -> Numbers:
    """The numbers by cell; of two in one cell the surer one."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        cell = views.cell(mention) if mention.kind in _NUMBERS else None
        if cell and (cell not in found or found[cell].column[0][1] < mention.column[0][1]):
            found[cell] = mention
    return found


def _condition(line: str, model: Sequence[Mention], rules: Sequence[Mention], views: _Views) -> str:
    numbers = [m for m in model if m.kind in _NUMBERS]
    is_sure = bool(numbers) and all(
        min(certainty(m.row), certainty(m.column)) >= _SURE for m in numbers
    )
    parts = [views.table.id, *_told_by_rules(line, rules, views), "sure" if is_sure else "unsure"]
    return ".".join(parts)


def _told_by_rules(line: str, rules: Sequence[Mention], views: _Views) -> Iterator[str]:
    valued = [m for m in rules if m.kind is not MentionKind.BLANK]
    if not valued:
        yield "none"
        return
    is_counted = all(m.column and m.column[0][1] >= COUNTED for m in valued)
    is_clear = all(sum(p for _, p in m.row) >= CLEAR for m in valued)
    yield "full" if is_counted else "part"
    yield "clear" if is_clear else "damaged"
    if is_counted and (equations := _equations(line, views.table)):
        yield _sums(equations, _numbers(rules, views))


@lru_cache(maxsize=1 << 10)
def _equations(line: str, table: Table) -> tuple[Equation, ...]:
    """The identities between cells of one line alone."""
    own = {cell.id for name, cells in table.lines for cell in cells if name == line}
    return tuple(e for e in table.equations if own.issuperset(cell for _, cell in e.terms))


def _sums(equations: Iterable[Equation], numbers: Numbers) -> str:
    """Whether the identities of a line hold, blanks being zeros."""
    values = {cell: mention.value or 0 for cell, mention in numbers.items()}
    if not any(values.values()):
        return "zeros"
    sums = [sum(sign * values.get(cell, 0) for sign, cell in e.terms) for e in equations]
    return "open" if any(sums) else "holds"


def _grouped(mentions: Iterable[Mention]) -> list[list[Mention]]:
    groups: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.group].append(mention)
    return list(groups.values())


def _majority(group: Sequence[Mention], views: _Views) -> str | None:
    """The line that most mentions of a group stand in."""
    named = [views.line(mention) for mention in group]
    return max(named, key=named.count, default=None)


def _merged(
    group: Sequence[Mention], line: LineOpinions | None, views: _Views, opinions: Opinions
) -> list[Mention]:
    """A group of the model's with what the rules say of its mentions."""
    if line is None or _is_idle(line):
        return _counted(group, views)
    if line.agree:
        merged = [_surer(m, views.same.get(m.span)) for m in group]
        taken = {views.cell(mention) for mention in group}
        blanks = [
            mention
            for mention in views.rules.mentions
            if mention.kind is MentionKind.BLANK
            and views.line(mention) == line.line
            and views.cell(mention) not in taken
        ]
        return _with(merged, blanks)
    moved = any(m.span in views.same for m in group if m.kind in _NUMBERS)
    if (line.rules_silent and not moved) or _is_outdone(line, views):
        return list(group)
    if not line.model and not views.met.intersection(m.span for m in line.rules.values()):
        own = [m for m in views.rules.mentions if views.line(m) == line.line]
        return list(_shown(own, line, opinions))
    trust = _shares(opinions.of(line.condition))
    pairs = [_pooled(m, views.same.get(m.span), trust) for m in group]
    least = min(left for _, left in pairs)
    merged = [replace(m, row=_scaled(m.row, least)) for m, _ in pairs]
    extra = [
        replace(m, column=_scaled(m.column, trust.rules))
        for m in line.rules.values()
        if m.span not in views.met and trust.rules >= _LEAST
    ]
    return _with(merged, extra)


def _is_outdone(line: LineOpinions, views: _Views) -> bool:
    """Whether the rules have one number of a line, and the model that and more.

    They place numbers by counting those of a printed line. Of a table that is printed column by
    column they count one to a line, and take it for the total of a row whose blanks got lost.
    """
    own, theirs = ({m.span for m in told.values()} for told in (line.model, line.rules))
    if not theirs < own:
        return False
    return sum(views.line(mention) == line.line for mention in views.rules.mentions) == 1


def _disputed(group: Sequence[Mention], line: LineOpinions | None, views: _Views) -> list[Mention]:
    """A group of the model's in a table that the rules read otherwise as a whole.

    Even where they agree about a line, that says nothing: both may be wrong in the same way.
    """
    if line is None or line.agree or _is_idle(line):
        return list(group)
    return _merged(group, line, views, Opinions())


def _is_idle(line: LineOpinions) -> bool:
    """Whether a line holds zeros alone and the rules counted all: columns make no difference."""
    return ".zeros." in line.condition and all(m.value == 0 for m in line.model.values())


def _counted(group: Sequence[Mention], views: _Views) -> list[Mention]:
    """A line without numbers other than zero: the rules count it best, if they know it."""
    line = _majority(group, views)
    return [m for m in views.rules.mentions if line and views.line(m) == line] or list(group)


def _left_over(
    lines: Mapping[str, LineOpinions], views: _Views, opinions: Opinions
) -> Iterator[list[Mention]]:
    """The lines in which the rules alone have numbers: shown, but never without a flag."""
    known = {_majority(group, views) for group in _grouped(views.model.mentions)}
    for group in _grouped(views.rules.mentions):
        line = lines.get(_majority(group, views) or "")
        new = [mention for mention in group if mention.span not in views.met]
        if line is None or line.line in known or not new:
            continue
        yield list(_shown(new, line, opinions))


def _shown(
    mentions: Iterable[Mention], line: LineOpinions, opinions: Opinions
) -> Iterator[Mention]:
    """Mentions of the rules in a line in which the model has no number: shown and flagged."""
    trust = max(opinions.of(line.condition).rules, _SHOWN)
    return (replace(mention, row=_scaled(mention.row, trust)) for mention in mentions)


def _with(group: Sequence[Mention], others: Iterable[Mention]) -> list[Mention]:
    """The group with others put where they stand in the text, if it is in the text's order."""
    merged = list(group)
    if all(a.span <= b.span for a, b in pairwise(merged)):
        merged = sorted([*merged, *others], key=lambda mention: mention.span)
    return merged


def _shares(trust: Trust) -> Trust:
    """The trust as weights that sum to 1."""
    total = trust.model + trust.rules
    return Trust(trust.model / total, trust.rules / total) if total else Trust(0.5, 0.5)


def _surer(mention: Mention, other: Mention | None) -> Mention:
    """A mention with the surer distributions of two that name the same cell."""
    if other is None:
        return mention
    row, column = (
        max(mention.row, other.row, key=certainty),
        max(mention.column, other.column, key=certainty),
    )
    unit = mention.unit or other.unit
    if (row, column, unit) == (mention.row, mention.column, mention.unit):
        return mention
    return replace(mention, row=row, column=column, unit=unit)


def _pooled(mention: Mention, other: Mention | None, trust: Trust) -> tuple[Mention, float]:
    """A mention with the distributions of both, or what is left of it if the rules know none.

    With it the share of the labels that are worth trying, the others being left out: no row of a
    line in dispute is surer than the least of them.
    """
    if other is None:
        return replace(mention, column=_scaled(mention.column, trust.model)), 1.0
    row, row_left = _mixed(mention.row, other.row, trust)
    column, column_left = _mixed(mention.column, other.column, trust)
    merged = replace(mention, row=row, column=column, unit=mention.unit or other.unit)
    return merged, min(row_left, column_left)


def _mixed(model: Distribution, rules: Distribution, trust: Trust) -> tuple[Distribution, float]:
    """The linear pool of the labels that are worth trying, and their share of it."""
    weights: dict[str, float] = defaultdict(float)
    for distribution, share in ((model, trust.model), (rules, trust.rules)):
        for label, p in distribution:
            weights[label] += share * p
    ranked = sorted(weights.items(), key=lambda entry: -entry[1])
    kept = [entry for number, entry in enumerate(ranked) if entry[1] >= _TRIED or not number]
    left = sum(p for _, p in kept) / (sum(weights.values()) or 1.0)
    return tuple((label, round(p / left, 6)) for label, p in kept), left


def _scaled(distribution: Distribution, share: float) -> Distribution:
    return tuple((label, round(p * share, 6)) for label, p in distribution)


def _findings(model: TableMentions, rules: TableMentions) -> tuple[Finding, ...]:
    """Rows that neither found; everything else that either noticed, once."""
    lost = {finding.cells for finding in rules.findings if finding.code == "T001"}
    kept = [f for f in model.findings if f.code != "T001" or f.cells in lost]
    kept += [f for f in rules.findings if f.code != "T001"]
    return tuple({(f.code, f.cells): f for f in kept}.values())
