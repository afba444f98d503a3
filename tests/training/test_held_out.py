import ast
import csv
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from gouji.model.form_file import load_form
from gouji.training.synthesis.damage import DAMAGES
from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.held_out import BOUNDLESS_HELD_OUT, HELD_OUT
from gouji.training.synthesis.layouts.held_out_grid import RowKind, grid, wrapped
from gouji.training.synthesis.number_law import draw
from gouji.training.synthesis.pieces import Piece, compose
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow, Value
from gouji.training.synthesis.sheets import sheets
from tests.test_layers import imports_of, module_of, sources

FORM = load_form()
ROOT = Path(__file__).parents[2]
LAYOUTS = "gouji.training.synthesis.layouts"
N_DRAWS = 10
SHEET_DAMAGES = {name: d.on_sheet for name, d in DAMAGES.items() if d.on_sheet}

each_family = pytest.mark.parametrize("name", HELD_OUT)


def sheets_of(key: str, combination: str = "ogi-2021", zero: str = "0") -> tuple[Sheet, ...]:
    variants = FORM.combinations[combination]
    rng = Random(key)
    numbers = draw(FORM.tables(combination), rng)
    shown = {cell: str(number) if number else zero for cell, number in numbers.items()}
    return sheets(FORM, variants, shown, rng)


def drawn(name: str, number: int) -> Layout:
    return HELD_OUT[name](Random(f"{name}/{number}"))


def text_of(layout: Layout, sheet: Sheet) -> str:
    return compose(layout(sheet)).text


def values_of(sheet: Sheet) -> Iterator[Value]:
    for panel in sheet.panels:
        for row in panel.rows:
            yield from row.values


def with_values(sheet: Sheet, kept: Iterable[Value]) -> Sheet:
    """The sheet without all other values."""
    known = set(kept)
    panels = tuple(
        replace(
            panel,
            rows=tuple(
                replace(row, values=tuple(v for v in row.values if v in known))
                for row in panel.rows
            ),
        )
        for panel in sheet.panels
    )
    return replace(sheet, panels=panels)


def in_cells(pieces: Iterable[Piece]) -> list[tuple[str, str]]:
    return sorted((piece.cell, piece.text) for piece in pieces if piece.cell)


def cells_of(sheet: Sheet) -> list[tuple[str, str]]:
    return sorted((value.cell, value.text) for value in values_of(sheet) if value.cell)


@each_family
@pytest.mark.parametrize("zero", ["0", "", "-", "无"])
@pytest.mark.parametrize("combination", FORM.combinations)
def test_every_cell_is_printed_once_as_written(name: str, combination: str, zero: str) -> None:
    for number in range(N_DRAWS):
        layout = drawn(name, number)
        for sheet in sheets_of(f"once/{number}", combination, zero):
            assert in_cells(layout(sheet)) == cells_of(sheet)


@each_family
@pytest.mark.parametrize("damage", SHEET_DAMAGES)
def test_damaged_sheet_keeps_its_cells_and_other_numbers(name: str, damage: str) -> None:
    for number in range(5):
        layout = drawn(name, number)
        for sheet in sheets_of(f"damage/{number}"):
            damaged = SHEET_DAMAGES[damage](sheet, Random(number))
            pieces = layout(damaged)
            assert in_cells(pieces) == sorted(
                (v.cell, v.text) for v in values_of(damaged) if v.cell
            )
            others = sorted(v.text for v in values_of(damaged) if v.cell is None and v.text)
            plain = [piece.text for piece in pieces if piece.is_plain]
            assert all(text in plain for text in others)


@each_family
def test_titles_and_notes_are_printed(name: str) -> None:
    for number in range(N_DRAWS):
        layout = drawn(name, number)
        for sheet in sheets_of(f"titles/{number}"):
            text = re.sub(r"[\s|]", "", text_of(layout, sheet))
            own = {row.labels[-1] for panel in sheet.panels for row in panel.rows if row.labels}
            heads = {path[-1] for panel in sheet.panels for path in panel.heads}
            if name == "pdf_flow_vertical":  # titles stand between numbers and head words
                own, heads = set(), set()
            for title in {*own, *heads, *sheet.notes}:
                assert re.sub(r"\s", "", title.replace('"', '""')) in text


@each_family
def test_family_leaves_a_trace_of_empty_cells_unless_it_is_boundless(name: str) -> None:
    for number in range(N_DRAWS):
        layout = drawn(name, number)
        sheet = sheets_of(f"trace/{number}", zero="")[1]  # table requests
        collapsed = with_values(sheet, (value for value in values_of(sheet) if value.text))
        is_traceless = text_of(layout, sheet) == text_of(layout, collapsed)
        assert is_traceless == (name in BOUNDLESS_HELD_OUT)


