"""Checks: what contradicts itself, the text or the form in one annotation."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from gouji.annotations.field_values import field_problems
from gouji.annotations.page_numbers import number_span, printed_number
from gouji.annotations.problems import Places, Problem, cell_subject, cells_by_id
from gouji.inference.fields.views import spelled
from gouji.model.annotation import Annotation, CellMention
from gouji.model.findings import Span
from gouji.model.form import Cell, Equation, Form, Table
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import UNIT, narrow
from gouji.model.wording import equation_words

HEADER = "header"
_REREAD = "请对照原文核对"
_BORDERS = " \u3000\u00a0\t\n|｜;；、"
_SIGNS = "增减減负負"
_UNIT_BEHIND = re.compile(rf"\s*\(?{UNIT}\)?$")


@dataclass(frozen=True)
class Sample:
    """An annotation beside the parts of the form that it names."""

    annotation: Annotation
    form: Form

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables whose variant the form knows."""
        variants = self.annotation.variants
        return tuple(
            known[variants[table]]
            for table, known in self.form.variants.items()
            if variants.get(table) in known
        )

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """The cells of these tables by id."""
        return {cell.id: cell for table in self.tables for cell in table.cells}

    @cached_property
    def places(self) -> Places:
        """Where things stand."""
        return Places(self.annotation.text)

    @cached_property
    def mentions(self) -> tuple[CellMention, ...]:
        """The mentions whose span fits the text."""
        return tuple(m for m in self.annotation.mentions if self.fits(m.span))

    @cached_property
    def others(self) -> tuple[Span, ...]:
        """The other numbers whose span fits the text."""
        return tuple(span for span in self.annotation.others if self.fits(span))

    @cached_property
    def in_others(self) -> frozenset[int]:
        """The characters of the other numbers."""
        return frozenset(index for span in self.others for index in range(*span))

    def fits(self, span: Span) -> bool:
        """Whether a span lies within the text."""
        return 0 <= span[0] <= span[1] <= len(self.annotation.text)

    def subject(self, cell: str) -> str:
        """A cell as messages name it."""
        return cell_subject(cell, self.cells or cells_by_id(self.form))

    def problem(self, cell: str, found: str, advice: str) -> Problem:
        """A problem of one cell."""
        return Problem(self.subject(cell), found, advice, (cell,))

    def is_settled(self, cell: str) -> bool:
        """Whether it is known which cells the table of a cell has."""
        table = cell.partition(".")[0]
        return table not in self.form.variants or any(t.id == table for t in self.tables)


def problems(annotation: Annotation, form: Form) -> tuple[Problem, ...]:
    """Every error in an annotation, in the order of the checks; empty if it is sound.

    Checks that rest on a wrong span or an unknown variant leave that part out, so that one error
    is told once.
    """
    sample = Sample(annotation, form)
    return tuple(problem for check in _CHECKS for problem in check(sample))


def _text_problems(sample: Sample) -> Iterator[Problem]:
    annotation = sample.annotation
    if hashlib.sha256(annotation.text.encode()).hexdigest() != annotation.text_sha256:
        yield Problem("正文", "与 text_sha256 不符", "正文不可改动，请重新导出后再标注")


def _span_problems(sample: Sample) -> Iterator[Problem]:
    annotation = sample.annotation
    named: list[tuple[str, Span, tuple[str, ...]]] = [
        (sample.subject(m.cell), m.span, (m.cell,)) for m in annotation.mentions
    ]
    named += [("非单元格数字", span, ()) for span in annotation.others]
    named += [(f"章节 {section.id}", section.span, ()) for section in annotation.sections]
    named += [
        (f"字段 {name}", label.span, ())
        for name, label in annotation.fields.items()
        if label is not None and label.span is not None
    ]
    for subject, (start, end), cells in named:
        if not sample.fits((start, end)):
            found = f"位置 [{start}, {end}) 不在正文范围内（正文共 {len(annotation.text)} 个字符）"
            yield Problem(subject, found, "请重新选取位置", cells)


