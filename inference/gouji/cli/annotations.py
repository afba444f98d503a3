"""`gouji annotations`: samples checked, handed to labelling programs and back, and chosen."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gouji.cli.terminal import shown, usage_errors
from gouji.inference.config import Settings
from gouji.inference.worker import make_extractor
from gouji.model.errors import ConfigError
from gouji.model.form_file import load_form
from gouji.model.registry import find_model


class Target(StrEnum):
    """What samples are exported for."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"


class Origin(StrEnum):
    """What samples are imported from."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    WORKBOOK = "workbook"


app = typer.Typer(
    help="标注样本：检查、导出、导入，以及建议下一步标注哪些报告。",
    no_args_is_help=True,
    add_completion=False,
)

Samples = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="标注文件（JSONL），或含标注文件的文件夹。"),
]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME|DIR", help="读报告所用模型；rules 为只用规则；默认为当前模型。"),
]


@app.command(help="检查标注：格式、位置、数值、勾稽关系和重复，列出每一处问题。")
def check(paths: Samples) -> None:
    """Lists every problem; exit code 1 if there is an error, 2 if a file can't be read."""
    from gouji.annotations.sample_files import annotation_files, check_files

    with usage_errors():
        found = check_files(annotation_files(paths), load_form())
    for located in found.located:
        typer.echo(shown(str(located)))
    typer.echo(
        f"共 {found.n_samples} 份样本：{found.n_samples - found.n_wrong} 份没有错误，"
        f"{found.n_wrong} 份有错误（{found.n_errors} 处），提醒 {found.n_remarks} 处"
    )
    if found.n_errors:
        raise typer.Exit(1)


@app.command(help="导出到标注软件：标注样本照原样，报告则先由勾稽标好，人只改不对的。")
def export(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="标注文件、报告文件，或含它们的文件夹。"),
    ],
    to: Annotated[Target, typer.Option("--to", help="导出给哪个软件。")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="写入此文件；旁边另有标注界面（.xml，label-studio）或标签（.labels.json，doccano）。",
        ),
    ],
    model: Model = None,
) -> None:
    """Writes the file; exit code 1 if a report could not be read, 2 for wrong usage."""
    from gouji.annotations.exchange import Program
    from gouji.annotations.exporting import gather, write_export

    with usage_errors():
        form, settings = load_form(), Settings()
        extract = make_extractor(form, settings, find_model(model).reference)
        found = gather(paths, extract, form, settings.limits)
        if not found.drafts:
            raise ConfigError("没有可导出的样本或报告" + "".join(f"\n{f}" for f in found.failures))
        beside = write_export(out, found.drafts, Program(to), form)
    for failure in found.failures:
        typer.echo(shown(failure), err=True)
    typer.echo(
        f"已写入 {out}（{len(found.drafts)} 份）和 {beside}，没有读出 {len(found.failures)} 份"
    )
    if found.failures:
        raise typer.Exit(1)


@app.command("import", help="导入改好的标注：来自标注软件，或填了“正确值”的 all.xlsx。")
def import_samples(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="标注软件导出的文件，或 all.xlsx。")],
    origin: Annotated[Origin, typer.Option("--from", help="文件来自哪里。")],
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="写入此标注文件；已有的样本保留，正文相同的以新的为准。"),
    ],
    annotator: Annotated[
        str, typer.Option(metavar="NAME", help="标注人；标注软件没有记下时必填。")
    ] = "",
    licence: Annotated[
        str, typer.Option(metavar="TEXT", help="原文以什么许可公开；新标的报告必填。")
    ] = "",
    layout: Annotated[str, typer.Option(metavar="TEXT", help="版式；不填的记作“未归类”。")] = "",
    sources: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="原文所在，--from workbook 时必填，可多次给出。"),
    ] = None,
    model: Model = None,
) -> None:
    """Adds the samples to a file; exit code 1 if one could not be taken, 2 for wrong usage."""
    from gouji.annotations.checks import problems
    from gouji.annotations.exchange import Details, Program
    from gouji.annotations.importing import from_program, from_workbook, merge_into

    details = Details(annotator, licence, layout, f"{datetime.now(UTC):%Y-%m-%d}")
    with usage_errors():
        form = load_form()
        if origin is Origin.WORKBOOK:
            extract = make_extractor(form, Settings(), find_model(model).reference)
            imported = from_workbook(file, sources or (), extract, details, form)
        elif sources or model:
            raise ConfigError("--sources 和 --model 只与 --from workbook 同用")
        else:
            imported = from_program(file, Program(origin), details, form)
        merged = merge_into(out, imported.annotations) if imported.annotations else None
    n_wrong = sum(bool(problems(annotation, form)) for annotation in imported.annotations)
    for line in imported.failures:
        typer.echo(shown(f"没有导入 {line}"), err=True)
    for place in imported.untouched:
        typer.echo(shown(f"没有导入 {place}：还没有人标注"), err=True)
    if merged is not None:
        typer.echo(
            f"已写入 {out}：新增 {merged.n_new} 份，更新 {merged.n_replaced} 份；其中 {n_wrong} 份"
            "有错误" + ("，详见 gouji annotations check" if n_wrong else "")
        )
    if imported.failures or merged is None:
        raise typer.Exit(1)


@app.command(help="建议下一步标注哪些报告：读不准的、规则与模型意见不一的、版式没有见过的。")
def suggest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="未标注的报告所在的文件夹。")
    ],
    n: Annotated[int, typer.Option("-n", "--number", min=1, help="列出多少份。")] = 20,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="已有的标注文件或文件夹，可多次给出；其中的报告不再建议。"
        ),
    ] = None,
    model: Model = None,
) -> None:
    """Prints a line for each suggestion, best first; exit code 2 for wrong usage."""
    from gouji.annotations.corpus import read_annotations
    from gouji.annotations.sample_files import annotation_files
    from gouji.annotations.suggestions import suggested, survey, tagger_alone
    from gouji.inference.discovery import discover

    with usage_errors():
        form, entry = load_form(), find_model(model)
        files = annotation_files(labelled or ())
        samples = [one for path in files for one in read_annotations(path)]
        extract = make_extractor(form, Settings(), entry.reference)
        sources = discover(paths, aside=set(files))
        found = survey(sources, samples, extract, tagger_alone(entry, form), form)
    chosen = list(suggested(found.candidates, samples, n))
    for number, one in enumerate(chosen, start=1):
        typer.echo(shown(f"{number}. {one.candidate.name}（{one.worth:.2f}）：{one.reason}"))
    for failure in found.failures:
        typer.echo(shown(failure), err=True)
    typer.echo(
        f"共 {len(found.candidates)} 份未标注的报告，建议先标 {len(chosen)} 份；"
        f"已标注 {found.n_labelled} 份，没有读出 {len(found.failures)} 份"
    )
