"""Title lines: lines that name a report, with its year, as the head of a page does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from gouji.model.findings import Span
from gouji.model.folding import fold
from gouji.model.form import Form

_MIN_SIMILARITY = 80.0
_MAX_HEAD = 90  # characters of a line among which its title must end
_DIGIT = r"\s?[0-9０-９]"
_YEAR = re.compile(
    rf"(?:[12１２]{_DIGIT}{_DIGIT}{_DIGIT}|二[〇零○][〇零○一二三四五六七八九]{{2}})\s*年"
    rf"(?!{_DIGIT}{{1,2}}\s*月)"  # a date is no year of a report
)
_LINE = re.compile(r"^[^\n]*[^\s][^\n]*$", re.M)
_NEXT_LINE = re.compile(r"[^\S\n]*+\n\s*+[^\n]{1,45}(?=\n|$)")
_SENTENCE = re.compile(r"[，,。；;：:《》“”！!?？]")
_PAGE = re.compile(r"^(?:page\d{1,3}|第\d{1,3}页)")
_TAIL = 12  # characters behind a title in which its year may stand, as in `年度报告（2022年）`


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A title at the start of a line, to the end of its name; `name` is folded."""

    span: Span
    name: str


def find_title_lines(text: str, form: Form) -> tuple[TitleLine, ...]:
    """The lines that begin with a year and the form's title, in reading order.

    A title broken over two lines is found; one that stands in a sentence is not.
    """
    return tuple(_title_lines(text, fold(form.title).text))


def _title_lines(text: str, title: str) -> Iterator[TitleLine]:
    end = 0
    for line in _LINE.finditer(text):
        limit = min(line.end(), line.start() + _MAX_HEAD)
        if line.start() < end or not _YEAR.search(text, line.start(), limit):
            continue
        limits = [limit]
        following = _NEXT_LINE.match(text, line.end())
        if following and limit == line.end():
            limits.append(following.end())
        _, end, name = max(_title_in(text, line.start(), limit, title) for limit in limits)
        if name:
            yield TitleLine((line.start(), end), name)


def _title_in(text: str, start: int, limit: int, title: str) -> tuple[float, int, str]:
    """The similarity of the best title in text[start:limit], its end and its name; else zeros."""
    none = (0.0, 0, "")
    folded = fold(text, start, limit)
    place = fuzz.partial_ratio_alignment(title, folded.text, score_cutoff=_MIN_SIMILARITY)
    if place is None or place.dest_end <= place.dest_start:
        return none
    end = folded.span(place.dest_start, place.dest_end)[1]
    tail = text[end : end + _TAIL].partition("\n")[0]
    if _SENTENCE.search(text, start, end) or tail[:1].isalnum():
        return none  # a title that goes on is another one: `…年度报告的通知`
    name = _PAGE.sub("", folded.text[: place.dest_end])
    if _YEAR.search(text, start, end):
        return place.score, end, name
    year = _YEAR.search(tail)
    return (place.score, end, name + fold(year[0]).text) if year else none
