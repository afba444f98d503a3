"""Surroundings: the title of a report, the page's table and remarks, signature and foot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from gouji.training.synthesis.agencies import Agency
from gouji.training.synthesis.fields import (
    AGENCY,
    DOCUMENT_NUMBER,
    INDEX_NUMBER,
    JOINT,
    PUBLISHED,
    TITLE,
    YEAR,
    Statement,
)
from gouji.training.synthesis.figures import chinese_date, chinese_year, drawn_count
from gouji.training.synthesis.pieces import Piece, joined

Line = list[Piece]
"""The pieces of a line."""

_IN_TITLE = {"agency": TITLE + JOINT + AGENCY, "year": TITLE + JOINT + YEAR, "": TITLE}
_TITLES = (  # the parts of a title: @ the agency, # the year
    *(("@", "#", "年政府信息公开工作年度报告"),) * 8,
    *(("@", "#", "年度政府信息公开工作年度报告"),) * 2,
    ("@", "#", "年政府信息公开年度报告"),
    ("@", "#", "年政府信息公开年报"),
    ("@", "#", "年度政府信息公开工作报告"),
    ("@", "#", "年政务公开工作年度报告"),
    ("#", "年", "@", "政府信息公开工作年度报告"),
    ("#", "年度", "@", "政府信息公开年度报告"),
    ("@", "关于", "#", "年度政府信息公开工作的年度报告"),
    ("@", "政府信息公开", "#", "年度报告"),
    ("@", "政府信息公开工作年度报告（", "#", "年）"),
    ("@", "政府信息公开工作年度报告（", "#", "年度）"),
    ("@", "政府信息公开年度报告", "（", "#", "）"),
    ("@", " ", "#", " 年政府信息公开工作年度报告"),
)
_TRAILS = (
    "当前位置：首页 > 政府信息公开 > 政府信息公开年报 > 正文",
    "您现在的位置：首页>>信息公开>>年度报告",
    "首页 / 政务公开 / 法定主动公开内容 / 政府信息公开年报",
    "首页 > 公开年报 > {year}",
    "当前位置：首页»政府信息公开»年报",
    "网站首页  |  政务公开  |  办事服务  |  互动交流",
)
_TOOLS = (
    "字体：[大 中 小]",
    "【字体：大 中 小】",
    "字号：大 中 小",
    "打印本页",
    "[打印] [关闭]",
    "分享到：",
    "分享：微信 微博",
    "收藏",
    "保护视力色：",
    "语音播报",
)
_VIEWS = (
    "浏览次数：{n}",
    "浏览量：{n}",
    "阅读：{n}次",
    "点击数：{n} 次",
    "访问量：{n}",
    "点击率：{n}",
)
_SOURCES = (
    "来源：{agency}",
    "信息来源：{agency}",
    "发布机构：{agency}",
    "作者：{person}",
    "来源：本站",
)
_PUBLISHED = ("发布时间：", "发布日期：", "发布时间:", "发布日期: ", "公开日期：")
_HOURS = ("", "", "", " {h:02}:{m:02}", " {h}:{m:02}:{s:02}")
_DAYS = (
    "{y}-{m:02}-{d:02}",
    "{y}-{m:02}-{d:02}",
    "{y}年{m}月{d}日",
    "{y}/{m:02}/{d:02}",
    "{y}.{m:02}.{d:02}",
)
_FEET = (
    "打印本页    关闭窗口",
    "【打印】【关闭】",
    "上一篇：{agency}{last}年政府信息公开指南",
    "下一篇：没有了",
    "扫一扫在手机打开当前页",
    "相关附件：",
    "附件：{year}年度报告.pdf（{n}KB）",
    "附件下载：{year}年年报.docx",
    "责任编辑：{person}",
    "主办：{region}人民政府办公室  承办：{region}大数据中心",
    "版权所有：{region}人民政府  备案号：{letter}ICP备{number}号  网站标识码：{code}",
    "{letter}公网安备 {number}{n}号",
    "联系电话：{phone}  技术支持：{phone}",
    "您是第{n}位访客",
    "Copyright © {year} All Rights Reserved",
)
_CHARS = "吉辽黑冀晋鲁豫鄂湘粤桂琼川黔滇陕甘青藏宁蒙苏浙皖闽赣"
_SPACED_KEYS = {"索引号": "索 引 号", "文号": "文 号", "名称": "名 称", "有效性": "有 效 性"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lines before a report's opening and behind its last section."""

    head: list[Line]
    signature: list[Line]
    foot: list[Line]


