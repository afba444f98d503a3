"""Dates: years, days and reporting periods as reports write them, in views of the text."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gouji.inference.fields.found import CONFIDENCE, Found, read_at
from gouji.inference.fields.views import spelled
from gouji.model.folding import Folded

_FIRST_YEAR, _LAST_YEAR = 2008, 2100  # the regulation on open government is in force since 2008
_Y = r"(?<!\d)(?:\d{4}|[零〇○o一二三四五六七八九]{4})(?!\d)"
_M = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_SEPARATOR = r"[-./]"
_ENDS = r"(?:(?!\d)|(?<=\d\d)(?=\d\d:\d\d))"  # a time may follow at once
_DAY = rf"(?:年度?{_M}月{_M}日|{_SEPARATOR}{_M}{_SEPARATOR}{_M}日?{_ENDS})"
_TO = r"(?:开始|起|始)?,?(?:[至到~\-—–─]+)"
_PARTS = re.compile(rf"(?:({_Y})(?:年度?|{_SEPARATOR}))?({_M})(?:月|{_SEPARATOR})({_M})日?")

YEAR = re.compile(rf"(?P<year>{_Y})年(?:度|份)?")
"""A year in a view."""

DAY = re.compile(rf"{_Y}{_DAY}|(?<!\d)20\d{{2}}(?:0\d|1[0-2])[0-3]\d(?!\d)")
"""A day in a view, with its year."""

_RANGE = re.compile(
    rf"(?P<start>{_Y}{_DAY}){_TO}(?P<end>{_Y}{_DAY}|{_M}月{_M}日|{_M}{_SEPARATOR}{_M}(?!\d))"
)
_MONTHS = re.compile(
    rf"(?P<year>{_Y})年(?P<start>{_M})月?{_TO}(?P<until>{_Y}年)?(?P<end>{_M})月(?!{_M}日)"
)
_TOPIC = re.compile(
    r"(?:统计|数据|起止)[^,。;]{0,12}?(?:期限|时限|期间|周期|时段|时间|区间|范围)"
    r"|报告[^,。;]{0,12}?(?:期限|时限|期间|周期|时段|区间)"
    r"|统计(?:期|数据)|报告期"
)
_DAMAGED = re.compile(rf"(?P<start>\d[\d年月日]{{5,10}}){_TO}(?P<end>\d[\d年月日]{{3,10}})")
_SPAN_OF_TIME = re.compile(rf"(?<!\d)(?P<start>\d[\d年月日]{{0,12}}){_TO}\d[\d年月日]{{0,12}}")
_YEAR_AND_MORE = 5  # digits: a span of time that has more of them names days
_REACH = 40  # characters that may part the words for the reporting period from its dates


def year_of(raw: str) -> int | None:
    """The year that four digits or Chinese digits spell, None outside 2008..2100.

    >>> year_of("二〇二二"), year_of("2022"), year_of("1949")
    (2022, 2022, None)
    """
    year = spelled(raw)
    return year if isinstance(year, int) and _FIRST_YEAR <= year <= _LAST_YEAR else None


def _valid(year: int | None, month: str, day: str) -> date | None:
    numbers = spelled(month), spelled(day)
    if year is None or not all(isinstance(number, int) for number in numbers):
        return None
    try:
        return date(year, int(numbers[0] or 0), int(numbers[1] or 0))
    except ValueError:
        return None


def day_of(raw: str, default_year: int | None = None) -> date | None:
    """The day that the whole of a string of a view spells, None if there is no such day.

    >>> day_of("2022年1月9日"), day_of("二〇二三年一月二十九日"), day_of("12月31日", 2022)
    (datetime.date(2022, 1, 9), datetime.date(2023, 1, 29), datetime.date(2022, 12, 31))
    >>> day_of("2022-2-30"), day_of("20230110")
    (None, datetime.date(2023, 1, 10))
    """
    if re.fullmatch(r"\d{8}", raw):
        return _valid(year_of(raw[:4]), raw[4:6], raw[6:])
    match = _PARTS.fullmatch(raw)
    if not match:
        return None
    return _valid(year_of(match[1]) if match[1] else default_year, match[2], match[3])


def find_day(view: Folded, confidence: float, start: int = 0) -> Found | None:
    """The first day of a view from character `start` on, written `YYYY-MM-DD`."""
    for match in DAY.finditer(view.text, start):
        day = day_of(match[0])
        if day:
            return read_at(view, match.span(), day.isoformat(), confidence)
    return None


def day_of_damaged(raw: str) -> date | None:
    """The day spelled by a string that may have lost 年, 月 or 日, if only one day fits.

    >>> day_of_damaged("202111日"), day_of_damaged("20211231日"), day_of_damaged("2021111日")
    (datetime.date(2021, 1, 1), datetime.date(2021, 12, 31), None)
    """
    days = set()
    for month_width, day_width in ((1, 1), (1, 2), (2, 1), (2, 2)):
        shape = rf"(\d{{4}})年?(\d{{{month_width}}})月?(\d{{{day_width}}})日?"
        match = re.fullmatch(shape, raw)
        if match and (day := _valid(year_of(match[1]), match[2], match[3])):
            days.add(day)
    return days.pop() if len(days) == 1 else None


@dataclass(frozen=True, slots=True)
class Period:
    """The reporting period; `start` and `end` have the value None where they can't be read."""

    start: Found
    end: Found

    @property
    def values(self) -> tuple[object, object]:
        """The two days as written in the report."""
        return self.start.value, self.end.value


