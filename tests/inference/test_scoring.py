import json
from collections import Counter
from math import comb
from pathlib import Path
from typing import Any

import pytest

from gouji.inference.baseline import as_report, reading_order, standalone_numbers, table_start
from gouji.inference.evaluation import read_golds, read_predictions
from gouji.inference.rates import Rate, upper_bound
from gouji.inference.score_tables import (
    closing_lines,
    field_rows,
    score_rows,
    scores_data,
    scores_markdown,
    table_rows,
    text_lines,
)
from gouji.inference.scoring import COLUMNS, Gold, Scores, judge, near, rates, score
from gouji.model.annotation import Annotation
from gouji.model.form_file import load_form
from gouji.model.jsonl import read_lines

TESTS = Path(__file__).parent.parent
CASES = sorted((TESTS / "data" / "yardstick").glob("*.json"))
YARDSTICK = json.loads((TESTS / "golden" / "yardstick.json").read_text("utf-8"))
FORM = load_form()

NEW, BUSINESS, TOTAL = "requests.new.natural", "requests.new.business", "requests.new.total"
ISSUED = "active.rules.issued"


def cell(value: Any, printed: Any = "same", status: str = "read", review: bool = False) -> Any:
    shown = value if printed == "same" else printed
    return {"value": value, "printed": shown, "status": status, "review": review}


def unpack(case: Path, folder: Path) -> None:
    """Writes a case's gold and predictions as files; a string is the bytes of a broken file."""
    data = json.loads(case.read_text("utf-8"))
    for kind, suffix in (("gold", ".gold.json"), ("pred", "")):
        (folder / kind).mkdir()
        for name, content in data[kind].items():
            path = folder / kind / f"{name}{suffix}"
            path.parent.mkdir(exist_ok=True)
            encoded = isinstance(content, str)
            path.write_bytes(content.encode("latin-1") if encoded else json.dumps(content).encode())


def whole(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {kind: {column: counts[kind][column] for column in COLUMNS} for kind in counts}


def test_every_golden_case_is_there() -> None:
    assert {case.stem for case in CASES} == set(YARDSTICK)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_counts_equal_those_of_the_yardstick(case: Path, tmp_path: Path) -> None:
    unpack(case, tmp_path)
    scores = score(read_golds(tmp_path / "gold"), read_predictions(tmp_path / "pred"))
    assert whole(scores.kinds) == YARDSTICK[case.stem]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_cells_of_the_tables_add_up_to_those_of_all_reports(case: Path, tmp_path: Path) -> None:
    unpack(case, tmp_path)
    scores = score(read_golds(tmp_path / "gold"), read_predictions(tmp_path / "pred"))
    by_cell = COLUMNS[COLUMNS.index("cells") : COLUMNS.index("fields")]
    summed = {column: sum(table[column] for table in scores.tables.values()) for column in by_cell}
    assert summed == {column: scores.total[column] for column in by_cell}
    assert sum(counts["fields"] for counts in scores.fields.values()) == scores.total["fields"]


def judged(got: Any, want: Any, *page: Any) -> set[str]:
    """The columns that a cell counts in; `page` is what the page shows instead of the truth."""
    counts = judge(got, want, page[0] if page else want, bool(page))
    return {column for column, count in counts.items() if count} - {"cells", "nonzero"}


@pytest.mark.parametrize(
    ("got", "want", "page", "columns"),
    [
        (cell(7), 7, (), {"right", "nonzero_right", "printed_right"}),
        (cell(8), 7, (), {"silent"}),
        (cell(8, review=True), 7, (), {"flagged"}),
        (cell(None, status="missing", review=True), 7, (), {"flagged", "withheld"}),
        (cell(None, status="blank"), 0, (None,), {"right", "printed_right", "zero_as_blank"}),
        (cell(None, status="blank"), 0, (), {"silent", "withheld"}),
        (cell(None, status="missing"), 0, (None,), {"silent", "withheld", "printed_right"}),
        (cell(0), None, (), {"right"}),
        (
            cell(14, status="source_error", review=True),
            15,
            (14,),
            {"right", "nonzero_right", "printed_right", "hit", "flagged"},
        ),
        (cell(14, status="read", review=True), 15, (14,), {"printed_right", "hit", "flagged"}),
        (cell(14), 15, (14,), {"printed_right", "hit", "silent", "unflagged_misprint"}),
        (
            cell(15, 14, "repaired"),
            15,
            (14,),
            {"right", "nonzero_right", "printed_right", "hit", "restored", "unflagged_misprint"},
        ),
        (
            cell(25.1, 251000, "converted"),
            25.1,
            (251000,),
            {"right", "nonzero_right", "printed_right", "hit", "restored"},
        ),
    ],
)
def test_cell_counts_in_its_columns(
    got: Any, want: Any, page: tuple[Any, ...], columns: set[str]
) -> None:
    assert judged(got, want, *page) == columns


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (7, 7.0, True),
        (2.02, 2.0200001, True),
        (2.02, 2.021, False),
        (1, True, False),
        ("7", 7, False),
        (None, 0, False),
        (float("nan"), float("nan"), False),
        (10**400, 1.5, False),
    ],
)
def test_only_numbers_are_near_each_other(a: Any, b: Any, expected: bool) -> None:
    assert near(a, b) is expected
    assert near(b, a) is expected


