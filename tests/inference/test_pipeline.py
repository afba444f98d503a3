import random
from collections.abc import Callable, Mapping

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import NO_REPORT, Extractor
from gouji.model.document import Document
from gouji.model.errors import ModelError
from gouji.model.form import Form, Table
from gouji.model.report import Report, Status, Verdict

SetTable = Callable[[Table, Mapping[str, str], str, str], str]
AsDocument = Callable[[str], Document]

HEADINGS = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
DISPUTES_HEADING = "四、政府信息公开行政复议、行政诉讼情况"


@pytest.fixture(scope="module")
def extractor(form: Form) -> Extractor:
    return Extractor(form, Settings())


def consistent(form: Form, seed: int) -> dict[str, int]:
    """Values for all cells of ogi-2021 that satisfy every identity."""
    draw = random.Random(seed)
    values = {c.id: draw.choice((0, 0, draw.randint(1, 60))) for c in cells(form)}
    for table in form.tables("ogi-2021"):
        equations = {e.id: e for e in table.equations}
        for equation in equations.values():
            if equation.identity == "balance":
                new, carried_in = equation.left
                result, carried_out = equation.right
                parts = equations[equation.id.replace("balance", "result_total")].right
                total = sum(values[part] for part in parts)
                values[carried_in] = min(values[carried_in], total)
                values[new] = total + values[carried_out] - values[carried_in]
                values[result] = total
        for equation in equations.values():
            if equation.identity in ("row_total", "block_total"):
                values[equation.left[0]] = sum(values[part] for part in equation.right)
    return values


def cells(form: Form) -> list[str]:  # type: ignore[type-arg]
    return [cell for table in form.tables("ogi-2021") for cell in table.cells]
