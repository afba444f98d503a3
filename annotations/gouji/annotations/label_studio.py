"""Label Studio: samples as tasks with predictions, its labelling config, and its JSON export.

Offsets of a text count code points, as in Python, since Label Studio 1.5 (its front end turned to
them in 2022); before, they counted UTF-16 units. A region brings its words, which tell the two
apart. Regions are never empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from xml.etree import ElementTree

from gouji.annotations.drafts import Draft
from gouji.annotations.exchange import (
    TICKET,
    Returned,
    annotation_of,
    label_name,
    offered_labels,
    stated_value,
    ticket_of,
)
from gouji.annotations.regions import Marked, Region, Value, marked_of
from gouji.model.errors import Corrupt
from gouji.model.findings import Span
from gouji.model.form import Form
from gouji.model.jsonl import Json

_LABELS, _TRUTH, _TEXT = "label", "truth", "text"
_NO_DOUBTS = "没有存疑的单元格"
_GUIDE = (
    "选中正文中的数，再选它的单元格；章节标题和字段同样。只改不对的。"
    "原文印错的数（与合计对不上），在右侧“真值”中填对得上的数。"
)


def task_of(draft: Draft, form: Form) -> Json:
    """A sample as a task: a draft with predictions, what a person made with an annotation."""
    annotation = draft.annotation
    marked = marked_of(annotation)
    result = [
        item
        for number, region in enumerate(marked.regions)
        for item in _result(number, region, marked.values, draft)
    ]
    data = {
        _TEXT: annotation.text,
        "title": annotation.id,
        "doubts": "\n".join(draft.doubts) or _NO_DOUBTS,
        TICKET: ticket_of(annotation),
    }
    if not draft.confidences:
        return {"data": data, "annotations": [{"result": result}]}
    scores = [item["score"] for item in result if "score" in item]
    score = min(scores, default=0.0)
    prediction = {"model_version": draft.model, "score": score, "result": result}
    return {"data": data, "predictions": [prediction]}


def _result(
    number: int, region: Region, values: Mapping[str, Value], draft: Draft
) -> Iterator[dict[str, Json]]:
    """A region as Label Studio has it, and the truth beside it where the page shows another."""
    start, end = region.span
    words = draft.annotation.text[start:end]
    place = {"start": start, "end": end}
    common = {"id": f"r{number}", "to_name": _TEXT}
    item: dict[str, Json] = {
        **common,
        "from_name": _LABELS,
        "type": "labels",
        "value": {**place, "text": words, "labels": [region.label]},
    }
    if region.label in draft.confidences:
        item["score"] = draft.confidences[region.label]
    yield item
    if region.label in values:
        truth = {**place, "text": [str(values[region.label])]}
        yield {**common, "from_name": _TRUTH, "type": "textarea", "value": truth}


def labelling_config(form: Form) -> str:
    """The XML of the labelling interface for a form."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Header", value=_GUIDE)
    columns = ElementTree.SubElement(view, "View", style="display: flex; gap: 1em")
    offer = ElementTree.SubElement(columns, "View", style="flex: 30%; position: sticky; top: 0")
    ElementTree.SubElement(
        offer, "Filter", toName=_LABELS, minlength="0", placeholder="按编号或行列标题查找"
    )
    labels = ElementTree.SubElement(offer, "Labels", name=_LABELS, toName=_TEXT, showInline="false")
    for label in offered_labels(form):
        ElementTree.SubElement(
            labels, "Label", value=label.shown, alias=label.name, background=label.colour
        )
    page = ElementTree.SubElement(columns, "View", style="flex: 70%")
    ElementTree.SubElement(page, "Text", name="doubts", value="$doubts", selectionEnabled="false")
    ElementTree.SubElement(
        page, "Text", name=_TEXT, value=f"${_TEXT}", granularity="symbol", showLabels="false"
    )
    ElementTree.SubElement(
        page,
        "TextArea",
        name=_TRUTH,
        toName=_TEXT,
        perRegion="true",
        maxSubmissions="1",
        editable="true",
        placeholder="真值（只在原文印错，或字段读不出时填）",
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def tasks_in(data: Json, name: str) -> Sequence[Json]:
    """The tasks of a JSON export.

    Raises:
        Corrupt: it is no list of tasks.
    """
    if not isinstance(data, list) or not all(isinstance(task, dict) for task in data):
        raise Corrupt(f"{name}：不是 Label Studio 的导出文件；请在其中以 JSON 格式导出")
    if any("data" not in task for task in data):
        raise Corrupt(f"{name}：缺少 data；请以 JSON 格式导出，不要用 JSON-MIN")
    return data


def returned_of(task: Json, form: Form, place: str) -> Returned | None:
    """A task as a person left it; None if nobody has labelled it.

    Of several annotations the one changed last counts; cancelled ones do not.

    Raises:
        Corrupt: the task is malformed.
    """
    data = task["data"] if isinstance(task["data"], dict) else {}
    annotation = annotation_of(data.get(TICKET), data.get(_TEXT), place)
    try:
        made = [one for one in task.get("annotations") or () if not one.get("was_cancelled")]
        if not made:
            return None
        latest = max(made, key=_changed)
        marked = _marked(latest["result"], annotation.text, form, place)
    except (KeyError, TypeError, AttributeError) as error:
        raise Corrupt(f"{place}：标注结果的写法有误（{error!r}）") from error
    by = latest.get("completed_by")
    annotator = str(by.get("email", "")) if isinstance(by, dict) else ""
    return Returned(annotation, marked, annotator, _changed(latest)[:10])


def _changed(made: Mapping[str, Json]) -> str:
    """When an annotation was changed last, as ISO 8601; empty if it does not say."""
    return str(made.get("updated_at") or made.get("created_at") or "")


def _marked(result: Iterable[Json], text: str, form: Form, place: str) -> Marked:
    labelled = [item for item in result if item.get("type") == "labels"]
    spans = _spans([item["value"] for item in labelled], text, place)
    names: dict[str, str] = {}
    regions = []
    for item, span in zip(labelled, spans, strict=True):
        for shown in item["value"].get("labels") or ():
            names[item["id"]] = label_name(shown)
            regions.append(Region(span, label_name(shown)))
    values: dict[str, Value] = {}
    for item in (i for i in result if i.get("from_name") == _TRUTH and i["id"] in names):
        entries = item["value"]["text"]
        entry = entries if isinstance(entries, str) else "".join(entries[-1:])
        if entry.strip():
            values[names[item["id"]]] = stated_value(names[item["id"]], entry, form, place)
    return Marked(tuple(regions), values)


def _spans(values: Sequence[Mapping[str, Json]], text: str, place: str) -> list[Span]:
    """The places of regions in code points.

    If the words of all regions stand where they should in one kind of offsets, it is meant for all;
    else each region counts in the kind in which its words do.

    Raises:
        Corrupt: the words of a region stand in neither.
    """
    at = _utf16_offsets(text)
    told: list[Span] = [(value["start"], value["end"]) for value in values]
    in_units: list[Span] = [(at.get(start, -1), at.get(end, -1)) for start, end in told]
    words = [value.get("text") for value in values]
    for spans in (told, in_units):
        if all(map(_stands, words, spans, repeat(text))):
            return spans
    found: list[Span] = []
    for kinds, wanted in zip(zip(told, in_units, strict=True), words, strict=True):
        standing = [span for span in kinds if _stands(wanted, span, text)]
        if not standing:
            raise Corrupt(f"{place}：位置 {list(kinds[0])} 处不是 {wanted!r}；正文与导出时不同")
        found.append(standing[0])
    return found


def _stands(words: Json, span: Span, text: str) -> bool:
    """Whether the words of a region, if it brings any, stand in a place; white space aside."""
    if not all(isinstance(end, int) for end in span) or not 0 <= span[0] <= span[1] <= len(text):
        return False
    return not isinstance(words, str) or _bare(words) == _bare(text[slice(*span)])


def _bare(words: str) -> str:
    """The words without white space; Label Studio writes a line break as a backslash and n."""
    return "".join(words.replace("\\n", "").split())


def _utf16_offsets(text: str) -> dict[int, int]:
    """Code points by UTF-16 units, at every boundary between characters."""
    offsets, units = {}, 0
    for index, char in enumerate(text):
        offsets[units] = index
        units += 2 if ord(char) > 0xFFFF else 1
    return {**offsets, units: len(text)}
