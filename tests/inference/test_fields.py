"""Fields of whole reports: of the samples as a reader sees them, and of small ones made by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gouji.inference.fields import find_fields
from gouji.inference.fields.found import CONFIDENCE
from gouji.inference.segmenter import segment
from gouji.model.document import Document
from gouji.model.findings import Finding, Span
from gouji.model.form import FieldKind, Form
from gouji.model.mention import Number
from gouji.model.report import FieldResult, Section
from gouji.model.segmentation import Segment, TableRegion

AsDocument = Callable[[str], Document]
Read = Callable[..., tuple[dict[str, FieldResult], tuple[Finding, ...]]]

SEEDS: dict[str, dict[str, Number | str]] = {
    "000_2151fe05aa8ee300.txt": {
        "title": "达坂城区政务服务中心2022年政府信息公开工作年度报告",
        "agency": "达坂城区政务服务中心",
        "year": 2022,
        "period_start": "2022-01-01",
        "period_end": "2022-12-31",
        "published": "2023-01-29",
        "overview.requests_received": 0,
        "other.handling_fee": 0,
    },
    "001_b1bdd12971e75f97.txt": {
        "title": "东胜区行政审批和政务服务局2021年政府信息公开年度报告",
        "agency": "东胜区行政审批和政务服务局",
        "year": 2021,
        "published": "2022-01-29",
        "other.handling_fee": 0,
    },
    "002_9110b932e3d5ac2b.txt": {
        "title": "乌恰县人民政府办公室2022年政府信息公开工作年度报告",
        "agency": "乌恰县人民政府办公室",
        "year": 2022,
        "period_start": "2022-01-01",
        "period_end": "2022-12-31",
        "published": "2023-01-10",
        "overview.requests_received": 2,
        "overview.site_disclosures": 2959,
        "other.handling_fee": 0,
    },
    "003_3226332806bba431.txt": {
        "title": "西工区政务服务和大数据管理局2022年政府信息公开工作年度报告",
        "agency": "西工区政务服务和大数据管理局",
        "year": 2022,
    },
    "004_5aba0e603a8547b6.txt": {
        "title": "政务服务局 2023 年政府信息公开工作年度报告",
        "agency": "政务服务局",
        "year": 2023,
        "overview.requests_received": 0,
        "other.handling_fee": 0,
    },
}


@pytest.mark.parametrize("name", SEEDS)
def test_sample_has_the_fields_that_a_reader_sees(
    name: str, root: Path, form: Form, as_document: AsDocument
) -> None:
    document = as_document((root / "seeds" / name).read_text(encoding="utf-8"))
    (part,) = segment(document, form)
    fields, findings = find_fields(document, part, form)
    assert {one.id: one.value for one in fields if one.value is not None} == SEEDS[name]
    assert [one.id for one in fields] == [kind.id for kind in form.fields]
    assert not any(one.review for one in fields)
    assert findings == ()


@pytest.fixture
def read(form: Form, as_document: AsDocument) -> Read:
    """A function (header, overview, other, tables) -> (fields by id, findings)."""

    def build(
        header: str = "", overview: str = "", other: str = "", tables: tuple[str, ...] = ()
    ) -> tuple[dict[str, FieldResult], tuple[Finding, ...]]:
        parts = (
            ("header", header + "\n"),
            ("overview", f"一、总体情况\n{overview}\n"),
            ("other", f"六、其他需要报告的事项\n{other}\n"),
        )
        text, sections = "", []
        for section, content in parts:
            sections.append(Section(section, None, (len(text), len(text) + len(content))))
            text += content
        regions = tuple(
            TableRegion("requests", (text.index(table), text.index(table) + len(table)))
            for table in tables
        )
        part = Segment((0, len(text)), tuple(sections), regions)
        fields, findings = find_fields(as_document(text), part, form)
        return {one.id: one for one in fields}, findings

    return build


TITLE = "东山县民政局2022年政府信息公开工作年度报告"
SPACED = "2022 年东山县 民政局政府信息公开年报"
DATED = "东山县民政局政府信息公开工作年度报告（2022年度）"


@pytest.mark.parametrize(
    ("header", "title", "agency", "year"),
    [
        (TITLE, TITLE, "东山县民政局", 2022),
        (f"首页 走进东山 政务公开\n政府信息公开年报\n{TITLE}\n", TITLE, "东山县民政局", 2022),
        (f"首页 > 年报 > {TITLE}", TITLE, "东山县民政局", 2022),
        (f"标题：{TITLE}\n{TITLE}", TITLE, "东山县民政局", 2022),
        (f"名 称 | {TITLE} |", TITLE, "东山县民政局", 2022),
        (f"**{TITLE}**", TITLE, "东山县民政局", 2022),
        (f"Page 3 - {TITLE}", TITLE, "东山县民政局", 2022),
        (f"{TITLE}_东山县人民政府", TITLE, "东山县民政局", 2022),
        ("正文\n东山县民政局2022年\n政府信息公开\n工作年度报告", TITLE, "东山县民政局", 2022),
        ("东山县民政局\n\n2022年政府信息公开工作年度报告", TITLE, "东山县民政局", 2022),
        (f"# {SPACED}", SPACED, "东山县 民政局", 2022),
        (
            "东山县民政局关于２０２２年度政府信息公开情况的报告",
            "东山县民政局关于２０２２年度政府信息公开情况的报告",
            "东山县民政局",
            2022,
        ),
        (
            "關於東山縣民政局二〇二二年政務公開年度報告",
            "關於東山縣民政局二〇二二年政務公開年度報告",
            "東山縣民政局",
            2022,
        ),
        (
            "东山县民政局政府信息公开2022年度报告",
            "东山县民政局政府信息公开2022年度报告",
            "东山县民政局",
            2022,
        ),
        (
            "东山县民政局2022年政府信公开工作年度报告",
            "东山县民政局2022年政府信公开工作年度报告",
            "东山县民政局",
            2022,
        ),
        (f"来源：民政局 名称：{TITLE} 文号：", TITLE, "东山县民政局", 2022),
        (f"《{TITLE}》", TITLE, "东山县民政局", 2022),
        (f"{TITLE} 根据要求，现公布本报告。 一、总体情况", TITLE, "东山县民政局", 2022),
        (f"{TITLE} 2023-01-12", TITLE, "东山县民政局", 2022),
        (
            f"上一篇：东山县民政局2021年政府信息公开工作年度报告\n{TITLE}",
            TITLE,
            "东山县民政局",
            2022,
        ),
        (
            "东山县民政局（东山县老龄办）2022年政府信息公开工作报告（2022年1月1日至2022年12月31日）",
            "东山县民政局（东山县老龄办）2022年政府信息公开工作报告（2022年1月1日至2022年12月31日）",
            "东山县民政局（东山县老龄办）",
            2022,
        ),
        (DATED, DATED, "东山县民政局", 2022),
        (DATED.replace("（", "\n（"), DATED, "东山县民政局", 2022),
        ("2022年政府信息公开工作年度报告", "2022年政府信息公开工作年度报告", None, 2022),
    ],
)
def test_title_names_agency_and_year(
    read: Read, header: str, title: str, agency: str | None, year: int
) -> None:
    fields, findings = read(header)
    assert fields["title"].value == title
    assert fields["agency"].value == agency
    assert fields["year"].value == year
    assert not fields["title"].review
    assert findings == ()


@pytest.mark.parametrize(
    ("header", "agency", "year"),
    [
        (
            "根据《条例》要求，现公布东山县民政局2022年政府信息公开工作年度报告。",
            "东山县民政局",
            2022,
        ),
        ("现将我局2022年度政府信息公开情况报告如下。", None, 2022),
        ("按要求编制了\n2022年政府信息公开工作年度报告，全文如下。", None, 2022),
        ("关于做好2022年政府信息公开工作年度报告编制发布工作的通知", None, None),
    ],
)
def test_sentence_about_the_report_is_no_title(
    read: Read, header: str, agency: str | None, year: int | None
) -> None:
    fields, _ = read(header)
    assert fields["title"].value is None
    assert fields["title"].confidence == CONFIDENCE.absent
    assert not fields["title"].review
    assert fields["agency"].value == agency
    if year:
        assert fields["year"].value == year


def test_title_that_may_be_a_link_is_for_review(read: Read) -> None:
    fields, _ = read("政府信息公开年报")
    assert fields["title"].value == "政府信息公开年报"
    assert fields["title"].review


def test_title_span_covers_all_its_lines(read: Read) -> None:
    fields, _ = read("\n东山县民政局2022年政府信息\n公开工作年度报告\n")
    assert fields["title"].span == (1, 1 + len(TITLE) + 1)
    assert fields["agency"].span == (1, 7)
    assert fields["year"].span == (7, 11)


@pytest.mark.parametrize(
    ("header", "other", "agency"),
    [
        ("", "无。\n东山县民政局\n2023年1月29日", "东山县民政局"),
        ("", "无。\n2023年1月29日\n东山县民政局", "东山县民政局"),
        ("", "无。\n东山县民政局 2023年1月29日", "东山县民政局"),
        ("来源：东山县民政局 发布日期：2023-01-10", "", "东山县民政局"),
        ("发布机构 | 东山县民政局 |", "", "东山县民政局"),
        ("来源：本站", "", None),
        ("来 源 |\n根据条例，东山县民政局", "", None),
        ("", "我局将继续努力，不断提高水平。\n2023年1月29日", None),
        (TITLE, "无。\n东山县人民政府\n2023年1月29日", "东山县民政局"),
    ],
)
def test_agency_is_read_from_title_then_signature_then_metadata(
    read: Read, header: str, other: str, agency: str | None
) -> None:
    fields, _ = read(header, other=other)
    assert fields["agency"].value == agency


@pytest.mark.parametrize(
    ("header", "other", "published"),
    [
        ("发布日期：2023-01-10 11:14", "无。", "2023-01-10"),
        ("发布日期：2023/01/1011:14", "无。", "2023-01-10"),
        ("发布日期：2023.1.218:34", "无。", None),
        ("來源:民政局 發布日期:2023年1月9日 瀏覽次數:12", "无。", "2023-01-09"),
        ("发布日期 | 2023/01/10 |", "无。", "2023-01-10"),
        ("发布日期\n2023-01-10\n", "无。", "2023-01-10"),
        ("成文日期\t2023-01-05\t发布日期\t2023-01-10", "无。", "2023-01-10"),
        ("时间：2023-01-10", "无。", "2023-01-10"),
        ("2023-01-10 11:14 来源：东山县民政局", "无。", "2023-01-10"),
        ("（2023年1月10日）", "无。", "2023-01-10"),
        ("", "无。\n\n东山县民政局\n 二〇二三年一月二十九日", "2023-01-29"),
        ("发布日期：2023-01-30", "无。\n东山县民政局\n2023年1月29日", "2023-01-30"),
        ("发布日期：", "无。", None),
        ("发布日期：2023-02-30", "无。", None),
        ("", "自2023年2月1日起施行的办法。", None),
    ],
)
def test_published_is_the_day_beside_its_label_or_the_signature(
    read: Read, header: str, other: str, published: str | None
) -> None:
    fields, _ = read(header, other=other)
    assert fields["published"].value == published


@pytest.mark.parametrize(
    ("header", "index_number", "document_number"),
    [
        (
            "索 引 号：000012345/2023-00007 文号：东民发〔2023〕4号",
            "000012345/2023-00007",
            "东民发〔2023〕4号",
        ),
        (
            "索引號 | DS-01-2023 | 主题分类 | 民政 |\n文 号 | 东民〔2023〕4号 |",
            "DS-01-2023",
            "东民〔2023〕4号",
        ),
        ("索引号\t主题分类\t民政\n发文字号\t〔〕号\t有效性\t有效", None, None),
        ("索 引 号 | 主题分类 | ||\n文 号 | 无 |", None, None),
        ("索引号\n11610000-2023-001\n文号\n无\n", "11610000-2023-001", None),
        ("【索引号】DS2023001【文号】东民〔2023〕4号", "DS2023001", "东民〔2023〕4号"),
        (f"{TITLE}\n东民〔2023〕4号\n", None, "东民〔2023〕4号"),
        ("字号：大 中 小\n根据国办公开办函〔2021〕30号，编制本报告。", None, None),
    ],
)
def test_numbers_of_the_document_stand_behind_their_labels(
    read: Read, header: str, index_number: str | None, document_number: str | None
) -> None:
    fields, _ = read(header)
    assert fields["index_number"].value == index_number
    assert fields["document_number"].value == document_number


def test_year_comes_from_the_period_where_there_is_no_title(read: Read) -> None:
    fields, _ = read("统计期限自2022年1月1日起至2022年12月31日止。")
    assert (fields["year"].value, fields["year"].span) == (2022, (5, 9))
    assert not fields["year"].review


def test_year_known_only_from_the_overview_is_for_review(read: Read) -> None:
    fields, _ = read(overview="2022年，我局公开信息。较2021年增加。2022年没有申请。")
    assert fields["year"].value == 2022
    assert fields["year"].review


def test_implausible_year_is_not_taken(read: Read) -> None:
    fields, _ = read("东山县民政局1022年政府信息公开工作年度报告")
    assert fields["year"].value is None


def test_period_of_another_year_contradicts_the_title(read: Read) -> None:
    header = f"{TITLE}\n统计期限自2021年1月1日起至2021年12月31日止。"
    fields, findings = read(header)
    assert fields["year"].value == 2022
    assert fields["period_start"].value == "2021-01-01"
    assert all(fields[name].review for name in ("year", "period_start", "period_end"))
    assert [one.code for one in findings] == ["T004"]
    assert _shown(header, findings[0].span) == "2021年1月1日"


def test_titles_of_two_years_contradict_each_other(read: Read) -> None:
    fields, findings = read(f"{TITLE}\n东山县民政局2021年政府信息公开工作年度报告")
    assert fields["title"].value == TITLE
    assert fields["title"].review
    assert fields["year"].review
    assert [one.code for one in findings] == ["T004"]


def test_two_periods_contradict_each_other(read: Read) -> None:
    fields, findings = read(
        f"{TITLE}\n统计期限自2022年1月1日起至2022年12月31日止。\n"
        "统计数据的时限为2021年1月1日至2021年12月31日。"
    )
    assert fields["period_start"].value == "2022-01-01"
    assert fields["period_start"].review
    assert [one.code for one in findings] == ["T004"]


def test_report_published_before_its_year_ends_is_a_contradiction(read: Read) -> None:
    fields, findings = read(TITLE, other="无。\n东山县民政局\n2022年1月29日")
    assert fields["published"].value == "2022-01-29"
    assert fields["published"].review
    assert [one.code for one in findings] == ["T004"]


def test_unreadable_period_is_for_review(read: Read) -> None:
    fields, findings = read("统计期限自2022111日起至20221231日止。")
    assert fields["period_start"].value is None
    assert fields["period_start"].review
    assert findings == ()


def test_figures_that_contradict_each_other_are_a_finding(read: Read) -> None:
    overview = "共收到政府信息公开申请10件。\n全年共受理政府信息公开申请12件。"
    fields, findings = read(overview=overview)
    assert fields["overview.requests_received"].value == 10
    assert fields["overview.requests_received"].review
    assert [one.code for one in findings] == ["T004"]
    assert "10" in findings[0].message
    assert "12" in findings[0].message


def test_signature_before_a_table_at_the_end_is_found(read: Read) -> None:
    table = "附表\n行政许可\t15\n行政处罚\t2\n"
    other = f"无。\n东山县民政局\n2023年1月29日\n{table}说明：无"
    fields, _ = read(other=other, tables=(table,))
    assert fields["published"].value == "2023-01-29"
    assert fields["agency"].value == "东山县民政局"


def test_numbers_in_tables_are_never_prose(read: Read) -> None:
    table = "本年共收到政府信息公开申请\t15件\n"
    fields, _ = read(overview=f"我局认真做好公开工作。\n{table}", tables=(table,))
    assert fields["overview.requests_received"].value is None


def test_figure_of_another_section_is_less_sure(read: Read) -> None:
    sentence = "2022年共收到政府信息公开申请5件。"
    usual, _ = read(TITLE, overview=sentence)
    moved, _ = read(TITLE, other=sentence)
    assert moved["overview.requests_received"].value == 5
    assert (
        moved["overview.requests_received"].confidence
        < usual["overview.requests_received"].confidence
    )


def test_form_field_that_no_rule_reads_is_for_review(form: Form, as_document: AsDocument) -> None:
    other = replace(form, fields=(FieldKind("hotline", "text"),))
    fields, _ = find_fields(as_document("无"), Segment((0, 1), (), ()), other)
    assert fields == (FieldResult("hotline", None, 0.0, review=True),)


def _shown(text: str, span: Span | None) -> str:
    return text[slice(*(span or (0, 0)))]
