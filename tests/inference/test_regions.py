from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.inference.regions import find_regions
from gouji.model.form import Form, Table

SetTable = Callable[[Table, Mapping[str, str], str, str], str]

PROSE = (
    "本年度新收政府信息公开申请12件，予以公开3件，部分公开2件，不予公开4件，结转下年度继续办理1件。"
    "行政许可239项，行政处罚3项，行政强制0项。没有行政复议、行政诉讼，结果维持。\n"
)


def zeros(table: Table) -> dict[str, str]:
    return {cell.id: "0" for cell in table.cells}


def found(text: str, form: Form) -> list[str]:
    return [region.table for region in find_regions(text, (0, len(text)), form)]


def test_prose_that_names_the_rows_is_no_table(form: Form) -> None:
    assert found(PROSE * 5, form) == []


@pytest.mark.parametrize("order", [("active", "requests", "disputes"), ("disputes", "active")])
def test_tables_are_found_in_any_order(
    form: Form, set_table: SetTable, order: tuple[str, ...]
) -> None:
    tables = [form.variants[name][next(iter(form.variants[name]))] for name in order]
    text = PROSE.join(set_table(t, zeros(t), "\t", "\n") for t in tables)
    regions = find_regions(text, (0, len(text)), form)
    assert [region.table for region in regions] == list(order)
    for region, table in zip(regions, tables, strict=True):
        part = text[slice(*region.span)]
        assert part.split().count("0") == len(table.cells)
        assert "本年度新收" not in part


def test_two_reports_have_two_regions_each(form: Form, set_table: SetTable) -> None:
    tables = form.tables("ogi-2021")
    text = PROSE.join(set_table(t, zeros(t), "\n", "") for t in (*tables, *tables))
    assert found(text, form) == ["active", "requests", "disputes"] * 2


def test_a_table_cut_by_a_page_is_one_region(form: Form, set_table: SetTable) -> None:
    table = form.variants["requests"]["2021"]
    text = set_table(table, zeros(table), "\t", "\n")
    cut = text.index("（四）无法提供")
    chrome = (
        "当前位置：首页 > 政府信息公开 > 年度报告 > 正文 分享到 打印本页 关闭窗口 字体 大 中 小 "
        * 2
    )
    assert found(text[:cut] + chrome + text[cut:], form) == ["requests"]


def test_a_full_line_behind_a_single_label_is_a_table(form: Form) -> None:
    text = "一、本年新收政府信息公开申请数量 | 3 | 0 | 0 | 0 | 0 | 0 | 3 |\n"
    assert found(text, form) == ["requests"]


@settings(max_examples=60)
@given(st.text(alphabet="一二三行政复议诉讼总计其他0 19|\t\n规章（）.", max_size=300))
def test_any_text_gives_regions_inside_it(form: Form, text: str) -> None:
    for region in find_regions(text, (0, len(text)), form):
        assert 0 <= region.span[0] <= region.span[1] <= len(text)
