import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.segmenter import segment
from gouji.model.document import Document, Source
from gouji.model.form import Table
from gouji.model.form_file import load_form
from gouji.model.segmentation import Segment

FORM = load_form()
HEADINGS = {kind.id: kind.heading for kind in FORM.sections}
SECTIONS = ("header", *HEADINGS)
TABLES = {table.id: table for table in FORM.tables("ogi-2021")}
TITLE = "甲县气象局2021年政府信息公开工作年度报告"
PROSE = {
    "overview": "本局全年工作有序，各项任务均已完成。\n（一）主动公开情况。按要求更新栏目。",
    "problems": "一是人员偏少。二是更新偏慢。下一步加强培训。",
    "other": "没有其他需要报告的。",
}


def document(text: str) -> Document:
    return Document(Source("甲.txt", "0" * 64, "text/plain"), text)


def segments(text: str) -> tuple[Segment, ...]:
    found = segment(document(text), FORM)
    for one in found:
        assert_tiled(one)
    assert all(left.span[1] == right.span[0] for left, right in pairwise(found))
    assert not found or (found[0].span[0], found[-1].span[1]) == (0, len(text))
    return found


def assert_tiled(one: Segment) -> None:
    assert one.sections[0].id == "header"
    assert one.sections[0].heading is None
    edges = [one.span[0], *(s.span[1] for s in one.sections)]
    assert [section.span for section in one.sections] == list(pairwise(edges))
    assert edges[-1] == one.span[1]


def ids(one: Segment) -> list[str]:
    return [section.id for section in one.sections]


def codes(one: Segment) -> list[str]:
    return [finding.code for finding in one.findings]


def printed(table: Table) -> str:
    """A table as tab-separated lines under its block and column titles."""
    lines: list[str] = []
    for block in table.blocks:
        titles = [column.title for column in block.columns]
        lines.append("\t".join([block.title or "", *titles * (3 if table.side_by_side else 1)]))
        if table.side_by_side:
            lines.append("\t".join(row.title for row in block.rows))
            lines.append("\t".join("0" for _ in table.cells))
        else:
            lines.extend("\t".join([row.title, *("0" for _ in titles)]) for row in block.rows)
    return "\n".join(lines)


def body(section: str) -> str:
    return printed(TABLES[section]) if section in TABLES else PROSE[section]


def report(title: str = TITLE, order: tuple[str, ...] = tuple(HEADINGS)) -> str:
    return "\n".join([title, "", *(f"{HEADINGS[s]}\n{body(s)}" for s in order)]) + "\n"


def test_sections_and_tables_of_a_plain_report_are_found_without_a_finding() -> None:
    (one,) = segments(report())
    assert tuple(ids(one)) == SECTIONS
    assert [section.heading for section in one.sections[1:]] == list(HEADINGS.values())
    assert [region.table for region in one.regions] == list(TABLES)
    assert one.findings == ()


@pytest.mark.parametrize("separator", [" ", "", "  "])
def test_headings_are_found_where_all_stands_on_one_line(separator: str) -> None:
    parts = [TITLE + " 本报告由总体情况、主动公开政府信息情况、其他需要报告的事项等部分组成。"]
    for section, heading in HEADINGS.items():
        parts.append(heading + separator + body(section).replace("\n", " ") + " ")
    (one,) = segments("".join(parts))
    assert tuple(ids(one)) == SECTIONS
    assert [section.heading for section in one.sections[1:]] == list(HEADINGS.values())


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("四、政府", "三、政府", "S003"),
        ("一、总体", "二、总体", "S003"),
        ("五、存在的主要问题及改进情况", "（五）存在的主要问题及改进情况", None),
        ("一、总体情况", "（一）总体情况", None),
        ("二、主动", "## 二、主动", None),
        ("二、主动", "二．主动", None),
        ("六、其他需要", "6. 其他需要", None),
        ("（一）主动公开情况", "1. 主动公开政府信息情况\n（二）总体情况", None),
        ("三、收到和处理", "三、收和处理", None),
        ("四、政府信息公开行政复议、行政诉讼", "四、政府信息公开\n行政复议、行政诉讼", None),
        ("三、收到和处理政府信息公开申请情况", "三、收到和處理政府信息公開申請情況", None),
        ("二、主动公开政府信息情况", "二、主动公开政府信息情况\n表二：主动公开政府信息情况", None),
        ("\n五、", "\n- 3 -\n五、", None),
        ("没有其他需要报告的。", "没有其他需要报告的。\n打印 关闭\n分享到\n版权所有", None),
        (TITLE, "首页 > 公开 > 年报\n字体：大 中 小\n" + TITLE, None),
        (TITLE, "正文\n" + "\n".join(HEADINGS.values()) + "\n" + TITLE, None),
    ],
)  # fmt: skip
def test_damaged_headings_still_open_their_sections(
    old: str, new: str, finding: str | None
) -> None:
    text = report()
    assert text.count(old) == 1
    (one,) = segments(text.replace(old, new))
    assert tuple(ids(one)) == SECTIONS
    assert codes(one) == ([finding] if finding else [])


