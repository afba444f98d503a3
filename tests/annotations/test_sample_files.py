"""Files of annotations checked: the schema, messages with their place, samples met twice."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from gouji.annotations.corpus import write_annotations
from gouji.annotations.problems import Level
from gouji.annotations.sample_files import annotation_files, annotation_schema, check_files
from gouji.model.annotation import Annotation, Provenance
from gouji.model.errors import ConfigError
from gouji.model.form import Form
from gouji.model.jsonl import encode
from tests.annotations.samples import GOLD, OGI, annotations

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes lines, plain data or text, into a file of its folder."""

    def build(*lines: Any, name: str = "a.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
        path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
        return path

    return build


def told(path: Path, form: Form) -> list[str]:
    return [str(located) for located in check_files([path], form).located]


def test_schema_is_one_and_has_the_keys_of_the_type() -> None:
    schema = annotation_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "gouji.annotation/1"
    assert [*schema["properties"]] == [field.name for field in fields(Annotation)]
    provenance = schema["properties"]["provenance"]["properties"]
    assert [*provenance] == [field.name for field in fields(Provenance)]


@settings(max_examples=40)
@given(annotations())
def test_what_the_type_can_hold_fits_the_schema(annotation: Annotation) -> None:
    Draft202012Validator(annotation_schema()).validate(encode(annotation))


def test_gold_has_no_problem_at_all() -> None:
    found = check_files(annotation_files([GOLD.parent]), OGI)
    assert (found.n_samples, found.located) == (5, [])


def test_message_names_file_line_sample_cell_title_and_what_to_do(
    sound: Annotation, form: Form, write: Write
) -> None:
    wrong = encode(replace(sound, id="other", cells={**sound.cells, "t.r.b": 1205}))
    path = write(encode(sound), "", wrong)
    found = [line for line in told(path, form) if "t.r.b" in line]
    assert found == [
        f"{path}:3 [other] 错误 单元格“行：乙”（t.r.b）：正文第 4 行“1,2 04”与标注的 1205 不符；"
        "标错了位置的改位置，标错了数的改数；原文印错的，printed 填原文的数，cells 填真值"
    ]


def test_every_problem_of_every_line_is_listed(sound: Annotation, form: Form, write: Write) -> None:
    one = replace(sound, cells={"t.r.a": 1, "t.r.b": 7}, others=(), sections=())
    path = write(encode(one), "{", {**encode(sound), "id": 3}, encode(replace(one, id="b")))
    found = check_files([path], form)
    by_line = {line: [o for o in found.located if o.line == line] for line in (1, 2, 3, 4)}
    assert [len(problems) for problems in by_line.values()] == [12, 1, 1, 13]
    assert (found.n_samples, found.n_wrong, found.n_errors) == (4, 4, 27)


SCHEMA_ERRORS: dict[str, tuple[dict[str, Any], str]] = {
    "wrong type": ({"text": 3}, "text：写成了 3；应为文字"),
    "two types": ({"cells": {"t.r.a": "1"}}, "cells.t.r.a：写成了 '1'；应为数或null"),
    "unknown key": ({"note": ""}, "样本：有不认识的 note；请改正或删去"),
    "hash": ({"source_sha256": "x"}, "source_sha256：写成了 'x'；应为 64 位小写十六进制数"),
    "empty": ({"id": ""}, "id：写成了 ''；请填写"),
    "negative span": ({"others": [[-1, 2]]}, "others.0.0：写成了 -1"),
    "long span": ({"others": [[1, 2, 3]]}, "others.0：写成了 [1, 2, 3]"),
}


@pytest.mark.parametrize(("change", "message"), SCHEMA_ERRORS.values(), ids=SCHEMA_ERRORS.keys())
def test_breach_of_the_schema_is_told_in_words(
    sound: Annotation, form: Form, write: Write, change: dict[str, Any], message: str
) -> None:
    path = write({**encode(sound), **change})
    assert any(message in line for line in told(path, form)), told(path, form)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("licence", " ", "provenance.licence：写成了 ' '；请填写"),
        ("date", "2024-1-31", "provenance.date：写成了 '2024-1-31'；应为 YYYY-MM-DD"),
        ("annotator", None, "provenance.annotator：写成了 None；应为文字"),
    ],
)
def test_provenance_has_to_be_stated(
    sound: Annotation, form: Form, write: Write, key: str, value: Any, message: str
) -> None:
    data = encode(sound)
    data["provenance"][key] = value
    assert any(message in line for line in told(write(data), form))
    del data["provenance"][key]
    assert any(f"provenance：缺少 {key}" in line for line in told(write(data), form))


def test_whole_number_written_as_a_fraction_is_told(
    sound: Annotation, form: Form, write: Write
) -> None:
    data = encode(sound)
    data["others"][0] = [2.0, 6]
    assert "整数不写小数点" in told(write(data), form)[0]


def test_line_that_is_no_json_or_no_utf8_is_told(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[]\n\xff\nnull\n" + b"[" * 100_000)
    lines = told(path, form)
    assert [line.partition(" ")[0] for line in lines] == [f"{path}:{n}" for n in (1, 2, 3, 4)]


def test_same_id_and_same_text_are_told_across_files(
    sound: Annotation, form: Form, write: Write, tmp_path: Path
) -> None:
    first = write(encode(sound), encode(replace(sound, id="b")))
    spaced = replace(sound, id="c", text=sound.text.replace("\n", "\n\n"))
    second = write(encode(sound), encode(spaced), name="deep/b.jsonl")
    found = check_files(annotation_files([tmp_path]), form).located
    again = [str(one) for one in found if "相同" in str(one) and "printed" not in str(one)]
    assert [line.partition(" 错误 ")[2].partition("；")[0] for line in again] == [
        f"样本：正文与 {first}:1 相同",
        f"样本：id 与 {first}:1 相同",
        f"样本：正文与 {first}:1 相同",
    ]
    assert [line.split(" ")[0] for line in again[1:]] == [f"{second}:1", f"{second}:2"]


def test_reports_of_one_file_share_their_text(sound: Annotation, form: Form, write: Write) -> None:
    path = write(encode(sound), encode(replace(sound, id="small#2")))
    assert told(path, form) == []


def test_paths_are_taken_in_order_and_once(sound: Annotation, tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_annotations(tmp_path / name, [sound])
    found = annotation_files([tmp_path / "b.jsonl", tmp_path])
    assert [path.name for path in found] == ["b.jsonl", "a.jsonl", "c.jsonl"]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_path_without_samples_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=name):
        annotation_files([tmp_path / name])


def test_remarks_are_no_errors(gold: dict[str, Annotation], write: Write) -> None:
    annotation = gold["001_b1bdd12971e75f97"]
    turn = {"requests.new.natural": "requests.new.business"}
    turn |= {new: old for old, new in turn.items()}
    mentions = tuple(replace(m, cell=turn.get(m.cell, m.cell)) for m in annotation.mentions)
    found = check_files([write(encode(replace(annotation, mentions=mentions)))], OGI)
    assert (found.n_errors, found.n_remarks, found.n_wrong) == (0, 1, 0)
    assert found.located[0].problem.level is Level.REMARK
    assert "“商业企业”、“自然人”在正文中的先后与其他各行不同" in str(found.located[0])
