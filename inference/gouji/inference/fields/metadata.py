"""Metadata: labelled values around a report: the table of a page's head, the lines of its foot.

A value stands behind its label and a colon, in the next cell, or in the line below. What a label
is called differs from site to site; what ends a value is the next label.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gouji.inference.fields.views import lines_of
from gouji.model.findings import Span
from gouji.model.folding import fold

LABELS: dict[str, tuple[str, ...]] = {
    "title": ("标题", "名称", "题名", "信息名称", "文件名称", "信息标题"),
    "agency": (
        *("发布机构", "发布单位", "发布部门", "公开机构", "公开主体", "公开单位", "公开部门"),
        *("发文机关", "发文单位", "发文机构", "制发机关", "制发单位", "编制单位", "责任部门"),
        *("来源", "信息来源", "资料来源", "文章来源", "稿源", "信息提供", "供稿单位"),
    ),
    "published": ("发布日期", "发布时间", "公开日期", "公开时间", "公布日期", "公布时间"),
    "written": ("发文日期", "成文日期", "生成日期", "印发日期", "发文时间", "成文时间"),
    "date": ("日期", "时间", "更新时间", "更新日期"),
    "index_number": ("索引号", "信息索引号", "信息索引", "索引码"),
    "document_number": ("文号", "发文字号", "文件编号", "发文文号", "发布文号", "文件号"),
    "": (
        *("主题分类", "主题词", "关键词", "有效性", "体裁分类", "组配分类", "公开范围", "公开形式"),
        *("公开方式", "公开类别", "公开责任部门", "信息类别", "信息分类", "服务对象", "内容概述"),
        *("生效日期", "废止日期", "失效日期", "实施日期", "时效", "语种", "载体类型", "公开属性"),
        *("浏览次数", "浏览量", "浏览", "阅读次数", "阅读量", "点击数", "点击量", "点击", "访问量"),
        *(
            "字体",
            "字号",
            "打印",
            "保存",
            "分享",
            "分享到",
            "作者",
            "编辑",
            "责任编辑",
            "审核",
            "统计时间",
        ),
    ),
}
"""Labels by what they announce; those under "" only end the value before them."""

_KIND = {label: kind for kind, labels in LABELS.items() for label in labels}
_LONGEST_FIRST = sorted(_KIND, key=len, reverse=True)
_CELL_ENDS = "\t|｜"
_COLONS = ":：︰"
_BEFORE_LABEL = "[【(（<《>*#·•-"


@dataclass(frozen=True, slots=True)
class Entry:
    """A labelled value; `below` if it was taken from the line under its label."""

    kind: str
    span: Span
    below: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in a line: what it announces, where it begins, where its value may begin."""

    kind: str
    start: int
    end: int


def _trimmed(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and (text[start].isspace() or not text[start].isprintable()):
        start += 1
    while start < end and (text[end - 1].isspace() or not text[end - 1].isprintable()):
        end -= 1
    return (start, end) if start < end else None


def _label_before(text: str, start: int, colon: int) -> _Label | None:
    """The label that ends at a colon: a known one, or any short word after a blank."""
    folded = fold(text, start, colon)
    for label in _LONGEST_FIRST:
        if folded.text.endswith(label):
            first = folded.origin[len(folded.text) - len(label)]
            before = text[first - 1] if first > start else " "
            if before.isspace() or before in _BEFORE_LABEL:
                return _Label(_KIND[label], first, colon + 1)
    blank = max((i for i in range(start, colon) if text[i].isspace()), default=start - 1)
    word = text[blank + 1 : colon]
    if 2 <= len(word) <= 8 and all(c.isalpha() for c in word):
        return _Label("", blank + 1, colon + 1)
    return None


def _label_alone(text: str, cell: Span) -> _Label | None:
    """The label that a cell without colon is, or begins with before a blank."""
    folded = fold(text, *cell)
    for label in _LONGEST_FIRST:
        if folded.text.startswith(label):
            end = folded.origin[len(label) - 1] + 1
            while end < cell[1] and text[end] in "】]":
                end += 1
            if end == cell[1] or text[end].isspace() or text[end - 1] in "】]":
                return _Label(_KIND[label], cell[0], end)
    return None


def _labels_in(text: str, cell: Span) -> list[_Label]:
    start, end = cell
    labels: list[_Label] = []
    for colon in (i for i in range(start, end) if text[i] in _COLONS):
        if label := _label_before(text, labels[-1].end if labels else start, colon):
            labels.append(label)
    first = labels[0].start if labels else end
    if alone := _label_alone(text, _trimmed(text, (start, first)) or (start, start)):
        labels.insert(0, alone)
    return labels


def _opens_label(text: str, index: int, start: int) -> bool:
    """Whether a bracket opens a label such as 【文号】, and not a year as in 〔2023〕."""
    return text[index] == "【" and index > start and not text[index + 1 : index + 2].isdigit()


def _cells_of(text: str, line: Span) -> list[Span]:
    cells: list[Span] = []
    start, end = line
    for index in range(start, end):
        if text[index] in _CELL_ENDS or _opens_label(text, index, start):
            cells.append((start, index))
            start = index + (text[index] in _CELL_ENDS)
    cells.append((start, end))
    return cells


def _entries_in(text: str, line: Span, below: Span | None) -> Iterator[Entry]:
    cells = _cells_of(text, line)
    for number, cell in enumerate(cells):
        labels = _labels_in(text, cell)
        ends = [label.start for label in labels[1:]] + [cell[1]] if labels else []
        for label, end in zip(labels, ends, strict=True):
            value = _trimmed(text, (label.end, end))
            if value:
                yield Entry(label.kind, value)
            elif end == cell[1]:
                yield from _beyond(text, label.kind, cells[number + 1 :], below)


def _beyond(text: str, kind: str, cells: Sequence[Span], below: Span | None) -> Iterator[Entry]:
    """The value in the next cell of the line, or in the line below where the line ends."""
    following = _trimmed(text, cells[0]) if cells else None
    if following and not _labels_in(text, following):
        yield Entry(kind, following)
    elif not any(_trimmed(text, cell) for cell in cells) and below:
        first = _trimmed(text, _cells_of(text, below)[0])
        if first and not _labels_in(text, first):
            yield Entry(kind, first, below=True)


def find_metadata(text: str, spans: Iterable[Span]) -> tuple[Entry, ...]:
    """Every labelled value in text[spans], in reading order; empty values are left out."""
    entries: list[Entry] = []
    for span in spans:
        lines = list(lines_of(text, span))
        for number, line in enumerate(lines):
            below = lines[number + 1] if number + 1 < len(lines) else None
            entries.extend(entry for entry in _entries_in(text, line, below) if entry.kind)
    return tuple(entries)
