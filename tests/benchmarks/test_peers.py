"""Other readers are run on the same files, and what they fail on is counted and told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from gouji.model.form_file import load_form
from tests.benchmarks import peers
from tests.benchmarks.files import Block, drawn
from tests.benchmarks.pdfs import makers
from tests.benchmarks.peer_readers import measured, snapped
from tests.benchmarks.refill import write_gold

STAND_IN = """#!{python}
import json, pathlib, sys
_, _, _, reader, out, *sources = sys.argv
if reader == "camelot":
    sys.exit("no such luck")
tables = json.loads(pathlib.Path({tables!r}).read_text("utf-8"))
found = {{"version": "1", "cpu_s": 3.0, "peak_mb": 50.0, "failures": {{}}}}
found["tables"] = {{pathlib.Path(source).stem: tables for source in sources}}
pathlib.Path(out).write_text(json.dumps(found), "utf-8")
"""


def box(left: float, top: float, width: float) -> list[list[float]]:
    """The corners of a box 10 high on a page that is tilted by a tenth."""
    corners = [(left, top), (left + width, top), (left + width, top + 10), (left, top + 10)]
    return [[float(round(x - 0.1 * y)), float(round(y + 0.1 * x))] for x, y in corners]


def test_boxes_of_a_tilted_page_become_rows() -> None:
    boxes = [box(300, 20, 10), box(0, 0, 200), box(300, 0, 10), box(0, 22, 200), box(400, 21, 50)]
    rows = [["一、本年新收", "1"], ["二、上年结转", "3", "4", "5"]]
    assert snapped(boxes, ["3", "一、本年新收", "1", "二、上年结转", "4 5"]) == rows


def test_what_a_reader_raises_is_kept_and_the_next_source_read() -> None:
    def read(path: Path) -> list[list[list[str | None]]]:
        if path.stem == "a":
            raise ValueError("no page")
        return [[["1"]]]

    found = measured(read, [Path("a.pdf"), Path("b.pdf")])
    assert found["failures"] == {"a": "ValueError: no page"}
    assert found["tables"] == {"b": [[["1"]]]}
    assert found["cpu_s"] >= 0
    assert found["peak_mb"] > 1


def test_pictures_become_pages_of_the_same_number(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [Image.new("L", (80, 60), shade) for shade in (0, 255)]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(200, 200))
    made = peers.as_pdf(path, tmp_path)
    assert made.read_bytes().startswith(b"%PDF")
    assert (peers.n_pages_of(path), peers.n_pages_of(made)) == (2, 2)
    assert peers.as_pdf(made, tmp_path) == made


def test_the_first_of_each_kind_and_resolution_are_chosen(tmp_path: Path) -> None:
    sources = []
    for number, (kind, dpi) in enumerate(
        (("fair", 150), ("fair", 300), ("fair", 150), ("poor", 150))
    ):
        sources.append(tmp_path / f"{number}-{kind}-clean.tif")
        Image.new("L", (8, 8)).save(sources[-1], dpi=(dpi, dpi))
    found = peers.chosen(sources[::-1], 1)
    assert [source.name[:6] for source in found] == ["0-fair", "1-fair", "3-poor"]
    assert peers.chosen(sources, 2) == sources


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One PDF with its gold, and beside it the rows that the stand-in says it has read."""
    made = tmp_path_factory.mktemp("bench")
    blocks, gold = drawn(load_form(), "tests/peers")
    (made / "sources").mkdir()
    source = made / "sources" / "000-upright-clean.pdf"
    source.write_bytes(makers(["upright"])["upright"](blocks))
    write_gold(made, source.stem, gold)
    (made / "tables.json").write_text(json.dumps(list(map(_rows, blocks))), "utf-8")
    stand_in = made / "python"
    stand_in.write_text(
        STAND_IN.format(python=sys.executable, tables=str(made / "tables.json")), "utf-8"
    )
    stand_in.chmod(0o755)
    return made


def _rows(block: Block) -> list[list[str | None]]:
    if isinstance(block, str):
        return []
    return [[box.text or "" for box in row] for row in block]


def test_a_run_tells_what_each_reader_has_right_and_why_one_failed(folder: Path) -> None:
    options = ["--readers", "pdfplumber", "camelot", "--model", "rules"]
    ended = subprocess.run(
        [sys.executable, peers.__file__, folder, "--peer", folder / "python", *options],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = reversed(ended.stdout.splitlines())  # of a reader the row of the first table
    rows = {line.split(" | ")[0].strip("| "): line for line in lines}
    n = rows["pdfplumber 1"].split(" | ")[1].split()[0]
    assert f"| {n} of {n} |" in rows["gouji, rows of the text"]
    assert f"| 0 of {n} |" in rows["camelot"]
    assert "3 of 3" in rows["gouji, cells after reconciling"]
    assert "gouji, cells after reconciling: 0 wrong without a flag" in rows
    assert "camelot, 000-upright-clean: ended with code 1: no such luck" in rows
