import os
import subprocess
import sys
from collections import Counter
from operator import ne
from pathlib import Path
from random import Random

import pytest

from gouji.model.form_file import load_form
from gouji.model.mention import Number
from gouji.model.numerals import amount_of
from gouji.training.synthesis.number_law import SHARES, draw, misprinted

FORM = load_form()
N_DRAWS = 150


@pytest.fixture(scope="module", params=list(FORM.combinations))
def combination(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def draws(combination: str) -> list[dict[str, Number]]:
    return [draw(FORM.tables(combination), Random(f"test/{n}")) for n in range(N_DRAWS)]


def test_every_identity_holds(combination: str, draws: list[dict[str, Number]]) -> None:
    equations = [e for table in FORM.tables(combination) for e in table.equations]
    for numbers in draws:
        for equation in equations:
            assert sum(sign * numbers[cell] for sign, cell in equation.terms) == 0, equation.id


def test_every_cell_has_a_number_that_its_column_allows(
    combination: str, draws: list[dict[str, Number]]
) -> None:
    cells = [cell for table in FORM.tables(combination) for cell in table.cells]
    for numbers in draws:
        assert list(numbers) == [cell.id for cell in cells]
        for cell in cells:
            number = numbers[cell.id]
            assert amount_of(number, cell.scale) is not None
            assert number >= 0 or cell.column.signed
            assert cell.column.decimals or type(number) is int


def test_share_of_cells_that_are_not_zero_covers_its_range(draws: list[dict[str, Number]]) -> None:
    low, high = SHARES
    shares = sorted(sum(n != 0 for n in numbers.values()) / len(numbers) for numbers in draws)
    assert low <= shares[0] < low + 0.05
    assert high - 0.05 < shares[-1] <= high
    assert (low + high) / 2 == pytest.approx(sum(shares) / N_DRAWS, abs=0.05)


def test_magnitudes_run_from_small_integers_to_eight_digits(
    draws: list[dict[str, Number]],
) -> None:
    lengths = [len(str(int(abs(n)))) for numbers in draws for n in numbers.values() if n]
    share = {n: lengths.count(n) / len(lengths) for n in range(1, 10)}
    assert 0.3 < share[1] < 0.7
    assert share[2] > 0.1
    assert share[3] > 0.1
    assert share[4] > 0.01
    assert share[8] > 0
    assert 0.001 < share[6] + share[7] + share[8] < 0.02
    assert share[9] == 0


def test_money_has_up_to_four_decimals_and_both_sides_of_a_balance_are_used() -> None:
    draws = [draw(FORM.tables("ogi-2021"), Random(f"money/{n}")) for n in range(N_DRAWS)]
    fees = [str(numbers["active.fees.amount"]) for numbers in draws]
    assert {len(fee.partition(".")[2]) for fee in fees} == {0, 1, 2, 3, 4}
    for cell in ("requests.carried_in.total", "requests.carried_out.total"):
        filled = sum(numbers[cell] != 0 for numbers in draws)
        assert 0 < filled < N_DRAWS


def test_misprints_are_few_and_break_an_identity_each(
    combination: str, draws: list[dict[str, Number]]
) -> None:
    tables = FORM.tables(combination)
    equations = [e for table in tables for e in table.equations]
    for n, numbers in enumerate(draws):
        wrong = misprinted(tables, numbers, Random(n))
        shown = {**numbers, **wrong}
        broken = [e for e in equations if sum(sign * shown[cell] for sign, cell in e.terms) != 0]
        assert len(wrong) <= 6
        assert all(type(number) is int and number >= 0 for number in wrong.values())
        assert all(number != numbers[cell] for cell, number in wrong.items())
        assert wrong.keys() <= {cell for e in broken for _, cell in e.terms}
        assert wrong == misprinted(tables, numbers, Random(n))
    assert sum(not misprinted(tables, numbers, Random(1)) for numbers in draws) < N_DRAWS / 10


def test_misprints_are_of_all_kinds(combination: str, draws: list[dict[str, Number]]) -> None:
    tables = FORM.tables(combination)
    totals = {e.left[0] for table in tables for e in table.equations if len(e.left) == 1}
    kinds: Counter[str] = Counter()
    for n, numbers in enumerate(draws):
        wrong = misprinted(tables, numbers, Random(n))
        if len(wrong) == 1:
            ((cell, number),) = wrong.items()
            old, new = str(numbers[cell]), str(number)
            kinds["zero"] += cell in totals and number == 0
            kinds["stale"] += cell in totals and 0 < number < numbers[cell]
            kinds["swapped"] += sorted(old) == sorted(new)
            kinds["digit"] += len(old) == len(new) and sum(map(ne, old, new)) == 1
        elif len(wrong) == 2:
            kinds["lower"] += sorted(wrong.values()) == sorted(map(numbers.__getitem__, wrong))
    assert all(kinds[kind] > 0 for kind in ("zero", "stale", "swapped", "digit", "lower"))


def test_nothing_to_misprint_among_zeros() -> None:
    tables = FORM.tables("ogi-2021")
    zeros = {cell.id: 0 for table in tables for cell in table.cells}
    assert misprinted(tables, zeros, Random(1)) == {}


def test_other_process_draws_the_same_numbers() -> None:
    code = (
        "from random import Random; from gouji.model.form_file import load_form;"
        "from gouji.training.synthesis.number_law import draw;"
        "print(draw(load_form().tables('ogi-2021'), Random('1/x/0')))"
    )
    root = Path(__file__).parents[2]
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert printed[0].strip() == str(draw(FORM.tables("ogi-2021"), Random("1/x/0")))


def test_a_total_from_before_a_misprinted_part_is_not_negative() -> None:
    tables = [FORM.variants["disputes"]["2019"]]
    zeros = {cell.id: 0 for table in tables for cell in table.cells}
    few = {**zeros, "disputes.review.upheld": 2, "disputes.review.total": 2}
    shown = [misprinted(tables, few, Random(n)) for n in range(3000)]
    assert all(number >= 0 for wrong in shown for number in wrong.values())
