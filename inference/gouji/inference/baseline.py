"""The reading-order baseline: what is reached without reading any label.

It stands beside every score, because reports whose cells are nearly all zero are read well by
anything that can find numbers.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gouji.model.folding import fold, fold_label
from gouji.model.form import Form
from gouji.model.mention import Number
from gouji.model.numerals import exact

_STANDALONE = re.compile(r"(?<![^\s|])\d+(?:\.\d+)?(?![^\s|])")


def reading_order(text: str, form: Form, combination: str | None = None) -> dict[str, Number]:
    """The k-th standalone number from the first table on, as the value of the k-th cell.

    A number stands alone between blanks, pipes and line ends. Cells beyond the last number are
    left out. The combination is the form's default unless another is named.
    """
    cells = [cell.id for table in form.tables(combination or form.default) for cell in table.cells]
    return dict(zip(cells, standalone_numbers(text, table_start(text, form)), strict=False))


def standalone_numbers(text: str, start: int = 0) -> Iterator[Number]:
    """The values of the numbers that stand alone, from a character of the text on."""
    for match in _STANDALONE.finditer(text, start):
        yield exact(Decimal(match[0]))


def table_start(text: str, form: Form) -> int:
    """Where the tables start: at the title of the form's first block, or of its table's section.

    The section's last heading is taken, since earlier ones may stand in a table of contents; 0 if
    there is neither.
    """
    folded = fold(text)
    table = form.tables(form.default)[0]
    title = table.blocks[0].title
    index = folded.text.find(fold_label(title)) if title else -1
    if index < 0:
        headings = (s.heading for s in form.sections if s.id == table.id)
        index = max((folded.text.rfind(fold_label(heading)) for heading in headings), default=-1)
    return folded.origin[index] if index >= 0 else 0


def as_report(values: Mapping[str, Number]) -> dict[str, Any]:
    """The values as the plain data of a report that flags nothing and gives no verdict."""
    return {
        "cells": {
            cell: {"value": value, "printed": value, "status": "read", "review": False}
            for cell, value in values.items()
        },
    }
