"""Pictures of doubtful cells: cut out where the number stands, the right way up, and bounded."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from openpyxl import load_workbook
from PIL import Image
from typer.testing import CliRunner

from gouji.cli.explain import explain_file
from gouji.inference.cell_pictures import ALONE, BESIDE_NUMBERS, CellPictures, cell_pictures
from gouji.inference.config import Settings
from gouji.inference.correction_files import read_corrections
from gouji.inference.found import Found
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read
from gouji.inference.tally import Tally
from gouji.inference.worker import Outcome
from gouji.inference.writers.picture_column import MOST_PICTURES, PICTURE
from gouji.inference.writers.rows import report_rows
from gouji.inference.writers.run_workbook import RIGHT_VALUE
from gouji.model.document import Box
from gouji.model.errors import ReadError
from gouji.model.form import Form
from gouji.model.report import CellResult, Report, TableResult
from tests.benchmarks.files import Block, drawn
from tests.benchmarks.files import Box as TableCell
from tests.benchmarks.typeset import Style, typeset

DPI = 100
NEW, TOTAL = "requests.new.natural", "requests.new.total"


def misprinted(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with another number in the first cell of a table whose sums tell it."""
    changed = list(blocks)
    tables = [at for at, block in enumerate(blocks) if not isinstance(block, str)]
    table = [list(row) for row in blocks[tables[1]] if not isinstance(row, str)]
    row, column = next(
        (r, c)
        for r, boxes in enumerate(table)
        for c, box in enumerate(boxes)
        if box.text and box.text.isdecimal() and int(box.text) > 0
    )
    table[row][column] = TableCell(str(int(table[row][column].text or "") + 4000))
    changed[tables[1]] = table
    return changed


def explain(*arguments: object) -> tuple[int, str]:
    """The exit code, and what is said on either stream."""
    app = typer.Typer()
    app.command()(explain_file)
    result = CliRunner().invoke(app, list(map(str, arguments)))
    return result.exit_code, result.output


def gouji(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gouji", *map(str, arguments), "--model", "rules"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def sources(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF with a number that does not add up, and a text with one."""
    folder = tmp_path_factory.mktemp("sources")
    blocks, _ = drawn(form, "cell pictures/1")
    (folder / "a.pdf").write_bytes(typeset(misprinted(blocks), Style()))
    seed = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))[2].read_text("utf-8")
    at = seed.index("本年新收")
    (folder / "b.txt").write_text(seed[:at] + seed[at:].replace("0", "7", 1), "utf-8")
    return folder


