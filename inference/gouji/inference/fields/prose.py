"""Prose figures: what the rules for numbers in sentences share.

Sentences name many numbers; a pattern binds a number to the words that make it the total asked
for, and what stands around it (another year, 其中, 近) takes sureness away.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gouji.inference.fields.dates import YEAR, year_of
from gouji.inference.fields.found import CONFIDENCE, Found, read_at
from gouji.inference.fields.views import NUMBER, kept_of, part_of, spelled
from gouji.model.folding import Folded

COUNT = rf"(?P<near>大约|约|近|超过|逾)?(?P<number>{NUMBER})(?P<odd>余|多)?"
"""A count in a view, and the words that say it is not exact."""

TOTAL_WORDS = (
    r"(?:政府|信息|事项|数量|总数|总量|件数|条数|总计|共计|合计|累计|材料|业务|件|表|数|总|共|计|为|有|达到?|是|的|了"
    r"|到)*:?"
)
"""What may stand between a noun and the number of it."""

SUM = re.compile(
    r"(?<!公)共|总计|总共|总数|总量|合计|累计|全年|新收|等(?:多种)?(?:渠道|形式|方式|途径)"
)
"""Words that say a number is a total."""

_QUOTED = re.compile(r"《[^《》]*》")
_SENTENCE = re.compile(r"[^。!?]+[。!?]?")
_ELSEWHEN = re.compile(
    r"去年|往年|上一?年度?(?!结转)|(?<!及)历年|(?<!年)以来|较(?:上|去|20)|同比|比上"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the sentences say of one figure: the best reading, and those that contradict it."""

    best: Found
    others: tuple[Found, ...] = ()


def sentences_of(paragraphs: Sequence[Folded]) -> Iterator[Folded]:
    """The sentences of the paragraphs, without quoted titles of laws: these state nothing."""
    for view in paragraphs:
        for match in _SENTENCE.finditer(view.text):
            sentence = part_of(view, *match.span())
            yield kept_of(sentence, [quoted.span() for quoted in _QUOTED.finditer(sentence.text)])


def clause_start(sentence: str, index: int, ends: str = ",;:。()") -> int:
    """Where the clause begins that holds character `index` of a sentence."""
    return max(sentence.rfind(end, 0, index) for end in ends) + 1


def is_elsewhen(sentence: str, index: int, year: int | None) -> bool:
    """Whether character `index` of a sentence speaks of another year than the report's."""
    if _ELSEWHEN.search(sentence, clause_start(sentence, index), index):
        return True
    years = [year_of(match["year"]) for match in YEAR.finditer(sentence, 0, index)]
    return bool(years) and year is not None and years[-1] != year


def amid(sentence: str, index: int) -> float:
    """How sure a total at character `index` can be, as far as a 其中 before it tells."""
    within = sentence.rfind("其中", 0, index)
    if within < 0:
        return 1.0
    return CONFIDENCE.partial if ";" in sentence[within:index] else 0.0


def counted(sentence: Folded, match: re.Match[str], confidence: float) -> Found | None:
    """The count of a match of `COUNT`, unsure where the words say it is not exact."""
    value = spelled(match["number"])
    if not isinstance(value, int):
        return None
    if match["near"] or match["odd"]:
        confidence = min(confidence, CONFIDENCE.partial)
    return read_at(sentence, match.span("number"), value, confidence)


def best_of(readings: Iterable[Found | None]) -> Figures | None:
    """The surest reading, the first among equals; other values read as surely contradict it."""
    ranked = sorted(filter(None, readings), key=lambda one: (-one.confidence, one.span))
    if not ranked:
        return None
    best = ranked[0]
    rivals = {
        one.value: one
        for one in reversed(ranked)
        if one.confidence == best.confidence and one.value != best.value
    }
    if not rivals:
        return Figures(best)
    others = tuple(sorted(rivals.values(), key=lambda one: one.span))
    return Figures(best.at_most(CONFIDENCE.contradicted), others)
