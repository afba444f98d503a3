"""Characters as a text layer spells them, and the plain ones that they are printed as.

Fonts share one shape among several characters, and the text layer may name any of these: `⼀` or
`⺠` where `一` and `民` are printed. Each becomes one other character (a ligature several), so that
the text stays in step with the boxes.
"""

import unicodedata
from functools import lru_cache

_RADICALS = {
    pair[0]: pair[1]
    for pair in (
        *(
            "⺠民",
            "⺟母",
            "⺂乛",
            "⺃乚",
            "⺅亻",
            "⺉刂",
            "⺎兀",
            "⺐尢",
            "⺒巳",
            "⺓幺",
            "⺔彑",
            "⺕彐",
        ),
        *(
            "⺖忄",
            "⺘扌",
            "⺙攵",
            "⺛旡",
            "⺞歺",
            "⺡氵",
            "⺣灬",
            "⺦丬",
            "⺨犭",
            "⺫罒",
            "⺭礻",
            "⺯糹",
        ),
        *(
            "⺰纟",
            "⺱罓",
            "⺹耂",
            "⺺肀",
            "⺾艹",
            "⻁虎",
            "⻂衤",
            "⻃覀",
            "⻄西",
            "⻅见",
            "⻆角",
            "⻈讠",
        ),
        *(
            "⻉贝",
            "⻋车",
            "⻌辶",
            "⻐钅",
            "⻑長",
            "⻒镸",
            "⻓长",
            "⻔门",
            "⻖阝",
            "⻘青",
            "⻙韦",
            "⻚页",
        ),
        *(
            "⻛风",
            "⻜飞",
            "⻝食",
            "⻟飠",
            "⻠饣",
            "⻢马",
            "⻣骨",
            "⻤鬼",
            "⻥鱼",
            "⻦鸟",
            "⻧卤",
            "⻨麦",
        ),
        *("⻩黄", "⻪黾", "⻫斉", "⻬齐", "⻮齿", "⻯竜", "⻰龙", "⻱龜", "⻲亀", "⻳龟"),
    )
}
"""CJK Radicals Supplement: those that fonts draw with the shape of an ideograph."""
_NORMALISED = (
    *(range(0x2F00, 0x2FE0), range(0xF900, 0xFB00), range(0x2F800, 0x2FA20)),  # ideographs
    range(0xFB00, 0xFB07),  # Latin ligatures
)
_UNKNOWN = "\ufffd"


@lru_cache(maxsize=1 << 14)
def plain(code: int) -> str:
    """The character printed for a code point of a text layer; "" for one that prints nothing.

    >>> plain(0x2F00), plain(0x2EA0), plain(0xFB01), plain(0x200B), plain(ord("，"))
    ('一', '民', 'fi', '', '，')
    """
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or code == 0:
        return _UNKNOWN
    char = chr(code)
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    if category == "Cf":
        return ""
    if any(code in block for block in _NORMALISED):
        return unicodedata.normalize("NFKC", char)
    return _RADICALS.get(char, char)
