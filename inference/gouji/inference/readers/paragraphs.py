"""Paragraphs: what tells that a line goes on with the one above, and what then parts them."""

import re

ENTRY = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳]|第[一二三四五六七八九十\d]+(?:[条章节项]|部分)|[一二三四五六七八九十]是"
)
"""How the items of an enumeration begin, which never go on with a line above."""


def glue(before: str, text: str) -> str:
    """What parts two lines of a paragraph: a blank between words, nothing within a number."""
    is_word = before[-1].isascii() and text[0].isascii()
    is_number = before[-1].isdigit() and text[0].isdigit()
    return " " if is_word and not is_number and before[-1] != "-" else ""
