"""The fuzz run on a few files; files that have crashed a reader are read again."""

import os

import pytest

from tests.benchmarks import fuzz


def test_damaged_files_crash_no_reader() -> None:
    total = fuzz.fuzz(seed=1, n_files=600, workers=1)
    assert total.crashes == []
    assert sum(total.outcomes.values()) == 600
    assert min(total.outcomes["document"], total.outcomes["Corrupt"]) > 100
    assert total.slowest_s < 10


def test_damaged_pdf_files_crash_no_reader() -> None:
    total = fuzz.fuzz(seed=1, n_files=60, workers=1, kind="pdf")
    assert total.crashes == []
    assert min(total.outcomes["document"], total.outcomes["Corrupt"]) > 5
    assert total.slowest_s < 10


def test_damaged_pictures_crash_no_reader() -> None:
    total = fuzz.fuzz(seed=1, n_files=40, workers=1, kind="pictures")
    assert total.crashes == []
    assert min(total.outcomes["document"], total.outcomes["Corrupt"]) > 5
    assert total.slowest_s < 30


def test_a_process_that_ends_is_told_with_its_files() -> None:
    (tally,) = fuzz._mapped(_end, [range(7, 9)], workers=2)
    assert tally.outcomes == {"crash": 2}
    assert tally.crashes[0].startswith("files 7 to 8: ProcessExpired")


def _end(_: range) -> fuzz.Tally:
    os._exit(3)


@pytest.mark.parametrize(("seed", "number"), [(1, 456), (2, 10765)])
def test_file_that_has_crashed_a_reader_is_an_error(seed: int, number: int) -> None:
    assert fuzz.tried(seed, range(number, number + 1)).outcomes["crash"] == 0


def test_crash_is_told_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise ZeroDivisionError("inside a reader")

    monkeypatch.setattr(fuzz, "read_bytes", read)
    total = fuzz.tried(1, range(7, 8))
    assert total.outcomes == {"crash": 1}
    assert total.crashes[0].startswith("file 7\n")
    assert "inside a reader" in total.crashes[0]
