"""Prose: the sentences of a report, worded by the grammar in `wording/prose.txt`.

A speaker fills the slots of the grammar for one report: it knows the agency, what the report
states, and how it writes numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from random import Random

from gouji.model.mention import Number
from gouji.training.synthesis.agencies import Agency
from gouji.training.synthesis.fields import (
    DISCLOSURES,
    FEE,
    PERIOD_END,
    PERIOD_START,
    REQUESTS,
    Statement,
)
from gouji.training.synthesis.figures import (
    FigureStyle,
    chinese,
    chinese_date,
    drawn_count,
    prose_text,
)
from gouji.training.synthesis.grammar import Slot, load_grammar
from gouji.training.synthesis.pieces import Piece

Paragraph = list[Piece]
"""The pieces of a paragraph, without the line end behind it."""

GRAMMAR = "prose"
_PARAGRAPH_END = "¶"
_PART = "part"
_MOST = {"few": 30, "few2": 9, "n": 3_000, "big": 2_000_000}
_ITEMS = ("（{han}）", "（{han}）", "({han})", "{n}.", "{n}、", "（{n}）", "{han}是")
_DETAILS = ("{n}.", "{n}、", "（{n}）", "{han}是", "{han}是", "")
_AFTER_ITEM = ("。", "。", "：", " ", "，", ":", "\n")
_SITES = (
    "{level}人民政府门户网站",
    "{level}政府网站",
    "“{region}”政府门户网站",
    "{region_name}人民政府网",
    "政府门户网站",
    "门户网站",
    "部门网站",
)
_PERIOD_SLOTS = {"pstart": PERIOD_START, "pend": PERIOD_END}
_FIELD_SLOTS = {"requests": REQUESTS, "disclosures": DISCLOSURES, "fee": FEE}


@dataclass(frozen=True, slots=True)
class Habits:
    """How a report sets out its prose: signs of points and of points within them."""

    item: str
    after_item: str
    detail: str


def draw_habits(rng: Random) -> Habits:
    """Habits at random."""
    return Habits(rng.choice(_ITEMS), rng.choice(_AFTER_ITEM), rng.choice(_DETAILS))


@dataclass(frozen=True)
class Speaker:
    """Says the sentences of one report.

    `last_count` holds the last count that was said; the parts of it that follow are not larger.
    """

    agency: Agency
    statement: Statement
    style: FigureStyle
    habits: Habits
    rng: Random
    last_count: list[int] = field(default_factory=lambda: [_MOST["few"]])

    def say(self, rule: str) -> Paragraph:
        """A random wording of a rule, as one paragraph."""
        return load_grammar(GRAMMAR).expand(rule, self._slots, self.rng)

    def sentences(self, rule: str, n: int) -> list[Paragraph]:
        """Up to `n` different alternatives of a rule, each worded at random."""
        return load_grammar(GRAMMAR).expand_different(rule, n, self._slots, self.rng)

    def points(self, rule: str, n: int) -> Iterator[Paragraph]:
        """Up to `n` alternatives of a rule as numbered points, each a paragraph."""
        for number, words in enumerate(self.sentences(rule, n), 1):
            yield [Piece(numeral(self.habits.detail, number)), *words, Piece("。")]

    @cached_property
    def _slots(self) -> Mapping[str, Slot]:
        """What fills each slot of the grammar."""
        named = (*_MOST, _PART, *_PLAIN)
        return {
            **{name: partial(self._chosen, choose) for name, choose in _CHOSEN.items()},
            **{name: partial(self._stated, name) for name in _FIELD_SLOTS},
            **{name: partial(self._period, name) for name in _PERIOD_SLOTS},
            **{name: partial(self._plain, name) for name in named},
        }

    def _chosen(self, choose: Callable[[Statement], str], _: str) -> Paragraph:
        return self.say(choose(self.statement))

    def _plain(self, name: str, _: str) -> Paragraph:
        if name in _MOST:
            self.last_count[:] = [drawn_count(_MOST[name], self.rng)]
            return self._count(self.last_count[0])
        if name == _PART:
            return self._count(self.rng.randint(0, self.last_count[0]))
        return [Piece(_PLAIN[name](self))]

    def _count(self, number: int) -> Paragraph:
        return [Piece(prose_text(number, self.style, self.rng))]

    def _stated(self, name: str, words: str) -> Paragraph:
        """The pieces for a slot that states a field: its number, or the words that say 0."""
        stated = _FIELD_SLOTS[name]
        if words:
            return [Piece(words, field=stated)]
        value = self.statement.values[stated]
        if isinstance(value, str):
            raise TypeError(f"field {stated} is no number: {value!r}")
        self.last_count[:] = [int(value)]
        if name != "fee":
            return [Piece(prose_text(value, self.style, self.rng), field=stated)]
        if value >= 1000 and self.rng.random() < 0.3:
            return [Piece(f"{value / 10_000:g}万元", field=stated)]
        return [Piece(f"{value}", field=stated), Piece("元")]

    def _period(self, name: str, _: str) -> Paragraph:
        """The first or the last day of the reporting period."""
        ends = self.statement.period
        if ends is None:
            raise ValueError("the report states no period")
        day = ends[0] if name == "pstart" else ends[1]
        text = f"{day.year}年{day.month}月{day.day}日"
        if name == "pend" and self.rng.random() < 0.3:
            text = f"{day.month}月{day.day}日"
        elif self.style.chinese_share and self.rng.random() < self.style.chinese_share / 5:
            text = chinese_date(day)
        return [Piece(text, field=_PERIOD_SLOTS[name])]


def split_paragraphs(words: Paragraph) -> list[Paragraph]:
    """The paragraphs that the grammar's sign for the end of one parts; empty ones are left out."""
    found: list[Paragraph] = [[]]
    for piece in words:
        first, *others = piece.text.split(_PARAGRAPH_END) if piece.is_plain else [piece.text]
        found[-1].append(Piece(first, field=piece.field))
        found.extend([Piece(other)] for other in others)
    return [paragraph for paragraph in found if any(piece.text for piece in paragraph)]


