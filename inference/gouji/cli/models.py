"""`gouji models`: the models there are, what is known of them, and which one is in use."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from gouji.cli.gate import GateProgress, let_through, print_gate
from gouji.cli.terminal import console, training_errors
from gouji.model.errors import GoujiError, ModelError
from gouji.model.jsonl import loads
from gouji.model.registry import (
    CALIBRATION,
    CONFIG,
    NETWORK,
    THRESHOLDS,
    TRAINING,
    ModelEntry,
    Origin,
    current_model,
    find_model,
    list_models,
    use_model,
)

ORIGINS = {
    Origin.RULES: "规则，无须模型",
    Origin.SHIPPED: "随软件提供",
    Origin.OWN: "自有",
    Origin.FOLDER: "文件夹",
}
RECORDS = (CONFIG, TRAINING, CALIBRATION, THRESHOLDS)
_LONGEST = 60

app = typer.Typer(
    help="查看、比较和选用模型。自有模型放在 $GOUJI_HOME/models/名称/ 之下。",
    no_args_is_help=True,
    add_completion=False,
)

Force = Annotated[bool, typer.Option("--force", help="比较未通过也放行；记下是谁、为何。")]
ForceReason = Annotated[str, typer.Option(metavar="TEXT", help="放行的理由，与 --force 同用。")]
Name = Annotated[str, typer.Argument(metavar="NAME|DIR", help="模型的名称或文件夹。")]


@app.command("list", help="列出可用的模型；带 * 的是不指明时所用的模型。")
def list_all() -> None:
    """Lists every model, the one in use with a star."""
    grid = Grid("", "名称", "来源", "大小", "文件夹")
    try:
        current = current_model().name
    except ModelError as error:
        typer.echo(str(error), err=True)
        current = ""
    for model in list_models():
        star = "*" if model.name == current else ""
        folder = str(model.folder or "")
        grid.add_row(star, model.name, ORIGINS[model.origin], size_of(model), folder)
    console().print(grid)


@app.command(help="显示一个模型的说明、训练和得分。")
def show(name: Name) -> None:
    """Prints what the files of a model say of it."""
    model = found(name)
    terminal = console()
    terminal.print(f"{model.version}（{ORIGINS[model.origin]}）{model.folder or ''}")
    for key, value in records(model).items():
        terminal.print(f"  {key}：{shortened(value)}")


@app.command(help="选用一个模型：此后不指明模型时都用它。与原模型的比较未通过的不能选用。")
def use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="模型的名称。")],
    force: Force = False,
    force_reason: ForceReason = "",
) -> None:
    """Makes a model the one in use; exit code 2 if there is none or it is refused."""
    try:
        if force:
            let_through(find_model(name), force_reason)
        model = use_model(name)
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"现用模型：{model.version}")


@app.command(help="比较两个模型的说明、标签、得分和校准，只列不同之处。")
def diff(old: Name, new: Name) -> None:
    """Prints every record in which two models differ."""
    names = [found(old), found(new)]
    before, after = map(records, names)
    grid = Grid("记录", *(model.version for model in names))
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            grid.add_row(key, *(shortened(side.get(key, "—")) for side in (before, after)))
    if grid.row_count:
        console().print(grid)
    else:
        typer.echo("两个模型没有不同。")


@app.command(help="让两个模型读同样的报告，逐表、逐字段、逐版式比较；NEW 退步则不通过。")
def compare(
    old: Name,
    new: Name,
    reports: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="每个版式读多少份；默认 5 份。")
    ] = None,
    samples: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="重训 NEW 所用的标注样本，可多次给出；也用来比较。"),
    ] = None,
) -> None:
    """Prints the comparison; exit code 1 if NEW is refused, 2 for wrong usage."""
    models = found(old), found(new)
    with training_errors():
        from gouji.training.gate_again import compare_again
        from gouji.training.gate_table import HEAD, closing, gate_rows

        with GateProgress() as progress:
            record, kept = compare_again(models, reports, samples or [], progress.show)
    print_gate(HEAD, gate_rows(record.rows, record.settings), (*closing(record), kept))
    if not record.passed:
        raise typer.Exit(1)


def found(name: str) -> ModelEntry:
    """The model of a name or folder.

    Raises:
        typer.Exit: there is none (exit code 2).
    """
    try:
        return find_model(name)
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def size_of(model: ModelEntry) -> str:
    """The size of a model's network; empty for the rules."""
    path = model.folder / NETWORK if model.folder else None
    return f"{path.stat().st_size / 1e6:.1f} MB" if path and path.is_file() else ""


def records(model: ModelEntry) -> Mapping[str, Any]:
    """The records of a model by their path, such as `training.json: scores.dev`.

    Raises:
        typer.Exit: a file can't be read (exit code 2).
    """
    if model.folder is None:
        return {}
    return dict(
        entry for name in RECORDS for entry in flat(f"{name}: ", content_of(model.folder / name))
    )


def content_of(path: Path) -> Any:
    """The content of a JSON file, nothing for one that is not there.

    Raises:
        typer.Exit: it can't be read or is no JSON (exit code 2).
    """
    if not path.is_file():
        return {}
    try:
        return loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        typer.echo(f"{path}：无法读取（{error}）", err=True)
        raise typer.Exit(2) from error


def flat(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The values in nested objects, each with the keys that lead to it."""
    if not isinstance(value, Mapping):
        yield prefix.removesuffix("."), value
        return
    for key, item in value.items():
        yield from flat(f"{prefix}{key}.", item)


def shortened(value: Any) -> str:
    """A value as shown: of long lists the number of items, of long texts the beginning."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        items = list(value)
        text = ", ".join(map(str, items))
        return text if len(text) <= _LONGEST else f"{len(items)} 项：{text[: _LONGEST - 10]}…"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
