"""`gouji annotations` from the command line, from reports to samples and back."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from gouji.annotations.corpus import read_annotations
from gouji.annotations.exchange import label_name
from gouji.cli import app
from gouji.model.mention import Number
from tests.annotations.samples import GOLD, ROOT, SEEDS

SAID = ("--annotator", "张三", "--licence", "public", "--layout", "rows")
NEW = "requests.new.natural"

Gouji = Callable[..., Result]


@pytest.fixture
def gouji(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gouji:
    """A function that runs `gouji annotations` with arguments."""
    monkeypatch.setenv("GOUJI_HOME", str(tmp_path / "home"))

    def run(*words: object) -> Result:
        return CliRunner().invoke(app, ["annotations", *map(str, words)])

    return run


def reports(folder: Path, names: Iterable[str]) -> Path:
    """A folder with copies of some of the sample reports."""
    folder.mkdir()
    for path in SEEDS:
        if path.name[:3] in names:
            shutil.copy(path, folder)
    return folder


def submitted(path: Path, edit: Callable[[list[Any]], None] = lambda result: None) -> None:
    """Does in a file of tasks what a person does in Label Studio: corrects and submits."""
    tasks = json.loads(path.read_text("utf-8"))
    for number, task in enumerate(tasks, start=1):
        result = task.pop("predictions")[0]["result"]
        edit(result)
        task.update(id=number, annotations=[{"result": result, "updated_at": "2024-05-06T00:00Z"}])
    path.write_text(json.dumps(tasks), "utf-8")


def test_check_says_how_many_samples_are_sound(gouji: Gouji) -> None:
    done = gouji("check", GOLD)
    assert done.exit_code == 0
    assert done.output == "共 5 份样本：5 份没有错误，0 份有错误（0 处），提醒 0 处\n"


def test_check_lists_problems_and_fails(gouji: Gouji, tmp_path: Path) -> None:
    lines = GOLD.read_text("utf-8").splitlines()
    data = json.loads(lines[2])
    data["cells"][NEW] = 3
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([lines[0], json.dumps(data)]), "utf-8")
    done = gouji("check", path)
    assert done.exit_code == 1
    *listed, last = done.output.splitlines()
    assert all(line.startswith(f"{path}:2 [002_9110b932e3d5ac2b] 错误 ") for line in listed)
    assert any(f"（{NEW}）：正文" in line and "标错了数的改数" in line for line in listed)
    assert any("勾稽关系：requests.row_total.new 不成立" in line for line in listed)
    assert last == f"共 2 份样本：1 份没有错误，1 份有错误（{len(listed)} 处），提醒 0 处"


def test_check_steers_no_terminal(gouji: Gouji, tmp_path: Path) -> None:
    data = json.loads(GOLD.read_text("utf-8").splitlines()[0])
    data["id"] = data["text"] = "\x1b[2Jabc\u202e"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(data), "utf-8")
    done = gouji("check", path)
    assert done.exit_code == 1
    assert "[\\x1b[2Jabc\\u202e]" in done.output
    assert all(line.isprintable() for line in done.output.splitlines())


def test_check_of_nothing_is_wrong_usage(gouji: Gouji, tmp_path: Path) -> None:
    done = gouji("check", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "没有这个文件或文件夹" in done.output


def test_reports_through_label_studio_become_samples(gouji: Gouji, tmp_path: Path) -> None:
    folder, tasks, out = reports(tmp_path / "in", ["001", "002"]), tmp_path / "t.json", "a.jsonl"
    done = gouji("export", folder, "--to", "label-studio", "--out", tasks, "--model", "rules")
    assert done.exit_code == 0, done.output
    assert f"已写入 {tasks}（2 份）和 {tmp_path / 't.xml'}，没有读出 0 份" in done.output

    def mistake(result: list[Any]) -> None:
        for item in result:
            if item["value"].get("labels") == [NEW]:
                item["value"]["labels"] = ["requests.carried_in.natural"]

    submitted(tasks, mistake)
    done = gouji("import", tasks, "--from", "label-studio", "--out", tmp_path / out, *SAID)
    assert done.exit_code == 0, done.output
    assert "新增 2 份，更新 0 份；其中 2 份有错误，详见 gouji annotations check" in done.output
    checked = gouji("check", tmp_path / out)
    assert checked.exit_code == 1
    assert "（requests.carried_in.natural）：标注了 2 处" in checked.output

    done = gouji("export", folder, "--to", "label-studio", "--out", tasks, "--model", "rules")
    submitted(tasks)
    done = gouji("import", tasks, "--from", "label-studio", "--out", tmp_path / out, *SAID)
    assert "新增 0 份，更新 2 份；其中 0 份有错误\n" in done.output
    assert gouji("check", tmp_path / out).exit_code == 0
    golds = {annotation.id: annotation for annotation in read_annotations(GOLD)}
    for annotation in read_annotations(tmp_path / out):
        assert annotation.cells == golds[annotation.id].cells
        assert annotation.mentions == golds[annotation.id].mentions
        assert annotation.fields == golds[annotation.id].fields
        assert annotation.provenance.annotator == "张三"
        assert annotation.provenance.date == "2024-05-06"


def test_samples_through_doccano_come_back_as_they_were(gouji: Gouji, tmp_path: Path) -> None:
    lines, out = tmp_path / "d.jsonl", tmp_path / "a.jsonl"
    done = gouji("export", GOLD, "--to", "doccano", "--out", lines)
    assert done.exit_code == 0, done.output
    labels = json.loads((tmp_path / "d.labels.json").read_text("utf-8"))
    exported = map(json.loads, lines.read_bytes().splitlines())
    used = {label[2] for line in exported for label in line["label"]}
    assert used <= {label["text"] for label in labels}
    assert NEW in map(label_name, used)
    done = gouji("import", lines, "--from", "doccano", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == GOLD.read_bytes()


def test_unlabelled_and_broken_tasks_are_told_and_the_others_come_in(
    gouji: Gouji, tmp_path: Path
) -> None:
    tasks, out = tmp_path / "t.json", tmp_path / "a.jsonl"
    gouji("export", GOLD, "--to", "label-studio", "--out", tasks)
    data = json.loads(tasks.read_text("utf-8"))
    for number, task in enumerate(data, start=7):
        task["id"] = number
    data[0]["annotations"] = []
    data[1]["data"]["text"] += "。"
    data[2]["annotations"][0]["result"][0]["value"]["labels"] = ["field:alien"]
    tasks.write_text(json.dumps(data), "utf-8")
    done = gouji("import", tasks, "--from", "label-studio", "--out", out)
    assert done.exit_code == 1
    assert "没有导入 t.json 任务 7：还没有人标注" in done.output
    assert "没有导入 t.json 任务 9：表单中没有标签 field:alien" in done.output
    assert "新增 3 份，更新 0 份；其中 1 份有错误" in done.output
    assert "与 text_sha256 不符" in gouji("check", out).output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "label-studio"], "不知道是谁标注的"),
        (["--from", "label-studio", "--annotator", "a"], "不知道原文以什么许可公开"),
        (["--from", "doccano"], "不是 doccano"),
        (["--from", "workbook"], "--sources"),
        (["--from", "label-studio", "--sources", "."], "只与 --from workbook 同用"),
    ],
)
def test_import_that_lacks_something_writes_nothing(
    gouji: Gouji, tmp_path: Path, words: list[str], message: str
) -> None:
    tasks, out = tmp_path / "t.json", tmp_path / "a.jsonl"
    folder = reports(tmp_path / "in", ["001"])
    gouji("export", folder, "--to", "label-studio", "--out", tasks, "--model", "rules")
    submitted(tasks)
    done = gouji("import", tasks, *words, "--out", out)
    assert done.exit_code == 2
    assert message in done.output
    assert not out.exists()


def test_report_that_can_not_be_read_is_told(gouji: Gouji, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", ["001"])
    (folder / "z.txt").write_text("没有报告的通知", "utf-8")
    (folder / "y.pdf").write_bytes(b"%PDF-1.4")
    out = tmp_path / "d.jsonl"
    done = gouji("export", folder, "--to", "doccano", "--out", out, "--model", "rules")
    assert done.exit_code == 1
    assert "z.txt：" in done.output
    assert "y.pdf：" in done.output
    assert "（1 份）" in done.output
    (folder / SEEDS[1].name).unlink()
    done = gouji("export", folder, "--to", "doccano", "--out", out, "--model", "rules")
    assert done.exit_code == 2
    assert "没有可导出的样本或报告" in done.output


MISPRINTED = {NEW: 7, "disputes.review.total": 4}


def misprinted(folder: Path) -> Path:
    """A folder with a report in which two numbers do not add up."""
    folder.mkdir()
    annotation = next(one for one in read_annotations(GOLD) if one.id.startswith("002"))
    text = annotation.text
    for mention in reversed(annotation.mentions):
        if mention.cell in MISPRINTED:
            start, end = mention.span
            text = f"{text[:start]}{MISPRINTED[mention.cell]}{text[end:]}"
    (folder / annotation.source).write_text(text, "utf-8", newline="")
    return folder


def extracted_workbook(folder: Path, out: Path) -> Path:
    words = ["extract", folder, "--out", out, "--format", "xlsx", "--model", "rules"]
    done = CliRunner().invoke(app, [*map(str, words), "--workers", "1"])
    assert done.exit_code == 0, done.output
    return out / "all.xlsx"


def fill(path: Path, values: Mapping[str, Number | None]) -> list[str]:
    """Writes right values beside flagged cells; the ids of all flagged cells."""
    book = load_workbook(path)
    sheet = book["待核对"]
    header = [cell.value for cell in sheet[1]]
    at, right = header.index("单元格"), header.index("正确值")
    flagged = []
    for row in sheet.iter_rows(min_row=2):
        flagged.append(str(row[at].value))
        row[right].value = values.get(flagged[-1])
    book.save(path)
    return flagged


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """The folder of the misprinted report, and the workbook of its extraction."""
    folder = misprinted(tmp_path_factory.mktemp("run") / "in")
    return folder, extracted_workbook(folder, folder.parent / "out").read_bytes()


def test_corrected_workbook_becomes_samples(
    gouji: Gouji, tmp_path: Path, run: tuple[Path, bytes]
) -> None:
    folder, content = run
    book, out = tmp_path / "all.xlsx", tmp_path / "a.jsonl"
    book.write_bytes(content)
    words = ["import", book, "--from", "workbook", "--sources", folder, "--out", out, *SAID]
    words += ["--model", "rules"]
    gold = next(one for one in read_annotations(GOLD) if one.id.startswith("002"))
    flagged = fill(book, {})
    fill(book, {NEW: gold.cells[NEW]})
    done = gouji(*words)
    assert done.exit_code == 1
    assert "个单元格待核，填完后再导入" in done.output
    assert not out.exists()
    fill(book, {cell: gold.cells[cell] for cell in flagged})
    done = gouji(*words)
    assert done.exit_code == 0, done.output
    assert "新增 1 份，更新 0 份；其中 0 份有错误" in done.output
    (sample,) = read_annotations(out)
    assert sample.cells == gold.cells
    assert sample.printed == MISPRINTED
    assert {mention.cell for mention in sample.mentions} == {m.cell for m in gold.mentions}
    assert gouji("check", out).exit_code == 0


def test_corrections_of_reports_that_are_not_there_are_told(
    gouji: Gouji, tmp_path: Path, run: tuple[Path, bytes]
) -> None:
    book = tmp_path / "all.xlsx"
    book.write_bytes(run[1])
    fill(book, dict.fromkeys(fill(book, {}), 0))
    words = ("--from", "workbook", "--sources", SEEDS[0], "--out", tmp_path / "a.jsonl", *SAID)
    done = gouji("import", book, *words, "--model", "rules")
    assert done.exit_code == 1
    assert "不在 --sources 之中" in done.output


def test_suggest_ranks_what_is_read_badly_first_and_twice_alike(
    gouji: Gouji, tmp_path: Path
) -> None:
    folder = misprinted(tmp_path / "in")
    for path in SEEDS[:2]:
        shutil.copy(path, folder)
    first, second = (gouji("suggest", folder, "-n", "2", "--model", "rules") for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.output == second.output
    *listed, last = first.output.splitlines()
    assert listed[0].startswith("1. 002_9110b932e3d5ac2b.txt（")
    assert "待核" in listed[0]
    assert "版式最像 002_9110b932e3d5ac2b.txt" in listed[1]
    assert last == "共 3 份未标注的报告，建议先标 2 份；已标注 0 份，没有读出 0 份"
    done = gouji("suggest", folder, "--labelled", GOLD.parent, "--model", "rules")
    assert len(done.output.splitlines()) == 2
    assert done.output.endswith("共 1 份未标注的报告，建议先标 1 份；已标注 2 份，没有读出 0 份\n")


def test_suggest_asks_model_and_rules(gouji: Gouji, tmp_path: Path) -> None:
    done = gouji("suggest", misprinted(tmp_path / "in"))
    assert done.exit_code == 0, done.output
    assert "规则与模型" in done.output


KILLED = """
import os, signal, sys
from gouji.cli import main

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv.pop(1) == "written":
    os.fsync = kill
