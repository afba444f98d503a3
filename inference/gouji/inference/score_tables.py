"""Scores as tables: aligned text for the terminal, Markdown, and plain data for scores.json."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gouji.inference.scoring import COLUMNS, FIELD_COLUMNS, TOTAL, Scores, rates

Row = tuple[str, ...]

_METHOD = "界限为单侧95%：零事件取 3/n，其余为 Clopper-Pearson 精确界；0/0 为 undefined"

_LABELS = {
    "cells right": "单元格正确",
    "non-zero right": "非零单元格正确",
    "silent wrong": "错而未标",
    "printed right": "原文数正确",
    "flagged": "标记核对",
    "withheld": "应有而未给",
    "restored": "印错处恢复",
    "fields right": "字段正确",
    "exact reports": "整份全对",
    "accepted": "判为可直接使用",
    "accepted but wrong": "判为可用而有错",
    "lost": "未读出",
}


def score_rows(scores: Scores) -> tuple[Row, ...]:
    """A header and a row for each kind, `ALL` last, by the columns of the scorer."""
    kinds = sorted(scores.kinds, key=lambda kind: (kind == TOTAL, kind))
    return _rows("kind", {kind: scores.kinds[kind] for kind in kinds}, COLUMNS)


def table_rows(scores: Scores) -> tuple[Row, ...]:
    """A header and a row for each table of the form, without the columns of fields."""
    return _rows("table", scores.tables, tuple(c for c in COLUMNS if not c.startswith("fields")))


def field_rows(scores: Scores) -> tuple[Row, ...]:
    """A header and a row for each field of the form."""
    return _rows("field", scores.fields, FIELD_COLUMNS)


def closing_lines(scores: Scores) -> tuple[str, ...]:
    """Every rate over all reports with its counts and its one-sided 95 % bound, in Chinese."""
    counts = scores.total
    lines = [f"{_LABELS[name]} {rate}" for name, rate in rates(counts).items()]
    misprints = f"印错而未标 {counts['unflagged_misprint']}"
    flagged = f"判为可用而有标记 {counts['accepted_flagged']}"
    return (*lines, f"{misprints}；{flagged}", _METHOD)


def text_lines(rows: Sequence[Row]) -> tuple[str, ...]:
    """The rows in columns: the first flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return tuple(
        " ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def scores_data(systems: Mapping[str, Scores]) -> dict[str, Any]:
    """Counts and rates of every system; an undefined rate is null."""
    return {
        name: {
            "kinds": _counts(scores.kinds, COLUMNS),
            "tables": _counts(scores.tables, COLUMNS),
            "fields": _counts(scores.fields, FIELD_COLUMNS),
            "rates": {
                label: {
                    "events": rate.events,
                    "total": rate.total,
                    "rate": rate.value,
                    "bound_95": rate.bound,
                }
                for label, rate in rates(scores.total).items()
            },
        }
        for name, scores in systems.items()
    }


def scores_markdown(systems: Mapping[str, Scores]) -> str:
    """The tables and rates of every system as one Markdown document."""
    parts = ["# 评测结果"]
    for name, scores in systems.items():
        parts.append(f"## {name}")
        for rows in (score_rows(scores), table_rows(scores), field_rows(scores)):
            if len(rows) > 1:
                parts.append(_markdown(rows))
        parts.append("\n".join(f"- {line}" for line in closing_lines(scores)))
    return "\n\n".join(parts) + "\n"


def _rows(
    title: str, counts: Mapping[str, Counter[str]], columns: Sequence[str]
) -> tuple[Row, ...]:
    header = (title, *columns)
    return header, *(
        (name, *(str(counted[column]) for column in columns)) for name, counted in counts.items()
    )


def _counts(
    counts: Mapping[str, Counter[str]], columns: Sequence[str]
) -> dict[str, dict[str, int]]:
    return {
        name: {column: counted[column] for column in columns} for name, counted in counts.items()
    }


def _markdown(rows: Sequence[Row]) -> str:
    header, *body = (
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
    )
    ruler = "|" + "|".join(["---"] + ["---:"] * (len(rows[0]) - 1)) + "|"
    return "\n".join((header, ruler, *body))
