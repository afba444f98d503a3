import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from gouji.model.document import Source
from gouji.model.findings import KINDS, finding
from gouji.model.form import Form, Table
from gouji.model.form_file import load_form, parse_form
from gouji.model.jsonl import dumps, loads
from gouji.model.report import (
    Alternative,
    CellResult,
    Check,
    FieldResult,
    MadeBy,
    Report,
    Section,
    Status,
    TableResult,
    Verdict,
)
from gouji.model.report_codec import report_from_dict, report_schema, report_to_dict

SHOP = parse_form(
    """
id: shop
title: 店铺年报
forms: {shop-1: {sales: "1", staff: "1"}}
sections: [{id: sales, heading: 一、销售}]
fields: [{id: title, type: text}, {id: sales.fee, type: money, unit: 元}]
tables:
  sales:
    columns: [{id: shop, title: 门店}, {id: web, title: 网店}]
    rows: [{id: tea, title: 茶}]
  staff:
    columns: [{id: n, title: 人数}, {id: all, title: 总计}]
    rows: [{id: all, title: 总计}]
identities:
  - {id: sum, table: staff, for: each row, total: all, parts: [n]}
links:
  - {id: fee, kind: within a report, equation: sales.fee = sales.tea.web}
""".encode(),
    "shop.yaml",
)
VALIDATOR = Draft202012Validator(report_schema())

probabilities = st.floats(0, 1)
spans = st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9))
numbers = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
alternatives = st.builds(Alternative, numbers, probabilities, st.text(), st.text())
boxes = st.tuples(*[st.floats(0, 900)] * 4)
findings = st.builds(
    finding,
    st.sampled_from(sorted(KINDS)),
    st.text(),
    st.text(),
    cells=st.just(("sales.tea.web",)),
    span=spans,
)


def tuples_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=2).map(tuple)


def cell_results(cell: str) -> st.SearchStrategy[CellResult]:
    return st.builds(
        CellResult,
        id=st.just(cell),
        value=numbers,
        printed=numbers,
        read=st.none() | st.text(),
        status=st.sampled_from(Status),
        confidence=probabilities,
        review=st.booleans(),
        reason=st.text(),
        reason_en=st.text(),
        alternatives=tuples_of(alternatives),
        span=spans,
        page=st.none() | st.integers(1, 9),
        box=st.none() | boxes,
    )


def checks(table: str) -> st.SearchStrategy[Check]:
    verdicts = st.none() | st.booleans()
    sums = st.tuples(numbers, numbers)
    return st.builds(Check, st.just(f"{table}.sum.x"), st.text(), sums, verdicts, verdicts)


def table_results(table: Table) -> st.SearchStrategy[TableResult]:
    return st.builds(
        TableResult,
        id=st.just(table.id),
        variant=st.just(table.variant),
        verdict=st.sampled_from(Verdict),
        confidence=probabilities,
        cells=st.tuples(*(cell_results(cell.id) for cell in table.cells)),
        checks=tuples_of(checks(table.id)),
        findings=tuples_of(findings),
    )


def field_results(field: str) -> st.SearchStrategy[FieldResult]:
    return st.builds(
        FieldResult, st.just(field), numbers | st.text(), probabilities, st.booleans(), spans
    )


def listing_all_findings(report: Report) -> Report:
    of_tables = tuple(finding for table in report.tables for finding in table.findings)
    return replace(report, findings=of_tables + report.findings)


reports = st.builds(
    Report,
    source=st.builds(
        Source, st.text(min_size=1), st.just("0" * 64), st.text(), st.none() | st.integers(1)
    ),
    made_by=st.builds(MadeBy, st.text(), st.text(), st.just("1" * 64), st.just("2" * 64)),
    form=st.text(),
    verdict=st.sampled_from(Verdict),
    confidence=probabilities,
    reason=st.text(),
    tables=st.tuples(*(table_results(table) for table in SHOP.tables("shop-1"))),
    fields=st.tuples(*(field_results(kind.id) for kind in SHOP.fields)),
    sections=tuples_of(
        st.builds(
            Section, st.text(), st.none() | st.text(), st.tuples(st.integers(0), st.integers(0))
        )
    ),
    findings=tuples_of(findings),
).map(listing_all_findings)


