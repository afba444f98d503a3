"""Problems: what is wrong with an annotation, in words that tell a labeller what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gouji.model.findings import Span
from gouji.model.form import Cell, Form
from gouji.model.wording import cell_words

_SHOWN = 24  # characters of the page that a message quotes


class Level(StrEnum):
    """How much a problem weighs: an error is certain, a remark asks for a second look."""

    ERROR = "错误"
    REMARK = "提醒"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what it is about, what was found, what to do.

    `cells` are those that it may lie with.
    """

    subject: str
    found: str
    advice: str
    cells: tuple[str, ...] = ()
    level: Level = Level.ERROR

    def __str__(self) -> str:
        """The problem as one sentence, `单元格…：…；…`."""
        return f"{self.subject}：{self.found}；{self.advice}"


@dataclass(frozen=True, slots=True)
class Places:
    """The text, to say where in it something stands."""

    text: str

    def of(self, span: Span) -> str:
        """The line and the words of a span, `第 3 行“12”`."""
        start, end = span
        line = self.text.count("\n", 0, start) + 1
        words = self.text[start : min(end, start + _SHOWN)].replace("\n", "⏎")
        more = "…" if end - start > _SHOWN else ""
        return f"第 {line} 行“{words}{more}”" if words else f"第 {line} 行的空处"


def cells_by_id(form: Form) -> Mapping[str, Cell]:
    """Every cell of every variant; of two with one id the first."""
    cells: dict[str, Cell] = {}
    for variants in form.variants.values():
        for table in variants.values():
            for cell in table.cells:
                cells.setdefault(cell.id, cell)
    return cells


def cell_subject(name: str, cells: Mapping[str, Cell]) -> str:
    """A cell as messages name it: its title, and its id in brackets."""
    return f"单元格“{cell_words(cells[name])}”（{name}）" if name in cells else f"单元格 {name}"


def field_subject(name: str, form: Form) -> str:
    """A field as messages name it."""
    titles = {field.id: field.title for field in form.fields}
    title = titles.get(name)
    return f"字段“{title}”（{name}）" if title else f"字段 {name}"
