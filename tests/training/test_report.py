import hashlib
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import cycle, islice
from random import Random

import pytest

from gouji.annotations.checks import problems
from gouji.model.annotation import Annotation
from gouji.model.form_file import load_form
from gouji.model.jsonl import encode
from gouji.model.mention import MentionKind
from gouji.training.synthesis.damage import DAMAGES, Damage
from gouji.training.synthesis.labelling import Truth, annotated
from gouji.training.synthesis.layouts import BOUNDLESS, TRAINING
from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.pieces import Piece, joined
from gouji.training.synthesis.report import MISPRINT, Sample, synthesize
from gouji.training.synthesis.sheet import Sheet, SheetRow
from gouji.training.synthesis.stream import Stage, nth, stream

FORM = load_form()
ALL = tuple(DAMAGES.values())
FAMILIES = sorted(TRAINING)
N_PAIRS = max(len(FAMILIES), len(ALL))


def tabs(rng: Random) -> Layout:
    """Rows with tabs, a layout of the plainest kind."""

    def line(row: SheetRow) -> list[Piece]:
        values = ([Piece(value.text, cell=value.cell)] for value in row.values)
        return joined([[Piece("".join(row.labels))], *values], "\t")

    def layout(sheet: Sheet) -> list[Piece]:
        return joined([line(row) for panel in sheet.panels for row in panel.rows], "\n")

    return layout


@cache
def plain(key: str, *damages: str, boundless: bool = False) -> Sample:
    chosen = [DAMAGES[name] for name in damages]
    return synthesize(FORM, "tabs", tabs, key, chosen, boundless=boundless)


@cache
def many() -> tuple[Sample, ...]:
    """Reports without damage."""
    return tuple(plain(f"many/{number}") for number in range(120))


@pytest.mark.parametrize(
    ("family", "damage"),
    list(islice(zip(cycle(FAMILIES), cycle(ALL)), 2 * N_PAIRS)),
    ids=lambda one: getattr(one, "name", one),
)
def test_annotations_have_no_problems(family: str, damage: Damage) -> None:
    boundless = family in BOUNDLESS
    sample = synthesize(FORM, family, TRAINING[family], damage.name, [damage], boundless=boundless)
    assert problems(sample.annotation, FORM) == ()


@pytest.mark.parametrize("number", range(24))
def test_streamed_annotations_have_no_problems(number: int) -> None:
    assert problems(nth(FORM, 3, TRAINING, number).annotation, FORM) == ()


def test_same_key_gives_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from gouji.model.form_file import load_form;"
        "from gouji.training.synthesis.layouts import TRAINING;"
        "from gouji.training.synthesis.stream import nth;"
        "text = nth(load_form(), 7, TRAINING, 5).annotation.text;"
        "sys.stdout.buffer.write(text.encode())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
    )
    assert other.stdout == nth(FORM, 7, TRAINING, 5).annotation.text.encode()


def test_different_keys_give_different_reports() -> None:
    assert len({sample.annotation.text for sample in many()}) == len(many())


def test_stream_yields_what_each_number_gives_alone() -> None:
    streamed = list(islice(stream(FORM, 7, TRAINING, start=2), 3))
    assert streamed == [nth(FORM, 7, TRAINING, number) for number in (2, 3, 4)]
    assert [one.annotation.id for one in streamed] != [
        nth(FORM, 8, TRAINING, number).annotation.id for number in (2, 3, 4)
    ]


def test_stages_draw_families_by_their_weights_from_their_starts_on() -> None:
    stages = (Stage(17, {"tabs": 1e6}), Stage(20, {"tabs": 1e-6, "open_bars": 1e6}))
    drawn = [nth(FORM, 7, TRAINING, number, stages) for number in range(14, 26)]
    assert drawn[:3] == [nth(FORM, 7, TRAINING, number) for number in range(14, 17)]
    assert {sample.family for sample in drawn[3:6]} == {"tabs"}
    assert {sample.family for sample in drawn[6:]} == {"open_bars"}


