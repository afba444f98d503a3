"""`gouji train`: a tagger trained on synthetic reports, as a model folder."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gouji.cli.terminal import console, training_errors

HELP = (
    "用合成报告训练标注模型，写成一个模型文件夹。"
    "全部设置及默认值见 training/gouji/training/default.toml；中断后可用 --resume 接着进行。"
)

_SHARES = {"nonzero": "非零格", "zero": "零值格", "blank": "空格", "exact": "整份"}
_GROUPS = {"all": "验证", "left out": "留出版式"}


class Scored(Protocol):
    """What the command tells of an evaluation (`gouji.training.metrics.Counts`)."""

    @property
    def scores(self) -> Mapping[str, float | None]:
        """Shares by name."""

    @property
    def false_cells(self) -> int:
        """How many tokens were taken for cells."""


class Told(Protocol):
    """What the command tells of a line of the history (`gouji.training.loop.Line`)."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def minutes(self) -> float:
        """Time used."""

    @property
    def done(self) -> float:
        """The share of the training that lies behind."""

    @property
    def loss(self) -> float | None:
        """The mean loss since the last line."""

    @property
    def pieces_per_s(self) -> float | None:
        """The speed since the last line."""

    @property
    def counts(self) -> Mapping[str, Scored] | None:
        """The evaluation, if the line is one."""


def train(
    out: Annotated[Path, typer.Option(metavar="DIR", help="写入此文件夹；其名即模型名。")],
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="设置文件（TOML），只写要改动的各项。")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="接着进行文件夹中未完的训练。")] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="至多训练多少分钟；学习率随之安排。")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR", help="微调预训练模型：Hugging Face 上的名称，或本地文件夹。"
        ),
    ] = None,
) -> None:
    """Trains a model; exit code 2 if a setting is wrong or the training can't begin."""
    with training_errors():
        from gouji.training.config import read_config
        from gouji.training.metrics import ALL
        from gouji.training.recipe import calibrate_model, train_model

        settings = read_config(config)
        if minutes is not None:
            settings = replace(settings, loop=replace(settings.loop, max_minutes=minutes))
        with Display() as display:
            record = train_model(settings, out, display.show, base=base, resume=resume)
        calibrated = calibrate_model(settings, out)
    typer.echo(
        f"已写入 {out}：{record.steps} 步，{record.minutes:g} 分钟，{told(record.scores[ALL])}；"
        + "，".join(
            f"{title}校准误差 {calibrated.heads[head].ece_after:.4f}"
            for head, title in {"row": "行", "column": "列"}.items()
        )
    )


def told(counts: Scored) -> str:
    """The counts of an evaluation in a line."""
    shares = [
        f"{title} {100 * share:.2f}%"
        for name, title in _SHARES.items()
        for share in [counts.scores[name]]
        if share is not None
    ]
    return "，".join([*shares, f"误认 {counts.false_cells}"])


class Display:
    """The progress of a training: a bar on a terminal, lines elsewhere."""

    def __init__(self) -> None:
        """Nothing is shown before the first line."""
        self._console = console()
        self._bar = Progress(
            TextColumn("训练"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.description}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=1.0)

    def __enter__(self) -> "Display":
        """The bar shown."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """The bar ended."""
        self._bar.stop()

    def show(self, line: Told) -> None:
        """Shows a line of the history; evaluations stay on the terminal."""
        if line.counts is not None:
            for group, counts in line.counts.items():
                if group in _GROUPS:
                    self._console.print(f"第 {line.step} 步，{_GROUPS[group]}：{told(counts)}")
        elif self._console.is_terminal:
            self._bar.update(self._task, completed=line.done, description=_state(line))
        else:
            self._console.print(_state(line))


def _state(line: Told) -> str:
    state = f"第 {line.step} 步（{100 * line.done:.1f}%），{line.minutes:.1f} 分钟"
    return f"{state}，损失 {line.loss:.4f}，{line.pieces_per_s:.0f} 词元/秒"
