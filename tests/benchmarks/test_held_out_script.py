import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest

from gouji.annotations.checks import problems
from gouji.model.form import Table
from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.training.synthesis.damage import DAMAGES
from gouji.training.synthesis.layouts.held_out import BOUNDLESS_HELD_OUT, HELD_OUT
from gouji.training.synthesis.report import MISPRINT, synthesize
from tests.benchmarks.held_out import (
    FLATTENED,
    SETS,
    Report,
    benchmark,
    damages_of,
    report_of,
    with_damages,
)

FORM = load_form()
FAMILIES = list(HELD_OUT)
each_set = pytest.mark.parametrize("chosen_set", SETS)
each_family = pytest.mark.parametrize("family", FAMILIES)


@cache
def reports(chosen_set: str, n: int = 2, seed: int = 1) -> tuple[Report, ...]:
    return tuple(benchmark(FORM, chosen_set, FAMILIES, n, seed))


def parts_of(name: str) -> tuple[str, set[str]]:
    """Family and damages."""
    _, family, damages = name.split("-")
    return family, set(damages.split("+")) - {"clean", FLATTENED}


def tables_of(cells: Mapping[str, object]) -> list[Table]:
    """The variants that have just these cells."""
    known = [table for variants in FORM.variants.values() for table in variants.values()]
    return [
        t for t in known if set(t.cell) == {cell for cell in cells if cell.startswith(f"{t.id}.")}
    ]


def broken(cells: Mapping[str, Number]) -> list[str]:
    """The identities that these numbers do not satisfy."""
    return [
        equation.id
        for table in tables_of(cells)
        for equation in table.equations
        if sum(sign * Decimal(repr(cells[cell])) for sign, cell in equation.terms) != 0
    ]


@each_set
def test_gold_has_every_cell_and_satisfies_the_identities(chosen_set: str) -> None:
    for name, text, gold in reports(chosen_set):
        assert [table.id for table in tables_of(gold.cells)] == list(FORM.table_ids), name
        assert broken(gold.cells) == [], name
        assert all(gold.printed[cell] != gold.cells[cell] for cell in gold.printed)
        assert text.strip()


@each_family
def test_samples_are_sound_annotations(family: str) -> None:
    for damage in ("zeros_blank", "torn_numbers", "lost_row", "footers", "shifted_row"):
        sample = synthesize(
            FORM,
            family,
            HELD_OUT[family],
            f"sound/{damage}",
            [DAMAGES[damage]],
            boundless=family in BOUNDLESS_HELD_OUT,
        )
        assert problems(sample.annotation, FORM) == ()


def test_set_source_prints_numbers_that_break_an_identity_or_differ() -> None:
    for name, _, gold in reports("source"):
        assert parts_of(name)[1] == {MISPRINT}
        wrong = {cell: n for cell, n in gold.printed.items() if n is not None}
        assert wrong, name


@pytest.mark.parametrize("chosen_set", sorted(set(SETS) - {"source"}))
def test_sets_without_misprints_have_none(chosen_set: str) -> None:
    for name, _, _ in reports(chosen_set):
        assert MISPRINT not in name


def test_set_keeps_holds_clean_reports_and_harmless_damages_alone() -> None:
    names = [name for name, _, _ in reports("keeps", 30)]
    done = [parts_of(name) for name in names]
    assert any(not damages for _, damages in done)
    assert {len(damages) for _, damages in done} == {0, 1, 2}
    assert all(DAMAGES[name].keeps for _, damages in done for name in damages)
    assert all(
        "zeros_blank" not in damages for family, damages in done if family in BOUNDLESS_HELD_OUT
    )
    kept = {name for name, damage in DAMAGES.items() if damage.keeps}
    assert {name for _, damages in done for name in damages} == kept
    zeros = [sum(name.startswith("zeros_") for name in damages) for _, damages in done]
    assert max(zeros) == 1


@pytest.mark.parametrize(
    ("chosen_set", "family", "damages"),
    [
        ("blanks", "quoted_csv", ("zeros_blank",)),
        ("blanks", "one_line", ()),
        ("collapsed", "one_line", ("blanks_collapsed",)),
        ("collapsed", "key_value_prose", ()),
    ],
)
def test_sets_of_one_damage(chosen_set: str, family: str, damages: tuple[str, ...]) -> None:
    assert damages_of(chosen_set, family) == damages
    n = len(list(benchmark(FORM, chosen_set, [family], 2, 1)))
    assert n == (2 if damages else 0)


@each_family
def test_sets_keeps_and_lost_share_no_damage(family: str) -> None:
    keeps, lost = damages_of("keeps", family), damages_of("lost", family)
    assert {"lost_row", "lost_cell", "torn_numbers"} <= set(lost)
    assert set(keeps).isdisjoint(lost)
    left_out = {"blanks_collapsed", "zeros_blank"}
    assert {*keeps, *lost} | left_out == set(DAMAGES)


def test_chosen_damages_are_done_to_every_report() -> None:
    made = list(with_damages(FORM, ["footers", "zeros_slash"], FAMILIES, 2, 1))
    assert len(made) == 2 * len(FAMILIES)
    assert all(parts_of(name)[1] == {"footers", "zeros_slash"} for name, _, _ in made)


def test_half_of_the_one_line_reports_have_one_line_in_all() -> None:
    sample = synthesize(FORM, "one_line", HELD_OUT["one_line"], "flat", [], boundless=True)
    made = [report_of(sample, "one_line", n, Random(n)) for n in range(40)]
    flat = [(name, text) for name, text, _ in made if name.endswith(FLATTENED)]
    assert 10 <= len(flat) <= 30
    whole = " ".join(sample.annotation.text.split("\n"))
    for _, text in flat:
        assert "\n" not in text
        assert "".join(text.split()) == "".join(whole.split())


def test_names_are_unique_and_tell_number_family_and_damages() -> None:
    names = [name for name, _, _ in reports("keeps", 30)]
    assert len(set(names)) == len(names) == 30 * len(FAMILIES)
    assert names[0].split("-")[:2] == ["000", FAMILIES[0]]


def test_seeds_give_different_reports() -> None:
    assert reports("keeps", 1, seed=1) != reports("keeps", 1, seed=2)


@pytest.mark.parametrize(
    "options", [["--set", "lost"], ["--damages", "zeros_dash"], ["--families", "one_line"]]
)
def test_script_writes_sources_and_gold_the_same_every_time(
    tmp_path: Path, options: list[str]
) -> None:
    script = str(Path(__file__).with_name("held_out.py"))
    contents = []
    for out in (tmp_path / "first", tmp_path / "second"):
        command = [sys.executable, script, str(out), "--per-family", "2", *options]
        subprocess.run(command, check=True, cwd=tmp_path)
        paths = sorted(path for path in out.rglob("*") if path.is_file())
        contents.append({str(path.relative_to(out)): path.read_bytes() for path in paths})
    assert contents[0] == contents[1]
    names = [path for path in contents[0] if path.startswith("gold/")]
    assert len(names) == (2 if "--families" in options else 12)
    for path in names:
        source = path.replace("gold/", "sources/").replace(".gold.json", ".txt")
        assert contents[0][source].decode()
        assert set(json.loads(contents[0][path])) == {"cells", "printed", "fields"}
