"""Headings: lines, and phrases within lines, that open a section of the form.

A heading is a line of its own, or a phrase behind its numeral where line ends are lost; a title
inside a sentence is none. How sure a candidate is follows from the way it stands there (`Rank`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq

from gouji.model.findings import Span
from gouji.model.folding import fold, fold_char, fold_label
from gouji.model.form import Form

_SURE = 0.85  # similarity at which a title is taken whatever its numeral
_LIKELY = 0.70  # similarity at which it is taken if its numeral is right
_BARE = 0.90  # similarity at which it is taken without a numeral
_LED_IN = 0.95  # what an exact title behind its right numeral and a few words is worth
_MAX_ALIEN = 2  # characters not of the title that a merely likely heading may hold
_MAX_LEAD_IN = 14  # characters that may stand between a right numeral and an exact title
_MAX_BARE_CHARS = 45
_MIN_FUZZY_CHARS = 8  # shorter titles must be exact where nothing marks their end
_MAX_GAP = 3  # characters between two entries of a table of contents
_MIN_CONTENTS = 3

_NUMERALS = "一二三四五六七八九十"
_BLANKS = r"[ \t\u3000\xa0\u200b]*"
_HAN = rf"[{_NUMERALS}⼀⼆⼋⼗]{{1,3}}"
_N = rf"(?:{_HAN}|[0-9０-９]{{1,2}})"
_MARKER = (
    rf"(?P<weak>[(（〔【\[]{_BLANKS}{_N}{_BLANKS}[)）〕】\]]|[㈠-㈩]|附?表{_BLANKS}{_N}"
    rf"|[0-9０-９]{{1,2}}(?={_BLANKS}[、.．,，:：](?![0-9０-９]))){_BLANKS}[、.．,，:：]?"
    rf"|(?P<strong>第{_BLANKS}{_N}{_BLANKS}(?:部分|章)|{_HAN}|[—–―ー－-](?={_BLANKS}[、.．]))"
    rf"{_BLANKS}[、.．,，:：。]?"
)
_LINE = re.compile(
    rf"^[ \t\u3000\xa0\u200b#＃*|>＞]*(?P<heading>(?:{_MARKER})?(?P<rest>[^\n]*))$", re.M
)
_INLINE = re.compile(
    rf"(?<=[^\n第{_NUMERALS}“\"‘'《「『（(])(?P<numeral>[{_NUMERALS}]){_BLANKS}[、.．,，:：]"
)
_PAGE_NUMBER = re.compile(r"\d{1,3}$")
_NEXT_LINE = re.compile(r"[^\S\n]*+\n\s*+(?P<line>[^\n]{1,45})(?=\n|$)")


class Rank(IntEnum):
    """How a heading stands in the text, the surest way first."""

    NUMBERED_LINE = 0
    """On a line of its own behind a major numeral, `二、` or `第二部分`."""
    NUMBERED_START = 1
    """Behind a major numeral at the start of a line that goes on."""
    BARE_LINE = 2
    """On a line of its own without a numeral."""
    MINOR_LINE = 3
    """On a line of its own behind a minor numeral, `（二）` or `2.`, or a table number."""
    INLINE = 4
    """Behind a major numeral in the middle of a line."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A place where section number `place` of the form begins.

    `span` reaches from the start of the line, or from the numeral inside a line, to the end of
    the title; `text` is the heading as printed, without line breaks and markup. `numeral` is the
    printed number, None if there is none; `has_right_numeral` if it is none but the form's.
    """

    place: int
    span: Span
    text: str
    numeral: int | None
    rank: Rank
    has_right_numeral: bool


@dataclass(frozen=True, slots=True)
class _Title:
    """A folded title of section `place`, whose numeral on the form is `numeral`."""

    place: int
    numeral: int | None
    text: str


@dataclass(frozen=True, slots=True)
class _Match:
    """A title recognised in the first `length` characters of a folded text."""

    title: _Title
    score: float
    length: int


def find_headings(text: str, form: Form) -> tuple[Heading, ...]:
    """Every candidate in reading order.

    A section may have candidates of several ranks, see `surest`, and in a table of contents, see
    `without_contents`.
    """
    titles = _titles(form)
    found = [*_line_headings(text, titles), *_inline_headings(text, titles)]
    return tuple(sorted(found, key=lambda heading: heading.span))


def without_contents(text: str, headings: Sequence[Heading]) -> tuple[Heading, ...]:
    """The headings of one report without those of its table of contents.

    That is a run of different headings with nothing between them, most of which come again:
    headings with nothing between them that do not come again have lost their bodies.
    """
    last = {heading.place: heading.span[0] for heading in headings}
    kept: list[Heading] = []
    for run in _runs(text, headings):
        end = run[-1].span[1]
        n_again = sum(last[heading.place] >= end for heading in run)
        if n_again < max(_MIN_CONTENTS, len(run) / 2):
            kept.extend(run)
    return tuple(kept)


def surest(headings: Iterable[Heading]) -> tuple[Heading, ...]:
    """The headings that have the best rank of those for the same section."""
    headings = tuple(headings)
    best: dict[int, Rank] = {}
    for heading in headings:
        best[heading.place] = min(heading.rank, best.get(heading.place, heading.rank))
    return tuple(heading for heading in headings if heading.rank == best[heading.place])


def numeral_of(marker: str) -> int | None:
    """The number that a heading's marker spells; None if there is none, or one above ten.

    >>> numeral_of("（三）"), numeral_of("第２部分"), numeral_of("—")
    (3, 2, 1)
    """
    folded = "".join(map(fold_char, marker))
    digits = [c for c in folded if c in _NUMERALS or c.isdecimal()]
    if not digits:
        return 1 if marker.strip() else None  # a dash is how recognition misreads 一
    if len(digits) > 1:
        return None
    return int(digits[0]) if digits[0].isdecimal() else _NUMERALS.index(digits[0]) + 1


def _titles(form: Form) -> tuple[_Title, ...]:
    titles: dict[_Title, None] = {}
    for place, kind in enumerate(form.sections):
        for heading in (kind.heading, *kind.aliases):
            line = _LINE.match(heading)
            marker = line["strong"] if line else None
            rest = line["rest"] if line and marker else heading
            numeral = numeral_of(marker) if marker else None
            titles[_Title(place, numeral, fold_label(rest))] = None
    return tuple(titles)


def _line_headings(text: str, titles: Sequence[_Title]) -> Iterator[Heading]:
    longest = max((len(title.text) for title in titles), default=0) + _MAX_LEAD_IN
    for line in _LINE.finditer(text):
        if not _may_be_heading(line):
            continue
        marker = line["strong"] or line["weak"]
        rest = line.start("rest")
        folded = fold(text, rest, min(line.end(), rest + 3 * longest))
        numeral = numeral_of(marker) if marker else None
        match, rank = _match_line(folded.text, line, numeral, titles)
        end = line.end()
        if line["strong"] and (match is None or match.score < 1.0):
            joined = _match_joined(text, line, numeral, titles)
            if joined and (match is None or joined[0].score > match.score):
                (match, end), rank = joined, Rank.NUMBERED_LINE
        if match is None:
            continue
        if rank is Rank.NUMBERED_START:
            end = folded.span(0, match.length)[1]
        yield _heading(text, match, (line.start(), end), line.start("heading"), numeral, rank)


def _may_be_heading(line: re.Match[str]) -> bool:
    """Whether a line has a numeral, or is short and no sentence."""
    if line["strong"]:
        return True
    rest = line["rest"].rstrip()
    is_sentence = not line["weak"] and rest.endswith(("。", "；", "，"))
    return 2 < len(rest) <= _MAX_BARE_CHARS and not is_sentence


def _heading(
    text: str, match: _Match, span: Span, start: int, numeral: int | None, rank: Rank
) -> Heading:
    printed = "".join(part.strip() for part in text[start : span[1]].splitlines())
    printed = printed.strip("#＃*| \t\u3000\xa0")
    is_right = numeral in (None, match.title.numeral)
    return Heading(match.title.place, span, printed, numeral, rank, is_right)


def _match_line(
    folded: str, line: re.Match[str], numeral: int | None, titles: Sequence[_Title]
) -> tuple[_Match | None, Rank]:
    """The title that a line is or begins with, and the rank this gives it."""
    own = _PAGE_NUMBER.sub("", folded)
    if line["weak"]:
        return _best_whole(own, None, titles, _SURE), Rank.MINOR_LINE
    if not line["strong"]:
        return _best_whole(own, None, titles, _BARE), Rank.BARE_LINE
    whole = _best_whole(own, numeral, titles, _SURE)
    start = _best_prefix(folded, numeral, titles)
    if whole and (whole.score == 1.0 or start is None or start.score < 1.0):
        return whole, Rank.NUMBERED_LINE
    return start, Rank.NUMBERED_START


def _match_joined(
    text: str, line: re.Match[str], numeral: int | None, titles: Sequence[_Title]
) -> tuple[_Match, int] | None:
    """The title that a line and the next one make together, and where it ends."""
    following = _NEXT_LINE.match(text, line.end())
    if following is None or len(line["rest"]) > _MAX_BARE_CHARS:
        return None
    folded = fold_label(line["rest"]) + fold_label(following["line"])
    match = _best_whole(folded, numeral, titles, _BARE)
    return (match, following.end("line")) if match else None


def _best_whole(
    folded: str, numeral: int | None, titles: Sequence[_Title], least: float
) -> _Match | None:
    """The title that a folded line spells, damage allowed; `numeral` None lends no trust."""
    n = len(folded)
    trusted = [title for title in titles if numeral is not None and title.numeral == numeral]
    matches = [_Match(title, _LED_IN, n) for title in trusted if _has_lead_in(title.text, folded)]
    texts = [title.text for title in titles]
    cutoff = _LIKELY if trusted else least
    for text, score, index in process.extract(
        folded, texts, scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None
    ):
        alien = n - LCSseq.similarity(folded, text)
        if score >= least or (titles[index] in trusted and alien <= _MAX_ALIEN):
            matches.append(_Match(titles[index], score, n))
    return max(matches, key=lambda match: match.score, default=None)


def _has_lead_in(title: str, folded: str) -> bool:
    """Whether a line is an exact title with a few more characters before it."""
    return folded.endswith(title) and 0 < len(folded) - len(title) <= _MAX_LEAD_IN


def _best_prefix(folded: str, numeral: int | None, titles: Sequence[_Title]) -> _Match | None:
    """The title that a folded text begins with; short titles must be exact."""
    matches: list[_Match] = []
    for title in titles:
        n = len(title.text)
        if folded.startswith(title.text):
            matches.append(_Match(title, 1.0 + n / 100, n))  # of two exact ones the longer
        elif n >= _MIN_FUZZY_CHARS:
            least = _SURE if numeral == title.numeral else _BARE
            matches.extend(_damaged_prefixes(folded, title, least))
    return max(matches, key=lambda match: match.score, default=None)


def _damaged_prefixes(folded: str, title: _Title, least: float) -> Iterator[_Match]:
    """The title at the start of a folded text with a character more, less or changed."""
    n = len(title.text)
    if Indel.normalized_similarity(folded[:n], title.text, score_cutoff=_LIKELY) == 0.0:
        return
    for length in (n, n - 1, n + 1):
        score = Indel.normalized_similarity(folded[:length], title.text)
        if score >= least:
            yield _Match(title, score, min(length, len(folded)))


def _inline_headings(text: str, titles: Sequence[_Title]) -> Iterator[Heading]:
    longest = max((len(title.text) for title in titles), default=0)
    for found in _INLINE.finditer(text):
        before = text[max(0, found.start() - 20) : found.start()].rpartition("\n")[2]
        if not fold_label(before):
            continue  # at the start of a line
        behind = text[found.end() : found.end() + 2 * longest].partition("\n")[0]
        folded = fold(behind)
        numeral = numeral_of(found["numeral"])
        match = _best_prefix(folded.text, numeral, titles)
        if match:
            span = found.start(), found.end() + folded.span(0, match.length)[1]
            yield _heading(text, match, span, found.start(), numeral, Rank.INLINE)


def _runs(text: str, headings: Sequence[Heading]) -> Iterator[list[Heading]]:
    """The headings in groups: different ones with nothing but page numbers between them."""
    run: list[Heading] = []
    for heading in headings:
        if run and not _continues(text, run, heading):
            yield run
            run = []
        run.append(heading)
    if run:
        yield run


def _continues(text: str, run: Sequence[Heading], heading: Heading) -> bool:
    gap = text[run[-1].span[1] : heading.span[0]]
    if len(gap) > 200 or any(other.place == heading.place for other in run):
        return False
    return sum(not c.isdecimal() for c in fold_label(gap)) <= _MAX_GAP
