import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from gouji.model.form import Block, Row, Table
from gouji.model.form_file import load_form
from gouji.training.synthesis import layouts
from gouji.training.synthesis.layouts import BOUNDLESS, TRAINING
from gouji.training.synthesis.layouts.blocks import broken, width_of
from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.pieces import Composed, compose
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value

FORM = load_form()
N_DRAWS = 3
NOTE = "（单位：件）"
CORNER = "信息内容"
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))

COLUMN_MAJOR = {
    "column_lists",
    "column_lines",
    "column_pairs",
    "records_by_column",
    "transposed_bars",
    "transposed_tabs",
    "transposed_blanks",
}


def _number(position: int) -> str:
    """Empty, nought or a number that stands at no other position, with a thousands comma."""
    if position % 5 == 3:
        return ""
    return "0" if position % 5 == 1 else f"{10_000 + 7 * position:,}"


def _values(table: Table, block: Block, row: Row) -> tuple[Value, ...]:
    names = [cell.id for cell in table.cells]
    cells = [f"{table.id}.{row.id}.{column.id}" for column in block.columns]
    return tuple(Value(_number(names.index(cell)), cell) for cell in cells)


def _stacked(table: Table) -> Sheet:
    panels = tuple(
        Panel(
            heads=tuple((c.group, c.title) if c.group else (c.title,) for c in block.columns),
            rows=tuple(
                SheetRow((*row.group, row.title), _values(table, block, row)) for row in block.rows
            ),
            caption=block.title,
            corner=CORNER,
        )
        for block in table.blocks
    )
    return Sheet(table, panels, notes=(NOTE,))


def _abreast(table: Table) -> Sheet:
    panels = tuple(
        Panel(
            heads=tuple((*row.group, row.title, column.title) for column in block.columns),
            rows=(SheetRow((), _values(table, block, row)),),
        )
        for block in table.blocks
        for row in block.rows
    )
    return Sheet(table, panels, side_by_side=True, notes=(NOTE,))


def _sheets(combination: str) -> tuple[Sheet, ...]:
    return tuple(
        _abreast(table) if table.side_by_side else _stacked(table)
        for table in FORM.tables(combination)
    )


ACTIVE, REQUESTS, DISPUTES = _sheets("ogi-2021")
STACKED_DISPUTES = _stacked(DISPUTES.table)
SHEETS = (ACTIVE, REQUESTS, DISPUTES, STACKED_DISPUTES, *_sheets("ogi-2019"))


def _draws(name: str, n: int = N_DRAWS) -> Iterator[Layout]:
    return (TRAINING[name](Random(f"{name}/{number}")) for number in range(n))


@cache
def _printed(name: str) -> tuple[tuple[Sheet, Composed], ...]:
    return tuple((sheet, compose(layout(sheet))) for layout in _draws(name) for sheet in SHEETS)


def _values_of(sheet: Sheet) -> list[Value]:
    rows = chain.from_iterable(panel.rows for panel in sheet.panels)
    return list(chain.from_iterable(row.values for row in rows))


def _shape(text: str) -> str:
    """The text with its numbers and titles made alike."""
    return re.sub(r"[^\W\d_]+", "字", re.sub(r"[\d,]+", "0", text))


def _line_shape(text: str) -> str:
    """The text with numbers and with all other words made alike; what stands between is kept."""
    return re.sub(r"[^\s|;；，、]+", lambda m: "0" if re.fullmatch(r"[\d,]+", m[0]) else "字", text)


def test_there_are_many_families_with_plain_names() -> None:
    assert len(TRAINING) >= 40
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in TRAINING)
    assert set(TRAINING) > BOUNDLESS


@pytest.mark.parametrize("name", TRAINING)
def test_every_cell_is_printed_once_with_its_text(name: str) -> None:
    for sheet, composed in _printed(name):
        printed = [(piece.cell, composed.text[slice(*span)]) for piece, span in composed.labelled]
        expected = [(v.cell, v.text) for v in _values_of(sheet) if v.text or name not in BOUNDLESS]
        assert sorted(printed) == sorted(expected)


@pytest.mark.parametrize("name", sorted(set(TRAINING) - COLUMN_MAJOR))
def test_values_of_a_row_keep_their_order(name: str) -> None:
    for sheet, composed in _printed(name):
        places = {piece.cell: span for piece, span in composed.labelled}
        for row in chain.from_iterable(panel.rows for panel in sheet.panels):
            spans = [places[value.cell] for value in row.values if value.cell in places]
            assert spans == sorted(spans)


@pytest.mark.parametrize("name", sorted(COLUMN_MAJOR))
def test_values_of_a_column_keep_their_order(name: str) -> None:
    for layout in _draws(name):
        composed = compose(layout(REQUESTS))
        places = {piece.cell: span for piece, span in composed.labelled}
        for column in zip(*(row.values for row in REQUESTS.panels[0].rows), strict=True):
            spans = [places[value.cell] for value in column if value.cell in places]
            assert spans == sorted(spans)


@pytest.mark.parametrize("name", TRAINING)
def test_titles_and_notes_are_printed(name: str) -> None:
    for sheet, composed in _printed(name):
        text = "".join(composed.text.split())
        letters = set(text)
        titles = {title for panel in sheet.panels for path in panel.heads for title in path}
        titles |= {label for panel in sheet.panels for row in panel.rows for label in row.labels}
        titles |= {panel.caption for panel in sheet.panels if panel.caption}
        assert "".join(NOTE.split()) in text
        assert letters >= {char for title in titles for char in title}