@each_family
def test_family_draws_its_variant_once_for_a_report(name: str) -> None:
    tables = sheets_of("variant")
    texts = {
        number: [text_of(drawn(name, number), sheet) for sheet in tables] for number in range(40)
    }
    assert len({texts[number][1] for number in texts}) >= 8
    layout = drawn(name, 0)
    for _ in range(2):  # printing twice, or in another order, changes nothing
        assert [text_of(layout, sheet) for sheet in reversed(tables)] == texts[0][::-1]


@each_family
def test_text_has_no_carriage_return_and_no_loose_ends(name: str) -> None:
    for number in range(N_DRAWS):
        layout = drawn(name, number)
        for sheet in sheets_of(f"ends/{number}"):
            text = text_of(layout, sheet)
            assert "\r" not in text
            assert not text.endswith("\n")
            assert not text.startswith("\n")


def small(*rows: SheetRow, **parts: object) -> Sheet:
    table = FORM.tables("ogi-2021")[1]
    heads = (("申请人", "自然人"), ("申请人", "法人", "其他"), ("总计",))
    panel = Panel(heads, rows, corner="项目")
    return replace(Sheet(table, (panel,)), **parts)  # type: ignore[arg-type]  # parts of a sheet


def row(labels: tuple[str, ...], *texts: str) -> SheetRow:
    name = labels[-1] if labels else ""
    columns = ("natural", "other", "total")
    cells = [f"requests.{name}.{column}" for column in columns]
    return SheetRow(labels, tuple(map(Value, texts, cells)))


SMALL = small(
    row(("一、新收",), "12", "", "12"),
    row(("三、结果", "（一）公开"), "1", "2", "3"),
    row(("三、结果", "（二）不予"), "", "4", "4"),
)


def test_grid_leaves_covered_places_empty() -> None:
    shown = [
        (line.kind, [None if entry is None else entry.text for entry in line.entries])
        for line in grid(replace(SMALL, notes=("单位：件",)))
    ]
    assert shown == [
        (RowKind.HEAD, ["项目", None, "申请人", None, "总计"]),
        (RowKind.HEAD, [None, None, "自然人", "法人", None]),
        (RowKind.HEAD, [None, None, None, "其他", None]),
        (RowKind.BODY, ["一、新收", None, "12", "", "12"]),
        (RowKind.BODY, ["三、结果", "（一）公开", "1", "2", "3"]),
        (RowKind.BODY, [None, "（二）不予", "", "4", "4"]),
        (RowKind.NOTE, ["单位：件", None, None, None, None]),
    ]


