"""`gouji extract`: files and folders in, reports out."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from errno import EACCES
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gouji.cli.terminal import shown
from gouji.inference.bulk import Job, OnOutcome, OutputFormat, run
from gouji.inference.config import Recognising, Settings, read_settings
from gouji.inference.correction_files import read_corrections
from gouji.inference.corrections import Corrections
from gouji.inference.discovery import discover
from gouji.inference.found import Discovery
from gouji.inference.readers import Ocr
from gouji.inference.tally import Totals
from gouji.inference.units import read_units
from gouji.inference.worker import Outcome, Task, make_extractor
from gouji.inference.writers.long_table import parquet_library
from gouji.inference.writers.outputs import LOG
from gouji.inference.writers.rows import VERDICTS
from gouji.inference.writers.sheets import EXPECTED
from gouji.model.errors import ConfigError, GoujiError
from gouji.model.form_file import load_form
from gouji.model.registry import find_model
from gouji.model.report import Verdict


class BlankAs(StrEnum):
    """What stands for a cell that is surely blank where reports are exported."""

    NULL = "null"
    ZERO = "zero"


HELP = """从文件或文件夹中读出报告。

不给 --out 时每份报告一行 JSON 写到标准输出；给出时写入该文件夹，并附 summary.csv（每份报告一行）、
review.csv（每个待核单元格一行）和 failed.csv（没有读出的文件）。中断后用同样的命令再运行即可继续。

退出码：0 全部读出，1 有文件没有读出，2 用法有误。"""

Formats = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="json,jsonl,xlsx,csv,parquet",
        help="结果的格式，可用逗号并列：json 每份报告一个文件（默认），jsonl 合为一个文件，"
        "xlsx 每份一个工作簿和汇总的 all.xlsx，csv、parquet 为每格一行的长表和编码表。",
    ),
]
CorrectionsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="更正：填了“正确值”的 all.xlsx，或 JSONL，每行含 sha256、cell、value。",
    ),
]
Blanks = Annotated[
    BlankAs,
    typer.Option(help="确为空白的格子在 xlsx、csv、parquet 中写作空（null）还是 0（zero）。"),
]
Units = Annotated[
    Path | None,
    typer.Option(
        metavar="CSV", help="应报单位的名单，每行第一栏一个；缺报、重报的列入 expected.csv。"
    ),
]
OcrOption = Annotated[
    Ocr | None,
    typer.Option(
        "--ocr",
        help="auto（默认）：识别图片，以及 PDF 中没有可用文字层的页；"
        "always：PDF 的每一页都识别；never：一律不识别。",
    ),
]
Join = Annotated[
    bool,
    typer.Option(
        "--join",
        help="文件夹（及各子文件夹）中的图片按名称里的数排序，合为一份报告；不给时每张图片各为一份。",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|DIR",
        help="所用模型的名称或文件夹；rules 为只用规则；默认为当前模型（gouji models list）。",
    ),
]


def extract(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="文件或文件夹；文件夹按名称顺序逐层读取。"),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="结果写入此文件夹，没有则新建。")
    ] = None,
    formats: Formats = None,
    corrections: CorrectionsFile = None,
    blank_as: Blanks = BlankAs.NULL,
    units: Units = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="同时工作的进程数；默认与处理器核数相同。")
    ] = None,
    ocr: OcrOption = None,
    join: Join = False,
    model: Model = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="设置文件（TOML），只写要改的设置。")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="不沿用上次的结果，全部重做。")] = False,
) -> None:
    """Reads the reports; exit code 0 if all were read, 1 if some were not, 2 for wrong usage."""
    screen = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    try:
        settings = read_settings(config) if config else Settings()
        settings = replace(settings, recognition=Recognising(ocr)) if ocr else settings
        task = _task(settings, _corrections(corrections), model, force=force)
        task = replace(task, blank_as_zero=blank_as is BlankAs.ZERO)
        aside = {path for path in (corrections, units, config) if path}
        job = Job(
            discover(paths, out, aside, join=join),
            task,
            out,
            _formats(formats, out),
            workers or os.cpu_count() or 1,
            _units(units, out),
        )
        _make_folder(out)
    except GoujiError as error:
        screen.print(str(error))
        raise typer.Exit(2) from error
    totals = _run(job, screen)
    for line in _remarks(totals):
        screen.print(line)
    screen.print(_closing_line(totals))
    if not totals.all_read:
        raise typer.Exit(1)


def _task(settings: Settings, corrections: Corrections, model: str | None, *, force: bool) -> Task:
    """The task with the model of a name, or else the one in use; refused if it can't be loaded."""
    entry = find_model(model)
    task = Task(
        settings,
        corrections=corrections,
        model=entry.reference,
        model_version=entry.version,
        force=force,
    )
    if entry.folder is not None:
        make_extractor(load_form(task.form), settings, task.model)
    return task


