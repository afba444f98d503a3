"""The page as a whole: its sections, its style and its frame."""

from importlib.resources import files
from string import Template

from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.diagnosis import confusion, trust
from gouji.inference.evaluation_page.history import history
from gouji.inference.evaluation_page.markup import Html, joined, tag, text
from gouji.inference.evaluation_page.names import Names
from gouji.inference.evaluation_page.overview import ablation, groups, headline, origin
from gouji.inference.evaluation_page.worst import worst

TITLE = "勾稽评测报告 (evaluation report)"


def page(contents: Contents) -> str:
    """The page; the same contents give the same characters."""
    names = Names(contents.form)
    sections = {
        "总览 (headline)": headline(contents, names),
        "按版式和损坏 (families and damage)": groups(contents),
        "各部分的贡献 (ablation)": ablation(contents),
        **({"各版本 (versions)": history(contents)} if contents.history else {}),
        "行列混淆 (confusion)": confusion(contents, names),
        "置信度 (confidence)": trust(contents),
        "最差的报告 (worst documents)": worst(contents, names),
    }
    if not contents.ablation:
        del sections["各部分的贡献 (ablation)"]
    body = joined(
        tag("section", tag("h2", title), content, id=f"s{number}")
        for number, (title, content) in enumerate(sections.items(), start=1)
    )
    folder = files(__package__)
    return Template(folder.joinpath("page.html").read_text("utf-8")).substitute(
        title=text(TITLE),
        style=folder.joinpath("style.css").read_text("utf-8"),
        contents=_menu(tuple(sections)),
        origin=origin(contents),
        body=body,
    )


def _menu(titles: tuple[str, ...]) -> Html:
    links = (tag("a", title, href=f"#s{number}") for number, title in enumerate(titles, start=1))
    return tag("nav", *links)
