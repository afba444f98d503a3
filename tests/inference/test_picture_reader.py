"""Pictures of pages become documents; what is broken, too large or unreadable is told so."""

import io
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read_bytes, recognising
from gouji.inference.readers.frames import frames
from gouji.inference.scan.assembly import PageText, document_of, page_text
from gouji.inference.scan.page import Block, Piece, ReadPage
from gouji.model.document import Document, Source
from gouji.model.errors import Corrupt, LimitExceeded, UnsupportedFormat
from gouji.model.form_file import load_form
from gouji.model.jsonl import loads
from gouji.model.mention import Number
from tests.benchmarks.drawn_pages import Face, Style, typeset, without_zeros
from tests.benchmarks.files import Block as Drawn
from tests.benchmarks.files import drawn
from tests.benchmarks.refill import Gold
from tests.benchmarks.scan_camera import Camera, photographed
from tests.benchmarks.scan_damage import Wear, worn

ZENHEI = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
needs_font = pytest.mark.skipif(not ZENHEI.is_file(), reason="needs the font fonts-wqy-zenhei")
STYLE = Style(Face(str(ZENHEI)), table_pt=9.0, dpi=150)
WEAR = Wear(tilt=(0.6, 0.6), blur=(0.5, 0.5), noise=(4, 4), shade=(0.1, 0.1))


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def opened(data: bytes) -> Document:
    return read_bytes(data, "a.png", Limits())


@pytest.fixture(scope="module")
def report() -> tuple[list[Drawn], Gold]:
    return drawn(load_form(), "picture reader/1")


def short(report: tuple[list[Drawn], Gold]) -> tuple[list[Drawn], dict[str, Number]]:
    """The first and the last table under their headings on one page, and their gold."""
    blocks, gold = report
    tables = [i for i, block in enumerate(blocks) if not isinstance(block, str)]
    kept = [blocks[i] for table in (tables[0], tables[-1]) for i in (table - 1, table)]
    cells = {cell: n for cell, n in gold.cells.items() if not cell.startswith("requests.")}
    return ["甲县2022年政府信息公开工作年度报告", *kept], cells


def scanned(blocks: list[Drawn], quarter_turns: int = 0) -> bytes:
    """The blocks as a scanned TIFF."""
    rng = np.random.default_rng(1)
    pages = [worn(np.asarray(page), WEAR, STYLE.dpi, rng) for page in typeset(blocks, STYLE)]
    first, *others = [Image.fromarray(np.rot90(page, quarter_turns)) for page in pages]
    return saved(
        first, "TIFF", save_all=True, append_images=others, dpi=(150, 150), compression="jpeg"
    )


@needs_font
@pytest.mark.slow
def test_every_cell_of_a_scanned_report_is_read(report: tuple[list[Drawn], Gold]) -> None:
    blocks, gold = report
    (found,) = Extractor(load_form(), Settings())(opened(scanned(blocks)))
    assert {cell: found.cells[cell].value for cell in gold.cells} == gold.cells
    assert (found.source.pages or 0) >= 2