def flat(sentences: Iterable[Paragraph]) -> Paragraph:
    """The sentences as one paragraph."""
    return [piece for sentence in sentences for piece in sentence]


def numeral(numbering: str, number: int) -> str:
    """The sign of point `number`; empty if points have none.

    >>> numeral("（{han}）", 3), numeral("{n}.", 3)
    ('（三）', '3.')
    """
    return numbering.format(han=chinese(number), n=number)


def _some_or_none(rule: str, value: Number | None) -> str:
    return f"{rule}.some" if value else f"{rule}.none"


def _percent(speaker: Speaker) -> str:
    rng = speaker.rng
    drawn = rng.choices(("100%", f"{rng.uniform(1, 99.9):.{rng.randint(0, 2)}f}%"), (2, 5))[0]
    return f"百分之{chinese(rng.randint(1, 99))}" if rng.random() < 0.03 else drawn


def _money(speaker: Speaker) -> str:
    rng = speaker.rng
    amount = f"{rng.uniform(0.1, 900):.{rng.randint(0, 2)}f}"
    return f"{amount}{rng.choice(('万元', '万元', '亿元', '元'))}"


def _document_number(speaker: Speaker) -> str:
    rng, year = speaker.rng, speaker.statement.year - speaker.rng.choice((0, 0, 0, 1, 2, 3))
    opening, closing = rng.choice(("〔〕", "〔〕", "〔〕", "[]", "（）", "【】"))
    return f"{speaker.agency.code}{opening}{year}{closing}{drawn_count(200, rng)}号"


def _telephone(speaker: Speaker) -> str:
    rng, area = speaker.rng, speaker.agency.telephone
    number = rng.choices("23456789")[0] + "".join(rng.choices("0123456789", k=rng.choice((6, 7))))
    return rng.choice((f"{area}-{number}", f"{area}—{number}", f"（{area}）{number}", number))


def _email(speaker: Speaker) -> str:
    rng = speaker.rng
    user = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 7)))
    return f"{user}{rng.choice(('', rng.randint(1, 2020)))}@{rng.choice(('163', '126', 'qq'))}.com"


def _url(speaker: Speaker) -> str:
    name = "".join(speaker.rng.choices("abcdefghijlmnpqstuwxyz", k=speaker.rng.randint(2, 5)))
    return speaker.rng.choice(
        (f"http://www.{name}.gov.cn", f"https://{name}.gov.cn/", f"www.{name}.gov.cn")
    )


def _site(speaker: Speaker) -> str:
    agency = speaker.agency
    return speaker.rng.choice(_SITES).format(
        level=agency.level, region=agency.region, region_name=agency.region_name
    )


def _wechat(speaker: Speaker) -> str:
    region = speaker.agency.region
    return speaker.rng.choice(
        (f"“{region}发布”微信公众号", f"“{region}微讯”公众号", "官方微信公众号", "政务微信")
    )


_CHOSEN: Mapping[str, Callable[[Statement], str]] = {
    "received": lambda statement: _some_or_none("received", statement.requests),
    "disclosed": lambda statement: _some_or_none("disclosed", statement.disclosures),
    "charged": lambda statement: _some_or_none("fee", statement.fee),
}
_PLAIN: Mapping[str, Callable[[Speaker], str]] = {
    "year": lambda speaker: f"{speaker.statement.year}",
    "lastyear": lambda speaker: f"{speaker.statement.year - 1}",
    "nextyear": lambda speaker: f"{speaker.statement.year + 1}",
    "wan": lambda speaker: f"{speaker.rng.uniform(0.2, 99):.1f}万",
    "score": lambda speaker: f"{speaker.rng.uniform(60, 100):.{speaker.rng.randint(0, 2)}f}",
    "pct": _percent,
    "money": _money,
    "docno": _document_number,
    "phone": _telephone,
    "postcode": lambda speaker: f"{speaker.rng.randint(10, 85)}{speaker.rng.randint(0, 9999):04}",
    "email": _email,
    "url": _url,
    "site": _site,
    "wechat": _wechat,
    "address": lambda speaker: speaker.agency.address,
    "person": lambda speaker: speaker.agency.person,
    "we": lambda speaker: speaker.rng.choice((speaker.agency.we,) * 3 + (speaker.agency.short,)),
    "agency": lambda speaker: speaker.agency.name,
    "short": lambda speaker: speaker.agency.short,
    "region": lambda speaker: speaker.agency.region,
    "region_name": lambda speaker: speaker.agency.region_name,
    "level": lambda speaker: speaker.agency.level,
    "superior": lambda speaker: speaker.agency.superior,
    "superior_office": lambda speaker: f"{speaker.agency.region_name}人民政府办公室",
}
