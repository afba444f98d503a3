"""Reports as files of every format are read cell by cell."""

from functools import cache
from pathlib import Path

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read
from gouji.model.document import Document
from gouji.model.form_file import load_form
from tests.benchmarks.files import FORMATS, Block, Box, drawn
from tests.benchmarks.refill import Gold

FORM = load_form()
NUMBERS = range(3)


@cache
def report(number: int) -> tuple[list[Block], Gold]:
    return drawn(FORM, f"tests/{number}")


def opened(number: int, name: str, folder: Path) -> Document:
    suffix, made = FORMATS[name]
    path = folder / f"{number}.{suffix}"
    path.write_bytes(made(report(number)[0]))
    return read(path, path.name, Limits())


@pytest.mark.parametrize("name", FORMATS)
def test_every_cell_of_every_format_is_read(name: str, tmp_path: Path) -> None:
    extract = Extractor(FORM, Settings(), "rules")
    for number in NUMBERS:
        (found,) = extract(opened(number, name, tmp_path))
        gold = report(number)[1]
        values = {cell: found.cells[cell].value for cell in gold.cells}
        assert values == gold.cells


def test_tables_are_merged_as_in_the_official_form() -> None:
    blocks, _ = report(0)
    boxes = [box for block in blocks if not isinstance(block, str) for row in block for box in row]
    assert any(box.columns > 2 for box in boxes)
    assert any(box.rows > 2 for box in boxes)
    assert Box(None) in boxes
    assert len([block for block in blocks if not isinstance(block, str)]) == 3


def test_merged_cells_cover_each_place_once() -> None:
    for number in NUMBERS:
        for block in report(number)[0]:
            if not isinstance(block, str):
                assert len({sum(box.columns for box in row) for row in block}) == 1
