"""Lines of a scanned page that are one paragraph."""

import pytest

from gouji.inference.scan.assembly import page_text
from gouji.inference.scan.page import Block, Piece, ReadPage
from gouji.inference.scan.paragraphs import Written, going_on

WIDTH = 1000
LEFT, RIGHT = 100, 900  # forty letters of twenty pixels
FULL = "本年度公开各类政府信息十二条其中规章三条行政规范性文件九条并及时更新门户网站栏目"


def line(text: str, number: float, left: int = LEFT, size: int = 20) -> Written:
    """A line of full-width letters; lines follow each other every forty pixels."""
    top = round(100 + 40 * number)
    return Written(text, (left, top, left + size * len(text), top + 30))


def test_a_full_line_goes_on_at_the_left_margin() -> None:
    lines = [line(FULL, 0), line(FULL, 1), line("受理申请。", 2), line("答复申请。", 3)]
    assert going_on(lines, WIDTH) == [False, True, True, False]


def test_a_short_line_that_nothing_closes_is_a_heading() -> None:
    lines = [line(FULL, 0), line("行政复议情况", 1), line("单位：件", 2), None]
    assert going_on(lines, WIDTH) == [False] * 4
    torn = [line(FULL[:-2] + "20", 0), line("22年报告", 1), line("单位：件", 2)]
    assert going_on(torn, WIDTH) == [False, True, False]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (line(FULL[:30], 1), line("受理申请三件。", 2)),  # it does not reach the margin
        (line(FULL, 1), line("受理申请三件。", 2, left=LEFT + 40)),  # indented
        (line(FULL, 1), line("（二）依申请公开", 2)),
        (line(FULL, 1), line("一、总体情况", 2)),
        (line(FULL, 1), line("第六部分其他事项", 2)),
        (line(FULL[:-1] + "。", 1), line("受理申请三件。", 2)),
        (line(FULL[:-2] + "报告", 1), line("受理申请三件。", 2)),
        (line(FULL, 1), line("受理申请三件。", 3)),  # there is room between them
        (line(FULL, 1), line("受理申请三件。", 2, size=28)),
    ],
)
def test_what_ends_a_paragraph(upper: Written, lower: Written) -> None:
    others = [line(FULL, 10 + number) for number in range(5)]
    assert going_on([upper, lower, *others], WIDTH)[1] is False
    assert going_on([line(FULL, 1), line("受理申请三件。", 2), *others], WIDTH)[1] is True


def test_nothing_goes_on_with_a_table_or_with_words_in_columns() -> None:
    assert going_on([line(FULL, 0), None, line(FULL, 1), line(FULL, 2)], WIDTH) == [
        *(False, False, False),
        True,
    ]


def test_the_line_above_a_table_is_its_heading() -> None:
    lines = [line(FULL, 0), line(FULL, 1), line(FULL, 2), None, line(FULL, 9)]
    assert going_on(lines, WIDTH) == [False, True, False, False, False]


def test_a_page_of_short_lines_has_no_paragraph() -> None:
    assert going_on([line("受理", 0), line("答复", 1)], WIDTH) == [False, False]
    assert going_on([], WIDTH) == []


@pytest.mark.parametrize(
    ("upper", "lower", "text"),
    [
        ("统计时间为20", "21年1月1日", "统计时间为2021年1月1日\n"),
        ("见 open", "government", "见 open government\n"),
        ("见www.gov-", "online.cn", "见www.gov-online.cn\n"),
        ("公开政府", "信息", "公开政府信息\n"),
    ],
)
def test_lines_of_a_paragraph_are_one_and_keep_their_places(
    upper: str, lower: str, text: str
) -> None:
    box = (10.0, 10.0, 90.0, 20.0)
    blocks = (
        Block(((Piece(upper, box),),), is_table=False),
        Block(((Piece(lower, box),),), is_table=False, goes_on=True),
    )
    page = page_text(ReadPage(blocks, 1.0), 1)
    assert page.text == text
    assert [text[start:end] for start, end in (place.span for place in page.places)] == [
        upper,
        lower,
    ]