else:
    import gouji.model.jsonl as jsonl
    whole, left = jsonl.dumps, [3]

    def dumps(data):
        left[0] -= 1
        return whole(data) if left[0] else kill()

    jsonl.dumps = dumps
main()
"""


@pytest.mark.parametrize("moment", ["written", "half way"])
def test_import_that_is_killed_leaves_the_old_file_whole(
    gouji: Gouji, tmp_path: Path, moment: str
) -> None:
    lines, out = tmp_path / "d.jsonl", tmp_path / "a.jsonl"
    gouji("export", GOLD, "--to", "doccano", "--out", lines)
    old = GOLD.read_bytes().splitlines(keepends=True)[1]
    out.write_bytes(old)
    words = ["annotations", "import", str(lines), "--from", "doccano", "--out", str(out)]
    command = [sys.executable, "-c", KILLED, moment, *words]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert out.read_bytes() == old
    assert gouji("import", lines, "--from", "doccano", "--out", out).exit_code == 0
    assert {one.id for one in read_annotations(out)} == {one.id for one in read_annotations(GOLD)}


@pytest.mark.parametrize("page", ["README.md", "README.en.md"])
def test_readme_shows_what_the_commands_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """The block of commands run one after the other, a person's part in between."""
    for name in ("seeds", "annotations"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "gouji annotations suggest" in block]
    shown = re.split(r"^\$ .venv/bin/gouji ", block, flags=re.MULTILINE)
    for command, _, output in (part.partition("\n") for part in shown[1:]):
        done = CliRunner().invoke(app, shlex.split(command))
        assert (done.exit_code, done.output) == (0, output), command
        if "export" in command:
            shutil.copy(tmp_path / "tasks.json", tmp_path / "labelled.json")
            submitted(tmp_path / "labelled.json")