@pytest.mark.parametrize("lost", list(HEADINGS))
def test_lost_heading_is_reported_and_leaves_the_others(lost: str) -> None:
    (one,) = segments(report().replace(HEADINGS[lost] + "\n", "", 1))
    assert ids(one) == [section for section in SECTIONS if section != lost]
    assert codes(one) == ["S001"]
    assert HEADINGS[lost] in one.findings[0].message
    assert [region.table for region in one.regions] == list(TABLES)


def test_all_headings_lost_leaves_the_tables_in_the_header() -> None:
    text = report()
    for heading in HEADINGS.values():
        text = text.replace(heading + "\n", "", 1)
    (one,) = segments(text)
    assert ids(one) == ["header"]
    assert codes(one) == ["S001"] * len(HEADINGS)


def test_a_heading_that_stands_twice_in_a_row_is_one_section() -> None:
    (one,) = segments(report().replace("一、总体情况", "一、总体情况\n先说概要。\n一、总体情况"))
    assert ids(one) == ["header", *HEADINGS]
    assert codes(one) == ["S002"]


def test_a_section_begins_at_its_heading_as_printed() -> None:
    text = report().replace("一、总体情况", "  ## 一、总体情况")
    (one,) = segments(text)
    overview = one.sections[1]
    assert text[overview.span[0] :].startswith("一、总体情况")
    assert one.sections[0].span[1] == overview.span[0]


def test_headings_may_come_first_as_prose_and_then_for_the_tables() -> None:
    prose = "".join(f"{heading}\n此处叙述全年的做法和成效。\n" for heading in HEADINGS.values())
    (one,) = segments(report().replace("\n\n", f"\n{prose}"))
    assert ids(one) == ["header", *HEADINGS, *HEADINGS]
    assert codes(one) == ["S002"] * len(HEADINGS)
    assert len(one.regions) == len(TABLES)


def test_table_before_its_heading_is_reported() -> None:
    disputes = printed(TABLES["disputes"])
    moved = f"{disputes}\n{HEADINGS['disputes']}"
    (one,) = segments(report().replace(f"{HEADINGS['disputes']}\n{disputes}", moved))
    assert tuple(ids(one)) == SECTIONS
    assert codes(one) == ["S006"]


def test_tables_at_the_end_are_found_outside_their_sections() -> None:
    tables = "\n".join(map(printed, TABLES.values()))
    prose = "\n".join(f"{heading}\n{PROSE.get(s, '见附表。')}" for s, heading in HEADINGS.items())
    (one,) = segments(f"{TITLE}\n{prose}\n{tables}\n")
    assert tuple(ids(one)) == SECTIONS
    assert [region.table for region in one.regions] == list(TABLES)
    assert codes(one) == ["S006"] * len(TABLES)


def test_sections_in_another_order_are_reported_and_kept_in_reading_order() -> None:
    order = ("overview", "requests", "active", "disputes", "problems", "other")
    (one,) = segments(report(order=order))
    assert ids(one) == ["header", *order]
    assert codes(one) == ["S003"]