def draw_surroundings(agency: Agency, statement: Statement, rng: Random) -> Surroundings:
    """The title with the page around it; the day of publication stands there if it is dated."""
    names = _names(agency, statement, rng)
    title = _title(agency, statement, rng)
    day = _published(statement.dated, rng) if statement.dated else []
    has_table = rng.random() < 0.3
    remarks = _remarks(names, [] if has_table else day, rng)
    head: list[Line] = []
    if rng.random() < 0.3:
        head.append([Piece(rng.choice(_TRAILS).format(**names))])
    if has_table:
        table = _index_table(names, day, rng)
        head += [*table, *title, remarks] if rng.random() < 0.6 else [*title, remarks, *table]
    else:
        head += [*title, remarks]
    return Surroundings(
        [line for line in head if line], _signature(agency, statement, rng), _foot(names, rng)
    )


def _names(agency: Agency, statement: Statement, rng: Random) -> Mapping[str, object]:
    """What the templates of this module may speak of."""
    return {
        "agency": agency.name,
        "person": agency.person,
        "region": agency.region_name,
        "code": f"{rng.randint(11, 65)}{rng.randint(0, 99_999_999):08}",
        "letter": rng.choice(_CHARS),
        "number": f"{rng.randint(0, 99_999_999):08}",
        "n": drawn_count(20_000, rng),
        "phone": f"{agency.telephone}-{rng.randint(2_000_000, 8_999_999)}",
        "year": statement.year,
        "last": statement.year - 1,
        "document_code": agency.code,
    }


def _title(agency: Agency, statement: Statement, rng: Random) -> list[Line]:
    """The title over one, two or three lines, rarely printed twice."""
    year = chinese_year(statement.year) if rng.random() < 0.03 else f"{statement.year}"
    parts = {
        "@": Piece(agency.name, field=_IN_TITLE["agency"]),
        "#": Piece(year, field=_IN_TITLE["year"]),
    }
    pieces = [parts.get(part, Piece(part, field=TITLE)) for part in rng.choice(_TITLES)]
    repeated = [Piece("".join(piece.text for piece in pieces))]
    if rng.random() < 0.2:
        pieces = _broken(pieces, rng)
    markup = rng.choices(("", "# ", "　　", "  "), (12, 1, 1, 1))[0]
    lines: list[Line] = [[Piece(markup), *pieces]]
    return [*lines, repeated] if rng.random() < 0.05 else lines


def _broken(pieces: Line, rng: Random) -> Line:
    """The title with a line break behind the agency or somewhere in its last words."""
    gap = Piece(rng.choice(("\n", "\n", "\n\n", " \n")), field=TITLE)
    if rng.random() < 0.5:
        at = rng.randint(1, len(pieces) - 1)
        return [*pieces[:at], gap, *pieces[at:]]
    last = pieces[-1]
    if last.field != TITLE or len(last.text) < 4:
        return pieces
    at = rng.randint(1, len(last.text) - 1)
    halves = [Piece(last.text[:at], field=TITLE), gap, Piece(last.text[at:], field=TITLE)]
    return [*pieces[:-1], *halves]


def _day_text(day: date, rng: Random) -> str:
    return rng.choice(_DAYS).format(y=day.year, m=day.month, d=day.day)


def _published(day: date, rng: Random) -> Line:
    """The day of publication behind its label, sometimes with the hour."""
    hour = rng.choice(_HOURS).format(
        h=rng.randint(8, 19), m=rng.randint(0, 59), s=rng.randint(0, 59)
    )
    label = Piece(rng.choice(_PUBLISHED))
    return [label, Piece(_day_text(day, rng), field=PUBLISHED), Piece(hour)]


def _remarks(names: Mapping[str, object], day: Line, rng: Random) -> Line:
    """The line of remarks under a title: the day, the source, how often it was read, tools."""
    parts: list[Line] = [day] if day else []
    for templates, share in ((_SOURCES, 0.4), (_VIEWS, 0.3), (_TOOLS, 0.3), (_TOOLS, 0.2)):
        if rng.random() < share:
            parts.append([Piece(rng.choice(templates).format(**names))])
    if not day and rng.random() < 0.5:
        return []
    rng.shuffle(parts)
    return joined(parts, rng.choice(("  ", "    ", " | ", "\t", "\n", "　", " ")))


def _index_table(names: Mapping[str, object], day: Line, rng: Random) -> list[Line]:
    """The page's table: pairs of a title and a value, set in one of several ways."""
    pairs = _index_pairs(names, day, rng)
    if rng.random() < 0.3:
        pairs = [(_SPACED_KEYS.get(key, key), value) for key, value in pairs]
    return rng.choice(_SETTINGS)(pairs)


