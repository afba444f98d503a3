"""Reports as PDF files of every kind are read cell by cell."""

from functools import cache

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.readers import Limits, read_bytes
from gouji.model.form_file import load_form
from tests.benchmarks.files import Block, docx, drawn
from tests.benchmarks.pdfs import BARE, STYLES, makers
from tests.benchmarks.refill import Gold
from tests.benchmarks.typeset import wrapped

FORM = load_form()
NUMBERS = range(2)
PRINTED = ("office", "browser", "booklet")


@cache
def report(number: int) -> tuple[list[Block], Gold]:
    return drawn(FORM, f"tests/{number}")


def rows(data: bytes, name: str) -> list[str]:
    """The rows of the tables of a file, without blanks."""
    text = read_bytes(data, name, Limits()).text.replace(" ", "")
    return [line for line in text.split("\n") if "\t" in line]


@pytest.mark.parametrize("name", [name for name in STYLES if name != BARE])
def test_every_cell_of_every_style_is_read(name: str) -> None:
    extract = Extractor(FORM, Settings(), "rules")
    make = makers([name])[name]
    for number in NUMBERS:
        blocks, gold = report(number)
        data = make(blocks)
        assert rows(data, "a.pdf") == rows(docx(blocks), "a.docx")
        (found,) = extract(read_bytes(data, "a.pdf", Limits()))
        assert {cell: found.cells[cell].value for cell in gold.cells} == gold.cells


def test_without_lines_nothing_is_silently_wrong() -> None:
    extract = Extractor(FORM, Settings())
    for number in NUMBERS:
        blocks, gold = report(number)
        (found,) = extract(read_bytes(makers([BARE])[BARE](blocks), "a.pdf", Limits()))
        wrong = [c for c in gold.cells if found.cells[c].value != gold.cells[c]]
        assert [cell for cell in wrong if not found.cells[cell].review] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTED)
def test_printed_reports_are_read(name: str) -> None:
    made = makers([name])
    if name not in made:
        pytest.skip(f"the program that prints {name} is not installed")
    extract = Extractor(FORM, Settings(), "rules")
    for number in NUMBERS:
        blocks, gold = report(number)
        (found,) = extract(read_bytes(made[name](blocks), "a.pdf", Limits()))
        assert {cell: found.cells[cell].value for cell in gold.cells} == gold.cells


def test_numbers_are_not_cut_unless_they_are_too_long() -> None:
    assert wrapped("收到12345件", 10.0, 30.0) == ["收到", "12345", "件"]
    assert "".join(wrapped("123456789", 10.0, 20.0)) == "123456789"
