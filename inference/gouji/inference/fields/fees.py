"""Fees: what a report says was charged for handling requests for information."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from gouji.inference.fields.found import CONFIDENCE, Found, read_at
from gouji.inference.fields.prose import (
    SUM,
    Figures,
    best_of,
    clause_start,
    is_elsewhen,
    sentences_of,
)
from gouji.inference.fields.views import NUMBER, spelled
from gouji.model.folding import Folded
from gouji.model.numerals import exact

_TOPIC = re.compile(
    r"处理费|检索费|信息公开(?:申请)?的?(?:工作)?(?:收费|费用)|收取[^,。;]{0,8}费用|(?:检索|复制|邮寄)[^,。;]{0,8}费|收费(?:情况|金额|总额|通知)"
)
_OTHER_TOPIC = re.compile(r"事业性|涉企|标准为|逾期|缴纳|不收取|不得|经费")
_MONEY = re.compile(rf"(?P<number>{NUMBER})(?P<unit>万元|元|万)(?![/每]|以[上下])")
_EACH = re.compile(r"每[^,。;]{0,4}$")
_NONE = re.compile(
    r"(?P<none>(?:从未|均未|暂未|尚未|并未|未|没有|没|暂无|无)(?:产生|发生|收取|收到|收|涉及|出现|开展)?)"
    r"|(?P<zero>(?<![\d.])0)(?:件|笔|宗|次|人|[,。;]|$)"
)
_FACTORS = {"元": 1, "万元": 10_000, "万": 10_000}


def find_fee(paragraphs: Sequence[Folded], year: int | None, unit: str) -> Figures | None:
    """The fees charged in the year, in `unit` (元 or 万元), None if no sentence states them.

    Raises:
        KeyError: the unit is no unit of money.
    """
    return best_of(
        found
        for sentence in sentences_of(paragraphs)
        if _TOPIC.search(sentence.text) and not _OTHER_TOPIC.search(sentence.text)
        for readings in (_amounts(sentence, year, unit), _none_charged(sentence, year))
        for found in readings
    )


def _amounts(sentence: Folded, year: int | None, unit: str) -> Iterator[Found]:
    text = sentence.text
    matches = [
        match
        for match in _MONEY.finditer(text)
        if not _EACH.search(text, 0, match.start()) and not is_elsewhen(text, match.start(), year)
    ]
    for match in matches:
        number = spelled(match["number"])
        value = exact(Decimal(str(number)) * _FACTORS[match["unit"]] / _FACTORS[unit])
        summed = SUM.search(text, clause_start(text, match.start()), match.start())
        sure = CONFIDENCE.sentence if summed or len(matches) == 1 else CONFIDENCE.plain
        yield read_at(sentence, match.span("number"), value, sure)


def _none_charged(sentence: Folded, year: int | None) -> Iterator[Found]:
    for clause in re.finditer(r"[^,。;]+[,。;]?", sentence.text):
        match = _NONE.search(clause[0])
        if not match or not _TOPIC.search(clause[0]):
            continue
        start, end = (clause.start() + i for i in match.span(match.lastgroup or "none"))
        if not is_elsewhen(sentence.text, end, year):
            yield read_at(sentence, (start, end), 0, CONFIDENCE.sentence)