GOLD = Gold("a", {NEW: 7, BUSINESS: 0, TOTAL: 7, ISSUED: 3}, {}, {"year": 2022, "title": "年报"})
RIGHT = {NEW: cell(7), BUSINESS: cell(0), TOTAL: cell(7), ISSUED: cell(3)}


def report(cells: Any, **tables: str) -> dict[str, Any]:
    return {
        "verdict": "accepted",
        "tables": {table: {"verdict": verdict} for table, verdict in tables.items()},
        "cells": cells,
    }


def scored(answer: Any) -> Scores:
    return score([GOLD], {"a": [answer]})


def test_table_is_counted_by_its_own_verdict_and_cells() -> None:
    scores = scored(report({**RIGHT, ISSUED: cell(4)}, active="accepted", requests="failed"))
    active, requests = scores.tables["active"], scores.tables["requests"]
    assert (active["accepted"], active["accepted_wrong"], active["exact"]) == (1, 1, 0)
    assert (requests["accepted"], requests["lost"], requests["exact"]) == (0, 1, 1)
    assert scores.total["lost"] == 0


def test_lost_report_counts_with_all_its_cells_in_every_table() -> None:
    scores = score([GOLD], {})
    assert {table: counts["cells"] for table, counts in scores.tables.items()} == {
        "requests": 3,
        "active": 1,
    }
    assert [counts["lost"] for counts in (scores.total, *scores.tables.values())] == [1, 1, 1]
    assert (scores.total["right"], scores.total["withheld"], scores.total["flagged"]) == (0, 4, 4)


def test_fields_are_counted_one_by_one() -> None:
    fields = {"year": {"value": 2021, "review": False}, "title": {"value": "年报", "review": True}}
    scores = scored({**report(RIGHT), "fields": fields})
    assert scores.fields["year"] == Counter(fields=1, fields_right=0, silent=1, flagged=0)
    assert scores.fields["title"] == Counter(fields=1, fields_right=1, silent=0, flagged=1)


@pytest.mark.parametrize(
    "malformed",
    [{"cells": [1]}, {"cells": {NEW: 7}}, {"tables": 3, "fields": "x"}, {"cells": {NEW: {}}}],
)
def test_malformed_report_counts_as_withheld(malformed: dict[str, Any]) -> None:
    counts = scored(malformed).total
    assert (counts["right"], counts["withheld"], counts["silent"]) == (0, 4, 0)


@pytest.mark.parametrize(
    ("cheat", "column", "caught"),
    [
        ({c: {**v, "review": True} for c, v in RIGHT.items()}, "flagged", 4),
        ({c: cell(None, status="blank") for c in RIGHT}, "silent", 4),
        ({c: {**v, "printed": "?"} for c, v in RIGHT.items()}, "printed_right", 0),
        ({c: {**v, "value": str(v["value"])} for c, v in RIGHT.items()}, "silent", 4),
        ({c: {**v, "value": None, "review": 1} for c, v in RIGHT.items()}, "silent", 4),
        ({}, "withheld", 4),
    ],
    ids=["all flagged", "all blank", "printed nonsense", "text", "half flagged", "empty"],
)
def test_cheat_is_seen_in_its_column(cheat: Any, column: str, caught: int) -> None:
    assert scored(report(cheat)).total[column] == caught


@pytest.mark.parametrize(("events", "total"), [(1, 20), (3, 50), (17, 40), (39, 40)])
def test_bound_is_the_rate_that_shows_so_few_events_one_time_in_twenty(
    events: int, total: int
) -> None:
    bound = upper_bound(events, total)
    seen = sum(comb(total, k) * bound**k * (1 - bound) ** (total - k) for k in range(events + 1))
    assert seen == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(
    ("events", "total", "bound"), [(0, 100, 0.03), (0, 2, 1.0), (4, 4, 1.0), (0, 100_000, 3e-5)]
)
def test_bound_at_the_ends(events: int, total: int, bound: float) -> None:
    assert upper_bound(events, total) == pytest.approx(bound)


