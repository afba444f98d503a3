import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from gouji.model.folding import fold_label
from gouji.model.mention import Number
from gouji.model.numerals import is_mark, parse_numeral
from gouji.training.synthesis.damage import DAMAGES, UNDAMAGED, drawn_damages
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Panel, Sheet, Value
from tests.training.damaged import (
    FORM,
    N_SEEDS,
    ON_SHEET,
    cells,
    damaged,
    pairs,
    printed,
    report,
    texts,
    titles,
    values,
)

YUAN = 10_000


def amount(raw: str, head: str) -> Number | None:
    """What a text spells in the unit of the form: amounts in 元 are turned into 万元."""
    numeral = parse_numeral(raw)
    if numeral is None:
        assert not raw or is_mark(raw), raw
        return 0
    head_in_yuan = "元" in head and not re.search("[万萬]元", head)
    in_yuan = numeral.unit == "元" or (not numeral.unit and head_in_yuan)
    return float(Decimal(repr(numeral.value)) / YUAN) if in_yuan else numeral.value


def test_names_hold_no_hyphen_or_plus_and_each_damage_works_on_one_thing() -> None:
    for name, damage in DAMAGES.items():
        assert name == damage.name
        assert re.fullmatch("[a-z_]+", name)
        assert (damage.on_sheet is None) != (damage.on_pieces is None)


@pytest.mark.parametrize("combination", list(FORM.combinations))
@pytest.mark.parametrize("name", [name for name in ON_SHEET if DAMAGES[name].keeps])
def test_kept_sheets_show_every_number_once(name: str, combination: str) -> None:
    for seed in range(N_SEEDS):
        truth, made = report(seed, combination)
        shown: list[str] = []
        for sheet in made:
            for panel in damaged(name, sheet, seed).panels:
                heads = ["".join(head) for head in panel.heads]
                for row in panel.rows:
                    for value, head in zip(row.values, heads, strict=True):
                        if value.cell:
                            shown.append(value.cell)
                            assert amount(value.text, head) == truth[value.cell]
        assert shown == list(truth)


@pytest.mark.parametrize("name", ON_SHEET)
def test_sheets_hold_no_cell_twice_and_none_of_another(name: str) -> None:
    for before, after in pairs(name):
        counts = Counter(value.cell for value in values(after) if value.cell)
        assert set(counts.values()) <= {1}
        assert counts.keys() <= texts(before).keys()


@pytest.mark.parametrize("name", ON_SHEET)
def test_sheet_damage_changes_something_and_is_reproducible(name: str) -> None:
    assert any(before != after for before, after in pairs(name))
    assert list(pairs(name)) == list(pairs(name))


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("zeros_blank", {""}),
        ("zeros_dash", {"-", "—", "–", "－"}),
        ("zeros_slash", {"/", "//"}),
        ("zeros_none", {"无", "不适用", "—", "--", "——"}),
    ],
)
def test_zeros_become_one_mark_a_table_and_other_numbers_stay(name: str, allowed: set[str]) -> None:
    for before, after in pairs(name):
        changed = {
            (old, texts(after)[cell])
            for cell, old in texts(before).items()
            if texts(after)[cell] != old
        }
        assert {old for old, _ in changed} <= {"0"}
        assert {new for _, new in changed} <= allowed
        assert len({new for _, new in changed}) <= 1


def test_blank_zeros_leave_sometimes_the_totals() -> None:
    kept = [
        {row.values[-1].text for panel in after.panels for row in panel.rows}
        for _, after in pairs("zeros_blank")
        if after.table.id == "requests"
    ]
    assert any("0" in last for last in kept)
    assert any("0" not in last for last in kept)


def test_collapsed_blanks_leave_no_empty_place() -> None:
    for before, after in pairs("blanks_collapsed"):
        assert all(value.text for value in values(after))
        nonzero = {cell for cell, text in texts(before).items() if text != "0"}
        assert nonzero <= texts(after).keys()
        assert titles(after) == titles(before)


