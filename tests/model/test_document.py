import pytest

from gouji.model.document import Document, OffsetRun, Place, Source

SOURCE = Source("a.txt", "0" * 64, "text/plain")


def test_offsets_follow_the_run_they_are_in() -> None:
    document = Document(SOURCE, "a\nb\nc", (OffsetRun(0, 1), OffsetRun(2, 4), OffsetRun(4, 7)))
    assert [document.source_offset(i) for i in range(6)] == [1, 2, 4, 5, 7, 8]


@pytest.mark.parametrize("index", [-1, 4])
def test_an_offset_outside_the_text_is_an_error(index: int) -> None:
    with pytest.raises(IndexError):
        Document(SOURCE, "abc").source_offset(index)


@pytest.mark.parametrize(
    ("span", "page"), [((0, 1), 1), ((2, 4), 1), ((3, 5), 2), ((4, 4), 2), ((8, 9), None)]
)
def test_place_of_is_the_first_place_that_overlaps(span: tuple[int, int], page: int | None) -> None:
    document = Document(SOURCE, "abcdefghij", places=(Place((0, 3), 1), Place((3, 7), 2)))
    place = document.place_of(span)
    assert (place.page if place else None) == page
