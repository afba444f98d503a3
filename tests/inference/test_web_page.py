"""HTML: what a page shows, and where its cells stand."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.readers import Limits, read
from gouji.inference.readers.web_page import read_html
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded

SOURCE = Source("甲.html", "0" * 64, "text/html")


def page(markup: str, limits: Limits | None = None) -> Document:
    return read_html(Document(SOURCE, markup), limits or Limits())


def shown(markup: str) -> str:
    return page(markup).text.strip("\n")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>总体\n  情况</p><p>无</p>", "总体 情况\n无"),
        ("<p>一<br>二</p>三<div>四</div>", "一\n二\n三\n四"),
        ("<p><span>总</span><span>计</span><b>：</b>1</p>", "总计：1"),
        ("<p>a&nbsp;&lt;b&#20013;</p>", "a\u00a0<b中"),
        ("<head><title>x</title></head><body>甲<script>1 < 2</script>乙<style>p{}</style>", "甲乙"),
        ("<!-- 注 --><p>甲<!-- 注 -->乙<?x y?></p>", "甲乙"),
        ("<ul><li>一<li>二</ul>", "一\n二"),
    ],
)
def test_blocks_begin_lines_and_other_markup_leaves_no_trace(markup: str, text: str) -> None:
    assert shown(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<table><tr><td> 总计 </td><td>1</td><td></td><td>3</td></tr></table>", "总计\t1\t\t3"),
        ("<table><tr><th>总<td>1<tr><td>其他<td>2</table>尾", "总\t1\n其他\t2\n尾"),
        (
            "<table><tr><td rowspan=2>甲<td colspan=2>乙<td>1<tr><td>丙<td>2</table>",
            "甲\t乙\t1\n丙\t2",
        ),
        (
            "<table><tr><td><p>商业</p><p>企业</p></td><td>1<br>2</td></tr></table>",
            "商业 企业\t1 2",
        ),
        (
            "<table><tr><td><span>1</span><span>2</span><td><o:p>&nbsp;</o:p></table>",
            "12\t\u00a0",
        ),
        (
            "<table><tr><td>边<td>文字<table><tr><td>甲<td>1</table>后</table>",
            "边\n文字\n甲\t1\n后",
        ),
        ("<table><caption>表一</caption><tr><td>甲<td>1</table>", "表一\n甲\t1"),
    ],
)
def test_a_row_is_a_line_and_a_cell_boundary_a_tab(markup: str, text: str) -> None:
    assert shown(markup) == text


def test_every_cell_has_a_place_that_tells_table_row_and_column() -> None:
    table = "<table><tr><td>甲<td>1<tr><td>乙<td>22</table>"
    document = page(f"<p>前</p>{table}<p>中</p>{table}")
    told = [
        (document.text[slice(*place.span)], place.table, place.row, place.column)
        for place in document.places
    ]
    of_one = [("甲", 0, 0), ("1", 0, 1), ("乙", 1, 0), ("22", 1, 1)]
    assert told == [(text, t, row, column) for t in (0, 1) for text, row, column in of_one]
    place = document.place_of((document.text.index("22"), document.text.index("22") + 2))
    assert place is not None
    assert (place.row, place.column) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
def test_the_declared_charset_may_lie(encoding: str, tmp_path: Path) -> None:
    markup = (
        '<html><head><meta charset="iso-8859-1"></head><body>'
        "<p>本單位全年收到申請十二件，辦結十件，結轉兩件。</p></body></html>"
    )
    (tmp_path / "a.html").write_bytes(markup.encode(encoding))
    document = read(tmp_path / "a.html", "a.html", Limits())
    assert document.text.strip() == "本單位全年收到申請十二件，辦結十件，結轉兩件。"
    assert document.source.media_type == "text/html"


def test_the_content_decides_whatever_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("<html><body><p>总体情况</p></body></html>", "utf-8")
    assert read(tmp_path / "a.doc", "a.doc", Limits()).text.strip() == "总体情况"


def test_findings_of_the_source_stay_without_its_spans() -> None:
    from gouji.model.findings import finding

    noticed = finding("R002", "控制字符", "control characters", span=(3, 4))
    document = Document(SOURCE, "<p>甲</p>", findings=(noticed,))
    assert read_html(document, Limits()).findings == (replace(noticed, span=None),)


@pytest.mark.parametrize("markup", ["<html><body><img src=a.png></body></html>", "<p>&nbsp;</p>"])
def test_page_without_text_is_an_error(markup: str) -> None:
    with pytest.raises(Corrupt, match=r"甲\.html：网页中没有"):
        page(markup)


def test_page_beyond_the_limits_is_an_error() -> None:
    with pytest.raises(LimitExceeded, match=r"甲\.html：网页的文字超过上限 5 个字符"):
        page("<p>一二三</p><p>四五六</p>", Limits(max_chars=5))
    with pytest.raises(LimitExceeded, match="嵌套过深"):
        page("<div>" * 5000 + "甲")


@given(
    st.lists(
        st.sampled_from(
            ["<table>", "</table>", "<tr>", "<td>", "</td>", "<p>", "<br>", "甲", " 1 ", "<span>"]
        ),
        max_size=40,
    )
)
def test_no_word_is_lost_whatever_the_markup(parts: list[str]) -> None:
    document = page("<body>乙" + "".join(parts))
    words = [part.strip() for part in parts if not part.startswith("<")]
    assert sorted("".join(document.text.split())) == sorted("".join(["乙", *words]))
    assert all(0 <= a <= b <= len(document.text) for a, b in (p.span for p in document.places))


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="canonical" href="https://a.gov.cn/1.html">', "https://a.gov.cn/1.html"),
        ('<meta property="og:url" content=" https://a.gov.cn/2.html ">', "https://a.gov.cn/2.html"),
        ('<link rel="stylesheet" href="a.css">', None),
    ],
)
def test_address_of_a_page_is_what_it_calls_its_own(head: str, address: str | None) -> None:
    document = page(f"<html><head>{head}</head><body><p>一</p></body></html>")
    assert document.source.address == address


def test_linked_files_are_named() -> None:
    links = "".join(f'<a href="/f/{n}.PDF?x=1">附件 {n}</a>' for n in range(4))
    (found,) = page(
        f'<p>见附件</p>{links}<a href="/index.html">首页</a><a href="http://[">坏</a>'
    ).findings
    assert found.code == "R003"
    assert "4 个附件（附件 0、附件 1、附件 2等）" in found.message


def test_link_without_words_goes_by_the_name_of_its_file() -> None:
    (found,) = page(
        '<p>x</p><a href="%E5%B9%B4%E6%8A%A5.docx"><img width="16" src="i"></a>'
    ).findings
    assert "年报.docx" in found.message


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ('<img src="a.png">', ["R004"]),
        ('<img src="a.png" width="800" height="600">', ["R004"]),
        ('<img src="a.png" width="20px">', []),
        ('<img src="a.png"><table><tr><td>总计<td>3</table>', []),
        ('<img src="a.png"><table><tr><td>首页<td>公开</table>', ["R004"]),
    ],
)
def test_pictures_count_where_no_table_has_numbers(body: str, codes: list[str]) -> None:
    assert [found.code for found in page(f"<p>年度报告</p>{body}").findings] == codes
