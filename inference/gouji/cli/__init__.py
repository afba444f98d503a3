"""The command line: one module a command, imported only when the command is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class _Lazy:
    """Where a command is found: a function, or a Typer app of its own, in a module."""

    module: str
    attribute: str
    summary: str


_COMMANDS: Mapping[str, _Lazy] = {
    "extract": _Lazy("gouji.cli.extract", "extract", "从文件或文件夹中读出报告，写成 JSON。"),
    "evaluate": _Lazy("gouji.cli.evaluate", "evaluate", "用标准答案评测读取结果。"),
    "explain": _Lazy("gouji.cli.explain", "explain_file", "说明单元格的数从何而来、为何改动。"),
    "forms": _Lazy("gouji.cli.forms", "app", "查看表单：表格、单元格和勾稽关系。"),
    "annotations": _Lazy(
        "gouji.cli.annotations", "app", "检查、导出、导入标注样本，建议标注哪些报告。"
    ),
    "train": _Lazy("gouji.cli.train", "train", "用合成报告训练标注模型。"),
    "retrain": _Lazy(
        "gouji.cli.retrain", "retrain", "用标注样本接着训练模型，与原模型比较，通过的才可选用。"
    ),
    "models": _Lazy("gouji.cli.models", "app", "查看、比较和选用模型。"),
}


class LazyGroup(TyperGroup):
    """The commands by name and summary; what a command needs is imported when it is called."""

    def __init__(self, **attributes: Any) -> None:
        """Stand-ins that know their help alone."""
        super().__init__(**attributes)
        for name, lazy in _COMMANDS.items():
            self.commands[name] = TyperCommand(name, help=lazy.summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command in place of its stand-in, with its name and arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else _load(name), rest


app = typer.Typer(
    cls=LazyGroup,
    help="勾稽：把政府信息公开工作年度报告读成数据，让合计对得上，拿不准的逐格标出。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Runs the command line."""
    app()


def _load(name: str) -> Any:
    lazy = _COMMANDS[name]
    module = import_module(lazy.module)
    found = getattr(module, lazy.attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name, help=module.HELP)(found)
        found = alone
    return get_command(found)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gouji {version('gouji')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="显示版本后退出。", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """What stands before the name of the command."""