@pytest.mark.parametrize(
    "second",
    [
        report("甲县气象局2022年政府信息公开工作年度报告"),
        report("乙县气象局2021年政府信息公开工作年度报告"),
        "\n首页 政务公开\n" + report(),
        report("2022年\n政府信息公开工作年度报告"),
        report("甲县气象局2022年政府信息公开工作年度报告").replace("一、总体情况\n", "", 1),
        report("甲县气象局2022年政府信息公开工作年度报告", ("overview", "requests", "active")),
        report("", tuple(HEADINGS)).strip(),
    ],
    ids=["next year", "next agency", "same title", "broken", "no overview", "partial", "bare"],
)
def test_further_report_is_told_by_title_or_headings_and_its_tables(second: str) -> None:
    first = report()
    found = segments(first + second)
    assert len(found) == 2
    assert abs(found[1].span[0] - len(first)) <= len("\n首页 政务公开\n")
    assert all("S005" in codes(one) for one in found)
    assert [region.table for region in found[0].regions] == list(TABLES)
    assert "requests" in [region.table for region in found[1].regions]
    assert tuple(ids(found[0])) == SECTIONS


def test_title_of_the_old_report_at_its_end_stays_with_it() -> None:
    first = report() + "关闭窗口\n" + TITLE + "\n"
    second = report("甲县气象局2022年政府信息公开工作年度报告")
    assert [one.span[0] for one in segments(first + second)] == [0, len(first)]


def test_headings_are_chosen_for_each_report_apart() -> None:
    first = "".join(
        f"{line}\n" for line in [TITLE, *HEADINGS.values(), *map(printed, TABLES.values())]
    )
    second = report("乙县气象局2021年政府信息公开工作年度报告").replace("二、主动", "2.主动")
    found = segments(first + second)
    assert [tuple(ids(one)) for one in found] == [SECTIONS, SECTIONS]


def test_report_without_its_first_table_is_cut_off_from_the_next() -> None:
    first = report(order=("overview", "requests", "disputes", "problems", "other"))
    second = report("乙县气象局2021年政府信息公开工作年度报告")
    found = segments(first + second)
    assert [one.span[0] for one in found] == [0, len(first)]
    assert [len(one.regions) for one in found] == [2, 3]


def test_compilation_gives_a_segment_for_each_report() -> None:
    reports = [report(f"{name}县2021年政府信息公开工作年度报告") for name in "甲乙丙丁"]
    found = segments("".join(reports))
    starts = [sum(map(len, reports[:n])) for n in range(4)]
    assert [one.span[0] for one in found] == starts
    assert all(tuple(ids(one)) == SECTIONS for one in found)
    assert codes(found[2]) == ["S005"]


def test_report_that_holds_a_single_table_is_cut_off_from_the_last() -> None:
    first = report(order=("overview", "requests", "disputes", "problems", "other"))
    second = report("乙县气象局2021年政府信息公开工作年度报告")
    third = report("丙县气象局2021年政府信息公开工作年度报告", ("overview", "active"))
    starts = [0, len(first), len(first + second)]
    assert [one.span[0] for one in segments(first + second + third)] == starts


REQUESTS_TABLE = printed(TABLES["requests"])
FOOTER = f"\n第 3 页\n{TITLE}\n{'网站地图、联系我们、版权说明、技术支持。' * 8}\n"
TORN = REQUESTS_TABLE + FOOTER + REQUESTS_TABLE


@pytest.mark.parametrize(
    "text",
    [
        report() + TITLE + "\n",
        TITLE + "\n" + report(),
        report() + "上一篇：甲县气象局2020年政府信息公开工作年度报告\n",
        report() + "甲县气象局2020年政府信息公开工作年度报告\n乙局2021年政府信息公开工作年度报告\n",
        report() + "".join(f"{heading}\n略。\n" for heading in HEADINGS.values()),
        report().replace("二、主动", "一、总体情况\n再述。\n二、主动"),
        report().replace(REQUESTS_TABLE, TORN),
        report("").replace(REQUESTS_TABLE, TORN),
    ],
    ids=["title last", "title twice", "link", "links", "headings again", "overview again",
         "footer in a table", "footer in a table, no title"],
)  # fmt: skip
def test_one_report_is_never_cut(text: str) -> None:
    (one,) = segments(text)
    assert "S005" not in codes(one)


