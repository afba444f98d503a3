"""`gouji evaluate`: extracted reports scored against gold, with the baseline beside."""

import json
import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from gouji.inference.ablation import Row, System, compare, parts_of, system_of
from gouji.inference.config import Settings
from gouji.inference.evaluation import (
    BASELINE,
    Evaluation,
    baseline,
    extracted,
    read_golds,
    read_predictions,
    read_texts,
    report_name,
    sources_of,
    write_texts,
)
from gouji.inference.evaluation_page import Contents, ablation_data, page, page_data
from gouji.inference.evidence import Evaluated, evaluated
from gouji.inference.found import Found
from gouji.inference.lineage import Version, in_order, version_of
from gouji.inference.score_tables import (
    closing_lines,
    field_rows,
    score_rows,
    scores_data,
    scores_markdown,
    table_rows,
    text_lines,
)
from gouji.inference.scoring import Gold, Scores
from gouji.inference.worker import Task, make_extractor
from gouji.model.atomic import write_atomically
from gouji.model.errors import ConfigError, GoujiError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.registry import find_model

HELP = "用标准答案评测读取结果；GOLD 为含 NAME.gold.json 的文件夹，或标注的 JSONL 文件。"
PREDICTED = "predicted"


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="标准答案。")],
    sources: Annotated[
        Path | None, typer.Option(metavar="DIR", help="原文件所在文件夹：读取后评测。")
    ] = None,
    pred: Annotated[
        Path | None, typer.Option(metavar="DIR", help="已读出的报告 JSON 所在文件夹：直接评测。")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="所用模型，可多次给出以作比较；默认为当前模型。"),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="把评测报告 report.html 和各项数据写入此文件夹。"),
    ] = None,
) -> None:
    """Prints the scores per kind, table and field; exit code 1 if a report is lost."""
    form = load_form()
    try:
        if pred is not None and (sources is not None or model):
            raise ConfigError("--pred 评测已有的结果，不能与 --sources 或 --model 同用")
        golds = read_golds(gold)
        if pred is not None:
            found = evaluate_predictions(golds, pred, form)
        else:
            comparing = report is not None
            found = evaluate_systems(golds, sources, asked(model), form, comparing=comparing)
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    scored = {name: system.scores for name, system in found.systems.items()}
    for name, scores in scored.items():
        print_scores(name, scores)
    if report is not None:
        options = {"--sources": sources, "--pred": pred, "--model": model, "--report": report}
        try:
            write_report(found, report, command_line(gold, options), form)
        except OSError as error:
            typer.echo(f"--report：无法写入 {report}（{error.strerror}）", err=True)
            raise typer.Exit(2) from error
    if any(scores.total["lost"] for name, scores in scored.items() if name != BASELINE):
        raise typer.Exit(1)


def asked(models: Sequence[str] | None) -> dict[str, System]:
    """The systems asked for, by the name they were asked for; the model in use if none was.

    Raises:
        ModelError: there is no model of a name.
    """
    names = models or [find_model().reference]
    return {name: system_of(find_model(name), Settings()) for name in names}


def evaluate_predictions(golds: Sequence[Gold], pred: Path, form: Form) -> Evaluation:
    """Reports that are there already, with the baseline where the gold carries the texts.

    Raises:
        ReadError: there is no such folder.
    """
    predicted = evaluated(golds, read_predictions(pred))
    plain = baseline(golds, (), Settings().limits, form)
    rows = (*beside(plain), Row(PREDICTED, None, predicted))
    texts = read_texts(worst_golds(predicted), (), Settings().limits)
    return Evaluation(named({PREDICTED: predicted}, plain), rows, texts)


