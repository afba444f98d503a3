"""Rows that another reader of tables got right are counted in the order of the form."""

from gouji.inference.scoring import Gold
from tests.benchmarks.scan import rows_found, rows_of

GOLD = Gold(
    "a",
    {
        "active.rules.issued": 3,
        "requests.new.natural": 1200,
        "requests.new.total": 1200,
        "requests.carried_in.natural": 0,
        "requests.carried_in.total": 0,
    },
)


def test_rows_are_those_of_the_table_requests() -> None:
    assert rows_of(GOLD) == [(1200.0, 1200.0), (0.0, 0.0)]


def test_a_row_counts_once_if_it_ends_in_the_numbers_of_gold() -> None:
    said = [["新收", "1,200", "1200"], ["结转", "", "0", "0"]]
    assert rows_found(GOLD, said) == 2
    assert rows_found(GOLD, [said[1], said[0]]) == 1
    assert rows_found(GOLD, [["新收", "1200", "12O0"], ["", "0"]]) == 0
