import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gouji.cli.explain import explain_file
from gouji.inference.explanation import Location, explain, locate, nearest_cells, overview
from gouji.model.annotation import Annotation
from gouji.model.document import Source
from gouji.model.findings import finding
from gouji.model.form import Table
from gouji.model.form_file import load_form
from gouji.model.jsonl import read_lines
from gouji.model.mention import Number
from gouji.model.report import (
    Alternative,
    CellResult,
    Check,
    MadeBy,
    Report,
    Status,
    TableResult,
    Verdict,
)
from gouji.model.report_codec import report_to_dict

FORM = load_form()
TEXT = "四、行政复议\n维持 1 纠正 0 其他 2 未结 0 总计 5\n"
TOTAL, UPHELD, OTHER = (f"disputes.review.{name}" for name in ("total", "upheld", "other"))
MISPRINTED = "requests.result_total.natural"
SPAN = (TEXT.index("5"), TEXT.index("5") + 1)


def cell(name: str, value: Number | None, **more: Any) -> CellResult:
    given = {"printed": value, "read": str(value), "status": Status.READ, "review": False, **more}
    return CellResult(name, value, confidence=0.9, **given)


def source_error(name: str, value: Number, printed: Number) -> CellResult:
    return cell(
        name,
        value,
        printed=printed,
        read=str(printed),
        status=Status.SOURCE_ERROR,
        review=True,
        reason="总计与各项不符",
        alternatives=(Alternative(5, 0.2, "其他结果应为 4", "other is 4"),),
        span=SPAN,
    )


def missing(table: Table) -> TableResult:
    cells = tuple(
        cell(c.id, None, read=None, status=Status.MISSING, review=True) for c in table.cells
    )
    return TableResult(table.id, table.variant, Verdict.FAILED, 0.0, cells)


def checked(table: Table, cells: Mapping[str, CellResult]) -> tuple[Check, ...]:
    """The checks of a table all of whose cells have numbers."""
    checks = []
    for equation in table.equations:
        sums = [
            [sum(getattr(cells[c], kind) for c in side) for side in (equation.left, equation.right)]
            for kind in ("printed", "value")
        ]
        (left, right), values = sums
        holds = values[0] == values[1]
        checks.append(Check(equation.id, equation.text, (left, right), left == right, holds))
    return tuple(checks)


def report(*changes: CellResult) -> Report:
    """A report whose disputes table is zero but for the changes, the other tables missing."""
    active, requests, disputes = FORM.tables("ogi-2021")
    cells = {c.id: cell(c.id, 0) for c in disputes.cells} | {c.id: c for c in changes}
    result = TableResult(
        "disputes", "2019", Verdict.REVIEW, 0.5, tuple(cells.values()), checked(disputes, cells)
    )
    return Report(
        source=Source("a.txt", hashlib.sha256(TEXT.encode()).hexdigest(), "text/plain"),
        made_by=MadeBy("0.1.0", "rules", FORM.sha256, "0" * 64),
        form="ogi-2021",
        verdict=Verdict.REVIEW,
        confidence=0.0,
        reason="",
        tables=(missing(active), missing(requests), result),
        fields=(),
        sections=(),
        findings=(finding("S004", "没有找到第一张表", "the first table was not found"),),
    )


BROKEN = report(cell(UPHELD, 1), cell(OTHER, 2), source_error(TOTAL, 3, 5))


def test_overview_names_flagged_cells_and_equations_that_fail_as_printed() -> None:
    found = overview(BROKEN, FORM)
    assert [result.id for _, result in found.cells] == [TOTAL]
    assert [equation.check.id for equation in found.broken] == ["disputes.block_total.review"]


def test_missing_table_is_one_entry_of_the_overview() -> None:
    assert overview(BROKEN, FORM).missing == ("active", "requests")


