import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from gouji.inference.ablation import Row
from gouji.inference.evaluation_page import Contents, ablation_data, page, page_data
from gouji.inference.evaluation_page.figures import percent
from gouji.inference.evaluation_page.marking import Mark, marked_text
from gouji.inference.evaluation_page.markup import Html, tag
from gouji.inference.evidence import N_WORST, evaluated
from gouji.inference.scoring import Gold
from gouji.model.form_file import load_form

FORM = load_form()
CELLS = {"active.rules.issued": 3, "active.rules.repealed": 0, "active.rules.in_force": 8}
TEXT = "规章 3 0 8\n"
SPANS = dict(zip(CELLS, ([3, 4], [5, 6], [7, 8]), strict=True))
EVIL = "<script>alert('x')</script>\"&\x00\ud800"

Json = dict[str, Any]


def gold(name: str) -> Gold:
    return Gold(name, CELLS)


def report(verdict: str = "accepted", **changes: Mapping[str, Any]) -> Json:
    """A right report, but for the changes by column."""
    cells = {
        cell: {
            "value": value,
            "printed": value,
            "status": "read",
            "confidence": 0.99,
            "review": False,
            "span": SPANS[cell],
            **changes.get(cell.rpartition(".")[2], {}),
        }
        for cell, value in CELLS.items()
    }
    return {
        "made_by": {"gouji": "9.9", "model": "m-1", "form_sha256": "f0", "settings_sha256": "5e"},
        "verdict": verdict,
        "confidence": 0.9,
        "tables": {"active": {"verdict": verdict}},
        "cells": cells,
    }


def contents(
    predictions: Mapping[str, Sequence[Json | None]], texts: Mapping[str, str] | None = None
) -> Contents:
    golds = [gold(name) for name in predictions]
    found = evaluated(golds, predictions)
    shown = dict.fromkeys(predictions, TEXT) if texts is None else texts
    command = "gouji evaluate gold"
    return Contents(command, "9.9", FORM, "m-1", found, (Row("m-1", None, found),), shown, {})


