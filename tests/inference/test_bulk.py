import csv
import importlib
import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gouji.inference.bulk import Job, OutputFormat, run
from gouji.inference.config import Settings
from gouji.inference.corrections import Corrections
from gouji.inference.discovery import discover
from gouji.inference.found import Discovery, Found, Passed
from gouji.inference.readers import Limits
from gouji.inference.tally import Totals
from gouji.inference.worker import Outcome, OutputError, Task
from gouji.model.errors import GoujiError
from gouji.model.form_file import load_form
from gouji.model.report_codec import report_from_dict

FORM = load_form()
TEXTS = {
    "a.txt": "报告\nreport 12\n",
    "b/c.txt": "one\ntwo\nreport 7 ?\nreport 8\n",
    "d.txt": "nothing here\n",
}


@pytest.fixture(scope="module")
def task() -> Iterator[Task]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))  # workers import it by name
        make = importlib.import_module("fake_extractor").make
        yield Task(Settings(), make_extract=make)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    write(folder, TEXTS)
    return folder


@pytest.fixture(scope="module")
def undisturbed(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run over the texts writes, never touched again."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write(folder / "texts", TEXTS)
    formats = frozenset(OutputFormat)
    run(Job(discover([folder / "texts"]), task, folder / "out", formats), lambda outcome: None)
    return folder / "out"


@pytest.fixture
def out(undisturbed: Path, tmp_path: Path) -> Path:
    """An output folder after one run over the texts."""
    return shutil.copytree(undisturbed, tmp_path / "out")


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def extract(
    task: Task,
    texts: Path,
    out: Path | None,
    *,
    workers: int = 1,
    formats: Iterable[OutputFormat] = tuple(OutputFormat),
) -> tuple[Totals, list[Outcome]]:
    outcomes: list[Outcome] = []
    job = Job(discover([texts], out), task, out, frozenset(formats), workers)
    return run(job, outcomes.append), outcomes


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_every_report_lies_under_the_name_of_its_source(undisturbed: Path) -> None:
    assert sorted(contents(undisturbed)) == [
        *("a.txt.json", "a.txt.xlsx", "all.xlsx", "b/c.txt#2.json", "b/c.txt#2.xlsx"),
        *("b/c.txt.json", "b/c.txt.xlsx", "cells.csv", "cells.parquet", "codebook.csv"),
        *("d.txt.json", "d.txt.xlsx", "failed.csv", "reports.jsonl", "review.csv", "summary.csv"),
    ]
    second = json.loads((undisturbed / "b/c.txt#2.json").read_text("utf-8"))
    assert second["source"]["name"] == "b/c.txt#2"
    assert second["source"]["reports"] == 2


def test_summaries_list_reports_flagged_cells_and_failures_in_the_order_of_the_sources(
    task: Task, texts: Path, tmp_path: Path
) -> None:
    write(texts, {"0.txt": "raise", "e.txt": "report 1 ?"})
    totals, _ = extract(task, texts, tmp_path / "out")
    summary = rows(tmp_path / "out/summary.csv")
    assert [row["报告"] for row in summary] == [
        *("a.txt", "b/c.txt", "b/c.txt#2", "d.txt", "e.txt")
    ]
    assert [row["待核单元格数"] for row in summary] == ["0", "1", "0", "0", "1"]
    review = rows(tmp_path / "out/review.csv")
    assert [(row["报告"], row["行号"]) for row in review] == [("b/c.txt", "3"), ("e.txt", "1")]
    assert review[0]["单元格"] == "requests.new.natural"
    assert review[0]["原因"] == "'=1+1"
    assert [(row["文件"], row["原因"]) for row in rows(tmp_path / "out/failed.csv")] == [
        ("0.txt", "内部错误（KeyError），详见日志"),
        ("d.txt", "没有报告"),
    ]
    for name in ("review.csv", "failed.csv"):
        assert all(load_form().sha256[:12] in row["出处"] for row in rows(tmp_path / "out" / name))
    assert totals == Totals(
        n_sources=5, n_reports=4, n_accepted=2, n_review=2, n_flagged=2, n_failed=2
    )


def test_number_of_workers_changes_no_byte(task: Task, texts: Path, tmp_path: Path) -> None:
    write(texts, {f"many/{n}.txt": f"slow\nreport {n} ?" if n % 3 else "raise" for n in range(12)})
    for workers in (1, 3):
        extract(task, texts, tmp_path / f"out{workers}", workers=workers)
    assert contents(tmp_path / "out1") == contents(tmp_path / "out3")


def test_without_folder_the_lines_come_with_the_outcomes(
    task: Task, texts: Path, undisturbed: Path
) -> None:
    _, outcomes = extract(task, texts, None, workers=2)
    lines = "".join(line for outcome in outcomes for line in outcome.lines)
    assert lines == (undisturbed / "reports.jsonl").read_text("utf-8")


def test_second_run_keeps_what_is_unchanged_and_writes_the_same_summaries(
    task: Task, texts: Path, out: Path, undisturbed: Path
) -> None:
    _, outcomes = extract(task, texts, out)
    assert [outcome.kept for outcome in outcomes] == [True, True, True]
    assert contents(out) == contents(undisturbed)


def _with_settings(task: Task) -> Task:
    return replace(task, settings=Settings(limits=Limits(timeout_s=59)))


def _with_corrections(task: Task) -> Task:
    digest = sha256(TEXTS["a.txt"].encode()).hexdigest()
    return replace(task, corrections=Corrections({digest: {"": {"requests.new.natural": 3}}}))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda task: replace(task, force=True), [False, False, False]),
        (lambda task: replace(task, model="other"), [False, False, False]),
        (_with_settings, [False, False, False]),
        (_with_corrections, [False, True, True]),
    ],
)
def test_changed_run_redoes_what_it_changes(
    task: Task, texts: Path, out: Path, change: Callable[[Task], Task], kept: list[bool]
) -> None:
    _, outcomes = extract(change(task), texts, out)
    assert [outcome.kept for outcome in outcomes] == kept


