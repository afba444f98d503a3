from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from gouji.inference.confusion import Cause, Confusion
from gouji.inference.scoring import Gold, judge_report

CELLS = {
    "requests.new.natural": 12,
    "requests.new.business": 7,
    "requests.granted.natural": 5,
    "requests.granted.business": 5,
    "requests.granted.total": 0,
    "disputes.review.total": 31,
}


def confusion(
    found: Mapping[str, Any], values: Mapping[str, Any] | None = None, **printed: int
) -> Confusion:
    """Of one report: the numbers found at some cells, the others right."""
    misprints = {name.replace("__", "."): number for name, number in printed.items()}
    cells = {
        cell: {"value": (values or found).get(cell, want), "printed": found.get(cell, want)}
        for cell, want in CELLS.items()
    }
    result = Confusion()
    result.add(judge_report(Gold("a", CELLS, misprints), {"cells": cells}))
    return result


@pytest.mark.parametrize(
    ("number", "cause", "owner"),
    [
        (12, Cause.MOVED, "requests.new.natural"),
        (12.0, Cause.MOVED, "requests.new.natural"),
        (5, Cause.SEVERAL, None),
        (31, Cause.UNKNOWN, None),  # that number stands in another table
        (0, Cause.UNKNOWN, None),
        (None, Cause.NOTHING, None),
        ("12", Cause.NOTHING, None),
        (True, Cause.NOTHING, None),
    ],
)
def test_number_is_traced_to_the_only_cell_that_shows_it(
    number: object, cause: Cause, owner: str | None
) -> None:
    found = confusion({"requests.new.business": number})
    assert found.causes == {cause: 1}
    assert found.moved == (Counter({(owner, "requests.new.business"): 1}) if owner else {})


def test_number_that_the_page_shows_there_is_its_own_though_the_value_is_wrong() -> None:
    found = confusion({}, {"requests.new.business": 12})
    assert found.causes == {Cause.OWN: 1}


def test_what_the_page_shows_counts_and_not_what_it_should() -> None:
    found = confusion({"requests.new.business": 13}, requests__new__natural=13)
    assert found.moved == {("requests.new.natural", "requests.new.business"): 1}


def test_swapped_cells_are_counted_by_row_and_by_column() -> None:
    found = confusion({"requests.new.natural": 7, "requests.new.business": 12})
    assert found.rows == {("requests.new", "requests.new"): 2}
    assert found.columns == {
        ("requests.natural", "requests.business"): 1,
        ("requests.business", "requests.natural"): 1,
    }


@pytest.mark.parametrize("report", [None, {"verdict": "failed", "cells": {}}])
def test_lost_report_has_no_numbers_to_trace(report: Mapping[str, Any] | None) -> None:
    found = Confusion()
    found.add(judge_report(Gold("a", CELLS), report))
    assert not found.causes
