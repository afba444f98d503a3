"""Folders of page pictures become one report; what does not belong there is named."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from gouji.cli.explain import source_at
from gouji.inference.cell_pictures import BESIDE_NUMBERS, cell_pictures
from gouji.inference.config import Settings
from gouji.inference.discovery import discover
from gouji.inference.found import Discovery, Found
from gouji.inference.joining import in_order
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read_text
from gouji.inference.scan import assembly
from gouji.inference.scan.assembly import PageText
from gouji.inference.sources import read_source, sha256_of
from gouji.model.document import Place, Source
from gouji.model.errors import ConfigError, Corrupt, LimitExceeded, ReadError, UnsupportedFormat
from gouji.model.form import Form
from tests.benchmarks.drawn_pages import typeset
from tests.benchmarks.files import drawn
from tests.inference.test_picture_reader import STYLE, needs_font, short

NO_PAGES: Mapping[str, bytes] = {}


def page(shade: int, kind: str = "PNG", *further: int) -> bytes:
    """A page of one shade, which stands for what it says; a TIFF may have further ones."""
    file = io.BytesIO()
    image, *others = (Image.new("L", (300, 400), each) for each in (shade, *further))
    more = {"save_all": True, "append_images": others} if others else {}
    image.save(file, kind, **more)
    return file.getvalue()


@pytest.fixture(autouse=True)
def recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page says its shade and its number."""

    def recognise(pixels: NDArray[np.uint8], dpi: float | None, number: int) -> PageText:
        text = f"{int(pixels[0, 0])}@{number}\n"
        box = (10.0, 10.0, 20.0, 20.0)
        return PageText(text, (Place((0, len(text) - 1), number, box),), ())

    monkeypatch.setattr(assembly, "recognise_page", recognise)


def folder(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def names(discovery: Discovery) -> list[tuple[str, list[str]]]:
    return [(found.name, [page.name for page in found.pages]) for found in discovery.found]


def reasons(discovery: Discovery) -> dict[str, str]:
    return {passed.name: passed.reason for passed in discovery.unreadable}


def test_every_folder_of_pictures_is_one_report_in_the_order_of_its_numbers(
    tmp_path: Path,
) -> None:
    pages = {f"{town}/{n}.png": page(n) for town in ("甲", "乙/年报") for n in (10, 2, 1)}
    root = folder(tmp_path / "all", pages | {"乙/说明.txt": b"12", "0.jpg": page(0, "JPEG")})
    assert names(discover([root], join=True)) == [
        ("all", ["0.jpg"]),
        ("乙/年报", ["乙/年报/1.png", "乙/年报/2.png", "乙/年报/10.png"]),
        ("乙/说明.txt", []),
        ("甲", ["甲/1.png", "甲/2.png", "甲/10.png"]),
    ]
    assert len(discover([root]).found) == 8


def test_pages_count_over_all_pictures_and_frames(tmp_path: Path) -> None:
    files = {"p2.tif": page(20, "TIFF", 21), "p10.png": page(100), "p1.jpg": page(10, "JPEG")}
    (found,) = discover([folder(tmp_path / "甲县", files)], join=True).found
    document = read_source(found, Limits())
    assert document.text.split() == ["10@1", "20@2", "21@3", "100@4"]
    assert [place.page for place in document.places] == [1, 2, 3, 4]
    source = document.source
    assert (source.name, source.pages, source.ocr) == ("甲县", 4, True)
    assert source.media_type == "multipart/mixed"
    assert source.sha256 == sha256_of(found, Limits())


def test_an_archive_of_pictures_is_joined_like_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for n in (10, 9):
            archive.writestr(f"x/{n}.png", page(n))
    (found,) = discover([tmp_path / "a.zip"], join=True).found
    document = read_source(found, Limits())
    assert (document.source.name, document.text.split()) == ("a.zip/x", ["9@1", "10@2"])
    assert document.source.media_type == "image/png"
    assert document.source.sha256 == sha256_of(found, Limits())


def test_the_digest_tells_order_and_content_but_not_the_folder(tmp_path: Path) -> None:
    def digest(*shades: int) -> str | None:
        files = {f"{n}.png": page(shade) for n, shade in enumerate(shades)}
        root = folder(tmp_path / "-".join(map(str, shades)), files)
        (found,) = discover([root], join=True).found
        return sha256_of(found, Limits())

    assert digest(1, 2) != digest(2, 1)
    assert digest(1, 2) != digest(1, 2, 3)
    alone = sha256(page(1)).hexdigest()
    assert digest(1) not in (alone, None)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"1.png": page(1), "b.pdf": b"%PDF-1.7"}, {"in": "除 1 张图片外还有 b.pdf，"}),
        ({"x/1.png": page(1), "x/2.gif": b"GIF89a", "x/a": b"1"}, {"x": "等 2 个其他文件"}),
        (NO_PAGES, {"in": "没有可读的文件"}),
        ({".hidden": b""}, {"in": "没有可读的文件"}),
    ],
)
def test_folders_that_cannot_be_joined_are_named_with_the_reason(
    tmp_path: Path, files: Mapping[str, bytes], told: Mapping[str, str]
) -> None:
    root = folder(tmp_path / "in", files)
    root.mkdir(exist_ok=True)
    discovery = discover([root], join=True)
    assert discovery.found == ()
    found = reasons(discovery)
    assert list(found) == list(told)
    assert all(told[name] in reason for name, reason in found.items())


