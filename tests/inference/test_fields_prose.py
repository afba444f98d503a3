"""What sentences say of the year's requests, of the website and of fees; near misses beside."""

import pytest

from gouji.inference.fields.dates import find_periods
from gouji.inference.fields.disclosures import find_site_disclosures
from gouji.inference.fields.fees import find_fee
from gouji.inference.fields.found import CONFIDENCE
from gouji.inference.fields.received import find_requests
from gouji.inference.fields.views import paragraphs_of, view_of
from gouji.model.folding import Folded


def paragraphs(text: str) -> tuple[Folded, ...]:
    return tuple(paragraphs_of(text, [(0, len(text))]))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2022年，我局共收到政府信息公开申请15件，均按期答复。", 15),
        ("本年新收政府信息公开申请数量为0件，上年结转申请数量为3件。", 0),
        ("本年度受理政府信息公开申请 1,024 件，其中网络申请 900 件。", 1024),
        ("2022年度共收到6项依申请公开，全部办结。", 6),
        ("2022年度，县水利局收到4宗就公开水库资料提出的申请。", 4),
        ("２０２２年共收到公民、法人和其他组织提出的政府信息公开申请１２件。", 12),
        ("全年共收到政府信息公开申请三十二件。", 32),
        ("我单位在报告期内一共收到政府信息公\n开申请 18 件，结转 2 件。", 18),
        ("2022年度，未收到政府信息公开申请。", 0),
        ("全年没有收到公民、法人或其他组织的政府信息公开申请。", 0),
        ("2022年，我社区未收到依申请公开的信息。", 0),
        ("本年度暂未收到任何形式的信息公开申请。", 0),
        ("我镇全年无依申请公开事项。", 0),
        ("2022年度依申请公开共受理5件。", 5),
        ("（二）依申请公开情况：2022年度共收到0件申请。", 0),
        ("（二）依申请公开情况。2022年未收到相关申请。", 0),
        ("一年来，我局收到的政府信息公开申请数量为零。", 0),
        ("2022年未有公民、法人和其他组织申请政府信息公开。", 0),
        ("2022年我乡共收到依申请公开件 2 件，按时办结 2 件。", 2),
        ("截至2022年12月31日，我镇共受理信息公开申请1起。", 1),
        ("（二）依申请公开情况。全年共收到申请7件。", 7),
        ("通过现场、网络等渠道共收到政府信息公开申请9件。", 9),
        ("本局收到市長信箱來信20件，受理政府信息公開申請2宗。", 2),
        ("根据《2021年政务公开工作要点》，共收到政府信息公开申请5件。", 5),
        ("2021年收到政府信息公开申请8件。2022年收到政府信息公开申请9件。", 9),
        ("2022年收到政府信息公开申请9件，2021年收到政府信息公开申请8件。", 9),
    ],
)
def test_requests_are_the_total_of_the_year(text: str, count: int) -> None:
    figures = find_requests(paragraphs(text), 2022)
    assert figures is not None
    assert figures.best.value == count
    assert figures.best.confidence >= CONFIDENCE.review_below
    assert not figures.others


@pytest.mark.parametrize(
    "text",
    [
        "全年共收到人大代表建议和政协提案10件。",
        "累计收到局长信箱来信57件，办结率为100%。",
        "收到投诉举报12件，受理行政许可申请300件。",
        "未发生因政府信息公开申请引发的行政复议。",
        "未发生依申请公开行政诉讼、行政复议。",
        "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请。",
        "收到政府信息公开申请之日起20个工作日内答复。",
        "2021年共收到政府信息公开申请5件。",
        "上年度收到政府信息公开申请5件。",
        "上年结转政府信息公开申请2件，办结政府信息公开申请2件。",
        "本单位职责不涉及依申请公开。",
        "受理行政复议申请3件。",
        "未收取政府信息公开申请检索费。",
        "依申请公开方面，未收到行政复议申请。",
        "没有及时答复政府信息公开申请的情况。",
        "未收到申请人对答复不满的复议申请。",
        "共收到申请7件。",
        "共收到政府信息公开申请 1 2 件。",
    ],
)
def test_numbers_of_other_matters_are_no_requests(text: str) -> None:
    assert find_requests(paragraphs(text), 2022) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("通过网络收到政府信息公开申请2件。", 2),
        ("共收到政府信息公开申请近40件。", 40),
        ("依申请公开5项，无法提供2项。", 5),
        ("收到来访9人，其中咨询5人；收到政府信息公开申请2件。", 2),
    ],
)
def test_perhaps_partial_numbers_of_requests_are_for_review(text: str, count: int) -> None:
    figures = find_requests(paragraphs(text), 2022)
    assert figures is not None
    assert figures.best.value == count
    assert figures.best.confidence < CONFIDENCE.review_below