@pytest.mark.parametrize("name", TRAINING)
def test_values_stand_apart_from_words_and_from_each_other(name: str) -> None:
    for _, composed in _printed(name):
        for piece, (start, end) in composed.labelled:
            around = composed.text[max(0, start - 1) : start] + composed.text[end : end + 1]
            assert not piece.text or not re.search(r"\w|[：:\"]", around)


@pytest.mark.parametrize("name", TRAINING)
def test_titles_are_not_glued_to_themselves(name: str) -> None:
    titles = {panel.caption for panel in ACTIVE.panels if panel.caption} | {NOTE, CORNER}
    for _, composed in _printed(name):
        assert not any(title * 2 in composed.text for title in titles)


@pytest.mark.parametrize("name", TRAINING)
def test_the_same_draw_prints_the_same(name: str) -> None:
    first, second = (TRAINING[name](Random(5)) for _ in range(2))
    for sheet in SHEETS:
        assert first(sheet) == second(sheet) == first(sheet)


@pytest.mark.parametrize("name", TRAINING)
def test_a_family_has_several_looks(name: str) -> None:
    looks = {_shape(compose(layout(REQUESTS)).text) for layout in _draws(name, 12)}
    assert len(looks) >= 4


def test_no_two_families_look_alike() -> None:
    owners: dict[str, str] = {}
    for name in TRAINING:
        for layout in _draws(name, 6):
            look = _shape("\f".join(compose(layout(s)).text for s in (ACTIVE, REQUESTS, DISPUTES)))
            assert owners.setdefault(look, name) == name


@pytest.mark.parametrize("name", TRAINING)
def test_damaged_rows_are_printed_as_they_are(name: str) -> None:
    """A lost title, collapsed blanks, a doubled number and a row without numbers."""
    rows = REQUESTS.panels[0].rows
    doubled = (*rows[1].values, Value("77", None))
    changed = (
        SheetRow((), rows[0].values),
        SheetRow(rows[1].labels, doubled),
        SheetRow(rows[2].labels, rows[2].values[2:5]),
        SheetRow(rows[3].labels, ()),
        *rows[4:],
    )
    panel = Panel(REQUESTS.panels[0].heads, changed, corner=CORNER)
    sheet = Sheet(REQUESTS.table, (panel,), notes=(NOTE,))
    for layout in _draws(name):
        composed = compose(layout(sheet))
        printed = [(piece.cell, composed.text[slice(*span)]) for piece, span in composed.labelled]
        kept = [v for v in _values_of(sheet) if v.cell and (v.text or name not in BOUNDLESS)]
        assert sorted(printed) == sorted((v.cell, v.text) for v in kept)
        assert "77" in composed.text


@pytest.mark.parametrize("name", TRAINING)
def test_rows_lost_from_one_of_the_abreast_panels_leave_the_others(name: str) -> None:
    first, *others = DISPUTES.panels
    sheet = Sheet(DISPUTES.table, (Panel(first.heads, ()), *others), side_by_side=True)
    for layout in _draws(name):
        cells = {piece.cell for piece in layout(sheet) if piece.cell}
        kept = {v.cell for v in _values_of(sheet) if v.text or name not in BOUNDLESS}
        assert cells == kept


@pytest.mark.parametrize(
    ("device", "pattern"),
    [
        ("a value and a bar a line", r"(?m)^[|\s]*[\d,]+\s*\|+$"),
        ("key and value in words", r"[：:=][ \t]*\d"),
        ("quoted values", r"[\"'][\d,]*[\"']"),
        ("a table torn into many", r"(?m)^\|[\s:-]*-{3}[\s|:-]*$(?s:.*)^\|[\s:-]*-{3}[\s|:-]*$"),
    ],
)
def test_held_out_devices_are_in_no_family(device: str, pattern: str) -> None:
    users = {
        name
        for name in TRAINING
        for sheet, composed in _printed(name)
        if re.search(pattern, composed.text)
    }
    assert not users, device


def test_no_family_prints_a_table_on_one_line() -> None:
    for name in TRAINING:
        assert all(compose(layout(REQUESTS)).text.count("\n") >= 7 for layout in _draws(name))


def test_families_that_train_never_import_those_held_out() -> None:
    for path in Path(layouts.__file__).parent.glob("*.py"):
        if path.name.startswith("held_out"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.ImportFrom) or "held_out" not in (node.module or "")
            assert not isinstance(node, ast.Import | ast.ImportFrom) or all(
                "held_out" not in alias.name for alias in node.names
            )


@pytest.mark.parametrize("name", TRAINING)
def test_no_family_repeats_the_lines_of_a_seed(name: str) -> None:
    seeds = [_line_shape(path.read_text(encoding="utf-8")) for path in SEEDS]
    assert len(seeds) == 5
    for layout in _draws(name, 4):
        for sheet in (ACTIVE, REQUESTS, DISPUTES):
            pieces = [piece for piece in layout(sheet) if piece.text != NOTE]
            text = "".join("0" if piece.cell else piece.text for piece in pieces)
            assert not any(_line_shape(text.strip("\n")) in seed for seed in seeds)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("结果维持", 4, ["结果", "维持"]),
        ("（一）予以公开", 8, ["（一）予", "以公开"]),
        ("10.属于", 4, ["10.", "属于"]),
        ("本级，其他", 4, ["本", "级，", "其他"]),
        ("", 4, []),
    ],
)
def test_titles_are_broken_between_words_and_marks(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width) == lines
    assert "".join(lines) == text


def test_wide_characters_take_two_columns() -> None:
    assert [width_of(text) for text in ("", "12", "总计", "Ａ１", "（一）")] == [0, 2, 4, 4, 6]
