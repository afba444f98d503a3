"""The corpus: annotation files read, written and checked against the form."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from gouji.inference.fields.views import spelled
from gouji.model.annotation import Annotation, CellMention
from gouji.model.errors import Corrupt
from gouji.model.form import Cell, FieldKind, Form, Table
from gouji.model.jsonl import read_lines, write_lines
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import parse_numeral, respelled

_DIGITS = re.compile(r"\d+")
_ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_LINE_BREAK = re.compile(r"\s*\n\s*")


def read_annotations(path: Path) -> tuple[Annotation, ...]:
    """The annotations of a JSONL file in its order.

    Raises:
        Corrupt: a line is no annotation, or two have one id; the message names the file.
        OSError: the file can't be read.
    """
    try:
        annotations = tuple(read_lines(path, Annotation))
    except ValueError as error:
        raise Corrupt(str(error)) from error
    for name, n in Counter(annotation.id for annotation in annotations).items():
        if n > 1:
            raise Corrupt(f"{path}: the id {name!r} stands on {n} lines; ids are unique")
    return annotations


def write_annotations(path: Path, annotations: Iterable[Annotation]) -> None:
    """Write a JSONL file that `read_annotations` reads back; an existing one is replaced whole."""
    write_lines(path, annotations)


def tables_of(annotation: Annotation, form: Form) -> tuple[Table, ...]:
    """The tables in the variants that the annotation names; KeyError for an unknown one."""
    return tuple(form.variants[table][annotation.variants[table]] for table in form.table_ids)


def problems(annotation: Annotation, form: Form) -> tuple[str, ...]:
    """What contradicts itself, the text or the form in an annotation, in Chinese; empty if nothing.

    Later checks rely on earlier ones, so that wrong variants or spans are reported alone.
    """
    found = (*_text_problems(annotation), *_variant_problems(annotation, form))
    if found:
        return found
    tables = tables_of(annotation, form)
    return (
        *_cell_problems(annotation, tables),
        *_mention_problems(annotation),
        *_digit_problems(annotation),
        *_identity_problems(annotation, tables),
        *_section_problems(annotation, form),
        *_field_problems(annotation, form),
    )


def _text_problems(annotation: Annotation) -> Iterator[str]:
    if hashlib.sha256(annotation.text.encode()).hexdigest() != annotation.text_sha256:
        yield "text_sha256 与正文不符"
    named = [(f"单元格 {mention.cell}", mention.span) for mention in annotation.mentions]
    named += [("非单元格数字", span) for span in annotation.others]
    named += [(f"章节 {section.id}", section.span) for section in annotation.sections]
    named += [
        (f"字段 {name}", label.span)
        for name, label in annotation.fields.items()
        if label is not None and label.span is not None
    ]
    for name, (start, end) in named:
        if not 0 <= start <= end <= len(annotation.text):
            yield f"{name}：位置 [{start}, {end}) 不在正文范围内"


def _variant_problems(annotation: Annotation, form: Form) -> Iterator[str]:
    for table in form.table_ids:
        variant = annotation.variants.get(table)
        if variant not in form.variants[table]:
            yield f"表 {table}：没有 {variant!r} 这一版本"
    for table in annotation.variants:
        if table not in form.variants:
            yield f"表单中没有表 {table}"


def _cell_problems(annotation: Annotation, tables: Sequence[Table]) -> Iterator[str]:
    cells = {cell.id: cell for table in tables for cell in table.cells}
    yield from (f"单元格 {name}：没有标注" for name in cells if name not in annotation.cells)
    yield from (f"单元格 {name}：所选版本中没有" for name in annotation.cells if name not in cells)
    for name in annotation.printed:
        if name not in annotation.cells:
            yield f"单元格 {name}：有 printed 而没有真值"
    for name, value in annotation.cells.items():
        if name in cells and value is not None and not _fits(value, cells[name]):
            yield f"单元格 {name}：{value} 不是该列允许的数"
        if name in annotation.printed and annotation.printed[name] == value:
            yield f"单元格 {name}：printed 与真值相同，不应列出"


def _fits(value: Number, cell: Cell) -> bool:
    scaled = Decimal(repr(value)) * cell.scale
    return scaled == scaled.to_integral_value() and (value >= 0 or cell.column.signed)


def _mention_problems(annotation: Annotation) -> Iterator[str]:
    counts = Counter(mention.cell for mention in annotation.mentions)
    yield from (f"单元格 {name}：标注了 {n} 处" for name, n in counts.items() if n > 1)
    for mention in annotation.mentions:
        if mention.cell not in annotation.cells:
            yield f"单元格 {mention.cell}：有位置而没有真值"
        elif mention.raw != annotation.text[slice(*mention.span)]:
            yield f"单元格 {mention.cell}：raw {mention.raw!r} 与正文不符"
        elif printed_number(mention) != annotation.page_value(mention.cell):
            shown = annotation.page_value(mention.cell)
            yield f"单元格 {mention.cell}：正文是 {mention.raw!r}，标注为 {shown}"
    for name, value in annotation.cells.items():
        if name not in counts and annotation.printed.get(name, value) is not None:
            yield f"单元格 {name}：标注为 {value}，却没有位置"


def printed_number(mention: CellMention) -> Number | None:
    """The number that a mention spells, also if it is torn or has letters for digits; else None."""
    numeral = parse_numeral("".join(mention.raw.split())) or respelled(mention.raw)
    return numeral.value if mention.kind is MentionKind.NUMBER and numeral else None


def _digit_problems(annotation: Annotation) -> Iterator[str]:
    """Every digit of the text belongs to exactly one number."""
    spans = [mention.span for mention in annotation.mentions] + list(annotation.others)
    covered = Counter(index for span in spans for index in range(*span))
    for index, char in enumerate(annotation.text):
        if covered[index] > 1 or (char.isdecimal() and not covered[index]):
            yield f"正文第 {index} 个字符 {char!r}：属于 {covered[index]} 个数字，应为 1 个"
    for start, end in annotation.others:
        if not _DIGITS.search(annotation.text, start, end):
            yield f"非单元格数字 [{start}, {end})：没有数字"


def _identity_problems(annotation: Annotation, tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        for equation in table.equations:
            terms = [(sign, annotation.cells.get(cell)) for sign, cell in equation.terms]
            known = [sign * Decimal(repr(value)) for sign, value in terms if value is not None]
            if len(known) == len(terms) and sum(known, Decimal()) != 0:
                yield f"勾稽关系 {equation.id} 不成立：{equation.text}"


def _section_problems(annotation: Annotation, form: Form) -> Iterator[str]:
    if not annotation.sections or annotation.sections[0].id != "header":
        yield "第一章节应为 header"
    known = {"header"} | {section.id for section in form.sections}
    end = 0
    for section in annotation.sections:
        if section.id not in known:
            yield f"章节 {section.id}：表单中没有"
        if section.span[0] != end:
            yield f"章节 {section.id}：应从 {end} 开始，标注为 {section.span[0]}"
        if not annotation.text.startswith(section.heading or "", section.span[0]):
            yield f"章节 {section.id}：标题 {section.heading!r} 不在章节开头"
        end = section.span[1]
    if end != len(annotation.text):
        yield f"最后章节止于 {end}，正文长 {len(annotation.text)}"


def _field_problems(annotation: Annotation, form: Form) -> Iterator[str]:
    kinds = {field.id: field for field in form.fields}
    for name in kinds:
        if name not in annotation.fields:
            yield f"字段 {name}：没有标注（文中没有时填 null）"
    for name, label in annotation.fields.items():
        if name not in kinds:
            yield f"字段 {name}：表单中没有"
        elif label is not None and not _well_formed(label.value, kinds[name]):
            yield f"字段 {name}：{label.value!r} 不是 {kinds[name].type} 应有的写法"
        elif label is not None and label.span is not None:
            words = annotation.text[slice(*label.span)]
            if not reads_as(label.value, words, kinds[name]):
                yield f"字段 {name}：{label.value!r} 与正文 {words!r} 不符"


def _well_formed(value: Number | str, kind: FieldKind) -> bool:
    if kind.type == "date":
        return _ISO_DATE.fullmatch(str(value)) is not None
    return isinstance(value, {"text": str, "money": int | float}.get(kind.type, int))


def reads_as(value: Number | str, words: str, kind: FieldKind) -> bool:
    """Whether the words of a field's span can be read as its value.

    A day may leave out its year, as the second of a period does. Years and dates in Chinese
    numerals are left to the labeller.
    """
    if kind.type == "text":
        return value == _LINE_BREAK.sub("", words.strip())
    if kind.type in ("year", "date"):
        parts = tuple(int(digits) for digits in _DIGITS.findall(words))
        stated = tuple(int(digits) for digits in _DIGITS.findall(str(value)))
        return not parts or parts == stated or (len(stated) == 3 and parts == stated[1:])
    numeral = parse_numeral(words)
    number = numeral.value if numeral else spelled(words.strip())
    if number is None or isinstance(value, str):
        return value == 0  # said in words, such as 未收到
    times = 10000 if numeral and (numeral.unit, kind.unit) == ("万元", "元") else 1
    return Decimal(repr(number)) * times == Decimal(repr(value))
