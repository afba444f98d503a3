"""`gouji explain`: why a report's cells have the values they have."""

from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from gouji.cli.terminal import console
from gouji.inference.cell_pictures import cell_picture
from gouji.inference.config import Recognising, Settings
from gouji.inference.discovery import discover
from gouji.inference.explanation import (
    Explanation,
    FilledEquation,
    Location,
    Overview,
    explain,
    nearest_cells,
    overview,
)
from gouji.inference.found import Found
from gouji.inference.readers import Limits, Ocr, Recognition
from gouji.inference.sources import read_source, sha256_of
from gouji.inference.worker import make_extractor
from gouji.inference.writers.rows import STATUSES, VERDICTS
from gouji.model.atomic import write_atomically
from gouji.model.errors import ConfigError, Corrupt, GoujiError
from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.model.jsonl import loads
from gouji.model.mention import Number
from gouji.model.registry import find_model
from gouji.model.report import SCHEMA, CellResult, Report
from gouji.model.report_codec import report_from_dict
from gouji.model.wording import cell_words

HOLDS = {True: "成立", False: "不成立", None: "无法判断"}
HELP = "列出一份报告中需要核对或改动过的单元格；给出 CELL 时说明该格的来由。"
_NONE = "—"
_CONTEXT = 40


Image = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.png",
        help="把 CELL 在页上的样子连同周围存为图片（扫描件和 PDF）；"
        "FILE 为报告 JSON 时须有 --source。",
    ),
]


