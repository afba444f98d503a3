"""Received: how many requests for information a report says were received in its year."""

import re
from collections.abc import Iterator, Sequence

from gouji.inference.fields.found import CONFIDENCE, Found, read_at
from gouji.inference.fields.prose import (
    COUNT,
    SUM,
    TOTAL_WORDS,
    Figures,
    amid,
    best_of,
    clause_start,
    counted,
    is_elsewhen,
    sentences_of,
)
from gouji.model.folding import Folded

_RECEIVE = r"(?:收到|受理|新收|接收|接到|接受|收悉|收(?!取|费))"
_NOUN = (
    r"(?:依申请公开(?:的?申请)?|(?:信息|政务)公开[^,。;:]{0,10}?申请|公开[^,。;:]{0,8}?的申请|申请(?:政府)?信息公开"
    r"|申请公开|信息(?:的|查询|公开|依)*申请)"
)
_NOT_OTHER = (
    r"(?!(?:情况|的)*(?:人|所|而|引|提|被|产生|发生|行政|复议|诉讼|投诉|举报|咨询|答复|目录|指南|渠道|制度"
    r"|处理|检索|收费|费))"
)
_ITEMS = r"[件条项宗份例个起](?!工作日)"

_STATED = (
    re.compile(
        rf"{_RECEIVE}[^。;:,]{{0,40}}?{_NOUN}(?:{TOTAL_WORDS},)?{TOTAL_WORDS}{COUNT}{_ITEMS}"
    ),
    re.compile(rf"{_RECEIVE}{TOTAL_WORDS}{COUNT}{_ITEMS}[^,。;:]{{0,30}}?{_NOUN}{_NOT_OTHER}"),
    re.compile(rf"{_NOUN}[:,]?(?:全年|共)*{_RECEIVE}{TOTAL_WORDS}{COUNT}{_ITEMS}"),
)
_BARE = (
    re.compile(
        rf"{_RECEIVE}的?(?:各类|有效|书面|公民)?申请(?:{TOTAL_WORDS},)?{TOTAL_WORDS}{COUNT}{_ITEMS}"
    ),
    re.compile(rf"{_RECEIVE}{TOTAL_WORDS}{COUNT}{_ITEMS}(?:有效|书面)?申请"),
)
_UNBOUND = re.compile(rf"{_NOUN}{TOTAL_WORDS}{COUNT}{_ITEMS}")
_NOT = r"(?:从未|并未|均未|暂未|尚未|还未|未|没有|没|暂无|无)(?:曾|有|再)?"
_NOT_RECEIVE = rf"(?P<none>{_NOT}{_RECEIVE}(?:过|到)?)"
_NONE = re.compile(rf"{_NOT_RECEIVE}(?P<gap>[^。;:,因]{{0,40}}?){_NOUN}{_NOT_OTHER}")
_NONE_BARE = re.compile(rf"{_NOT_RECEIVE}(?P<gap>[^。;:,因]{{0,16}}?)申请{_NOT_OTHER}")
_WITHOUT = re.compile(
    r"(?P<none>(?:没有|未有|暂无|未发生|未产生|未出现)(?:任何)?)"
    rf"(?P<gap>[^。;:,\d不因]{{0,24}}?){_NOUN}{_NOT_OTHER}"
    r"|(?P<without>无(?!正当|现成|法)(?:人|任何)?)"
    rf"(?P<short>[^。;:,\d不因]{{0,10}}?){_NOUN}{_NOT_OTHER}"
)
_ZERO = re.compile(
    rf"{_RECEIVE}[^。;:,]{{0,40}}?{_NOUN}(?:事项)?(?:总?数量?|件数|总数)?(?:为|是|:)(?P<none>零|0)(?![\d.])(?P<gap>)"
)
_UNLIKE_RECEIVED = re.compile(rf"{_RECEIVE}|结转|办结|答复|不予|无法|其中")
_OTHER_MATTER = re.compile(r"建议|提案|信箱|投诉|举报|复议|诉讼|咨询|信访|热线|来信|结转|许可")
_HANDLED = re.compile(r"超期|逾期|及时|答复|办理|处理|拒绝|规范|完善")
_CHANNEL = re.compile(
    r"互联网|网络|网站|网上|现场|信函|邮寄|邮件|当面|书面|传真|线上|线下|自然人(?![、和及与])"
)
_ABOUT = re.compile(r"依申请|信息公开申请|申请公开")


def find_requests(paragraphs: Sequence[Folded], year: int | None) -> Figures | None:
    """The number of requests received in the year of the report, None if no sentence states it."""
    return best_of(
        found
        for view in paragraphs
        for sentence in sentences_of([view])
        for found in _readings(sentence, year, about=bool(_ABOUT.search(view.text)))
    )


def _readings(sentence: Folded, year: int | None, *, about: bool) -> Iterator[Found | None]:
    """What a sentence says; `about`: its paragraph speaks of requests for information."""
    patterns = [(pattern, CONFIDENCE.sentence) for pattern in _STATED]
    if about:
        patterns += [(pattern, CONFIDENCE.fuzzy) for pattern in _BARE]
    for pattern, sure in patterns:
        for match in pattern.finditer(sentence.text):
            grade = _grade(sentence.text, match, sure)
            if grade and not is_elsewhen(sentence.text, match.start("number"), year):
                yield counted(sentence, match, grade)
    yield from _none_received(sentence, year, about=about)
    yield from _unbound(sentence, year)


def _grade(sentence: str, match: re.Match[str], sure: float) -> float:
    """How sure a number can be of being the year's total; 0: it is not."""
    clause = sentence[clause_start(sentence, match.start()) : match.end()]
    if _OTHER_MATTER.search(match[0]):
        return 0.0
    total = SUM.search(clause) or "全年" in sentence[: match.start()]
    if _CHANNEL.search(clause) and not total:
        return min(sure, CONFIDENCE.partial, amid(sentence, match.start()))
    return min(sure if total else CONFIDENCE.plain, amid(sentence, match.start()))


def _none_received(sentence: Folded, year: int | None, *, about: bool) -> Iterator[Found]:
    patterns = [(_NONE, CONFIDENCE.sentence), (_ZERO, CONFIDENCE.sentence)]
    patterns += [(_WITHOUT, CONFIDENCE.fuzzy)]
    patterns += [(_NONE_BARE, CONFIDENCE.fuzzy)] if about else []
    for pattern, sure in patterns:
        for match in pattern.finditer(sentence.text):
            groups = match.groupdict()
            gap = groups["gap"] or groups.get("short") or ""
            if _OTHER_MATTER.search(gap) or _HANDLED.search(gap):
                continue
            grade = min(sure, amid(sentence.text, match.start()))
            if _CHANNEL.search(gap) and not SUM.search(gap):
                grade = min(grade, CONFIDENCE.partial)
            if grade and not is_elsewhen(sentence.text, match.start(), year):
                words = "none" if match["none"] else "without"
                yield read_at(sentence, match.span(words), 0, grade)


def _unbound(sentence: Folded, year: int | None) -> Iterator[Found | None]:
    """Numbers of requests that no verb of receiving binds: perhaps those received."""
    text = sentence.text
    for match in _UNBOUND.finditer(text):
        clause = text[clause_start(text, match.start()) : match.start()]
        if _UNLIKE_RECEIVED.search(clause) or _CHANNEL.search(clause):
            continue
        grade = min(CONFIDENCE.guess, amid(text, match.start()))
        if grade and not is_elsewhen(text, match.start("number"), year):
            yield counted(sentence, match, grade)