def _index_pairs(names: Mapping[str, object], day: Line, rng: Random) -> list[tuple[str, Line]]:
    index = [Piece(_index_number(rng), field=INDEX_NUMBER)] if rng.random() < 0.75 else []
    document = _document_number(names, rng)
    others: list[tuple[str, Line]] = [
        ("主题分类", [Piece(rng.choice(("政府信息公开年报", "综合政务", "政务公开", "其他", "")))]),
        ("发布机构", [Piece(str(names["agency"]))]),
        ("成文日期", [Piece("")]),
        ("公开方式", [Piece("主动公开")]),
        ("有效性", [Piece(rng.choice(("有效", "", "是")))]),
        (
            "关键词",
            [Piece(rng.choice(("年度报告", "政府信息公开", "年报；{year}".format(**names))))],
        ),
        ("公开范围", [Piece("面向社会")]),
        ("信息类别", [Piece("工作报告")]),
    ]
    chosen = rng.sample(others, rng.randint(1, 5))
    if day:
        chosen.insert(rng.randint(0, len(chosen)), (day[0].text.strip(" ：:"), day[1:]))
    return [("索引号", index), *chosen, ("文号", document)]


def _document_number(names: Mapping[str, object], rng: Random) -> Line:
    """A document number, or one of the ways of having none."""
    kind = rng.choices(("number", "", "无", "〔〕号", "-"), (6, 5, 1, 1, 1))[0]
    if kind != "number":
        return [Piece(kind)]
    opening, closing = rng.choice(("〔〕", "〔〕", "[]", "【】", "（）"))
    issued = int(str(names["year"])) + 1
    text = f"{names['document_code']}{opening}{issued}{closing}{drawn_count(300, rng)}号"
    return [Piece(text, field=DOCUMENT_NUMBER)]


def _index_number(rng: Random) -> str:
    """An index number in one of the fashions of the government's catalogues."""
    year, serial = rng.randint(2020, 2026), drawn_count(99_999, rng)
    body = f"{rng.randint(0, 999_999_999):09}"
    return rng.choice(
        (
            f"{body}/{year}-{serial:05}",
            f"{rng.randint(11, 65)}{body[:6]}MB{body[:7]}{rng.choice('XABC5')}/{year}-{serial:05}",
            f"{body[:6]}-{body[6:]}/{year}-{serial:05}",
            f"{rng.choice('ABKXD')}{body}-0{rng.randint(100, 999)}-{year}-{serial:04}",
            f"{body[:8]}-{rng.randint(0, 9)}-{year}{serial:05}",
            f"{year}-{serial:06}",
        )
    )


def _set_as_lines(pairs: Sequence[tuple[str, Line]]) -> list[Line]:
    return [[Piece(f"{key}："), *value] for key, value in pairs]


def _set_two_abreast(pairs: Sequence[tuple[str, Line]]) -> list[Line]:
    lines = _set_as_lines(pairs)
    return [joined(lines[at : at + 2], "\t") for at in range(0, len(lines), 2)]


def _set_with_bars(pairs: Sequence[tuple[str, Line]]) -> list[Line]:
    rows = [[Piece(f"{key} | "), *value, Piece(" |")] for key, value in pairs]
    return [joined(rows[at : at + 2], " ") for at in range(0, len(rows), 2)]


def _set_with_tabs(pairs: Sequence[tuple[str, Line]]) -> list[Line]:
    return [[Piece(f"{key}\t"), *value] for key, value in pairs]


def _set_below(pairs: Sequence[tuple[str, Line]]) -> list[Line]:
    return [line for key, value in pairs for line in ([Piece(f"{key}：")], value) if line]


_SETTINGS: tuple[Callable[[Sequence[tuple[str, Line]]], list[Line]], ...] = (
    _set_as_lines,
    _set_as_lines,
    _set_two_abreast,
    _set_with_bars,
    _set_with_tabs,
    _set_below,
)


def _signature(agency: Agency, statement: Statement, rng: Random) -> list[Line]:
    """The agency and the day at the end of the report, if the day is stated."""
    if statement.signed is None:
        return []
    field = None if statement.dated else PUBLISHED
    text = (
        chinese_date(statement.signed)
        if rng.random() < 0.12
        else (f"{statement.signed.year}年{statement.signed.month}月{statement.signed.day}日")
    )
    indent = Piece(rng.choice(("", "", " " * 30, "　" * 14, "\t\t")))
    day = [indent, Piece(text, field=field)]
    return [[indent, Piece(agency.name)], day] if rng.random() < 0.7 else [day]


def _foot(names: Mapping[str, object], rng: Random) -> list[Line]:
    if rng.random() < 0.6:
        return []
    chosen = rng.sample(_FEET, rng.randint(1, 4))
    return [[Piece(template.format(**names))] for template in chosen]
