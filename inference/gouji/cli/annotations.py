"""`gouji annotations`: samples checked, handed to labelling programs and back, and chosen."""

from pathlib import Path
from typing import Annotated

import typer

from gouji.model.errors import GoujiError
from gouji.model.form_file import load_form

app = typer.Typer(
    help="标注样本：检查、导出、导入，以及建议下一步标注哪些报告。",
    no_args_is_help=True,
    add_completion=False,
)

Samples = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="标注文件（JSONL），或含标注文件的文件夹。"),
]


@app.command(help="检查标注：格式、位置、数值、勾稽关系和重复，列出每一处问题。")
def check(paths: Samples) -> None:
    """Lists every problem; exit code 1 if there is an error, 2 if a file can't be read."""
    from gouji.annotations.sample_files import annotation_files, check_files

    try:
        found = check_files(annotation_files(paths), load_form())
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for located in found.located:
        typer.echo(str(located))
    typer.echo(
        f"共 {found.n_samples} 份样本：{found.n_samples - found.n_wrong} 份没有错误，"
        f"{found.n_wrong} 份有错误（{found.n_errors} 处），提醒 {found.n_remarks} 处"
    )
    if found.n_errors:
        raise typer.Exit(1)
