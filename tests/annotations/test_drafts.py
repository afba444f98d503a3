"""Drafts of reports, and corrected cells found in the text."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gouji.annotations.checks import problems
from gouji.annotations.drafts import draft_of
from gouji.annotations.page_numbers import other_numbers
from gouji.annotations.relocating import relocated
from gouji.inference import Extractor, Limits, Settings, read
from gouji.inference.readers import read_bytes
from gouji.model.annotation import Annotation
from gouji.model.mention import Number
from gouji.model.report import Report
from tests.annotations.samples import OGI, SEEDS

NEW = "requests.new"
SAMPLE = "002_9110b932e3d5ac2b"


@pytest.fixture(scope="module")
def extract() -> Extractor:
    return Extractor(OGI, Settings(), "rules")


@pytest.mark.parametrize("name", [path.stem for path in SEEDS])
def test_draft_of_a_report_read_well_is_its_annotation(
    extract: Extractor, gold: Mapping[str, Annotation], name: str
) -> None:
    path = next(path for path in SEEDS if path.stem == name)
    document = read(path, path.name, Limits())
    (report,) = extract(document)
    draft = draft_of(document, report, OGI)
    expected = gold[name]
    assert draft.annotation.others == tuple(sorted(expected.others))
    same = replace(draft.annotation, others=expected.others, provenance=expected.provenance)
    assert same == expected
    assert draft.doubts == ()
    assert draft.confidences["requests.new.natural"] > 0.9
    assert draft.annotation.provenance.agency == expected.provenance.agency
    assert draft.annotation.provenance.annotator == ""


def damaged(gold: Mapping[str, Annotation], number: str) -> bytes:
    """A sample in which another number stands for the new applications of natural persons."""
    annotation = gold[SAMPLE]
    start, end = next(m.span for m in annotation.mentions if m.cell == f"{NEW}.natural")
    return f"{annotation.text[:start]}{number}{annotation.text[end:]}".encode()


def read_report(extract: Extractor, data: bytes) -> tuple[Report, Annotation, tuple[str, ...]]:
    document = read_bytes(data, "a.txt", Limits())
    (report,) = extract(document)
    draft = draft_of(document, report, OGI)
    return report, draft.annotation, draft.doubts


def test_flagged_cells_are_told_with_what_stands_there(
    extract: Extractor, gold: Mapping[str, Annotation]
) -> None:
    report, annotation, doubts = read_report(extract, damaged(gold, "7"))
    flagged = [cell.id for cell in report.cells.values() if cell.review]
    assert flagged
    assert len(doubts) == len(flagged)
    assert any("新收" in doubt and "原文“7”" in doubt for doubt in doubts)
    assert annotation.printed[f"{NEW}.natural"] == 7


def test_second_report_of_a_file_tiles_the_whole_text(
    extract: Extractor, gold: Mapping[str, Annotation]
) -> None:
    texts = [gold[name].text for name in (SAMPLE, "001_b1bdd12971e75f97")]
    document = read_bytes("\n\n".join(texts).encode(), "two.txt", Limits())
    reports = extract(document)
    drafts = [draft_of(document, report, OGI).annotation for report in reports]
    assert [draft.id for draft in drafts] == ["two", "two#2"]
    assert [problems(draft, OGI) for draft in drafts] == [(), ()]


def misread(annotation: Annotation, places: Mapping[str, str]) -> Annotation:
    """The sample as it would be if the numbers of cells had been taken for those of others."""
    at = {mention.cell: mention for mention in annotation.mentions}
    mentions = tuple(
        replace(at[places[m.cell]], cell=m.cell) if m.cell in places else m
        for m in annotation.mentions
        if places.get(m.cell, m.cell) in at
    )
    spans = [mention.span for mention in mentions]
    return replace(
        annotation, mentions=mentions, others=tuple(other_numbers(annotation.text, spans))
    )


def numbered(annotation: Annotation) -> Annotation:
    """The sample with the numbers 1 to 7 in the row of new applications; sums aside."""
    row = [m for m in annotation.mentions if m.cell.startswith(f"{NEW}.")]
    text = annotation.text
    for number, mention in enumerate(row, start=1):
        text = f"{text[: mention.span[0]]}{number}{text[mention.span[1] :]}"
    raws = {m.cell: str(number) for number, m in enumerate(row, start=1)}
    mentions = tuple(replace(m, raw=raws.get(m.cell, m.raw)) for m in annotation.mentions)
    cells: dict[str, Number | None] = {
        **annotation.cells,
        **{cell: int(raw) for cell, raw in raws.items()},
    }
    return replace(annotation, text=text, mentions=mentions, cells=cells)


@pytest.mark.parametrize(
    "places",
    [
        {f"{NEW}.natural": f"{NEW}.business", f"{NEW}.business": f"{NEW}.natural"},
        {f"{NEW}.natural": "", f"{NEW}.business": f"{NEW}.natural"},
        {f"{NEW}.total": ""},
    ],
    ids=["exchanged", "pushed on", "not found"],
)
def test_corrected_cells_are_found_in_their_line(
    gold: Mapping[str, Annotation], places: Mapping[str, str]
) -> None:
    annotation = numbered(gold[SAMPLE])
    wrong = misread(annotation, places)
    assert wrong.mentions != annotation.mentions
    found = relocated(wrong, {cell: annotation.cells[cell] for cell in places}, OGI)
    assert found.mentions == annotation.mentions
    assert found.printed == {}
    assert found.others == tuple(sorted(annotation.others))


def test_number_that_stands_nowhere_is_a_misprint(gold: Mapping[str, Annotation]) -> None:
    cell = f"{NEW}.natural"
    annotation = numbered(gold[SAMPLE])
    truth = replace(annotation, cells={**annotation.cells, cell: 99})
    found = relocated(truth, {cell: 99}, OGI)
    assert found.mentions == annotation.mentions
    assert found.printed == {cell: 1}


def test_number_that_two_places_show_is_not_guessed(gold: Mapping[str, Annotation]) -> None:
    cell = f"{NEW}.natural"
    annotation = numbered(gold[SAMPLE])
    doubled = annotation.text.replace("2", "3", 1) if "2" in annotation.text else annotation.text
    assert doubled != annotation.text
    wrong = misread(annotation, {cell: "", f"{NEW}.research": ""})
    business = next(m for m in annotation.mentions if m.cell == f"{NEW}.business")
    start, end = business.span
    text = f"{annotation.text[:start]}3{annotation.text[end:]}"
    without = tuple(m for m in wrong.mentions if m.cell != business.cell)
    unsure = replace(wrong, text=text, mentions=without, cells={**wrong.cells, cell: 3})
    found = relocated(unsure, {cell: 3}, OGI)
    assert cell not in {mention.cell for mention in found.mentions}
    assert found.printed[cell] is None


def test_cell_said_to_be_empty_gives_its_number_back(gold: Mapping[str, Annotation]) -> None:
    cell = f"{NEW}.natural"
    annotation = numbered(gold[SAMPLE])
    span = next(m.span for m in annotation.mentions if m.cell == cell)
    empty = replace(annotation, cells={**annotation.cells, cell: None})
    found = relocated(empty, {cell: None}, OGI)
    assert cell not in {mention.cell for mention in found.mentions}
    assert span in found.others
    assert found.printed == {}
