"""The whole report of every sample, compared with tests/golden/; `make golden` rewrites them."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

GOLDEN = Path(__file__).parent / "golden"
SEEDS = sorted(path.name for path in (GOLDEN.parent.parent / "seeds").glob("*.txt"))
CHANGES_WITH_VERSION = ("gouji", "settings_sha256")


def rewriting() -> bool:
    return os.environ.get("GOUJI_REWRITE_GOLDEN") == "1"


def normalised(text: str) -> dict[str, Any]:
    """The report without what changes with the version, or in a last digit between machines."""
    report: dict[str, Any] = json.loads(text, parse_float=lambda digits: round(float(digits), 6))
    for key in CHANGES_WITH_VERSION:
        assert report["made_by"][key]
        report["made_by"][key] = "any"
    return report


def dumped(value: object, depth: int = 2) -> str:
    """JSON with a cell, check, field or finding a line, so that a difference can be read."""
    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[\n" + ",\n".join(dumped(item, depth - 1) for item in value) + "\n]"
    pairs = (f"{json.dumps(key)}: {dumped(item, depth - 1)}" for key, item in value.items())
    return "{\n" + ",\n".join(pairs) + "\n}"


def check_golden(report: dict[str, Any], golden: Path, rewrite: bool) -> None:
    """Compares the report with the golden file, after writing it if that is asked for."""
    if rewrite:
        golden.write_text(dumped(report) + "\n", "utf-8")
    assert golden.exists(), f"{golden.name} is missing: make golden, then read what it wrote"
    assert report == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize("name", SEEDS)
def test_report_equals_golden(extracted_seeds: Path, name: str) -> None:
    report = normalised((extracted_seeds / f"{name}.json").read_text("utf-8"))
    check_golden(report, GOLDEN / f"{name}.json", rewriting())


@pytest.mark.parametrize("name", SEEDS)
def test_golden_file_follows_the_schema(name: str) -> None:
    schema = json.loads((files("gouji.model") / "schema" / "report.json").read_text("utf-8"))
    golden = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    golden["made_by"]["settings_sha256"] = "0" * 64
    assert [error.message for error in Draft202012Validator(schema).iter_errors(golden)] == []


def test_every_golden_file_has_its_sample() -> None:
    assert sorted(path.name for path in GOLDEN.glob("*.txt.json")) == [
        f"{name}.json" for name in SEEDS
    ]


def test_missing_golden_file_fails_and_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="make golden"):
        check_golden({"cells": {}}, tmp_path / "a.json", rewrite=False)
    assert list(tmp_path.iterdir()) == []


def test_changed_report_fails_and_leaves_the_golden_file(tmp_path: Path) -> None:
    golden = tmp_path / "a.json"
    check_golden({"value": 1}, golden, rewrite=True)
    with pytest.raises(AssertionError):
        check_golden({"value": 2}, golden, rewrite=False)
    assert json.loads(golden.read_text("utf-8")) == {"value": 1}


def test_golden_file_has_a_cell_a_line_and_reads_back() -> None:
    report = {"verdict": "review", "cells": {"a": {"value": [1]}, "b": {}}, "findings": [{"x": 1}]}
    text = dumped(report)
    assert json.loads(text) == report
    assert text.splitlines()[3:5] == ['"a": {"value": [1]},', '"b": {}']


@pytest.mark.parametrize(("setting", "expected"), [(None, False), ("0", False), ("1", True)])
def test_rewriting_is_off_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, expected: bool
) -> None:
    monkeypatch.delenv("GOUJI_REWRITE_GOLDEN", raising=False)
    if setting is not None:
        monkeypatch.setenv("GOUJI_REWRITE_GOLDEN", setting)
    assert rewriting() is expected


@pytest.mark.parametrize("target", ["test", "test-all", "check"])
def test_only_make_golden_rewrites(root: Path, target: str) -> None:
    rules = (root / "Makefile").read_text("utf-8").split("\n\n")
    rule = next(rule for rule in rules if rule.startswith(f"{target}:"))
    assert "GOUJI_REWRITE_GOLDEN" not in rule
    assert sum("GOUJI_REWRITE_GOLDEN=1" in rule for rule in rules) == 1
