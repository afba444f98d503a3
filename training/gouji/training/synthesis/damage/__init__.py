"""Damages: what agencies and media do to the tables of a report, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from gouji.training.synthesis.damage import agency, labels, medium, writing
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.sheet import Sheet

SheetDamage = Callable[[Sheet, Random], Sheet]
"""A table as the agency leaves it."""

PiecesDamage = Callable[[list[Piece], Random], list[Piece]]
"""A text as the medium leaves it."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One damage; either `on_sheet` or `on_pieces` is set.

    `keeps` says that every cell stands with all it shows in a place that an ideal reader finds.
    What is no longer there, or can be told by sums alone, is not kept.
    """

    name: str
    on_sheet: SheetDamage | None
    on_pieces: PiecesDamage | None
    keeps: bool


def _by_agency(name: str, damage: SheetDamage, keeps: bool = True) -> Damage:
    return Damage(name, damage, None, keeps)


def _by_medium(name: str, damage: PiecesDamage, keeps: bool = True) -> Damage:
    return Damage(name, None, damage, keeps)


_WEIGHTS: tuple[tuple[Damage, float], ...] = (
    (_by_agency("extra_row", agency.extra_row), 2),
    (_by_agency("extra_column", agency.extra_column), 2),
    (_by_agency("unit_in_head", writing.unit_in_head), 1),
    (_by_agency("zeros_blank", agency.zeros_blank), 5),
    (_by_agency("zeros_dash", agency.zeros_dash), 2),
    (_by_agency("zeros_slash", agency.zeros_slash), 2),
    (_by_agency("zeros_none", agency.zeros_none), 2),
    (_by_agency("blanks_collapsed", agency.blanks_collapsed, keeps=False), 3),
    (_by_agency("thousands", writing.thousands), 1),
    (_by_agency("units_in_cells", writing.units_in_cells), 1),
    (_by_agency("annotations", writing.annotations), 2),
    (_by_agency("full_width", writing.full_width), 1),
    (_by_agency("doubled_cell", agency.doubled_cell, keeps=False), 1),
    (_by_agency("shifted_row", agency.shifted_row, keeps=False), 1),
    (_by_agency("lost_cell", agency.lost_cell, keeps=False), 1),
    (_by_agency("lost_row", agency.lost_row, keeps=False), 1),
    (_by_agency("labels_lost", agency.labels_lost, keeps=False), 1),
    (_by_agency("label_lookalikes", labels.label_lookalikes), 2),
    (_by_agency("label_lost_chars", labels.label_lost_chars), 2),
    (_by_agency("label_spaces", labels.label_spaces), 2),
    (_by_agency("label_breaks", labels.label_breaks), 2),
    (_by_agency("half_width_punctuation", labels.half_width_punctuation), 3),
    (_by_agency("labels_traditional", labels.labels_traditional), 1),
    (_by_agency("kangxi", labels.kangxi), 1),
    (_by_agency("pinyin_gloss", labels.pinyin_gloss), 0.5),
    (_by_medium("torn_numbers", medium.torn_numbers, keeps=False), 2),
    (_by_medium("joined_numbers", medium.joined_numbers, keeps=False), 1),
    (_by_medium("letters_for_digits", medium.letters_for_digits, keeps=False), 1),
    (_by_medium("ocr_confusions", medium.ocr_confusions), 1),
    (_by_medium("mojibake_few", medium.mojibake_few), 1),
    (_by_medium("lost_line_breaks", medium.lost_line_breaks), 2),
    (_by_medium("footers", medium.footers), 3),
    (_by_medium("watermarks", medium.watermarks), 1),
    (_by_medium("blank_lines", medium.blank_lines), 1),
    (_by_medium("trailing_blanks", medium.trailing_blanks), 1),
    (_by_medium("doubled_spaces", medium.doubled_spaces), 1),
)
"""Damages with how often they are drawn, in the order in which they are done."""

DAMAGES: Mapping[str, Damage] = {damage.name: damage for damage, _ in _WEIGHTS}
"""All damages by name, in the order in which they are done; a name holds no hyphen or plus."""

_ZEROS = frozenset({"zeros_blank", "zeros_dash", "zeros_slash", "zeros_none", "blanks_collapsed"})
"""What is done to zeros can be done once."""

UNDAMAGED = 0.25
"""The share of reports without any damage."""


def drawn_damages(rng: Random) -> tuple[Damage, ...]:
    """The damages of a report in the order in which they are done; often none, at most four."""
    if rng.random() < UNDAMAGED:
        return ()
    n_damages = rng.choices((1, 2, 3, 4), (4, 3, 2, 1))[0]
    drawn: set[str] = set()
    while len(drawn) < n_damages:
        damage = rng.choices(
            [damage for damage, _ in _WEIGHTS], [weight for _, weight in _WEIGHTS]
        )[0]
        if damage.name not in _ZEROS or drawn.isdisjoint(_ZEROS):
            drawn.add(damage.name)
    return tuple(damage for name, damage in DAMAGES.items() if name in drawn)
