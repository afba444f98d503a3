"""Sheets of a form: its tables with given texts in their cells, in the shapes agencies give them.

A shape is drawn once per report: how titles are numbered, whether remarks and group titles are
kept, what stands in the corner, instructions and units within the tables.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from gouji.model.form import Block, Column, Form, Row, Table
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

Retitle = Callable[[str], str]
"""From a title of the form to the title that an agency prints."""

_NUMBER = re.compile(r"^(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、|\d+\.)")
_ARABIC = re.compile(r"^(\d+)\.")
_REMARK = re.compile(r"(?<=.)（(?!单位)[^（）]*）$")  # a unit says what the numbers mean
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_HALF_WIDTH = str.maketrans("（）：", "():")

_BALANCES = (
    "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",
    "（各列勾稽关系：一、二两项之和＝三、四两项之和）",
    "勾稽关系：新收数与上年结转数相加，等于办理结果总计与结转下年数相加",
    "（表内关系：第1项＋第2项＝第3项总计＋第4项）",
    "（注意：前两项之和须与办理结果总计加结转下年度之和一致）",
    "（勾稽关系：一＋二＝三（七）＋四）",
)
_CORNERS = ("项目", "内容", "指标", "事项", "指标名称", "类别", "统计项目", "名称")
_APPLICANTS = "申请人情况"
_CONTENT = "信息内容"
_FEW_COLUMNS = 4
_NOTES = (
    "单位：件",
    "（计量单位：件、项、万元）",
    "填表说明：没有发生的填“0”，不得留空",
    "注：统计期为{year}年1月1日至{year}年12月31日。",
    "说明：减少的用负数表示，如-{n}",
    "注：1.不含下属{n}个事业单位；2.金额保留4位小数。",
    "填报时间：{next_year}年1月{n}日",
    "备注：表中“{year}年”指报告年度，“上年”指{last_year}年",
    "（共{n}项指标，数据由各科室汇总）",
    "说明：第{n}行如无数据请填0，不要填写“无”或“/”。",
)
_ROW_REMARKS = ("（含本级及所属单位）", "（指{year}年办结的）", "（如有{n}件以上请附清单）")
_HEAD_REMARKS = (
    "（指{year}年）",
    "（截至{year}年12月31日）",
    "（填整数，如{n}）",
    "（{year}年度）",
)
_SIGNED_REMARKS = ("（减少的填负数，如-{n}）", "（较{last_year}年，减少填“-{n}”）", "（增减数）")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is drawn once for all tables of a report.

    `captions` is "above", "group" (the caption as an outer title of its rows) or "off".
    """

    title: Retitle
    aliases: bool
    row_groups: bool
    head_groups: bool
    captions: str
    corner: str | None
    applicants: str
    balance: str | None
    balance_place: str
    abreast: bool
    row_instructions: float
    head_instructions: float
    n_notes: int
    year: int


def sheets(
    form: Form, variants: Mapping[str, str], shown: Mapping[str, str], rng: Random
) -> tuple[Sheet, ...]:
    """The tables of the form in its order, every cell with its text, in a drawn shape.

    `variants` names the variant of each table, `shown` the text of each cell, "" for an empty
    one. Every cell stands in exactly one value.

    Raises:
        KeyError: a table has no variant or a cell no text.
    """
    shape = _draw_shape(rng)
    return tuple(
        _sheet(form.variants[table][variants[table]], shown, shape, rng) for table in form.table_ids
    )


def _draw_shape(rng: Random) -> _Shape:
    return _Shape(
        title=_draw_retitle(rng),
        aliases=rng.random() < 0.3,
        row_groups=rng.random() < 0.85,
        head_groups=rng.random() < 0.75,
        captions=rng.choices(("above", "group", "off"), (7, 1, 2))[0],
        corner=rng.choices((_CONTENT, rng.choice(_CORNERS), None), (6, 3, 2))[0],
        applicants=rng.choices(("head", "corner", "off"), (6, 2, 2))[0],
        balance=rng.choices((_BALANCES[0], rng.choice(_BALANCES[1:]), None), (5, 3, 2))[0],
        balance_place=rng.choices(("corner", "note"), (6, 4))[0],
        abreast=rng.random() < 0.8,
        row_instructions=rng.choices((0.0, 0.1, 0.4), (8, 1, 1))[0],
        head_instructions=rng.choices((0.0, 0.2, 0.8), (8, 1, 1))[0],
        n_notes=rng.choices((0, 1, 2, 3), (60, 20, 10, 10))[0],
        year=rng.randint(2019, 2025),
    )