def test_correction_reaches_the_report_it_is_meant_for(
    task: Task, texts: Path, tmp_path: Path
) -> None:
    digest = sha256(TEXTS["b/c.txt"].encode()).hexdigest()
    values = Corrections({digest: {"#2": {"requests.new.natural": 99}}})
    task = replace(task, corrections=values)
    extract(task, texts, tmp_path / "out")
    found = [
        json.loads((tmp_path / "out" / name).read_text("utf-8"))["cells"]
        for name in ("b/c.txt.json", "b/c.txt#2.json")
    ]
    assert [cells["requests.new.natural"]["value"] for cells in found] == [7, 99]
    _, outcomes = extract(task, texts, tmp_path / "out")
    assert [outcome.kept for outcome in outcomes] == [True, True, True]


def test_corrections_for_no_source_of_the_run_are_counted(task: Task, texts: Path) -> None:
    values = Corrections({"0" * 64: {"": {"requests.new.natural": 99}}})
    totals, _ = extract(replace(task, corrections=values), texts, None)
    assert totals.unused_corrections == ("0" * 64,)


def _edit_source(texts: Path, out: Path) -> None:
    write(texts, {"b/c.txt": "one\ntwo\nreport 7 ?\nreport 9\n"})


def _lose_second_report(texts: Path, out: Path) -> None:
    (out / "b/c.txt#2.json").unlink()


def _damage_output(texts: Path, out: Path) -> None:
    path = out / "b/c.txt.json"
    path.write_bytes(path.read_bytes()[:-100])


def _swap_output(texts: Path, out: Path) -> None:
    (out / "b/c.txt.json").write_bytes((out / "a.txt.json").read_bytes())


