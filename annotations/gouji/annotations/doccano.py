"""doccano: samples as lines of JSON for sequence labelling, and its export of them.

Offsets count code points, as long as the project does not count grapheme clusters as one character.
doccano knows labels alone: a truth that is not printed can't be written beside a region.
"""

from gouji.annotations.drafts import Draft
from gouji.annotations.exchange import (
    TICKET,
    Returned,
    annotation_of,
    label_name,
    offered_labels,
    ticket_of,
)
from gouji.annotations.regions import Marked, Region, marked_of
from gouji.model.errors import Corrupt
from gouji.model.form import Form
from gouji.model.jsonl import Json


def line_of(draft: Draft, form: Form) -> Json:
    """A sample as a line of doccano's JSONL."""
    shown = {label.name: label.shown for label in offered_labels(form)}
    regions = marked_of(draft.annotation).regions
    return {
        "text": draft.annotation.text,
        "label": [[*region.span, shown.get(region.label, region.label)] for region in regions],
        TICKET: ticket_of(draft.annotation),
    }


def label_types(form: Form) -> Json:
    """The labels of a form as doccano imports them (项目 → 标签 → 导入)."""
    return [
        {"text": label.shown, "background_color": label.colour, "text_color": "#ffffff"}
        for label in offered_labels(form)
    ]


def line_in(data: Json, name: str) -> Json:
    """A line of an export.

    Raises:
        Corrupt: it is none.
    """
    if not isinstance(data, dict):
        raise Corrupt(f"{name}：不是 doccano 的导出文件；请以 JSONL 格式导出")
    return data


def returned_of(line: Json, place: str) -> Returned:
    """A line of an export as a person left it.

    Raises:
        Corrupt: the line is malformed.
    """
    annotation = annotation_of(line.get(TICKET), line.get("text"), place)
    found: Json = line.get("label", line.get("entities", []))
    try:
        regions = tuple(map(_region, found))
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt(f"{place}：label 的写法有误（{error!r}）") from error
    if any(not 0 <= r.span[0] <= r.span[1] <= len(annotation.text) for r in regions):
        raise Corrupt(f"{place}：有位置超出正文；项目不可选“把字素簇算作一个字符”")
    before = marked_of(annotation)
    untouched = {region.label for region in set(before.regions).intersection(regions)}
    values = {label: value for label, value in before.values.items() if label in untouched}
    return Returned(annotation, Marked(regions, values))


def _region(label: Json) -> Region:
    if isinstance(label, dict):
        start, end, shown = label["start_offset"], label["end_offset"], label["label"]
    else:
        start, end, shown = label
    return Region((int(start), int(end)), label_name(shown))
