import json
import re
import subprocess
import sys
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import pytest

from gouji.annotations.corpus import read_annotations, tables_of
from gouji.model.annotation import Annotation
from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.model.numerals import parse_numeral, respelled
from tests.benchmarks.refill import GOLD, Gold, benchmark, edited, refill, row_ends
from tests.benchmarks.refill_styles import (
    DEFAULT_STYLES,
    FOOTERS,
    STYLES,
    full_width,
    plain,
    thousands,
)

FORM = load_form()
ANNOTATIONS = read_annotations(GOLD)
IN_PLACE = [name for name in STYLES if name not in ("oneline", "footers")]

each_annotation = pytest.mark.parametrize("annotation", ANNOTATIONS, ids=lambda a: a.id)


def refilled(annotation: Annotation, style: str, draw: int = 0) -> tuple[str, Gold]:
    return refill(annotation, tables_of(annotation, FORM), style, f"1/{annotation.id}/{draw}")


def written(annotation: Annotation, text: str) -> dict[str, str]:
    """What stands in the cells, found by the text around them, which must not have changed."""
    mentions = sorted(annotation.mentions, key=lambda mention: mention.span)
    bounds = [0, *(edge for mention in mentions for edge in mention.span), len(annotation.text)]
    between = [annotation.text[a:b] for a, b in list(pairwise(bounds))[::2]]
    match = re.fullmatch("(.*?)".join(map(re.escape, between)), text)
    assert match, "the text around the cells has changed"
    return {mention.cell: raw for mention, raw in zip(mentions, match.groups(), strict=True)}


def shown(gold: Gold) -> dict[str, Number | None]:
    return {**gold.cells, **gold.printed}


@each_annotation
@pytest.mark.parametrize("style", IN_PLACE)
def test_cells_show_the_drawn_numbers_and_nothing_else_changes(
    annotation: Annotation, style: str
) -> None:
    text, gold = refilled(annotation, style)
    for cell, raw in written(annotation, text).items():
        numeral = parse_numeral(raw) or respelled(raw)
        assert (numeral.value if numeral else None) == shown(gold)[cell], cell


@each_annotation
def test_plain_puts_the_numbers_at_the_spans_of_the_annotation(annotation: Annotation) -> None:
    text, gold = refilled(annotation, "plain")
    shift = 0
    rest = []
    end = 0
    for mention in annotation.mentions:
        start, stop = (offset + shift for offset in mention.span)
        number = plain(gold.cells[mention.cell])
        assert text[start : start + len(number)] == number
        rest.append(text[end:start])
        end = start + len(number)
        shift += end - stop
    blanked = edited(annotation.text, [(mention.span, "") for mention in annotation.mentions])
    assert "".join([*rest, text[end:]]) == blanked


@pytest.mark.parametrize(
    ("style", "zero"), [("dash", "-"), ("slash", "/"), ("none", "无"), ("blank", "")]
)
def test_zeros_become_marks_that_the_gold_lists_as_not_printed(style: str, zero: str) -> None:
    text, gold = refilled(ANNOTATIONS[0], style)
    cells = written(ANNOTATIONS[0], text)
    zeros = {cell for cell, number in gold.cells.items() if number == 0}
    assert 0 < len(zeros) < 200
    assert {cell for cell, raw in cells.items() if raw == zero} == zeros
    assert gold.printed == dict.fromkeys(zeros)


@each_annotation
@pytest.mark.parametrize(
    ("style", "pattern", "least", "most"),
    [("split", "[0-9.]+ [0-9.]+", 1, 5), ("letters", "[0-9.OolI]*[OolI][0-9.OolI]*", 20, 20)],
)
def test_some_numbers_are_torn_or_hold_letters(
    annotation: Annotation, style: str, pattern: str, least: int, most: int
) -> None:
    for draw in range(5):
        text, gold = refilled(annotation, style, draw)
        odd = [raw for raw in written(annotation, text).values() if parse_numeral(raw) is None]
        assert least <= len(odd) <= most
        assert all(re.fullmatch(pattern, raw) for raw in odd)
        assert gold == refilled(annotation, "plain", draw)[1]


@each_annotation
def test_one_line_has_blanks_for_line_breaks_alone(annotation: Annotation) -> None:
    text, gold = refilled(annotation, "oneline")
    of_plain, gold_of_plain = refilled(annotation, "plain")
    assert text == " ".join(of_plain.split("\n"))
    assert gold == gold_of_plain


@each_annotation
def test_footers_are_a_few_lines_of_their_own(annotation: Annotation) -> None:
    known = {
        f.format(page=page, pages=pages) for f in FOOTERS for page in range(9) for pages in range(9)
    }
    for draw in range(5):
        text, gold = refilled(annotation, "footers", draw)
        of_plain, gold_of_plain = refilled(annotation, "plain", draw)
        lines = text.split("\n")
        kept = [line for line in lines if line not in known]
        assert "\n".join(kept) == of_plain
        assert 2 <= len(lines) - len(kept) <= 5
        assert gold == gold_of_plain