def _corrections(path: Path | None) -> Corrections:
    return read_corrections(path, load_form()) if path else Corrections()


def _formats(text: str | None, out: Path | None) -> frozenset[OutputFormat]:
    if text is None:
        return frozenset({OutputFormat.JSON})
    if out is None:
        raise ConfigError("--format 须与 --out 同用；不给 --out 时总是每份报告一行 JSON")
    known = [str(kind) for kind in OutputFormat]
    for name in (names := [name.strip() for name in text.split(",")]):
        if name not in known:
            raise ConfigError(f"--format：没有格式“{name}”；可用：{'、'.join(known)}")
    if OutputFormat.PARQUET in names:
        parquet_library()
    return frozenset(OutputFormat(name) for name in names)


def _units(path: Path | None, out: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    if out is None:
        raise ConfigError("--units 须与 --out 同用；缺报、重报的单位列入其中的 expected.csv")
    return read_units(path)


def _make_folder(out: Path | None) -> None:
    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--out：无法建立文件夹 {out}（{error.strerror}）") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise ConfigError(f"--out：文件夹 {out} 不可写")


def _run(job: Job, screen: Console) -> Totals:
    for passed in job.discovery.skipped:
        screen.print(f"跳过 {shown(passed.name)}：{passed.reason}")
    try:
        with _log(job.out), _progress(job.discovery, screen) as on_outcome:
            return run(job, on_outcome)
    except KeyboardInterrupt:
        again = "" if job.out is None else "；用同样的命令再运行一次即可继续"
        screen.print(f"已中断{again}")
        raise typer.Exit(130) from None
    except BrokenPipeError:  # whoever reads our output has had enough; typer ends quietly
        raise
    except OSError as error:
        place = error.filename2 or error.filename or job.out or "标准输出"
        is_locked = error.errno == EACCES and Path(place).is_file()
        hint = "，可能正在 Excel 等程序中打开，请先关闭" if is_locked else ""
        screen.print(
            f"无法写入 {place}（{error.strerror}）{hint}；已完成的结果保留，解决后再运行即可继续"
        )
    except GoujiError as error:
        screen.print(str(error))
    raise typer.Exit(1)


@contextmanager
def _log(out: Path | None) -> Iterator[None]:
    """Keeps the log of a run in its output folder, or on standard error where there is none."""
    handler: logging.Handler
    if out is None:
        handler = logging.StreamHandler()
    else:
        handler = logging.FileHandler(out / LOG, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("gouji")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


@contextmanager
def _progress(discovery: Discovery, screen: Console) -> Iterator[OnOutcome]:
    """What to call with each outcome: a bar on a terminal, a line for each source elsewhere."""
    total = len(discovery.found) + len(discovery.unreadable)
    columns = (TextColumn("读取"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=total)
        done = 0

        def on_outcome(outcome: Outcome) -> None:
            nonlocal done
            done += 1
            for line in outcome.lines:
                sys.stdout.buffer.write(line.encode())
            sys.stdout.buffer.flush()
            progress.advance(bar)
            if not screen.is_terminal or outcome.failure:
                screen.print(f"[{done}/{total}] {shown(outcome.name)}：{_wording(outcome)}")

        yield on_outcome


def _wording(outcome: Outcome) -> str:
    if outcome.failure is not None:
        return f"失败：{outcome.failure}"
    parts = []
    for report in outcome.reports:
        text = VERDICTS[report.verdict]
        if report.verdict is Verdict.REVIEW:
            text += f"（{report.n_flagged} 个单元格）"
        if report.verdict is Verdict.FAILED:
            text += f"：{report.reason}"
        parts.append(text)
    return "；".join(parts) + ("（沿用上次结果）" if outcome.kept else "")


def _remarks(totals: Totals) -> Iterator[str]:
    if unused := len(totals.unused_corrections):
        yield f"更正文件中有 {unused} 个原文不在本次读取之列，或没有读出"
    for name, same in totals.duplicates.items():
        yield f"{shown(name)} 与 {shown(same)} 的机关、年度和各格都相同"
    if totals.n_missing_units:
        yield f"名单中有 {totals.n_missing_units} 个单位（按年度计）没有报告，见 {EXPECTED}"


def _closing_line(totals: Totals) -> str:
    return (
        f"共 {totals.n_sources} 个文件，读出 {totals.n_reports} 份报告："
        f"可直接使用 {totals.n_accepted} 份，"
        f"需要核对 {totals.n_review} 份（{totals.n_flagged} 个单元格），失败 {totals.n_failed} 个"
    )