@pytest.fixture(scope="module")
def out(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    done = gouji("extract", sources, "--out", out, "--format", "json,xlsx")
    assert done.returncode == 0, done.stderr
    return out


def flagged(out: Path, name: str) -> dict[str, dict[str, object]]:
    cells = json.loads((out / f"{name}.json").read_text("utf-8"))["cells"]
    return {cell: result for cell, result in cells.items() if result["review"]}


def test_every_doubtful_cell_of_a_page_has_its_picture_beside_its_numbers(out: Path) -> None:
    sheet: Any = load_workbook(out / "all.xlsx")["待核对"]
    header = [cell.value for cell in sheet[1]]
    column = header.index(PICTURE)
    assert header[column + 1] == RIGHT_VALUE
    shown = {sheet.cell(image.anchor._from.row + 1, 2).value: image for image in sheet._images}
    doubtful = flagged(out, "a.pdf")
    assert doubtful
    assert set(shown) == set(doubtful)
    for image in shown.values():
        start, end = image.anchor._from, image.anchor.to
        assert (start.col, end.col, start.row) == (column, column, end.row)
        height = sheet.row_dimensions[start.row + 1].height
        assert 0 < image.height * 0.75 < height < 75
        assert 0 < image.width < 256
    rows = {row[1].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for cell in flagged(out, "b.txt"):
        assert sheet.row_dimensions[rows[cell]].height is None


def test_right_values_come_back_from_a_workbook_with_pictures(out: Path, form: Form) -> None:
    copy = shutil.copy(out / "all.xlsx", out / "filled.xlsx")
    book = load_workbook(copy)
    sheet = book["待核对"]
    column = [cell.value for cell in sheet[1]].index(RIGHT_VALUE) + 1
    sheet.cell(2, column).value = 12
    cell = sheet.cell(2, 2).value
    book.save(copy)
    (values,) = read_corrections(Path(copy), form).by_source.values()
    assert values == {"": {cell: 12}}


def test_the_workbook_is_the_same_however_it_came_about(out: Path, sources: Path) -> None:
    before = (out / "all.xlsx").read_bytes()
    done = gouji("extract", sources, "--out", out, "--format", "json,xlsx", "--workers", 1)
    assert "沿用上次结果" in done.stderr
    assert (out / "all.xlsx").read_bytes() == before


def test_explain_saves_the_cell_in_its_surroundings(
    sources: Path, out: Path, tmp_path: Path
) -> None:
    cell = next(iter(flagged(out, "a.pdf")))
    image = tmp_path / "new" / "cell.png"
    report = out / "a.pdf.json"
    code, output = explain(report, cell, "--source", sources / "a.pdf", "--image", image)
    assert code == 0
    assert cell in output
    pixels = np.asarray(Image.open(image).convert("RGB")).astype(int)
    red = (pixels[..., 0] > 180) & (pixels[..., 1] < 80)
    assert red.sum() > 50
    assert pixels.shape[1] > 300


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "须给出 CELL"),
        ((NEW,), "须用 --source 给出原文件"),
        ((NEW, "--source", "changed.pdf"), "不是"),
        ((NEW, "--source", "gone.pdf"), "无法打开"),
    ],
)
def test_explain_says_why_there_is_no_picture(
    out: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    shutil.copy(out / "b.txt.json", tmp_path / "changed.pdf")
    given = [tmp_path / word if word.endswith(".pdf") else word for word in arguments]
    code, output = explain(out / "a.pdf.json", *given, "--image", tmp_path / "a.png")
    assert code == 2
    assert says in output
    assert not (tmp_path / "a.png").exists()


def test_a_text_has_no_pictures_of_cells(out: Path, sources: Path, tmp_path: Path) -> None:
    report, image = out / "b.txt.json", tmp_path / "a.png"
    code, output = explain(report, NEW, "--source", sources / "b.txt", "--image", image)
    assert code == 2
    assert "没有页上的位置" in output


def marked(box: Box) -> Image.Image:
    """A page of 6 by 8 inches with a black box on it, in points."""
    pixels = np.full((8 * DPI, 6 * DPI), 255, np.uint8)
    left, top, right, bottom = (round(side * DPI / 72) for side in box)
    pixels[top:bottom, left:right] = 0
    pixels[bottom : bottom + 4, left:right] = 128  # what is below it is gray
    return Image.fromarray(pixels)


def placed(report: Report, boxes: Mapping[str, tuple[int, Box]], path: Path) -> Report:
    """The report with cells to review at these pages and boxes."""

    def moved(cell: CellResult) -> CellResult:
        if cell.id not in boxes:
            return replace(cell, page=None, box=None, review=False)
        page, box = boxes[cell.id]
        return replace(cell, page=page, box=box, review=True)

    tables = tuple(
        TableResult(t.id, t.variant, t.verdict, t.confidence, tuple(map(moved, t.cells)))
        for t in report.tables
    )
    source = replace(report.source, sha256=sha256(path.read_bytes()).hexdigest())
    return replace(report, tables=tables, source=source)


@pytest.fixture(scope="module")
def report(form: Form, sources: Path) -> Report:
    extract = Extractor(form, Settings(), "rules")
    (report,) = extract(read(sources / "b.txt", "b.txt", Limits()))
    return report


def middle(picture: bytes) -> int:
    shown = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    return int(shown[shown.shape[0] // 2, shown.shape[1] // 2])


def test_pages_of_a_tiff_are_cut_where_their_cells_stand(report: Report, tmp_path: Path) -> None:
    boxes = {NEW: (3, (100.0, 200.0, 120.0, 210.0)), TOTAL: (1, (300.0, 500.0, 340.0, 512.0))}
    pages = [marked(box) for box in (boxes[TOTAL][1], (0.0, 0.0, 0.0, 0.0), boxes[NEW][1])]
    path = tmp_path / "a.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(DPI, DPI))
    given = placed(report, boxes, path)
    cells = [cell for cell in given.cells.values() if cell.review]
    found = dict(cell_pictures(Found(path, "a.tif"), given, cells, Limits(), BESIDE_NUMBERS))
    assert {cell.id for cell in found} == {NEW, TOTAL}
    for picture in found.values():
        assert middle(picture) < 40
        size = Image.open(io.BytesIO(picture)).size
        assert size[0] <= BESIDE_NUMBERS.most[0]
        assert size[1] <= BESIDE_NUMBERS.most[1]
        assert len(picture) < 10_000


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_that_lies_wrong_is_shown_upright(
    report: Report, tmp_path: Path, turns: int
) -> None:
    width, height = 432.0, 576.0
    upright = {NEW: (100.0, 200.0, 130.0, 220.0), TOTAL: (300.0, 200.0, 330.0, 220.0)}
    path = tmp_path / "a.png"
    image = marked(upright[NEW])
    Image.fromarray(np.rot90(np.asarray(image), turns)).save(path, dpi=(DPI, DPI))

    def turned(box: Box) -> Box:
        left, top, right, bottom = box
        return {
            0: box,
            1: (top, width - right, bottom, width - left),
            2: (width - right, height - bottom, width - left, height - top),
            3: (height - bottom, left, height - top, right),
        }[turns]

    given = placed(report, {cell: (1, turned(box)) for cell, box in upright.items()}, path)
    cells = [given.cells[NEW]]
    ((_, picture),) = cell_pictures(Found(path, "a.png"), given, cells, Limits(), BESIDE_NUMBERS)
    shown = np.asarray(Image.open(io.BytesIO(picture)).convert("L")).astype(int)
    column = shown[:, shown.shape[1] // 2]
    (gray,) = np.nonzero((column > 90) & (column < 170))
    assert gray.mean() > shown.shape[0] / 2
    assert shown.shape[1] > shown.shape[0]


def test_a_cell_at_the_edge_and_one_off_the_page_are_cut_at_it(
    report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    marked((0, 0, 20, 20)).save(path, dpi=(DPI, DPI))
    boxes = {NEW: (1, (-5.0, -5.0, 20.0, 20.0)), TOTAL: (1, (900.0, 900.0, 950.0, 950.0))}
    given = placed(report, boxes, path)
    cells = [cell for cell in given.cells.values() if cell.review]
    for framing in (ALONE, BESIDE_NUMBERS):
        found = list(cell_pictures(Found(path, "a"), given, cells, Limits(), framing))
        assert len(found) == 2


def test_a_source_that_has_changed_is_told(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    marked((0, 0, 20, 20)).save(path)
    given = placed(report, {NEW: (1, (0.0, 0.0, 20.0, 20.0))}, path)
    marked((0, 0, 50, 50)).save(path)
    with pytest.raises(ReadError, match=r"a\.png：原文件读取之后有变"):
        CellPictures(tmp_path).save(Found(path, "a.png"), [given], Limits())
    path.unlink()
    with pytest.raises(ReadError, match="已打不开"):
        CellPictures(tmp_path).save(Found(path, "a.png"), [given], Limits())


def test_a_run_keeps_so_many_pictures_and_no_more(
    report: Report, form: Form, tmp_path: Path
) -> None:
    made, tally = CellPictures(tmp_path), Tally()
    outcome = Outcome("b.txt", reports=(report_rows(report, form, lambda _: 1),))
    folder = made.folder / sha256(b"b.txt").hexdigest()[:32]
    folder.mkdir()
    (folder / "first.png").touch()
    tally.add_pictures(outcome, made)
    assert not made.full
    for number in range(MOST_PICTURES):
        (folder / f"{number}.png").touch()
    tally.add_pictures(outcome, made)
    assert len(tally.sheets.pictures) == MOST_PICTURES
    assert made.full
    tally.close()
