"""Held out: tables told in words, every number behind the title of its column."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby, takewhile
from random import Random

from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out_grid import TOTALS, printed
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

Line = list[Piece]


class Telling(StrEnum):
    """What makes a line."""

    SENTENCE = "a row"
    PARAGRAPH = "the rows of a group"
    KEY = "a number, below the title of its row"
    PATH = "a number, behind the titles of its row and column"


class Groups(StrEnum):
    """Where the title of a group stands."""

    LINE = "on a line before its first row"
    INLINE = "before the title of each row"
    NONE = "nowhere"


@dataclass(frozen=True, slots=True)
class ProseStyle:
    """The words between titles and numbers: `其中` parts a total from its parts if it comes first.

    `joint` stands between the titles of a path.
    """

    telling: Telling
    groups: Groups
    colon: str
    equals: str
    unit: str
    comma: str
    stop: str
    total_first: bool
    joint: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A row in words: its titles, outermost first, and title and value of each column."""

    titles: tuple[str, ...]
    pairs: tuple[tuple[str, Value], ...]


def key_value_prose(rng: Random) -> Layout:
    """Rows told as sentences or as lists of keys and values, with and without units."""
    telling = rng.choice(tuple(Telling))
    is_list = telling in (Telling.KEY, Telling.PATH)
    style = ProseStyle(
        telling=telling,
        groups=rng.choice(tuple(Groups)),
        colon=rng.choice(("：", "：", ":", "，其中", "——")),
        equals=rng.choice(("：", ":", "： ", "为") if is_list else ("", "", "为", "：", " ")),
        unit=rng.choice(("件", "件", " 件", "")),
        comma=rng.choice(("，", "，", "、", "；", ", ", "; ")),
        stop=rng.choice(("", "", "；") if is_list else ("。", "。", "；")),
        total_first=not is_list and rng.random() < 0.2,
        joint=rng.choice(("-", "—", "·", " ", "/", "，")),
    )
    return partial(_print, style)


def _print(style: ProseStyle, sheet: Sheet) -> list[Piece]:
    columns = _column_titles(sheet)
    lines: list[Line] = []
    for caption, panels in groupby(sheet.panels, lambda panel: panel.caption):
        lines += [[Piece(caption)]] if caption else []
        facts = [
            Fact(
                panel.heads[0][:-1] if sheet.side_by_side else row.labels,
                _pairs(panel, row, columns),
            )
            for panel in panels
            for row in panel.rows
        ]
        lines += _lines(facts, style)
    lines += [[Piece(note)] for note in sheet.notes]
    return joined(lines, "\n")


def _lines(facts: Sequence[Fact], style: ProseStyle) -> Iterator[Line]:
    above: tuple[str, ...] = ()
    for group, members in groupby(facts, lambda fact: fact.titles[:-1]):
        if style.groups is Groups.LINE:
            pairs = zip(above, group, strict=False)
            n_shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            yield from ([Piece(title)] for title in group[n_shared:])
        above = group
        told = [_told(fact, style) for fact in members]
        if style.telling is Telling.PARAGRAPH:
            yield [piece for lines in told for line in lines for piece in line]
        else:
            yield from (line for lines in told for line in lines)


def _told(fact: Fact, style: ProseStyle) -> list[Line]:
    """The lines of one row."""
    titles = fact.titles if style.groups is Groups.INLINE else fact.titles[-1:]
    subject = style.joint.join(titles)
    if style.telling is Telling.PATH:
        lead = f"{subject}{style.joint}" if subject else ""
        return [[Piece(lead), *_item(pair, style), Piece(style.stop)] for pair in fact.pairs]
    if style.telling is Telling.KEY:
        items = [[*_item(pair, style), Piece(style.stop)] for pair in fact.pairs]
        return [[Piece(subject)], *items] if subject else items
    return [_sentence(subject, fact, style)]


def _sentence(subject: str, fact: Fact, style: ProseStyle) -> Line:
    items = [_item(pair, style) for pair in fact.pairs]
    is_total_first = style.total_first and len(items) > 1 and fact.pairs[-1][0] in TOTALS
    if is_total_first:
        first, rest = items[-1], joined(items[:-1], style.comma)
        return [Piece(subject), *first, Piece("，其中："), *rest, Piece(style.stop)]
    colon = style.colon if subject and (len(items) > 1 or style.colon != "，其中") else ""
    return [Piece(subject + colon), *joined(items, style.comma), Piece(style.stop)]


def _item(pair: tuple[str, Value], style: ProseStyle) -> Line:
    """`自然人12件`; blanks are left where a number would be written in."""
    title, value = pair
    unit = _unit(title, value, style)
    if not value.text and not style.equals.strip():
        return [Piece(f"{title} "), printed(value), Piece(f" {unit.strip()}")]
    return [Piece(title + style.equals), printed(value), Piece(unit)]


def _unit(title: str, value: Value, style: ProseStyle) -> str:
    """The unit behind a number: money names its own, and so does what already ends in one."""
    if "金额" in title:
        return "万元" if "万元" in title and style.unit and value.text[-1:].isdecimal() else ""
    return style.unit if not value.text or value.text[-1].isdecimal() else ""


def _pairs(
    panel: Panel, row: SheetRow, columns: Mapping[str, str]
) -> tuple[tuple[str, Value], ...]:
    """The title of the column beside every value of the row.

    A row that has lost or doubled a number names the columns by the cells of those it has.
    """
    titles = [path[-1] for path in panel.heads]
    if len(row.values) == len(titles):
        return tuple(zip(titles, row.values, strict=True))
    pairs: list[tuple[str, Value]] = []
    for number, value in enumerate(row.values):
        title = titles[min(number, len(titles) - 1)]
        if value.cell:
            title = columns.get(_column(value.cell), title)
        elif pairs:
            title = pairs[-1][0]
        pairs.append((title, value))
    return tuple(pairs)


def _column_titles(sheet: Sheet) -> Mapping[str, str]:
    """The title of each column of the form, read off the rows that are whole."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for panel in sheet.panels:
        for row in panel.rows:
            if len(row.values) == len(panel.heads):
                for path, value in zip(panel.heads, row.values, strict=True):
                    if value.cell:
                        counts[_column(value.cell)][path[-1]] += 1
    return {column: titles.most_common(1)[0][0] for column, titles in counts.items()}


def _column(cell: str) -> str:
    return cell.rpartition(".")[2]
