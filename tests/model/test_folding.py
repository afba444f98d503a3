import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.folding import fold, fold_char


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("（七） 總 計", "七总计"),
        ("３．危及“三安全一稳定”", "3危及三安全一稳定"),
        ("行政复⾏", "行政复行"),  # a Kangxi radical, as PDF text has it
        ("本年 收费金额\n（单位：万元）", "本年收费金额单位万元"),
        ("，。|\t", ""),
    ],
)
def test_fold_drops_dress_and_keeps_letters(printed: str, folded: str) -> None:
    assert fold(printed).text == folded


@given(st.text(max_size=60))
def test_every_folded_character_comes_from_its_origin(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    for char, origin in zip(folded.text, folded.origin, strict=True):
        assert char in fold_char(text[origin])
    assert list(folded.origin) == sorted(folded.origin)


def test_span_leads_back_to_the_unfolded_text() -> None:
    text = "表（七） 總 計 |"
    folded = fold(text, 1)
    start, end = folded.span(1, 3)
    assert text[start:end] == "總 計"
    with pytest.raises(ValueError, match="empty"):
        folded.span(2, 2)
