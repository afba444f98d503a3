"""Text of PDF files outside of tables: lines, paragraphs, characters, and pages on their side."""

import unicodedata

import pytest
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]  # no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from gouji.inference.readers.pdf import listing
from gouji.inference.readers.pdf.characters import plain
from gouji.inference.readers.pdf.judging import is_garbage, needs_recognition
from gouji.inference.readers.pdf.page import Frame, Glyph, Page
from gouji.model.folding import fold
from tests.benchmarks.files import Box
from tests.benchmarks.typeset import Labels, Rules, Style, typeset
from tests.inference.pdf_pages import HEIGHT, opened, pdf, words

FRAME = Frame(0, 0, 600, 800, 0)
SENTENCE = "本年度收到政府信息公开申请十二件，均已按期答复，没有结转下年度的申请。"


def test_lines_of_a_paragraph_are_joined_and_headings_are_not() -> None:
    def draw(canvas: Canvas) -> None:
        words(
            canvas,
            [
                (60, 100, "一、总体情况"),
                (80, 120, "本年度共公开信息一千条，其中主动公开九百条，依申请公开一百条，收到1"),
                (60, 138, "2件申请，全部答复。"),
                (80, 156, "下一年继续做好。"),
            ],
            14.0,
        )

    text = opened(pdf(draw)).text
    assert text.split("\n")[:3] == [
        "一、总体情况",
        "本年度共公开信息一千条，其中主动公开九百条，依申请公开一百条，收到12件申请，全部答复。",
        "下一年继续做好。",
    ]


def test_bold_letters_that_are_drawn_twice_stand_once() -> None:
    def draw(canvas: Canvas) -> None:
        words(canvas, [(60, 100, "总计11件"), (60.3, 100, "总计11件")])

    assert opened(pdf(draw)).text == "总计11件\n"


def test_a_watermark_is_set_aside() -> None:
    def draw(canvas: Canvas) -> None:
        words(canvas, [(60, 100, SENTENCE)])
        canvas.saveState()
        canvas.translate(200, HEIGHT - 120)
        canvas.rotate(40)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()

    assert opened(pdf(draw)).text == f"{SENTENCE}\n内部资料\n"


TABLE = ((Box("标题", 1, 1), Box("数", 1, 1)), (Box("规章", 1, 1), Box("7", 1, 1)))


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("rotated", [True, False])
def test_pages_on_their_side_read_the_same(turns: int, rotated: bool) -> None:
    page = A4 if turns % 2 == 0 else landscape(A4)
    style = Style(page=page, turns=turns, rotated=rotated, labels=Labels.TURNED, footer="")
    document = opened(typeset(["某市年度报告", "一、总体情况", SENTENCE, TABLE], style))
    assert document.text == f"某市年度报告\n一、总体情况\n{SENTENCE}\n标题\t数\n规章\t7\n"
    at = document.text.index("7")
    place = document.place_of((at, at + 1))
    assert place is not None
    assert place.box is not None
    left, top, right, bottom = place.box
    width, height = page if rotated or turns % 2 == 0 else A4
    assert 0 < left < right < width
    assert 0 < top < bottom < height
    upright = opened(
        typeset(["某市年度报告", "一、总体情况", SENTENCE, TABLE], Style(page=page, footer=""))
    )
    same = upright.place_of((at, at + 1))
    assert same is not None
    assert (same.box == pytest.approx(place.box, abs=0.3)) == (rotated or turns == 0)


@pytest.mark.parametrize("rules", [Rules.LINES, Rules.BOXES, Rules.THIN])
def test_tables_are_found_however_they_are_ruled(rules: Rules) -> None:
    document = opened(typeset(["某市年度报告", TABLE], Style(rules)))
    assert "标题\t数\n规章\t7\n" in document.text


@pytest.mark.parametrize(
    ("printed", "char"),
    [
        ("⼀", "一"),
        ("⾏", "行"),
        ("⺠", "民"),
        ("⻓", "长"),
        ("豈", "豈"),
        ("ﬁ", "fi"),
        ("\u00ad", ""),
    ],
)
def test_characters_that_look_the_same_are_read_as_the_plain_ones(printed: str, char: str) -> None:
    assert plain(ord(printed)) == char


def test_every_radical_becomes_one_character() -> None:
    codes = [*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)]
    assigned = [code for code in codes if unicodedata.category(chr(code)) != "Cn"]
    assert {len(plain(code)) for code in assigned} == {1}
    assert fold("".join(map(plain, map(ord, "⼀、⼈⺠政府⻚")))).text == "一人民政府页"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SENTENCE, False),
        ("本機關依法辦理政府信息公開申請並於期限內答覆申請人", False),
        ("0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 0 0 0 0", False),
        ("Annual report of the office 2023, chapter 1 to 6", False),
        ("\ue000\ue001\ue002" * 9, True),
        ("\ufffd" * 8, True),
        ("ÎÒÃÇµÄÕþ¸®ÐÅÏ¢¹«¿ª¹¤×÷Äê¶È±¨¸æ", True),
        ("鎴戜滑鐨勬斂搴滀俊鎭叕寮€宸ヤ綔骞村害鎶ュ憡" * 2, True),
        ("", False),
    ],
)
def test_garbage_is_told_from_text(text: str, found: bool) -> None:
    assert is_garbage(char for char in text if char != " ") == found


def page(text: str, **seen: float) -> Page:
    glyphs = tuple(Glyph(char, 0, 0, 10, 10) for char in text)
    return Page(1, FRAME, FRAME, glyphs, **seen)  # type: ignore[arg-type]  # shares and counts


@pytest.mark.parametrize(
    ("text", "seen", "needed"),
    [
        (SENTENCE, {}, False),
        ("", {}, False),
        ("- 3 -", {"pictures": 0.9}, True),
        ("- 3 -", {"pictures": 0.2}, False),
        ("", {"n_curves": 500}, True),
        (SENTENCE, {"n_curves": 500}, False),
        (SENTENCE, {"pictures": 0.9}, False),
        (SENTENCE, {"pictures": 0.9, "hidden": 1.0}, True),
        ("\ue001" * 40, {}, True),
    ],
)
def test_pages_without_a_text_layer_of_use_need_recognition(
    text: str, seen: dict[str, float], needed: bool
) -> None:
    assert needs_recognition(page(text, **seen)) == needed


def test_numbers_of_pages_are_listed_in_few_words() -> None:
    assert listing([2, 4, 5, 6, 9, 10]) == "2, 4-6, 9-10"