def test_synthesis_does_not_load_torch() -> None:
    code = (
        "import sys, gouji.training.synthesis.stream;"
        "assert not {'torch', 'transformers', 'datasets', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_annotation_names_its_making() -> None:
    annotation = plain("many/0").annotation
    assert annotation.id == "tabs_many_0"
    assert annotation.source_sha256 == hashlib.sha256(annotation.text.encode()).hexdigest()
    made = annotation.provenance
    assert (made.source, made.licence, made.layout) == ("synthetic", "Apache-2.0", "tabs")
    assert made.agency in annotation.text
    assert "annotation" not in encode(annotation)


def test_every_combination_of_revisions_comes_up() -> None:
    forms = Counter(FORM.combination_of(sample.annotation.variants) for sample in many())
    assert set(forms) == {"ogi-2021", "ogi-2019", "mixed"}
    assert forms["ogi-2021"] > forms["ogi-2019"] > forms["mixed"] > 0


@pytest.mark.parametrize("field", [kind.id for kind in FORM.fields])
def test_fields_are_stated_in_some_reports_and_found_there(field: str) -> None:
    labels = [sample.annotation.fields[field] for sample in many()]
    stated = [label for label in labels if label is not None]
    assert len(stated) >= len(labels) / 8
    assert len({label.value for label in stated}) > 5
    assert all(label.span is not None for label in stated)
    always = field in ("title", "agency", "year")
    assert (None in labels) is not always


def test_title_holds_agency_and_year() -> None:
    for sample in many():
        fields = sample.annotation.fields
        title, agency, year = fields["title"], fields["agency"], fields["year"]
        assert title is not None
        assert "\n" not in str(title.value)
        for inner in (agency, year):
            assert inner is not None
            assert inner.span is not None
            assert title.span is not None
            assert title.span[0] <= inner.span[0] < inner.span[1] <= title.span[1]


def test_prose_repeats_the_table_in_most_reports_but_not_in_all() -> None:
    stated = [
        (label.value, sample.annotation.cells["requests.new.total"])
        for sample in many()
        if (label := sample.annotation.fields["overview.requests_received"])
    ]
    n_same = sum(value == total for value, total in stated)
    assert len(stated) / 2 < n_same < len(stated)


def test_sections_may_be_lost_repeated_and_out_of_order() -> None:
    found = [[section.id for section in sample.annotation.sections] for sample in many()]
    whole = ["header", *(kind.id for kind in FORM.sections)]
    assert sum(ids == whole for ids in found) > len(found) / 2
    assert any(len(ids) < len(whole) for ids in found)
    assert any(ids.count("requests") == 2 for ids in found)


def test_numbers_on_a_page_without_damage_are_the_truth_but_for_misprints() -> None:
    for sample in many():
        assert bool(sample.annotation.printed) is (MISPRINT in sample.damages)
        assert sample.keeps is (MISPRINT not in sample.damages)
    n_misprinted = sum(MISPRINT in sample.damages for sample in many())
    assert 0 < n_misprinted < len(many()) / 5


def sound(*damages: str, boundless: bool = False) -> list[Sample]:
    """Damaged reports whose agencies printed the truth."""
    samples = (plain(f"{number}", *damages, boundless=boundless) for number in range(12))
    return [sample for sample in samples if MISPRINT not in sample.damages]


def kinds(annotation: Annotation) -> set[MentionKind]:
    return {mention.kind for mention in annotation.mentions}


@pytest.mark.parametrize(
    ("damage", "kind"), [("zeros_blank", MentionKind.BLANK), ("zeros_slash", MentionKind.MARK)]
)
def test_blanks_and_marks_print_nothing_and_mean_zero(damage: str, kind: MentionKind) -> None:
    for sample in sound(damage):
        annotation = sample.annotation
        assert kind in kinds(annotation)
        assert set(annotation.printed.values()) == {None}
        assert {annotation.cells[cell] for cell in annotation.printed} == {0}
        assert sample.keeps
        assert sample.damages == (damage,)


def test_blanks_that_leave_no_trace_are_lost() -> None:
    for sample in sound("zeros_blank", boundless=True):
        assert MentionKind.BLANK not in kinds(sample.annotation)
        assert not sample.keeps
        assert len(sample.annotation.mentions) < len(sample.annotation.cells)
    assert all(sample.keeps for sample in sound(boundless=True))


def test_lost_cells_have_no_mention() -> None:
    for sample in sound("lost_row"):
        seen = {mention.cell for mention in sample.annotation.mentions}
        lost = set(sample.annotation.cells) - seen
        assert lost
        assert all(sample.annotation.printed.get(cell) is None for cell in lost)
        assert not sample.keeps


def test_amounts_in_another_unit_are_printed_as_on_the_page() -> None:
    converted = [
        (annotation.cells[cell], shown)
        for sample in sound("unit_in_head")
        for annotation in [sample.annotation]
        for cell, shown in annotation.printed.items()
    ]
    assert converted
    for truth, shown in converted:
        assert truth is not None
        assert shown is not None
        assert shown == pytest.approx(truth * 10_000)


def labelled(*pieces: Piece) -> Annotation:
    variants = dict(FORM.combinations["ogi-2021"])
    cells = {piece.cell: 12 for piece in pieces if piece.cell}
    return annotated("one", pieces, Truth(variants, cells, {}), FORM, ("某局", "by hand"))


@pytest.mark.parametrize(
    ("written", "raw", "printed", "others"),
    [
        ("12", "12", {}, []),
        (" 12 ", "12", {}, []),
        ("12件", "12", {}, []),
        ("12（其中修订 3 件）", "12", {}, ["3"]),
        ("12件(含2件)", "12", {}, ["2"]),
        ("1 2", "1 2", {}, []),
        ("1\n2", "1\n2", {}, []),
        ("１２", "１２", {}, []),
        ("120000元", "120000", {"c": 120000}, []),
        ("l2", "l2", {}, []),
        ("/", "/", {"c": None}, []),
        ("", "", {"c": None}, []),
        ("  ", "", {"c": None}, []),
        ("-12", "-12", {"c": -12}, []),
    ],
)
def test_cell_is_labelled_by_the_guide(
    written: str, raw: str, printed: dict[str, int | None], others: list[str]
) -> None:
    annotation = labelled(Piece("行\t"), Piece(written, cell="c"), Piece("\n"))
    (mention,) = annotation.mentions
    assert (mention.raw, annotation.text[slice(*mention.span)]) == (raw, raw)
    assert annotation.printed == printed
    assert [annotation.text[slice(*span)] for span in annotation.others] == others


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2022年1月1日", ["2022", "1", "1"]),
        ("2022-01-29 11:33", ["2022", "01", "29", "11", "33"]),
        ("1,234.5万元", ["1,234.5"]),
        ("0908-4621030", ["0908", "4621030"]),
        ("2022.01.29", ["2022", "01", "29"]),
        ("1.2万", ["1.2"]),
        ("１２，３４５条", ["１２，３４５"]),
        ("12，34", ["12", "34"]),
    ],
)
def test_other_numbers_are_split_by_the_guide(text: str, numbers: list[str]) -> None:
    annotation = labelled(Piece(text))
    assert [text[slice(*span)] for span in annotation.others] == numbers


def test_heading_repeated_at_once_opens_no_section_but_later_does() -> None:
    heads = [Piece(f"{name}\n", section=name) for name in ("a", "a", "b", "a")]
    sections = labelled(Piece("题\n"), *heads).sections
    assert [section.id for section in sections] == ["header", "a", "b", "a"]
    assert [section.span for section in sections] == [(0, 2), (2, 6), (6, 8), (8, 10)]