def test_parts_after_a_total_do_not_contradict_it() -> None:
    text = "全市共收到政府信息公开申请100件，其中市政府办公室收到政府信息公开申请20件。"
    figures = find_requests(paragraphs(text), 2022)
    assert figures is not None
    assert (figures.best.value, figures.others) == (100, ())


def test_two_different_totals_contradict_each_other() -> None:
    text = "共收到政府信息公开申请10件。\n\n全年共受理政府信息公开申请12件。"
    figures = find_requests(paragraphs(text), 2022)
    assert figures is not None
    assert figures.best.value == 10
    assert figures.best.confidence == CONFIDENCE.contradicted
    assert [one.value for one in figures.others] == [12]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("共收到政府信息公开申请 1,024 件。", "1,024"),
        ("我局未收到政府信息公开申请。", "未收到"),
        ("共收到政府信息公开申请三十二件。", "三十二"),
    ],
)
def test_span_covers_the_number_or_the_words_for_none(text: str, read: str) -> None:
    figures = find_requests(paragraphs(text), 2022)
    assert figures is not None
    assert text[slice(*figures.best.span)] == read


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("通过县政府网站公开政府信息3118条，其中动态407条。", 3118),
        ("在市门户网站公布信息71条。", 71),
        ("2022年，依托区政府门户网站，全年发布各类信息1,204条。", 1204),
        ("到2022年底，本单位官网 2022年公布文件 214 件。", 214),
        ("主动公开政府信息100条，其中通过政府网站公开80条。", 80),
        ("縣政府門戶網站主動公開政府信息共計83條。", 83),
        ("微信公众号发布信息30条，政府网站发布信息45条。", 45),
    ],
)
def test_disclosures_are_those_of_the_website(text: str, count: int) -> None:
    figures = find_site_disclosures(paragraphs(text), 2022)
    assert figures is not None
    assert (figures.best.value, figures.others) == (count, ())
    assert figures.best.confidence >= CONFIDENCE.review_below


@pytest.mark.parametrize(
    "text",
    [
        "全年主动公开政府信息66条。",
        "通过政府网站、微信公众号等渠道发布信息300条。",
        "通过微信公众号发布信息30条。",
        "通过微博、政府网站公开信息30条。",
        "2021年通过政府网站公开信息30条。",
        "对政府网站开展5×8小时检查，下发更新情况通报3期。",
        "网站访问量500次，开设专题7个。",
    ],
)
def test_numbers_not_of_the_website_alone_are_no_disclosures(text: str) -> None:
    assert find_site_disclosures(paragraphs(text), 2022) is None


def test_kind_of_information_on_the_website_is_for_review() -> None:
    figures = find_site_disclosures(paragraphs("通过政府网站公开行政处罚信息20条。"), 2022)
    assert figures is not None
    assert figures.best.confidence < CONFIDENCE.review_below


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("本年度收取信息处理费260元。", 260),
        ("2022年就3件申请收取信息处理费 1,470.5 元。", 1470.5),
        ("收取信息处理费共2笔，分别为100元、160元，共计260元。", 260),
        ("本机关2022年收取信息处理费总金额为1.2万元。", 12000),
        ("本年度未产生信息处理费。", 0),
        ("根据《政府信息公开信息处理费管理办法》，我局未收取信息处理费。", 0),
        ("我街道尚未发生信息处理费收取事项。", 0),
        ("2022年没有收取任何费用。", 0),
        ("信息处理费收取情况：无。", 0),
        ("收取信息处理费0元。", 0),
        ("发出收费通知0件，总金额0元。", 0),
        ("我镇全年未发生政府信息公开收费。", 0),
        ("2021年收取信息处理费50元。2022年未收取信息处理费。", 0),
    ],
)
def test_fee_is_the_amount_charged_in_yuan(text: str, fee: float) -> None:
    figures = find_fee(paragraphs(text), 2022, "元")
    assert figures is not None
    assert (figures.best.value, figures.others) == (fee, ())
    assert figures.best.confidence >= CONFIDENCE.review_below