@pytest.mark.parametrize(
    ("name", "fewest", "most"), [("lost_cell", 1, 2), ("lost_row", 1, 7), ("doubled_cell", 0, 0)]
)
def test_cells_lost(name: str, fewest: int, most: int) -> None:
    for before, after in pairs(name):
        n_lost = len(texts(before)) - len(texts(after))
        assert fewest <= n_lost <= most or before == after
        assert all(texts(before)[cell] == text for cell, text in texts(after).items())


def test_lost_row_takes_its_titles_along() -> None:
    for before, after in pairs("lost_row"):
        n_rows = [sum(len(panel.rows) for panel in sheet.panels) for sheet in (before, after)]
        assert n_rows[1] == n_rows[0] - (not before.side_by_side)


def test_copy_of_a_doubled_cell_stands_beside_it_and_is_no_cell() -> None:
    for before, after in pairs("doubled_cell"):
        found = values(after)
        (at,) = [index for index, value in enumerate(found) if value.cell is None]
        assert len(found) == len(values(before)) + 1
        assert found[at].text in {found[index].text for index in (at - 1, (at + 1) % len(found))}


def test_shifted_row_has_all_its_numbers_one_place_off() -> None:
    for before, after in pairs("shifted_row"):
        for old, new in zip(before.panels, after.panels, strict=True):
            for old_row, new_row in zip(old.rows, new.rows, strict=True):
                if old_row == new_row:
                    continue
                places = {value.cell: at for at, value in enumerate(old_row.values)}
                moves = {at - places[v.cell] for at, v in enumerate(new_row.values) if v.cell}
                assert moves in ({1}, {-1})


@pytest.mark.parametrize("name", ["extra_row", "extra_column"])
def test_additions_are_no_cells_and_have_titles_of_their_own(name: str) -> None:
    for before, after in pairs(name):
        added = [value for value in values(after) if value.cell is None]
        if before == after:
            assert before.side_by_side
            assert name == "extra_row"
            continue
        assert added
        assert len(values(after)) == len(values(before)) + len(added)
        assert set(titles(before)) < set(titles(after)) or "备注" in titles(after)


def test_unit_in_the_head_goes_with_amounts_in_that_unit() -> None:
    panel = Panel((("本年收费金额（单位：万元）",),), ())
    for text, expected in [("25.1", "251000"), ("0", "0"), ("0.0001", "1"), ("1,200", "12000000")]:
        sheet = with_value(panel, text)
        after = damaged("unit_in_head", sheet)
        assert after.panels[0].heads == (("本年收费金额（单位：元）",),)
        assert values(after)[0].text == expected


def with_value(panel: Panel, text: str) -> Sheet:
    """A sheet with one value under the head of the panel."""
    sheet = report(0)[1][0]
    row = sheet.panels[0].rows[0]
    one = type(row)(row.labels, (Value(text, "active.fees.amount"),))
    return Sheet(sheet.table, (Panel(panel.heads, (one,)),))


@pytest.mark.parametrize(
    ("name", "head", "text", "expected"),
    [
        ("thousands", "总计", "11398889", {"11,398,889", "11，398，889"}),
        ("thousands", "总计", "-1234.5", {"-1,234.5", "-1，234.5"}),
        ("thousands", "总计", "+1200", {"+1,200", "+1，200"}),
        ("thousands", "总计", "999", {"999"}),
        ("thousands", "总计", "减4000", {"减4000"}),
        ("full_width", "总计", "1,234.5", {"１，２３４．５"}),
        ("full_width", "总计", "-12", {"－１２"}),
        ("full_width", "总计", "/", {"/"}),
        ("labels_traditional", "总计", "无", {"無"}),
        ("labels_traditional", "总计", "3万元", {"3萬元"}),
    ],
)
def test_numbers_are_written_as(name: str, head: str, text: str, expected: set[str]) -> None:
    sheet = with_value(Panel(((head,),), ()), text)
    assert {values(damaged(name, sheet, seed))[0].text for seed in range(40)} == expected


@pytest.mark.parametrize(
    ("head", "text", "units"),
    [
        ("总计", "12", {"件", "项", "条", "个"}),
        ("本年收费金额（单位：万元）", "25.1", {"万元", "元"}),
        ("本年收费金额（单位：元）", "251000", {"元"}),
        ("采购总金额", "25.1", {"万元"}),
    ],
)
def test_units_stand_behind_the_numbers(head: str, text: str, units: set[str]) -> None:
    sheet = with_value(Panel(((head,),), ()), text)
    written = {values(damaged("units_in_cells", sheet, seed))[0].text for seed in range(80)}
    numerals = [numeral for raw in written if (numeral := parse_numeral(raw))]
    assert {numeral.unit for numeral in numerals} - {None} == units
    assert all(amount(raw, head) == amount(text, head) for raw in written)


