"""Reports for the tests of the damages: sheets and texts before and after."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from random import Random

from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.training.synthesis.damage import DAMAGES
from gouji.training.synthesis.number_law import draw
from gouji.training.synthesis.pieces import Piece, compose
from gouji.training.synthesis.sheet import Sheet, Value
from gouji.training.synthesis.sheets import sheets

FORM = load_form()
N_SEEDS = 8
ON_SHEET = [damage.name for damage in DAMAGES.values() if damage.on_sheet]
ON_PIECES = [damage.name for damage in DAMAGES.values() if damage.on_pieces]

Truth = dict[str, Number]


@cache
def report(seed: int, combination: str = "ogi-2021") -> tuple[Truth, tuple[Sheet, ...]]:
    """Numbers of a form and its sheets, every number in plain digits."""
    rng = Random(f"damage/{seed}")
    numbers = draw(FORM.tables(combination), rng)
    shown = {cell: format(Decimal(repr(number)), "f") for cell, number in numbers.items()}
    return numbers, sheets(FORM, FORM.combinations[combination], shown, rng)


def damaged(name: str, sheet: Sheet, seed: int = 0) -> Sheet:
    on_sheet = DAMAGES[name].on_sheet
    assert on_sheet
    return on_sheet(sheet, Random(seed))


def on_text(name: str, pieces: list[Piece], seed: int = 0) -> list[Piece]:
    on_pieces = DAMAGES[name].on_pieces
    assert on_pieces
    return on_pieces(pieces, Random(seed))


def pairs(name: str, combination: str = "ogi-2021") -> Iterator[tuple[Sheet, Sheet]]:
    """Sheets before and after a damage, for several reports and states of the generator."""
    for seed in range(N_SEEDS):
        for sheet in report(seed, combination)[1]:
            yield sheet, damaged(name, sheet, seed)


def values(sheet: Sheet) -> list[Value]:
    return [value for panel in sheet.panels for row in panel.rows for value in row.values]


def texts(sheet: Sheet) -> dict[str, str]:
    return {value.cell: value.text for value in values(sheet) if value.cell}


def titles(sheet: Sheet) -> list[str]:
    found = list(sheet.notes)
    for panel in sheet.panels:
        found += [title for head in panel.heads for title in head]
        found += [title for row in panel.rows for title in row.labels]
        found += [title for title in (panel.caption, panel.corner) if title]
    return found


def printed(sheet: Sheet) -> list[Piece]:
    """A row a line, tabs between its places; the heads stand above."""
    lines = [[Piece(note)] for note in sheet.notes]
    for panel in sheet.panels:
        lines.append([Piece("\t".join(" ".join(head) for head in panel.heads))])
        for row in panel.rows:
            line = [Piece("/".join(row.labels))]
            for value in row.values:
                line += [Piece("\t"), Piece(value.text, cell=value.cell)]
            lines.append(line)
    return [piece for line in lines for piece in (*line, Piece("\n"))]


def text_of(seed: int) -> list[Piece]:
    """A small report: prose, headings, fields and the tables."""
    found = [
        Piece("某市某局报告", field="title"),
        Piece("\n本报告统计期为2022年。\n全年 主动公开 信息18条。\n"),
    ]
    for sheet, heading in zip(report(seed)[1], ("二、公开", "三、申请", "四、复议"), strict=True):
        found += [Piece(heading, section=sheet.table.id), Piece("\n"), *printed(sheet)]
    return found


def text_pairs(name: str) -> Iterator[tuple[list[Piece], list[Piece]]]:
    for seed in range(N_SEEDS):
        pieces = text_of(seed)
        yield pieces, on_text(name, pieces, seed)


def cells(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    return [(piece.cell, piece.text) for piece in pieces if piece.cell]


def whole(pieces: Sequence[Piece]) -> str:
    return compose(pieces).text


def plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.is_plain)
