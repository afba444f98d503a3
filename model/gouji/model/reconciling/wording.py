"""The sentences of results and findings, in Chinese and in English.

Names come from the form: titles in Chinese, ids in English.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gouji.model.form import Cell, Equation, Table
from gouji.model.mention import Number
from gouji.model.numerals import value_of
from gouji.model.reading import Observation, Origin
from gouji.model.reconciling.problem import Explanation, Pair, Pick
from gouji.model.report import CellResult

Sentence = tuple[str, str]
"""One thing said twice: Chinese, English."""

NOT_FOUND: Sentence = (
    "未找到此数，勾稽关系也不能确定",
    "this number was not found and the identities do not decide it",
)
NO_NUMBER: Sentence = ("未找到此数", "this number was not found")
UNPRINTED: Sentence = (
    "此表不印零，此格没有数",
    "the table leaves zeros out and no number belongs here",
)
ELSEWHERE: Sentence = ("各数照原文，只是位置不同", "all numbers as printed, in other places")
TABLE_NOT_FOUND: Sentence = ("未找到此表", "this table was not found")
CONFIRMED: Sentence = ("已由人工确认", "a person confirmed this")
UNSOLVED: Sentence = (
    "没有一种解释能使各勾稽关系全部成立",
    "no explanation satisfies all identities",
)
OUT_OF_TIME: Sentence = (
    "求解超时，未能证明没有其他解释",
    "the search ran out of time before other explanations could be ruled out",
)
INCOMPLETE: Sentence = (
    "此行数字可能还有别的排法，须核对",
    "the numbers of this line may stand in other places than these",
)

UNCLAIMED: Sentence = (
    "这些数字属于哪一行不够确定，须核对",
    "it is not sure enough that these numbers belong to this line",
)

UNCLEAR: Sentence = (
    "识别不够确定，又没有勾稽关系可以核实，须核对",
    "it was not recognised surely enough, and no identity confirms it",
)

CROSSED: Sentence = (
    "此表有多处更正，此格与更正的数相关，须一并核对",
    "many numbers of the table are changed, and this one hangs together with them",
)


def shown(number: Number | None) -> str:
    """A number as text; a cell without one is called blank."""
    return "空" if number is None else str(number)


def title(cell: Cell) -> Sentence:
    """The cell by its row and column."""
    return f"“{cell.row.title}”行“{cell.column.title}”列", cell.id


def converted(observation: Observation) -> Sentence:
    """Why a value is not the number on the page although it is the same amount."""
    return f"原文为“{observation.raw}”，已换算为本表单位", f"{observation.raw!r} in the form's unit"


def blank(observation: Observation) -> Sentence:
    """Why a cell has no value although it is there."""
    raw = observation.raw.strip()
    return (f"原文为“{raw}”", f"holds only {raw!r}") if raw else ("原文为空", "nothing stands here")


def unreadable(observation: Observation) -> Sentence:
    """Something that is meant for a number but spells none for sure."""
    raw = observation.raw.strip()
    return f"原文“{raw}”读不成一个确定的数", f"{raw!r} spells no number for sure"


def respelled(observation: Observation, value: Number, *, confirmed: bool) -> Sentence:
    """How torn digits, or letters among digits, were taken for a number."""
    raw = " ".join(observation.raw.split())
    if confirmed:
        return f"原文为“{raw}”，读作 {value}，与勾稽关系相符", f"{raw!r} means {value}: sums agree"
    return (
        f"原文为“{raw}”，当作 {value}，勾稽关系不能证实",
        f"{raw!r} looks like {value}, but no identity confirms it",
    )


def impossible(cell: Cell, raw: str) -> Sentence:
    """A printed number that its cell can't hold."""
    zh, en = title(cell)
    return f"{zh}不可能是“{raw}”", f"{en} can't be {raw!r}"


def source_error(name: Sentence, cell: CellResult) -> Sentence:
    """A number of the document that does not add up with the others."""
    return (
        f"{name[0]}原文为 {cell.printed}，按勾稽关系应为 {shown(cell.value)}",
        f"{name[1]} is printed as {cell.printed}; the identities give {cell.value}",
    )


def ambiguous(n_cells: int) -> Sentence:
    """That several explanations compete, and how many cells they dispute."""
    return (
        f"几种解释难分高下，涉及 {n_cells} 格",
        f"several explanations compete; {n_cells} cells differ between them",
    )


