import codecs
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.readers import Limits, read, read_text
from gouji.inference.readers.decoding import decode
from gouji.model.document import Document, Source
from gouji.model.errors import (
    ConfigError,
    Corrupt,
    Encrypted,
    LimitExceeded,
    ReadError,
    UnsupportedFormat,
)

SOURCE = Source("甲.txt", "0" * 64, "text/plain")
SENTENCE = "本单位全年收到申请十二件，办结十件，结转两件。"
TRADITIONAL = "本單位全年收到申請十二件，辦結十件，結轉兩件。"
LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"
CONTROLS = "".join(
    map(chr, [*range(9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)])
)


def spelled(data: bytes, limits: Limits | None = None) -> Document:
    return read_text(data, SOURCE, limits or Limits())


def codes(document: Document) -> list[str]:
    return [finding.code for finding in document.findings]


def stands_for(text: str, source: str) -> bool:
    """Whether the character of the text is what the reader makes of that of the source."""
    if source in LINE_ENDS:
        return text == "\n"
    return text == (" " if source in CONTROLS else source)


def assert_every_character_leads_back(document: Document, source: str) -> None:
    origins = [document.source_offset(index) for index in range(len(document.text))]
    assert all(
        stands_for(char, source[origin])
        for char, origin in zip(document.text, origins, strict=True)
    )
    skipped = set(range(len(source))) - set(origins)
    assert all(source[at] == "\ufeff" or source[at : at + 2] == "\r\n" for at in skipped)
    assert origins == sorted(set(origins))
    starts = [run.text for run in document.offsets]
    assert starts == sorted(set(starts))


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["\r\n", "\r", "\n", "\ufeff", "\x0c", "\x85", "\u2028", "\0"]),
            st.text(st.characters(codec="utf-8"), max_size=30),
        )
    )
)
def test_every_character_of_utf8_text_leads_back_to_its_source(parts: list[str]) -> None:
    source = SENTENCE * 10 + "".join(parts)
    try:
        document = spelled(source.encode())
    except UnsupportedFormat:
        assert sum(char in CONTROLS for char in source) > len(source) / 20
    else:
        assert_every_character_leads_back(document, source)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "gb18030", "gbk"]
)
@given(st.lists(st.sampled_from(["\r\n", "\r", "\n", "12", "\t", "信息", "、", "a", SENTENCE])))
def test_offsets_hold_in_every_encoding(encoding: str, parts: list[str]) -> None:
    source = SENTENCE + "".join(parts)
    document = spelled(source.encode(encoding))
    assert document.findings == ()
    assert_every_character_leads_back(document, source)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf_8", SENTENCE),
        ("gb18030", SENTENCE),
        ("gb18030", "总体情况"),
        ("gb18030", "合计 12 34\n" * 40),
        ("gb18030", "name,value\n" * 2000 + SENTENCE),
        ("gb18030", TRADITIONAL),
        ("big5hkscs", TRADITIONAL),
        ("big5hkscs", "總體情況"),
        ("big5hkscs", "name,value\n" * 2000 + TRADITIONAL),
        ("utf_16_le", SENTENCE),
        ("utf_16_be", SENTENCE),
        ("utf_16_le", "name,value\n" * 2000 + SENTENCE),
        ("utf_16_be", "plain ascii"),
        ("utf_16_le", "一、总体情况\n无"),
        ("utf_16_le", "道路总体情况良好"),
        ("gb18030", SENTENCE * 5000),
    ],
)
def test_encoding_is_told_without_a_mark(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding == encoding or text.isascii()
    assert decoded.n_undecodable == 0


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_byte_order_mark_is_conclusive_and_no_character(mark: bytes, encoding: str) -> None:
    document = spelled(mark + "a\r\n计".encode(encoding))
    assert document.text == "a\n计"
    assert [document.source_offset(index) for index in range(3)] == [0, 2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le"])
@pytest.mark.parametrize("where", [100, 700])
def test_damaged_byte_keeps_the_encoding_and_is_reported(encoding: str, where: int) -> None:
    data = (TRADITIONAL * 40).encode(encoding)
    damage = b"\x00\xd8" if encoding == "utf-16-le" else b"\xff"
    document = spelled(data[:where] + damage + data[where:])
    assert codes(document)[0] == "R001"
    span = document.findings[0].span
    assert span is not None
    assert document.text[slice(*span)] == "\ufffd"
    assert document.text.count("本單位") >= 39


def test_replacement_character_that_the_source_spells_is_no_fault() -> None:
    document = spelled((SENTENCE * 20 + "\ufffd").encode() + b"\xff")
    assert document.findings[0].message.startswith("按 utf_8 解码时有 1 处")


def test_many_undecodable_bytes_are_corrupt() -> None:
    broken = "".join(SENTENCE).encode() + b"\xff\xff"
    with pytest.raises(Corrupt, match=r"甲\.txt.*无法解码"):
        spelled(broken)


def test_controls_become_blanks_and_are_counted() -> None:
    document = spelled((SENTENCE * 3 + "\n1\x002\x1b3").encode())
    assert document.text.endswith("\n1 2 3")
    assert codes(document) == ["R002"]
    assert "2 个控制字符" in document.findings[0].message
    assert "第 2 行" in document.findings[0].message


def test_marks_inside_leave_no_trace_but_in_the_offsets() -> None:
    document = spelled("\ufeff\ufeff总\ufeff\r\n\ufeff计".encode())
    assert document.text == "总\n计"
    assert_every_character_leads_back(document, "\ufeff总\ufeff\r\n\ufeff计")


def test_tabs_and_blanks_stay_as_they_are() -> None:
    assert spelled("规章\t0\u3000\xa0\t0".encode()).text == "规章\t0\u3000\xa0\t0"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", codecs.BOM_UTF8, "\u3000\n\ufeff".encode()])
def test_text_without_a_character_is_corrupt(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(Corrupt, match="空文件"):
        read(path, "甲.txt", Limits())


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        bytes(1000),
        "Привет, как дела сегодня вечером".encode("cp1251"),
        hashlib.sha512(b"").digest() * 50,
    ],
)
def test_binary_data_and_foreign_encodings_are_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match="二进制"):
        spelled(data)


