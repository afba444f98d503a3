"""HTML that is safe by construction: text is escaped unless it was made here."""

import re
from collections.abc import Iterable
from html import escape

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Html(str):
    """Markup that needs no escaping; only this module and templates of ours make it."""

    __slots__ = ()


def text(value: object) -> Html:
    """The value as text: escaped, without what HTML or UTF-8 can't hold."""
    if isinstance(value, Html):
        return value
    return Html(escape(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", str(value)), quote=True))


def tag(name: str, *children: object, **attributes: object) -> Html:
    """An element; its attributes are escaped, and its children unless they are `Html`.

    An attribute that is None is left out; `_` in a name stands for `-`, one at the end for none.

    >>> tag("td", "1 < 2", class_="n")
    '<td class="n">1 &lt; 2</td>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """The parts one after the other, each escaped unless it is `Html`."""
    return Html(str(text(between)).join(map(text, parts)))


def table(
    head: Iterable[object], rows: Iterable[Iterable[object]], class_: str | None = None
) -> Html:
    """A table that scrolls by itself where the page is narrow; `td` and `th` are taken as made."""
    header = tag("tr", *(cell if _is_cell(cell) else tag("th", cell, scope="col") for cell in head))
    body = (tag("tr", *(c if _is_cell(c) else tag("td", c) for c in row)) for row in rows)
    made = tag("table", tag("thead", header), tag("tbody", *body), class_=class_)
    return tag("div", made, class_="scroll")


def _is_cell(content: object) -> bool:
    return isinstance(content, Html) and content.startswith(("<td", "<th"))