def test_footer_between_two_copies_of_a_table_leaves_both_in_one_report() -> None:
    (one,) = segments(report().replace(REQUESTS_TABLE, TORN))
    assert [region.table for region in one.regions].count("requests") == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "甲局2021年工作总结\n一、总体情况\n全年工作有序。\n二、下一步打算\n继续努力。\n",
        "政府信息公开是一项重要工作。总体情况良好，主动公开政府信息情况也好。",
    ],
)
def test_text_without_a_report_gives_no_segment(text: str) -> None:
    assert segments(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}\n一、总体情况\n全年工作有序。\n",
        "二、主动公开政府信息情况\n无\n六、其他需要报告的事项\n无\n",
        printed(TABLES["requests"]),
    ],
)
def test_piece_of_a_report_is_one(text: str) -> None:
    assert len(segments(text)) == 1


def test_novel_is_no_report_and_told_quickly() -> None:
    chance = random.Random(1)
    letters = "他她说道一不了的人山水天地情况公开总计忽然，"
    lines = (
        f"　　{''.join(chance.choices(letters, k=chance.randint(5, 120)))}。\n" for _ in range(6000)
    )
    text = "".join(lines)
    start = time.perf_counter()
    assert segments(text) == ()
    assert time.perf_counter() - start < 5 * len(text.encode()) / 1e6


@given(st.text(max_size=300))
def test_arbitrary_text_never_crashes(text: str) -> None:
    segments(text)


PIECES = [*report().splitlines(keepends=True)[:12], *HEADINGS.values(), TITLE, "0\t0\t0\n", "\n"]


@given(st.lists(st.sampled_from([*PIECES, *map(printed, TABLES.values())]), max_size=20))
def test_pieces_in_any_order_are_tiled(pieces: list[str]) -> None:
    segments("\n".join(pieces))


@given(st.permutations(list(HEADINGS)), st.sets(st.sampled_from(list(HEADINGS))))
def test_every_heading_that_stands_is_found_in_its_order(order: list[str], lost: set[str]) -> None:
    parts = [body(s) if s in lost else f"{HEADINGS[s]}\n{body(s)}" for s in order]
    (one,) = segments(f"{TITLE}\n" + "\n".join(parts))
    assert ids(one) == ["header", *(section for section in order if section not in lost)]
    assert codes(one).count("S001") == len(lost)


SEEDS = sorted(Path(__file__).parents[2].joinpath("seeds").glob("*.txt"))
SEED_TEXTS = [path.read_text(encoding="utf-8") for path in SEEDS]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_has_every_section_and_table(path: Path) -> None:
    (one,) = segments(path.read_text(encoding="utf-8"))
    found = list(dict.fromkeys(ids(one)))
    assert tuple(found) == SECTIONS
    assert [region.table for region in one.regions] == list(TABLES)
    assert set(codes(one)) <= {"S002", "S006"}


@pytest.mark.parametrize("second", range(1, len(SEEDS)))
def test_two_seeds_in_one_file_are_two_reports(second: int) -> None:
    first, other = SEED_TEXTS[second - 1], SEED_TEXTS[second]
    found = segments(f"{first}\n{other}")
    assert len(found) == 2
    assert not f"{first}\n{other}"[len(first) : found[1].span[0]].strip()
    assert [len(one.regions) for one in found] == [3, 3]


@pytest.mark.parametrize("text", SEED_TEXTS, ids=[path.name[:3] for path in SEEDS])
def test_seed_with_its_title_repeated_is_one_report(text: str) -> None:
    head = text.strip()[:60]
    assert len(segments(f"{text}\n{head}\n")) == 1