def _draw_retitle(rng: Random) -> Retitle:
    """How all titles of a report differ from the form's: numbering, remarks, brackets."""
    steps: list[Retitle] = []
    numbering = rng.choices(("kept", "arabic", "dropped"), (70, 15, 15))[0]
    if numbering == "arabic":
        style = rng.choice(("{}、", "{}．", "{}. ", "（{}）", "({})", "{} ", "circled"))
        steps.append(lambda title: _renumbered(title, style))
    elif numbering == "dropped":
        steps.append(lambda title: _NUMBER.sub("", title))
    if rng.random() < 0.25:
        steps.append(lambda title: _REMARK.sub("", title))
    if rng.random() < 0.3:
        steps.append(lambda title: title.translate(_HALF_WIDTH))

    def retitled(title: str) -> str:
        for step in steps:
            title = step(title)
        return title

    return retitled


def _renumbered(title: str, style: str) -> str:
    """The title with its Arabic number in another style; other titles as they are."""
    match = _ARABIC.match(title)
    if not match:
        return title
    number = int(match[1])
    numeral = _CIRCLED[number - 1] if style == "circled" else style.format(number)
    return numeral + title[match.end() :]


def _sheet(table: Table, shown: Mapping[str, str], shape: _Shape, rng: Random) -> Sheet:
    corner, notes = _corner(table, shape), _notes(shape, rng)
    if _is_balanced(table) and shape.balance and corner != shape.balance:
        notes = (shape.balance, *notes)
    if table.side_by_side and shape.abreast:
        panels = tuple(
            _abreast(table, block, row, shown, shape)
            for block in table.blocks
            for row in block.rows
        )
        return Sheet(table, panels, True, notes)
    panels = tuple(_panel(table, block, shown, shape, rng) for block in table.blocks)
    return Sheet(table, tuple(replace(panel, corner=corner) for panel in panels), False, notes)


def _corner(table: Table, shape: _Shape) -> str | None:
    """The title of the label column: the applicant table often has its balance or group there."""
    if _is_balanced(table) and shape.balance_place == "corner" and shape.balance:
        return shape.balance
    if _has_groups(table) and shape.applicants == "corner":
        return _APPLICANTS
    return shape.corner


def _is_balanced(table: Table) -> bool:
    return any(len(equation.left) > 1 for equation in table.equations)


def _has_groups(table: Table) -> bool:
    return any(column.group for block in table.blocks for column in block.columns)


def _panel(
    table: Table, block: Block, shown: Mapping[str, str], shape: _Shape, rng: Random
) -> Panel:
    """The block as rows under its columns."""
    caption = shape.title(block.title) if block.title else None
    outer = (caption,) if caption and shape.captions == "group" else ()
    applicants = (_APPLICANTS,) if _has_groups(table) and shape.applicants == "head" else ()
    is_many = len(block.columns) > _FEW_COLUMNS
    heads = tuple((*applicants, *_head(column, is_many, shape, rng)) for column in block.columns)
    rows = tuple(
        SheetRow((*outer, *_row_labels(row, shape, rng)), _values(table, row, block.columns, shown))
        for row in block.rows
    )
    return Panel(heads, rows, caption if shape.captions == "above" else None)


def _abreast(
    table: Table, block: Block, row: Row, shown: Mapping[str, str], shape: _Shape
) -> Panel:
    """A row of the block as a panel of its own, its titles standing above its columns."""
    groups = tuple(map(shape.title, row.group)) if shape.head_groups else ()
    titles = (*groups, shape.title(row.title))
    heads = tuple((*titles, shape.title(column.title)) for column in block.columns)
    return Panel(heads, (SheetRow((), _values(table, row, block.columns, shown)),))


def _values(
    table: Table, row: Row, columns: Sequence[Column], shown: Mapping[str, str]
) -> tuple[Value, ...]:
    cells = (f"{table.id}.{row.id}.{column.id}" for column in columns)
    return tuple(Value(shown[cell], cell) for cell in cells)


def _head(column: Column, is_many: bool, shape: _Shape, rng: Random) -> tuple[str, ...]:
    """The path of a column's titles; one of many columns has no room for instructions."""
    title = shape.title(column.title)
    if not is_many and rng.random() < shape.head_instructions:
        remarks = _SIGNED_REMARKS if column.signed else _HEAD_REMARKS
        title += _filled(rng.choice(remarks), shape, rng)
    return (column.group, title) if column.group and shape.head_groups else (title,)


def _row_labels(row: Row, shape: _Shape, rng: Random) -> tuple[str, ...]:
    named = rng.choice(row.aliases) if row.aliases and shape.aliases else row.title
    title = shape.title(named)
    if rng.random() < shape.row_instructions:
        title += _filled(rng.choice(_ROW_REMARKS), shape, rng)
    return (*map(shape.title, row.group), title) if shape.row_groups else (title,)


def _notes(shape: _Shape, rng: Random) -> tuple[str, ...]:
    return tuple(_filled(note, shape, rng) for note in rng.sample(_NOTES, shape.n_notes))


def _filled(template: str, shape: _Shape, rng: Random) -> str:
    """The instruction with its years and a small number."""
    return template.format(
        year=shape.year, last_year=shape.year - 1, next_year=shape.year + 1, n=rng.randint(2, 12)
    )
