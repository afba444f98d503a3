"""`gouji retrain`: the model in use trained on with samples, and compared with what it was."""

import re
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer

from gouji.cli.gate import GateProgress, let_through, print_gate
from gouji.cli.models import Force, ForceReason
from gouji.cli.terminal import shown, training_errors
from gouji.cli.train import Display, told
from gouji.model.errors import ConfigError
from gouji.model.form_file import load_form
from gouji.model.gate_file import GATE_TABLE
from gouji.model.registry import RULES, ModelEntry, Origin, find_model, home, use_model

_UNLIMITED = 1_000_000  # steps, where time ends the training

HELP = (
    "用标注样本接着训练模型，写成新模型，并与原模型比较；比较通过的才可选用。"
    "全部设置及默认值见 training/gouji/training/retrain.toml；中断后可用 --resume 接着进行。"
)

Samples = Annotated[
    list[Path],
    typer.Argument(metavar="SAMPLES...", help="标注文件（JSONL），或含标注文件的文件夹。"),
]
NewName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="新模型的名称，存入自有模型；默认为原模型的名称加 -r1 等。"),
]


def retrain(
    samples: Samples,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="新模型的文件夹；其名即模型名。")
    ] = None,
    name: NewName = None,
    model: Annotated[
        str | None, typer.Option(metavar="NAME|DIR", help="从哪个模型开始；默认为当前模型。")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="训练多少步。")] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="训练多少分钟；学习率随之安排。")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="设置文件（TOML），只写要改动的各项。")
    ] = None,
    skip_wrong: Annotated[
        bool, typer.Option("--skip-wrong", help="略过有错误的样本，用其余的训练。")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="接着进行未完的训练。")] = False,
    gate_reports: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="比较时每个版式读多少份。")
    ] = None,
    force: Force = False,
    force_reason: ForceReason = "",
    use: Annotated[bool, typer.Option("--use", help="比较通过后即选用新模型。")] = False,
) -> None:
    """Trains and compares; exit code 1 if the new model is refused, 2 for wrong usage."""
    with training_errors():
        from gouji.training.gate_table import HEAD, closing, gate_rows

        _check_usage(out, others=name is not None or use, unsaid=force and not force_reason.strip())
        parent = find_model(model)
        target = out or _own(name, parent)
        settings = _settings(config, steps, minutes, gate_reports)
        job = _job(samples, parent, target, settings, skip_wrong=skip_wrong)
        record = _finished(job) if resume else None
        if record is None:
            typer.echo(_trained(job, resume=resume))
            record = _compared(job)
        print_gate(HEAD, gate_rows(record.rows, record.settings), closing(record))
        new = ModelEntry(target.name, Origin.OWN if out is None else Origin.FOLDER, target)
        if force:
            let_through(new, force_reason)
        passes = record.passed or force
        if use and passes:
            use_model(new.name)
        typer.echo(_ending(new, passes=passes, used=use and passes))
    if not passes:
        raise typer.Exit(1)


def _check_usage(out: Path | None, *, others: bool, unsaid: bool) -> None:
    if unsaid:
        raise ConfigError("--force 须用 --force-reason 说明理由")
    if out is not None and others:
        raise ConfigError("--out 不能与 --name 或 --use 同用：只有自有模型可以选用")


def _own(name: str | None, parent: ModelEntry) -> Path:
    """The folder of a person's own model; without a name that of the old one, numbered.

    Raises:
        ConfigError: it can't be the name of a model.
    """
    if name is None:
        stem = re.sub(r"-r\d+$", "", parent.name)
        return next(
            folder
            for number in count(1)
            for folder in [home() / f"{stem}-r{number}"]
            if not folder.exists()
        )
    if Path(name).name != name or name.startswith(".") or name == RULES:
        raise ConfigError(f"--name：{name!r} 不能作模型名")
    return home() / name