@needs_font
def test_command_reads_a_scanned_page_and_tells_where_its_numbers_stand(
    report: tuple[list[Drawn], Gold], tmp_path: Path
) -> None:
    blocks, gold = short(report)
    (tmp_path / "a.tif").write_bytes(scanned(blocks))
    config = tmp_path / "patient.toml"  # on a busy machine a page may take more than a minute
    config.write_text("[limits]\ntimeout_s = 900\n")
    command = [sys.executable, "-m", "gouji", "extract", str(tmp_path / "a.tif")]
    command += ["--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    data = loads(done.stdout)
    assert {cell: data["cells"][cell]["value"] for cell in gold} == gold
    source = data["source"]
    assert (source["ocr"], source["media_type"], source["pages"]) == (True, "image/tiff", 1)
    for cell in gold:
        found = data["cells"][cell]
        left, top, right, bottom = found["box"]
        assert found["page"] == 1
        assert 0 < left < right < 596
        assert 0 < top < bottom < 842


@needs_font
def test_command_reads_a_photograph_of_an_open_book(
    report: tuple[list[Drawn], Gold], tmp_path: Path
) -> None:
    blocks, gold = short(report)
    left, right = (np.asarray(typeset(part, STYLE)[0]) for part in (blocks[:3], blocks[3:]))
    camera = Camera((4, 4), (2, 2), (0.05, 0.05), (0.3, 0.3), (0.2, 0.2), (0.1, 0.1))
    seen = photographed([left, right], camera, np.random.default_rng(2))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.jpg").write_bytes(
        saved(Image.fromarray(np.rot90(seen)), "JPEG", quality=80, exif=turned)
    )
    config = tmp_path / "patient.toml"
    config.write_text("[limits]\ntimeout_s = 900\n")
    command = [sys.executable, "-m", "gouji", "extract", str(tmp_path / "pages"), "--join"]
    command += ["--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    data = loads(done.stdout)
    assert {cell: data["cells"][cell]["value"] for cell in gold} == gold
    places = {cell: data["cells"][cell]["box"] for cell in gold}
    rightmost = max(box[2] for cell, box in places.items() if cell.startswith("active."))
    assert rightmost < min(box[0] for cell, box in places.items() if cell.startswith("disputes."))


@needs_font
def test_pages_of_a_pdf_that_are_pictures_are_recognised() -> None:
    said = ["政府信息公开工作年度报告", "本年新收申请12件。"]
    rng = np.random.default_rng(1)
    pages = [worn(np.asarray(page), WEAR, STYLE.dpi, rng) for page in typeset(said, STYLE)]
    data = saved(Image.fromarray(pages[0]), "PDF", resolution=STYLE.dpi)
    document = read_bytes(data, "a.pdf", Limits())
    assert document.text.split() == said
    assert (document.source.ocr, document.source.pages) == (True, 1)
    assert {place.page for place in document.places} == {1}


@needs_font
def test_empty_cells_of_a_scan_are_empty_and_none_with_a_number_is(
    report: tuple[list[Drawn], Gold],
) -> None:
    tables = [block for block in without_zeros(report[0]) if not isinstance(block, str)][:1]
    document = opened(scanned(list(tables)))
    said = [line.split("\t") for line in document.text.splitlines()]
    shown = [[box.text for box in row if box.text is not None] for row in tables[0]]
    assert [[bool(text) for text in row] for row in said] == [
        [bool(text) for text in row] for row in shown
    ]


@needs_font
@pytest.mark.parametrize("quarter_turns", [1, 2])
def test_a_page_that_lies_wrong_is_read(quarter_turns: int) -> None:
    document = opened(scanned(["政府信息公开工作年度报告", "本年新收申请12件。"], quarter_turns))
    assert document.text.split() == ["政府信息公开工作年度报告", "本年新收申请12件。"]


def test_pages_become_text_as_other_readers_write_it() -> None:
    def piece(text: str, strings: tuple[tuple[str, float], ...] = (), gap: float = 0.0) -> Piece:
        return Piece(text, (1.0, 2.0, 3.0, 4.0), strings, gap)

    number = (("12", 0.9), ("72", 0.05))
    table = Block(
        ((piece("规章"), piece("12", number), piece("")), (piece("文件"), piece(""))), True
    )
    line = Block(((piece("一、总体情况"), piece("附件", gap=0.4), piece("第3页", gap=4.0)),), False)
    page = page_text(ReadPage((line, table, line), 1.0), 1)
    assert page.text == ("一、总体情况 附件\t第3页\n规章\t12\t\n文件\t\n一、总体情况 附件\t第3页\n")
    document = document_of([page, page], Source("a.png", "0" * 64, "image/png"))
    assert document.text == page.text * 2
    assert (document.source.pages, document.source.ocr) == (2, True)
    assert {document.text[slice(*a.span)] for a in document.alternatives} == {"12"}
    assert len(document.alternatives) == 2
    ends = [place.span[1] for place in document.places]
    assert ends == sorted(ends)
    assert {place.table for place in document.places} == {None, 0, 1}
    at = document.text.index("第3页")
    place = document.place_of((at, at + 3))
    assert place is not None
    assert place.box == (1.0, 2.0, 3.0, 4.0)


def test_frames_of_a_tiff_are_its_pages_with_their_resolution() -> None:
    pages = [Image.new("L", (60, 80), shade) for shade in (250, 200)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], dpi=(200, 200))
    found = list(frames(data, "a.tif"))
    assert [(pixels.shape, int(pixels[0, 0]), dpi) for pixels, dpi in found] == [
        ((80, 60), 250, 200.0),
        ((80, 60), 200, 200.0),
    ]


