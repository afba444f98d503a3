"""Fields of annotations: what their words say, and whether value and words fit."""

import re
from collections.abc import Iterator
from decimal import Decimal

from gouji.annotations.problems import Places, Problem, field_subject
from gouji.inference.fields.dates import day_of, year_of
from gouji.inference.fields.found import as_printed
from gouji.inference.fields.views import spelled, view_of
from gouji.model.annotation import Annotation
from gouji.model.form import FieldKind, Form
from gouji.model.mention import Number
from gouji.model.numerals import exact, parse_numeral

_DIGITS = re.compile(r"\d+")
_ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_LINE_BREAK = re.compile(r"\s*\n\s*")
_TYPES = {"text": "文字", "year": "整数年份", "date": "YYYY-MM-DD", "count": "整数", "money": "数"}
_ALL_OF_IT = "请重新选取位置，或改正取值"


def field_problems(annotation: Annotation, form: Form) -> Iterator[Problem]:
    """What is wrong with the fields of an annotation."""
    kinds = {field.id: field for field in form.fields}
    for name in kinds:
        if name not in annotation.fields:
            yield Problem(field_subject(name, form), "没有标注", "文中没有时填 null")
    for name, label in annotation.fields.items():
        subject = field_subject(name, form)
        if name not in kinds:
            yield Problem(subject, "表单中没有", f"应为 {'、'.join(kinds)} 之一")
        elif label is not None and not _well_formed(label.value, kinds[name]):
            found = f"{label.value!r} 不是 {kinds[name].type} 应有的写法"
            yield Problem(subject, found, f"应为{_TYPES[kinds[name].type]}")
        elif label is not None and label.span is not None:
            words = annotation.text[slice(*label.span)]
            if not reads_as(label.value, words, kinds[name]):
                place = Places(annotation.text).of(label.span)
                yield Problem(subject, f"{label.value!r} 与正文不符（{place}）", _ALL_OF_IT)


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


def value_of_words(words: str, kind: FieldKind, year: int | None) -> Number | str | None:
    """The value that the words of a field's span spell, None if they spell none.

    `year` is that of the report, for days that leave it out.
    """
    if kind.type == "text":
        return as_printed(words, (0, len(words))) or None
    view = view_of(words).text
    if kind.type == "year":
        return year_of(view.strip("年度份"))
    if kind.type == "date":
        day = day_of(view, year)
        return None if day is None else day.isoformat()
    numeral = parse_numeral(words)
    number = numeral.value if numeral else spelled(words.strip())
    if number is None:
        return None
    times = 10000 if numeral and (numeral.unit, kind.unit) == ("万元", "元") else 1
    return exact(Decimal(repr(number)) * times)
