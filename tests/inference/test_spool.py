from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from gouji.inference.spool import Spool

VALUES = st.none() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.lists(st.lists(VALUES), max_size=9), st.lists(st.lists(VALUES), max_size=9))
def test_rows_come_back_in_their_order_as_often_as_asked(
    first: list[list[int | float | str | None]], further: list[list[int | float | str | None]]
) -> None:
    with closing(Spool()) as spool:
        spool.extend(first)
        assert list(spool) == first
        spool.extend(further)
        assert list(spool) == list(spool) == first + further
