import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gouji.cli.evaluate import evaluate
from gouji.inference.evaluation import (
    baseline,
    collected,
    gold_of,
    read_golds,
    read_predictions,
    report_name,
    sources_of,
    write_texts,
)
from gouji.inference.found import Found
from gouji.inference.readers import Limits
from gouji.inference.scoring import Gold
from gouji.inference.worker import Outcome
from gouji.model.annotation import Annotation, FieldLabel, Provenance
from gouji.model.errors import ConfigError, Corrupt, ReadError
from gouji.model.form_file import load_form
from gouji.model.jsonl import write_lines

FORM = load_form()
TEXT = "第二十条第（一）项\n规章 1 0 5\n"
CELLS = {"active.rules.issued": 1, "active.rules.repealed": 0, "active.rules.in_force": 6}


def annotation(name: str = "a-web") -> Annotation:
    return Annotation(
        id=name,
        source=f"{name}.txt",
        source_sha256="0" * 64,
        text_sha256="0" * 64,
        text=TEXT,
        variants={"active": "2021"},
        cells=CELLS,
        printed={"active.rules.in_force": 5},
        mentions=(),
        others=(),
        fields={"year": FieldLabel(2022), "published": None},
        sections=(),
        provenance=Provenance("", "", "", "", "", ""),
    )


def write(path: Path, data: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return path


def report(name: str, **values: int) -> dict[str, Any]:
    cells = {f"active.rules.{column}": value for column, value in values.items()}
    return {
        "source": {"name": name},
        "verdict": "review",
        "cells": {c: {"value": v, "printed": v, "status": "read"} for c, v in cells.items()},
    }


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a.txt", "a"),
        ("city#1/a.b.pdf", "a.b"),
        ("a.txt#2", "a#2"),
        ("a", "a"),
        ("a.txt#", "a"),
    ],
)
def test_gold_of_a_report_is_named_by_stem_and_number(source: str, name: str) -> None:
    assert report_name(source) == name


def test_annotation_becomes_gold_with_unstated_fields_none() -> None:
    gold = gold_of(annotation())
    assert (gold.name, gold.kind, gold.text) == ("a-web", "web", TEXT)
    assert gold.fields == {"year": 2022, "published": None}
    assert (gold.cells, gold.printed) == (CELLS, {"active.rules.in_force": 5})


def test_gold_is_read_from_annotations_in_their_order(tmp_path: Path) -> None:
    write_lines(tmp_path / "gold.jsonl", [annotation("b"), annotation("a")])
    assert [gold.name for gold in read_golds(tmp_path / "gold.jsonl")] == ["b", "a"]


def test_gold_file_may_hold_its_cells_alone(tmp_path: Path) -> None:
    write(tmp_path / "b.gold.json", CELLS)
    write(tmp_path / "a#2.gold.json", {"cells": {}, "fields": {"year": 1}})
    write(tmp_path / "below" / "c.gold.json", CELLS)
    first, second = read_golds(tmp_path)
    assert (first.name, first.fields) == ("a#2", {"year": 1})
    assert (second.name, second.cells, second.printed) == ("b", CELLS, {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gold.json", "{", r"a\.gold\.json：不是标准答案"),
        ("a.gold.json", "[]", r"a\.gold\.json：不是标准答案"),
        ("a.gold.json", '{"cells": [1]}', "应为对象"),
        ("a.jsonl", '{"id": "a"}', r"不是标注文件：.*a\.jsonl:1"),
    ],
)
def test_malformed_gold_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(Corrupt, match=message):
        read_golds(tmp_path if name.endswith(".json") else tmp_path / name)


def test_absent_and_empty_gold_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="没有这个文件或文件夹"):
        read_golds(tmp_path / "none")
    with pytest.raises(ReadError, match="没有标准答案"):
        read_golds(tmp_path)


