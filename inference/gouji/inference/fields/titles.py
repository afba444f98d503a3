"""Titles: the line or lines at the head of a report that name it, and what they tell.

A title ends in the words for the report (政府信息公开工作年度报告 and its variants); before them
stand, in any order, the body that reports and the year. A sentence that mentions the report is no
title.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from gouji.inference.fields.bodies import is_body, may_name
from gouji.inference.fields.dates import YEAR, year_of
from gouji.inference.fields.found import CONFIDENCE, Found, quote_at, read_at
from gouji.inference.fields.views import kept_of, lines_of, part_of, view_of
from gouji.model.findings import Span
from gouji.model.folding import Folded

_SUFFIX = r"(?:\([^()]{0,40}\)|公示|公告|公开版|全文)?[》*#]*"
_WORDS = re.compile(
    r"(?:政府信息(?:与|和|及|暨)?政务公开|政务信息公开|政府信息公开|政务公开|信息公开)"
    rf"(?:工作|情况|开展|年度|总结|的|年)*(?:报告|年报){_SUFFIX}$"
)
_WHOLE = (
    "政府信息公开工作年度报告",
    "政府信息公开年度报告",
    "政府信息公开情况的报告",
    "政府信息公开工作年报",
)
_FUZZ = 85.0
_LONGEST = 80  # characters of a view; the longest names of bodies have about fifty
_MOST_LINES = 3
_SENTENCE = re.compile(
    r"[。,;!?:]|现将|公布|编制|如下|印发|通知|规定|要求|^(?:根据|按照|依据|本|现|为)"
)
_YEAR_BELOW = re.compile(rf"\(\s*{YEAR.pattern}\s*\)")
_CELL = re.compile(r"[^\t|｜>»_]+")
_ASIDE = re.compile(r"(?<=[告报])\s*[-–—]+\s*\S.*|(?<=[告报])\s+\d{4}[-./年].*|^.*\s[-–—]\s")
_LABEL = re.compile(r"^(?:信息|文件|文章)?(?:标题|名称|题名|题目):")
_ENDING = re.compile("[报報]")
_ENDED = re.compile(r"(?:[报報]告|年[报報])(?=[\s\u3000])")
_NEAR_END = 50  # characters before the end of a title in which it says 报告 or 年报
_MARKS = "#*《》[]·-— "
_BEFORE_NAME = re.compile(r"^(?:附件\d*|年度|关于|的|[#*《\-—]+)+")
_AFTER_NAME = re.compile(r"(?:年度|关于|的|[-—])+$")


@dataclass(frozen=True, slots=True)
class Title:
    """A title with the agency and the year that it names.

    `other_years` are the years of other titles, as whole as this one, that name another.
    """

    title: Found
    agency: Found | None
    year: Found | None
    other_years: tuple[Found, ...] = ()

    @property
    def rank(self) -> int:
        """How much of a whole title it is: 2 for a year, 1 for an agency."""
        return 2 * (self.year is not None) + (self.agency is not None)


def _cells(text: str, line: Span) -> Iterator[Span]:
    """The parts of a line that may hold a title each: cells, steps of a path, page headers."""
    for match in _CELL.finditer(text, *line):
        start, end = match.span()
        aside = _ASIDE.search(text[start:end])
        if aside and aside.start() > 0:
            yield start, start + aside.start()
        elif aside:
            yield start + aside.end(), end
        else:
            yield start, end


def _words_at(joined: str) -> tuple[int, float] | None:
    """(start, confidence) of the words for the report that end the string; damage is forgiven."""
    match = _WORDS.search(joined)
    if match:
        return match.start(), CONFIDENCE.title
    if "报" not in joined[-2:]:
        return None
    for whole in _WHOLE:
        for length in range(len(whole) - 2, len(whole) + 2):
            if length <= len(joined) and fuzz.ratio(joined[-length:], whole) >= _FUZZ:
                return len(joined) - length, CONFIDENCE.fuzzy
    return None


def _name_in(text: str, view: Folded, span: Span) -> Found | None:
    """The agency named by characters `span` of a view, without the words around its name."""
    start, end = span
    if match := _BEFORE_NAME.search(view.text[start:end]):
        start += match.end()
    if match := _AFTER_NAME.search(view.text[start:end]):
        end = start + match.start()
    name = view.text[start:end].strip(_MARKS)
    start = view.text.find(name, start)
    place = (start, start + len(name))
    if is_body(name):
        return quote_at(text, view, place, CONFIDENCE.title)
    return quote_at(text, view, place, CONFIDENCE.fuzzy) if may_name(name) else None


def _title_at(text: str, span: Span) -> Title | None:
    """The title that a part of the text is, or None if it is none."""
    if not _ENDING.search(text, max(span[0], span[1] - _NEAR_END), span[1]):
        return None
    view = view_of(text, *span)
    if label := _LABEL.match(view.text):
        view = part_of(view, label.end(), len(view.text))
    lead = len(view.text) - len(view.text.lstrip("#*-《 "))
    view = part_of(view, lead, len(view.text.rstrip("#*-》 ")))
    if not 6 <= len(view.text) <= _LONGEST or _SENTENCE.search(view.text):
        return None
    year = YEAR.search(view.text)
    joined = kept_of(view, [year.span()] if year else [])
    words = _words_at(joined.text)
    if not words:
        return None
    start, confidence = words
    return _with_parts(text, view, year, start, confidence)


def _with_parts(
    text: str, view: Folded, year: re.Match[str] | None, words: int, confidence: float
) -> Title:
    """The title a view is; `words` is where the words for the report begin, the year taken out."""
    title = quote_at(text, view, (0, len(view.text)), confidence)
    if not year:
        return Title(title, _name_in(text, view, (0, words)), None)
    before = _name_in(text, view, (0, min(year.start(), words)))
    after = _name_in(text, view, (year.end(), words + year.end() - year.start()))
    number = year_of(year["year"])
    read = read_at(view, year.span("year"), number, confidence) if number else None
    return Title(title, before or after, read)


def _leads(text: str, line: Span) -> bool:
    """Whether a line may be the first part of a title: a body, a year, or both."""
    view = view_of(text, *line)
    rest = YEAR.sub("", view.text).strip(_MARKS)
    rest = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", rest))
    return (rest != view.text and not rest) or is_body(rest)


def _extended(text: str, lines: Sequence[Span], first: int, title: Title) -> Title:
    """The title with the lines above it that name the agency and the year it lacks."""
    end = title.title.span[1]
    for index in range(first - 1, max(first - _MOST_LINES, -1), -1):
        if title.rank == 3 or title.agency or not _leads(text, lines[index]):
            break
        longer = _title_at(text, (lines[index][0], end))
        if not longer or longer.rank <= title.rank:
            break
        title = Title(longer.title.at_most(CONFIDENCE.sentence), longer.agency, longer.year)
    return title


def _dated(text: str, lines: Sequence[Span], index: int, title: Title) -> Title:
    """The title with the year that it lacks if the next line is that, in brackets."""
    if title.year or index + 1 >= len(lines):
        return title
    below = view_of(text, *lines[index + 1])
    if not _YEAR_BELOW.fullmatch(below.text.strip(_MARKS)):
        return title
    longer = _title_at(text, (title.title.span[0], lines[index + 1][1]))
    return longer if longer and longer.rank > title.rank else title


def _head(text: str, cell: Span) -> Span:
    """The beginning of a part up to a blank behind words that end a title.

    A text with everything on one line begins with its title.
    """
    ending = _ENDED.search(text, cell[0], min(cell[1], cell[0] + 2 * _LONGEST))
    return (cell[0], ending.end()) if ending else cell


def _titles(text: str, lines: Sequence[Span]) -> Iterator[Title]:
    """Every title that stands on one line, or on as few lines as possible."""
    used: set[int] = set()
    for index, line in enumerate(lines):
        for cell in _cells(text, line):
            if title := _title_at(text, cell) or _title_at(text, _head(text, cell)):
                used.add(index)
                yield _extended(text, lines, index, _dated(text, lines, index, title))
    for count in range(2, _MOST_LINES + 1):
        for index in range(len(lines) - count + 1):
            window = range(index, index + count)
            if used.intersection(window):
                continue
            title = _title_at(text, (lines[index][0], lines[index + count - 1][1]))
            if title:
                used.update(window)
                whole = title.title.at_most(CONFIDENCE.sentence)
                yield _extended(text, lines, index, Title(whole, title.agency, title.year))


def find_title(text: str, spans: Sequence[Span], labelled: Sequence[Span]) -> Title | None:
    """The first whole title in text[spans]; one without year or agency only if there is no other.

    `labelled` are the values that the page itself calls the title. A title that names neither
    year nor agency may be a link of the page's navigation: its confidence is low.
    """
    found = [title for span in spans for title in _titles(text, tuple(lines_of(text, span)))]
    found += filter(None, (_title_at(text, span) for span in labelled))
    if not found:
        return None
    best = min(found, key=lambda title: (-title.rank, title.title.span))
    if best.rank == 0:
        return replace(best, title=best.title.at_most(CONFIDENCE.partial))
    year = best.year.value if best.year else None
    rivals = (one.year for one in found if one.rank == best.rank and one.year)
    return replace(best, other_years=tuple(one for one in rivals if one.value != year))
