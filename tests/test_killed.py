"""Commands killed at any moment leave everything whole, and run again to the same end."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gouji.annotations.corpus import read_annotations
from gouji.cli import app
from tests.annotations.samples import GOLD
from tests.killing import Command, contents, killed_everywhere

FORCED = ["models", "use", "new", "--force", "--force-reason", "只读这一种版式"]


def homes(folder: Path) -> Path:
    """A folder with two own models, the new one refused by the comparison."""
    models = folder / "home" / "models"
    for name in ("old", "new"):
        (models / name).mkdir(parents=True)
        (models / name / "config.json").write_text(f'{{"name": "{name}"}}', "utf-8")
    refused = {"passed": False, "reasons": ["表 requests：退步"]}
    (models / "new" / "gate.json").write_text(json.dumps(refused), "utf-8")
    (models / "new" / "gate.md").write_text("# 比较\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("command", "in_use"), [(["models", "use", "old"], "new"), (FORCED, "old")], ids=["use", "let"]
)
def test_choice_that_is_killed_is_the_old_one_or_the_new(
    tmp_path: Path, command: list[str], in_use: str
) -> None:
    template = homes(tmp_path / "template")
    (template / "home" / "models" / "current").write_text(f"{in_use}\n", "utf-8")
    killed, whole = killed_everywhere(
        template, tmp_path / "runs", Command(command, ["gouji.cli.models"])
    )
    before, after = contents(template), contents(whole.again)
    assert (whole.code, len(killed) >= 3) == (0, True)
    assert after["home/models/current"] == f"{command[2]}\n".encode()
    for one in killed:
        for name, content in contents(one.left).items():
            assert content in (before.get(name), after[name]), name
        assert (one.code, contents(one.again)) == (0, after)


def test_import_that_is_killed_anywhere_keeps_the_earlier_samples(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    export = ["annotations", "export", str(GOLD), "--to", "doccano"]
    done = CliRunner().invoke(app, [*export, "--out", str(template / "lines.jsonl")])
    assert done.exit_code == 0, done.output
    old = GOLD.read_bytes().splitlines(keepends=True)[1]
    (template / "a.jsonl").write_bytes(old)
    command = ["annotations", "import", "lines.jsonl", "--from", "doccano", "--out", "a.jsonl"]
    imports = ["gouji.cli.annotations", "gouji.annotations.importing", "gouji.annotations.checks"]
    killed, whole = killed_everywhere(template, tmp_path / "runs", Command(command, imports))
    assert (whole.code, len(killed) >= 3) == (0, True)
    samples = read_annotations(whole.again / "a.jsonl")
    assert {one.id for one in samples} == {one.id for one in read_annotations(GOLD)}
    new = (whole.again / "a.jsonl").read_bytes()
    for one in killed:
        assert (one.left / "a.jsonl").read_bytes() in (old, new)
        assert (one.code, (one.again / "a.jsonl").read_bytes()) == (0, new)