def test_grid_puts_panels_abreast_on_one_line() -> None:
    panels = tuple(
        Panel((("复议", "维持"), ("复议", "总计")), (SheetRow((), (Value(n, None),) * 2),))
        for n in ("1", "2")
    )
    lines = grid(Sheet(FORM.tables("ogi-2021")[2], panels, side_by_side=True))
    assert [piece.text for piece in lines[-1].shown] == ["1", "1", "2", "2"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("三、本年", 1, ["三、", "本", "年"]),
        ("（三）不予公开", 3, ["（三）", "不予公", "开"]),
        ("2021年", 3, ["2021", "年"]),
        ("危及“三安全”", 4, ["危及“三", "安全”"]),
        ("", 3, []),
    ],
)
def test_text_is_wrapped_without_splitting_marks_and_numbers(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


def test_value_pipe_line_holds_one_text_and_bars() -> None:
    for number in range(N_DRAWS):
        text = text_of(drawn("value_pipe_lines", number), SMALL)
        for line in filter(None, text.split("\n")):
            assert re.fullmatch(r"\|+|[^|]*[^|\s]\s*\|", line)
        assert text.count("12") == 2


def test_one_line_is_one_line() -> None:
    for number in range(N_DRAWS):
        text = text_of(drawn("one_line", number), SMALL)
        assert not re.search(r"[\n\t|]", text)
        assert " ".join(text.split()).endswith(
            "一、新收 12 12 三、结果 （一）公开 1 2 3 （二）不予 4 4"
        )


def test_flow_prints_group_titles_between_rows_and_page_marks_between_pages() -> None:
    texts = [text_of(drawn("pdf_flow_vertical", number), SMALL) for number in range(N_DRAWS)]
    assert any(re.search(r"^三、\n(.+\n)?结\n", text, re.MULTILINE) for text in texts)
    long = sheets_of("pages")[1]
    for number in range(N_DRAWS):
        text = text_of(drawn("pdf_flow_vertical", number), long)
        marks = re.findall(r"^[-—第] ?\d+ ?[-—页]$", text, re.MULTILINE)
        assert marks
        pages = [int(re.sub(r"\D", "", mark)) for mark in marks]
        assert pages == list(range(pages[0], pages[0] + len(pages)))


def test_prose_names_the_column_before_every_number() -> None:
    tail = re.compile(r"(自然人|其他|总计)(：|:|： |为| |)$")
    names = {"natural": "自然人", "other": "其他", "total": "总计"}
    for number in range(N_DRAWS):
        composed = compose(drawn("key_value_prose", number)(SMALL))
        for piece, (start, _) in composed.labelled:
            match = tail.search(composed.text[:start])
            assert match
            assert piece.cell
            assert match[1] == names[piece.cell.rpartition(".")[2]]


def test_prose_names_columns_by_their_cells_where_a_row_has_lost_one() -> None:
    broken = row(("二、结转",), "5", "6", "11")
    sheet = small(row(("一、新收",), "1", "2", "3"), replace(broken, values=broken.values[1:]))
    for number in range(N_DRAWS):
        text = text_of(drawn("key_value_prose", number), sheet)
        assert re.search(r"其他\D{0,3}6", text)
        assert re.search(r"总计\D{0,3}11", text)


def test_markdown_is_torn_into_tables_with_a_rule_each() -> None:
    torn = [text_of(drawn("torn_markdown", number), sheets_of("torn")[1]) for number in range(40)]
    n_rules = [len(re.findall(r"^\|?[ :|-]*---?[ :|-]*\|?$", text, re.MULTILINE)) for text in torn]
    assert min(n_rules) >= 5
    assert any(re.search(r"\n\n\d+(\n|$)", text) for text in torn)  # a loose total
    assert any(re.search(r"\n\n一、本年新收政府信息公开申请数量\n\n", text) for text in torn)
    assert any("数据1 |" in text for text in torn)


def test_quoted_csv_reads_back_field_by_field() -> None:
    for number in range(N_DRAWS):
        text = text_of(drawn("quoted_csv", number), SMALL)
        separator = ";" if ";" in text else ","
        lines = list(csv.reader(StringIO(text), delimiter=separator, skipinitialspace=True))
        assert lines[3] == ["一、新收", "", "12", "", "12"]
        assert lines[4] == ["三、结果", "（一）公开", "1", "2", "3"]
        assert lines[5][1:] == ["（二）不予", "", "4", "4"]
        assert lines[5][0] in ("", "三、结果")


def import_graph(root: Path) -> Mapping[str, frozenset[str]]:
    """The modules of the areas that each module imports, its packages included."""
    modules = {module_of(path): path for path in sources(root)}

    def known(name: str) -> Iterator[str]:
        parts = name.split(".")
        yield from (m for n in range(1, len(parts) + 1) if (m := ".".join(parts[:n])) in modules)

    return {
        module: frozenset(
            found
            for imported, _, _ in imports_of(ast.parse((root / path).read_text("utf-8")))
            for found in known(imported)
        )
        for module, path in modules.items()
    }


def reachable(start: str, graph: Mapping[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting.extend(graph[module])
    return seen


def is_held_out(module: str) -> bool:
    return module.startswith(f"{LAYOUTS}.held_out")


def leaks(root: Path) -> list[str]:
    """Modules of the areas that can reach a held-out one."""
    graph = import_graph(root)
    return sorted(
        module
        for module in graph
        if not is_held_out(module) and any(map(is_held_out, reachable(module, graph)))
    )


def test_nothing_that_ships_or_trains_reaches_a_held_out_family() -> None:
    graph = import_graph(ROOT)
    assert any(map(is_held_out, reachable(f"{LAYOUTS}.held_out", graph)))
    assert f"{LAYOUTS}.family" in reachable(f"{LAYOUTS}.held_out", graph)
    assert leaks(ROOT) == []


@pytest.mark.parametrize(
    "code",
    [
        f"from {LAYOUTS}.held_out import HELD_OUT",
        f"from {LAYOUTS} import held_out",
        f"def late():\n    import {LAYOUTS}.held_out",
        f"from importlib import import_module\nimport_module('{LAYOUTS}.held_out')",
        "from gouji.training.between import something",
    ],
)
def test_a_leak_is_found(tmp_path: Path, code: str) -> None:
    area = tmp_path / "training/gouji/training"
    (area / "synthesis/layouts").mkdir(parents=True)
    (area / "synthesis/layouts/__init__.py").touch()
    (area / "synthesis/layouts/held_out.py").touch()
    (area / "between.py").write_text(f"from {LAYOUTS}.held_out import HELD_OUT", "utf-8")
    (area / "loop.py").write_text(code, "utf-8")
    assert leaks(tmp_path) == ["gouji.training.between", "gouji.training.loop"]


def test_no_other_module_names_the_held_out_ones_in_a_string() -> None:
    for path in sources(ROOT):
        if not is_held_out(module_of(path)):
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
            assert not any(isinstance(text, str) and "held_out" in text for text in texts), path


def test_importing_the_training_families_loads_no_held_out_one() -> None:
    code = f"import sys, {LAYOUTS}; sys.exit(any('held_out' in name for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True)