def test_an_empty_folder_among_others_is_named(tmp_path: Path) -> None:
    root = folder(tmp_path, {"a/1.png": page(1)})
    (root / "b").mkdir()
    discovery = discover([root], join=True)
    assert [found.name for found in discovery.found] == ["a"]
    assert "空的" in reasons(discovery)["b"]
    assert discover([root]).unreadable == ()


def test_a_lone_picture_is_no_folder(tmp_path: Path) -> None:
    path = folder(tmp_path, {"1.png": page(1)}) / "1.png"
    with pytest.raises(ConfigError, match="给出图片所在的文件夹"):
        discover([path], join=True)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (page(1)[:60], Corrupt, "已损坏"),
        (b"", Corrupt, "空文件"),
        (b"no picture", UnsupportedFormat, "不是 PNG"),
    ],
)
def test_a_page_that_cannot_be_read_is_named(
    tmp_path: Path, data: bytes, error: type[ReadError], says: str
) -> None:
    root = folder(tmp_path, {"x/1.png": page(1), "x/2.png": data})
    (found,) = discover([root], join=True).found
    with pytest.raises(error, match=rf"^x/2\.png：.*{says}"):
        read_source(found, Limits())


def test_a_page_that_is_gone_is_named(tmp_path: Path) -> None:
    (found,) = discover([folder(tmp_path, {"x/1.png": page(1)})], join=True).found
    (tmp_path / "x/1.png").unlink()
    with pytest.raises(ReadError, match=r"^x/1\.png：无法打开"):
        read_source(found, Limits())
    assert sha256_of(found, Limits()) is None


def test_pages_of_a_folder_count_together(tmp_path: Path) -> None:
    files = {f"{n}.png": page(n) for n in range(4)}
    (found,) = discover([folder(tmp_path / "x", files)], join=True).found
    with pytest.raises(LimitExceeded, match="超过上限 3 页"):
        read_source(found, Limits(max_recognised_pages=3))


def test_pictures_of_cells_are_cut_from_the_page_of_a_folder(form: Form, tmp_path: Path) -> None:
    files = {"1.png": page(50), "2.tif": page(100, "TIFF", 150), "3.png": page(200)}
    (found,) = discover([folder(tmp_path / "x", files)], join=True).found
    text = read_text("报告".encode(), Source("x", sha256_of(found, Limits()) or "", ""), Limits())
    (report,) = Extractor(form, Settings(), "rules")(text)
    (first, *_) = report.cells.values()
    for number, shade in ((1, 50), (3, 150), (4, 200)):
        cell = replace(first, page=number, box=(10.0, 10.0, 30.0, 20.0))
        ((_, picture),) = cell_pictures(found, report, [cell], Limits(), BESIDE_NUMBERS)
        assert Image.open(io.BytesIO(picture)).convert("L").getpixel((5, 5)) == shade


def test_explain_takes_a_folder_of_pages_for_its_source(tmp_path: Path) -> None:
    root = folder(tmp_path / "x", {"2.png": page(2), "1.png": page(1), "y/1.png": page(3)})
    with pytest.raises(ConfigError, match="应只有一份报告各页的图片"):
        source_at(root)
    assert [one.name for one in source_at(root / "y").pages] == ["1.png"]
    (root / "y/b.txt").write_bytes(b"1")
    with pytest.raises(ConfigError, match=r"y：除 1 张图片外还有 b\.txt"):
        source_at(root / "y")
    assert source_at(root / "1.png") == Found(root / "1.png", "1.png")


@given(st.lists(st.tuples(st.sampled_from(["p", "第"]), st.integers(0, 10**6)), max_size=8))
def test_numbers_in_names_are_compared_by_value(given_names: list[tuple[str, int]]) -> None:
    pages = [Found(Path(f"{word}{n}页.png"), f"{word}{n}页.png") for word, n in given_names]
    wanted = [f"{word}{n}页.png" for word, n in sorted(given_names)]
    assert [page.name for page in in_order(pages)] == wanted


@needs_font
def test_command_reads_a_folder_of_pages_as_one_report(form: Form, tmp_path: Path) -> None:
    blocks, gold = short(drawn(form, "joining/1"))
    root = tmp_path / "甲县"
    root.mkdir()
    for number, part in ((2, blocks[:3]), (10, blocks[3:])):
        typeset(part, STYLE)[0].save(root / f"{number}.png", dpi=(150, 150))
    config = tmp_path / "patient.toml"
    config.write_text("[limits]\ntimeout_s = 900\n")
    command = [sys.executable, "-m", "gouji", "extract", "--join", str(root)]
    command += ["--config", str(config), "--out", str(tmp_path / "out"), "--format", "json,xlsx"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    data = json.loads((tmp_path / "out/甲县.json").read_text("utf-8"))
    assert {cell: data["cells"][cell]["value"] for cell in gold} == gold, done.stderr
    assert data["source"]["name"] == "甲县"
    assert data["source"]["pages"] == 2
    pages = {cell.split(".")[0]: data["cells"][cell]["page"] for cell in gold}
    assert pages == {"active": 1, "disputes": 2}