def test_predictions_are_found_below_the_folder_and_unreadable_ones_kept(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.json", {"x": 1})
    write(tmp_path / "sub" / "a.html.json", {"x": 2})
    write(tmp_path / "a.txt#2.json", [])
    (tmp_path / "b.txt.json").write_bytes(b"\xff{}")
    (tmp_path / "c.txt.json").write_bytes(b"[" * 100_000)
    assert read_predictions(tmp_path) == {
        "a": [{"x": 1}, {"x": 2}],
        "a#2": [None],
        "b": [None],
        "c": [None],
    }
    with pytest.raises(ReadError, match="没有这个文件夹"):
        read_predictions(tmp_path / "none")


def test_only_sources_that_gold_asks_for_are_read(tmp_path: Path) -> None:
    for name in ("a.txt", "sub/b.html", "c.txt", ".a.txt"):
        write(tmp_path / name, {})
    golds = [Gold("a", {}), Gold("a#2", {}), Gold("b", {})]
    assert [found.name for found in sources_of(golds, tmp_path)] == ["a.txt", "sub/b.html"]
    with pytest.raises(ConfigError, match="没有这个文件或文件夹"):
        sources_of(golds, tmp_path / "none")


def test_texts_of_gold_become_one_source_a_document(tmp_path: Path) -> None:
    golds = [Gold("a", {}, text="一\r\n二"), Gold("a#2", {}, text="一\r\n二"), Gold("b", {})]
    sources = write_texts(golds, tmp_path)
    assert sources == (Found(tmp_path / "a.txt", "a.txt"),)
    assert sources[0].path.read_bytes().decode() == "一\r\n二"


def test_outcomes_are_collected_under_the_names_of_their_gold() -> None:
    lines = tuple(json.dumps({"source": {"name": name}}) for name in ("x/a.txt", "x/a.txt#2"))
    found = collected([Outcome("x/a.txt", lines=lines), Outcome("b.txt", failure="空文件")])
    assert found.failures == {"b.txt": "空文件"}
    assert found.predictions == {
        "a": [{"source": {"name": "x/a.txt"}}],
        "a#2": [{"source": {"name": "x/a.txt#2"}}],
        "b": [None],
    }


def test_baseline_reads_the_gold_text_or_the_source(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(TEXT, "utf-8")
    golds = [Gold("a", CELLS, text=TEXT), Gold("b", CELLS), Gold("c", CELLS)]
    sources = [Found(tmp_path / name, name) for name in ("b.txt", "c.txt")]
    found = baseline(golds, sources, Limits(), FORM)
    assert found is not None
    total = found.scores.total
    assert (total["right"], total["lost"], total["accepted"]) == (4, 1, 0)


def test_there_is_no_baseline_without_a_text() -> None:
    assert baseline([Gold("a", CELLS)], (), Limits(), FORM) is None


def run(*arguments: object) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(evaluate)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    write_lines(tmp_path / "gold.jsonl", [annotation()])
    return tmp_path / "gold.jsonl"


def test_command_scores_predictions_with_the_baseline_beside(gold: Path, tmp_path: Path) -> None:
    pred = tmp_path / "pred"
    write(pred / "a-web.txt.json", report("a-web.txt", issued=1, repealed=0, in_force=6))
    code, output, _ = run(gold, "--pred", pred)
    assert code == 0
    lines = [line.split() for line in output.splitlines()]
    assert ["==", "predicted"] in lines
    assert ["==", "reading-order"] in lines
    assert [line[0] for line in lines if len(line) == 21] == ["kind", "web", "ALL"] * 2
    assert "单元格正确 100.0000%（3/3，95%下限 0.0000%）" in output
    assert "单元格正确 66.6667%" in output


def test_lost_prediction_makes_the_exit_code_one(gold: Path, tmp_path: Path) -> None:
    (tmp_path / "pred").mkdir()
    code, output, _ = run(gold, "--pred", tmp_path / "pred")
    assert code == 1
    assert "未读出 100.0000%（1/1，95%上限 100.0000%）" in output


def test_report_folder_holds_scores_as_data_and_as_text(gold: Path, tmp_path: Path) -> None:
    (tmp_path / "pred").mkdir()
    run(gold, "--pred", tmp_path / "pred", "--report", tmp_path / "new" / "report")
    folder = tmp_path / "new" / "report"
    scores = json.loads((folder / "scores.json").read_text("utf-8"))
    assert scores["predicted"]["kinds"]["web"]["lost"] == 1
    assert scores["reading-order"]["tables"]["active"]["right"] == 2
    assert (folder / "scores.md").read_text("utf-8").startswith("# 评测结果\n\n## predicted\n")
    assert {path.name for path in folder.iterdir()} == {
        "scores.json",
        "scores.md",
        "report.html",
        "report.json",
        "ablation.json",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{gold}", "--pred", "{folder}", "--model", "rules"], "--pred"),
        (["{gold}", "--pred", "{folder}", "--sources", "{folder}"], "--pred"),
        (["{gold}", "--pred", "{folder}/none"], "没有这个文件夹"),
        (["{gold}", "--sources", "{folder}/none"], "没有这个文件或文件夹"),
        (["{folder}/none"], "没有这个文件或文件夹"),
        (["{plain}"], "没有可读取的原文"),
        (["{gold}", "--model", "nobody"], "没有名为“nobody”的模型"),
    ],
)
def test_wrong_usage_ends_with_exit_code_two(
    gold: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    plain = write(tmp_path / "plain" / "a.gold.json", CELLS).parent
    places = {"gold": gold, "plain": plain, "folder": tmp_path}
    code, _, errors = run(*(argument.format(**places) for argument in arguments))
    assert (code, message in errors) == (2, True)


def test_rules_read_every_sample_from_the_text_of_its_annotation(
    root: Path, tmp_path: Path
) -> None:
    code, output, errors = run(
        root / "annotations" / "gold" / "test.jsonl", "--model", "rules", "--report", tmp_path
    )
    assert (code, errors) == (0, "")
    rules = json.loads((tmp_path / "scores.json").read_text("utf-8"))["rules"]["kinds"]["ALL"]
    assert {name: rules[name] for name in ("docs", "lost", "cells", "right", "silent")} == {
        "docs": 5,
        "lost": 0,
        "cells": 1000,
        "right": 1000,
        "silent": 0,
    }
    assert "== reading-order" in output
    systems = json.loads((tmp_path / "ablation.json").read_text("utf-8"))["systems"]
    assert [system["name"] for system in systems] == [
        "阅读顺序 (reading order)",
        "仅规则 (rules only)",
    ]
    assert [system["after"] is None for system in systems] == [True, False]
    assert systems[1]["before"]["docs"] == 5
    page = (tmp_path / "report.html").read_text("utf-8")
    assert f"--model rules --report {tmp_path}</code>" in page


def test_sources_that_cannot_be_read_are_told_and_counted_as_lost(
    gold: Path, tmp_path: Path
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a-web.txt").write_bytes(b"")
    code, output, errors = run(gold, "--sources", tmp_path / "sources")
    assert code == 1
    assert "a-web.txt：空文件" in errors
    assert "未读出 100.0000%" in output


@pytest.mark.parametrize("name", ["city/a", "../a", ""])
def test_name_of_gold_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    write_lines(tmp_path / "gold.jsonl", [annotation(name)])
    with pytest.raises(Corrupt, match="不能作文件名"):
        read_golds(tmp_path / "gold.jsonl")


def test_report_that_cannot_be_written_is_wrong_usage(gold: Path, tmp_path: Path) -> None:
    (tmp_path / "pred").mkdir()
    (tmp_path / "file").write_text("", "utf-8")
    code, _, errors = run(gold, "--pred", tmp_path / "pred", "--report", tmp_path / "file")
    assert code == 2
    assert "--report：无法写入" in errors
