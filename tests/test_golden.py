"""The whole report of every sample, compared with tests/golden/; `make golden` rewrites them."""

import json
import os
import re
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


def normalised(text: str) -> str:
    """The text of a report without what changes with the version alone."""
    for key in CHANGES_WITH_VERSION:
        text, n_found = re.subn(rf'("{key}": )"[^"]+"', r'\1"any"', text)
        assert n_found == 1, f"{key} stands {n_found} times in the report"
    return text


def parsed(text: str) -> dict[str, Any]:
    """The report, its fractions rounded: their last digits differ between machines."""
    report: dict[str, Any] = json.loads(text, parse_float=lambda digits: round(float(digits), 6))
    return report


def check_golden(text: str, golden: Path, rewrite: bool) -> None:
    """Compares the report with the golden file, after writing it if that is asked for."""
    if rewrite:
        golden.write_text(text, "utf-8")
    assert golden.exists(), f"{golden.name} is missing: make golden, then read what it wrote"
    assert parsed(text) == parsed(golden.read_text("utf-8"))


@pytest.mark.parametrize("name", SEEDS)
def test_report_equals_golden(extracted_seeds: Path, name: str) -> None:
    text = normalised((extracted_seeds / f"{name}.json").read_text("utf-8"))
    check_golden(text, GOLDEN / f"{name}.json", rewriting())


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
        check_golden("{}", tmp_path / "a.json", rewrite=False)
    assert list(tmp_path.iterdir()) == []


def test_changed_report_fails_and_leaves_the_golden_file(tmp_path: Path) -> None:
    golden = tmp_path / "a.json"
    check_golden('{"value": 1}', golden, rewrite=True)
    with pytest.raises(AssertionError):
        check_golden('{"value": 2}', golden, rewrite=False)
    assert json.loads(golden.read_text("utf-8")) == {"value": 1}


def test_last_digit_of_a_fraction_is_no_difference(tmp_path: Path) -> None:
    golden = tmp_path / "a.json"
    check_golden('{"confidence": 0.9990001997803060}', golden, rewrite=True)
    check_golden('{"confidence": 0.9990001997803061}', golden, rewrite=False)
    with pytest.raises(AssertionError):
        check_golden('{"confidence": 0.998}', golden, rewrite=False)


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
