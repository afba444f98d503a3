"""Links: expectations between numbers of one report, checked and never enforced."""

from collections.abc import Iterator, Mapping

from gouji.model.findings import Finding, finding
from gouji.model.form import Form
from gouji.model.mention import Number
from gouji.model.report import CellResult, FieldResult

_WITHIN = "within a report"


def broken_links(
    form: Form, fields: tuple[FieldResult, ...], cells: Mapping[str, CellResult]
) -> Iterator[Finding]:
    """A finding (C003) for each link within a report that none of its right sides fulfils.

    The form file words such a link `FIELD = CELL [+ CELL ...] [or CELL [+ CELL ...]]`. A side
    with a cell that has no value is undecided; a link without a decided side is not checked.
    """
    known = {field.id: field for field in fields}
    for link in form.links:
        if link.kind != _WITHIN:
            continue
        left, right = link.equation.split(" = ")
        told = known[left]
        sides = [side.split(" + ") for side in right.split(" or ")]
        sums = [total for side in sides for total in [_sum(side, cells)] if total is not None]
        if told.value is None or not sums or told.value in sums:
            continue
        expected = sorted(set(sums))
        yield finding(
            "C003",
            f"正文所述为 {told.value}，表中为 {' 或 '.join(map(str, expected))}（{right}）",
            f"{left} is {told.value} in prose, {' or '.join(map(str, expected))} in the table",
            cells=tuple(dict.fromkeys(cell for side in sides for cell in side)),
            span=told.span,
        )


def _sum(side: list[str], cells: Mapping[str, CellResult]) -> Number | None:
    values = [cells[cell].value for cell in side if cell in cells]
    if len(values) < len(side) or any(value is None for value in values):
        return None
    return sum(value for value in values if value is not None)