@pytest.mark.parametrize(
    "text",
    [
        "无。",
        "没有其他需要报告的事项。",
        "申请人逾期未按收费通知要求缴纳费用。",
        "根据《政府信息公开信息处理费管理办法》执行。",
        "没有新增行政事业性收费项目，收费金额0元。",
        "信息处理费超过30件的，每件10元。",
        "2021年收取信息处理费50元。",
    ],
)
def test_sentences_about_other_fees_state_none(text: str) -> None:
    assert find_fee(paragraphs(text), 2022, "元") is None


def test_fee_and_no_fee_contradict_each_other() -> None:
    figures = find_fee(paragraphs("未收取信息处理费。\n\n收取信息处理费260元。"), 2022, "元")
    assert figures is not None
    assert figures.best.confidence == CONFIDENCE.contradicted
    assert [one.value for one in figures.others] == [260]


def test_fee_is_given_in_the_unit_of_the_form() -> None:
    figures = find_fee(paragraphs("收取信息处理费251000元。"), 2022, "万元")
    assert figures is not None
    assert figures.best.value == 25.1


YEAR_2022 = ("2022-01-01", "2022-12-31")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("统计数据的时限自2022年1月1日起至2022年12月31日止。", YEAR_2022),
        ("数据统计时段：2022年1月1日-2022年12月31日。", YEAR_2022),
        ("统计周期\n为 2022 年 1 月 1 日至 12 月 31 日。", YEAR_2022),
        ("統計時限從２０２２年１月１日起，至２０２２年１２月３１日止。", YEAR_2022),
        ("统计期限自2022年1月1日始，至2022年12月31日止。", YEAR_2022),
        ("统计数据时间为2022年度1月1日至12月31日。", YEAR_2022),
        ("统计时限为2022.1.1—2022.12.31。", YEAR_2022),
        ("统计期限自2022-01-01至2022-12-31。", YEAR_2022),
        ("统计期限为二〇二二年一月一日至二〇二二年十二月三十一日。", YEAR_2022),
        ("统计期限为2022年1月至12月。", YEAR_2022),
        ("现将2022年1月1日至2022年12月31日的工作情况报告如下。", YEAR_2022),
        ("数据统计期限为2022年3月1日至2022年12月31日。", ("2022-03-01", "2022-12-31")),
        ("数据的统计时限自202211日起至20221231日止。", YEAR_2022),
    ],
)
def test_period_is_read_in_every_notation(text: str, period: tuple[str, str]) -> None:
    (found,) = find_periods(paragraphs(text))
    assert found.values == period
    assert found.start.confidence >= CONFIDENCE.review_below


@pytest.mark.parametrize(
    "text",
    [
        "规划期为2021年1月1日至2025年12月31日。",
        "申请人可在20个工作日的期限内得到答复。",
        "整改时间为2022年3月1日至2022年4月1日。",
        "截至2022年12月31日，共公开信息3条。",
        "统计期限为一年。",
        "统计数据的时间 2023-01-12 09:00",
    ],
)
def test_other_spans_of_time_are_no_period(text: str) -> None:
    assert find_periods(paragraphs(text)) == ()


@pytest.mark.parametrize(
    "text",
    ["统计期限自2022111日起至20221231日止。", "统计期限自2022年1月32日起至2022年12月31日止。"],
)
def test_period_that_can_not_be_read_with_certainty_has_no_value(text: str) -> None:
    (found,) = find_periods(paragraphs(text))
    assert found.values == (None, None)


def test_blank_parts_numbers_but_not_words() -> None:
    assert view_of("共 计 12 34 件").text == "共计12 34件"


def test_paragraphs_join_wrapped_lines_only() -> None:
    text = "这份报告里所有数据的统计周期都为全\n年。\n\n一、总体情况\n（一）主动公开"
    assert [view.text for view in paragraphs(text)] == [
        "这份报告里所有数据的统计周期都为全年。",
        "一、总体情况",
        "(一)主动公开",
    ]
