import re

import pytest

from gouji.training.synthesis.damage import DAMAGES
from gouji.training.synthesis.pieces import Piece
from tests.training.damaged import (
    ON_PIECES,
    cells,
    on_text,
    plain,
    text_pairs,
    whole,
)


@pytest.mark.parametrize("name", ON_PIECES)
def test_media_leave_headings_and_fields_alone(name: str) -> None:
    for before, after in text_pairs(name):
        marked = [[p for p in pieces if p.field or p.section] for pieces in (before, after)]
        assert marked[0] == marked[1]


@pytest.mark.parametrize("name", [name for name in ON_PIECES if DAMAGES[name].keeps])
def test_kept_texts_leave_every_cell_as_it_is(name: str) -> None:
    for before, after in text_pairs(name):
        assert cells(before) == cells(after)


@pytest.mark.parametrize("name", ON_PIECES)
def test_text_damage_changes_something_and_is_reproducible(name: str) -> None:
    assert any(before != after for before, after in text_pairs(name))
    assert list(text_pairs(name)) == list(text_pairs(name))


def test_torn_numbers_are_whole_without_the_gap() -> None:
    for before, after in text_pairs("torn_numbers"):
        torn = [
            (old, new) for old, new in zip(cells(before), cells(after), strict=True) if old != new
        ]
        assert len(torn) <= 3
        for (_, old), (_, new) in torn:
            assert "".join(new.split()) == old
            assert re.search(r"\d\s+\d", new)
        assert plain(before) == plain(after)


def test_joined_numbers_are_one_number_that_is_no_cell() -> None:
    for before, after in text_pairs("joined_numbers"):
        lost = dict(cells(before)).keys() - dict(cells(after)).keys()
        assert len(lost) == 2
        kept = [text for cell, text in cells(before) if cell in lost]
        assert "".join(kept) in whole(after)
        assert len(whole(after)) < len(whole(before))


def test_joined_numbers_need_two_that_stand_side_by_side() -> None:
    pieces = [Piece("1", cell="a.b.c"), Piece("规章"), Piece("2", cell="a.b.d")]
    assert on_text("joined_numbers", pieces) == pieces


def test_letters_stand_for_digits_in_cells_alone() -> None:
    letters = set()
    for before, after in text_pairs("letters_for_digits"):
        assert plain(before) == plain(after)
        for (cell, old), (same, new) in zip(cells(before), cells(after), strict=True):
            assert (cell, len(old)) == (same, len(new))
            letters |= {(a, b) for a, b in zip(old, new, strict=True) if a != b}
    assert {("0", "O"), ("1", "l")} <= letters <= {
        ("0", "O"), ("0", "o"), ("1", "l"), ("1", "I"), ("5", "S"), ("8", "B"),
    }  # fmt: skip


def test_lost_breaks_never_glue_numbers() -> None:
    for before, after in text_pairs("lost_line_breaks"):
        assert re.findall(r"\d+", whole(before)) == re.findall(r"\d+", whole(after))
        assert re.sub(r"\s", "", whole(before)) == re.sub(r"\s", "", whole(after))


@pytest.mark.parametrize(
    "pieces",
    [
        [Piece("", cell="a.b.c"), Piece("\n"), Piece("", cell="a.b.d")],
        [Piece("规章\n\n"), Piece("1", cell="a.b.c")],
        [Piece("完。\n"), Piece("二、公开", section="active"), Piece("\n表")],
        [Piece("\n"), Piece("某局报告", field="title"), Piece("\n")],
    ],
)
def test_breaks_that_mean_something_stay(pieces: list[Piece]) -> None:
    assert all(on_text("lost_line_breaks", pieces, seed) == pieces for seed in range(40))


@pytest.mark.parametrize("name", ["footers", "watermarks", "blank_lines"])
def test_lines_are_added_and_none_is_changed(name: str) -> None:
    for before, after in text_pairs(name):
        old, new = whole(before).splitlines(), whole(after).splitlines()
        added = list(new)
        for line in old:
            added.remove(line)
        assert name != "blank_lines" or set(added) <= {""}
        assert name != "watermarks" or len(set(added)) <= 1
        assert name != "footers" or all(re.search(r"\d", line) for line in added if line)
        rest = iter(new)
        assert all(line in rest for line in old)


def test_page_numbers_rise() -> None:
    for before, after in text_pairs("footers"):
        added = list(whole(after).splitlines())
        for line in whole(before).splitlines():
            added.remove(line)
        pages = [int(match[0]) for line in added if (match := re.search(r"\d+", line))]
        assert pages == list(range(pages[0], pages[0] + len(pages)))


@pytest.mark.parametrize("name", ["trailing_blanks", "doubled_spaces"])
def test_blanks_alone_are_added(name: str) -> None:
    for before, after in text_pairs(name):
        assert len(whole(after)) > len(whole(before)) or before == after
        lines = [re.sub(r"[^\S\n\t]+", " ", whole(p)).splitlines() for p in (before, after)]
        assert [line.rstrip(" ") for line in lines[0]] == [line.rstrip(" ") for line in lines[1]]


@pytest.mark.parametrize("name", ["mojibake_few", "ocr_confusions"])
def test_few_characters_of_the_text_become_others(name: str) -> None:
    for before, after in text_pairs(name):
        old, new = whole(before), whole(after)
        changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        assert len(changed) < 0.2 * len(old)
        assert not any(a.isascii() or a in "万元" for a, _ in changed)
        assert name != "mojibake_few" or {b for _, b in changed} <= set("?�□")
