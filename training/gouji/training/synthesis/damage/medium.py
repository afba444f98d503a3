"""What a medium does to a text: breaks lost or added, footers, numbers torn, joined or misread.

Only plain pieces and cells change; headings and fields stay as they are.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

from gouji.training.synthesis.damage.confusions import OCR
from gouji.training.synthesis.damage.edits import is_han
from gouji.training.synthesis.pieces import Piece

Pieces = list[Piece]
Position = tuple[int, int]
"""A place in the text: the number of a piece and an offset into it."""

_SEPARATOR = re.compile(r"[ \t|\n\u3000]{1,4}")
_SINGLE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
_LONE_BLANK = re.compile(r"(?<=\S) (?=\S)")
_DIGIT_PAIR = re.compile(r"(?<=\d)(?=\d)")
_FOOTERS = (
    "- {page} -",
    "-{page}-",
    "— {page} —",
    "—{page}—",
    "第 {page} 页",
    "第{page}页",
    "第 {page} 页，共 {pages} 页",
    "第{page}页/共{pages}页",
    "{page} / {pages}",
    "Page {page} of {pages}",
    "·{page}·",
)
_PLACES = ("临江", "安河", "青石", "东岭", "南屏", "云溪", "白沙", "北湖", "清源", "金坪")
_SITES = (
    "{place}市人民政府门户网站",
    "{place}县政府信息公开平台",
    "{place}区政务公开网 www.example.gov.cn",
    "本文件来源于{place}市人民政府网站",
    "{place}县人民政府办公室",
    "内部资料 仅供参阅",
)
_LETTERS = {"0": "OOOo", "1": "lI", "５": "S", "5": "S", "8": "B"}
_FREQUENT = frozenset("01")
_KEPT = frozenset("万元亿")  # a unit that can't be read changes amounts


def _with_plain(pieces: Pieces, change: Callable[[str], str]) -> Pieces:
    """The pieces with every plain one changed."""
    return [replace(p, text=change(p.text)) if p.is_plain else p for p in pieces]


def torn_numbers(pieces: Pieces, rng: Random) -> Pieces:
    """One to three numbers parted by a blank or a line break between two of their digits."""
    long = [n for n, p in enumerate(pieces) if p.cell and _DIGIT_PAIR.search(p.text)]
    torn = list(pieces)
    for number in rng.sample(long, min(len(long), rng.randint(1, 3))):
        text = pieces[number].text
        at = rng.choice([match.start() for match in _DIGIT_PAIR.finditer(text)])
        gap = rng.choice((" ", " ", "\n", "\n", "  ", " \n"))
        torn[number] = replace(pieces[number], text=text[:at] + gap + text[at:])
    return torn


def joined_numbers(pieces: Pieces, rng: Random) -> Pieces:
    """Two neighbouring numbers without what parted them: one number that is no cell."""
    pairs = [pair for pair in _neighbours(pieces) if _are_joinable(pieces, pair)]
    if not pairs:
        return pieces
    first, second = rng.choice(pairs)
    joined = Piece(pieces[first].text + pieces[second].text)
    return [*pieces[:first], joined, *pieces[second + 1 :]]


def _neighbours(pieces: Pieces) -> list[tuple[int, int]]:
    """The numbers of labelled pieces that follow each other with plain ones between."""
    labelled = [n for n, piece in enumerate(pieces) if not piece.is_plain]
    return list(pairwise(labelled))


def _are_joinable(pieces: Pieces, pair: tuple[int, int]) -> bool:
    first, second = pair
    between = "".join(piece.text for piece in pieces[first + 1 : second])
    are_numbers = all(pieces[n].cell and pieces[n].text.isdecimal() for n in pair)
    return are_numbers and _SEPARATOR.fullmatch(between) is not None


def letters_for_digits(pieces: Pieces, rng: Random) -> Pieces:
    """Letters in numbers where a recogniser took digits for them: O for 0, l for 1."""
    share = rng.choice((0.02, 0.1, 0.3))

    def misread(text: str) -> str:
        return "".join(
            rng.choice(_LETTERS[char])
            if char in _LETTERS and rng.random() < (share if char in _FREQUENT else share / 4)
            else char
            for char in text
        )

    return [replace(p, text=misread(p.text)) if p.cell else p for p in pieces]


def lost_line_breaks(pieces: Pieces, rng: Random) -> Pieces:
    """Some line breaks of plain pieces replaced by a blank, or by nothing between two characters.

    Breaks beside a heading, a field, an empty cell or another break stay, and no two numbers are
    glued together.
    """
    share = rng.choice((0.05, 0.2, 0.6))
    result = list(pieces)
    for number, piece in enumerate(pieces):
        if not piece.is_plain or "\n" not in piece.text:
            continue
        before = _edge(pieces, number - 1, -1)
        after = _edge(pieces, number + 1, 0)
        text = before + piece.text + after
        breaks = [m.start() for m in _SINGLE_BREAK.finditer(text)]
        for at in reversed(breaks):
            if 0 < at < len(text) - 1 and rng.random() < share:
                are_han = is_han(text[at - 1]) and is_han(text[at + 1])
                text = text[:at] + ("" if are_han and rng.random() < 0.5 else " ") + text[at + 1 :]
        result[number] = replace(piece, text=text[len(before) : len(text) - len(after)])
    return result


def _edge(pieces: Pieces, number: int, at: int) -> str:
    """The character of a neighbour that touches this piece; a break where breaks are to stay."""
    if not 0 <= number < len(pieces):
        return "\n"
    piece = pieces[number]
    is_open = bool(piece.text) and piece.field is None and piece.section is None
    return piece.text[at] if is_open else "\n"


def _line_starts(pieces: Pieces) -> list[Position]:
    """Where lines that open with a title begin, between the first and the last cell."""
    cells = [n for n, piece in enumerate(pieces) if piece.cell]
    if not cells:
        return []
    return [
        (number, match.end())
        for number in range(cells[0], cells[-1])
        if pieces[number].is_plain
        for match in re.finditer("\n", pieces[number].text)
        if _opens_with_title(pieces, number, match.end())
    ]


def _opens_with_title(pieces: Pieces, number: int, at: int) -> bool:
    """Whether the next letter from this position on stands in a plain piece."""
    rest = pieces[number].text[at:]
    while not re.search(r"\w", rest):
        number += 1
        if number == len(pieces) or not pieces[number].is_plain:
            return False
        rest = pieces[number].text
    return True


def _with_inserted(pieces: Pieces, inserted: dict[Position, str]) -> Pieces:
    """The pieces with texts put in at these positions."""
    result = list(pieces)
    for (number, at), text in sorted(inserted.items(), reverse=True):
        whole = result[number].text
        result[number] = replace(result[number], text=whole[:at] + text + whole[at:])
    return result


def footers(pieces: Pieces, rng: Random) -> Pieces:
    """Page numbers on lines of their own between the rows."""
    starts = _line_starts(pieces)
    chosen = sorted(rng.sample(starts, min(len(starts), rng.randint(1, 5))))
    footer, first, after = rng.choice(_FOOTERS), rng.randint(1, 5), rng.choice(("\n", "\n", "\n\n"))
    pages = first + len(chosen) + rng.randint(0, 3)
    return _with_inserted(
        pieces,
        {
            position: footer.format(page=page, pages=pages) + after
            for page, position in enumerate(chosen, start=first)
        },
    )


def watermarks(pieces: Pieces, rng: Random) -> Pieces:
    """One line of a site or an agency, again and again between the rows."""
    starts = _line_starts(pieces)
    chosen = rng.sample(starts, min(len(starts), rng.randint(2, 8)))
    mark = rng.choice(_SITES).format(place=rng.choice(_PLACES))
    return _with_inserted(pieces, dict.fromkeys(chosen, f"{mark}\n"))


def blank_lines(pieces: Pieces, rng: Random) -> Pieces:
    """Empty lines before some or all rows."""
    share = rng.choice((0.1, 0.4, 1.0))
    chosen = [position for position in _line_starts(pieces) if rng.random() < share]
    return _with_inserted(pieces, {position: "\n" * rng.randint(1, 2) for position in chosen})


def trailing_blanks(pieces: Pieces, rng: Random) -> Pieces:
    """Blanks at the ends of lines that end in a title or a mark, not in a place for a number."""
    share = rng.choice((0.2, 0.6, 1.0))
    blanks = rng.choice((" ", "  ", "    ", "\u3000", "\xa0"))

    def padded(text: str) -> str:
        return re.sub(r"(?<=\S)\n", lambda _: f"{blanks}\n" if rng.random() < share else "\n", text)

    return _with_plain(pieces, padded)


def doubled_spaces(pieces: Pieces, rng: Random) -> Pieces:
    """Two blanks for one within titles and sentences; blanks that part places stay."""
    share = rng.choice((0.3, 1.0))
    return _with_plain(
        pieces, lambda text: _LONE_BLANK.sub(lambda _: "  " if rng.random() < share else " ", text)
    )


def mojibake_few(pieces: Pieces, rng: Random) -> Pieces:
    """Some characters of plain pieces unreadable."""
    mark = rng.choice(("?", "\ufffd", "□"))
    share = rng.choice((0.005, 0.02, 0.05))

    def is_lost(char: str) -> bool:
        return is_han(char) and char not in _KEPT and rng.random() < share

    return _with_plain(
        pieces, lambda text: "".join(mark if is_lost(char) else char for char in text)
    )


def ocr_confusions(pieces: Pieces, rng: Random) -> Pieces:
    """Some characters of plain pieces taken for others that look alike."""
    share = rng.choice((0.02, 0.05, 0.15))

    def recognised(text: str) -> str:
        return "".join(OCR[char] if char in OCR and rng.random() < share else char for char in text)

    return _with_plain(pieces, recognised)
