"""The worst reports: their texts with the cells that are wrong or flagged marked in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.figures import UNDEFINED, paragraphs
from gouji.inference.evaluation_page.marking import Mark, Span, marked_text
from gouji.inference.evaluation_page.markup import Html, joined, table, tag
from gouji.inference.evaluation_page.names import Names
from gouji.inference.evidence import badness
from gouji.inference.scoring import Judged, entry

_KINDS = (("silent", "错而未标"), ("wrong", "错，已标记核对"), ("flagged", "对，但标记核对"))
"""Class and meaning of a mark, by its rank."""

_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class _Notable:
    """A cell that is wrong or flagged: what was given, and what is true."""

    cell: str
    rank: int
    given: Mapping[str, Any]
    want: object
    shown: object

    @property
    def span(self) -> Span | None:
        """Its place in the text, if the report gives one."""
        span = self.given.get("span")
        if not isinstance(span, list | tuple) or len(span) != len(("start", "stop")):
            return None
        whole = all(isinstance(end, int) and not isinstance(end, bool) for end in span)
        return (span[0], span[1]) if whole else None


def worst(contents: Contents, names: Names) -> Html:
    """The worst reports one after the other, the worst first."""
    reports = contents.detail.evidence.worst
    if not reports:
        return paragraphs(["没有错的单元格，也没有标记核对的单元格。"])
    legend = (tag("mark", meaning, class_=class_) for class_, meaning in _KINDS)
    notes = paragraphs(
        [
            "先按错而未标的格数，再按错的格数，再按标记核对的格数排列，至多 10 份；长文只留标记处"
            "前后，空行不显示。鼠标停在标记上可见单元格、所给值、真值和状态；同样的内容列在文后的表里。"
        ]
    )
    return joined((notes, tag("p", *legend, class_="legend"), *(
        _report(judged, contents, names) for judged in reports
    )))  # fmt: skip


def _report(judged: Judged, contents: Contents, names: Names) -> Html:
    silent, wrong, flagged = badness(judged)
    name = judged.gold.name
    parts = [tag("h3", name)]
    verdict = (judged.report or {}).get("verdict", "没有读出")
    counts = f"错而未标 {silent}，错 {wrong}，标记核对 {flagged}（共 {judged.whole['cells']} 格）"
    parts.append(tag("p", f"{counts}；结论 (verdict) {verdict}"))
    reason = contents.failures.get(name) or (judged.report or {}).get("reason")
    if reason:
        parts.append(tag("p", f"原因：{reason}", class_="reason"))
    notable = _notable(judged)
    text = contents.texts.get(name)
    if text is not None:
        marks = (_mark(n, names) for n in notable if n.span is not None)
        parts.append(marked_text(text, (mark for mark in marks if mark is not None)))
    else:
        parts.append(paragraphs(["没有这份报告的原文。"]))
    return tag("article", *parts, _list(notable, names))


def _notable(judged: Judged) -> list[_Notable]:
    """The cells that are wrong or flagged, worst first, else in the order of the gold."""
    found = []
    for cell, counts in judged.cells.items():
        rank = 0 if counts["silent"] else 1 if not counts["right"] else 2
        if rank < len(_KINDS) - 1 or counts["flagged"]:
            want = judged.gold.cells[cell]
            shown = judged.gold.printed.get(cell, want)
            given = entry(judged.report or {}, "cells", cell)
            found.append(_Notable(cell, rank, given, want, shown))
    return sorted(found, key=lambda notable: notable.rank)


def _mark(notable: _Notable, names: Names) -> Mark | None:
    if notable.span is None:
        return None
    class_, meaning = _KINDS[notable.rank]
    value, status = notable.given.get("value"), notable.given.get("status", UNDEFINED)
    title = (
        f"{notable.cell}（{names.cell(notable.cell)}）：给出 {_number(value)}，"
        f"真值 {_number(notable.want)}，状态 {status}，{meaning}"
    )
    return Mark(notable.span, notable.rank, class_, title)


def _list(notable: list[_Notable], names: Names) -> Html:
    """The cells as a table; only the worst where there are very many."""
    rows = [
        (
            tag("td", names.cell(n.cell), tag("small", n.cell)),
            *(_value(number) for number in (n.given.get("value"), n.want, n.shown)),
            n.given.get("status", UNDEFINED),
            _value(n.given.get("confidence")),
            tag("td", tag("mark", _KINDS[n.rank][1], class_=_KINDS[n.rank][0])),
        )
        for n in notable[:_MOST_ROWS]
    ]
    left_out = len(notable) - len(rows)
    title = f"{len(notable)} 个单元格" + (f"，列出最差的 {len(rows)} 个" if left_out else "")
    head = ("单元格", "给出的值", "真值", "原文所示", "状态", "置信度", "")
    return tag("details", tag("summary", title), table(head, rows))


def _value(number: object) -> Html:
    return tag("td", _number(number), class_="n")


def _number(number: object) -> str:
    return "空" if number is None else str(number)
