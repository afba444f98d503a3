"""DOCX and XLSX: what a document shows, where its cells stand, and what is refused."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from gouji.inference.readers import Limits, read
from gouji.inference.readers.word import read_docx
from gouji.inference.readers.workbook import read_xlsx
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Target="{target}" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def package(body: str, target: str = "word/document.xml", declaration: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("[Content_Types].xml", "<Types/>")
        members.writestr("_rels/.rels", RELATIONS.format(target=target))
        document = f"{declaration}<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
        members.writestr(target, document)
    return file.getvalue()


def docx(body: str, limits: Limits | None = None) -> Document:
    source = Source("甲.docx", "0" * 64, "application/x")
    return read_docx(package(body), source, limits or Limits())


def p(*texts: str) -> str:
    runs = "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in texts)
    return f"<w:p>{runs}</w:p>"


def tc(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p("总", "计：", "1") + p("其他"), "总计：1\n其他"),
        (
            "<w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:r></w:p>",
            "一\n二\t三",
        ),
        ("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>一</w:t></w:r></w:p>", "一"),
        (tbl(tc(p("总计")) + tc(p("1")) + tc(p()) + tc(p("3"))), "总计\t1\t\t3"),
        (tbl(tc(p("商业") + p("企业")) + tc(p("1", "2"))), "商业 企业\t12"),
        (
            tbl(
                tc(p("甲"), '<w:vMerge w:val="restart"/>')
                + tc(p("乙"), '<w:gridSpan w:val="2"/>')
                + tc(p("1")),
                tc(p("甲"), "<w:vMerge/>") + tc(p("丙")) + tc(p("2")),
            ),
            "甲\t乙\t1\n丙\t2",
        ),
        (tbl(tc(p("边") + tbl(tc(p("甲")) + tc(p("1"))) + p("后"))), "边\n甲\t1\n后"),
        (
            "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText>"
            "</w:r></w:del><w:r><w:t>文</w:t></w:r></w:p>",
            "新文",
        ),
        (
            tbl(tc(p("留")))[: -len("</w:tbl>")]
            + f"<w:tr><w:trPr><w:del/></w:trPr>{tc(p('删'))}</w:tr></w:tbl>",
            "留",
        ),
        (
            "<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice><w:txbxContent>"
            + p("框")
            + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
            + p("框")
            + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
            + p("后"),
            "前\n框\n后",
        ),
        (
            "<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>3</w:t></w:r>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>",
            "3",
        ),
    ],
)
def test_docx_shows_what_word_shows(body: str, text: str) -> None:
    assert docx(body).text.strip("\n") == text


def test_cells_of_a_docx_have_places() -> None:
    document = docx(p("前") + tbl(tc(p("甲")) + tc(p("1")), tc(p("乙")) + tc(p("22"))))
    told = [
        (document.text[slice(*place.span)], place.table, place.row, place.column)
        for place in document.places
    ]
    assert told == [("甲", 0, 0, 0), ("1", 0, 0, 1), ("乙", 0, 1, 0), ("22", 0, 1, 1)]


def test_main_part_is_the_one_that_the_package_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(package(p("总体情况"), target="word/other.xml"))
    document = read(tmp_path / "a", "a.doc", Limits())
    assert document.text.strip() == "总体情况"
    assert document.source.media_type.endswith("wordprocessingml.document")


def test_entities_of_a_docx_are_not_looked_up(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("密", "utf-8")
    declaration = (
        f'<!DOCTYPE x [<!ENTITY a "一"><!ENTITY b SYSTEM "file://{tmp_path}/secret">'
        '<!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    data = package(p("甲&b;乙&c;丙"), declaration=declaration)
    text = read_docx(data, Source("甲", "", ""), Limits()).text
    assert "密" not in text
    assert "一" not in text


def test_broken_and_oversized_docx_are_errors() -> None:
    source = Source("甲.docx", "", "")
    whole = package(p("总体情况"))
    with pytest.raises(Corrupt, match=r"甲\.docx：DOCX 文件已损坏"):
        read_docx(whole[: len(whole) // 2], source, Limits())
    with pytest.raises(Corrupt, match="没有正文"):
        read_docx(package("", target="../x").replace(b"../x", b"/y/z"), source, Limits())
    with pytest.raises(Corrupt, match="不是有效的 XML"):
        read_docx(package("<w:p>"), source, Limits())
    with pytest.raises(Corrupt, match="没有文字"):
        docx(p(" "))
    with pytest.raises(LimitExceeded, match="解压后超过上限 1000 字节"):
        docx(p("零" * 1000), Limits(max_bytes=1000))
    with pytest.raises(LimitExceeded, match="文字超过上限 5 个字符"):
        docx(p("一二三四五六"), Limits(max_chars=5))
    with pytest.raises(LimitExceeded, match="嵌套过深"):
        docx("<w:x>" * 400 + p("一") + "</w:x>" * 400)


@given(
    st.recursive(
        st.lists(st.sampled_from(["甲", "12", "", "乙 3"]), max_size=3).map(lambda t: p(*t)),
        lambda inner: st.lists(
            st.lists(inner, min_size=1, max_size=3).map(lambda row: "".join(map(tc, row))),
            min_size=1,
            max_size=3,
        ).map(lambda rows: tbl(*rows)),
        max_leaves=12,
    )
)
def test_no_word_of_a_docx_is_lost(body: str) -> None:
    document = docx(p("尾") + body)
    words = body.replace("</w:t>", "<w:t>").split("<w:t>")[1::2]
    assert "".join(document.text.split()) == "尾" + "".join("".join(words).split())


def xlsx(rows: Sequence[Sequence[object]], *merged: str, limits: Limits | None = None) -> Document:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    more = book.create_sheet("二")
    more["B3"] = "尾"
    file = io.BytesIO()
    book.save(file)
    source = Source("甲.xlsx", "0" * 64, "application/x")
    return read_xlsx(file.getvalue(), source, limits or Limits())


def test_xlsx_rows_are_lines_of_every_sheet() -> None:
    document = xlsx([["总计", 1, None, 3.0], [], ["其他", "2", 2.5, None]])
    assert document.text == "总计\t1\t\t3\n其他\t2\t2.5\t\n\t尾\n"
    assert [p.table for p in document.places] == [0] * 8 + [1] * 2
    assert document.text[slice(*document.places[3].span)] == "3"


def test_first_of_merged_cells_counts() -> None:
    document = xlsx([["甲", "乙", None, 1], [None, "丙", "丁", 2]], "A1:A2", "B1:C1")
    assert document.text.startswith("甲\t乙\t1\n丙\t丁\t2\n")


def test_empty_cells_beside_a_table_are_none_of_its_row() -> None:
    rows: list[list[object]] = [
        ["事项", "件数"],
        ["规章", 1, None],
        ["处罚", None],
        ["项目", "自然人", "企业", "总计"],
        ["新收", 1, None, None],
        ["结转", None, None, 1],
    ]
    assert xlsx(rows).text == (
        "事项\t件数\n规章\t1\n处罚\t\n项目\t自然人\t企业\t总计\n新收\t1\t\t\n结转\t\t\t1\n\t尾\n"
    )


def test_borders_tell_the_cells_of_a_row() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["新收", 1], ["结转"], ["备注", None, None, None, "x"]):
        sheet.append(row)
    line = Side(style="thin")
    for cell in (*sheet[1][:3], *sheet[2][:3]):
        cell.border = Border(left=line, right=line)
    file = io.BytesIO()
    book.save(file)
    document = read_xlsx(file.getvalue(), Source("a", "0" * 64, "application/x"), Limits())
    assert document.text == "新收\t1\t\n结转\t\t\n备注\t\t\t\tx\n"


def test_sheet_that_merges_millions_of_cells_is_refused_before_they_are_made() -> None:
    book = Workbook()
    book.worksheets[0].append(["总计", 1])
    file, hostile = io.BytesIO(), io.BytesIO()
    book.save(file)
    merge = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    with zipfile.ZipFile(file) as sound, zipfile.ZipFile(hostile, "w") as package:
        for name in sound.namelist():
            package.writestr(name, sound.read(name).replace(b"</sheetData>", merge))
    with pytest.raises(LimitExceeded, match="合并了超过 200000 个单元格"):
        read_xlsx(hostile.getvalue(), Source("a", "0" * 64, "application/x"), Limits())


def test_broken_and_oversized_xlsx_are_errors(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="解压后有"):
        xlsx([["总计", 1]], limits=Limits(max_bytes=1000))
    with pytest.raises(LimitExceeded, match="超过 200000 个单元格"):
        xlsx([[1]] * 3 + [[None] * 16_000 + [1]] * 20)
    with pytest.raises(LimitExceeded, match="文字超过上限 5 个字符"):
        xlsx([["一二三四五六"]], limits=Limits(max_chars=5))
    with pytest.raises(Corrupt, match=r"甲\.xlsx：工作簿已损坏"):
        read_xlsx(b"PK\x03\x04 nonsense", Source("甲.xlsx", "", ""), Limits())
    book = Workbook()
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Corrupt, match="没有内容"):
        read(tmp_path / "a.xlsx", "a.xlsx", Limits())


def test_other_packages_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as members:
        members.writestr("ppt/presentation.xml", "<x/>")
    with pytest.raises(UnsupportedFormat, match="PPTX"):
        read(tmp_path / "a.docx", "a.docx", Limits())
