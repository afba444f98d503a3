"""Tables of PDF files: cells between ruling lines, over pages, and without lines."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it carries no types

from gouji.inference.readers.pdf.grid import Grid, find_grids, merged
from gouji.inference.readers.pdf.page import Stroke
from tests.inference.pdf_pages import HEIGHT, lines, opened, pdf, ruled, words


def grid_of(
    across: list[tuple[float, float, float]], down: list[tuple[float, float, float]]
) -> list[Grid]:
    return find_grids([Stroke(*line) for line in across], [Stroke(*line) for line in down])


def cells(grid: Grid) -> list[tuple[int, int, int, int]]:
    return [(c.row, c.row_end, c.column, c.column_end) for c in grid.cells]


def test_lines_that_cross_enclose_cells() -> None:
    (grid,) = grid_of(
        [(0, 0, 100), (20, 0, 100), (40, 0, 100)], [(0, 0, 40), (50, 0, 40), (100, 0, 40)]
    )
    assert cells(grid) == [(0, 1, 0, 1), (0, 1, 1, 2), (1, 2, 0, 1), (1, 2, 1, 2)]
    assert grid.cell_at(75, 10) == 1
    assert grid.cell_at(101, 10) is None


def test_cells_without_a_line_between_them_are_one() -> None:
    (grid,) = grid_of(
        [(0, 0, 90), (20, 30, 90), (40, 0, 90)],
        [(0, 0, 40), (30, 0, 40), (60, 20, 40), (90, 0, 40)],
    )
    assert cells(grid) == [(0, 2, 0, 1), (0, 1, 1, 3), (1, 2, 1, 2), (1, 2, 2, 3)]


def test_sides_without_a_line_are_where_the_others_end() -> None:
    (grid,) = grid_of([(0, 0, 90), (20, 0, 90), (40, 0, 90)], [(30, 0, 60), (60, 0, 60)])
    assert grid.xs == (0, 30, 60, 90)
    assert grid.ys == (0, 20, 40, 60)
    assert (grid.open_top, grid.open_bottom) == (False, True)


def test_places_that_are_no_rectangle_are_cells_of_one_row() -> None:
    (grid,) = grid_of(
        [(0, 0, 90), (20, 0, 40), (40, 0, 90)], [(0, 0, 40), (40, 20, 40), (90, 0, 40)]
    )
    assert cells(grid) == [(0, 1, 0, 2), (1, 2, 0, 1), (1, 2, 1, 2)]


def test_a_frame_around_a_table_is_no_table() -> None:
    inner = [(30.0, 20.0, 80.0), (50.0, 20.0, 80.0)], [(x, 30.0, 50.0) for x in (20.0, 50.0, 80.0)]
    outer = (
        [(0.0, 0.0, 99.0), (10.0, 0.0, 99.0), (70.0, 0.0, 99.0)],
        [(0.0, 0.0, 70.0), (99.0, 0.0, 70.0)],
    )
    found = grid_of(inner[0] + outer[0], inner[1] + outer[1])
    assert [grid.xs for grid in found] == [(20, 50, 80)]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.floats(8, 60), min_size=1, max_size=8),
    st.lists(st.floats(8, 60), min_size=2, max_size=8),
    st.floats(0, 1.5),
    st.randoms(use_true_random=False),
)
def test_broken_and_shaken_lines_make_the_same_grid(
    heights: list[float], widths: list[float], gap: float, rng: object
) -> None:
    xs = [sum(widths[:i]) for i in range(len(widths) + 1)]
    ys = [sum(heights[:i]) for i in range(len(heights) + 1)]
    shake = getattr(rng, "uniform")  # noqa: B009  # hypothesis gives a Random of its own
    across = [Stroke(y + shake(-0.4, 0.4), a + gap, b - gap) for y in ys for a, b in pairwise(xs)]
    down = [Stroke(x + shake(-0.4, 0.4), a + gap, b - gap) for x in xs for a, b in pairwise(ys)]
    (grid,) = find_grids(across, down)
    assert len(grid.cells) == len(widths) * len(heights)
    assert grid.xs == pytest.approx(xs, abs=1)
    assert grid.ys == pytest.approx(ys, abs=1)


def test_pieces_of_a_line_are_merged_and_short_ones_left_out() -> None:
    found = merged([Stroke(10, 0, 20), Stroke(10.4, 21, 40), Stroke(50, 0, 3)])
    assert found == [Stroke(10.2, 0, 40)]


def test_a_double_line_is_one() -> None:
    (grid,) = grid_of(
        [(0, 0, 103), (3, 0, 103), (20, 0, 103), (40, 0, 103)],
        [(0, 0, 40), (3, 0, 40), (50, 0, 40), (100, 0, 40), (103, 0, 40)],
    )
    assert len(grid.cells) == 4


def test_blank_cells_are_empty_fields_with_places() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 150, 250, 350], [100, 120, 140])
        words(
            canvas, [(60, 114, "信息内容"), (260, 114, "总计"), (60, 134, "规章"), (160, 134, "7")]
        )

    document = opened(pdf(draw))
    assert document.text == "信息内容\t\t总计\n规章\t7\t\n"
    assert [(p.table, p.row, p.column) for p in document.places] == [
        *((0, 0, 0), (0, 0, 1), (0, 0, 2)),
        *((0, 1, 0), (0, 1, 1), (0, 1, 2)),
    ]
    seven = document.text.index("7")
    place = document.place_of((seven, seven + 1))
    assert place is not None
    assert place.box is not None
    left, top, right, bottom = place.box
    assert place.page == 1
    assert 158 < left < right < 168
    assert 120 < top < bottom < 140
    blank = document.place_of((len(document.text) - 1, len(document.text) - 1))
    assert blank is not None
    assert blank.box == (250.0, 120.0, 350.0, 140.0)


def test_text_in_several_lines_of_a_cell_is_one_field() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 110, 150], [100, 160])
        words(
            canvas,
            [(52, 112, "（二）部分公"), (52, 126, "开"), (114, 112, "11398"), (114, 126, "889")],
        )

    assert opened(pdf(draw)).text == "（二）部分公开\t11398 889\n"


def test_a_number_that_fills_its_line_goes_on_in_the_next() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 110, 142], [100, 160])
        words(canvas, [(52, 112, "总计"), (113, 112, "11398"), (113, 126, "889")])

    assert opened(pdf(draw)).text == "总计\t11398889\n"


def test_a_number_wider_than_its_cell_stays_whole() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 110, 132, 160], [100, 120, 140])
        words(canvas, [(52, 114, "总计"), (112, 114, "123456"), (146, 114, "7"), (112, 134, "1")])

    assert opened(pdf(draw)).text == "总计\t123456\t7\n\t1\t\n"


@pytest.mark.parametrize("kind", ["letters", "left", "right"])
def test_vertical_labels_are_one_string(kind: str) -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 70, 200], [100, 200])
        lines(canvas, [(70, 150, 200, 150)])
        words(canvas, [(80, 130, "甲"), (80, 180, "乙"), (50, 60, "大部分文字是正的")])
        if kind == "letters":
            words(canvas, [(55, 118 + 14 * i, char) for i, char in enumerate("本年度办理")])
            return
        canvas.saveState()
        canvas.translate(64 if kind == "left" else 56, HEIGHT - (180 if kind == "left" else 120))
        canvas.rotate(90 if kind == "left" else -90)
        canvas.drawString(0, 0, "本年度办理")
        canvas.restoreState()

    text = opened(pdf(draw)).text
    assert text == "大部分文字是正的\n本年度办理\t甲\n乙\n"


def test_vertical_columns_are_read_in_the_order_of_drawing() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, [50, 90, 200], [100, 200])
        words(canvas, [(72, 118 + 12 * i, char) for i, char in enumerate("三本年度")])
        words(canvas, [(54, 118 + 12 * i, char) for i, char in enumerate("办理结果")])

    assert opened(pdf(draw)).text == "三本年度办理结果\t\n"


def page_with(
    rows: list[list[str]], top: float = 700.0, xs: tuple[float, ...] = (50, 170, 250)
) -> object:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, xs, [top + 20 * i for i in range(len(rows) + 1)])
        for number, row in enumerate(rows):
            words(
                canvas,
                [(x + 4, top + 14 + 20 * number, text) for x, text in zip(xs, row, strict=False)],
            )

    return draw


def read_pages(*pages: object) -> str:
    def footed(number: int, draw: object) -> object:
        def drawn(canvas: Canvas) -> None:
            assert callable(draw)
            draw(canvas)
            words(canvas, [(290, 815, f"- {number} -"), (60, 40, "某市年度报告")])

        return drawn

    made = [footed(number, draw) for number, draw in enumerate(pages, start=1)]
    return opened(pdf(*made)).text  # type: ignore[arg-type]  # each draws a page


def test_a_table_goes_on_over_page_numbers_and_heads() -> None:
    text = read_pages(
        page_with([["标题", "数"], ["规章", "1"]]), page_with([["规范性文件", "2"]], top=60.0)
    )
    assert text == "某市年度报告\n标题\t数\n规章\t1\n规范性文件\t2\n- 1 -\n- 2 -\n"


def test_head_rows_that_are_repeated_stand_once() -> None:
    text = read_pages(
        page_with([["标题", "数"], ["规章", "1"]]),
        page_with([["标题", "数"], ["规范性文件", "2"]], top=60.0),
    )
    assert "标题\t数\n规章\t1\n规范性文件\t2\n" in text


def test_a_row_cut_by_the_end_of_the_page_is_one() -> None:
    label = "2.没有现成信息需要另行"
    text = read_pages(
        page_with([["标题", "数"], [label, "3"]]),
        page_with([["制作", ""], ["总计", "3"]], top=60.0),
    )
    assert f"标题\t数\n{label}制作\t3\n总计\t3\n" in text


@pytest.mark.parametrize("below", ["1.没有数的一行", "（二）另一行"])
def test_a_row_of_its_own_is_not_taken_for_the_rest_of_another(below: str) -> None:
    label = "2.没有现成信息需要另行"
    text = read_pages(page_with([["标题", "数"], [label, "3"]]), page_with([[below, ""]], top=60.0))
    assert f"{label}\t3\n{below}\t\n" in text


def test_tables_with_other_columns_are_not_joined() -> None:
    document = opened(
        pdf(
            page_with([["标题", "数"], ["规章", "1"]]),  # type: ignore[arg-type]  # draws a page
            page_with([["许可", "2"]], 60.0, (50, 120, 400)),  # type: ignore[arg-type]
        )
    )
    assert [place.table for place in document.places] == [0, 0, 0, 0, 1, 1]


def test_columns_without_lines_are_told_by_their_gaps() -> None:
    rows = [
        ("信息内容", "制定", "废止", "有效"),
        ("规章", "1", "22", "333"),
        ("行政规范性文件", "4", "", "6"),
        ("其他", "7", "8", "9"),
    ]

    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(rows):
            x = (50, 200, 300, 400)
            words(canvas, [(at, 100 + 18 * number, text) for at, text in zip(x, row, strict=True)])

    assert opened(pdf(draw)).text == "".join("\t".join(row) + "\n" for row in rows)
