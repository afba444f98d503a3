import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from gouji.model.form_file import load_form
from gouji.model.reconciling import load_settings
from gouji.model.reconciling.candidates import assemble
from gouji.training.synthesis.number_law import draw
from tests.benchmarks.reconcile import measure
from tests.benchmarks.reconcile_damage import DAMAGES
from tests.benchmarks.reconcile_rivals import (
    RIVALS,
    least_change,
    missing_part,
    single_edit,
    totals_anew,
)
from tests.benchmarks.reconcile_scores import grouping

FORM = load_form()
TABLE = FORM.variants["requests"]["2021"]
SCRIPT = Path(__file__).with_name("reconcile.py")


@pytest.mark.parametrize("damage", ["sound", "misread 1", "misprint 1", "lost, shifted"])
def test_requests_come_back_from_single_damages(damage: str) -> None:
    score, _ = measure(FORM, TABLE, damage, [f"test/{n}" for n in range(5)], 0)
    assert score.tables == 5
    assert score.restored + score.corrected == score.spoilt
    assert score.harmed == score.silent == score.accepted_wrong == score.unproved == 0


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "sound"])
def test_every_damage_spoils_what_it_says(damage: str) -> None:
    rng = Random("damage")
    truth = draw((TABLE,), rng)
    damaged = DAMAGES[damage](FORM, TABLE, truth, rng)
    shown = {
        f"{m.row[0][0]}.{m.column[0][0]}": m.value
        for m in damaged.mentions.mentions
        if m.row and m.column
    }
    assert damaged.spoilt
    if damage not in ("collapsed", "rows swapped"):
        differs = {cell for cell, number in truth.items() if shown.get(cell) != number}
        assert differs <= damaged.spoilt


def test_rivals_leave_sound_tables_alone_and_mend_a_total() -> None:
    truth = {cell: int(n) for cell, n in draw((TABLE,), Random("rival")).items()}
    for method in RIVALS.values():
        assert method(TABLE, truth) == truth
    wrong = {**truth, "requests.new.total": truth["requests.new.total"] + 5}
    assert totals_anew(TABLE, wrong) == least_change(TABLE, wrong) == truth
    lost = {**truth, "requests.granted.natural": None}
    assert missing_part(TABLE, lost) == truth


def test_single_edit_mends_a_digit_and_leaves_other_errors() -> None:
    truth = {cell: int(n) for cell, n in draw((TABLE,), Random("rival")).items()}
    total = truth["requests.new.total"]
    assert single_edit(TABLE, {**truth, "requests.new.total": 10 * total + 1}) == truth
    assert single_edit(TABLE, {**truth, "requests.new.total": 1000 * total + 111}) != truth


def test_one_grouping_is_known_from_all_placings() -> None:
    truth = dict.fromkeys((cell.id for cell in TABLE.cells), 0)
    numbers = {"granted": (100, 7, 0), "partial": (0, 0, 40), "new": (100, 7, 40)}
    for row, amounts in {**numbers, "result_total": (100, 7, 40)}.items():
        for column, amount in zip(("natural", "business", "ngo"), amounts, strict=True):
            truth[f"requests.{row}.{column}"] = amount
        truth[f"requests.{row}.total"] = sum(amounts)
    damaged = DAMAGES["collapsed"](FORM, TABLE, truth, Random(1))
    readings = assemble(TABLE, damaged.mentions, load_settings()).readings
    assert grouping(TABLE, readings, truth) == (9, 9)


def test_script_writes_its_scores(tmp_path: Path) -> None:
    options = ("--tables", "2", "--rivals", "1", "--damage", "misprint 1")
    subprocess.run([sys.executable, SCRIPT, tmp_path, *options], check=True, stdout=subprocess.PIPE)
    found = json.loads((tmp_path / "reconcile.json").read_text("utf-8"))
    assert found["requests"]["misprint 1"]["gouji"]["spoilt"] == 2
    assert (tmp_path / "outcomes.svg").stat().st_size > 0
    assert (tmp_path / "risk.svg").stat().st_size > 0
    assert "| misprint 1 | least change | 1 |" in (tmp_path / "reconcile.md").read_text("utf-8")
