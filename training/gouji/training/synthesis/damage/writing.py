"""How an agency writes numbers: units, remarks, separators in thousands, full-width digits."""

import re
from dataclasses import replace
from decimal import Decimal
from random import Random

from gouji.model.numerals import parse_numeral
from gouji.training.synthesis.damage.edits import each_panel, each_text, each_title, number_of
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_PLAIN_OR_GROUPED = re.compile(r"[+-]?[0-9,，.]+(?:件|项|条|个)?")
_MONEY = re.compile(r"金额|元")
_UNITS = ("件", "件", "件", "项", "条", "个")
_FULL_WIDTH = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")
_PER_TEN_THOUSAND = 10_000
_REMARKS = (
    "（其中修订{n}件）",
    "（其中修订 {n} 件）",
    "（含自然失效{n}件）",
    "(含{n}件)",
    "（其中：网上{n}）",
    "(其中当面 {n} 件)",
    "（含上年{n}件）",
    "（其中{n}件为联合发文）",
    "(不含分局{n}件)",
)


def unit_in_head(sheet: Sheet, rng: Random) -> Sheet:
    """Columns in 元 that the form has in 万元: the head says so, the amounts are the same."""

    def converted(panel: Panel) -> Panel:
        columns = [at for at, head in enumerate(panel.heads) if "万元" in head[-1]]
        if not columns or any(len(row.values) != len(panel.heads) for row in panel.rows):
            return panel
        heads = tuple(
            (*head[:-1], head[-1].replace("万元", "元")) if at in columns else head
            for at, head in enumerate(panel.heads)
        )
        rows = tuple(_in_yuan(row, columns) for row in panel.rows)
        return replace(panel, heads=heads, rows=rows)

    return each_panel(sheet, converted)


def _in_yuan(row: SheetRow, columns: list[int]) -> SheetRow:
    values = tuple(
        replace(value, text=_yuan(value)) if at in columns and number_of(value) else value
        for at, value in enumerate(row.values)
    )
    return replace(row, values=values)


def _yuan(value: Value) -> str:
    """The digits of an amount in 元 that stands there in 万元."""
    numeral = parse_numeral(value.text)
    if numeral is None or numeral.unit:
        return value.text
    amount = Decimal(repr(numeral.value)) * _PER_TEN_THOUSAND
    return format(amount.quantize(Decimal(1)) if amount % 1 == 0 else amount, "f")


def thousands(sheet: Sheet, rng: Random) -> Sheet:
    """A comma between thousands."""
    comma = rng.choices((",", "，"), (9, 1))[0]

    def grouped(value: Value) -> str:
        if not _PLAIN.fullmatch(value.text):
            return value.text
        sign = "+" if value.text.startswith("+") else ""
        return sign + format(Decimal(value.text), ",f").replace(",", comma)

    return each_text(sheet, grouped)


def units_in_cells(sheet: Sheet, rng: Random) -> Sheet:
    """Units behind the numbers of all or some cells; 万元 may become 元, the amount is the same."""
    unit = rng.choice(_UNITS)
    share = rng.choice((1.0, 0.5, 0.1))
    style = rng.choices(("{}{}", "{} {}", "{}({})", "{}（{}）"), (7, 1, 1, 1))[0]
    in_yuan = rng.random() < 0.5

    def write(value: Value, head: str) -> str:
        if number_of(value) is None or not _PLAIN_OR_GROUPED.fullmatch(value.text):
            return value.text
        if not _MONEY.search(head):
            return style.format(value.text, unit)
        if "万元" in head and in_yuan:
            return style.format(_yuan(value), "元")
        return style.format(value.text, "元" if "元" in head and "万元" not in head else "万元")

    def with_units(panel: Panel) -> Panel:
        if any(len(row.values) != len(panel.heads) for row in panel.rows):
            return panel  # which column a value belongs to is not known
        titles = ["".join(head) for head in panel.heads]
        rows = []
        for row in panel.rows:
            values = tuple(
                replace(value, text=write(value, title)) if rng.random() < share else value
                for value, title in zip(row.values, titles, strict=True)
            )
            rows.append(replace(row, values=values))
        return replace(panel, rows=tuple(rows))

    return each_panel(sheet, with_units)


def annotations(sheet: Sheet, rng: Random) -> Sheet:
    """Remarks with numbers of their own behind a few numbers."""
    share = rng.choice((0.02, 0.1, 0.3))

    def remarked(value: Value) -> str:
        number = number_of(value)
        if not isinstance(number, int) or number < 1 or rng.random() >= share:
            return value.text
        if not _PLAIN_OR_GROUPED.fullmatch(value.text):
            return value.text
        return value.text + rng.choice(_REMARKS).format(n=rng.randint(1, number))

    return each_text(sheet, remarked)


def full_width(sheet: Sheet, rng: Random) -> Sheet:
    """Full-width digits in the cells, sometimes in titles and notes too."""
    if rng.random() < 0.4:
        sheet = each_title(sheet, lambda title: title.translate(_FULL_WIDTH))
    return each_text(sheet, _wide)


def _wide(value: Value) -> str:
    return value.text.translate(_FULL_WIDTH) if number_of(value) is not None else value.text
