"""The section on calibration in a model's card."""

import pytest

from gouji.training.calibration import Bin, CalibrationRecord, Disagreement, HeadReliability
from gouji.training.reliability import with_calibration
from gouji.training.votes import VoteReliability

BIN = Bin(10, 0.9, 0.8)
HEAD = HeadReliability(10, 0.8, 0.1, 0.05, (BIN,), (BIN,))
RECORD = CalibrationRecord(
    families=("tabs",),
    fitted_on=30,
    tested_on=15,
    heads={"table": HEAD, "row": HEAD, "column": HEAD},
    lines={"": Disagreement(8, 8, 2, 1, 0), "active": Disagreement(3, 3, 0, 0, 0)},
    votes={
        "whole": VoteReliability(40, 0.99, 1.0, 38, 38),
        "part": VoteReliability(10, 0.8, 0.7, 0, 0),
    },
)
CARD = "# ogi\n\n## 成绩\n\n很好。\n\n## 局限\n\n有。\n"


@pytest.mark.parametrize("card", [CARD, with_calibration(CARD, RECORD)])
def test_the_card_has_one_section_on_calibration_before_the_limits(card: str) -> None:
    found = with_calibration(card, RECORD)
    assert [line for line in found.splitlines() if line.startswith("#")] == [
        "# ogi",
        "## 成绩",
        "## 校准",
        "## 局限",
    ]
    assert "| 行 | 10 | 80.00 % | 0.1000 | 0.0500 |" in found
    assert "| 全部 | 8 | 100.00 % | 2 | 50.00 % | 0.00 % |" in found
    assert "| `active` | 3 | 100.00 % | 0 | — | — |" in found
    assert "| 逐行齐全、次序不乱 | 40 | 99.00 % | 100.00 % | 38 | 100.00 % |" in found
    assert "| 其他 | 10 | 80.00 % | 70.00 % | 0 | — |" in found
    assert found.endswith("## 局限\n\n有。\n")
