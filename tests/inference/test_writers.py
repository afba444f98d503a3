import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gouji.inference.writers.outputs import is_own_output
from gouji.inference.writers.report_folder import ReportFolder, report_line, report_text
from gouji.inference.writers.rows import report_rows, summary_header
from gouji.inference.writers.sheets import (
    FAILED_HEADER,
    REVIEW_HEADER,
    SUMMARY_START,
    Row,
    sheet,
)
from gouji.model.document import Source
from gouji.model.form import Form
from gouji.model.report import (
    Alternative,
    CellResult,
    FieldResult,
    MadeBy,
    Report,
    Status,
    TableResult,
    Verdict,
)

CELL = "requests.denied_law.business"


@pytest.fixture(scope="module")
def report(form: Form) -> Report:
    """A report of which every cell is read and sure."""
    return Report(
        source=Source("a/b.txt", "0" * 64, "text/plain"),
        made_by=MadeBy("0", "rules", form.sha256, "0" * 64),
        form=form.default,
        verdict=Verdict.ACCEPTED,
        confidence=0.99,
        reason="",
        tables=tuple(
            TableResult(
                table.id,
                table.variant,
                Verdict.ACCEPTED,
                0.99,
                tuple(
                    CellResult(cell.id, 0, 0, "0", Status.READ, 1.0, False) for cell in table.cells
                ),
            )
            for table in form.tables(form.default)
        ),
        fields=tuple(FieldResult(kind.id, None, 1.0, False) for kind in form.fields),
        sections=(),
        findings=(),
    )


def changed(report: Report, change: Callable[[CellResult], CellResult]) -> Report:
    """The report with other cells."""
    tables = (
        replace(table, cells=tuple(change(cell) for cell in table.cells)) for table in report.tables
    )
    return replace(report, verdict=Verdict.REVIEW, tables=tuple(tables))


def flagged(report: Report) -> Report:
    """The report with one cell that competing explanations are given for."""

    def flag(cell: CellResult) -> CellResult:
        if cell.id != CELL:
            return cell
        return replace(
            cell,
            value=3,
            printed=5,
            read="5",
            status=Status.AMBIGUOUS,
            confidence=0.7,
            review=True,
            reason="有两种解释",
            alternatives=(Alternative(5, 0.2, "", ""), Alternative(None, 0.1, "", "")),
            span=(40, 41),
            page=2,
        )

    return changed(report, flag)


def review_of(report: Report, form: Form) -> list[dict[str, str]]:
    rows = report_rows(report, form, lambda index: index // 10).review
    return read(sheet(REVIEW_HEADER, rows))


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_flagged_cell_is_shown_with_what_stands_there_what_it_means_why_and_where(
    report: Report, form: Form
) -> None:
    (row,) = review_of(flagged(report), form)
    assert row == {
        "报告": "a/b.txt",
        "单元格": CELL,
        "表": "三、收到和处理政府信息公开申请情况",
        "行": "三、本年度办理结果 / （三）不予公开 / 2.其他法律行政法规禁止公开",
        "列": "法人或其他组织 / 商业企业",
        "原文": "5",
        "印出的数": "5",
        "取值": "3",
        "状态": "有多种解释",
        "置信度": "0.7",
        "原因": "有两种解释",
        "其他可能": "5（0.20）；空（0.10）",
        "行号": "4",
        "起": "40",
        "止": "41",
        "页": "2",
    }


def test_table_wholly_missing_takes_one_line(report: Report, form: Form) -> None:
    def lose(cell: CellResult) -> CellResult:
        if not cell.id.startswith("disputes."):
            return cell
        return CellResult(cell.id, None, None, None, Status.MISSING, 0.0, True)

    lost = changed(report, lose)
    (row,) = review_of(lost, form)
    assert (row["单元格"], row["原因"]) == ("disputes", "整张表（15 个单元格）都没有找到")
    assert report_rows(lost, form, lambda index: 1).n_flagged == 15


def test_failed_report_has_nothing_to_review(report: Report, form: Form) -> None:
    failed = replace(flagged(report), verdict=Verdict.FAILED, reason="没有报告")
    rows = report_rows(failed, form, lambda index: 1)
    assert (rows.verdict, rows.reason, rows.review) == (Verdict.FAILED, "没有报告", ())


def test_summary_has_a_column_for_every_table_and_field(report: Report, form: Form) -> None:
    field = replace(report.fields[2], value=2022, review=True)
    report = replace(flagged(report), fields=(*report.fields[:2], field, *report.fields[3:]))
    header = summary_header(form)
    row = dict(zip(header[:-1], report_rows(report, form, lambda index: 1).summary, strict=True))
    title = form.fields[2].title or form.fields[2].id
    assert len(header) == len(SUMMARY_START) + 3 + len(form.fields) + 3
    assert row["出处"] == f"勾稽 0，模型 rules，表单 {form.sha256[:12]}"
    assert row["报告"] == "a/b.txt"
    assert row["结论"] == "需核对"
    assert row["待核单元格数"] == 1
    assert row["待核字段"] == title
    assert row[title] == 2022
    assert row["四、政府信息公开行政复议、行政诉讼情况"] == "可直接使用"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formula_is_made_inert(start: str) -> None:
    text = f'{start}HYPERLINK("http://x","y")'
    assert read(sheet(("文件",), [(text,)])) == [{"文件": f"'{text}"}]


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0, "0"), (1.5, "1.5"), ('a,"b"\nc', 'a,"b"\nc')]
)
def test_sheet_keeps_everything_else(value: str | int | float | None, text: str) -> None:
    assert read(sheet(("a", "b"), [(value, "x")])) == [{"a": text, "b": "x"}]


