"""`gouji evaluate`: extracted reports scored against gold, with the baseline beside."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from gouji.inference.config import Settings
from gouji.inference.evaluation import (
    BASELINE,
    baseline,
    extracted,
    read_golds,
    read_predictions,
    sources_of,
    write_texts,
)
from gouji.inference.score_tables import (
    closing_lines,
    field_rows,
    score_rows,
    scores_data,
    scores_markdown,
    table_rows,
    text_lines,
)
from gouji.inference.scoring import Gold, Scores, score
from gouji.inference.worker import Task, make_extractor
from gouji.model.atomic import write_atomically
from gouji.model.errors import ConfigError, GoujiError
from gouji.model.form import Form
from gouji.model.form_file import load_form

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
        list[str] | None, typer.Option("--model", help="所用模型，可多次给出以作比较；默认 rules。")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="把 scores.json 和 scores.md 写入此文件夹。")
    ] = None,
) -> None:
    """Prints the scores per kind, table and field; exit code 1 if a report is lost."""
    form = load_form()
    try:
        if pred is not None and (sources is not None or model):
            raise ConfigError("--pred 评测已有的结果，不能与 --sources 或 --model 同用")
        golds = read_golds(gold)
        if pred is not None:
            systems = score_predictions(golds, pred, form)
        else:
            systems = score_extractions(golds, sources, model or ["rules"], form)
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for name, scores in systems.items():
        print_scores(name, scores)
    if report is not None:
        try:
            write_scores(systems, report)
        except OSError as error:
            typer.echo(f"--report：无法写入 {report}（{error.strerror}）", err=True)
            raise typer.Exit(2) from error
    if any(scores.total["lost"] for name, scores in systems.items() if name != BASELINE):
        raise typer.Exit(1)


def score_predictions(golds: Sequence[Gold], pred: Path, form: Form) -> dict[str, Scores]:
    """The scores of reports that are there already.

    Raises:
        ReadError: there is no such folder.
    """
    scores = {PREDICTED: score(golds, read_predictions(pred))}
    return scores | beside(baseline(golds, (), Settings().limits, form))


def score_extractions(
    golds: Sequence[Gold], folder: Path | None, models: Sequence[str], form: Form
) -> dict[str, Scores]:
    """The scores of every model on the sources, or else on the texts that the gold carries.

    Raises:
        ConfigError: there is nothing to extract.
        ModelError: there is no model of a name.
    """
    settings = Settings()
    systems: dict[str, Scores] = {}
    with TemporaryDirectory() as texts:
        sources = sources_of(golds, folder) if folder else write_texts(golds, Path(texts))
        if not sources:
            raise ConfigError("没有可读取的原文：请用 --sources 给出原文件，或用 --pred 给出结果")
        for model in models:
            make_extractor(form, settings, model)  # so that an unknown name fails at once
            found = extracted(sources, Task(settings, model=model), os.cpu_count() or 1)
            for name, failure in found.failures.items():
                typer.echo(f"{name}：{failure}", err=True)
            systems[model] = score(golds, found.predictions)
        return systems | beside(baseline(golds, sources, settings.limits, form))


def beside(scores: Scores | None) -> dict[str, Scores]:
    """The baseline as a further system, if there was a text to read."""
    return {} if scores is None else {BASELINE: scores}


def print_scores(name: str, scores: Scores) -> None:
    """Prints the tables and the closing lines of one system."""
    typer.echo(f"== {name}")
    for rows in (score_rows(scores), table_rows(scores), field_rows(scores)):
        if len(rows) > 1:
            typer.echo("\n".join((*text_lines(rows), "")))
    typer.echo("\n".join((*closing_lines(scores), "")))


def write_scores(systems: Mapping[str, Scores], folder: Path) -> None:
    """Writes scores.json and scores.md, each as a whole or not at all."""
    data = json.dumps(scores_data(systems), ensure_ascii=False, indent=1)
    write_atomically(folder / "scores.json", f"{data}\n".encode())
    write_atomically(folder / "scores.md", scores_markdown(systems).encode())
