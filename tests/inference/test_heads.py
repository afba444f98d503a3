from collections.abc import Callable, Mapping

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.model.document import Document
from gouji.model.form import Form, Table
from gouji.model.report import Report, Status, Verdict

SetTable = Callable[[Table, Mapping[str, str], str, str], str]
AsDocument = Callable[[str], Document]
Read = Callable[[Mapping[str, str], Callable[[str], str]], Report]


@pytest.fixture(scope="module")
def read(form: Form, set_table: SetTable, as_document: AsDocument) -> Read:
    extract = Extractor(form, Settings(), "rules")

    def run(active: Mapping[str, str], change: Callable[[str], str]) -> Report:
        table = form.variants["active"]["2021"]
        raw = {cell.id: active.get(cell.id, "0") for cell in table.cells}
        (report,) = extract(as_document(change(set_table(table, raw, "\t", "\n"))))
        return report

    return run


FEE = "active.fees.amount"


@pytest.mark.parametrize("head", ["（单位：元）", "（元）", "(单位:元)"])
def test_money_under_a_head_in_another_unit_is_converted(read: Read, head: str) -> None:
    report = read({FEE: "251000"}, lambda text: text.replace("（单位：万元）", head))
    cell = report.cells[FEE]
    assert (cell.value, cell.printed, cell.status) == (25.1, 251000, Status.CONVERTED)


def test_money_under_the_head_of_the_form_is_as_printed(read: Read) -> None:
    cell = read({FEE: "2.02"}, str).cells[FEE]
    assert (cell.value, cell.status, cell.review) == (2.02, Status.READ, False)


def test_columns_in_another_order_are_for_review(read: Read) -> None:
    heads = "本年制发件数\t本年废止件数\t现行有效件数"
    swapped = "现行有效件数\t本年制发件数\t本年废止件数"
    numbers = {"active.rules.issued": "27", "active.rules.repealed": "8"}
    report = read(numbers, lambda text: text.replace(heads, swapped))
    assert all(report.cells[f"active.rules.{c}"].review for c in ("issued", "repealed", "in_force"))
    assert not report.cells["active.licensing.decisions"].review


def test_a_table_that_stands_there_twice_is_for_review(read: Read) -> None:
    prose = "以上是上一年度的数据，本年度的数据列在下面的表格里，请以后者为准，特此说明。" * 3
    report = read({"active.rules.issued": "3"}, lambda text: f"{text}\n{prose}\n{text}")
    table = report.tables[0]
    assert table.verdict is Verdict.REVIEW
    assert all(cell.review for cell in table.cells)
    assert "S008" in [finding.code for finding in report.findings]


def test_rows_in_another_order_are_not_taken_for_sure(read: Read) -> None:
    numbers = {"active.penalty.decisions": "7", "active.coercion.decisions": "5"}
    ordered, exchanged = "行政处罚\t7\t\n行政强制\t5", "行政强制\t5\t\n行政处罚\t7"
    report = read(numbers, lambda text: text.replace(ordered, exchanged))
    cells = [report.cells[name] for name in numbers]
    assert any(cell.review for cell in cells)
    assert all(cell.review or cell.value == int(numbers[cell.id]) for cell in cells)


@pytest.mark.parametrize("raw", ["约5", "12②", "0 4", "12件", "4（减）", "增12"])
def test_what_is_no_sure_number_of_its_cell_is_for_review(read: Read, raw: str) -> None:
    cell = read({FEE: raw}, str).cells[FEE]
    assert (cell.value, cell.status, cell.review) == (None, Status.MISSING, True)
    assert cell.read == raw
