"""Reports: synthetic ones, composed of numbers, words, a layout and damage, with their labels.

A report is drawn from one key alone: the same key gives the same bytes in every process. Nothing
is taken from real reports: names, wording and numbers are made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from gouji.model.annotation import Annotation
from gouji.model.form import Form
from gouji.training.synthesis import number_law
from gouji.training.synthesis.agencies import draw_agency
from gouji.training.synthesis.chapters import write_chapters
from gouji.training.synthesis.composition import compose_report
from gouji.training.synthesis.damage import Damage, drawn_damages
from gouji.training.synthesis.fields import draw_statement
from gouji.training.synthesis.figures import draw_style, shown
from gouji.training.synthesis.labelling import Truth, annotated
from gouji.training.synthesis.layouts.family import Family, Layout
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.prose import Speaker, draw_habits
from gouji.training.synthesis.sheets import sheets
from gouji.training.synthesis.surroundings import draw_surroundings

MISPRINT = "misprint"
"""Stands among the damages of a report whose agency has printed wrong numbers."""

YEARS = range(2019, 2026)
"""The report years that the two revisions of the form are in use for."""

_MISPRINTED = 0.08  # share of reports with numbers that the agency printed wrong
_MIXED = 0.15  # share of reports whose tables follow different revisions
_COMBINATIONS = {"ogi-2021": 60, "ogi-2019": 25}


@dataclass(frozen=True, slots=True)
class Sample:
    """A synthetic report: its annotation and how it was made.

    `family` is the layout family, `damages` the names of what was done to it in order. `keeps`
    says that an ideal reader of the page gets every cell right: no damage has taken anything away,
    no blank has lost its place, and the agency has printed the truth. `rehearsed` says that a
    retraining reads it to keep what the old model knows, not to learn its labels.
    """

    annotation: Annotation
    family: str
    damages: tuple[str, ...]
    keeps: bool
    rehearsed: bool = False


def synthesize(
    form: Form,
    family_name: str,
    family: Family,
    key: str,
    damages: Sequence[Damage] | None = None,
    *,
    boundless: bool = False,
) -> Sample:
    """The report that a key, a layout family and damages make.

    `damages` None draws them. `boundless` says that an empty cell leaves no trace in the layout:
    it is then no blank, but lost.
    """
    rng = Random(key)
    done = drawn_damages(rng) if damages is None else tuple(damages)
    variants = _draw_variants(form, rng)
    tables = tuple(form.variants[table][variants[table]] for table in form.table_ids)
    numbers = number_law.draw(tables, rng)
    misprints = number_law.misprinted(tables, numbers, rng) if rng.random() < _MISPRINTED else {}
    agency = draw_agency(rng)
    statement = draw_statement(form, rng.choice(YEARS), numbers, rng)
    style = draw_style(rng)
    chapters = write_chapters(form, Speaker(agency, statement, style, draw_habits(rng), rng))
    around = draw_surroundings(agency, statement, rng)
    texts = shown(tables, {**numbers, **misprints}, style)
    printed = _print_tables(form, variants, texts, family(rng), done, rng)
    pieces = compose_report(form, chapters, around, printed, rng)
    for damage in done:
        pieces = damage.on_pieces(pieces, rng) if damage.on_pieces else pieces
    if boundless:
        pieces = [_untraced(piece) for piece in pieces]
    has_all = numbers.keys() <= {piece.cell for piece in pieces}
    annotation = annotated(
        _name_of(family_name, key),
        pieces,
        Truth(variants, numbers, statement.values),
        form,
        (agency.name, family_name),
    )
    keeps = all(damage.keeps for damage in done) and not misprints
    return Sample(
        annotation=annotation,
        family=family_name,
        damages=(*((MISPRINT,) if misprints else ()), *(damage.name for damage in done)),
        keeps=keeps and has_all,
    )


def _name_of(family: str, key: str) -> str:
    """An id that names the sample; ids hold no hyphen."""
    return f"{family}_{key}".replace("-", "_").replace("/", "_")


def _draw_variants(form: Form, rng: Random) -> dict[str, str]:
    """The revision of each table: those of a combination of the form, or mixed."""
    mixed = _mixtures(form)
    if mixed and rng.random() < _MIXED:
        return dict(zip(form.table_ids, rng.choice(mixed), strict=True))
    names = list(form.combinations)
    weights = [_COMBINATIONS.get(name, 1) for name in names]
    return dict(form.combinations[rng.choices(names, weights)[0]])


def _mixtures(form: Form) -> list[tuple[str, ...]]:
    """The choices of a revision for each table that no combination of the form has."""
    usual = {
        tuple(chosen[table] for table in form.table_ids) for chosen in form.combinations.values()
    }
    every = product(*(form.variants[table] for table in form.table_ids))
    return [mixture for mixture in every if mixture not in usual]


def _print_tables(
    form: Form,
    variants: Mapping[str, str],
    texts: Mapping[str, str],
    layout: Layout,
    damages: Sequence[Damage],
    rng: Random,
) -> dict[str, list[Piece]]:
    """The printed tables by id, after what the agency does to them."""
    printed: dict[str, list[Piece]] = {}
    for sheet in sheets(form, variants, texts, rng):
        for damage in damages:
            sheet = damage.on_sheet(sheet, rng) if damage.on_sheet else sheet
        printed[sheet.table.id] = layout(sheet)
    return printed


def _untraced(piece: Piece) -> Piece:
    """A plain piece for an empty cell."""
    return Piece(piece.text) if piece.cell and not piece.text.strip() else piece
