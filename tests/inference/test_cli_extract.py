import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from gouji.cli import app
from gouji.inference.worker import Outcome, OutputError
from gouji.inference.writers.rows import ReportRows
from gouji.model.report import Verdict
from gouji.model.report_codec import report_schema

N_COPIES = 4
GOUJI = (sys.executable, "-m", "gouji")
CLOSING = re.compile(
    r"共 (\d+) 个文件，读出 (\d+) 份报告：可直接使用 (\d+) 份，"
    r"需要核对 (\d+) 份（(\d+) 个单元格），失败 (\d+) 个"
)


def in_process(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments)])


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GOUJI, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counts(messages: str) -> list[int]:
    """The numbers of the last line: sources, reports, accepted, to review, cells, failed."""
    found = CLOSING.fullmatch(messages.splitlines()[-1])
    assert found, messages
    return [int(number) for number in found.groups()]


@pytest.fixture(scope="module")
def seeds(root: Path) -> list[Path]:
    return sorted((root / "seeds").glob("*.txt"))


class TestOutcomesAsShown:
    """The command with outcomes given to it, no worker started."""

    OUTCOMES = (
        Outcome("a", reports=(ReportRows("a", Verdict.ACCEPTED, "", 0, (), ()),), lines=("{}\n",)),
        Outcome("b", reports=(ReportRows("b", Verdict.REVIEW, "", 7, (), ()),), kept=True),
        Outcome("c", reports=(ReportRows("c", Verdict.FAILED, "没有报告", 0, (), ()),)),
        Outcome("d\x1b", failure="内部错误", trace="Traceback: a detail"),
    )

    @pytest.fixture
    def source(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        def outcomes(*_: object) -> Iterator[Outcome]:
            yield from self.OUTCOMES

        monkeypatch.setattr("gouji.inference.bulk.outcomes", outcomes)
        source = tmp_path / "source.txt"
        source.write_text("x")
        return source

    def test_lines_elsewhere_than_on_a_terminal(self, source: Path, tmp_path: Path) -> None:
        result = in_process(source, "--out", tmp_path / "out")
        assert result.stderr.splitlines() == [
            "[1/1] a：可直接使用",
            "[2/1] b：需核对（7 个单元格）（沿用上次结果）",
            "[3/1] c：失败：没有报告",
            "[4/1] d\\x1b：失败：内部错误",
            "共 4 个文件，读出 2 份报告：可直接使用 1 份，需要核对 1 份（7 个单元格），失败 2 个",
        ]
        assert result.exit_code == 1

    def test_bar_on_a_terminal_with_failures_above_it(
        self, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes the stream for a terminal
        messages = in_process(source, "--out", tmp_path / "out").stderr
        assert "读取" in messages
        assert "4/1" in messages
        assert "[4/1] d\\x1b：失败：内部错误" in messages
        assert "a：可直接使用" not in messages
        assert counts(messages.replace("\x1b[?25h", "")) == [4, 2, 1, 1, 7, 2]  # cursor shown again

    def test_trace_goes_into_the_log_of_the_folder(self, source: Path, tmp_path: Path) -> None:
        result = in_process(source, "--out", tmp_path / "out")
        assert "a detail" in (tmp_path / "out/gouji.log").read_text("utf-8")
        assert "a detail" not in result.output

    def test_standard_output_holds_reports_alone(self, source: Path) -> None:
        assert in_process(source).stdout == "{}\n"

    def test_output_that_another_program_holds_open_is_named(
        self, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "out"
        in_process(source, "--out", out)

        def replace(self: Path, target: Path) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(self), None, str(target))

        monkeypatch.setattr(Path, "replace", replace)
        result = in_process(source, "--out", out)
        assert result.exit_code == 1
        assert f"{out / 'summary.csv'}（Permission denied），可能正在 Excel" in result.stderr
        assert not list(out.glob(".gouji-*"))

    @pytest.mark.parametrize(
        ("error", "code", "message"),
        [
            (OutputError(28, "No space left on device", "out/a.json"), 1, "out/a.json（No space"),
            (KeyboardInterrupt(), 130, "已中断；用同样的命令再运行一次即可继续"),
        ],
    )
    def test_run_that_ends_early_says_why(
        self,
        source: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        error: BaseException,
        code: int,
        message: str,
    ) -> None:
        def outcomes(*_: object) -> Iterator[Outcome]:
            yield self.OUTCOMES[0]
            raise error

        monkeypatch.setattr("gouji.inference.bulk.outcomes", outcomes)
        result = in_process(source, "--out", tmp_path / "out")
        assert result.exit_code == code
        assert message in result.stderr
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere"),
        (["one/a.txt", "two/a.txt"], "同名（a.txt）"),
        (["one", "--model", "small"], "small"),
        (["one", "--config", "bad.toml"], "max_byte"),
        (["one", "--config", "nowhere.toml"], "nowhere.toml"),
        (["one", "--corrections", "bad.jsonl"], "第 1 条更正"),
        (["one", "--corrections", "nowhere.jsonl"], "nowhere.jsonl"),
        (["one", "--out", "out", "--format", "json,pdf"], "没有格式“pdf”"),
        (["one", "--format", "json"], "--out"),
        (["one", "--out", "one/a.txt"], "--out"),
        (["one", "--workers", "0"], "--workers"),
        ([], "PATH"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one/a.txt", "two/a.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    (tmp_path / "bad.toml").write_text("[limits]\nmax_byte = 1\n")
    (tmp_path / "bad.jsonl").write_text('{"sha256": "x", "cell": "y", "value": 1}\n')
    before = contents(tmp_path)
    result = in_process(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert contents(tmp_path) == before
    assert not (tmp_path / "out").exists()


def test_help_and_version_import_nothing_heavy() -> None:
    code = (
        "import sys\nfrom gouji.cli import app\n"
        "for option in ('--help', '--version'):\n"
        "    app([option], standalone_mode=False)\n"
        "heavy = {'gouji.inference', 'gouji.model', 'ortools', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    for name in ("extract", "evaluate", "explain", "forms", "gouji 0"):
        assert name in done.stdout.decode()


def test_reports_go_to_standard_output_one_a_line(seeds: list[Path]) -> None:
    done = command("extract", *seeds[:2])
    validator = Draft202012Validator(report_schema())
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    for report in reports:
        validator.validate(report)
    assert [report["source"]["name"] for report in reports] == [seed.name for seed in seeds[:2]]
    assert counts(done.stderr)[:2] == [2, 2]
    assert done.returncode == 0


def test_reader_that_has_had_enough_ends_the_run_quietly(seeds: list[Path]) -> None:
    run = subprocess.Popen(
        [*GOUJI, "extract", *map(str, seeds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None
    run.stdout.close()
    assert run.stderr is not None
    messages = run.stderr.read().decode()
    run.stderr.close()
    assert run.wait() == 1
    assert "Traceback" not in messages
    assert "Error" not in messages


def test_correction_is_taken_as_confirmed_and_redoes_its_source_alone(
    seeds: list[Path], tmp_path: Path
) -> None:
    digest = sha256(seeds[0].read_bytes()).hexdigest()
    lines = [
        {"sha256": digest, "cell": "active.rules.issued", "value": 3},
        {"sha256": "0" * 64, "cell": "active.rules.issued", "value": 3},
    ]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = ("extract", *seeds[:2], "--out", tmp_path / "out")
    command(*arguments)
    done = command(*arguments, "--corrections", tmp_path / "c.jsonl")
    report = json.loads((tmp_path / f"out/{seeds[0].name}.json").read_text("utf-8"))
    cell = report["cells"]["active.rules.issued"]
    assert (cell["value"], cell["status"]) == (3, "confirmed")
    first, second, unused, _ = done.stderr.splitlines()
    assert "沿用" not in first
    assert "沿用" in second
    assert "有 1 个原文不在" in unused


def test_hostile_folder_costs_no_good_file_anything(seeds: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    shutil.copy(seeds[0], folder / "good.txt")
    (folder / "empty.txt").touch()
    (folder / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    (folder / "novel.txt").write_text("话说天下大势，分久必合，合久必分。\n" * 3000, "utf-8")
    (folder / ".hidden.txt").write_text("x")
    with (folder / "sparse.txt").open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)
    done = command("extract", folder, "--out", folder / "out", "--workers", 2)
    assert done.returncode == 1, done.stderr
    assert counts(done.stderr) == [5, 1, 1, 0, 0, 4]
    out = folder / "out"
    assert sorted(path.name for path in out.glob("*.json")) == ["good.txt.json", "novel.txt.json"]
    assert json.loads((out / "novel.txt.json").read_text("utf-8"))["verdict"] == "failed"
    failed = {row["文件"]: row["原因"] for row in rows(out / "failed.csv")}
    assert list(failed) == ["empty.txt", "image.txt", "novel.txt", "sparse.txt"]
    assert all(failed.values())
    assert "上限" in failed["sparse.txt"]
    assert [row["报告"] for row in rows(out / "summary.csv")] == ["good.txt", "novel.txt"]
    again = command("extract", folder, "--out", out)
    assert counts(again.stderr) == [5, 1, 1, 0, 0, 4]
    assert "跳过 out：本次的输出文件夹" in again.stderr


@pytest.fixture(scope="module")
def many(seeds: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    for number in range(N_COPIES):
        for seed in seeds:
            text = seed.read_bytes() + f"\n{number}\n".encode()
            (folder / f"{number}-{seed.name}").write_bytes(text)
    return folder


@pytest.fixture(scope="module")
def undisturbed(many: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    done = command("extract", many, "--out", out, "--workers", 1, "--model", "rules")
    assert done.returncode == 0, done.stderr
    return contents(out)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_run_cut_short_goes_on_to_the_same_bytes(
    many: Path,
    undisturbed: dict[str, bytes],
    tmp_path: Path,
    sign: signal.Signals,
    code: int,
) -> None:
    out = tmp_path / "out"
    run = subprocess.Popen(
        [*GOUJI, "extract", str(many), "--out", str(out), "--workers", "2", "--model", "rules"],
        stderr=subprocess.DEVNULL,
    )
    while len(list(out.glob("*.json"))) < 3:
        assert run.poll() is None
        time.sleep(0.01)
    os.kill(run.pid, sign)
    assert run.wait() == code
    assert not (out / "summary.csv").exists()
    (out / ".gouji-0.tmp").write_text("half a rep")
    done = command("extract", many, "--out", out, "--workers", 2, "--model", "rules")
    assert "沿用上次结果" in done.stderr
    assert contents(out) == undisturbed
