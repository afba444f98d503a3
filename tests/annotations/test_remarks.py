"""Remarks on labels that contradict nothing: exchanged places and changes that no sum asks for."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gouji.annotations.checks import problems
from gouji.annotations.page_numbers import number_span, other_numbers
from gouji.annotations.remarks import remarks
from gouji.model.annotation import Annotation
from tests.annotations.samples import OGI

PLAIN = "000_2151fe05aa8ee300"


def relabelled(annotation: Annotation, turn: Mapping[str, str]) -> Annotation:
    mentions = tuple(replace(m, cell=turn.get(m.cell, m.cell)) for m in annotation.mentions)
    return replace(annotation, mentions=mentions)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("requests.new.natural", "requests.new.legal"),
        ("requests.new.natural", "requests.carried_in.natural"),
        ("requests.granted.total", "requests.denied_law.total"),
        ("disputes.review.upheld", "disputes.review.pending"),
        ("active.rules.issued", "active.rules.in_force"),
    ],
)
def test_places_exchanged_are_noticed_though_all_are_zero(
    gold: Mapping[str, Annotation], one: str, other: str
) -> None:
    turned = relabelled(gold[PLAIN], {one: other, other: one})
    assert problems(turned, OGI) == ()
    found = "\n".join(map(str, remarks(turned, OGI)))
    assert "先后" in found


def test_every_sample_is_in_order(gold: Mapping[str, Annotation]) -> None:
    assert [remarks(annotation, OGI) for annotation in gold.values()] == [()] * len(gold)


@pytest.mark.parametrize(
    ("cell", "n"), [("active.licensing.decisions", 1), ("requests.new.natural", 0)]
)
def test_change_that_no_sum_asks_for_is_noticed(
    gold: Mapping[str, Annotation], cell: str, n: int
) -> None:
    """In a table with sums it breaks them, which is an error and needs no remark."""
    annotation = gold["001_b1bdd12971e75f97"]
    page = annotation.cells[cell]
    changed = replace(
        annotation,
        cells={**annotation.cells, cell: (page or 0) + 1},
        printed={**annotation.printed, cell: page},
    )
    assert [str(r).count("都成立") for r in remarks(changed, OGI)].count(1) == 1
    assert (problems(changed, OGI) != ()) is (n == 0)


def test_other_unit_is_no_change(gold: Mapping[str, Annotation]) -> None:
    annotation = gold[PLAIN]
    cell = "active.fees.amount"
    mention = next(m for m in annotation.mentions if m.cell == cell)
    start, end = mention.span
    text = f"{annotation.text[:start]}251000元{annotation.text[end:]}"
    moved = replace(mention, span=(start, start + 6), raw="251000")
    there = replace(
        annotation,
        text=text,
        mentions=(moved,),
        cells={**annotation.cells, cell: 25.1},
        printed={cell: 251000},
    )
    assert remarks(there, OGI) == ()
    other = replace(there, cells={**there.cells, cell: 25.2})
    assert [str(found).count("251000") for found in remarks(other, OGI)] == [1]


def test_numbers_of_a_text_leave_out_what_is_taken() -> None:
    text = "1,234件，2022.01.29 共 3.5万"
    found = [text[slice(*span)] for span in other_numbers(text, [(0, 5)])]
    assert found == ["2022", "01", "29", "3.5"]
    assert number_span("  ") == (0, 0)
