import json
from pathlib import Path

import pytest

from gouji.inference.correction_files import read_corrections
from gouji.inference.corrections import Corrections
from gouji.model.errors import ConfigError
from gouji.model.form import Form

SHA = "ab" * 32
OTHER = "cd" * 32
NEW = "requests.new.natural"


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def line(**changes: object) -> dict[str, object]:
    return {"sha256": SHA, "cell": NEW, "value": 3, **changes}


def test_corrections_are_found_by_source_report_and_cell(tmp_path: Path, form: Form) -> None:
    path = written(
        tmp_path / "c.jsonl",
        line(),
        line(cell="active.fees.amount", value=1.1),
        line(report="#2", value=None),
        line(report="#1", cell="requests.new.total", value=4.0),
        line(sha256=OTHER, value=7),
    )
    corrections = read_corrections(path, form)
    assert corrections.of(SHA) == {
        "": {NEW: 3, "active.fees.amount": 1.1, "requests.new.total": 4},
        "#2": {NEW: None},
    }
    assert type(corrections.of(SHA)[""]["requests.new.total"]) is int
    assert corrections.of(OTHER) == {"": {NEW: 7}}
    assert corrections.of("0" * 64) == {}


def test_later_of_two_corrections_counts(tmp_path: Path, form: Form) -> None:
    path = written(tmp_path / "c.jsonl", line(value=3), line(value=4))
    assert read_corrections(path, form).of(SHA) == {"": {NEW: 4}}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (line(sha256="xyz"), "第 2 条更正：sha256"),
        (line(sha256=SHA.upper()), "第 2 条更正：sha256"),
        (line(cell="requests.new.nobody"), "没有单元格 'requests.new.nobody'"),
        (line(value=1.5), f"单元格 {NEW} 不能为 1.5"),
        (line(value=-1), f"单元格 {NEW} 不能为 -1"),
        (line(cell="active.fees.amount", value=0.00001), "不能为"),
        (line(report="2"), 'report 应形如 "#2"'),
        (line(value="3"), r"c\.jsonl:2: value"),
        (line(value=True), r"c\.jsonl:2: value"),
        (line(note="x"), r"c\.jsonl:2: note"),
        ({"sha256": SHA, "cell": NEW}, r"c\.jsonl:2: value"),
        ([], r"c\.jsonl:2: "),
    ],
)
def test_malformed_correction_is_named(
    tmp_path: Path, form: Form, bad: object, message: str
) -> None:
    path = written(tmp_path / "c.jsonl", line(), bad)
    with pytest.raises(ConfigError, match=message):
        read_corrections(path, form)


@pytest.mark.parametrize("text", ["{", '{"sha256": 1e999}', "NaN", '{"value": 1e999}'])
def test_line_that_is_no_json_is_named(tmp_path: Path, form: Form, text: str) -> None:
    (tmp_path / "c.jsonl").write_text(text)
    with pytest.raises(ConfigError, match=r"c\.jsonl:1: "):
        read_corrections(tmp_path / "c.jsonl", form)


def test_number_beyond_all_bounds_is_refused(tmp_path: Path, form: Form) -> None:
    text = json.dumps(line()).replace("3", "1e999")
    (tmp_path / "c.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="不能为 inf"):
        read_corrections(tmp_path / "c.jsonl", form)


def test_signed_cell_takes_negative_numbers(tmp_path: Path, form: Form) -> None:
    path = written(tmp_path / "c.jsonl", line(cell="active.licensing.change", value=-4))
    assert read_corrections(path, form).of(SHA) == {"": {"active.licensing.change": -4}}


def test_file_that_cannot_be_opened_is_named(tmp_path: Path, form: Form) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl"):
        read_corrections(tmp_path / "nowhere.jsonl", form)


def test_digest_changes_for_the_corrected_source_alone() -> None:
    one = Corrections({SHA: {"": {NEW: 3}}})
    two = Corrections({SHA: {"#2": {NEW: 3}}})
    digests = {given.settings_sha256("0" * 64, SHA) for given in (Corrections(), one, two)}
    assert len(digests) == 3
    assert one.settings_sha256("0" * 64, OTHER) == "0" * 64