def test_remarks_stand_behind_counts_alone() -> None:
    seen = 0
    for before, after in pairs("annotations"):
        for cell, old in texts(before).items():
            new = texts(after)[cell]
            if new != old:
                seen += 1
                assert re.fullmatch(r"[1-9]\d*", old)
                assert re.fullmatch(rf"{old}[（(].*\d.*[)）]", new)
    assert seen > N_SEEDS


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("label_spaces", lambda title: re.sub(r"\s", "", title)),
        ("label_breaks", lambda title: title.replace("\n", "")),
        ("half_width_punctuation", fold_label),
        ("kangxi", fold_label),
        ("full_width", fold_label),
        ("pinyin_gloss", lambda title: re.sub(r"\([a-z]+\)", "", title)),
    ],
)
def test_titles_stay_the_same_but_for(name: str, same: Callable[[str], str]) -> None:
    for before, after in pairs(name):
        assert list(map(same, titles(after))) == list(map(same, titles(before)))


def test_traditional_titles_fold_back_unless_the_words_are_taiwans() -> None:
    folded = [
        list(map(fold_label, titles(after))) == list(map(fold_label, titles(before)))
        for before, after in pairs("labels_traditional")
    ]
    assert 0 < sum(folded) < len(folded)
    assert any(
        "資訊" in title for _, after in pairs("labels_traditional") for title in titles(after)
    )


@pytest.mark.parametrize("name", ["label_lookalikes", "label_lost_chars"])
def test_titles_lose_little(name: str) -> None:
    for before, after in pairs(name):
        for old, new in zip(titles(before), titles(after), strict=True):
            assert abs(len(old) - len(new)) <= 2
            assert old.count("万元") == new.count("万元")


def test_lookalikes_are_those_that_agencies_type() -> None:
    wrong = {title for _, after in pairs("label_lookalikes") for title in titles(after)}
    assert any("预期" in title for title in wrong)


def test_titles_of_one_group_stay_one_group() -> None:
    for name in ("label_lost_chars", "label_spaces", "label_breaks", "pinyin_gloss"):
        for before, after in pairs(name):
            for old, new in zip(before.panels, after.panels, strict=True):
                groups = [{row.labels[:-1] for row in panel.rows} for panel in (old, new)]
                assert len(groups[0]) == len(groups[1])


def test_one_row_loses_its_titles() -> None:
    for before, after in pairs("labels_lost"):
        lost = [row for panel in after.panels for row in panel.rows if not row.labels]
        assert len(lost) == (1 if not before.side_by_side else 3)


def test_a_quarter_of_reports_is_undamaged_and_the_others_have_one_to_four_damages() -> None:
    draws = [drawn_damages(Random(seed)) for seed in range(2000)]
    numbers = Counter(map(len, draws))
    assert set(numbers) == set(range(5))
    assert numbers[0] / 2000 == pytest.approx(UNDAMAGED, abs=0.03)
    order = list(DAMAGES)
    for drawn in draws:
        names = [damage.name for damage in drawn]
        assert names == sorted(set(names), key=order.index)
        assert sum(name.startswith("zeros_") or name == "blanks_collapsed" for name in names) <= 1
    assert {damage.name for drawn in draws for damage in drawn} == set(DAMAGES)


def test_all_damages_may_meet() -> None:
    truth, made = report(3)
    pieces: list[Piece] = []
    for sheet in made:
        for damage in DAMAGES.values():
            sheet = damage.on_sheet(sheet, Random(1)) if damage.on_sheet else sheet
        pieces += printed(sheet)
    for damage in DAMAGES.values():
        pieces = damage.on_pieces(pieces, Random(1)) if damage.on_pieces else pieces
    counts = Counter(cell for cell, _ in cells(pieces))
    assert counts.keys() <= truth.keys()
    assert set(counts.values()) == {1}
