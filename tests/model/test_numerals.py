import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.numerals import (
    Numeral,
    amount_of,
    is_mark,
    is_torn,
    parse_numeral,
    respelled,
    value_of,
)


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


@pytest.mark.parametrize(
    ("raw", "numeral"),
    [
        ("1 2", Numeral(12)),
        ("1\n2", Numeral(12)),
        ("1 |\n 2", Numeral(12)),
        ("2 0 1 0", Numeral(2010)),
        ("１　２", Numeral(12)),
        ("1 ,234", Numeral(1234)),
        ("2. 5", Numeral(2.5)),
        ("2 .5", Numeral(2.5)),
        ("-1 2", Numeral(-12)),
        ("1 2件", Numeral(12, "件")),
        ("l2", Numeral(12)),
        ("Ol", None),
        ("O", Numeral(0)),
        ("ｌＯ", Numeral(10)),
        ("I,OOO", Numeral(1000)),
        ("O.5", Numeral(0.5)),
        ("减l元", Numeral(-1, "元")),
        ("12", None),
        ("12 件", None),
        ("0 4", None),
        ("1 /", None),
        ("1、2", None),
        ("l2（减）", None),
        ("1 2年", None),
        ("Oct 2", None),
        ("1 " * 16, None),
        ("", None),
    ],
)
def test_respelled_undoes_tears_and_letters(raw: str, numeral: Numeral | None) -> None:
    assert respelled(raw) == numeral


@given(st.integers(10, 10**9), st.sampled_from([" ", "\n", "　", " |\n"]), st.data())
def test_a_number_torn_anywhere_is_put_together(value: int, gap: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(str(value)) - 1))
    raw = str(value)[:at] + gap + str(value)[at:]
    assert respelled(raw) == Numeral(value)
    assert is_torn(raw)
    assert not is_torn(str(value))


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
