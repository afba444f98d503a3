"""`gouji forms`: the shipped forms, their cells and their rules."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from gouji.cli.terminal import console
from gouji.model.atomic import write_atomically
from gouji.model.code_book import COLUMNS, code_book
from gouji.model.form import Column, Form, Table
from gouji.model.form_check import check_table
from gouji.model.form_file import form_names, load_form
from gouji.model.wording import equation_words

RULE_COLUMNS = ("equation", "table", "variant", "cells", "titles", "redundant")
LINK_KINDS = {
    "across years": "跨年度",
    "within a report": "报告之内",
    "across reports": "上下级之间",
}

app = typer.Typer(
    help="查看随软件提供的表单：表格、单元格和勾稽关系。",
    no_args_is_help=True,
    add_completion=False,
)


class Format(StrEnum):
    """How `show` and `rules` write what they know."""

    TEXT = "text"
    CSV = "csv"


Name = Annotated[
    str,
    typer.Argument(
        help="表单名（ogi：所有版本）或版本组合名（ogi-2021），见 gouji forms list。",
        metavar="NAME",
    ),
]
OutputFormat = Annotated[
    Format,
    typer.Option("--format", help="text：给人看的表格；csv：每行一项的 CSV。"),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="写入此 CSV 文件（带 BOM 的 UTF-8，可用 Excel 直接打开）。"
        "不给此项时写到标准输出，不带 BOM，便于管道处理。"
    ),
]


@app.command("list", help="列出表单、版本组合及其表格和单元格数。")
def list_forms() -> None:
    """Lists every form with its combinations."""
    grid = Grid("名称", "表格（版本）", "单元格数", title="表单")
    for form in map(load_form, form_names()):
        selected = [(name, form.tables(name)) for name in form.combinations]
        for name, tables in [(form.id, every_table(form)), *selected]:
            held = "、".join(f"{table.id}（{table.variant}）" for table in tables)
            grid.add_row(name, held, str(sum(len(table.cells) for table in tables)))
    console().print(grid)


@app.command(help="显示一个表单的表格、行、列和单元格；--format csv 输出单元格编码表。")
def show(name: Name, output_format: OutputFormat = Format.TEXT, out: Out = None) -> None:
    """Shows the tables of a form, or writes its code book."""
    form, tables = select(name)
    if output_format is Format.CSV or out:
        entries = code_book(form, tables)
        write_csv(COLUMNS, (entry.texts for entry in entries), out)
        return
    terminal = console()
    terminal.print("单元格编号为 表.行.列；表中所列是单元格在表内的序号。")
    for table in tables:
        for grid in grids(table):
            terminal.print(grid)


@app.command(help="显示勾稽关系：每行一条等式，以及秩、冗余等式和关联关系。")
def rules(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="默认为全部表单。")] = None,
    output_format: OutputFormat = Format.TEXT,
    out: Out = None,
) -> None:
    """Prints the equations, their rank and redundancy, and the links."""
    selections = [select(name)] if name else [select(form) for form in form_names()]
    if output_format is Format.CSV or out:
        rows = (row for _, tables in selections for table in tables for row in rule_rows(table))
        write_csv(RULE_COLUMNS, rows, out)
        return
    for form, tables in selections:
        for table in tables:
            print_rules(table)
        print_links(form)


def select(name: str) -> tuple[Form, tuple[Table, ...]]:
    """The form of this name with all its tables, or the tables of one combination.

    Raises:
        typer.Exit: there is none (exit code 2).
    """
    known: list[str] = []
    for form in map(load_form, form_names()):
        if name == form.id:
            return form, every_table(form)
        if name in form.combinations:
            return form, form.tables(name)
        known += [form.id, *form.combinations]
    typer.echo(f"没有名为 {name} 的表单；可用：{'、'.join(known)}", err=True)
    raise typer.Exit(2)


def every_table(form: Form) -> tuple[Table, ...]:
    """All variants of all tables, in the order of the form file."""
    return tuple(table for variants in form.variants.values() for table in variants.values())


def grids(table: Table) -> Iterable[Grid]:
    """A grid for each block: rows under their groups, columns with their ids, numbered cells."""
    number = 0
    for block in table.blocks:
        title = f"{table.id}（{table.variant}）" + (f" {block.title}" if block.title else "")
        notes = "\n".join(filter(None, map(column_note, block.columns)))
        grid = Grid(title=title, title_justify="left", caption=notes, caption_justify="left")
        grid.add_column("行", no_wrap=True)
        grid.add_column("标题", overflow="fold")
        for column in block.columns:
            grid.add_column(f"{column.title}\n{column.id}", justify="right", overflow="fold")
        group: tuple[str, ...] = ()
        for row in block.rows:
            if row.group and row.group != group:
                grid.add_row("", " / ".join(row.group))
            group = row.group
            numbers = range(number + 1, number + 1 + len(block.columns))
            number += len(block.columns)
            grid.add_row(row.id, "　" * len(group) + row.title, *map(str, numbers))
        yield grid


def column_note(column: Column) -> str:
    """What is special about a column: its group, unit, decimals, sign; empty if nothing is."""
    notes = [f"属于“{column.group}”"] if column.group else []
    if column.unit_as_printed:
        notes.append("单位以原文为准")
    elif column.unit:
        notes.append(f"单位{column.unit}")
    if column.decimals:
        notes.append(f"至多 {column.decimals} 位小数")
    if column.signed:
        notes.append("可为负数")
    return f"{column.id}：{'，'.join(notes)}" if notes else ""


def rule_rows(table: Table) -> Iterable[Sequence[str]]:
    """The equations of a table as rows of `RULE_COLUMNS`."""
    redundant = check_table(table).redundant
    for equation in table.equations:
        words = equation_words(equation, table)
        follows = "true" if equation.id in redundant else "false"
        yield equation.id, table.id, table.variant, equation.text, words, follows


def print_rules(table: Table) -> None:
    """Prints the equations of one variant of a table and how many of them count."""
    typer.echo(f"== {table.id}（{table.variant}）")
    for equation in table.equations:
        typer.echo(f"{equation.id}\t{equation_words(equation, table)}")
    if not table.equations:
        typer.echo("本表在一年之内没有勾稽关系。\n")
        return
    check = check_table(table)
    typer.echo(f"{check.n_cells} 个单元格，{check.n_equations} 条等式，秩 {check.rank}")
    for dependence in check.dependences:
        typer.echo(f"冗余：{dependence.equation} 可由另外 {len(dependence.on)} 条等式推出")
    typer.echo("")


def print_links(form: Form) -> None:
    """Prints the expectations between numbers, which never change one."""
    typer.echo(f"== {form.id} 的关联关系（不符只作提示，从不改数）")
    for link in form.links:
        typer.echo(f"{link.id}\t{LINK_KINDS[link.kind]}\t{link.equation}")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]], out: Path | None) -> None:
    """Writes a CSV: into a file with a byte order mark for Excel, else to standard output."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    if out:
        write_atomically(out, text.getvalue().encode("utf-8-sig"))
    else:
        typer.echo(text.getvalue(), nl=False)
