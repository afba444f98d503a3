from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from gouji.model.jsonl import decode, dumps, encode, loads
from gouji.training.gate import (
    Counted,
    Forced,
    GateRecord,
    GateSettings,
    Kind,
    Pairs,
    Row,
    compare,
    family_tests,
    reasons,
    sign_test,
)
from gouji.training.gate_table import closing, family_line, gate_markdown, gate_rows

SETTINGS = GateSettings(seed=1, reports=20, margin=0.2, flagged_margin=2.0)
Read = Mapping[str, int]


def counted(group: str, **changes: int) -> Counted:
    """A report of 200 cells in two tables and one field, all right but for the changes."""
    cells = Counter(cells=100, right=100, nonzero=40, nonzero_right=40, silent=0, flagged=0)
    fields = Counter(fields=1, fields_right=1, silent=0, flagged=0)
    fields.update({name: n for name, n in changes.items() if name == "fields_right"})
    changed = Counter(cells)
    changed.update({name: n for name, n in changes.items() if name != "fields_right"})
    return Counted(
        group, {"active": dict(cells), "requests": dict(changed)}, {"year": dict(fields)}
    )


def pairs(*changes: tuple[Read, Read], families: int = 2, reports: int = 20) -> Pairs:
    """The same reports twice, the first ones of the first family changed on either side."""
    told = []
    for number in range(families * reports):
        old, new = changes[number] if number < len(changes) else ({}, {})
        family = f"family {number // reports}"
        told.append((counted(family, **old), counted(family, **new)))
    return Pairs(told)


def refused(told: Pairs) -> tuple[str, ...]:
    return reasons(compare(told), SETTINGS)


def row(told: Pairs, kind: Kind, name: str = "") -> Row:
    return next(row for row in compare(told) if (row.kind, row.name) == (kind, name))


def wrong(n: int, **more: int) -> Read:
    return {"right": -n, "nonzero_right": -n, "flagged": n, **more}


def test_equal_models_pass() -> None:
    same = [(wrong(7), wrong(7))] * 10
    assert refused(pairs(*same)) == ()
    assert (row(pairs(*same), Kind.ALL).low, row(pairs(*same), Kind.ALL).high) == (0.0, 0.0)


def test_better_model_passes() -> None:
    assert refused(pairs(*[(wrong(9), {})] * 12)) == ()


def test_one_more_silent_cell_is_refused_though_all_else_is_better() -> None:
    told = pairs(*[(wrong(9), {})] * 12, ({}, {"right": -1, "silent": 1}))
    found = refused(told)
    assert any(reason.startswith("全部单元格：错而未标的由 0 增至 1") for reason in found)
    assert any(reason.startswith("版式 family 0：错而未标的") for reason in found)


def test_silent_cell_moved_to_another_family_is_refused() -> None:
    silent = {"right": -1, "silent": 1}
    told = pairs((silent, {}), *[({}, {})] * 19, ({}, silent))
    assert refused(told) == ("版式 family 1：错而未标的由 0 增至 1",)


def test_loss_is_refused_and_measured_by_hand() -> None:
    told = pairs(*[({}, wrong(10))] * 8)
    assert row(told, Kind.ALL).loss == 1.0  # 80 of 8,000 cells
    assert row(told, Kind.NONZERO).loss == 2.5  # 80 of 3,200
    assert row(told, Kind.TABLE, "requests").loss == 2.0  # 80 of 4,000
    found = refused(told)
    assert found[0].startswith("全部单元格：不能排除退步超过 0.2 个百分点（观察到 +1.00")
    assert [reason.partition("：")[0] for reason in found[1:]] == [
        "非零单元格",
        "表 requests",
        "版式 family 0",
    ]


def test_small_loss_that_the_test_rules_out_to_be_large_passes() -> None:
    told = pairs(*[({}, wrong(1))] * 4)
    assert row(told, Kind.ALL).loss == 0.05
    assert refused(told) == ()


def test_loss_that_few_reports_can_not_rule_out_is_refused() -> None:
    told = pairs(({}, wrong(12)), (wrong(12), {}), families=2, reports=4)
    assert row(told, Kind.ALL).loss == 0.0
    (found,) = refused(told)
    assert "不能排除" in found
    assert "--gate-reports" in found


