"""Workbooks: the official tables, the sums of a run, and what a person fills in."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it carries no types
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from gouji.inference.correction_files import read_corrections
from gouji.inference.corrections_workbook import workbook_corrections
from gouji.inference.writers.form_grid import form_grid
from gouji.inference.writers.run_workbook import (
    CORRECTION_HEADER,
    NUMBER,
    RIGHT_VALUE,
    SEAL,
    SEALED,
    SOURCE,
    seal,
)
from gouji.inference.writers.sheets import LONG_HEADER
from gouji.model.errors import ConfigError
from gouji.model.form import Form

CELL = "requests.new.business"
FORMATS = "json,xlsx,csv,parquet"


def gouji(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gouji", "extract", *map(str, arguments), "--model", "rules"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def sources(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seeds; one again with a total that is wrong, one again as it is, one without a report."""
    folder = tmp_path_factory.mktemp("sources")
    first, second, third, *_ = sorted((root / "seeds").glob("*.txt"))
    shutil.copy(first, folder / "a.txt")
    shutil.copy(first, folder / "b.txt")
    text = third.read_text("utf-8")
    at = text.index("本年新收")
    (folder / "c.txt").write_text(text[:at] + text[at:].replace("0", "7", 1), "utf-8")
    (folder / "d.txt").write_text("没有报告。\n" * 9, "utf-8")
    shutil.copy(second, folder / "=e.txt")
    return folder


