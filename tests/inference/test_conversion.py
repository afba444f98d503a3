"""Older office formats, with a small stand-in for LibreOffice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read, read_bytes
from gouji.inference.readers.conversion import PROGRAMS
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat
from gouji.model.form_file import load_form
from gouji.model.report import Verdict
from tests.benchmarks.files import FORMATS, drawn
from tests.inference.test_office_readers import package

FORM = load_form()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DOC = OLE + "WordDocument\0".encode("utf-16-le")
XLS = OLE + "Workbook\0".encode("utf-16-le")
RTF = b"{\\rtf1\\ansi x}"
CELLS = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>总计</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that copies `result` to where the converted document belongs, noting its call."""
    (tmp_path / "result").write_bytes(package(CELLS))
    path = tmp_path / "soffice"
    path.write_text(
        f"#!{sys.executable}\n"
        "import os, shutil, sys, time\n"
        "from pathlib import Path\n"
        f"here = Path({str(tmp_path)!r})\n"
        "arguments = sys.argv[1:]\n"
        "suffix = arguments[arguments.index('--convert-to') + 1]\n"
        "out = Path(arguments[arguments.index('--outdir') + 1])\n"
        "(here / 'home').write_text(os.environ['HOME'])\n"
        "(here / 'call').write_text('\\n'.join(arguments))\n"
        "if Path(arguments[-1]).read_bytes().startswith(b'{\\\\rtf1 slow'):\n"
        "    time.sleep(60)\n"
        "if not (here / 'result').exists():\n"
        "    sys.exit('source file could not be loaded')\n"
        "out.mkdir()\n"
        "shutil.copy(here / 'result', out / f'document.{suffix}')\n"
    )
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("data", "media_type"), [(DOC, "application/msword"), (RTF, "application/rtf")]
)
def test_document_is_read_as_what_it_is_turned_into(
    program: Path, data: bytes, media_type: str
) -> None:
    document = read_bytes(data, "a.doc", Limits())
    assert document.text.strip() == "总计"
    assert document.source.media_type == media_type
    assert document.source.name == "a.doc"
    arguments = (program / "call").read_text().split("\n")
    assert {"--headless", "docx"} <= set(arguments)
    home = Path((program / "home").read_text())
    assert f"-env:UserInstallation={(home / 'profile').as_uri()}" in arguments
    assert not home.exists()


def test_workbook_is_turned_into_xlsx(program: Path) -> None:
    (program / "result").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(Corrupt, match="工作簿已损坏"):
        read_bytes(XLS, "a.xls", Limits())
    assert "xlsx" in (program / "call").read_text().split("\n")


def test_document_that_it_cannot_open_is_told_with_its_words(program: Path) -> None:
    (program / "result").unlink()
    with pytest.raises(Corrupt, match=r"无法打开（source file could not be loaded）.*\.docx"):
        read_bytes(DOC, "a.doc", Limits())


def test_it_is_stopped_when_it_takes_too_long(program: Path) -> None:
    with pytest.raises(LimitExceeded, match="超时"):
        read_bytes(b"{\\rtf1 slow", "a.rtf", Limits(timeout_s=1))


def test_result_larger_than_allowed_is_refused(program: Path) -> None:
    with pytest.raises(LimitExceeded, match="转换后超过上限 100 字节"):
        read_bytes(DOC, "a.doc", Limits(max_bytes=100))


@pytest.mark.parametrize(
    ("data", "suffix"), [(DOC, "docx"), (RTF, "docx"), (XLS, "xlsx")], ids=["doc", "rtf", "xls"]
)
def test_without_it_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, suffix: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedFormat, match=rf"请另存为 \.{suffix} 后再试"):
        read_bytes(data, "a.doc", Limits())


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("name", "suffix"),
    [("docx", "doc"), ("docx", "rtf"), ("docxnested", "doc"), ("xlsx", "xls"), ("xlsx", "ods")],
)
def test_every_cell_of_a_file_of_libreoffice_itself_is_read(
    tmp_path: Path, name: str, suffix: str
) -> None:
    blocks, gold = drawn(FORM, "tests/0")
    own, made = FORMATS[name]
    (tmp_path / f"a.{own}").write_bytes(made(blocks))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", suffix, f"a.{own}"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    document = read(tmp_path / f"a.{suffix}", f"a.{suffix}", Limits())
    (report,) = Extractor(FORM, Settings(), "rules")(document)
    assert {cell: report.cells[cell].value for cell in gold.cells} == gold.cells
    assert report.verdict is Verdict.ACCEPTED