def evaluate_systems(
    golds: Sequence[Gold],
    folder: Path | None,
    systems: Mapping[str, System],
    form: Form,
    *,
    comparing: bool,
) -> Evaluation:
    """Every system on the sources, or else on the texts that the gold carries.

    With `comparing`, the other systems of the ablation are evaluated too.

    Raises:
        ConfigError: there is nothing to extract.
        ModelError: a model can't be loaded.
    """
    limits = Settings().limits
    found: dict[str, Evaluated] = {}
    failures: dict[str, str] = {}
    with TemporaryDirectory() as texts:
        sources = sources_of(golds, folder) if folder else write_texts(golds, Path(texts))
        if not sources:
            raise ConfigError("没有可读取的原文：请用 --sources 给出原文件，或用 --pred 给出结果")
        for system in systems.values():
            make_extractor(form, system.settings, system.model.reference)  # fails at once, if ever
        for name, system in systems.items():
            found[name], lost = run_task(golds, sources, system.task())
            for source, failure in lost.items():
                typer.echo(f"{source}：{failure}", err=True)
                failures.setdefault(report_name(source), failure)
        plain = baseline(golds, sources, limits, form)
        if not comparing:
            return Evaluation(named(found, plain))
        done = {systems[name].title: system for name, system in found.items()}
        parts = parts_of(tuple(systems.values()))
        rows = compare(parts, done, lambda task: run_task(golds, sources, task)[0])
        shown = read_texts(worst_golds(next(iter(found.values()))), sources, limits)
    history = history_of(systems, found)
    return Evaluation(named(found, plain), (*beside(plain), *rows), shown, failures, history)


def history_of(
    systems: Mapping[str, System], found: Mapping[str, Evaluated]
) -> tuple[tuple[Version, Evaluated], ...]:
    """The models of the systems with what became of each, in the order of their lineage.

    Raises:
        ModelError: a record in the folder of a model is broken.
    """
    versions = [version_of(system.model) for system in systems.values()]
    read = [found[name] for name in systems]
    return tuple((versions[number], read[number]) for number in in_order(versions))


def run_task(
    golds: Sequence[Gold], sources: Sequence[Found], task: Task
) -> tuple[Evaluated, Mapping[str, str]]:
    """A task on all sources, evaluated, and why which of them gave no report.

    Raises:
        GoujiError: no worker can be started.
    """
    found = extracted(sources, task, os.cpu_count() or 1)
    return evaluated(golds, found.predictions), found.failures


def worst_golds(system: Evaluated) -> Iterable[Gold]:
    """The gold of the worst reports."""
    return (judged.gold for judged in system.evidence.worst)


def named(systems: Mapping[str, Evaluated], plain: Evaluated | None) -> dict[str, Evaluated]:
    """The systems, and last the baseline if there was a text to read."""
    return {**systems, **({} if plain is None else {BASELINE: plain})}


def beside(plain: Evaluated | None) -> tuple[Row, ...]:
    """The baseline as a row of the ablation, if there was a text to read."""
    return () if plain is None else (Row("阅读顺序 (reading order)", plain, None),)


def command_line(gold: Path, options: Mapping[str, Any]) -> str:
    """The command as a person would type it, without the options that were not given."""
    words = ["gouji", "evaluate", str(gold)]
    for option, given in options.items():
        values = given if isinstance(given, list) else [given]
        words += [w for value in values if value is not None for w in (option, str(value))]
    return shlex.join(words)


def print_scores(name: str, scores: Scores) -> None:
    """Prints the tables and the closing lines of one system."""
    typer.echo(f"== {name}")
    for rows in (score_rows(scores), table_rows(scores), field_rows(scores)):
        if len(rows) > 1:
            typer.echo("\n".join((*text_lines(rows), "")))
    typer.echo("\n".join((*closing_lines(scores), "")))


def write_report(found: Evaluation, folder: Path, command: str, form: Form) -> None:
    """Writes the report, each file as a whole or not at all; of the first system in detail.

    Raises:
        OSError: a file can't be written.
    """
    systems = {name: system.scores for name, system in found.systems.items()}
    name, detail = next(iter(found.systems.items()))
    contents = Contents(
        command=command,
        gouji=version("gouji"),
        form=form,
        system=name,
        detail=detail,
        ablation=found.ablation,
        texts=found.texts,
        failures=found.failures,
        history=found.history,
    )
    write_json(scores_data(systems), folder / "scores.json")
    write_atomically(folder / "scores.md", scores_markdown(systems).encode())
    write_json(page_data(contents), folder / "report.json")
    write_json(ablation_data(found.ablation), folder / "ablation.json")
    write_atomically(folder / "report.html", page(contents).encode())


def write_json(data: Any, path: Path) -> None:
    """Writes plain data as JSON.

    Raises:
        OSError: the file can't be written.
    """
    text = json.dumps(data, ensure_ascii=False, indent=1)
    write_atomically(path, f"{text}\n".encode())
