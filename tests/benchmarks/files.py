"""The files benchmark: drawn reports as web pages, Word documents and Excel workbooks, and gold.

    .venv/bin/python tests/benchmarks/files.py OUT --reports 50 --seed 1

writes OUT/sources/NAME and OUT/gold/NAME.gold.json, NAME = NUMBER-FORMAT-clean. The tables have
their cells merged as in the official form. Web pages come in five styles: `spans` (spanned cells),
`letters` (an element for every character, hard blanks in empty cells), `holes` (empty cells in
place of spanned ones), `frames` (the page in a table among menus), `lies` (GB18030 under another
charset, upper case, no closing tags). Beside the plain Word document there are `docxnested` (all in
the cell of a table, a run for every character) and `docxboxed` (tables in text boxes, told twice as
Word does, empty cells in place of spanned ones).
"""

import argparse
import io
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from openpyxl import Workbook

from gouji.model.form import Form
from gouji.model.form_file import load_form
from gouji.training.synthesis.layouts.family import Layout
from gouji.training.synthesis.layouts.grid import Entry, GridRow, Groups, Shape, Spans, grid
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.report import MISPRINT, Sample, synthesize
from gouji.training.synthesis.sheet import Sheet
from tests.benchmarks.held_out import gold_of
from tests.benchmarks.refill import Gold, write_gold

_OPEN, _CLOSE = "\ue000", "\ue001"  # around the name of a table in the text
_SHAPE = Shape(groups=Groups.FIRST, spans=Spans.EMPTY, filled=True)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_V = "urn:schemas-microsoft-com:vml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_MAIN = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """A cell with what it spans; `text` None where a cell above covers the place."""

    text: str | None
    rows: int = 1
    columns: int = 1


Boxes = Sequence[Sequence[Box]]
Block = str | Boxes
"""A paragraph, or a table as rows of boxes; what a cell on its left covers has no box."""


def drawn(form: Form, key: str) -> tuple[list[Block], Gold]:
    """A sound report as blocks, and its gold."""
    for attempt in count():
        tables: dict[str, Boxes] = {}
        sample = _sample(form, f"{key}/{attempt}", tables)
        if MISPRINT not in sample.damages:
            gold = gold_of(sample.annotation)
            return list(_blocks(sample.annotation.text, tables)), Gold(gold.cells, {}, gold.fields)
    raise AssertionError("an endless count has ended")


def _sample(form: Form, key: str, tables: dict[str, Boxes]) -> Sample:
    def family(rng: Random) -> Layout:
        del rng  # all reports have the cells of the official form

        def layout(sheet: Sheet) -> list[Piece]:
            tables[sheet.table.id] = _merged(grid(sheet, _SHAPE))
            return [Piece(f"\n{_OPEN}{sheet.table.id}{_CLOSE}\n")]

        return layout

    return synthesize(form, "files", family, key, ())


def _blocks(text: str, tables: Mapping[str, Boxes]) -> Iterator[Block]:
    for line in text.split("\n"):
        if line.startswith(_OPEN):
            yield tables[line.strip(_OPEN + _CLOSE)]
        elif line.strip():
            yield line


def _merged(rows: Sequence[GridRow]) -> Boxes:
    """Cells over what they cover: to the right, and, but for values, downwards."""
    entries = [row.entries for row in rows]
    covered: dict[tuple[int, int], Box | None] = {}
    for r, row in enumerate(entries):
        for c, entry in enumerate(row):
            if (r, c) not in covered:
                box = _box(entries, covered, r, c, entry)
                for down in range(box.rows):
                    for right in range(box.columns):
                        covered[r + down, c + right] = None
                    covered[r + down, c] = Box(None if down else box.text, 1, box.columns)
                covered[r, c] = box
    return [
        [box for c in range(len(row)) for box in [covered[r, c]] if box is not None]
        for r, row in enumerate(entries)
    ]


def _box(
    entries: Sequence[Sequence[Entry]],
    covered: Mapping[tuple[int, int], Box | None],
    r: int,
    c: int,
    entry: Entry,
) -> Box:
    if entry is None:
        return Box("")

    def is_free(row: int, column: int) -> bool:
        return entries[row][column] is None and (row, column) not in covered

    columns = rows = 1
    while c + columns < len(entries[r]) and is_free(r, c + columns):
        columns += 1
    while (
        entry.cell is None
        and r + rows < len(entries)
        and all(is_free(r + rows, c + right) for right in range(columns))
    ):
        rows += 1
    return Box(entry.text, rows, columns)


def _html(blocks: Sequence[Block], cell: Callable[[Box], str], row_end: str = "</tr>") -> str:
    """Paragraphs and tables as markup, a cell as `cell` writes it."""
    parts = []
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p>{escape(block)}</p>")
        else:
            rows = ("<tr>" + "".join(map(cell, row)) + row_end for row in block)
            parts.append("<table>" + "".join(rows) + "</table>")
    return "\n".join(parts)


def _spanned(box: Box, words: Callable[[str], str] = escape, end: str = "</td>") -> str:
    if box.text is None:
        return ""
    return f'<td rowspan="{box.rows}" colspan="{box.columns}">{words(box.text)}{end}'


def _with_holes(box: Box) -> str:
    return f"<td>{escape(box.text or '')}</td>" + "<td></td>" * (box.columns - 1)


def _lettered(text: str) -> str:
    letters = "".join(f"<span lang=EN-US>{escape(char)}</span>" for char in text)
    return f"<p class=a>{letters or '<span><o:p>&nbsp;</o:p></span>'}</p>"


def _page(body: str, charset: str = "utf-8") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="{charset}"></head><body>{body}</body></html>'


def _framed(body: str) -> str:
    menu = "<ul><li><a href=#>首页</a></li><li><a href=#>政务公开</a></li></ul><script>x()</script>"
    return f"<table><tr><td>{menu}</td><td>{body}</td></tr></table>"


def docx(blocks: Sequence[Block]) -> bytes:
    """The blocks as a Word document."""
    return _word(
        _paragraph(block) if isinstance(block, str) else _word_table(block, _word_cell)
        for block in blocks
    )


def nested_docx(blocks: Sequence[Block]) -> bytes:
    """Everything in the cell of a table that is a frame, a run for every character."""
    inner = (
        _spelled(block) if isinstance(block, str) else _word_table(block, _spelled_cell)
        for block in blocks
    )
    return _word([f"<w:tbl><w:tr><w:tc>{''.join(inner)}<w:p/></w:tc></w:tr></w:tbl>"])


def boxed_docx(blocks: Sequence[Block]) -> bytes:
    """Each table in a text box, told twice as Word does; empty cells in place of spanned ones."""
    return _word(
        _paragraph(block)
        if isinstance(block, str)
        else _boxed(_word_table(block, _cell_with_holes))
        for block in blocks
    )


def _word(body: Iterable[str]) -> bytes:
    names = f'xmlns:w="{_W}" xmlns:mc="{_MC}" xmlns:wps="{_WPS}" xmlns:v="{_V}"'
    document = f"<w:document {names}><w:body>{''.join(body)}</w:body></w:document>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _MAIN)
        package.writestr("word/document.xml", document)
    return file.getvalue()


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _spelled(text: str) -> str:
    runs = (f'<w:r><w:t xml:space="preserve">{escape(char)}</w:t></w:r>' for char in text)
    return f"<w:p>{''.join(runs)}</w:p>"


def _boxed(content: str) -> str:
    inner = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp>'
        f"<wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def _word_table(table: Boxes, cell: Callable[[Box], str]) -> str:
    rows = (f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in table)
    return f"<w:tbl>{''.join(rows)}</w:tbl><w:p/>"


def _cell_with_holes(box: Box) -> str:
    holes = "<w:tc><w:p/></w:tc>" * (box.columns - 1)
    return f"<w:tc>{_paragraph(box.text or '')}</w:tc>{holes}"


def _spelled_cell(box: Box) -> str:
    return _word_cell(box, _spelled)


def _word_cell(box: Box, paragraph: Callable[[str], str] = _paragraph) -> str:
    merge = "<w:vMerge/>" if box.text is None else ""
    if box.rows > 1:
        merge = '<w:vMerge w:val="restart"/>'
    properties = f'<w:tcPr><w:gridSpan w:val="{box.columns}"/>{merge}</w:tcPr>'
    return f"<w:tc>{properties}{paragraph(box.text or '')}</w:tc>"


def xlsx(blocks: Sequence[Block]) -> bytes:
    """The blocks as the rows of a sheet, numbers as numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    at = 1
    for block in blocks:
        for row in [[Box(block)]] if isinstance(block, str) else block:
            column = 1
            for box in row:
                if box.text is not None:
                    sheet.cell(at, column, _value(box.text))
                    if box.rows * box.columns > 1:
                        last = (at + box.rows - 1, column + box.columns - 1)
                        sheet.merge_cells(None, at, column, *last)
                column += box.columns
            at += 1
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _value(text: str) -> str | int | float | None:
    if text.isdecimal() and text.isascii():
        return int(text)
    try:
        return float(text) if "." in text else text or None
    except ValueError:
        return text