def _variant_problems(sample: Sample) -> Iterator[Problem]:
    annotation, form = sample.annotation, sample.form
    for table, known in form.variants.items():
        variant = annotation.variants.get(table)
        if variant not in known:
            found = f"没有 {variant!r} 这一版本"
            yield Problem(f"表 {table}", found, f"应为 {'、'.join(known)} 之一，看表头用语")
    for table in annotation.variants:
        if table not in form.variants:
            known_tables = "、".join(form.table_ids)
            yield Problem(f"表 {table}", "表单中没有表 " + table, f"应为 {known_tables} 之一")


def _cell_problems(sample: Sample) -> Iterator[Problem]:
    annotation = sample.annotation
    for name in sample.cells:
        if name not in annotation.cells:
            yield sample.problem(name, "没有标注", "无从得知的填 null")
    for name in annotation.cells:
        if name not in sample.cells and sample.is_settled(name):
            found = "所选版本中没有"
            yield sample.problem(name, found, "请改正单元格编号（gouji forms show）")
    for name, value in annotation.cells.items():
        if name in sample.cells and value is not None and not _fits(value, sample.cells[name]):
            yield sample.problem(name, f"{value} 不是该列允许的数", _REREAD)
    for name, value in annotation.printed.items():
        if name not in annotation.cells:
            yield sample.problem(name, "有 printed 而没有真值", "请在 cells 中填真值")
        elif annotation.cells[name] == value:
            found = f"printed 与真值相同（{_shown(value)}），不应列出"
            yield sample.problem(name, found, "请从 printed 中删去")


def _fits(value: Number, cell: Cell) -> bool:
    scaled = Decimal(repr(value)) * cell.scale
    return scaled == scaled.to_integral_value() and (value >= 0 or cell.column.signed)


def _mention_problems(sample: Sample) -> Iterator[Problem]:
    annotation = sample.annotation
    counts = Counter(mention.cell for mention in annotation.mentions)
    for name, n in counts.items():
        if n > 1:
            where = "、".join(sample.places.of(m.span) for m in sample.mentions if m.cell == name)
            yield sample.problem(name, f"标注了 {n} 处（{where}）", "只留真正的一处")
    for mention in sample.mentions:
        yield from _one_mention(mention, sample)
    for name, value in annotation.cells.items():
        shown = annotation.printed.get(name, value)
        if name not in counts and shown is not None:
            advice = "请标出它在正文中的位置；正文中没有的，printed 中填 null"
            yield sample.problem(name, f"标注为 {shown}，却没有位置", advice)


def _one_mention(mention: CellMention, sample: Sample) -> Iterator[Problem]:
    annotation, name = sample.annotation, mention.cell
    if name not in annotation.cells:
        if sample.is_settled(name):
            yield sample.problem(name, "有位置而没有真值", "请改正单元格编号，或在 cells 中填真值")
        return
    place = sample.places.of(mention.span)
    if mention.raw != annotation.text[slice(*mention.span)]:
        yield sample.problem(
            name, f"raw {mention.raw!r} 与正文不符（{place}）", "请重新选取位置，raw 随之填写"
        )
        return
    if found := _misplaced(mention, sample):
        yield sample.problem(
            name, f"{place}{found}", "从数字的第一个字选到最后一个字，空格子不选字"
        )
    number, shown = printed_number(mention), annotation.page_value(name)
    if number != shown:
        found = f"正文{place}与标注的 {_shown(shown)} 不符"
        advice = "标错了位置的改位置，标错了数的改数；原文印错的，printed 填原文的数，cells 填真值"
        yield sample.problem(name, found, advice)


def _misplaced(mention: CellMention, sample: Sample) -> str:
    """What is wrong with where a place begins and ends; empty if nothing is.

    Letters may stand for digits that they look like, then with a unit behind them that is no part
    of a number; and a cell may hold a numeral in words.
    """
    raw, text = mention.raw, sample.annotation.text
    if raw != raw.strip(_BORDERS) or number_span(raw) != (0, len(raw)):
        return "多选了空白、单位或注"
    in_words = spelled(raw) is not None and not any(char.isdecimal() for char in raw)
    if mention.kind is not MentionKind.NUMBER or in_words:
        return ""
    bare = _UNIT_BEHIND.sub("", narrow(raw).lstrip(_SIGNS))
    if any(char.isalpha() and not char.isascii() for char in bare):
        return "多选了文字，或者选的不是数"
    if not any(char.isascii() and char.isalnum() for char in narrow(raw)):
        return "既不是数，也不是“/”“无”一类的记号"
    beside = [at for at in (mention.span[0] - 1, mention.span[1]) if 0 <= at < len(text)]
    if any(text[at].isdecimal() and at in sample.in_others for at in beside):
        return "没有选全，旁边还有数字"
    return ""