def archive(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        for member in members:
            content.writestr(zipfile.ZipInfo(member), "x")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"Rar!\x1a\x07\0", "RAR"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        (archive("a.txt"), "是 ZIP"),
        (archive("a.txt")[:30], "损坏的 ZIP"),
        (OLE, "OLE"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "MHTML"),
    ],
)
def test_other_formats_are_named_whatever_the_suffix(
    data: bytes, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat, match=rf"乙\.txt：.*{found}.*纯文本"):
        read(path, "乙.txt", Limits())


def test_suffix_breaks_the_tie_between_text_with_a_tag_and_html(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("总体情况<br>无\n第二行\n第三行", encoding="utf-8")
    assert read(path, "a.txt", Limits()).source.media_type == "text/plain"
    assert read(path, "a.html", Limits()).source.media_type == "text/html"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><p>a</p>",
        b"\xef\xbb\xbf <!-- x -->\n<HTML><body>a",
        "<p>总体情况</p>\n<p>无</p>".encode("gbk"),
        "# 报告\n文字\n文字\n<table><tr><td colspan=2>1</td></tr></table>".encode(),
    ],
)
def test_html_is_known_by_its_content(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert read(tmp_path / "a.txt", "乙.txt", Limits()).source.media_type == "text/html"


def test_locked_office_document_is_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(OLE + "EncryptedPackage\0".encode("utf-16-le"))
    with pytest.raises(Encrypted, match="密码"):
        read(path, "a.docx", Limits())


@pytest.mark.parametrize(
    ("name", "text", "media_type"),
    [
        ("a.txt", "# 只有一个井号\n文字", "text/plain"),
        ("a.md", "文字", "text/markdown"),
        ("a.txt", "# 题\n\n## 节\n文字", "text/markdown"),
        ("a.txt", "| 甲 | 乙 |\n|---|:-:|\n| 1 | 2 |", "text/markdown"),
        ("a.txt", "甲 | 乙 |\n1 | 2 |", "text/plain"),
        ("a.md", "第一行<br>\n若 a<b 则 <https://example.org>", "text/markdown"),
        ("a.pdf", "名字虽为 PDF，内容是文字", "text/plain"),
    ],
)
def test_media_type_follows_the_content(
    name: str, text: str, media_type: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    document = read(path, name, Limits())
    assert document.source.media_type == media_type
    assert document.source.name == name
    assert document.source.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading it whole would exhaust memory
    with pytest.raises(LimitExceeded, match=f"{1 << 40} 字节，超过上限"):
        read(path, "a.txt", Limits())


def test_limits_are_inclusive(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("总计", encoding="utf-8")
    assert read(path, "a.txt", Limits(max_bytes=6, max_chars=2)).text == "总计"
    with pytest.raises(LimitExceeded, match="字节"):
        read(path, "a.txt", Limits(max_bytes=5))
    with pytest.raises(LimitExceeded, match="字符"):
        read(path, "a.txt", Limits(max_chars=1))


@pytest.mark.parametrize("bad", [{"max_bytes": 0}, {"max_chars": -1}, {"timeout_s": 0.0}])
def test_limits_must_be_positive(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(bad))):
        Limits(**bad)


def test_path_that_is_no_readable_file_is_a_read_error(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="不是普通文件"):
        read(tmp_path, "目录", Limits())
    with pytest.raises(ReadError, match="无法打开"):
        read(tmp_path / "none.txt", "none.txt", Limits())


@given(st.binary(max_size=400))
def test_arbitrary_bytes_give_a_document_or_a_read_error(data: bytes) -> None:
    try:
        document = spelled(data)
    except ReadError:
        with pytest.raises(ReadError, match=r"^甲\.txt："):
            spelled(data)
    else:
        assert document.text.strip()
        assert document.source_offset(len(document.text)) >= len(document.text)