class Elements(HTMLParser):
    """The elements of a page; fails where one is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def attributes(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


SWAPPED: Json = {
    "issued": {"value": 8, "printed": 8},
    "in_force": {"value": 3, "printed": 3, "review": True},
}


@pytest.fixture
def some() -> Contents:
    return contents(
        {
            "1-tabs-torn+footers-1": [report()],
            "2-tabs-torn-2": [report(**SWAPPED)],
            "3-lines-clean-3": [report("review", repealed={"review": True})],
        }
    )


def test_page_stands_alone_without_script(some: Contents) -> None:
    text = page(some)
    found = Elements(text)
    names = {name for name, _ in found.found}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object"})
    links = [attributes["href"] for attributes in found.attributes("a")]
    targets = {f"#{attributes['id']}" for attributes in found.attributes("section")}
    assert set(links) == targets
    assert "url(" not in text
    assert "@import" not in text


def test_page_says_what_was_run(some: Contents) -> None:
    text = page(some)
    for fact in ("gouji evaluate gold", "9.9", "m-1", "f0", FORM.sha256, "3 份", "2,000 次"):
        assert fact in text


def test_page_shows_rates_with_interval_and_counts_for_all_and_by_table(some: Contents) -> None:
    text = page(some)
    assert text.count("<b>66.67%</b><small>0% – 100%</small><small>4/6</small>") >= 2
    assert "<small>1/9</small>" in text  # silent wrong
    assert "主动公开政府信息情况<small>active</small>" in text


def test_report_counts_for_each_of_its_damages(some: Contents) -> None:
    damages = page_data(some)["damages"]
    assert {name: group["docs"] for name, group in damages.items()} == {
        "clean": 1,
        "footers": 1,
        "torn": 2,
    }
    kinds = page_data(some)["kinds"]
    assert {name: group["exact"]["events"] for name, group in kinds.items()} == {
        "lines": 1,
        "tabs": 1,
    }


def test_numbers_are_written_as_plain_data(some: Contents) -> None:
    data = json.loads(json.dumps(page_data(some)))
    assert data["all"]["silent"] == {
        "events": 1,
        "total": 9,
        "rate": pytest.approx(1 / 9),
        "low_95": 0.0,
        "high_95": pytest.approx(1 / 3),
    }
    assert data["confidence"]["cells"]["wrong"] == 2
    assert data["confidence"]["nonzero"]["n"] == 6
    assert data["confidence"]["cells"]["ece"] == pytest.approx(0.99 - 7 / 9)
    assert data["confusion"]["causes"] == {"moved": 2}
    assert data["worst"] == ["2-tabs-torn-2", "3-lines-clean-3"]


def test_nothing_is_flagged_before_reconciling(some: Contents) -> None:
    (row,) = some.ablation
    rows = (replace(row, before=row.after),)
    (system,) = ablation_data(rows)["systems"]
    assert set(system["before"]) == {"docs", "nonzero_right", "exact"}
    assert set(system["after"]) > {"docs", "nonzero_right", "exact", "silent", "flagged"}
    assert ablation_data(some.ablation)["systems"][0]["before"] is None


def test_wrong_cells_are_marked_in_the_text_with_what_is_true(some: Contents) -> None:
    marks = [m for m in Elements(page(some)).attributes("mark") if "title" in m]
    assert [mark["class"] for mark in marks] == ["silent", "wrong", "flagged"]
    assert marks[0]["title"] == (
        "active.rules.issued（规章：本年制发件数）：给出 8，真值 3，状态 read，错而未标"
    )


def test_page_of_faultless_reports_has_no_worst_and_no_confusion() -> None:
    text = page(contents({"a-b-c": [report()], "d-b-c": [report()]}))
    Elements(text)
    assert "没有错的单元格，也没有标记核对的单元格。" in text
    assert "<mark" not in text


def test_reports_that_failed_are_named_with_the_reason() -> None:
    failed = {"verdict": "failed", "reason": "文中没有任何一张表", "cells": {}}
    lost = contents({"a-b-c": [None], "d-b-c": [failed]}, texts={})
    text = page(replace(lost, failures={"a-b-c": "空文件（0 字节）"}))
    Elements(text)
    assert "其中未读出 2 份" in text
    assert "原因：空文件（0 字节）" in text
    assert "原因：文中没有任何一张表" in text
    assert "没有这份报告的原文" in text


def test_page_of_a_single_report_gives_no_interval_where_there_is_none() -> None:
    assert "区间无从估计" in page(contents({"a-b-c": [report(**SWAPPED)]}))


def test_names_texts_and_reports_cannot_put_markup_into_the_page() -> None:
    evil = report(issued={"value": EVIL, "status": EVIL, "confidence": EVIL})
    evil |= {"verdict": EVIL, "reason": EVIL, "confidence": EVIL, "made_by": {EVIL: EVIL}}
    name = f"a-{EVIL}-{EVIL}+b"
    shown = replace(
        contents({name: [evil]}, texts={name: EVIL + TEXT}),
        command=EVIL,
        system=EVIL,
        failures={name: EVIL},
    )
    text = page(replace(shown, ablation=(replace(shown.ablation[0], title=EVIL),)))
    found = Elements(text)
    assert not found.attributes("script")
    assert "alert(&#x27;x&#x27;)&lt;/script&gt;&quot;&amp;" in text
    assert "\x00" not in text
    assert text.encode()


@pytest.mark.parametrize(
    "span", [None, [0], [-1, 2], [4, 2], [0, 10_000], ["0", "1"], [True, 2], "ab", {"a": 1}]
)
def test_span_that_the_text_does_not_have_is_not_marked(span: object) -> None:
    silent = {"value": 9, "span": span}
    text = page(contents({"a-b-c": [report(issued=silent)]}))
    assert 'class="silent" title' not in text
    assert "active.rules.issued" in text


def test_only_the_worst_reports_are_shown_and_the_silent_ones_first() -> None:
    flagged = {f"flagged-{n:02}": [report(repealed={"review": True})] for n in range(N_WORST)}
    wrong = {"wrong-1": [report(issued={"value": 9, "review": True})]}
    silent = {"silent-1": [report(issued={"value": 9})]}
    names = page_data(contents({**flagged, **wrong, **silent}))["worst"]
    assert names == ["silent-1", "wrong-1", *sorted(flagged)[: N_WORST - 2]]


def test_same_contents_give_the_same_page(some: Contents) -> None:
    assert page(some) == page(some)


def mark(start: int, stop: int, title: str = "t", rank: int = 0) -> Mark:
    return Mark((start, stop), rank, f"r{rank}", title)


def test_marks_that_overlap_become_one_that_is_as_bad_as_the_worst() -> None:
    shown = marked_text("abcdef", [mark(3, 5, "y", 0), mark(1, 4, "x", 1), mark(5, 6, "z", 2)])
    assert shown == (
        '<pre class="text">a<mark class="r0" title="x\ny">bcde</mark>'
        '<mark class="r2" title="z">f</mark></pre>'
    )


def test_place_without_width_is_marked_by_a_sign() -> None:
    assert ">▯</mark>b" in marked_text("ab", [mark(1, 1)])


def test_empty_lines_are_not_shown() -> None:
    assert marked_text("a\n \n\n\nb\nc", []) == '<pre class="text">a\nb\nc</pre>'


def test_long_text_is_cut_to_the_lines_around_its_marks() -> None:
    lines = [f"第{n:04}行，这里是一些文字，没有什么可看的。" for n in range(400)]
    text = "\n".join(lines)
    start = text.index("第0200行")
    shown = marked_text(text, [mark(start, start + 3)])
    assert "第0200行" in shown.replace('<mark class="r0" title="t">', "").replace("</mark>", "")
    assert "第0100行" not in shown
    kept = [line for line in lines if line in shown]
    left_out = sum(int(gap.split(" ")[2].replace(",", "")) for gap in gaps(shown))
    assert 0 < len(kept) < 20
    assert left_out + len(visible(shown)) == len(text)


def gaps(shown: str) -> list[str]:
    return [part.partition("</span>")[0] for part in shown.split('<span class="gap">')[1:]]


def visible(shown: str) -> str:
    """The text between the tags of a marked text, without the gaps."""
    for gap in gaps(shown):
        shown = shown.replace(gap, "")
    parts = [part.rpartition(">")[2] for part in shown.split("<")]
    return "".join(parts)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"),
        (1.0, "100%"),
        (1 / 3, "33.33%"),
        (0.000012, "0.001%"),
        (0.999996, "99.9996%"),
        (None, "—"),
    ],
)
def test_percentage_is_never_rounded_to_none_or_all(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_markup_escapes_children_and_attributes_alike() -> None:
    assert tag("td", "<b>", Html("<i></i>"), title=Html('"<'), class_=None) == (
        '<td title="&quot;&lt;">&lt;b&gt;<i></i></td>'
    )
