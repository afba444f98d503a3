"""Headings: how a report prints the titles of its sections, and which of them it loses.

The wordings are those of the form and its aliases, and others of the same meaning; a numeral may
be wrong, missing or of another kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from gouji.model.form import SectionKind
from gouji.training.synthesis.figures import chinese

_OTHER_WORDINGS: Mapping[str, Sequence[str]] = {
    "overview": ("总体情况", "总体情况", "基本情况", "总体工作情况", "概述"),
    "active": ("主动公开政府信息情况", "主动公开情况", "主动公开政府信息的情况"),
    "requests": (
        "收到和处理政府信息公开申请情况",
        "收到和处理政府信息公开申请的情况",
        "依申请公开政府信息情况",
        "收到和办理政府信息公开申请情况",
    ),
    "disputes": (
        "政府信息公开行政复议、行政诉讼情况",
        "政府信息公开行政复议和行政诉讼情况",
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "行政复议、行政诉讼情况",
    ),
    "problems": (
        "存在的主要问题及改进情况",
        "存在的主要问题和改进情况",
        "政府信息公开工作存在的主要问题及改进情况",
        "主要问题及改进措施",
        "存在问题及下一步打算",
    ),
    "other": ("其他需要报告的事项", "其他需要报告事项", "需要报告的其他事项", "其他事项"),
}
"""Wordings by section, without numerals; sections of other forms keep those of the form."""

_NUMERALS = (
    *("{han}、",) * 12,
    *("{han}.", "{han}．", "{han}、 ", "{han} 、", "（{han}）", "（{han}）", "({han})"),
    *("第{han}部分 ", "第{han}部分、", "{n}.", "{n}、", "", ""),
)
_TRUSTED_SHARE = 0.6  # of the headings that stand as the form has them


@dataclass(frozen=True, slots=True)
class HeadingStyle:
    """What is drawn once for the headings of a report.

    `shift` is added to every numeral from the section number `shift_from` on; `is_loose` reports
    word their headings freely; `lost` and `bare` are the shares of headings that are missing and
    that have lost their numeral.
    """

    numeral: str
    shift: int
    shift_from: int
    is_loose: bool
    lost: float
    bare: float


def draw_heading_style(rng: Random) -> HeadingStyle:
    """A style at random; most are right throughout."""
    is_shifted = rng.random() < 0.08
    return HeadingStyle(
        numeral=rng.choice(_NUMERALS),
        shift=rng.choice((-1, 1)) if is_shifted else 0,
        shift_from=rng.randint(2, 5),
        is_loose=rng.random() > _TRUSTED_SHARE,
        lost=rng.choices((0.0, 0.15, 1.0), (40, 6, 1))[0],
        bare=rng.choices((0.0, 0.2), (8, 1))[0],
    )


def heading(kind: SectionKind, place: int, style: HeadingStyle, rng: Random) -> str | None:
    """The heading of the section that is number `place` of the form, from 1; None if it is lost."""
    if rng.random() < style.lost:
        return None
    if not style.is_loose and style.numeral == _NUMERALS[0] and not style.shift:
        printed = (
            kind.heading if rng.random() < 0.8 or not kind.aliases else rng.choice(kind.aliases)
        )
        return printed if rng.random() >= style.bare else printed.partition("、")[2]
    number = place + style.shift if place >= style.shift_from else place
    sign = "" if rng.random() < style.bare else style.numeral
    return sign.format(han=chinese(number), n=number) + _wording(kind, style, rng)


def _wording(kind: SectionKind, style: HeadingStyle, rng: Random) -> str:
    if style.is_loose and kind.id in _OTHER_WORDINGS:
        return rng.choice(_OTHER_WORDINGS[kind.id])
    return kind.heading.partition("、")[2]
