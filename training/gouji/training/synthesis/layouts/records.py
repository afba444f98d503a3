"""Long tables: row title, column title and value on every line, or a small block a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from random import Random

from gouji.training.synthesis.layouts.blocks import Line, printed
from gouji.training.synthesis.layouts.facts import FactRow, fact_rows
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.layouts.grid import Path
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.sheet import Panel, Sheet, Value

_NAMES = {
    "caption": ("条款", "类别", "项目类别"),
    "row": ("信息内容", "项目", "指标", "事项"),
    "column": ("统计口径", "申请人", "分类", "统计项"),
    "value": ("数量", "数值", "件数", "数据"),
    "number": ("序号", "编号", "行号"),
}
_ORDERS = (
    ("row", "column", "value"),
    ("row", "column", "value"),
    ("column", "row", "value"),
    ("caption", "row", "column", "value"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """A value with the titles of its row and column."""

    row: Path
    column: Path
    value: Value


@dataclass(frozen=True, slots=True)
class RecordStyle:
    """How records are set: the order of their fields and what stands between them.

    `joint` glues the titles of a path; `names` head the records, if any; `opens` and `closes` are
    the ends of a line. The titles of groups have lines of their own if `groups_apart`. An empty
    value keeps its place if `keeps`.
    """

    order: tuple[str, ...]
    between: str
    joint: str
    names: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""
    groups_apart: bool = False
    keeps: bool = True
    gap: str = "\n"


def _draw(rng: Random, order: tuple[str, ...], between: str) -> RecordStyle:
    names = tuple(rng.choice(_NAMES[field]) for field in order)
    return RecordStyle(
        order=order,
        between=between,
        joint=rng.choice(("", "-", "/", "·", "—", "_")),
        names=names if rng.random() < 0.6 else (),
        groups_apart=order[0] == "row" and rng.random() < 0.4,
        gap=rng.choice(("\n", "\n", "\n", "\n\n")),
    )


def _print(style: RecordStyle, by_column: bool, sheet: Sheet) -> list[Piece]:
    if not any(panel.caption for panel in sheet.panels):
        style = _without("caption", style)
    lines = [[Piece(note)] for note in sheet.notes]
    numbers = count(1)
    above: Path = ()
    for panel in sheet.panels:
        records = tuple(_records(sheet, panel))
        if by_column:
            records = _by_column(records)
        if not sheet.side_by_side or panel is sheet.panels[0]:
            lines += _titles(panel, style)
        for record in records:
            if style.groups_apart:
                lines += _new_groups(record.row, above)
            above = record.row
            lines.append(_record_line(record, panel, next(numbers), style))
    return joined(lines, style.gap)


def _without(field: str, style: RecordStyle) -> RecordStyle:
    """The style without a field that no record has."""
    kept = [number for number, name in enumerate(style.order) if name != field]
    names = tuple(style.names[number] for number in kept) if style.names else ()
    return replace(style, order=tuple(style.order[number] for number in kept), names=names)


def _records(sheet: Sheet, panel: Panel) -> Iterator[Record]:
    for fact in fact_rows(sheet, panel):
        for column, values in zip(fact.columns, fact.values, strict=True):
            yield from (Record(fact.labels, column, value) for value in values)


def _by_column(records: Sequence[Record]) -> tuple[Record, ...]:
    """All records of the first column, then all of the second."""
    columns = dict.fromkeys(record.column for record in records)
    return tuple(r for column in columns for r in records if r.column == column)


def _titles(panel: Panel, style: RecordStyle) -> Iterator[Line]:
    """What stands above the records of a panel; its corner names the rows."""
    if panel.caption and "caption" not in style.order:
        yield [Piece(panel.caption)]
    if style.names:
        names = dict(zip(style.order, style.names, strict=True))
        names["row"] = panel.corner or names["row"]
        titles = [[Piece(names[field])] for field in style.order]
        yield [Piece(style.opens), *joined(titles, style.between), Piece(style.closes)]
    elif panel.corner:
        yield [Piece(panel.corner)]


def _new_groups(labels: Path, above: Path) -> Iterator[Line]:
    for level, label in enumerate(labels[:-1]):
        if above[: level + 1] != labels[: level + 1]:
            yield [Piece(label)]


def _record_line(record: Record, panel: Panel, number: int, style: RecordStyle) -> Line:
    row = record.row[-1:] if style.groups_apart else record.row
    fields = {
        "caption": Piece(panel.caption or ""),
        "row": Piece(style.joint.join(row)),
        "column": Piece(style.joint.join(record.column)),
        "value": printed(record.value),
        "number": Piece(str(number)),
    }
    pieces = [fields[field] for field in style.order]
    if not style.keeps:
        pieces = [piece for piece in pieces if piece.text]
    cells = joined([[piece] for piece in pieces], style.between)
    return [Piece(style.opens), *cells, Piece(style.closes)]


def tab_records(rng: Random) -> Layout:
    """Row title, column title, value with tabs between them."""
    style = _draw(rng, rng.choice(_ORDERS), rng.choice(("\t", "\t", "\t\t")))
    return partial(_print, replace(style, closes=rng.choice(("", "", "\t"))), False)


def bar_records(rng: Random) -> Layout:
    """Row title, column title, value with bars between them."""
    style = _draw(rng, rng.choice(_ORDERS), rng.choice((" | ", " | ", "|", " || ")))
    opens, closes = rng.choice((("", ""), ("| ", " |"), ("", " |"), ("|", "|")))
    return partial(_print, replace(style, opens=opens, closes=closes), False)


def comma_records(rng: Random) -> Layout:
    """Row title, column title, value with commas between them, nothing quoted."""
    style = _draw(rng, rng.choice(_ORDERS), rng.choice((", ", "，", "、", " , ")))
    return partial(_print, replace(style, closes=rng.choice(("", "", "；"))), False)


def blank_records(rng: Random) -> Layout:
    """Row title, column title, value with blanks between them."""
    style = _draw(rng, rng.choice(_ORDERS), rng.choice((" ", "  ", "    ", "　")))
    return partial(_print, replace(style, keeps=False), False)


def value_first_records(rng: Random) -> Layout:
    """The value, then the titles of its row and column."""
    order = rng.choice((("value", "row", "column"), ("value", "column", "row")))
    return partial(_print, _draw(rng, order, rng.choice(("\t", " | ", "\t", ";"))), False)


def numbered_records(rng: Random) -> Layout:
    """Records that open with a running number."""
    order = ("number", *rng.choice(_ORDERS))
    return partial(_print, _draw(rng, order, rng.choice(("\t", " | ", ";", "\t\t"))), False)


def records_by_column(rng: Random) -> Layout:
    """All rows of the first column, then all rows of the second."""
    order = rng.choice((("column", "row", "value"), ("row", "column", "value")))
    style = _draw(rng, order, rng.choice(("\t", " | ", ";")))
    return partial(_print, replace(style, groups_apart=False), True)


def row_blocks(rng: Random) -> Layout:
    """Each row a block of its own: its title, then a line for each column."""
    style = RecordStyle(
        order=("column", "value"),
        between=rng.choice(("\t", " | ", "\t\t", " \t")),
        joint=rng.choice(("", "-", "/", " ")),
        opens=rng.choice(("", "", "  ", "· ", "- ", "　　")),
        gap=rng.choice(("\n\n", "\n\n", "\n", "\n----------\n", "\n\n\n")),
    )
    return partial(_print_blocks, style, rng.choice(("", "", "【】", "《》", "* ", "■ ")))


def _print_blocks(style: RecordStyle, marks: str, sheet: Sheet) -> list[Piece]:
    blocks = [[[Piece(note)]] for note in sheet.notes]
    for panel in sheet.panels:
        blocks += [[[Piece(title)]] for title in (panel.caption, panel.corner) if title]
        facts = fact_rows(sheet, panel)
        blocks += [[*_block_title(fact, style, marks), *_block(fact, style)] for fact in facts]
    return joined([joined(block, "\n") for block in blocks], style.gap)


def _block_title(fact: FactRow, style: RecordStyle, marks: str) -> Sequence[Line]:
    title = style.joint.join(fact.labels)
    half = len(marks) // 2 if marks[-1:].strip() else len(marks)
    return [[Piece(marks[:half] + title + marks[half:])]] if title else []


def _block(fact: FactRow, style: RecordStyle) -> Iterator[Line]:
    for column, values in zip(fact.columns, fact.values, strict=True):
        for value in values:
            title = Piece(style.opens + style.joint.join(column))
            yield [title, Piece(style.between), printed(value)]


def row_pairs(rng: Random) -> Layout:
    """Each row a line or a few: its title, then title and value of each column beside each other.

    Within a pair stands another gap than between two.
    """
    style = RecordStyle(
        order=("column", "value"),
        between=rng.choice(("\t", " ", "→", " → ", " ", "|")),
        joint=rng.choice(("", "-", "/", "·")),
        opens=rng.choice(("", "", "[", "<")),
        groups_apart=rng.random() < 0.5,
        gap=rng.choice(("\n", "\n", "\n\n")),
    )
    pairs = rng.choice(("\t\t", " | ", "   ", " || ", " / ", "\t|\t"))
    title = rng.choice(("\n", pairs, pairs, "\t\t\t"))
    closes = {"[": "]", "<": ">"}.get(style.opens, "")
    return partial(_print_pairs, replace(style, closes=closes), title, pairs)


def _print_pairs(style: RecordStyle, title: str, pairs: str, sheet: Sheet) -> list[Piece]:
    lines = [[Piece(note)] for note in sheet.notes]
    above: Path = ()
    for panel in sheet.panels:
        lines += [[Piece(text)] for text in (panel.caption, panel.corner) if text]
        for fact in fact_rows(sheet, panel):
            if style.groups_apart:
                lines += _new_groups(fact.labels, above)
            above = fact.labels
            labels = fact.labels[-1:] if style.groups_apart else fact.labels
            beside = joined([[*pair, Piece(style.closes)] for pair in _block(fact, style)], pairs)
            name = [[Piece(style.joint.join(labels))]] if labels else []
            lines.append(joined([*name, beside], title))
    return joined(lines, style.gap)


FAMILIES: Mapping[str, Family] = {
    "tab_records": tab_records,
    "bar_records": bar_records,
    "comma_records": comma_records,
    "blank_records": blank_records,
    "value_first_records": value_first_records,
    "numbered_records": numbered_records,
    "records_by_column": records_by_column,
    "row_blocks": row_blocks,
    "row_pairs": row_pairs,
}
BOUNDLESS = frozenset({"blank_records"})