@pytest.fixture(scope="module")
def out(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    done = gouji(sources, "--out", out, "--format", FORMATS)
    assert done.returncode == 1, done.stderr
    assert "b.txt 与 a.txt 的机关、年度和各格都相同" in done.stderr
    return out


def reports_in(out: Path) -> dict[str, Any]:
    read = (json.loads(path.read_text("utf-8")) for path in sorted(out.glob("*.json")))
    return {report["source"]["name"]: report for report in read}


def table_in(sheet: Worksheet, form: Form, table: str, variant: str, after: str) -> dict[str, Any]:
    """The openpyxl cells of a table, which begins below the row whose first cell has `after`."""
    first = (sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1))
    top = next(row for row, value in enumerate(first, start=1) if after in str(value or ""))
    return {
        place.cell.id: sheet.cell(top + 1 + place.row, place.column + 1)
        for place in form_grid(form.variants[table][variant])
        if place.cell
    }


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def sums(reports: dict[str, Any], table: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for report in reports.values():
        for cell, result in report["cells"].items():
            if cell.startswith(f"{table}."):
                found[cell] = found.get(cell, Decimal(0)) + Decimal(str(result["value"] or 0))
    return found


def test_report_in_the_official_layout_with_doubtful_cells_explained(out: Path, form: Form) -> None:
    report = reports_in(out)["c.txt"]
    assert report["cells"][CELL]["review"]
    sheet = load_workbook(out / "c.txt.xlsx")["报告"]
    headings = {"active": "二、主动公开", "requests": "三、收到", "disputes": "四、政府"}
    for table, told in report["tables"].items():
        cells = table_in(sheet, form, table, told["variant"], headings[table])
        assert {cell: at.value for cell, at in cells.items()} == {
            cell: result["value"]
            for cell, result in report["cells"].items()
            if cell.startswith(f"{table}.")
        }
        for cell, at in cells.items():
            result = report["cells"][cell]
            assert (at.fill.fgColor.rgb == "00FFE08A") == result["review"]
            if result["review"]:
                assert f"原文：{result['read']}" in at.comment.text
                assert f"原因：{result['reason']}" in at.comment.text
            elif result["status"] == "read":
                assert at.comment is None


def test_sums_leave_out_what_is_there_twice_and_count_what_is_flagged(
    out: Path, form: Form
) -> None:
    reports = reports_in(out)
    assert reports.pop("d.txt")["verdict"] == "failed"
    reports.pop("b.txt")
    book = load_workbook(out / "all.xlsx")
    for number, table in enumerate(form.table_ids, start=1):
        (name,) = (name for name in book.sheetnames if name.startswith(f"汇总{number}"))
        sheet = book[name]
        assert sheet["A2"].value.startswith("3 份报告之和")
        variant = reports["a.txt"]["tables"][table]["variant"]
        totals = table_in(sheet, form, table, variant, "份报告之和")
        assert {c: Decimal(str(at.value)) for c, at in totals.items()} == sums(reports, table)
        flagged = table_in(sheet, form, table, variant, "其中待核的格子数")
        for cell, at in flagged.items():
            n = sum(report["cells"][cell]["review"] for report in reports.values())
            assert at.value == n
            assert (totals[cell].comment is not None) == (n > 0)
    guide = "\n".join(str(row[0]) for row in book["说明"].iter_rows(values_only=True))
    assert "有 1 份报告与前面的" in guide
    assert "模型 rules，表单 " in guide


def test_wide_sheet_has_a_report_a_row_and_a_cell_a_column(out: Path) -> None:
    reports = reports_in(out)
    rows = {row["报告"]: row for row in rows_of(load_workbook(out / "all.xlsx")["宽表"])}
    assert list(rows) == ["=e.txt", "a.txt", "b.txt", "c.txt"]
    for name, row in rows.items():
        values = {cell: result["value"] for cell, result in reports[name]["cells"].items()}
        assert {cell: row[cell] for cell in values} == values
        assert row["年度"] == reports[name]["fields"]["year"]["value"]
    assert rows["b.txt"]["与此报告相同"] == "a.txt"


def test_no_text_of_a_source_is_a_formula(out: Path) -> None:
    for path in out.glob("*.xlsx"):
        for sheet in load_workbook(path):
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_failed_sources_are_listed(out: Path) -> None:
    (row,) = rows_of(load_workbook(out / "all.xlsx")["失败"])
    assert row["文件"] == "d.txt"
    assert row["原因"]


def test_long_tables_hold_every_cell_once_with_its_code_book(out: Path) -> None:
    with (out / "cells.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == LONG_HEADER
    reports = reports_in(out)
    told = {(row["report"].lstrip("'"), row["cell"]): row for row in rows}
    assert len(told) == len(rows) == 4 * len(reports["a.txt"]["cells"])
    for (name, cell), row in told.items():
        result = reports[name]["cells"][cell]
        value = "" if result["value"] is None else str(result["value"])
        assert (row["value"], row["status"]) == (value, result["status"])
        assert row["review"] == str(int(result["review"]))
        assert ".".join((row["table"], row["row"], row["column"])) == cell
    parquet = pq.read_table(out / "cells.parquet").to_pylist()
    assert [(r["report"], r["cell"], r["value"]) for r in parquet] == [
        (row["report"].lstrip("'"), row["cell"], float(row["value"]) if row["value"] else None)
        for row in rows
    ]
    with (out / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        meanings = {row["名称"] for row in csv.DictReader(file)}
    assert {*LONG_HEADER, *reports["a.txt"]["cells"], "read", "source_error"} <= meanings


def test_blank_cells_become_zero_on_request_and_lost_ones_do_not(
    root: Path, tmp_path: Path
) -> None:
    seed = sorted((root / "seeds").glob("*.txt"))[0].read_text("utf-8")
    (tmp_path / "a.txt").write_text(seed.replace("0", "-"), "utf-8")
    values = {}
    for blank_as in ("null", "zero"):
        out = tmp_path / blank_as
        gouji(tmp_path / "a.txt", "--out", out, "--format", "json,csv", "--blank-as", blank_as)
        with (out / "cells.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        values[blank_as] = {row["cell"]: row["value"] for row in rows}
        statuses = {row["cell"]: row["status"] for row in rows}
    blank = {cell for cell, status in statuses.items() if status == "blank"}
    assert blank
    assert {values["null"][cell] for cell in blank} == {""}
    assert {values["zero"][cell] for cell in blank} == {"0"}
    others = statuses.keys() - blank
    assert all(values["null"][cell] == values["zero"][cell] for cell in others)


@pytest.fixture
def filled(out: Path, tmp_path: Path) -> Path:
    """The output folder with the right value of every flagged cell filled in."""
    copy = shutil.copytree(out, tmp_path / "out")
    book = load_workbook(copy / "all.xlsx")
    sheet = book["待核对"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[header.index(RIGHT_VALUE)].value = 0
    book.save(copy / "all.xlsx")
    return copy


def test_right_values_filled_in_are_confirmed_and_the_sums_follow(
    sources: Path, filled: Path, form: Form
) -> None:
    arguments = (sources, "--out", filled, "--format", FORMATS)
    refused = gouji(*arguments)
    assert refused.returncode == 1
    assert "再写会丢失" in refused.stderr
    done = gouji(*arguments, "--corrections", filled / "all.xlsx")
    assert done.returncode == 1, done.stderr  # d.txt holds no report
    assert "需要核对 0 份" in done.stderr
    reports = reports_in(filled)
    assert reports["c.txt"]["cells"][CELL]["value"] == 0
    assert reports["c.txt"]["cells"][CELL]["status"] == "confirmed"
    book = load_workbook(filled / "all.xlsx")
    (name,) = (name for name in book.sheetnames if name.startswith("汇总2"))
    reports.pop("b.txt")
    reports.pop("d.txt")
    total = table_in(book[name], form, "requests", "2021", "份报告之和")[CELL]
    assert total.value == sums(reports, "requests")[CELL]
    assert total.comment is None
    assert rows_of(book["待核对"]) == []
    assert {row["单元格"] for row in rows_of(book["已确认"])} >= {CELL}
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    gouji(*arguments, "--corrections", filled / "all.xlsx")  # what is confirmed stays so
    assert {path.name: path.read_bytes() for path in filled.iterdir()} == before


def workbook(path: Path, header: Sequence[str], *rows: Sequence[object]) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "待核对"
    for row in (header, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


SHA = "ab" * 32


def line(entry: object, cell: str = CELL, **changes: object) -> tuple[object, ...]:
    """A row of the sheet with an entry, sealed before it is changed."""
    told: dict[str, object] = dict.fromkeys(CORRECTION_HEADER)
    told.update({"报告": "a.txt", "单元格": cell, NUMBER: 2, SOURCE: SHA, RIGHT_VALUE: entry})
    told[SEAL] = seal(told[title] for title in SEALED)
    return tuple({**told, **changes}.values())


def test_entries_of_a_workbook_as_people_write_them(tmp_path: Path, form: Form) -> None:
    entries = [12, "１,２34", " 3 ", "空", None, ""]
    names = ("natural", "business", "research", "ngo", "legal", "other")
    cells = [f"requests.new.{name}" for name in names]
    lines = [line(entry, cell) for cell, entry in zip(cells, entries, strict=True)]
    path = workbook(tmp_path / "w.xlsx", CORRECTION_HEADER, *lines, ())
    assert read_corrections(path, form).of(SHA) == {
        "#2": dict(zip(cells[:4], (12, 1234, 3, None), strict=True))
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (line("约5"), "第 2 行.*约5"),
        (line("12O"), "第 2 行.*12O"),
        (line("=1+1"), "第 2 行"),
        (line(3, "requests"), "没有单元格"),
        (line(-3), "不能为 -3"),
        (line(3, 单元格="requests.new.ngo"), "第 2 行：各栏对不上"),
        (line(None, 报告="b.txt"), "第 2 行：各栏对不上"),
    ],
)
def test_bad_entry_is_refused_with_its_row(
    tmp_path: Path, form: Form, row: tuple[object, ...], message: str
) -> None:
    path = workbook(tmp_path / "w.xlsx", CORRECTION_HEADER, row)
    with pytest.raises(ConfigError, match=message):
        read_corrections(path, form)


def test_missing_column_is_named(tmp_path: Path, form: Form) -> None:
    path = workbook(tmp_path / "w.xlsx", CORRECTION_HEADER[:-2], line(3)[:-2])
    with pytest.raises(ConfigError, match="缺少栏目：原文SHA-256、校验"):
        read_corrections(path, form)


def test_workbook_without_the_sheet_or_broken_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "other.xlsx")
    data = (tmp_path / "other.xlsx").read_bytes()
    with pytest.raises(ConfigError, match="没有“待核对”工作表"):
        list(workbook_corrections(data, "other.xlsx"))
    with pytest.raises(ConfigError, match="已损坏"):
        list(workbook_corrections(data[:-200], "other.xlsx"))


@pytest.mark.slow
def test_thirty_corrections_in_five_reports_come_back_and_the_sums_follow(
    root: Path, tmp_path: Path, form: Form
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    wrong: dict[str, list[str]] = {}
    for seed in sorted((root / "seeds").glob("*.txt")):
        text = seed.read_text("utf-8")
        at = text.index("现行有效件数")
        (folder / seed.name).write_text(text[:at] + text[at:].replace("0", "约0", 8), "utf-8")
    arguments = (folder, "--out", out, "--format", "json,xlsx")
    gouji(*arguments)
    book = load_workbook(out / "all.xlsx")
    sheet = book["待核对"]
    column = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        name = str(sheet.cell(row, column["报告"]).value)
        cells = wrong.setdefault(name, [])
        if len(cells) < 6:
            cells.append(str(sheet.cell(row, column["单元格"]).value))
            sheet.cell(row, column[RIGHT_VALUE]).value = len(cells) % 2
    assert [len(cells) for cells in wrong.values()] == [6] * 5
    book.save(out / "all.xlsx")
    gouji(*arguments, "--corrections", out / "all.xlsx")
    reports = reports_in(out)
    confirmed = [
        (name, cell, result["value"])
        for name, report in reports.items()
        for cell, result in report["cells"].items()
        if result["status"] == "confirmed"
    ]
    assert sorted(confirmed) == sorted(
        (name, cell, number % 2)
        for name, cells in wrong.items()
        for number, cell in enumerate(cells, start=1)
    )
    book = load_workbook(out / "all.xlsx")
    (name,) = (name for name in book.sheetnames if name.startswith("汇总1"))
    totals = table_in(book[name], form, "active", "2021", "份报告之和")
    assert {c: Decimal(str(at.value)) for c, at in totals.items()} == sums(reports, "active")
    assert sum(sums(reports, "active").values()) >= 15


def test_missing_and_doubled_units_are_listed(sources: Path, tmp_path: Path) -> None:
    agencies = {r["fields"]["agency"]["value"] for r in reports_in_run(sources, tmp_path).values()}
    (tmp_path / "units.csv").write_text(
        "\n".join(["单位", *sorted(filter(None, agencies)), "没有的局"])
    )
    out = tmp_path / "out"
    done = gouji(sources, "--out", out, "--units", tmp_path / "units.csv")
    assert "名单中有" in done.stderr
    with (out / "expected.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = list(csv.DictReader(file))
    states = {row["单位"]: row["情况"] for row in expected}
    assert all(row["出处"].startswith("勾稽 ") for row in expected)
    assert states["没有的局"] == "缺"
    assert "有 2 份" in states.values()


def reports_in_run(sources: Path, tmp_path: Path) -> dict[str, Any]:
    gouji(sources, "--out", tmp_path / "first")
    return reports_in(tmp_path / "first")
