import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

from gouji.annotations.corpus import read_annotations, tables_of
from gouji.model.annotation import Annotation
from gouji.model.form_file import load_form
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.layouts import held_out_bars as bars
from gouji.training.synthesis.layouts.held_out import HELD_OUT
from gouji.training.synthesis.pieces import compose
from gouji.training.synthesis.report import synthesize
from gouji.training.synthesis.shapes import (
    MAX_PHRASE,
    MIN_PHRASE,
    Run,
    line_shapes,
    phrases,
    shape_runs,
    squeezed,
)
from gouji.training.synthesis.sheets import sheets
from tests.benchmarks.refill import GOLD, refill

ROOT = Path(__file__).parents[2]
SYNTHESIS = ROOT / "training/gouji/training/synthesis"
FORM = load_form()
SEEDS = read_annotations(GOLD)
RUN_LINES = 6
N_REPORTS = 4
COPIED = 0.25
"""The share of a seed's runs from which a family counts as a copy of its lines.

It is what two seeds of different agencies have in common at most.
"""
NAMES = (
    "中华人民共和国政府信息公开条例",
    "政府信息公开信息处理费管理办法",
    "国务院办公厅政府信息与政务公开办公室",
    "政府信息公开工作年度报告",
    "习近平新时代中国特色社会主义思想",
)
"""Laws, bodies and set names that any report may mention: they part a sentence as marks do."""
OFFICIAL = (
    "本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和",
    "政府信息公开行政复议和行政诉讼情况",
)
"""Wording of the form beside its file: its note on the sums, a heading as sentences put it."""

each_seed = pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id[:3])


def table_regions(annotation: Annotation) -> Iterator[str]:
    """From the heading of each table's section to the end of the line of its last cell."""
    starts = {section.id: section.span[0] for section in annotation.sections}
    for table in FORM.table_ids:
        spans = [m.span for m in annotation.mentions if m.cell.startswith(f"{table}.")]
        end = annotation.text.find("\n", max(spans)[1])
        yield annotation.text[starts[table] : end]


@cache
def runs_of(seed_id: str) -> frozenset[Run]:
    seed = next(seed for seed in SEEDS if seed.id == seed_id)
    return frozenset(run for text in table_regions(seed) for run in shape_runs(text, RUN_LINES))


def copied(seed: Annotation, runs: frozenset[Run]) -> float:
    """The share of the seed's runs of line shapes that are among these."""
    known = runs_of(seed.id)
    return len(known & runs) / len(known)


@cache
def reports_of(family: str) -> tuple[str, ...]:
    """Reports of a training family, half of them undamaged."""
    made = (
        synthesize(
            FORM, family, TRAINING[family], f"shapes/{family}/{number}", None if number % 2 else ()
        )
        for number in range(N_REPORTS)
    )
    return tuple(sample.annotation.text for sample in made)


@each_seed
def test_seed_has_runs_to_compare(seed: Annotation) -> None:
    assert len(runs_of(seed.id)) >= 15
    for other in SEEDS:
        if other is not seed:
            assert copied(seed, runs_of(other.id)) < COPIED


@each_seed
def test_seed_with_other_numbers_is_found_to_be_a_copy(seed: Annotation) -> None:
    text, _ = refill(seed, tables_of(seed, FORM), "plain", "1")
    assert copied(seed, shape_runs(text, RUN_LINES)) > 0.9


def test_layout_that_sets_its_lines_as_a_seed_does_is_found_to_be_a_copy() -> None:
    style = bars.BarStyle(" |", bars.Fillers.ROW_END, glued=True, opening=False, between="\n")
    seed = next(seed for seed in SEEDS if seed.id.startswith("002"))
    variants = FORM.combinations["ogi-2021"]
    shown = {cell: "0" for table in FORM.tables("ogi-2021") for cell in table.cell}
    runs = frozenset(
        run
        for number in range(20)
        for sheet in sheets(FORM, variants, shown, Random(number))
        for run in shape_runs(compose(bars.print_bars(style, sheet)).text, RUN_LINES)
    )
    assert copied(seed, runs) > COPIED


@pytest.mark.parametrize("family", TRAINING)
def test_training_family_copies_no_seed(family: str) -> None:
    runs = frozenset(run for text in reports_of(family) for run in shape_runs(text, RUN_LINES))
    assert runs
    for seed in SEEDS:
        assert copied(seed, runs) < COPIED


def without_names(text: str) -> str:
    for name in NAMES:
        text = text.replace(name, "|")
    return text


@cache
def training_runs() -> frozenset[Run]:
    return frozenset(
        run for name in TRAINING for text in reports_of(name) for run in shape_runs(text, RUN_LINES)
    )


