import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.numerals import Numeral, amount_of, is_mark, parse_numeral, value_of


@pytest.mark.parametrize(
    ("raw", "numeral"),
    [
        ("0", Numeral(0)),
        ("１２", Numeral(12)),
        ("1,234,567", Numeral(1234567)),
        ("１，２３４", Numeral(1234)),
        ("96171.6", Numeral(96171.6)),
        ("2.00", Numeral(2)),
        ("+1", Numeral(1)),
        ("减4", Numeral(-4)),
        ("減3", Numeral(-3)),
        ("-8", Numeral(-8)),
        ("251000元", Numeral(251000, "元")),
        ("3.5 万元", Numeral(3.5, "万元")),
        ("12件", Numeral(12, "件")),
        ("22（其中修订 16 件）", Numeral(22)),
        ("251000(元)", Numeral(251000, "元")),
        ("减 4", Numeral(-4)),
        ("4（减）", None),
        ("12(万件)", None),
        ("12②", None),
        ("12²", None),
        ("①", None),
        ("1" * 16, None),
        ("1,23", None),
        ("1.属于国家秘密", None),
        ("2022年", None),
        ("", None),
        ("-", None),
        ("12 34", None),
    ],
)
def test_parse_numeral(raw: str, numeral: Numeral | None) -> None:
    assert parse_numeral(raw) == numeral


@pytest.mark.parametrize("raw", ["/", "-", "—", "——", " 无 ", "不适用"])
def test_marks_are_marks_and_no_numbers(raw: str) -> None:
    assert is_mark(raw)
    assert parse_numeral(raw) is None


@given(st.integers(-(10**9), 10**12), st.sampled_from([1, 10_000]))
def test_amounts_and_values_are_inverse(amount: int, scale: int) -> None:
    assert amount_of(value_of(amount, scale), scale) == amount


@given(st.integers(0, 10**9))
def test_thousands_separators_change_nothing(value: int) -> None:
    assert parse_numeral(f"{value:,}") == Numeral(value)