def _is_year(start: date, end: date) -> bool:
    """Whether two days bound a calendar year: the law asks for one report a year (article 50)."""
    return start == date(start.year, 1, 1) and end == date(start.year, 12, 31)


def _period(view: Folded, match: re.Match[str], days: tuple[date, date], sure: float) -> Period:
    start, end = (
        read_at(view, match.span(name), day.isoformat(), sure)
        for name, day in zip(("start", "end"), days, strict=True)
    )
    return Period(start, end)


def _range_days(match: re.Match[str]) -> tuple[date, date] | None:
    start = day_of(match["start"])
    end = day_of(match["end"], start.year) if start else None
    return (start, end) if start and end and start <= end else None


def _month_days(match: re.Match[str]) -> tuple[date, date] | None:
    year = year_of(match["year"])
    last = year_of(match["until"][:-1]) if match["until"] else year
    start = _valid(year, match["start"], "1")
    first_of_last = _valid(last, match["end"], "1")
    if not start or not first_of_last or first_of_last < start:
        return None
    return start, first_of_last.replace(day=monthrange(*first_of_last.timetuple()[:2])[1])


def _damaged_days(match: re.Match[str]) -> tuple[date, date] | None:
    start, end = day_of_damaged(match["start"]), day_of_damaged(match["end"])
    return (start, end) if start and end and _is_year(start, end) else None


def _is_announced(view: Folded, start: int) -> bool:
    """Whether the words for the reporting period stand before character `start`."""
    before = view.text[max(0, start - _REACH) : start]
    return bool(_TOPIC.search(before[before.rfind("。") + 1 :]))


def _periods_in(view: Folded) -> Iterator[Period]:
    for match in _RANGE.finditer(view.text):
        days = _range_days(match)
        announced = _is_announced(view, match.start())
        if days and (announced or _is_year(*days)):
            usual = _is_year(*days)
            sure = CONFIDENCE.sentence if announced and usual else CONFIDENCE.fuzzy
            yield _period(view, match, days, sure)
    for pattern, days_of in ((_MONTHS, _month_days), (_DAMAGED, _damaged_days)):
        for match in pattern.finditer(view.text):
            days = days_of(match)
            if days and _is_announced(view, match.start()):
                yield _period(view, match, days, CONFIDENCE.fuzzy)


def _unreadable(view: Folded) -> Period | None:
    """The place of a reporting period that is announced but can't be read."""
    for match in _SPAN_OF_TIME.finditer(view.text):
        written = sum(char.isdigit() for char in match[0])
        day = DAY.match(view.text, match.start())
        one_day = day is not None and day.end() > match.end("start")  # 2022-01-09
        if written > _YEAR_AND_MORE and not one_day and _is_announced(view, match.start()):
            nothing = read_at(view, match.span(), None, CONFIDENCE.contradicted)
            return Period(nothing, nothing)
    return None


def find_periods(paragraphs: Sequence[Folded]) -> tuple[Period, ...]:
    """Every different reporting period that the paragraphs state, the surest first.

    An announced period that can't be read counts only where none can.
    """
    found: dict[object, Period] = {}
    for view in paragraphs:
        for period in _periods_in(view):
            found.setdefault(period.values, period)
    if not found:
        lost = next(filter(None, map(_unreadable, paragraphs)), None)
        return (lost,) if lost else ()
    return tuple(sorted(found.values(), key=lambda period: -period.start.confidence))


def prevailing_year(paragraphs: Sequence[Folded]) -> Found | None:
    """The year that sentences name more often than any other, at its first place; never sure."""
    places: dict[int, list[Found]] = {}
    for view in paragraphs:
        for match in YEAR.finditer(view.text):
            if year := year_of(match["year"]):
                place = read_at(view, match.span("year"), year, CONFIDENCE.partial)
                places.setdefault(year, []).append(place)
    ranked = sorted(places.values(), key=len, reverse=True)
    if not ranked or (len(ranked) > 1 and len(ranked[0]) == len(ranked[1])):
        return None
    return ranked[0][0]
