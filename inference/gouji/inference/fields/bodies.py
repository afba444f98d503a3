"""Bodies: what the name of a public body looks like, and the sentence that presents its report."""

import re
from collections.abc import Sequence

from gouji.inference.fields.dates import YEAR, year_of
from gouji.inference.fields.found import CONFIDENCE, Found, quote_at, read_at
from gouji.model.folding import Folded

_LAST = (
    r"(?:委员会|办公室|办公厅|办事处|管委会|工委|政府|中心|街道|法院|检察院|总队|支队|大队|分局|公司"
    r"|集团|学校|学院|大学|医院|协会|联合会|银行|[局厅委办部署院处所队会社馆台库室科司镇乡区县市省旗盟州])"
)
_NO_NAME = re.compile(
    r"(?:本(?!溪)|我|该|各|全[省市区县]|现|由|向社会|请|及|或|在|共计|联系|地址|电话)"
    r"|.*(?:网站|本站|根据|按照|要求|情况|规定|报告|信息公开$|首页|返回|附件|主办|承办|版权|备案|关闭|打印)"
)
_NAME = re.compile(rf"[一-龥a-z0-9()、·]{{1,40}}{_LAST}(?:\([^()]{{2,20}}\))?")
_SUBJECT = r"(?:政府信息|政务信息|政务|信息)公开"
_PREAMBLE = re.compile(
    rf"(?:公布|公开|发布|编制|形成|就|将|为)(?:了|本)?(?P<body>[^,。;:《》]{{0,30}}?)(?:关于)?"
    rf"{YEAR.pattern}[^,。;《》]{{0,6}}?{_SUBJECT}[^,。;《》]{{0,12}}?(?:报告|年报|情况)"
)


def is_body(name: str) -> bool:
    """Whether a string of a view may be the name of a public body.

    >>> is_body("东山县民政局"), is_body("本局"), is_body("门户网站")
    (True, False, False)
    """
    return bool(_NAME.fullmatch(name)) and not _NO_NAME.match(name)


def may_name(name: str) -> bool:
    """Whether a string of a view may name a body though it does not end as most names do.

    >>> may_name("东山县交通运输系统"), may_name("我")
    (True, False)
    """
    return bool(re.fullmatch(r"[一-龥]{3,40}", name)) and not _NO_NAME.match(name)


def find_preamble(text: str, paragraphs: Sequence[Folded]) -> tuple[Found | None, Found | None]:
    """(agency, year) from the first sentence that presents the report, None if not named."""
    for view in paragraphs:
        for match in _PREAMBLE.finditer(view.text):
            year = year_of(match["year"])
            if year:
                agency = None
                if is_body(match["body"]):
                    agency = quote_at(text, view, match.span("body"), CONFIDENCE.fuzzy)
                return agency, read_at(view, match.span("year"), year, CONFIDENCE.plain)
    return None, None
