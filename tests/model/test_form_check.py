from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.elimination import contradiction, eliminate
from gouji.model.errors import FormError
from gouji.model.form import Block, Column, Equation, Row, Table
from gouji.model.form_check import check_form, check_table
from gouji.model.form_file import load_form

Sides = tuple[str, str]


def equations(*sides: Sides) -> tuple[Equation, ...]:
    return tuple(
        Equation(f"e{index}", "e", "t", tuple(left.split()), tuple(right.split()))
        for index, (left, right) in enumerate(sides)
    )


def line(columns: tuple[Column, ...], *sides: Sides) -> Table:
    """A table of one row, whose cells are t.r.COLUMN; equations name columns alone."""
    return Table(
        "t",
        "1",
        (Block(None, (Row("r", "r"),), columns),),
        equations(*((prefixed(left), prefixed(right)) for left, right in sides)),
    )


def prefixed(columns: str) -> str:
    return " ".join(f"t.r.{column}" for column in columns.split())


def plain(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name) for name in names)


@pytest.mark.parametrize(
    ("table", "variant", "n_cells", "n_equations", "rank", "redundant"),
    [
        ("active", "2021", 10, 0, 0, ()),
        ("active", "2019", 22, 0, 0, ()),
        (
            "requests",
            "2021",
            175,
            39,
            37,
            ("requests.result_total.total", "requests.balance.total"),
        ),
        (
            "requests",
            "2019",
            161,
            37,
            35,
            ("requests.result_total.total", "requests.balance.total"),
        ),
        ("disputes", "2019", 15, 3, 3, ()),
    ],
)
def test_shipped_form_has_the_known_ranks(
    table: str, variant: str, n_cells: int, n_equations: int, rank: int, redundant: tuple[str, ...]
) -> None:
    check = {(c.table, c.variant): c for c in check_form(load_form())}[table, variant]
    assert (check.n_cells, check.n_equations, check.rank) == (n_cells, n_equations, rank)
    assert check.redundant == redundant


def test_redundant_equation_is_reported_with_those_it_follows_from() -> None:
    check = check_table(line(plain("abcde"), ("a", "b c"), ("d", "b e"), ("a e", "c d")))
    (dependence,) = check.dependences
    assert (check.rank, dependence.equation, dependence.on) == (2, "e2", ("e0", "e1"))


@pytest.mark.parametrize(
    ("sides", "cells", "found_in"),
    [
        pytest.param((("", "a b"),), ("a", "b"), ("e0",), id="sum without a total"),
        pytest.param((("a", ""),), ("a",), ("e0",), id="a total without parts"),
        pytest.param(
            (("a", "b c"), ("a", "b c d")), ("d",), ("e0", "e1"), id="a part more in one of two"
        ),
        pytest.param(
            (("a", "b c"), ("b", "a d")), ("c", "d"), ("e0", "e1"), id="totals of each other"
        ),
        pytest.param(
            (("a", "b"), ("c", "d"), ("e", "a c"), ("e", "b d f")),
            ("f",),
            ("e0", "e1", "e2", "e3"),
            id="only four together",
        ),
        pytest.param(
            (("a c", "b"), ("b c", "d"), ("d e", "a")),
            ("c", "e"),
            ("e0", "e1", "e2"),
            id="only because cells can't be negative",
        ),
    ],
)
def test_equations_that_force_zero_are_named(
    sides: tuple[Sides, ...], cells: tuple[str, ...], found_in: tuple[str, ...]
) -> None:
    ids = ", ".join(f"t.r.{cell}" for cell in cells)
    names = sorted(set(" ".join(left + " " + right for left, right in sides).split()))
    with pytest.raises(FormError) as raised:
        check_table(line(plain("".join(names)), *sides))
    assert str(raised.value) == (
        f"equations {', '.join(found_in)} together leave no value but 0 for {ids}"
    )


def test_signed_cell_lets_a_sum_without_a_total_stand() -> None:
    columns = (Column("a", "a"), Column("b", "b", signed=True))
    assert check_table(line(columns, ("", "a b"))).rank == 1


def test_signed_cell_that_can_only_be_zero_is_a_contradiction() -> None:
    columns = (*plain("ab"), Column("c", "c", signed=True))
    with pytest.raises(FormError, match=r"e0, e1 together leave no value but 0 for t\.r\.c$"):
        check_table(line(columns, ("a", "b"), ("a c", "b")))


@pytest.mark.parametrize("sides", [("a", "a b"), ("a", "b b")], ids=["both sides", "one side"])
def test_cell_twice_in_an_equation_is_an_error(sides: Sides) -> None:
    with pytest.raises(FormError, match=r"equation e0: cell t\.r\.[ab] stands more than once"):
        check_table(line(plain("ab"), sides))


@pytest.mark.parametrize(
    "other",
    [
        Column("b", "b", unit="元"),
        Column("b", "b", decimals=2),
        Column("b", "b", unit_as_printed=True),
    ],
    ids=["unit", "decimals", "unit as printed"],
)
def test_equation_over_different_units_is_an_error(other: Column) -> None:
    with pytest.raises(FormError, match="equation e0 mixes units or decimals"):
        check_table(line((Column("a", "a"), other), ("a", "b")))


def test_repeated_cell_and_equation_ids_are_errors() -> None:
    with pytest.raises(FormError, match=r"table t \(1\): cell t\.r\.a stands more than once"):
        check_table(line(plain("aa")))
    twice = (*equations((prefixed("a"), prefixed("b"))), *equations((prefixed("b"), prefixed("a"))))
    table = Table("t", "1", (Block(None, (Row("r", "r"),), plain("ab")),), twice)
    with pytest.raises(FormError, match=r"equation e0 stands more than once"):
        check_table(table)


CELLS = "abcd"
EQUATION = st.lists(st.sampled_from((-1, 0, 0, 1)), min_size=4, max_size=4).filter(any)


@given(st.lists(EQUATION, max_size=3), st.sets(st.sampled_from(CELLS)))
def test_contradiction_is_found_exactly_where_no_positive_solution_exists(
    system: list[list[int]], signed: set[str]
) -> None:
    sides = [
        tuple(" ".join(c for c, s in zip(CELLS, row, strict=True) if s == sign) for sign in (1, -1))
        for row in system
    ]
    elimination = eliminate(equations(*((left, right) for left, right in sides)), frozenset(signed))
    found = contradiction(elimination, CELLS, frozenset(signed))
    # Four cells and coefficients of at most one in size: if there is a solution with every cell
    # non-zero and the unsigned ones positive, there is one within these bounds.
    ranges = [[*range(-4, 0), *range(1, 5)] if c in signed else range(1, 5) for c in CELLS]
    solvable = any(
        all(sum(s * v for s, v in zip(row, values, strict=True)) == 0 for row in system)
        for values in product(*ranges)
    )
    assert (found is None) is solvable


def test_elimination_keeps_exact_fractions() -> None:
    elimination = eliminate(equations(("a a", "b"), ("a", "c c c")), frozenset())
    assert elimination.basis["c"].cells == {"c": Fraction(1), "b": Fraction(-1, 6)}
