"""Which pages are recognised, how long that may take, and that no page outlives the next."""

import gc
import io
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # it carries no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from gouji.inference.config import Recognising, Settings
from gouji.inference.readers import Limits, Ocr, Recognition, read, read_bytes
from gouji.inference.scan import assembly
from gouji.inference.scan.assembly import PageText
from gouji.model.document import Place
from gouji.model.errors import LimitExceeded, UnsupportedFormat
from tests.inference.pdf_pages import HEIGHT, WIDTH, pdf, words

SENTENCE = "本年度收到政府信息公开申请十二件，均已按期答复，没有结转下年度的申请。"
BOX = (100.0, 200.0, 120.0, 210.0)


def text_page(canvas: Canvas) -> None:
    words(canvas, [(60, 100, SENTENCE)])


def scanned_page(canvas: Canvas) -> None:
    picture = Image.fromarray(np.full((60, 40, 3), 200, np.uint8))
    canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("L", (300, 400), 200).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every page says its number; how many pictures of pages are still there at each."""
    seen: list[weakref.ref[NDArray[np.uint8]]] = []
    counts: list[int] = []

    def recognise(pixels: NDArray[np.uint8], dpi: float | None, number: int) -> PageText:
        gc.collect()
        counts.append(sum(ref() is not None for ref in seen))
        seen.append(weakref.ref(pixels))
        return PageText(f"认出{number}\n", (Place((0, 3), number, BOX),), ())

    monkeypatch.setattr(assembly, "recognise_page", recognise)
    return counts


def text_of(data: bytes, name: str, ocr: Ocr, limits: Limits | None = None) -> str:
    return read_bytes(data, name, limits or Limits(), Recognition(ocr)).text


@pytest.mark.parametrize(
    ("ocr", "text"),
    [
        (Ocr.AUTO, f"认出1\n{SENTENCE}\n认出3\n"),
        (Ocr.ALWAYS, "认出1\n认出2\n认出3\n"),
        (Ocr.NEVER, f"{SENTENCE}\n"),
    ],
)
def test_pages_of_a_pdf_are_recognised_as_told(alive: list[int], ocr: Ocr, text: str) -> None:
    data = pdf(scanned_page, text_page, scanned_page)
    document = read_bytes(data, "a.pdf", Limits(), Recognition(ocr))
    assert document.text == text
    assert document.source.ocr == (ocr is not Ocr.NEVER)
    told = [found.message for found in document.findings if found.code == "R005"]
    assert [("第 1, 3 页" in one, "--ocr never" in one) for one in told] == (
        [(True, True)] if ocr is Ocr.NEVER else []
    )


@pytest.mark.parametrize(
    ("data", "name"), [(picture(), "a.png"), (pdf(scanned_page), "a.pdf")], ids=["png", "pdf"]
)
def test_what_is_only_pictures_says_that_recognition_is_off(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"^{name}：是.*--ocr never.*--ocr auto"):
        text_of(data, name, Ocr.NEVER)


def test_every_page_cannot_be_recognised_without_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gouji.inference.readers.recognising.is_installed", lambda: False)
    with pytest.raises(UnsupportedFormat, match=r"--ocr always.*pip install 'gouji\[scan\]'"):
        text_of(pdf(text_page), "a.pdf", Ocr.ALWAYS)


def test_boxes_of_recognised_pages_are_in_points_of_the_page(alive: list[int]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 40), 200)), 0, 0, 2400, 1600)

    sizes = [(595.0, 842.0), (2384.0, 1684.0), (200.0, 280.0)]
    for size in sizes:
        document = read_bytes(pdf(draw, size=size), "a.pdf", Limits(), Recognition(Ocr.ALWAYS))
        taken_for = max(size) / 72 * 200 / 11.69  # of a page of A4, where it is none
        scale = 1.0 if 0.5 <= 200 / taken_for <= 2.0 else taken_for / 200
        (place,) = document.places
        assert place.box == pytest.approx([side * scale for side in BOX], abs=0.5)


def test_too_many_pages_are_refused_before_one_is_recognised(alive: list[int]) -> None:
    limits = Limits(max_recognised_pages=2)
    data = pdf(scanned_page, text_page, scanned_page)
    assert "认出3" in text_of(data, "a.pdf", Ocr.AUTO, limits)
    alive.clear()
    with pytest.raises(LimitExceeded, match=r"a\.pdf：有 3 页要识别，超过上限 2 页"):
        text_of(data, "a.pdf", Ocr.ALWAYS, limits)
    assert alive == []


def test_a_pdf_of_more_pages_than_any_report_is_refused(alive: list[int]) -> None:
    data = pdf(*[lambda canvas: None] * 2_001)
    with pytest.raises(LimitExceeded, match="2001 页，超过上限 2000 页"):
        text_of(data, "a.pdf", Ocr.AUTO)


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_only_the_picture_of_one_page_is_kept(alive: list[int], kind: str) -> None:
    file = io.BytesIO()
    pages = [Image.new("L", (300, 400), 200 + n) for n in range(6)]
    pages[0].save(file, kind, save_all=True, append_images=pages[1:])
    text_of(file.getvalue(), f"a.{kind}", Ocr.AUTO)
    assert len(alive) == 6
    assert max(alive) <= 1


def test_a_page_is_announced_before_and_after_it_is_recognised(alive: list[int]) -> None:
    calls: list[int] = []
    recognition = Recognition(on_page=lambda: calls.append(len(alive)))
    read_bytes(pdf(scanned_page, text_page, scanned_page), "a.pdf", Limits(), recognition)
    assert calls == [0, 1, 1, 2]


def test_pdf_files_and_pictures_may_be_larger_than_texts(tmp_path: Path, alive: list[int]) -> None:
    limits = Limits(max_bytes=10)
    for name, data in (("a.pdf", pdf(text_page)), ("a.png", picture()), ("a.txt", b"0" * 11)):
        (tmp_path / name).write_bytes(data)
    assert read(tmp_path / "a.pdf", "a.pdf", limits).text == f"{SENTENCE}\n"
    assert read(tmp_path / "a.png", "a.png", limits).text == "认出1\n"
    with pytest.raises(LimitExceeded, match="超过上限 10 字节"):
        read(tmp_path / "a.txt", "a.txt", limits)
    with pytest.raises(LimitExceeded, match="超过上限 20 字节"):
        read(tmp_path / "a.png", "a.png", Limits(max_picture_bytes=20))


def test_command_and_settings_say_what_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "c.toml").write_text('[recognition]\nocr = "never"\n')
    command = [sys.executable, "-m", "gouji", "extract", str(tmp_path / "a.png"), "--model=rules"]
    for further in (["--ocr", "never"], ["--config", str(tmp_path / "c.toml")]):
        done = subprocess.run([*command, *further], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "a.png：失败：是 PNG 图片；识别已关闭（--ocr never）" in done.stderr
    assert len({Settings(recognition=Recognising(ocr)).sha256 for ocr in Ocr}) == 3
