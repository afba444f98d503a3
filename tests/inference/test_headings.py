import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.headings import Heading, Rank, find_headings, surest, without_contents
from gouji.inference.title_lines import find_title_lines
from gouji.model.form_file import load_form

FORM = load_form()
OVERVIEW, ACTIVE, REQUESTS, DISPUTES, PROBLEMS, OTHER = range(6)


def chosen(text: str) -> tuple[Heading, ...]:
    return surest(without_contents(text, find_headings(text, FORM)))


@pytest.mark.parametrize(
    ("line", "place", "numeral", "rank"),
    [
        ("一、总体情况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("　　一 、 总 体 情 况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("⼀、总体情况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("—、总体情况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("一总体情况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("一、2022年本单位政务公开总体情况", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("**一、总体情况**", OVERVIEW, 1, Rank.NUMBERED_LINE),
        ("## 二、主动公开政府信息情况", ACTIVE, 2, Rank.NUMBERED_LINE),
        ("二．主动公开政府信息情况：", ACTIVE, 2, Rank.NUMBERED_LINE),
        ("２、主动公开政府信息情况", ACTIVE, 2, Rank.MINOR_LINE),
        ("第二部分 主动公开政府信息情况", ACTIVE, 2, Rank.NUMBERED_LINE),
        ("二、主動公開政府資訊情況", ACTIVE, 2, Rank.NUMBERED_LINE),
        ("二、主动公开情况", ACTIVE, 2, Rank.NUMBERED_LINE),
        ("| 三、收到和处理政府信息公开申请情况 | |", REQUESTS, 3, Rank.NUMBERED_LINE),
        ("二、收到和处理政府信息公开申请情况", REQUESTS, 2, Rank.NUMBERED_LINE),
        ("三、收到处理政府信息公申请情况", REQUESTS, 3, Rank.NUMBERED_LINE),
        ("四、政府信息公开行政复议和行政诉讼情况", DISPUTES, 4, Rank.NUMBERED_LINE),
        ("四、被申请行政复议、提起行政诉讼情况", DISPUTES, 4, Rank.NUMBERED_LINE),
        ("五、存在的主要问题及整改措施", PROBLEMS, 5, Rank.NUMBERED_LINE),
        ("五、存在的主要问题", PROBLEMS, 5, Rank.NUMBERED_LINE),
        ("六、其他需要说明的事项", OTHER, 6, Rank.NUMBERED_LINE),
        ("六、其他需要报告的事项…………12", OTHER, 6, Rank.NUMBERED_LINE),
        ("一、总体情况 全年工作有序推进，各项任务按期完成。", OVERVIEW, 1, Rank.NUMBERED_START),
        ("六、其他需要报告的事项：本年度没有需要报告的，也未收费。", OTHER, 6, Rank.NUMBERED_START),
        ("六、其他需要报告的事项：无", OTHER, 6, Rank.NUMBERED_START),
        ("一、总体情况及成效", OVERVIEW, 1, Rank.NUMBERED_START),
        ("存在的主要问题及改进情况", PROBLEMS, None, Rank.BARE_LINE),
        ("（一）总体情况", OVERVIEW, 1, Rank.MINOR_LINE),
        ("㈠总体情况", OVERVIEW, 1, Rank.MINOR_LINE),
        ("### 表三：收到和处理政府信息公开申请情况", REQUESTS, 3, Rank.MINOR_LINE),
        ("前文到此为止。六、其他需要报告的事项 无。", OTHER, 6, Rank.INLINE),
    ],
)  # fmt: skip
def test_heading_is_known_in_its_many_dresses(
    line: str, place: int, numeral: int | None, rank: Rank
) -> None:
    found = surest(find_headings(f"前言\n{line}\n正文", FORM))
    assert [(h.place, h.numeral, h.rank) for h in found] == [(place, numeral, rank)]


@pytest.mark.parametrize(
    "line",
    [
        "一、本年新收政府信息公开申请数量",
        "三、本年度办理结果",
        "四、结转下年度继续办理",
        "（一）主动公开情况",
        "二、依申请公开政府信息情况",
        "（二）改进情况",
        "（六）其他处理",
        "第二十条第（一）项",
        "一、工作机制",
        "3.其他",
        "0",
        "15、报告的事项",
        "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况六部分组成。",
        "主动公开政府信息情况。",
        "详见本报告“三、收到和处理政府信息公开申请情况”一节",
        "（二）主动公开政府信息情况。全年通过网站公布信息若干条，其中概况类若干条，动态类若干条，公告若干条。",
    ],
)  # fmt: skip
def test_row_label_subheading_or_sentence_is_no_heading(line: str) -> None:
    assert find_headings(f"前言\n{line}\n正文", FORM) == ()


def test_span_and_text_leave_markup_out() -> None:
    text = "前言\n  ## 一、总体情况\n正文 二、主动公开政府信息情况 第二十条"
    first, second = find_headings(text, FORM)
    assert (text[slice(*first.span)], first.text) == ("  ## 一、总体情况", "一、总体情况")
    assert text[slice(*second.span)] == second.text == "二、主动公开政府信息情况"


@pytest.mark.parametrize("end", [2, 5, 14])
def test_heading_broken_over_two_lines_is_joined(end: int) -> None:
    whole = FORM.sections[DISPUTES].heading
    text = f"{whole[:end]}\n\n {whole[end:]}\n行政复议"
    (heading,) = chosen(text)
    assert heading.text == whole
    assert text[heading.span[1] :] == "\n行政复议"


def test_number_above_a_heading_does_not_join_it() -> None:
    (heading,) = find_headings("52.15 |\n三、收到和处理政府信息公开申请情况", FORM)
    assert heading.span[0] == 8


def test_surest_drops_lesser_candidates_of_the_same_section_alone() -> None:
    active, requests = FORM.sections[ACTIVE].heading, FORM.sections[REQUESTS].heading
    text = f"{active}\n表{active}\n表{requests}\n"
    assert [(h.place, h.rank) for h in chosen(text)] == [
        (ACTIVE, Rank.NUMBERED_LINE),
        (REQUESTS, Rank.MINOR_LINE),
    ]


CONTENTS = "一、总体情况 1\n二、主动公开政府信息情况 2\n三、收到和处理政府信息公开申请情况 3\n"


def test_table_of_contents_is_left_out_where_its_entries_come_again() -> None:
    body = CONTENTS.replace("\n", "\n正文若干文字。\n")
    assert [h.span[0] for h in chosen(CONTENTS + body)] == [
        h.span[0] + len(CONTENTS) for h in chosen(body)
    ]


def test_headings_without_bodies_stay_where_they_do_not_come_again() -> None:
    assert [h.place for h in chosen(CONTENTS)] == [OVERVIEW, ACTIVE, REQUESTS]


@given(st.text(alphabet="一二三、（）#\n 总体情况主动公开政府信息申请复议|表1.", max_size=200))
def test_any_text_gives_ordered_headings_inside_it(text: str) -> None:
    headings = find_headings(text, FORM)
    assert list(headings) == sorted(headings, key=lambda h: h.span)
    assert all(0 <= h.span[0] < h.span[1] <= len(text) and h.text for h in headings)


@pytest.mark.parametrize(
    "text",
    [
        "一、" * 15_000,
        "一、\n" + "\n" * 200_000,
        " " * 300_000,
        "1、总体\n" * 20_000,
        "一 " * 50_000,
        "2022年政府信息公开\n" * 5_000,
    ],
)
def test_headings_and_titles_take_linear_time(text: str) -> None:
    start = time.perf_counter()
    find_headings(text, FORM)
    find_title_lines(text, FORM)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("甲司法局2021年政府信息公开工作年度报告\n", ["甲司法局2021年政府信息公开工作年度报告"]),
        ("# 甲局 2021 年政府信息公开年度报告", ["甲局2021年政府信息公开年度报告"]),
        ("甲局二〇二一年政府信息公开工作年度报告", ["甲局二〇二一年政府信息公开工作年度报告"]),
        ("甲局2021年\n\n政府信息公开工作年度报告", ["甲局2021年政府信息公开工作年度报告"]),
        ("甲局政府信息公开工作年度报告（2021年）", ["甲局政府信息公开工作年度报告2021年"]),
        ("甲局2021年政府信息公开工作年度报告 根据条例，", ["甲局2021年政府信息公开工作年度报告"]),
        ("Page 8 - 甲局2021年政府信息公开工作年度报告", ["甲局2021年政府信息公开工作年度报告"]),
        ("2022年1月9日\n\n乙2021年政府信息公开工作年度报告", ["乙2021年政府信息公开工作年度报告"]),
        ("现公布甲局2021年政府信息公开工作年度报告的全文", []),
        ("上一篇：甲局2021年政府信息公开工作年度报告", []),
        ("根据要求，编制2021年政府信息公开工作年度报告。", []),
        ("政府信息公开工作年度报告", []),
        ("2021年工作总结报告", []),
    ],
)  # fmt: skip
def test_title_line_names_the_report_and_its_year(text: str, names: list[str]) -> None:
    found = find_title_lines(text, FORM)
    assert [title.name for title in found] == names