def _settings(
    config: Path | None, steps: int | None, minutes: float | None, gate_reports: int | None
) -> Any:
    """The settings with what the command line says of them (`RetrainingConfig`).

    Raises:
        ConfigError: a setting is wrong.
    """
    from gouji.training.retraining_config import read_retraining_config

    if steps is not None and minutes is not None:
        raise ConfigError("--steps 与 --minutes 只能给出一个")
    settings = read_retraining_config(config)
    loop, gate = settings.loop, settings.gate
    if steps is not None:
        loop = replace(loop, steps=steps, max_minutes=0.0)
    if minutes is not None:
        loop = replace(loop, steps=_UNLIMITED, max_minutes=minutes)
    if gate_reports is not None:
        gate = replace(gate, reports=gate_reports)
    return replace(settings, loop=loop, gate=gate)


def _job(
    paths: list[Path], parent: ModelEntry, target: Path, settings: Any, *, skip_wrong: bool
) -> Any:
    """What is to be done (`Retraining`); says which samples are taken and which are not.

    Raises:
        ConfigError: a sample has an error and is not to be skipped, or there is none without.
    """
    from gouji.training.retraining import Retraining
    from gouji.training.retraining_samples import read_samples, record_of, split

    checked = read_samples(paths, load_form())
    for located in checked.errors:
        typer.echo(shown(str(located)), err=True)
    wrong = {(one.path, one.line): one.sample for one in checked.errors}
    if wrong and not skip_wrong:
        raise ConfigError(f"{len(wrong)} 份样本有错误；请改正，或加 --skip-wrong 略过它们")
    for name in checked.shared:
        typer.echo(f"{shown(name)}：同一文件有几份报告，不用于训练", err=True)
    parts = split(checked.samples, settings.mixing)
    left_out = sorted({*checked.shared, *wrong.values()})
    record = record_of(parts, settings.mixing, left_out)
    typer.echo(
        f"从 {parent.version} 开始：样本 {len(parts.train)} 份用于训练，"
        f"{len(parts.test)} 份留作比较，{len(left_out)} 份略过"
    )
    return Retraining(parent, parts, record, settings, target)


def _finished(job: Any) -> Any:
    """The comparison (`GateRecord`) of a run that was killed at its very end; None for others.

    The new model gets its name.

    Raises:
        ModelError: a record of that run is broken.
        OSError: the folder can't be renamed.
    """
    from gouji.training.publishing import finished
    from gouji.training.retraining import publish

    record = finished(job)
    if record is not None:
        publish(job)
    return record


def _trained(job: Any, *, resume: bool) -> str:
    """Trains and calibrates; what is said of it.

    Raises:
        GoujiError: the training can't begin.
        OSError: a file can't be written.
    """
    from gouji.training.metrics import ALL
    from gouji.training.retraining import calibrate_retrained, retrain

    form = load_form()
    with Display() as display:
        record = retrain(job, form, display.show, resume=resume)
    calibrated = calibrate_retrained(job, form)
    return (
        f"训练 {record.steps} 步，{record.minutes:g} 分钟，未训练过的版式："
        f"{told(record.scores[ALL])}；行校准误差 {calibrated.heads['row'].ece_after:.4f}，"
        f"列校准误差 {calibrated.heads['column'].ece_after:.4f}"
    )


def _compared(job: Any) -> Any:
    """The comparison of the new model with the old (`GateRecord`), after which it has its name.

    Raises:
        GoujiError: a model can't be loaded, or no worker can be started.
        OSError: a file can't be written.
    """
    from gouji.training.gate_trial import try_models, write_gate
    from gouji.training.retraining import publish

    staged = ModelEntry(job.target.name, Origin.FOLDER, job.staging)
    models, settings = (job.parent, staged), job.config.gate
    with GateProgress() as progress:
        record = try_models(models, load_form(), settings, job.samples, progress.show)
    write_gate(job.staging, record)
    publish(job)
    return record


def _ending(model: ModelEntry, *, passes: bool, used: bool) -> str:
    if used:
        return f"已写入 {model.folder}，现用模型：{model.name}"
    if not passes:
        return f"已写入 {model.folder}（比较的结果在其中的 {GATE_TABLE}），现用模型未变"
    how = (
        f"gouji models use {model.name}"
        if model.origin is Origin.OWN
        else f"--model {model.folder}"
    )
    return f"已写入 {model.folder}，现用模型未变；选用：{how}"
