"""PDF files as a whole: recognition, limits, damage, and a report read with its places."""

import io
import json
import subprocess
import sys
from math import ceil
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # it carries no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from gouji.inference.readers import Limits, read_bytes
from gouji.inference.readers.pdf import PageReading, RecognisedPage, RenderPage, read_pdf
from gouji.model.document import Alternatives, Place, Source
from gouji.model.errors import Corrupt, Encrypted, LimitExceeded, ReadError, UnsupportedFormat
from gouji.model.form_file import load_form
from tests.benchmarks.files import Block, drawn
from tests.benchmarks.pdfs import STYLES
from tests.benchmarks.typeset import Style, typeset
from tests.inference.pdf_pages import HEIGHT, WIDTH, opened, pdf, ruled, words

SOURCE = Source("a.pdf", "0" * 64, "application/pdf")
SENTENCE = "本年度收到政府信息公开申请十二件，均已按期答复，没有结转下年度的申请。"


@pytest.fixture(autouse=True)
def without_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are read as where the extra `scan` is not installed."""
    monkeypatch.setattr("gouji.inference.readers.recognising.is_installed", lambda: False)


def text_page(canvas: Canvas) -> None:
    words(canvas, [(60, 100, SENTENCE)])


def scanned_page(canvas: Canvas) -> None:
    picture = Image.fromarray(np.full((60, 40, 3), 200, np.uint8))
    canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)


def recognise(render: RenderPage, number: int) -> RecognisedPage:
    height, width, channels = render(72).shape
    assert (height, width, channels) == (ceil(HEIGHT), ceil(WIDTH), 3)
    return RecognisedPage(
        f"第{number}页\t7",
        (
            Place((0, 3), number, (1, 2, 3, 4), 0, 0, 0),
            Place((4, 5), number, (5, 6, 7, 8), 0, 0, 1),
        ),
        (Alternatives((4, 5), (("7", -0.1), ("1", -2.4))),),
    )


def test_a_scan_is_refused_with_what_to_install() -> None:
    with pytest.raises(UnsupportedFormat, match=r"a\.pdf：是扫描件.*gouji\[scan\]"):
        opened(pdf(scanned_page, scanned_page))


def test_pages_that_were_not_read_are_named() -> None:
    document = opened(pdf(text_page, scanned_page, scanned_page))
    assert document.text == f"{SENTENCE}\n"
    assert document.source.pages == 3
    (found,) = document.findings
    assert (found.code, found.severity) == ("R005", "error")
    assert "第 2-3 页" in found.message


def test_a_recogniser_reads_the_scanned_pages_in_their_place() -> None:
    data = pdf(scanned_page, text_page, scanned_page)
    document = read_pdf(data, SOURCE, Limits(), PageReading(recognise))
    assert document.text == f"第1页\t7\n{SENTENCE}\n第3页\t7\n"
    assert document.source.ocr
    assert not document.findings
    for place in document.places:
        assert place.page == (1 if place.span[1] < 6 else 3 if place.span[0] > 40 else 2)
    assert [place.table for place in document.places] == [0, 0, None, 1, 1]
    at = document.text.rindex("7")
    assert document.alternatives[1].span == (at, at + 1)


def test_pictures_on_a_page_with_text_are_a_hint() -> None:
    def draw(canvas: Canvas) -> None:
        text_page(canvas)
        scanned_page(canvas)

    assert [found.code for found in opened(pdf(draw)).findings] == ["R004"]


def test_a_locked_file_is_told_from_a_broken_one() -> None:
    with pytest.raises(Encrypted, match="需要密码"):
        opened(typeset(["某市年度报告", SENTENCE], Style(password="secret")))


def test_a_file_without_text_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="没有文字"):
        opened(pdf(lambda canvas: None))


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(max_pages=1), "2 页，超过上限 1 页"),
        (Limits(max_page_objects=20), "第 1 页的内容超过上限 20 个对象"),
        (Limits(max_chars=50), "超过上限 50 个字符"),
    ],
)
def test_limits_are_kept(limits: Limits, found: str) -> None:
    with pytest.raises(LimitExceeded, match=found):
        opened(pdf(text_page, text_page), limits)


def test_a_page_with_too_many_lines_is_refused() -> None:
    def draw(canvas: Canvas) -> None:
        text_page(canvas)
        ruled(canvas, range(0, 500, 5), range(0, 500, 5))

    with pytest.raises(LimitExceeded, match="对象"):
        opened(pdf(draw), Limits(max_page_objects=150))


def test_absurd_pages_are_refused() -> None:
    with pytest.raises(LimitExceeded, match="第 1 页大小"):
        opened(pdf(text_page, size=(20_000.0, 800.0)))


def test_whatever_the_damage_the_errors_are_ours() -> None:
    sound = typeset(drawn(load_form(), "damage/0")[0], Style())
    rng = Random(7)
    n_read = 0
    for number in range(60):
        data = bytearray(sound)
        if number % 3 == 0:
            data = data[: rng.randrange(10, len(data))]
        for _ in range(rng.choice((1, 5, 40))):
            data[rng.randrange(9, len(data))] ^= 1 << rng.randrange(8)
        try:
            read_bytes(bytes(data), "a.pdf", Limits())
            n_read += 1
        except ReadError as error:
            assert str(error).startswith("a.pdf：")  # noqa: PT017  # not every file is refused
    assert n_read > 0


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4 nothing else", b"\n%PDF-1.7\n%%EOF"])
def test_what_only_claims_to_be_a_pdf_is_corrupt(data: bytes) -> None:
    with pytest.raises(Corrupt, match="已损坏"):
        opened(data)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("gouji.inference.readers.pdf")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(UnsupportedFormat, match=r"gouji\[pdf\]"):
        opened(pdf(text_page))


def test_a_report_is_extracted_with_page_and_box_of_every_cell(tmp_path: Path) -> None:
    blocks, gold = drawn(load_form(), "tests/1")
    blocks = with_blanks(blocks)
    (tmp_path / "a.pdf").write_bytes(typeset(blocks, STYLES["upright"]))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 broken")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "gouji", "extract", str(tmp_path), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "b.pdf" in (out / "failed.csv").read_text("utf-8-sig")
    report = json.loads((out / "a.pdf.json").read_text("utf-8"))
    assert report["source"]["media_type"] == "application/pdf"
    n_pages = report["source"]["pages"]
    cells = report["cells"]
    assert {cell: cells[cell]["value"] or 0 for cell in gold.cells} == gold.cells
    assert report["verdict"] == "accepted"
    for name, cell in cells.items():
        assert 1 <= cell["page"] <= n_pages, name
        left, top, right, bottom = cell["box"]
        assert 0 < left < right < WIDTH, name
        assert 0 < top < bottom < HEIGHT, name
    blank = [cell for cell in cells.values() if cell["status"] == "blank"]
    assert len(blank) >= 3


def with_blanks(blocks: list[Block]) -> list[Block]:
    """The blocks, the first table of which has nothing in its cells with 0."""
    at = next(i for i, block in enumerate(blocks) if not isinstance(block, str))
    table = blocks[at]
    assert not isinstance(table, str)
    blanked = [
        [type(box)("" if box.text == "0" else box.text, box.rows, box.columns) for box in row]
        for row in table
    ]
    return [*blocks[:at], blanked, *blocks[at + 1 :]]


def test_pages_of_a_file_are_read_the_same_each_time() -> None:
    data = typeset(drawn(load_form(), "tests/2")[0], STYLES["heads"])
    assert opened(data) == opened(bytes(io.BytesIO(data).getbuffer()))