@pytest.mark.parametrize("spoil", [_edit_source, _lose_second_report, _damage_output, _swap_output])
def test_only_the_spoiled_source_is_redone(
    task: Task, texts: Path, out: Path, undisturbed: Path, spoil: Callable[[Path, Path], None]
) -> None:
    spoil(texts, out)
    _, outcomes = extract(task, texts, out)
    assert [outcome.kept for outcome in outcomes] == [True, False, True]
    if spoil is not _edit_source:
        assert contents(out) == contents(undisturbed)


def test_outputs_that_no_longer_hold_are_removed(task: Task, texts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(task, texts, out)
    write(texts, {"b/c.txt": "report 7\n", "a.txt": "raise\n"})
    (out / ".gouji-0.tmp").write_text("left by a killed run")
    (out / "b/.gouji-1.tmp").write_text("left by a killed run")
    (out / "mine.txt.json").write_text("{}")
    extract(task, texts, out)
    assert sorted(contents(out)) == [
        *("all.xlsx", "b/c.txt.json", "b/c.txt.xlsx", "cells.csv", "cells.parquet"),
        *("codebook.csv", "d.txt.json", "d.txt.xlsx", "failed.csv", "mine.txt.json"),
        *("reports.jsonl", "review.csv", "summary.csv"),
    ]


def test_bad_source_costs_nobody_but_itself(task: Task, texts: Path, tmp_path: Path) -> None:
    write(texts, {"b/1": "crash", "b/2": "hang", "b/3": "raise", "b/4": " \n", "b/5": "report"})
    task = replace(task, settings=Settings(limits=Limits(timeout_s=2)))
    totals, outcomes = extract(task, texts, tmp_path / "out", workers=2)
    assert [(o.name, len(o.reports), o.failure and o.failure[:8]) for o in outcomes] == [
        ("a.txt", 1, None),
        ("b/1", 0, "工作进程意外退出"),
        ("b/2", 0, "超过 2 秒仍未"),
        ("b/3", 0, "内部错误（Key"),
        ("b/4", 0, "空文件（没有文字"),
        ("b/5", 1, None),
        ("b/c.txt", 2, None),
        ("d.txt", 1, None),
    ]
    assert totals.n_failed == 5  # the four bad ones, and d.txt without a report
    assert not totals.all_read


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    marker = tmp_path / "marker"
    marker.touch()
    return marker


def test_worker_that_dies_at_its_start_costs_nothing(
    task: Task, texts: Path, tmp_path: Path, undisturbed: Path, marker: Path
) -> None:
    dying = importlib.import_module("fake_extractor").DiesAtStart(marker, once=True)
    extract(replace(task, make_extract=dying), texts, tmp_path / "out")
    assert not marker.exists()
    assert contents(tmp_path / "out") == contents(undisturbed)


def test_run_ends_if_no_worker_starts(
    task: Task, texts: Path, tmp_path: Path, marker: Path
) -> None:
    dying = importlib.import_module("fake_extractor").DiesAtStart(marker, once=False)
    with pytest.raises(GoujiError, match="无法启动"):
        extract(replace(task, make_extract=dying), texts, tmp_path / "out")


def test_trace_goes_to_the_log_alone(
    task: Task, texts: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (texts / "b/c.txt").unlink()
    write(texts, {"a.txt": "raise"})
    with caplog.at_level(logging.ERROR, "gouji"):
        extract(task, texts, tmp_path / "out")
    assert "Traceback" in caplog.text
    assert "a detail" in caplog.text
    assert all(b"a detail" not in content for content in contents(tmp_path / "out").values())


def test_folder_that_cannot_be_opened_counts_as_failed(
    task: Task, texts: Path, tmp_path: Path
) -> None:
    discovery = replace(discover([texts]), unreadable=(Passed("x", "无法打开文件夹"),))
    totals = run(Job(discovery, task, tmp_path / "out"), lambda outcome: None)
    assert totals.n_failed == 2
    last = rows(tmp_path / "out/failed.csv")[-1]
    assert (last["文件"], last["原因"]) == ("x", "无法打开文件夹")


def test_nothing_to_read_still_gives_the_summaries(task: Task, tmp_path: Path) -> None:
    totals = run(Job(Discovery(()), task, tmp_path / "out"), lambda outcome: None)
    assert totals == Totals()
    assert sorted(contents(tmp_path / "out")) == ["failed.csv", "review.csv", "summary.csv"]


def test_name_too_long_for_its_output_fails_alone(task: Task, texts: Path, tmp_path: Path) -> None:
    write(texts, {f"{'x' * 251}.txt": "report 1"})
    totals, outcomes = extract(task, texts, tmp_path / "out")
    assert "无法写入" in (outcomes[-1].failure or "")
    assert totals.n_failed == 2


def test_disk_that_takes_no_more_ends_the_run(task: Task, texts: Path, tmp_path: Path) -> None:
    write(texts, {"b/c.txt": "full disk\nreport"})
    with pytest.raises(OutputError) as caught:
        extract(task, texts, tmp_path / "out")
    assert caught.value.filename.endswith("c.txt.json")
    assert (tmp_path / "out/a.txt.json").exists()


class TestJsonLines:
    FORMATS = (OutputFormat.JSONL,)

    def run(self, task: Task, texts: Path, out: Path) -> list[bool]:
        _, outcomes = extract(task, texts, out, formats=self.FORMATS)
        return [outcome.kept for outcome in outcomes]

    def test_one_file_holds_all_reports_in_order_and_is_kept_if_unchanged(
        self, task: Task, texts: Path, tmp_path: Path, undisturbed: Path
    ) -> None:
        out = tmp_path / "out"
        assert self.run(task, texts, out) == [False, False, False]
        before = contents(out)
        assert sorted(before) == ["failed.csv", "reports.jsonl", "review.csv", "summary.csv"]
        lines = (out / "reports.jsonl").read_text("utf-8").splitlines()
        names = [report_from_dict(json.loads(line)).source.name for line in lines]
        assert names == ["a.txt", "b/c.txt", "b/c.txt#2", "d.txt"]
        assert before.items() <= contents(undisturbed).items()
        assert self.run(task, texts, out) == [True, True, True]
        assert contents(out) == before

    def test_interrupted_run_goes_on(
        self, task: Task, texts: Path, tmp_path: Path, undisturbed: Path
    ) -> None:
        out = tmp_path / "out"

        def interrupt(outcome: Outcome) -> None:
            if outcome.name == "b/c.txt":
                raise KeyboardInterrupt

        job = Job(discover([texts]), task, out, frozenset(self.FORMATS))
        with pytest.raises(KeyboardInterrupt):
            run(job, interrupt)
        assert self.run(task, texts, out)[:2] == [True, True]
        assert contents(out).items() <= contents(undisturbed).items()

    def test_lines_that_name_a_place_outside_are_not_taken_over(
        self, task: Task, texts: Path, tmp_path: Path, undisturbed: Path
    ) -> None:
        out = tmp_path / "lines"
        out.mkdir()
        first: dict[str, Any] = json.loads(
            (undisturbed / "reports.jsonl").read_text().split("\n")[0]
        )
        first["source"]["name"] = "../../outside"
        (out / "reports.jsonl").write_text(json.dumps(first) + "\n{broken\n")
        assert self.run(task, texts, out) == [False, False, False]
        assert not (tmp_path / "outside.json").exists()


def test_outcomes_come_in_order_whoever_is_slow(task: Task, tmp_path: Path) -> None:
    write(tmp_path, {f"{n:02}.txt": "slow report" if n % 4 == 0 else "report" for n in range(10)})
    found = tuple(Found(path, path.name) for path in sorted(tmp_path.iterdir()))
    names: list[str] = []
    run(Job(Discovery(found), task, workers=2), lambda outcome: names.append(outcome.name))
    assert names == [source.name for source in found]
