"""Cells and equations in the words of the form, for a person to read."""

from collections.abc import Mapping, Sequence

from gouji.model.form import Cell, Equation, Table


def cell_words(cell: Cell) -> str:
    """The titles of a cell's row and column, `行政复议：总计`."""
    return f"{cell.row.title}：{cell.column.title}"


def shared_title(equation: Equation, table: Table) -> str | None:
    """The title of the one row or column that an equation stays within, else None."""
    cells = [table.cell[name] for _, name in equation.terms]
    if len({cell.row.id for cell in cells}) == 1:
        return cells[0].row.title
    if len({cell.column.id for cell in cells}) == 1:
        return cells[0].column.title
    return None


def term_words(equation: Equation, table: Table) -> Mapping[str, str]:
    """The words for each cell of an equation, without the title that all of them share."""
    cells = [table.cell[name] for _, name in equation.terms]
    if len({cell.row.id for cell in cells}) == 1:
        return {cell.id: cell.column.title for cell in cells}
    if len({cell.column.id for cell in cells}) == 1:
        return {cell.id: cell.row.title for cell in cells}
    return {cell.id: cell_words(cell) for cell in cells}


def equation_words(equation: Equation, table: Table) -> str:
    """The equation in titles, `【行政复议】总计 = 结果维持 + 结果纠正 + 其他结果 + 尚未审结`."""
    words = term_words(equation, table)

    def side(cells: Sequence[str]) -> str:
        return " + ".join(words[cell] for cell in cells)

    title = shared_title(equation, table)
    shared = f"【{title}】" if title else ""
    return f"{shared}{side(equation.left)} = {side(equation.right)}"
