"""Reports typeset from the form itself, in layouts of our own, and tags made by hand."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gouji.model.document import Document, Source
from gouji.model.encoding import Encoded
from gouji.model.form import Form, Table
from gouji.model.form_file import load_form
from gouji.model.labels import LabelSet
from gouji.model.tagger import Tags

Show = Callable[[str], str]


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form()


@pytest.fixture(scope="session")
def as_document() -> Callable[[str], Document]:
    def build(text: str) -> Document:
        return Document(Source("a.txt", "0" * 64, "text/plain"), text)

    return build


@pytest.fixture(scope="session")
def set_table() -> Callable[[Table, Mapping[str, str], str, str], str]:
    """A function that typesets a table: (table, raw text per cell, cell end, row end) -> text."""

    def build(table: Table, raw: Mapping[str, str], cell_end: str, row_end: str) -> str:
        lines: list[list[str]] = []
        if table.side_by_side:
            lines.append([row.title for block in table.blocks for row in block.rows])
            for block in table.blocks:
                lines.append([c.title for _ in block.rows for c in block.columns])
            lines.append([raw[cell.id] for cell in table.cells])
        else:
            for block in table.blocks:
                lines += [[block.title]] if block.title else []
                lines.append([column.title for column in block.columns])
                group: tuple[str, ...] = ()
                for row in block.rows:
                    heads = [title for title in row.group if title not in group]
                    group = row.group
                    cells = [raw[f"{table.id}.{row.id}.{c.id}"] for c in block.columns]
                    lines.append([*heads, row.title, *cells])
        return "".join("".join(cell + cell_end for cell in line) + row_end for line in lines)

    return build


@pytest.fixture(scope="session")
def make_tags(form: Form) -> Callable[..., Tags]:
    """A function that tags tokens by hand: (encoded, token -> cell or table label, sure) -> tags.

    A token that is left out belongs to nothing; each label has the probability `sure`.
    """
    labels = LabelSet.of(form)

    def build(encoded: Encoded, told: Mapping[int, str], sure: float = 0.999) -> Tags:
        n = len(encoded.tokens)
        heads = [
            np.zeros((n, len(names)), np.float32)
            for names in (labels.tables, labels.rows, labels.columns, labels.fields)
        ]
        for head in heads:
            head[:, 0] = 1.0
        for at, label in told.items():
            table, _, rest = label.partition(".")
            row, _, column = rest.partition(".")
            pairs = [(0, labels.tables, table)]
            if rest:
                pairs += [(1, labels.rows, f"{table}.{row}"), (2, labels.columns, column)]
            for number, names, name in pairs:
                heads[number][at] = (1 - sure) / (len(names) - 1)
                heads[number][at, names.index(name)] = sure
        tables, rows, columns, fields = heads
        return Tags(labels, tables, rows, columns, fields)

    return build
