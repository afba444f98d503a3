import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gouji.annotations.checks import problems
from gouji.annotations.corpus import read_annotations, tables_of, write_annotations
from gouji.annotations.problems import Problem
from gouji.model.annotation import Annotation, FieldLabel
from gouji.model.errors import Corrupt
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.report import Section
from tests.annotations.samples import SEEDS, TEXT, span_of


def told(found: Iterable[Problem]) -> str:
    return "\n".join(map(str, found))


def test_sound_annotation_has_no_problems(sound: Annotation, form: Form) -> None:
    assert problems(sound, form) == ()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "text changed": ({"text": f"{TEXT}。"}, "text_sha256"),
    "span beyond the text": ({"others": ((0, 999),)}, "不在正文范围内"),
    "unknown variant": ({"variants": {"t": "2"}}, "没有 '2' 这一版本"),
    "table missing": ({"variants": {}}, "没有 None 这一版本"),
    "unknown table": ({"variants": {"t": "1", "u": "1"}}, "没有表 u"),
    "cell missing": ({"cells": {"t.r.a": 0, "t.r.b": 1204}}, "t.r.total）：没有标注"),
    "cell unknown": (
        {"cells": {"t.r.a": 0, "t.r.b": 1204, "t.r.total": 1204, "t.r.x": None}},
        "t.r.x：所选版本中没有",
    ),
    "fraction in a count": (
        {"cells": {"t.r.a": 0.5, "t.r.b": 1204, "t.r.total": 1204.5}},
        "0.5 不是该列允许的数",
    ),
    "negative count": (
        {"cells": {"t.r.a": -1, "t.r.b": 1204, "t.r.total": 1203}},
        "-1 不是该列允许的数",
    ),
    "identity broken": (
        {"cells": {"t.r.a": 5, "t.r.b": 1204, "t.r.total": 1204}},
        "t.sum.r 不成立",
    ),
    "printed as the truth": (
        {"printed": {"t.r.a": None, "t.r.b": 1204, "t.r.total": None}},
        "printed 与真值相同",
    ),
    "printed without truth": (
        {"printed": {"t.r.a": None, "t.r.total": None, "t.r.x": 3}},
        "有 printed 而没有真值",
    ),
    "mark not listed as printed": (
        {"printed": {"t.r.total": None}},
        "第 4 行“/”与标注的 0 不符",
    ),
    "cell without a place": ({"mentions": ()}, "t.r.b）：标注为 1204，却没有位置"),
    "digit without a number": ({"others": ()}, "属于 0 个数字"),
    "header missing": ({"sections": ()}, "第一章节应为 header"),
    "sections with a gap": (
        {"sections": (Section("header", None, (0, 3)), Section("counts", "某局", (4, 6)))},
        "应从 3 开始",
    ),
    "heading elsewhere": (
        {"sections": (Section("header", "一、数量", (0, len(TEXT))),)},
        "不在章节开头",
    ),
    "section unknown": ({"sections": (Section("x", None, (0, len(TEXT))),)}, "章节 x"),
    "sections too short": ({"sections": (Section("header", None, (0, 3)),)}, "最后章节止于 3"),
    "fields missing": ({"fields": {}}, "字段 fee：没有标注"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_problem_is_named(
    sound: Annotation, form: Form, change: dict[str, Any], message: str
) -> None:
    assert message in told(problems(replace(sound, **change), form))


def test_mention_twice_or_unlike_the_text_is_a_problem(sound: Annotation, form: Form) -> None:
    twice = replace(sound, mentions=(*sound.mentions, sound.mentions[1]))
    found = told(problems(twice, form))
    assert "t.r.b）：标注了 2 处" in found
    assert "属于 2 个数字" in found
    mention = replace(sound.mentions[1], raw="1204")
    unlike = replace(sound, mentions=(sound.mentions[0], mention, sound.mentions[2]))
    assert "raw '1204' 与正文不符" in told(problems(unlike, form))


@pytest.mark.parametrize(
    ("name", "label", "sound_label"),
    [
        ("title", FieldLabel("某局2022\n年报", span_of("某局2022\n年报")), False),
        ("year", FieldLabel(2023, span_of("2022")), False),
        ("published", FieldLabel("2023-01-30", span_of("2023年1月31日")), False),
        ("year", FieldLabel("2022", span_of("2022")), False),
        ("published", FieldLabel("2023-1-31", span_of("2023年1月31日")), False),
        ("title", FieldLabel(2022, span_of("2022")), False),
        ("fee", FieldLabel(1.5, span_of("1.5万元")), False),
        ("fee", FieldLabel("1.5", span_of("1.5")), False),
        ("fee", FieldLabel(3, span_of("收费")), False),
        ("fee", FieldLabel(0, span_of("收费")), True),
        ("fee", FieldLabel(3), True),
        ("fee", None, True),
        ("unknown", None, False),
    ],
)
def test_field_value_fits_its_words(
    sound: Annotation, form: Form, name: str, label: FieldLabel | None, sound_label: bool
) -> None:
    changed = replace(sound, fields={**sound.fields, name: label})
    assert (problems(changed, form) == ()) is sound_label


def test_written_annotations_are_read_back(sound: Annotation, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    both = (sound, replace(sound, id="other", text="a\u2028b\x85"))
    write_annotations(path, both)
    assert read_annotations(path) == both
    assert [entry.name for entry in tmp_path.iterdir()] == ["train.jsonl"]


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', "[]", "12"])
def test_line_that_is_no_annotation_is_named(sound: Annotation, tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    write_annotations(path, [sound])
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")
    with pytest.raises(Corrupt, match=r"bad\.jsonl:3"):
        read_annotations(path)


def test_second_annotation_of_one_id_is_refused(sound: Annotation, tmp_path: Path) -> None:
    path = tmp_path / "twice.jsonl"
    write_annotations(path, [sound, sound])
    with pytest.raises(Corrupt, match="'small' stands on 2 lines"):
        read_annotations(path)


def test_gold_holds_the_seeds_alone_and_unchanged(gold: dict[str, Annotation]) -> None:
    assert [annotation.source for annotation in gold.values()] == [path.name for path in SEEDS]
    for path in SEEDS:
        content = path.read_bytes()
        annotation = gold[path.stem]
        assert annotation.source_sha256 == hashlib.sha256(content).hexdigest()
        assert annotation.text == content.decode()


@pytest.mark.parametrize("name", [path.stem for path in SEEDS])
def test_gold_annotation_is_sound_and_whole(gold: dict[str, Annotation], name: str) -> None:
    form = load_form()
    assert problems(gold[name], form) == ()
    assert len(gold[name].mentions) == 200
    assert [section.id for section in gold[name].sections] == [
        "header",
        *(section.id for section in form.sections),
    ]
    assert tables_of(gold[name], form) == form.tables("ogi-2021")


def test_gold_cells_are_zero_but_for_the_seven_read_by_hand(gold: dict[str, Annotation]) -> None:
    not_zero = {
        (name[:3], cell): value
        for name, annotation in gold.items()
        for cell, value in annotation.cells.items()
        if value != 0
    }
    rows = ("new", "unable_not_held", "result_total")
    assert not_zero == {("001", "active.licensing.decisions"): 14572} | {
        ("002", f"requests.{row}.{column}"): 2 for row in rows for column in ("natural", "total")
    }