def inferred(observed: Sentence, equations: Sequence[Sentence]) -> Sentence:
    """How a value came about that is not on the page."""
    zh = "、".join(name for name, _ in equations)
    en = " and ".join(name for _, name in equations)
    return f"{observed[0]}，由{zh}的勾稽关系得出", f"{observed[1]}; follows from {en}"


def equation_name(table: Table, equation: Equation) -> Sentence:
    """The row or the column that an equation speaks of, else its id."""
    cells = [table.cell[cell] for _, cell in equation.terms]
    row, column = cells[0].row, cells[0].column
    if all(cell.row.id == row.id for cell in cells):
        return f"“{row.title}”行", f"row {row.id}"
    if all(cell.column.id == column.id for cell in cells):
        return f"“{column.title}”列", f"column {column.id}"
    return f"勾稽关系 {equation.id}", f"identity {equation.id}"


def changed(difference: Number, names: Sequence[Sentence], others: int) -> Sentence:
    """Why a number is changed: the violated identities, and how many other cells change too."""
    names = tuple(dict.fromkeys(names))
    zh, en = "与".join(n for n, _ in names), " and ".join(n for _, n in names)
    if not names and not others:
        return "另一种读法更可信", "another reading of the characters is more likely"
    if not names:
        return (
            f"与另外 {others} 格一同更正后，各勾稽关系才全部成立",
            f"all identities hold once this and {others} other cells are changed",
        )
    if others:
        return (
            f"{zh}不平，与另外 {others} 格一同更正后全部成立，此格相差 {difference}",
            f"{en} do not add up; with {others} other cells changed they do, this one by "
            f"{difference}",
        )
    both = ("同时相差", "are both off by") if len(names) == 2 else ("相差", "off by")
    return (
        f"{zh}{both[0]} {difference}，只有此格能{'同时' if names[1:] else ''}解释",
        f"{en} {both[1]} {difference}; only this cell explains {'both' if names[1:] else 'it'}",
    )


def exchanged(other: Sentence, names: Sequence[Sentence]) -> Sentence:
    """Why a number is changed that was printed in another one's place."""
    names = tuple(dict.fromkeys(names))
    zh, en = "与".join(n for n, _ in names), " and ".join(n for _, n in names)
    return (
        f"{zh}不平，与{other[0]}的数互换后才成立",
        f"{en} do not add up; they do once this and the number of {other[1]} are exchanged",
    )


def competing(values: Sequence[Number | None], *, more: bool) -> Sentence:
    """That several values are about as likely."""
    zh, en = "、".join(shown(v) for v in values), ", ".join(str(v) for v in values)
    return (
        f"几种解释难分高下，此格可为 {zh}{' 等' if more else ''}",
        f"several explanations compete: {en}{' or others' if more else ''}",
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What an explanation changes, in words."""

    table: Table

    def sentence(self, explanation: Explanation) -> Sentence:
        """The cells whose reading it gives up; at most three are named."""
        moved = {cell for pair in explanation.exchanged for cell in pair}
        changed = [p for p in explanation.picks.values() if p.is_change or _misread(p)]
        picks = [p for p in changed if p.slot.cell not in moved]
        parts = [self._exchange(pair) for pair in explanation.exchanged]
        if picks:
            zh = "、".join(self._change(pick)[0] for pick in picks[:3])
            en = ", ".join(self._change(pick)[1] for pick in picks[:3])
            rest = len(picks) - 3
            more = (f" 等 {len(picks)} 格", f" and {rest} more") if rest > 0 else ("", "")
            parts.append((f"更正 {zh}{more[0]}", f"change {en}{more[1]}"))
        if not parts:
            return ELSEWHERE
        return "，".join(zh for zh, _ in parts), ", ".join(en for _, en in parts)

    def _exchange(self, pair: Pair) -> Sentence:
        (zh, en), (other_zh, other_en) = (title(self.table.cell[cell]) for cell in pair)
        return f"{zh}与{other_zh}的数互换", f"exchange the numbers of {en} and {other_en}"

    def _change(self, pick: Pick) -> Sentence:
        cell = self.table.cell[pick.slot.cell]
        value = value_of(pick.amount, cell.scale)
        observation = pick.slot.reading.observation
        printed = None if observation is None else observation.value
        zh, en = title(cell)
        before = "blank" if printed is None else str(printed)
        return f"{zh} {shown(printed)}→{value}", f"{en} {before} to {value}"


def _misread(pick: Pick) -> bool:
    return pick.option.origin is Origin.MISREAD