def blank_report(form: Form) -> Report:
    """A report in which nothing was found."""
    return Report(
        source=Source("a.txt", "0" * 64, "text/plain"),
        made_by=MadeBy("0.1.0", "rules", form.sha256, "2" * 64),
        form=form.default,
        verdict=Verdict.REVIEW,
        confidence=0.0,
        reason="",
        tables=tuple(
            TableResult(
                table.id,
                table.variant,
                Verdict.FAILED,
                0.0,
                tuple(
                    CellResult(cell.id, None, None, None, Status.MISSING, 0.0, True)
                    for cell in table.cells
                ),
            )
            for table in form.tables(form.default)
        ),
        fields=tuple(FieldResult(kind.id, None, 0.0, True) for kind in form.fields),
        sections=(),
        findings=(),
    )


@given(reports)
def test_report_comes_back_from_json_text_as_it_was(report: Report) -> None:
    assert report_from_dict(loads(dumps(report_to_dict(report, SHOP)))) == report


@given(reports)
def test_every_report_follows_the_schema(report: Report) -> None:
    VALIDATOR.validate(report_to_dict(report, SHOP))


def test_schema_is_valid_itself() -> None:
    Draft202012Validator.check_schema(report_schema())


def test_every_cell_and_field_of_the_form_is_present_in_its_order() -> None:
    form = load_form()
    data = report_to_dict(blank_report(form), form)
    assert list(data["cells"]) == [c.id for t in form.tables(form.default) for c in t.cells]
    assert list(data["fields"]) == [kind.id for kind in form.fields]
    assert len(data["cells"]) == 200


def test_keys_stand_in_the_order_of_the_schema() -> None:
    data = report_to_dict(blank_report(SHOP), SHOP)
    assert list(data) == list(report_schema()["properties"])


def test_order_of_results_does_not_change_the_json() -> None:
    report = blank_report(SHOP)
    shuffled = replace(
        report,
        fields=report.fields[::-1],
        tables=tuple(replace(table, cells=table.cells[::-1]) for table in report.tables[::-1]),
    )
    assert dumps(report_to_dict(shuffled, SHOP)) == dumps(report_to_dict(report, SHOP))


def without_cell(report: Report) -> Report:
    table = replace(report.tables[0], cells=report.tables[0].cells[1:])
    return replace(report, tables=(table, *report.tables[1:]))


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (without_cell, "sales.tea.shop"),
        (lambda report: replace(report, tables=report.tables[1:]), "sales"),
        (lambda report: replace(report, fields=report.fields[1:]), "title"),
    ],
)
def test_report_with_a_gap_is_refused(change: Callable[[Report], Report], missing: str) -> None:
    with pytest.raises(ValueError, match=f"a.txt: no result for '{missing}'"):
        report_to_dict(change(blank_report(SHOP)), SHOP)


def test_findings_stand_once_in_their_order_and_go_back_to_their_table() -> None:
    no_table, no_heading = finding("S004", "缺表", "no table"), finding("S001", "缺", "none")
    report = blank_report(SHOP)
    first, second = report.tables
    report = replace(
        report,
        tables=(replace(first, findings=(no_table,)), replace(second, findings=(no_table,))),
        findings=(no_table, no_heading, no_table, no_table),
    )
    data = report_to_dict(report, SHOP)
    assert [(entry["code"], entry["table"]) for entry in data["findings"]] == [
        ("S004", "sales"),
        ("S001", None),
        ("S004", "staff"),
        ("S004", None),
    ]
    assert report_from_dict(data) == report


def test_finding_of_a_table_that_the_report_does_not_list_is_kept() -> None:
    no_table = finding("S004", "缺表", "no table")
    report = blank_report(SHOP)
    tables = (replace(report.tables[0], findings=(no_table,)), *report.tables[1:])
    back = report_from_dict(report_to_dict(replace(report, tables=tables), SHOP))
    assert back == replace(report, tables=tables, findings=(no_table,))


def _break(data: dict[str, Any], *path: str, value: object) -> dict[str, Any]:
    data = copy.deepcopy(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


BROKEN = [
    (("schema",), "gouji.report/2"),
    (("verdict",), "fine"),
    (("cells", "sales.tea.web", "value"), "12"),
    (("cells", "sales.tea.web", "status"), "guessed"),
    (("cells", "sales.tea.web", "note"), "x"),
    (("tables", "sales", "verdict"), None),
    (("source", "sha256"), 5),
    (("extra",), 1),
]


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_broken_report_is_refused_by_codec_and_schema(path: tuple[str, ...], value: object) -> None:
    data = _break(report_to_dict(blank_report(SHOP), SHOP), *path, value=value)
    with pytest.raises(ValueError, match=path[-1]):
        report_from_dict(data)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(data)


@pytest.mark.parametrize("data", [None, [], "x", {}])
def test_what_is_no_report_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"gouji\.report/1"):
        report_from_dict(data)