def explain_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="原文件，或已读出的报告 JSON。")],
    cell: Annotated[
        str | None,
        typer.Argument(metavar="CELL", help="单元格编号，如 requests.new.natural。"),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(help="FILE 为报告 JSON 时的原文件，用来显示单元格所在的行。"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|DIR",
            help="FILE 为原文件时所用模型的名称或文件夹；rules 为只用规则；默认为当前模型。",
        ),
    ] = None,
    image: Image = None,
) -> None:
    """Lists what to look at in a report, or explains one cell of it."""
    form = load_form()
    try:
        if image is not None and cell is None:
            raise ConfigError("--image 须给出 CELL：图片是一个单元格的")
        loaded = load(file, source, form, model)
        if cell is not None:
            refuse_unknown(cell, loaded.reports)
        if image is not None and cell is not None:
            save_pictures(loaded, cell, image)
    except GoujiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    terminal = console()
    for report in loaded.reports:
        verdict = VERDICTS[report.verdict]
        terminal.print(f"{report.source.name}：{verdict} {report.reason}".rstrip())
        if cell is None:
            print_overview(overview(report, form), report, terminal)
        elif cell in report.cells:
            print_explanation(explain(report, form, cell, loaded.text), terminal)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Reports, and their source and its text if they are at hand."""

    reports: tuple[Report, ...]
    source: Found | None = None
    text: str | None = None


def load(file: Path, source: Path | None, form: Form, model: str | None = None) -> Loaded:
    """The reports in a source, or the one in a JSON file.

    `model` reads a source; None is the one in use.

    Raises:
        GoujiError: a file can't be read, is no report, or does not belong to the other.
    """
    report = stored_report(file, form)
    if report is None:
        settings, found = Settings(), source_at(file)
        document = read_source(found, settings.limits)
        extract = make_extractor(form, settings, find_model(model).reference)
        return Loaded(extract(document, {}), found, document.text)
    if source is None:
        return Loaded((report,))
    found = source_at(source)
    if (sha256 := sha256_of(found, Limits())) and sha256 != report.source.sha256:
        raise Corrupt(f"{source}：不是 {file} 的原文件（内容摘要不同）")
    document = read_source(found, Limits(), Recognition(ocr_of(report)))
    return Loaded((report,), found, document.text)


def ocr_of(report: Report) -> Ocr:
    """Which pages were recognised for a report, if its other settings were those that ship."""
    made_with = report.made_by.settings_sha256
    shipped = (ocr for ocr in Ocr if Settings(recognition=Recognising(ocr)).sha256 == made_with)
    return next(shipped, Ocr.AUTO)


def source_at(path: Path) -> Found:
    """The file as a source, or the folder whose pictures are the pages of one.

    Raises:
        ConfigError: the folder holds anything else.
    """
    if not path.is_dir():
        return Found(path, path.name)
    discovery = discover([path], join=True)
    for passed in discovery.unreadable:
        raise ConfigError(f"{passed.name}：{passed.reason}")
    if len(discovery.found) != 1 or not discovery.found[0].pages:
        raise ConfigError(f"{path}：文件夹中应只有一份报告各页的图片")
    return discovery.found[0]


def save_pictures(loaded: Loaded, cell: str, image: Path) -> None:
    """Writes the picture of a cell; those of further reports get `#2` and so on in their names.

    Raises:
        ConfigError: no report tells where the cell stands, or the file can't be written.
        ReadError: the source can't be read.
    """
    if loaded.source is None:
        raise ConfigError("--image：FILE 为报告 JSON，须用 --source 给出原文件，图片从中截取")
    for number, report in enumerate(loaded.reports, start=1):
        if cell not in report.cells:
            continue
        picture = cell_picture(loaded.source, report, cell, Limits())
        path = image if number == 1 else image.with_stem(f"{image.stem}#{number}")
        try:
            write_atomically(path, picture)
        except OSError as error:
            raise ConfigError(f"--image：无法写入 {path}（{error.strerror}）") from error


def stored_report(file: Path, form: Form) -> Report | None:
    """The report in a JSON file; None if the file is anything else.

    Raises:
        Corrupt: it claims to be a report and is malformed, or was made with another form.
    """
    try:
        small = file.stat().st_size <= Limits().max_bytes
        data = loads(file.read_text("utf-8-sig")) if small else None
    except (OSError, ValueError, RecursionError):
        return None  # no JSON: a source, or nothing, which reading it as one will tell
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return None
    try:
        report = report_from_dict(data)
    except ValueError as error:
        raise Corrupt(f"{file}：报告 JSON 不合规范：{error}") from error
    if report.made_by.form_sha256 != form.sha256:
        raise Corrupt(f"{file}：由另一版本的表单读出，请重新读取原文件")
    return report


def refuse_unknown(cell: str, reports: tuple[Report, ...]) -> None:
    """Ends the command with exit code 2 if no report has the cell, naming those closest to it."""
    if not any(cell in report.cells for report in reports):
        nearest = "、".join(nearest_cells(reports[0], cell))
        typer.echo(f"没有单元格 {cell}；相近的有：{nearest}", err=True)
        raise typer.Exit(2)


def print_overview(found: Overview, report: Report, terminal: Console) -> None:
    """Prints the cells to look at, the equations that fail as printed, and the findings."""
    for table in found.missing:
        terminal.print(f"没有找到表 {table}，其单元格均为空。")
    if found.cells:
        grid = Grid("单元格", "标题", "原文", "取值", "状态", "核对", "原因")
        for cell, result in found.cells:
            grid.add_row(cell.id, cell_words(cell), *outcome(result))
        terminal.print(grid)
    else:
        terminal.print("没有需要核对或改动过的单元格。")
    if found.broken:
        terminal.print("按原文数字不成立的勾稽关系：")
    for equation in found.broken:
        title = f"【{equation.title}】" if equation.title else ""
        terminal.print(f"  {equation.check.id}  {title}{equation.as_printed}")
    for finding in report.findings:
        terminal.print(f"{finding.code}  {finding.message}")


def print_explanation(found: Explanation, terminal: Console) -> None:
    """Prints one cell: the result, its place, its equations and its alternatives."""
    result = found.result
    printed, value, status, review, reason = outcome(result)
    read_as = "" if result.read is None else f"（原样：{result.read!r}）"
    terminal.print(f"{result.id}  {cell_words(found.cell)}（版本 {found.variant}）")
    terminal.print(
        f"  原文 {printed}{read_as}，取值 {value}，{status}，把握 {result.confidence:.1%}"
    )
    terminal.print(f"  核对：{review or '否'}。{reason}".rstrip("。") + "。")
    if found.location:
        print_location(found.location, terminal)
    elif result.span:
        terminal.print(f"  位置：正文第 {result.span[0]} 至 {result.span[1]} 个字符")
    for equation in found.equations:
        print_equation(equation, terminal)
    if result.alternatives:
        print_alternatives(result, terminal)


def print_alternatives(result: CellResult, terminal: Console) -> None:
    """Prints the values that compete, and what each costs over the likeliest: its log odds."""
    grid = Grid("取值", "可能性", "代价", "解释", title="可能的取值", title_justify="left")
    most = max(result.confidence, *(other.probability for other in result.alternatives))
    for other in result.alternatives:
        cost = f"{1000 * log(most / other.probability):.0f}" if other.probability else "∞"
        grid.add_row(number(other.value), f"{other.probability:.1%}", cost, other.reason)
    terminal.print(grid)


def print_location(location: Location, terminal: Console) -> None:
    """Prints the line in which a cell stands, cut to its surroundings, the cell in brackets."""
    start, end = location.span
    before, inside, after = (
        location.text[max(0, start - _CONTEXT) : start],
        location.text[start:end],
        location.text[end : end + _CONTEXT],
    )
    terminal.print(f"  位置：第 {location.line} 行：{before}⟦{inside}⟧{after}".replace("\t", " "))


def print_equation(equation: FilledEquation, terminal: Console) -> None:
    """Prints an equation in words, then in the page's numbers and in the values."""
    terminal.print(f"  {equation.check.id}：{equation.words}")
    terminal.print(f"    按原文{HOLDS[equation.check.holds_as_printed]}：{equation.as_printed}")
    terminal.print(f"    按取值{HOLDS[equation.check.holds]}：{equation.as_reconciled}")


def outcome(result: CellResult) -> tuple[str, str, str, str, str]:
    """The printed number, the value, the status, the flag and the reason, as shown."""
    return (
        number(result.printed),
        number(result.value),
        STATUSES[result.status],
        "是" if result.review else "",
        result.reason,
    )


def number(value: Number | None) -> str:
    """A number as shown; a dash for none."""
    return _NONE if value is None else str(value)