def test_cell_that_was_changed_is_in_the_overview_without_a_flag() -> None:
    changed = cell(TOTAL, 3, printed=8, status=Status.REPAIRED)
    found = overview(report(cell(UPHELD, 3), changed), FORM)
    assert [result.id for _, result in found.cells] == [TOTAL]


def test_explanation_fills_equations_with_both_kinds_of_numbers() -> None:
    (equation,) = explain(BROKEN, FORM, UPHELD).equations
    assert equation.words == "【行政复议】总计 = 结果维持 + 结果纠正 + 其他结果 + 尚未审结"
    assert equation.as_printed == (
        "总计 5 ≠ 结果维持 1 + 其他结果 2（其余 2 项为 0），即 5 与 3，相差 2"
    )
    assert equation.as_reconciled == "总计 3 = 结果维持 1 + 其他结果 2（其余 2 项为 0）"


def test_equation_over_zeros_keeps_one_term_a_side() -> None:
    (equation,) = explain(BROKEN, FORM, "disputes.direct.total").equations
    assert equation.as_reconciled == "总计 0 = 结果维持 0（其余 3 项为 0）"


def test_undecided_equation_shows_what_is_empty() -> None:
    blank = cell(OTHER, None, read="/", status=Status.BLANK)
    disputes = report().tables[2]
    result = TableResult(
        "disputes",
        "2019",
        Verdict.REVIEW,
        0.5,
        tuple(blank if c.id == OTHER else c for c in disputes.cells),
        (Check("disputes.block_total.review", "", (0, None), None, None),),
    )
    with_blank = Report(**{**as_kwargs(BROKEN), "tables": (result,)})
    (equation,) = explain(with_blank, FORM, OTHER).equations
    assert equation.as_printed == "总计 0 ?= 其他结果 （空）（其余 3 项为 0）"


def as_kwargs(value: Report) -> dict[str, Any]:
    return {name: getattr(value, name) for name in Report.__dataclass_fields__}


def test_report_without_anything_to_look_at_says_so(stored: Path) -> None:
    data = json.loads(stored.read_text("utf-8"))
    for result in data["cells"].values():
        result.update(status="read", review=False)
    stored.write_text(json.dumps(data), "utf-8")
    assert "没有需要核对或改动过的单元格。" in run(stored)[1]


def test_text_that_is_json_but_no_report_is_read_as_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}', "utf-8")
    code, output, _ = run(tmp_path / "a.json")
    assert code == 0
    assert output.startswith("a.json：失败")


def test_cell_without_identity_has_no_equations() -> None:
    assert explain(BROKEN, FORM, "active.fees.amount").equations == ()


@pytest.mark.parametrize(
    ("text", "span", "location"),
    [
        ("ab\ncd 5\n", (6, 7), Location(2, "cd 5", (3, 4))),
        ("5", (0, 1), Location(1, "5", (0, 1))),
        ("a\n\n5", (3, 4), Location(3, "5", (0, 1))),
        ("1\n2", (0, 3), Location(1, "1", (0, 1))),
        ("ab\ncd", (3, 3), Location(2, "cd", (0, 0))),
    ],
)
def test_location_is_line_and_span_within_it(
    text: str, span: tuple[int, int], location: Location
) -> None:
    assert locate(text, span) == location


def test_nearest_cells_start_with_the_slip_of_the_pen() -> None:
    assert nearest_cells(BROKEN, "disputes.reveiw.total")[0] == TOTAL


def run(*arguments: object) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(explain_file)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt.json"
    without_fields = report_to_dict(BROKEN, FORM_WITHOUT_FIELDS)
    path.write_text(json.dumps(without_fields, ensure_ascii=False), "utf-8")
    return path


FORM_WITHOUT_FIELDS = type(FORM)(
    **{**{name: getattr(FORM, name) for name in type(FORM).__dataclass_fields__}, "fields": ()}
)


