"""What labelling programs are given, and what comes back from them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.annotations import doccano, label_studio
from gouji.annotations.checks import problems
from gouji.annotations.drafts import Draft
from gouji.annotations.exchange import Details, finished, label_name
from gouji.annotations.regions import marked_of
from gouji.model.annotation import Annotation, CellMention
from gouji.model.errors import Corrupt
from tests.annotations.samples import CELLS, OGI, PROVENANCE, annotations

NOTHING = Details()


def through_label_studio(
    annotation: Annotation, edit: Callable[[list[Any]], None] = lambda result: None
) -> Annotation:
    """A draft that a person submits as it was predicted, but for the edit."""
    draft = Draft(annotation, {"requests.new.natural": 0.5}, ("看这里",), "m")
    task = json.loads(json.dumps(label_studio.task_of(draft, OGI)))
    result = task.pop("predictions")[0]["result"]
    edit(result)
    done = {"result": result, "completed_by": 1, "updated_at": "2024-02-01T00:00:00Z"}
    returned = label_studio.returned_of({**task, "annotations": [done]}, OGI, "任务 1")
    assert returned is not None
    return finished(returned, NOTHING, OGI, "任务 1")


def through_doccano(
    annotation: Annotation, edit: Callable[[list[Any]], None] = lambda labels: None
) -> Annotation:
    line = json.loads(json.dumps(doccano.line_of(Draft(annotation, {}), OGI)))
    edit(line["label"])
    return finished(doccano.returned_of(line, "行 1"), NOTHING, OGI, "行 1")


@settings(max_examples=50)
@given(annotations())
def test_label_studio_loses_nothing(annotation: Annotation) -> None:
    assert through_label_studio(annotation) == annotation


@settings(max_examples=50)
@given(annotations())
def test_doccano_loses_nothing(annotation: Annotation) -> None:
    assert through_doccano(annotation) == annotation


@settings(max_examples=50)
@given(annotations())
def test_annotation_is_handed_to_label_studio_as_annotation(annotation: Annotation) -> None:
    task = label_studio.task_of(Draft(annotation, {}), OGI)
    assert "predictions" not in task
    returned = label_studio.returned_of(json.loads(json.dumps(task)), OGI, "任务")
    assert returned is not None
    assert finished(returned, NOTHING, OGI, "任务") == annotation


def test_sample_with_wrong_spans_comes_back_as_it_was(gold: Mapping[str, Annotation]) -> None:
    annotation = gold["001_b1bdd12971e75f97"]
    first, *others = annotation.mentions
    *before, last = annotation.sections
    end = len(annotation.text)
    unsound = replace(
        annotation,
        mentions=(replace(first, span=(end, end + 3)), *others),
        sections=(*before, replace(last, span=(end - 2, end))),
    )
    assert through_label_studio(unsound) == unsound
    assert through_doccano(unsound) == unsound


UNIQUE = st.lists(st.characters(codec="utf-8"), unique=True, max_size=12).map("".join)


@settings(max_examples=50)
@given(annotations(UNIQUE.map(lambda text: "😀" + text.replace("😀", ""))))
def test_offsets_of_old_label_studio_are_understood(annotation: Annotation) -> None:
    """In UTF-16 units; where every character stands once, words tell the kinds apart."""

    def as_utf16(result: list[Any]) -> None:
        for value in (item["value"] for item in result):
            for end in ("start", "end"):
                before = annotation.text[: value[end]]
                value[end] = len(before.encode("utf-16-le", "surrogatepass")) // 2

    assert through_label_studio(annotation, as_utf16) == annotation


def test_offsets_of_two_kinds_in_one_task_are_understood(sound: Annotation) -> None:
    """Predictions in code points, and a region drawn in a front end that counts UTF-16 units."""
    text = "😀甲" + "乙丙丁"
    ours = replace(
        sound,
        text=text,
        cells={"requests.new.natural": None, "requests.new.total": None},
        printed={},
        mentions=(
            CellMention((1, 2), "requests.new.natural", "甲"),
            CellMention((4, 5), "requests.new.total", "丁"),
        ),
        fields={},
        sections=(),
    )

    def move(result: list[Any]) -> None:
        result[-1]["value"].update(start=5, end=6)

    assert through_label_studio(ours, move) == ours


@settings(max_examples=50)
@given(annotations())
def test_regions_are_told_in_code_points_with_their_words(annotation: Annotation) -> None:
    task = label_studio.task_of(Draft(annotation, {}), OGI)
    for item in task["annotations"][0]["result"]:
        start, end = item["value"]["start"], item["value"]["end"]
        assert start < end
        if item["type"] == "labels":
            assert annotation.text[start:end] == item["value"]["text"]


def test_line_breaks_in_words_are_as_label_studio_writes_them(
    gold: Mapping[str, Annotation],
) -> None:
    def escape(result: list[Any]) -> None:
        for item in result:
            if item["type"] == "labels":
                item["value"]["text"] = item["value"]["text"].replace("\n", "\\n")

    ours = gold["000_2151fe05aa8ee300"]
    assert any("\n" in ours.text[slice(*region.span)] for region in marked_of(ours).regions)
    assert through_label_studio(ours, escape) == ours


def test_words_that_stand_elsewhere_are_refused(sound: Annotation) -> None:
    def shift(result: list[Any]) -> None:
        result[0]["value"]["start"] += 1

    with pytest.raises(Corrupt, match="正文与导出时不同"):
        through_label_studio(sound, shift)


def exchanged(labels: Mapping[str, str]) -> Callable[[list[Any]], None]:
    """An edit that gives regions other labels, in either program."""

    def edit(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, list):
                item[2] = labels.get(label_name(item[2]), item[2])
            elif item["type"] == "labels":
                old = item["value"]["labels"][0]
                item["value"]["labels"] = [labels.get(old, old)]

    return edit


@pytest.mark.parametrize("through", [through_label_studio, through_doccano])
@settings(max_examples=12)
@given(seed=st.integers(0, 10**6))
def test_cells_exchanged_and_back_are_what_they_were(
    gold: Mapping[str, Annotation], through: Callable[..., Annotation], seed: int
) -> None:
    rng = Random(seed)
    annotation = gold[rng.choice(sorted(gold))]
    one, other = rng.sample(CELLS, 2)
    turn = exchanged({one: other, other: one})
    turned = through(annotation, turn)
    assert turned.cells[one] == annotation.cells[other]
    assert turned.cells[other] == annotation.cells[one]
    places = {mention.cell: mention.span for mention in annotation.mentions}
    assert {m.cell: m.span for m in turned.mentions} == {
        **places,
        one: places[other],
        other: places[one],
    }
    back = through(turned, turn)
    assert sorted(back.mentions, key=lambda m: m.span) == sorted(
        annotation.mentions, key=lambda m: m.span
    )
    assert replace(back, mentions=annotation.mentions) == annotation


def test_removed_label_makes_its_number_an_other_one(gold: Mapping[str, Annotation]) -> None:
    annotation = gold["002_9110b932e3d5ac2b"]
    mention = next(m for m in annotation.mentions if m.cell == "requests.new.natural")

    def remove(result: list[Any]) -> None:
        result[:] = [i for i in result if i["value"].get("labels") != [mention.cell]]

    changed = through_label_studio(annotation, remove)
    assert changed.cells[mention.cell] is None
    assert mention.cell not in changed.printed
    assert mention.span in changed.others
    assert [str(problem) for problem in problems(changed, OGI)] == []


def test_truth_beside_a_misprint_is_taken_up(gold: Mapping[str, Annotation]) -> None:
    annotation = gold["002_9110b932e3d5ac2b"]
    cell = "requests.new.natural"

    def write(result: list[Any]) -> None:
        item = next(i for i in result if i["value"].get("labels") == [cell])
        place = {end: item["value"][end] for end in ("start", "end")}
        value = {**place, "text": ["", "3"]}
        result.append({"id": item["id"], "from_name": "truth", "type": "textarea", "value": value})

    changed = through_label_studio(annotation, write)
    assert (changed.cells[cell], changed.printed[cell]) == (3, 2)
    assert through_label_studio(changed) == changed
    assert through_doccano(changed) == changed


@pytest.mark.parametrize("truth", [0.1 + 0.2, 123456.00000000001, 1e-07, 1e22, -3, 10**14])
def test_truth_of_any_length_comes_back(gold: Mapping[str, Annotation], truth: float) -> None:
    annotation = gold["002_9110b932e3d5ac2b"]
    cell = "requests.new.natural"
    there = replace(
        annotation, cells={**annotation.cells, cell: truth}, printed={cell: annotation.cells[cell]}
    )
    assert through_label_studio(there) == there
    assert through_doccano(there) == there


@pytest.mark.parametrize(("entry", "message"), [("三件", "应为一个数"), ("", None)])
def test_truth_that_is_no_number_is_refused(
    gold: Mapping[str, Annotation], entry: str, message: str | None
) -> None:
    annotation = gold["002_9110b932e3d5ac2b"]

    def write(result: list[Any]) -> None:
        value = {**result[-1]["value"], "text": entry}
        last = {"id": result[-1]["id"], "from_name": "truth", "type": "textarea"}
        result.append({**last, "value": value})

    def label_last(result: list[Any]) -> None:
        result[-1]["value"]["labels"] = ["requests.new.natural"]
        write(result)

    if message:
        with pytest.raises(Corrupt, match=message):
            through_label_studio(annotation, label_last)
    else:
        assert through_label_studio(annotation, write) == annotation


def test_new_places_of_fields_and_headings_are_read(gold: Mapping[str, Annotation]) -> None:
    annotation = gold["004_5aba0e603a8547b6"]
    start = annotation.text.index("2023")
    heading = next(s for s in annotation.sections if s.id == "disputes")

    def edit(labels: list[Any]) -> None:
        kept = [x for x in labels if label_name(x[2]) not in ("field:year", "section:disputes")]
        labels[:] = [*kept, [start, start + 4, "field:year"]]

    changed = through_doccano(annotation, edit)
    year = changed.fields["year"]
    assert year is not None
    assert (year.value, year.span) == (2023, (start, start + 4))
    assert "disputes" not in {section.id for section in changed.sections}
    before = next(s for s in changed.sections if s.span[0] < heading.span[0] < s.span[1])
    assert before.span[1] == heading.span[1]
    assert changed.sections[-1].span[1] == len(annotation.text)


def test_cell_of_another_revision_changes_the_revision(gold: Mapping[str, Annotation]) -> None:
    variants = OGI.variants["active"]
    old, new = (set(variants[name].cell) for name in ("2019", "2021"))
    annotation = gold["001_b1bdd12971e75f97"]
    swap = dict(zip(sorted(new - old), sorted(old - new), strict=False))
    gone = new - old - swap.keys()

    def edit(labels: list[Any]) -> None:
        exchanged(swap)(labels)
        labels[:] = [label for label in labels if label_name(label[2]) not in gone]

    changed = through_doccano(annotation, edit)
    assert changed.variants["active"] == "2019"
    assert {cell for cell in changed.cells if cell.startswith("active.")} == old


def test_unit_beside_a_number_is_reckoned_with() -> None:
    text = "收费 251000元"
    cell = "active.fees.amount"
    cells = dict.fromkeys(CELLS)
    bare = CellMention((0, 2), "requests.new.natural", "收费")
    annotation = Annotation(
        "a", "a", "0" * 64, "0" * 64, text,
        {"active": "2021", "requests": "2021", "disputes": "2019"},
        cells, {}, (bare,), ((3, 9),), {}, (), PROVENANCE,
    )  # fmt: skip
    changed = through_doccano(annotation, lambda labels: labels.append([3, 9, cell]))
    assert (changed.cells[cell], changed.printed[cell]) == (25.1, 251000)


def test_unknown_label_is_named(gold: Mapping[str, Annotation]) -> None:
    annotation = gold["001_b1bdd12971e75f97"]
    with pytest.raises(Corrupt, match=r"没有标签 requests\.new\.alien"):
        through_doccano(annotation, exchanged({"requests.new.natural": "requests.new.alien"}))