@each_annotation
def test_row_ends_cut_no_row_and_stay_within_one_table(annotation: Annotation) -> None:
    tables = tables_of(annotation, FORM)
    start = {mention.cell: mention.span[0] for mention in annotation.mentions}
    ends = row_ends(annotation, tables)
    assert len(ends) == 5 + 24  # the third table is one row
    for end in ends:
        assert annotation.text[end - 1] == "\n"
        cut = [t for t in tables if len({start[cell.id] < end for cell in t.cells}) == 2]
        assert len(cut) == 1
        for _, cells in cut[0].lines:
            assert len({start[cell.id] < end for cell in cells}) == 1


def test_layout_without_line_breaks_has_no_row_ends() -> None:
    annotation = ANNOTATIONS[0]
    flat = replace(annotation, text=annotation.text.replace("\n", " "))
    assert row_ends(flat, tables_of(flat, FORM)) == ()


@each_annotation
def test_one_digit_changes_one_digit_of_one_request_cell(annotation: Annotation) -> None:
    for draw in range(10):
        _, gold = refilled(annotation, "onedigit", draw)
        [(cell, wrong)] = gold.printed.items()
        truth, misprint = str(gold.cells[cell]), str(wrong)
        assert cell.startswith("requests.")
        assert len(truth) == len(misprint)
        assert sum(a != b for a, b in zip(truth, misprint, strict=True)) == 1


@each_annotation
def test_source_error_prints_zero_for_a_total_of_disputes(annotation: Annotation) -> None:
    for draw in range(10):
        _, gold = refilled(annotation, "sourceerror", draw)
        [(cell, wrong)] = gold.printed.items()
        assert re.fullmatch(r"disputes\.\w+\.total", cell)
        assert wrong == 0
        assert gold.cells[cell] != 0


@pytest.mark.parametrize("style", DEFAULT_STYLES)
def test_truth_is_the_same_in_every_style_and_differs_between_draws(style: str) -> None:
    annotation = ANNOTATIONS[2]
    assert refilled(annotation, style)[1].cells == refilled(annotation, "plain")[1].cells
    assert refilled(annotation, style)[1].cells != refilled(annotation, style, 1)[1].cells


@each_annotation
def test_gold_fields_are_those_that_the_report_states(annotation: Annotation) -> None:
    _, gold = refilled(annotation, "plain")
    labels = annotation.fields.items()
    assert gold.fields == {name: label.value for name, label in labels if label is not None}
    assert None not in gold.fields.values()


@pytest.mark.parametrize(
    ("number", "ascii_digits", "wide", "separated"),
    [
        (0, "0", "０", "0"),
        (1234567, "1234567", "１２３４５６７", "1,234,567"),
        (0.0001, "0.0001", "０．０００１", "0.0001"),
        (28392569.05, "28392569.05", "２８３９２５６９．０５", "28,392,569.05"),
        (-12, "-12", "-１２", "-12"),
    ],
)
def test_numbers_are_spelled(number: Number, ascii_digits: str, wide: str, separated: str) -> None:
    assert (plain(number), full_width(number), thousands(number)) == (ascii_digits, wide, separated)


def test_benchmark_names_each_report_by_annotation_style_and_draw() -> None:
    names = [name for name, _, _ in benchmark(ANNOTATIONS, FORM, DEFAULT_STYLES, 2, 1)]
    assert len(set(names)) == len(names) == 5 * 9 * 2
    assert {name.split("-")[1] for name in names} == set(DEFAULT_STYLES)


def test_id_with_a_hyphen_is_refused() -> None:
    with pytest.raises(ValueError, match="hyphen"):
        next(benchmark([replace(ANNOTATIONS[0], id="a-b")], FORM, ["plain"], 1, 1))


def test_script_writes_sources_and_gold_the_same_every_time(tmp_path: Path) -> None:
    script = str(Path(__file__).with_name("refill.py"))
    contents = []
    for out in (tmp_path / "first", tmp_path / "second"):
        command = [sys.executable, script, str(out), "--draws", "1", "--styles", "plain", "slash"]
        subprocess.run(command, check=True, cwd=tmp_path)
        paths = sorted(path for path in out.rglob("*") if path.is_file())
        contents.append({str(path.relative_to(out)): path.read_bytes() for path in paths})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 2 * 5 * 2
    name = f"{ANNOTATIONS[0].id}-slash-0"
    text, gold = refilled(ANNOTATIONS[0], "slash")
    assert contents[0][f"sources/{name}.txt"].decode() == text
    assert json.loads(contents[0][f"gold/{name}.gold.json"]) == asdict(gold)
