"""The five sample reports as the real command reads them, against the gold read by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from gouji.annotations.corpus import read_annotations
from gouji.model.annotation import Annotation

GOLD = read_annotations(Path(__file__).parent.parent / "annotations" / "gold" / "test.jsonl")

each_seed = pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold.id)


def extracted(folder: Path, gold: Annotation) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / f"{gold.source}.json").read_text("utf-8"))
    return report


def test_all_seeds_have_gold(root: Path) -> None:
    assert sorted(g.source for g in GOLD) == sorted(p.name for p in root.glob("seeds/*.txt"))
    assert sum(len(gold.cells) for gold in GOLD) == 1000


@each_seed
def test_every_cell_is_right_and_the_report_accepted(
    extracted_seeds: Path, gold: Annotation
) -> None:
    report = extracted(extracted_seeds, gold)
    assert {id: cell["value"] for id, cell in report["cells"].items()} == dict(gold.cells)
    assert not any(cell["review"] for cell in report["cells"].values())
    assert report["verdict"] == "accepted"


@each_seed
def test_every_cell_points_at_its_own_number(extracted_seeds: Path, gold: Annotation) -> None:
    cells = extracted(extracted_seeds, gold)["cells"]
    assert {id: tuple(cell["span"]) for id, cell in cells.items()} == {
        mention.cell: mention.span for mention in gold.mentions
    }


@each_seed
def test_no_number_of_the_prose_is_taken_for_a_cell(
    extracted_seeds: Path, gold: Annotation
) -> None:
    spans = [cell["span"] for cell in extracted(extracted_seeds, gold)["cells"].values()]
    assert gold.others
    assert not [
        other for other in gold.others for s in spans if s[0] < other[1] and other[0] < s[1]
    ]


@each_seed
def test_every_field_and_section_is_right(extracted_seeds: Path, gold: Annotation) -> None:
    report = extracted(extracted_seeds, gold)
    assert {id: field["value"] for id, field in report["fields"].items()} == {
        id: label.value if label else None for id, label in gold.fields.items()
    }
    assert [(s["id"], s["heading"], tuple(s["span"])) for s in report["sections"]] == [
        (section.id, section.heading, section.span) for section in gold.sections
    ]