def test_command_lists_what_to_look_at_in_a_stored_report(stored: Path) -> None:
    code, output, _ = run(stored)
    assert code == 0
    assert "a.txt：需核对" in output
    assert "没有找到表 active" in output
    assert "原文有误" in output
    assert "按原文数字不成立的勾稽关系" in output
    assert "disputes.block_total.review  【行政复议】总计 5 ≠ 结果维持 1" in output
    assert "S004  没有找到第一张表" in output


def test_command_explains_a_cell_of_a_stored_report(stored: Path) -> None:
    code, output, _ = run(stored, TOTAL)
    assert code == 0
    assert "原文 5（原样：'5'），取值 3，原文有误，把握 90.0%" in output
    assert f"位置：正文第 {SPAN[0]} 至 {SPAN[1]} 个字符" in output
    assert "按原文不成立：总计 5 ≠ 结果维持 1 + 其他结果 2" in output
    assert "│ 5    │ 20.0%  │ 1504 │ 其他结果应为 4 │" in output


def test_command_shows_the_line_where_the_source_is_given(stored: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT, "utf-8")
    code, output, _ = run(stored, TOTAL, "--source", source)
    assert code == 0
    assert "位置：第 2 行：维持 1 纠正 0 其他 2 未结 0 总计 ⟦5⟧" in output


def test_another_source_than_the_report_was_made_from_is_refused(
    stored: Path, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT + " ", "utf-8")
    code, _, errors = run(stored, TOTAL, "--source", source)
    assert code == 2
    assert "不是" in errors
    assert "的原文件" in errors


def test_unknown_cell_is_answered_with_the_nearest(stored: Path) -> None:
    code, _, errors = run(stored, "disputes.reveiw.total")
    assert code == 2
    assert "没有单元格 disputes.reveiw.total；相近的有：disputes.review.total" in errors


@pytest.mark.parametrize(
    ("change", "message"),
    [({"tables": 3}, "不合规范"), ({"made_by": None}, "不合规范")],
)
def test_malformed_report_is_refused(stored: Path, change: dict[str, Any], message: str) -> None:
    stored.write_text(json.dumps({**json.loads(stored.read_text("utf-8")), **change}), "utf-8")
    code, _, errors = run(stored)
    assert code == 2
    assert message in errors


def test_report_of_another_form_file_is_refused(stored: Path) -> None:
    data = json.loads(stored.read_text("utf-8"))
    data["made_by"]["form_sha256"] = "1" * 64
    stored.write_text(json.dumps(data), "utf-8")
    code, _, errors = run(stored)
    assert code == 2
    assert "另一版本的表单" in errors


def test_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    code, _, errors = run(tmp_path / "none.txt")
    assert code == 2
    assert "none.txt" in errors


@pytest.fixture
def misprinted(root: Path, tmp_path: Path) -> Path:
    """A sample report in which one total is misprinted."""
    samples = read_lines(root / "annotations" / "gold" / "test.jsonl", Annotation)
    sample = next(iter(samples))
    ((start, end),) = (m.span for m in sample.mentions if m.cell == MISPRINTED)
    path = tmp_path / "misprinted.txt"
    path.write_text(f"{sample.text[:start]}37{sample.text[end:]}", "utf-8")
    return path


def test_command_reads_a_source_and_lists_its_misprint(misprinted: Path) -> None:
    code, output, _ = run(misprinted)
    assert code == 0
    assert output.startswith("misprinted.txt：需核对\n")
    assert [line.split()[1] for line in output.splitlines() if line.startswith("│ req")] == [
        MISPRINTED
    ]
    assert "requests.balance.natural  【自然人】" in output


def test_command_explains_a_misprint_with_its_line(misprinted: Path) -> None:
    code, output, _ = run(misprinted, MISPRINTED)
    assert code == 0
    assert "原文 37（原样：'37'）" in output
    assert "⟦37⟧" in output
    failing = [line for line in output.splitlines() if "按原文不成立" in line]
    assert len(failing) == 3, "the row, the column and the balance do not hold"
