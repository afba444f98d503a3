from collections.abc import Callable, Mapping
from random import Random

import pytest

from gouji.model.folding import fold_label
from gouji.model.form_file import load_form
from gouji.training.synthesis.sheet import Panel, Sheet, SheetRow
from gouji.training.synthesis.sheets import sheets

FORM = load_form()
N_SHAPES = 60
BALANCE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def drawn(variants: Mapping[str, str], seed: int) -> tuple[Sheet, ...]:
    cells = (c.id for t, v in variants.items() for c in FORM.variants[t][v].cells)
    return sheets(FORM, variants, {cell: str(n) for n, cell in enumerate(cells)}, Random(seed))


SHAPES = [drawn(FORM.combinations["ogi-2021"], seed) for seed in range(N_SHAPES)]
ACTIVE, REQUESTS, DISPUTES = ([shape[n] for shape in SHAPES] for n in range(3))


def titles(sheet: Sheet) -> list[str]:
    found = list(sheet.notes)
    for panel in sheet.panels:
        found += [title for head in panel.heads for title in head]
        found += [title for row in panel.rows for title in row.labels]
        found += [title for title in (panel.caption, panel.corner) if title]
    return found


def first_panel(sheet: Sheet) -> Panel:
    return sheet.panels[0]


def row_of(sheet: Sheet, row: str) -> SheetRow:
    return next(
        r for p in sheet.panels for r in p.rows if str(r.values[0].cell).split(".")[1] == row
    )


@pytest.mark.parametrize("combination", list(FORM.combinations))
def test_every_cell_stands_in_one_value_with_its_text(combination: str) -> None:
    variants = FORM.combinations[combination]
    cells = [c.id for table in FORM.tables(combination) for c in table.cells]
    for seed in range(N_SHAPES):
        values = [
            (v.cell, v.text)
            for sheet in drawn(variants, seed)
            for panel in sheet.panels
            for row in panel.rows
            for v in row.values
        ]
        assert values == [(cell, str(n)) for n, cell in enumerate(cells)]


def test_mixed_variants_and_empty_texts_are_printed() -> None:
    variants = {"active": "2021", "requests": "2019", "disputes": "2019"}
    cells = [c.id for t, v in variants.items() for c in FORM.variants[t][v].cells]
    made = sheets(FORM, variants, dict.fromkeys(cells, ""), Random(1))
    assert [sheet.table.variant for sheet in made] == ["2021", "2019", "2019"]
    assert {v.text for s in made for p in s.panels for r in p.rows for v in r.values} == {""}


def test_each_column_has_one_head() -> None:
    for sheet in ACTIVE + REQUESTS + DISPUTES:
        for panel in sheet.panels:
            assert all(len(row.values) == len(panel.heads) for row in panel.rows)
            assert all(head and all(head) for head in panel.heads)


@pytest.mark.parametrize(
    ("sheet_set", "has"),
    [
        (REQUESTS, lambda s: row_of(s, "denied_law").labels[-1] == "2.其他法律行政法规禁止公开"),
        (REQUESTS, lambda s: row_of(s, "denied_law").labels[-1] == "其他法律行政法规禁止公开"),
        (REQUESTS, lambda s: row_of(s, "denied_law").labels[-1].startswith(("2、", "（2）", "②"))),
        (REQUESTS, lambda s: row_of(s, "granted").labels[-1] == "(一)予以公开"),
        (REQUESTS, lambda s: row_of(s, "partial").labels[-1] == "（二）部分公开"),
        (REQUESTS, lambda s: len(row_of(s, "denied_law").labels) == 1),
        (REQUESTS, lambda s: len(row_of(s, "denied_law").labels) == 3),
        (ACTIVE, lambda s: row_of(s, "normative").labels == ("规范性文件",)),
        (ACTIVE, lambda s: row_of(s, "licensing").labels[0].startswith("第二十条")),
        (ACTIVE, lambda s: first_panel(s).caption is None),
        (ACTIVE, lambda s: first_panel(s).caption == "第二十条第（一）项"),
        (ACTIVE, lambda s: first_panel(s).corner == "信息内容"),
        (ACTIVE, lambda s: first_panel(s).corner is None),
        (ACTIVE, lambda s: any("如" in t and any(c.isdigit() for c in t) for t in titles(s))),
        (ACTIVE, lambda s: "单位：件" in s.notes),
        (REQUESTS, lambda s: first_panel(s).corner == BALANCE),
        (REQUESTS, lambda s: BALANCE in s.notes),
        (REQUESTS, lambda s: first_panel(s).corner == "申请人情况"),
        (REQUESTS, lambda s: first_panel(s).heads[1][:2] == ("申请人情况", "法人或其他组织")),
        (REQUESTS, lambda s: first_panel(s).heads[1] == ("商业企业",)),
        (REQUESTS, lambda s: not any("勾稽" in t or "第一项" in t for t in titles(s))),
        (DISPUTES, lambda s: s.side_by_side and len(s.panels) == 3),
        (DISPUTES, lambda s: not s.side_by_side and len(s.panels[0].rows) == 3),
        (DISPUTES, lambda s: s.panels[-1].heads[0] == ("行政诉讼", "复议后起诉", "结果维持")),
        (DISPUTES, lambda s: s.panels[-1].heads[0] == ("复议后起诉", "结果维持")),
    ],
)
def test_shapes_differ_in(sheet_set: list[Sheet], has: Callable[[Sheet], bool]) -> None:
    n_having = sum(map(has, sheet_set))
    assert 0 < n_having < N_SHAPES


def test_official_titles_prevail() -> None:
    exact = sum(row_of(s, "granted").labels[-1] == "（一）予以公开" for s in REQUESTS)
    assert exact > N_SHAPES / 2
    assert sum(s.side_by_side for s in DISPUTES) > N_SHAPES / 2


def test_unit_of_a_money_column_is_never_dropped() -> None:
    for sheet in ACTIVE:
        assert "单位万元" in fold_label(sheet.panels[-1].heads[-1][-1])


def test_same_state_of_the_generator_gives_the_same_sheets() -> None:
    variants = FORM.combinations["ogi-2019"]
    assert drawn(variants, 7) == drawn(variants, 7)
    assert len({drawn(variants, seed) for seed in range(10)}) > 5