def test_single_report_decides_nothing() -> None:
    told = pairs(families=1, reports=1)
    assert "报告太少" in refused(told)[0]


def test_lost_field_is_refused() -> None:
    told = pairs(*[({}, {"fields_right": -1})] * 6)
    assert any(reason.startswith("字段 year：退步 15.00") for reason in refused(told))


def test_family_that_loses_while_others_gain_is_refused() -> None:
    told = pairs(*[({}, wrong(3))] * 12, *[({}, {})] * 8, *[(wrong(9), {})] * 12)
    found = refused(told)
    assert len(found) == 1
    assert found[0].startswith("版式 family 0：退步")


def test_chance_differences_of_many_families_are_not_refused_one_by_one() -> None:
    rng = Random(5)
    changes = [({}, wrong(2)) if rng.random() < 0.5 else (wrong(2), {}) for _ in range(40 * 10)]
    assert not any("版式" in reason for reason in refused(pairs(*changes, families=40, reports=10)))


def test_many_more_flags_are_refused() -> None:
    told = pairs(*[({}, {"flagged": 20})] * 10)
    assert refused(told) == ("全部单元格：标出的多了 2.50 个百分点，检验证实",)


def test_withheld_samples_may_not_get_worse_but_may_get_better() -> None:
    few = [(counted("test"), counted("test", **wrong(1)))] * 2
    told = pairs()
    assert refused(replace(told, test=few)) == ("留出的样本：退步 0.50 个百分点",)
    assert refused(replace(told, test=[(new, old) for old, new in few])) == ()


def test_families_are_counted_and_few_reports_said_to_confirm_nothing() -> None:
    few = pairs(*[({}, wrong(9))] * 5, families=69, reports=5)
    assert "至少 11 份" in family_line(compare(few))
    told = pairs(*[({}, wrong(3))] * 12, *[({}, {})] * 8, *[(wrong(9), {})] * 12)
    assert family_line(compare(told)) == (
        "逐版式检验：2 个版式各 20 份，变差 1 个，其中检验证实 1 个（family 0）；变好 1 个"
    )
    assert family_tests(()).families == 0


@pytest.mark.parametrize("families", [1, 2, 69])
def test_fewest_reports_are_those_with_which_a_whole_family_is_confirmed(families: int) -> None:
    least = family_tests(compare(pairs(families=families, reports=1))).least
    for reports, n_confirmed in ((least - 1, 0), (least, 1)):
        lost = pairs(*[({}, wrong(9))] * reports, families=families, reports=reports)
        assert len(family_tests(compare(lost)).confirmed) == n_confirmed


def test_sign_test_is_the_binomial_tail() -> None:
    assert sign_test(9, 1) == pytest.approx(11 / 1024)
    assert sign_test(0, 4) == 1.0


def record(told: Pairs) -> GateRecord:
    rows = compare(told)
    found = reasons(rows, SETTINGS)
    return GateRecord("old", "new", "2026-01-31", SETTINGS, not found, found, rows)


def test_record_comes_back_from_its_file() -> None:
    made = record(pairs(({}, wrong(9))))
    assert decode(GateRecord, loads(dumps(encode(made)))) == made


def test_table_marks_what_refuses_and_counts_what_is_the_same() -> None:
    made = record(pairs(*[({}, wrong(10))] * 8))
    lines = list(gate_rows(made.rows, SETTINGS))
    assert lines[0][0] == "全部单元格"
    assert lines[0][3:5] == ("8000 → 7920", "+1.00（+0.50，+1.50）") or lines[0][-1] == "不通过"
    assert ("其余 1 个版式无变化", *[""] * 7) in lines
    assert "比较未通过：new 不可替换 old" in gate_markdown(made)
    assert closing(made)[0] == "比较未通过：new 不可替换 old"
    lost = replace(made, lost=("new 读 a.txt：超时",))
    assert closing(lost)[-1] == "  没有读出：new 读 a.txt：超时"
    assert "- 没有读出：new 读 a.txt：超时" in gate_markdown(lost)
    let = replace(made, forced=Forced("张三", "只读这一种版式", "2026-01-31"))
    assert closing(let)[0] == "比较未通过，张三 于 2026-01-31 放行：只读这一种版式"