def test_sheet_opens_in_a_spreadsheet_program() -> None:
    assert sheet(("甲",), [("乙",)]) == b"\xef\xbb\xbf" + "甲\r\n乙\r\n".encode()


def test_text_and_line_of_a_report_say_the_same(report: Report, form: Form) -> None:
    text, line = report_text(flagged(report), form), report_line(flagged(report), form)
    assert json.loads(text) == json.loads(line)
    assert line.count("\n") == 1
    assert f'\n"{CELL}": {{"value": 3, ' in text  # a line for each cell


def test_report_saved_is_the_report_loaded(report: Report, form: Form, tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path)
    folder.save(flagged(report), form)
    assert (tmp_path / "a/b.txt.json").is_file()
    assert folder.load("a/b.txt") == flagged(report)
    assert folder.load_all("a/b.txt") == (flagged(report),)
    assert folder.load("a/c.txt") is None


def test_reports_of_a_source_are_loaded_only_if_all_are_there(
    report: Report, form: Form, tmp_path: Path
) -> None:
    folder = ReportFolder(tmp_path)
    reports = tuple(
        replace(report, source=replace(report.source, name=name, reports=2))
        for name in ("a/b.txt", "a/b.txt#2")
    )
    folder.save(reports[0], form)
    assert folder.load_all("a/b.txt") == ()
    folder.save(reports[1], form)
    assert folder.load_all("a/b.txt") == reports


def _content(header: tuple[str, ...], row: Row = ("x",)) -> bytes:
    return sheet(header, [row])


@pytest.mark.parametrize(
    ("name", "content", "own"),
    [
        ("a.txt.json", b'{\n"schema": "gouji.report/1",\n"source"', True),
        ("saved.jsonl", b'{"schema": "gouji.report/1", "source"', True),
        ("summary.csv", _content((*SUMMARY_START, "x")), True),
        ("review.csv", _content(REVIEW_HEADER), True),
        ("failed.csv", _content(FAILED_HEADER), True),
        ("gouji.log", b"", True),
        ("reports.jsonl", b"", True),  # of a run without a single report
        ("a.json", b'{"title": "gouji.report/1"}', False),
        ("a.gold.json", b'{"cells": {}}', False),
        ("a.txt", b'{"schema": "gouji.report/1", "source"', False),
        ("summary.csv", b"name,value\n", False),
        ("other.csv", _content(FAILED_HEADER), False),
        ("empty.json", b"", False),
    ],
)
def test_own_outputs_are_told_by_what_they_hold(
    tmp_path: Path, name: str, content: bytes, own: bool
) -> None:
    (tmp_path / name).write_bytes(content)
    assert is_own_output(tmp_path / name) is own


def test_output_that_cannot_be_opened_is_not_taken_for_our_own(tmp_path: Path) -> None:
    assert is_own_output(tmp_path / "nowhere.json") is False