FORMATS: Mapping[str, tuple[str, Callable[[Sequence[Block]], bytes]]] = {
    "spans": ("html", lambda blocks: _page(_html(blocks, _spanned)).encode()),
    "letters": (
        "html",
        lambda blocks: _page(_html(blocks, lambda box: _spanned(box, _lettered))).encode(),
    ),
    "holes": ("htm", lambda blocks: _page(_html(blocks, _with_holes)).encode()),
    "frames": ("html", lambda blocks: _page(_framed(_html(blocks, _spanned))).encode()),
    "lies": (
        "doc",
        lambda blocks: _page(
            _html(blocks, lambda box: _spanned(box, end="").replace("td", "TD", 1), ""), "big5"
        ).encode("gb18030"),
    ),
    "docx": ("docx", docx),
    "docxnested": ("docx", nested_docx),
    "docxboxed": ("docx", boxed_docx),
    "xlsx": ("xlsx", xlsx),
}
"""The suffix of each format, and how its bytes are made."""


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--reports", type=int, default=50, help="reports of each format")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    form = load_form()
    (options.out / "sources").mkdir(parents=True, exist_ok=True)
    for number in range(options.reports):
        blocks, gold = drawn(form, f"files/{options.seed}/{number}")
        for name, (suffix, made) in FORMATS.items():
            stem = f"{number:03}-{name}-clean"
            (options.out / "sources" / f"{stem}.{suffix}").write_bytes(made(blocks))
            write_gold(options.out, stem, gold)


if __name__ == "__main__":
    main()