def test_a_photograph_is_turned_as_its_exif_data_say() -> None:
    image = Image.new("RGB", (60, 80), "white")
    image.putpixel((0, 0), (0, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise
    ((pixels, _),) = frames(saved(image, "JPEG", exif=exif, quality=100), "a.jpg")
    assert pixels.shape == (60, 80, 3)
    assert pixels[0, 79].max() < 128


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_pixels_is_read(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "I;16") else "PNG"
    image = Image.new(mode, (40, 30), 0 if mode != "P" else 1)
    ((pixels, _),) = frames(saved(image, kind), "a")
    assert pixels.dtype == np.uint8
    assert pixels.shape[:2] == (30, 40)


def test_what_is_transparent_is_paper() -> None:
    ((pixels, _),) = frames(
        saved(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"), "a.png", Limits()
    )
    assert pixels.min() == 255


@pytest.mark.parametrize(
    ("size", "says"), [((30_000, 4), "30000×4"), ((19_000, 19_000), "100000000")]
)
def test_a_picture_that_is_too_large_is_refused(size: tuple[int, int], says: str) -> None:
    with pytest.raises(LimitExceeded, match=says):
        opened(saved(Image.new("1", size, 1), "PNG"))


def broken(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("break_up", [broken, lambda data: data[:40]])
def test_a_broken_picture_is_corrupt(kind: str, break_up: Callable[[bytes], bytes]) -> None:
    rng = np.random.default_rng(1)
    noise = Image.fromarray(rng.integers(0, 255, (200, 200), dtype=np.uint8))
    with pytest.raises(Corrupt, match="已损坏"):
        opened(break_up(saved(noise, kind)))


@pytest.mark.parametrize(
    ("size", "shade"), [((400, 600), 255), ((400, 600), 0), ((1, 1), 0), ((9000, 3), 128)]
)
def test_a_picture_without_text_is_corrupt(size: tuple[int, int], shade: int) -> None:
    with pytest.raises(Corrupt, match="没有认出文字"):
        opened(saved(Image.new("L", size, shade), "PNG"))


@pytest.mark.parametrize("missing", ["rapidocr", "cv2", "PIL"])
def test_without_the_extra_the_message_says_how_to_install_it(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(name: str) -> object:
        return None if name == missing else find_spec(name)

    monkeypatch.setattr(recognising, "find_spec", look_up)
    with pytest.raises(UnsupportedFormat, match=r"pip install 'gouji\[scan\]'"):
        opened(saved(Image.new("L", (40, 60), 255), "PNG"))


def test_nothing_of_the_extra_is_imported_for_other_files() -> None:
    seed = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))[0]
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from gouji.inference.readers import Limits, read\n"
        "import gouji.inference.pipeline\n"
        f"read(Path({str(seed)!r}), 'a.txt', Limits())\n"
        "print({'cv2', 'PIL', 'rapidocr', 'shapely'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_too_many_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from gouji.inference.scan import assembly

    def recognise(*_: object) -> PageText:
        return PageText("字" * 50 + "\n", (), ())

    monkeypatch.setattr(assembly, "recognise_page", recognise)
    with pytest.raises(LimitExceeded, match="50 个字符"):
        read_bytes(saved(Image.new("L", (40, 60), 255), "PNG"), "a.png", Limits(max_chars=50))