@pytest.mark.parametrize("family", HELD_OUT)
def test_no_training_family_sets_its_lines_as_a_held_out_one_does(family: str) -> None:
    combination = "ogi-2021"
    shown = {cell: "7" for table in FORM.tables(combination) for cell in table.cell}
    runs: set[Run] = set()
    for number in range(20):
        rng = Random(f"{family}/{number}")
        layout = HELD_OUT[family](rng)
        for sheet in sheets(FORM, FORM.combinations[combination], shown, rng):
            runs |= shape_runs(compose(layout(sheet)).text, RUN_LINES)
    if family == "one_line":  # not six lines in a row
        assert runs == set()
    else:
        assert len(runs) > 50
        assert len(runs & training_runs()) / len(runs) < 0.05


@cache
def seed_phrases() -> frozenset[str]:
    """The phrases of the seeds that neither the form nor the law words."""
    form_text = squeezed((ROOT / "model/gouji/model/forms/ogi.yaml").read_text("utf-8"))
    official = "\n".join((form_text, *OFFICIAL))
    found = {p for seed in SEEDS for p in phrases(without_names(squeezed(seed.text)))}
    # a seed and the generator's damages misspell the form's 逾期 alike
    return frozenset(p for p in found if p.replace("预期", "逾期") not in official)


def shared_phrases(text: str) -> list[str]:
    known = squeezed(text)
    return sorted(phrase for phrase in seed_phrases() if phrase in known)


def sources() -> list[Path]:
    return sorted(p for p in SYNTHESIS.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def test_sentence_of_a_seed_would_be_found() -> None:
    assert len(seed_phrases()) > 500
    for seed in SEEDS:
        assert len(shared_phrases(seed.text)) > 50
    long = max(seed_phrases(), key=len)
    assert shared_phrases(f"前文。{long[:4]} {long[4:]}后文") == [long]


def test_sources_of_the_generator_hold_no_sentence_of_a_seed() -> None:
    assert len(sources()) > 20
    for path in sources():
        assert shared_phrases(path.read_text("utf-8")) == [], path


@pytest.mark.parametrize("family", TRAINING)
def test_reports_hold_no_sentence_of_a_seed(family: str) -> None:
    for text in reports_of(family):
        assert shared_phrases(text) == []


def strings(path: Path) -> list[str]:
    """The string constants of a module, its docstrings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in alone]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_no_string_of_the_generator_names_the_seeds() -> None:
    modules = [path for path in sources() if path.suffix == ".py"]
    assert "ogi-2021" in strings(SYNTHESIS / "report.py")
    for path in modules:
        assert not [text for text in strings(path) if "seeds" in text or "gold" in text], path


OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from gouji.model.form_file import load_form
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.report import synthesize
for number, (name, family) in enumerate(TRAINING.items()):
    synthesize(load_form(), name, family, f"opened/{number}")
print("\\n".join(opened))
"""


def test_generator_opens_no_seed_and_no_annotation() -> None:
    command = [sys.executable, "-c", OPENED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert any(path.name == "ogi.yaml" for path in paths)
    for forbidden in (ROOT / "seeds", ROOT / "annotations/gold", ROOT / "tests"):
        assert not [path for path in paths if path.is_relative_to(forbidden)]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("一、新收\n12\n\n0", set()),
        ("一、新收\t12\t0\n二、结转\t3\t4", {"字、字\t0\t0"}),
        ("规章 |\n3 |\n||", {"字 |", "0 |", "||"}),
        (" 0\n0 \n0 1", {" 0", "0 ", "0 0"}),
        ('"规章","12"', {'"字","0"'}),
    ],
)
def test_shapes_of_lines_forget_words_and_numbers(text: str, shapes: set[str]) -> None:
    assert line_shapes(text) == shapes


def test_runs_slide_over_lines_and_leave_trivial_ones_out() -> None:
    text = "规章\n1\n2\n3\n行政许可 |\n4"
    assert shape_runs(text, 3) == {("0", "0", "字 |"), ("0", "字 |", "0")}
    assert shape_runs(text, 7) == frozenset()


def test_phrases_are_whole_sentences_or_windows_of_longer_ones() -> None:
    short, exact, long = "字" * (MIN_PHRASE - 1), "句" * MIN_PHRASE, "长" * (MAX_PHRASE + 2)
    assert phrases(f"{short}，{exact[:5]} {exact[5:]}。{long}") == {exact, "长" * MAX_PHRASE}
    assert phrases(f"{exact[:6]}\n{exact[6:]}") == frozenset()
