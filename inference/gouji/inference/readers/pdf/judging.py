"""Whether the text of a page can be read off its text layer, or has to be recognised."""

import unicodedata
from collections.abc import Iterable

from gouji.inference.readers.pdf.page import Page
from gouji.model.folding import fold_char

_SCANNED = 0.5  # the share of a page that a picture of its text covers at least
_FEW_GLYPHS = 30  # what page numbers and marks of a scanner come to at most
_DRAWN_GLYPHS = 40  # shapes on a page whose letters are drawn as shapes
_HIDDEN = 0.5
_UNKNOWN = 0.2  # the share of characters without meaning that makes a text layer garbage
_FOREIGN = 0.4  # the share of letters of other scripts that does
_RARE = 0.25  # the share of rare ideographs that does
_ENOUGH = 20  # characters from which on shares mean something


def needs_recognition(page: Page) -> bool:
    """Whether a page shows text that its text layer doesn't give.

    So it is with a picture or letters drawn as shapes where there are hardly any characters, with
    a text layer that another recogniser has laid invisibly over a picture, and with one that is
    garbage.
    """
    n = len(page.glyphs)
    if n <= _FEW_GLYPHS and (page.pictures >= _SCANNED or page.n_curves >= max(_DRAWN_GLYPHS, n)):
        return True
    if page.hidden > _HIDDEN and page.pictures >= _SCANNED:
        return True
    return is_garbage(glyph.char for glyph in page.glyphs)


def is_garbage(chars: Iterable[str]) -> bool:
    """Whether characters are what a wrong map makes of a Chinese text, rather than one.

    Such maps give private or unassigned characters, letters of scripts that no report is written
    in, or ideographs at random: of the 20,902 of Unicode 1.1, GB 2312 has a third, and nearly all
    that reports are written with, once traditional ones are simplified.
    """
    counted = dict.fromkeys(("all", "unknown", "foreign", "han", "rare"), 0)
    for char in chars:
        category = unicodedata.category(char)
        is_han = "\u3400" <= char <= "\u9fff" or char >= "\U00020000"
        counted["all"] += 1
        counted["unknown"] += category in ("Co", "Cn", "Cs", "Cc") or char == "\ufffd"
        counted["foreign"] += category[0] == "L" and not is_han and not _is_latin(char)
        counted["han"] += is_han
        counted["rare"] += is_han and not _is_common(char)
    if counted["all"] < _ENOUGH:
        return 2 * counted["unknown"] > counted["all"]
    return (
        counted["unknown"] > _UNKNOWN * counted["all"]
        or counted["foreign"] > _FOREIGN * counted["all"]
        or (counted["han"] >= _ENOUGH and counted["rare"] > _RARE * counted["han"])
    )


def _is_latin(char: str) -> bool:
    """Whether a letter is a plain one, half- or full-width."""
    return char.isascii() or "\uff21" <= char <= "\uff5a"


def _is_common(char: str) -> bool:
    try:
        fold_char(char).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
