"""What is read of the exports of labelling programs, what is refused, and what they are offered."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from gouji.annotations import doccano, label_studio
from gouji.annotations.drafts import Draft
from gouji.annotations.exchange import Details, Returned, finished, label_name, offered_labels
from gouji.annotations.regions import labels_of, marked_of
from gouji.model.annotation import Annotation
from gouji.model.errors import ConfigError, Corrupt
from tests.annotations.samples import OGI, small_form

NOTHING = Details()


def test_latest_annotation_counts_and_cancelled_ones_do_not(sound: Annotation) -> None:
    task = label_studio.task_of(Draft(sound, {}), OGI)
    result = task["annotations"][0]["result"]
    by = {"email": "b@example.org"}
    task["annotations"] = [
        {"result": [], "updated_at": "2024-01-01"},
        {"result": result, "updated_at": "2024-01-03T08:00:00Z", "completed_by": by},
        {"result": [], "updated_at": "2024-01-04", "was_cancelled": True},
    ]
    returned = label_studio.returned_of(task, OGI, "任务")
    assert returned is not None
    assert (returned.annotator, returned.date) == ("b@example.org", "2024-01-03")
    assert len(returned.marked.regions) == len(result) - len(returned.marked.values)


@pytest.mark.parametrize("annotations", [[], [{"result": [], "was_cancelled": True}]])
def test_task_that_nobody_labelled_gives_nothing(sound: Annotation, annotations: list[Any]) -> None:
    task = {**label_studio.task_of(Draft(sound, {}), OGI), "annotations": annotations}
    assert label_studio.returned_of(task, OGI, "任务") is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"text": "a"}, "没有 gouji 一项"),
        ({"text": "a", "gouji": "{"}, "已损坏"),
        ({"text": "a", "gouji": "[]"}, "已损坏"),
    ],
)
def test_line_of_something_else_is_refused(line: Any, message: str) -> None:
    with pytest.raises(Corrupt, match=message):
        doccano.returned_of(line, "行 1")


def test_file_of_something_else_is_refused() -> None:
    with pytest.raises(Corrupt, match="不是 doccano 的导出文件"):
        doccano.line_in([], "a.jsonl")
    others: tuple[Any, ...] = ({}, [1], [{"id": 1, "text": "JSON-MIN"}])
    for data in others:
        with pytest.raises(Corrupt, match="JSON 格式导出"):
            label_studio.tasks_in(data, "a.json")


@pytest.mark.parametrize(
    "change",
    [
        {"data": []},
        {"data": {}},
        {"annotations": [3]},
        {"annotations": [{}]},
        {"annotations": [{"result": [3]}]},
        {"annotations": [{"result": [{"type": "labels"}]}]},
        {"annotations": [{"result": [{"type": "labels", "value": {"start": 1}}]}]},
        {"annotations": [{"result": [{"type": "labels", "value": {"start": [], "end": []}}]}]},
    ],
)
def test_malformed_task_is_refused(sound: Annotation, change: dict[str, Any]) -> None:
    task = {**label_studio.task_of(Draft(sound, {}), OGI), **change}
    with pytest.raises(Corrupt, match="任务 1"):
        label_studio.returned_of(task, OGI, "任务 1")


@pytest.mark.parametrize("label", [[1], ["a", 1, "x"], {"start": 1}, [0, 99, "field:year"]])
def test_malformed_label_is_refused(sound: Annotation, label: Any) -> None:
    line = doccano.line_of(Draft(sound, {}), OGI)
    with pytest.raises(Corrupt, match="行 1"):
        doccano.returned_of({**line, "label": [label]}, "行 1")


def test_entities_of_doccano_with_relations_are_read(sound: Annotation) -> None:
    line = doccano.line_of(Draft(sound, {}), OGI)
    line["entities"] = [
        {"id": n, "start_offset": start, "end_offset": end, "label": label}
        for n, (start, end, label) in enumerate(line.pop("label"))
    ]
    assert doccano.returned_of(line, "行").marked == marked_of(sound)


@pytest.mark.parametrize(
    ("said", "known", "annotator"),
    [("甲", "", "甲"), ("甲", "b@example.org", "甲"), ("", "b@example.org", "b@example.org")],
)
def test_annotator_is_who_the_person_says_or_the_program_knows(
    sound: Annotation, said: str, known: str, annotator: str
) -> None:
    blank = replace(sound.provenance, annotator="", date="", layout="", agency="")
    draft = replace(sound, provenance=blank)
    returned = Returned(draft, marked_of(draft), known, "2024-03-01" if known else "")
    details = Details(annotator=said, today="2024-04-01")
    provenance = finished(returned, details, small_form(), "x").provenance
    assert provenance.annotator == annotator
    assert provenance.date == ("2024-03-01" if known else "2024-04-01")
    assert (provenance.layout, provenance.agency) == ("未归类", "未注明")


@pytest.mark.parametrize(
    ("missing", "option"), [("annotator", "--annotator"), ("licence", "--lic")]
)
def test_what_nobody_says_is_asked_for(sound: Annotation, missing: str, option: str) -> None:
    draft = replace(sound, provenance=replace(sound.provenance, **{missing: ""}))
    with pytest.raises(ConfigError, match=option):
        finished(Returned(draft, marked_of(draft)), NOTHING, small_form(), "x")


def test_labelling_config_offers_every_label_once() -> None:
    view = ElementTree.fromstring(label_studio.labelling_config(OGI))
    offered = [label.get("alias") for label in view.iter("Label")]
    assert offered == list(labels_of(OGI))
    assert len(set(offered)) == len(offered)
    names = {tag.get("name") for tag in view.iter() if tag.get("name")}
    assert {"label", "text", "truth"} <= names
    assert all(tag.get("toName") in (None, "text", "label") for tag in view.iter())


def test_label_types_of_doccano_fit_its_limits() -> None:
    types = doccano.label_types(OGI)
    assert [label_name(one["text"]) for one in types] == list(labels_of(OGI))
    assert max(len(one["text"]) for one in types) <= 100
    assert {one["text"] for one in types} == {label.shown for label in offered_labels(OGI)}