def test_bound_for_many_trials_does_not_underflow() -> None:
    assert upper_bound(500_000, 1_000_000) == pytest.approx(0.5 + 1.645 * 0.0005, abs=1e-5)
    assert upper_bound(999_999, 1_000_000) == pytest.approx(1 - 5.13e-8, abs=1e-9)


@pytest.mark.parametrize(("events", "total"), [(0, 0), (2, 1), (-1, 3)])
def test_bound_without_trials_is_refused(events: int, total: int) -> None:
    with pytest.raises(ValueError, match="events in"):
        upper_bound(events, total)


def test_rate_is_bounded_on_its_bad_side() -> None:
    assert Rate(97, 100, wanted=True).bound == pytest.approx(1 - upper_bound(3, 100))
    assert Rate(3, 100, wanted=False).bound == pytest.approx(upper_bound(3, 100))


def test_nothing_of_nothing_is_undefined() -> None:
    rate = rates(Counter())["restored"]
    assert (rate.value, rate.bound, str(rate)) == (None, None, "undefined（0/0）")


def test_tables_of_scores_show_kinds_tables_and_fields() -> None:
    scores = score([GOLD, Gold("a-pdf", {NEW: 1})], {"a": [report(RIGHT)]})
    assert [row[0] for row in score_rows(scores)] == ["kind", "all", "pdf", "ALL"]
    assert [row[0] for row in table_rows(scores)] == ["table", "requests", "active"]
    assert [row[0] for row in field_rows(scores)] == ["field", "year", "title"]
    assert text_lines((("kind", "docs"), ("ALL", "12"))) == ("kind docs", "ALL    12")


def test_closing_line_gives_rate_counts_and_bound() -> None:
    lines = closing_lines(score([GOLD], {"a": [report(RIGHT)]}))
    assert "错而未标 0.0000%（0/4，95%上限 75.0000%）" in lines
    assert "印错处恢复 undefined（0/0）" in lines


def test_scores_are_written_with_every_count_and_null_for_undefined() -> None:
    scores = score([GOLD], {"a": [report(RIGHT)]})
    data = json.loads(json.dumps(scores_data({"rules": scores})))["rules"]
    assert list(data["kinds"]["ALL"]) == list(COLUMNS)
    assert data["rates"]["restored"] == {"events": 0, "total": 0, "rate": None, "bound_95": None}
    assert data["rates"]["cells right"]["rate"] == 1.0
    assert "## rules\n\n| kind | docs |" in scores_markdown({"rules": scores})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 2\t3|4\n5", [1, 2, 3, 4, 5]),
        ("|0| 12 |2.02|", [0, 12, 2.02]),
        ("-3- 第2页 3件 1,234 （一） 7.", []),
    ],
)
def test_standalone_numbers_touch_only_blanks_and_pipes(text: str, numbers: list[float]) -> None:
    assert list(standalone_numbers(text)) == numbers


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2022\n二、主动公开政府信息情况\n第二十条第（一）项\n1", "第二十条"),
        ("主动公开政府信息情况 9\n二、主动公开政府信息情况\n1", "二、主动"),
        ("7 8", "7 8"),
    ],
)
def test_tables_start_at_the_first_title(text: str, start: str) -> None:
    assert text[table_start(text, FORM) :].startswith(start)


def test_baseline_fills_cells_in_reading_order_until_numbers_run_out() -> None:
    values = reading_order("2022\n第二十条第（一）项\n1 0 5 4", FORM)
    assert list(values.items()) == [
        ("active.rules.issued", 1),
        ("active.rules.repealed", 0),
        ("active.rules.in_force", 5),
        ("active.normative.issued", 4),
    ]


def test_baseline_reads_every_sample_perfectly_and_so_proves_nothing(root: Path) -> None:
    golds = {
        annotation.id: annotation
        for annotation in read_lines(root / "annotations" / "gold" / "test.jsonl", Annotation)
    }
    found = {name: [as_report(reading_order(a.text, FORM))] for name, a in golds.items()}
    counts = score([Gold(name, a.cells) for name, a in golds.items()], found).total
    assert (counts["right"], counts["cells"]) == (1000, 1000)
