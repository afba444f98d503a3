"""What an agency does to the places of a table: zeros left out, cells and rows lost or added."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log
from random import Random

from gouji.training.synthesis.damage.edits import (
    Place,
    each_row,
    each_text,
    number_of,
    rows_of,
    with_rows,
    with_values,
)
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

_DASHES = ("-", "—", "–", "－")
_SLASHES = ("/", "/", "/", "//")
_WORDS = ("无", "无", "无", "不适用", "—", "--", "——")
_EXTRA_ROWS = (
    "其中：通过互联网申请",
    "其中：当面申请",
    "其中：信函申请",
    "其他类型",
    "其他情形",
    "其他主动公开文件",
    "其中：省级部门",
    "其中：所属单位",
    "本单位补充指标",
    "上年同期",
)
_EXTRA_COLUMNS = (
    "上年数",
    "去年同期数",
    "其中：网上",
    "其他类型",
    "社会团体",
    "所属单位数",
    "补报数",
)
_REMARKS = ("备注", "说明", "填报科室")
_REMARK_TEXTS = ("", "", "", "无", "已核对", "办公室")
_MOST_EXTRA = 500


def zeros_blank(sheet: Sheet, rng: Random) -> Sheet:
    """Zeros left empty, their places kept: all of them, all but in totals, or in some rows."""
    extent = rng.choices(("all", "parts", "rows"), (6, 3, 2))[0]

    def blanked(row: SheetRow) -> SheetRow:
        if extent == "rows" and rng.random() < 0.4:
            return row
        n_kept = 1 if extent == "parts" and len(row.values) > 1 else 0  # the last is the total
        first = row.values[: len(row.values) - n_kept]
        emptied = tuple(replace(v, text="") if number_of(v) == 0 else v for v in first)
        return replace(row, values=emptied + row.values[len(first) :])

    return each_row(sheet, blanked)


def zeros_dash(sheet: Sheet, rng: Random) -> Sheet:
    """A dash for zero."""
    return _marked(sheet, rng.choice(_DASHES))


def zeros_slash(sheet: Sheet, rng: Random) -> Sheet:
    """A slash for zero."""
    return _marked(sheet, rng.choice(_SLASHES))


def zeros_none(sheet: Sheet, rng: Random) -> Sheet:
    """A word for zero, or a mark that stands for one."""
    return _marked(sheet, rng.choice(_WORDS))


def _marked(sheet: Sheet, mark: str) -> Sheet:
    return each_text(sheet, lambda value: mark if number_of(value) == 0 else value.text)


def blanks_collapsed(sheet: Sheet, rng: Random) -> Sheet:
    """Zeros left out together with their places, and empty places gone."""
    empty = zeros_blank(sheet, rng)
    return each_row(
        empty, lambda row: replace(row, values=tuple(v for v in row.values if v.text.strip()))
    )


def lost_cell(sheet: Sheet, rng: Random) -> Sheet:
    """One or two cells gone together with their places."""
    for _ in range(rng.randint(1, 2)):
        rows = [(place, row) for place, row in rows_of(sheet) if len(row.values) > 1]
        if rows:
            place, row = rng.choice(rows)
            at = rng.randrange(len(row.values))
            sheet = with_values(sheet, place, row.values[:at] + row.values[at + 1 :])
    return sheet


def lost_row(sheet: Sheet, rng: Random) -> Sheet:
    """A row gone; a sheet whose panels stand abreast has one line and keeps it."""
    rows = rows_of(sheet)
    if sheet.side_by_side or len(rows) < 2:
        return sheet
    place, _ = rng.choice(rows)
    return with_rows(sheet, place, ())


def doubled_cell(sheet: Sheet, rng: Random) -> Sheet:
    """A number printed twice; the copy, before or behind it, is no cell."""
    rows = [(place, row) for place, row in rows_of(sheet) if any(v.text for v in row.values)]
    if not rows:
        return sheet
    place, row = rng.choice(rows)
    at = rng.choice([index for index, value in enumerate(row.values) if value.text])
    copy_at = at + rng.randint(0, 1)
    copy = Value(row.values[at].text, None)
    return with_values(sheet, place, (*row.values[:copy_at], copy, *row.values[copy_at:]))


def shifted_row(sheet: Sheet, rng: Random) -> Sheet:
    """The values of a row one place too far right or left; the outermost sticks out or is lost."""
    rows = [
        (place, row)
        for place, row in rows_of(sheet)
        if len(row.values) > 1 and any(number_of(value) for value in row.values)
    ]
    if not rows:
        return sheet
    place, row = rng.choice(rows)
    gap = Value("", None)
    shifted = rng.choice(
        ((gap, *row.values), (gap, *row.values[:-1]), (*row.values[1:], gap)),
    )
    return with_values(sheet, place, shifted)


def extra_row(sheet: Sheet, rng: Random) -> Sheet:
    """One to three rows that the form does not have, with numbers that are no cells."""
    if sheet.side_by_side:
        return sheet
    for title in rng.sample(_EXTRA_ROWS, rng.choices((1, 2, 3), (6, 3, 1))[0]):
        rows = rows_of(sheet)
        place, above = rng.choice(rows)
        values = tuple(Value(text, None) for text in _extra_texts(len(above.values), rng))
        added = SheetRow((*above.labels[:-1], title), values)
        sheet = with_rows(sheet, place, (above, added))
    return sheet


def _extra_texts(n: int, rng: Random) -> Sequence[str]:
    """Numbers of an invented row; a long row ends with its sum."""
    numbers = [_extra_number(rng) for _ in range(n)]
    if n > 3:
        numbers[-1] = sum(numbers[:-1])
    return [str(number) for number in numbers]


def _extra_number(rng: Random) -> int:
    return 0 if rng.random() < 0.5 else int(exp(rng.uniform(0, log(_MOST_EXTRA))))


def extra_column(sheet: Sheet, rng: Random) -> Sheet:
    """A column that the form does not have in one panel: numbers or remarks that are no cells."""
    number = rng.randrange(len(sheet.panels))
    panel = sheet.panels[number]
    at = rng.choice((len(panel.heads), len(panel.heads), rng.randint(1, len(panel.heads))))
    is_remark = rng.random() < 0.4
    title = rng.choice(_REMARKS if is_remark else _EXTRA_COLUMNS)
    head = (*panel.heads[at - 1][:-1], title)
    widened = Panel(
        heads=(*panel.heads[:at], head, *panel.heads[at:]),
        rows=tuple(_widened(row, at, panel, is_remark, rng) for row in panel.rows),
        caption=panel.caption,
        corner=panel.corner,
    )
    panels = (*sheet.panels[:number], widened, *sheet.panels[number + 1 :])
    return replace(sheet, panels=panels)


def _widened(row: SheetRow, at: int, panel: Panel, is_remark: bool, rng: Random) -> SheetRow:
    """The row with one value more; a row that lost places has none for it."""
    if len(row.values) != len(panel.heads):
        return row
    text = rng.choice(_REMARK_TEXTS) if is_remark else str(_extra_number(rng))
    return replace(row, values=(*row.values[:at], Value(text, None), *row.values[at:]))


def labels_lost(sheet: Sheet, rng: Random) -> Sheet:
    """A row without its titles; its neighbours keep theirs."""
    places: list[tuple[Place, SheetRow]] = [
        (place, row) for place, row in rows_of(sheet) if row.labels
    ]
    if len(places) < 2:
        return sheet
    place, row = rng.choice(places)
    return with_rows(sheet, place, (replace(row, labels=()),))
