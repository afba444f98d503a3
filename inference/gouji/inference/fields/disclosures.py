"""Disclosures: how many items a report says were published on the website in its year."""

import re
from collections.abc import Iterator, Sequence

from gouji.inference.fields.found import CONFIDENCE, Found
from gouji.inference.fields.prose import (
    COUNT,
    Figures,
    best_of,
    clause_start,
    counted,
    is_elsewhen,
    sentences_of,
)
from gouji.model.folding import Folded

_SITE = r"(?:网站|门户网|官网|政府网|政务网|信息网|公开网)"
_PUBLISH = r"(?:公开|发布|公布|公示|登载|刊载|刊发|上传|更新|发表|录入)"
_STATED = re.compile(
    rf"(?P<site>{_SITE})(?P<gap>(?:\d{{4}}年|[^。;:\d]){{0,30}})"
    rf"{_PUBLISH}了?(?P<object>[^,。;:\d]{{0,20}}?):?{COUNT}[条件篇项则份个](?!工作日)"
)
_OTHER_CARRIER = re.compile(
    r"微信|公众号|微博|抖音|客户端|新媒体|报纸|报刊|广播|电视|公示栏|公告栏|视频号|头条|宣传栏|app|媒体"
    r"|[等各](?:种|类)?(?:渠道|方式|途径|平台|载体)"
)
_GENERAL = re.compile(
    r"(?:政府|政务|公开|各类|各种|类|有关|相关|的|信息|文件|内容|工作|主动|全年|部门|本|共计|合计|总计"
    r"|累计|总数|数量|总量|总|数|量|共|计|为|达到?|有|稿件)*"
)


def find_site_disclosures(paragraphs: Sequence[Folded], year: int | None) -> Figures | None:
    """The number of items published on the website, None if none is stated for it alone."""
    return best_of(
        found for sentence in sentences_of(paragraphs) for found in _readings(sentence, year)
    )


def _readings(sentence: Folded, year: int | None) -> Iterator[Found | None]:
    text = sentence.text
    for match in _STATED.finditer(text):
        before = text[clause_start(text, match.start(), ",;。()") : match.start()]
        if _OTHER_CARRIER.search(before) or _OTHER_CARRIER.search(match["gap"]):
            continue
        if "其中" in match["gap"] or is_elsewhen(text, match.start("number"), year):
            continue
        whole = _GENERAL.fullmatch(match["object"]) and "栏目" not in match["gap"]
        yield counted(sentence, match, CONFIDENCE.plain if whole else CONFIDENCE.partial)
