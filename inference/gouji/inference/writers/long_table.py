"""All cells of all reports in one long table, as CSV or Parquet, with a code book."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from gouji.inference.writers.report_workbook import shown_value
from gouji.inference.writers.rows import STATUSES, identity, table_title
from gouji.inference.writers.sheets import CODE_BOOK_HEADER, LONG_HEADER, inert, sheet
from gouji.model.atomic import replacing, write_atomically
from gouji.model.code_book import code_book
from gouji.model.errors import ConfigError
from gouji.model.form import Form
from gouji.model.report import Report, Verdict

_MEANINGS: dict[str, tuple[str, str]] = {
    "report": ("string", "报告：所读文件的名称，同一文件中的第二份以 #2 结尾"),
    "agency": ("string", "机关，未找到则空"),
    "year": ("int64", "年度，未找到则空"),
    "form": ("string", "表式；mixed 为各表用了不同年份的表式"),
    "table": ("string", "表"),
    "variant": ("string", "这张表所用的表式年份"),
    "row": ("string", "行的标识"),
    "column": ("string", "列的标识"),
    "cell": ("string", "单元格的标识：表.行.列"),
    "printed": ("double", "原文印出的数，以原文的单位计；没有则空"),
    "value": ("double", "核对后的取值，以表单的单位计；没有则空"),
    "status": ("string", "取值是怎样来的，见下"),
    "confidence": ("double", "取值正确的概率"),
    "review": ("bool", "是否需要人看"),
    "made_by": ("string", "勾稽的版本、模型的版本、表单的 SHA-256 前 12 位"),
}
_ROWS_AT_ONCE = 50_000
LongRow = tuple[str | int | float | bool | None, ...]


def long_rows(reports: Iterable[Report], *, blank_as_zero: bool) -> Iterator[LongRow]:
    """A row for every cell of every report that did not fail, in the columns of the code book."""
    for report in reports:
        if report.verdict is Verdict.FAILED:
            continue
        made = report.made_by
        made_by = f"{made.gouji} {made.model} {made.form_sha256[:12]}"
        for table in report.tables:
            start = (report.source.name, *identity(report), report.form)
            for result in table.cells:
                row, column = result.id.split(".")[1:]
                yield (
                    *(*start, table.id, table.variant, row, column, result.id),
                    *(result.printed, shown_value(result, blank_as_zero=blank_as_zero)),
                    *(result.status.value, round(result.confidence, 6), result.review, made_by),
                )


def write_long_csv(path: Path, rows: Iterable[LongRow]) -> None:
    """Writes the rows as CSV that a spreadsheet program opens as it is; `review` is 0 or 1.

    Raises:
        OSError: the file can't be written.
    """
    with replacing(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(LONG_HEADER)
        for row in rows:
            writer.writerow([inert(int(v) if isinstance(v, bool) else v) for v in row])
        text.flush()
        text.detach()


def write_long_parquet(path: Path, rows: Iterator[LongRow]) -> None:
    """Writes the rows as Parquet, in groups so that few are held at a time.

    Raises:
        ConfigError: pyarrow is not installed.
        OSError: the file can't be written.
    """
    arrow, parquet = parquet_library()
    fields = [(name, arrow.type_for_alias(kind)) for name, (kind, _) in _MEANINGS.items()]
    schema = arrow.schema(fields, metadata={"made_by": "gouji"})
    with replacing(path) as stream, parquet.ParquetWriter(stream, schema) as writer:
        while group := list(islice(rows, _ROWS_AT_ONCE)):
            columns = [
                arrow.array(column, field.type)
                for column, field in zip(zip(*group, strict=True), schema, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))


def parquet_library() -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`.

    Raises:
        ConfigError: they are not installed.
    """
    try:
        import pyarrow  # type: ignore[import-untyped]  # it carries no types
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise ConfigError("写 Parquet 需要 pyarrow：pip install 'gouji[parquet]'") from error
    return pyarrow, pyarrow.parquet


def write_code_book(path: Path, form: Form) -> None:
    """Writes what the columns, the statuses and the cells of all variants mean.

    Raises:
        OSError: the file can't be written.
    """
    write_atomically(path, sheet(CODE_BOOK_HEADER, _code_book(form)))


def _code_book(form: Form) -> Iterator[tuple[str, str, str, str | None]]:
    for name, (_, meaning) in _MEANINGS.items():
        yield ("列", name, meaning, None)
    for status, meaning in STATUSES.items():
        yield ("status", status.value, meaning, None)
    tables = [table for variants in form.variants.values() for table in variants.values()]
    for entry in code_book(form, tables):
        titles = (table_title(entry.table, form), *entry.row_group, entry.row_title)
        column = (entry.column_group, entry.column_title)
        meaning = " / ".join(title for title in (*titles, *column) if title)
        yield (f"单元格（{'、'.join(entry.variants)} 年表式）", entry.cell, meaning, entry.unit)
    yield ("表单", form.id, f"{form.title}，SHA-256 {form.sha256}", None)