def _shown(value: Number | None) -> str:
    return "空" if value is None else str(value)


def _digit_problems(sample: Sample) -> Iterator[Problem]:
    """Every digit of the text belongs to exactly one number."""
    text = sample.annotation.text
    spans = [mention.span for mention in sample.mentions] + list(sample.others)
    covered = Counter(index for span in spans for index in range(*span))
    owners = [
        covered[index] if covered[index] > 1 or (char.isdecimal() and not covered[index]) else 1
        for index, char in enumerate(text)
    ]
    start = 0
    for n, run in groupby(owners):
        end = start + len(list(run))
        if n != 1:
            found = f"属于 {n} 个数字，应为 1 个"
            advice = "请标为单元格，或列入 others" if n == 0 else "请去掉多标的位置"
            cells = tuple(m.cell for m in sample.mentions if m.span[0] < end and start < m.span[1])
            yield Problem(f"正文{sample.places.of((start, end))}", found, advice, cells)
        start = end
    for span in sample.others:
        if not any(char.isdecimal() for char in text[slice(*span)]):
            yield Problem(f"非单元格数字 {list(span)}", "没有数字", "请从 others 中删去")


def _identity_problems(sample: Sample) -> Iterator[Problem]:
    for table in sample.tables:
        for equation in table.equations:
            sides = [_sum(side, sample.annotation) for side in (equation.left, equation.right)]
            if None not in sides and sides[0] != sides[1]:
                yield _broken(equation, table, (sides[0], sides[1]))


def _broken(
    equation: Equation, table: Table, sides: tuple[Decimal | None, Decimal | None]
) -> Problem:
    found = f"{equation.id} 不成立：{equation_words(equation, table)}，即 {sides[0]} ≠ {sides[1]}"
    advice = (
        "请核对这几格；原文印的就是如此的，是原文的错误："
        "printed 填原文的数，cells 填改动最少而对得上的数"
    )
    return Problem("勾稽关系", found, advice, (*equation.left, *equation.right))


def _sum(cells: tuple[str, ...], annotation: Annotation) -> Decimal | None:
    """The sum of the cells' truth; None if one is unknown."""
    values = [annotation.cells.get(cell) for cell in cells]
    known = [Decimal(repr(value)) for value in values if value is not None]
    return sum(known, Decimal()) if len(known) == len(values) else None


def _section_problems(sample: Sample) -> Iterator[Problem]:
    annotation, advice = sample.annotation, "章节应首尾相接，从标题的第一个字开始"
    if not annotation.sections or annotation.sections[0].id != HEADER:
        yield Problem("章节", f"第一章节应为 {HEADER}", "标题之前的部分是 header")
    known = {HEADER} | {section.id for section in sample.form.sections}
    end = 0
    for section in annotation.sections:
        subject = f"章节 {section.id}"
        if section.id not in known:
            yield Problem(subject, "表单中没有", f"应为 {'、'.join(sorted(known))} 之一")
        if section.span[0] != end:
            yield Problem(subject, f"应从 {end} 开始，标注为 {section.span[0]}", advice)
        if not annotation.text.startswith(section.heading or "", section.span[0]):
            yield Problem(subject, f"标题 {section.heading!r} 不在章节开头", advice)
        end = section.span[1]
    if end != len(annotation.text):
        yield Problem("章节", f"最后章节止于 {end}，正文长 {len(annotation.text)}", advice)


def _field_problems(sample: Sample) -> Iterator[Problem]:
    yield from field_problems(sample.annotation, sample.form)


_CHECKS: tuple[Callable[[Sample], Iterator[Problem]], ...] = (
    _text_problems,
    _span_problems,
    _variant_problems,
    _cell_problems,
    _mention_problems,
    _digit_problems,
    _identity_problems,
    _section_problems,
    _field_problems,
)
