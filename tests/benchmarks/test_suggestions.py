from pathlib import Path

from tests.benchmarks.suggestions import judged, pool_of, rows


def test_suggestions_are_compared_with_chance(tmp_path: Path) -> None:
    pool = pool_of(tmp_path, 1, 3, "rules")
    names = list(pool.layouts)
    assert len(names) == 6
    assert judged(pool, names) == (len(pool.unusable), sum(pool.not_right.values()), 6)
    table = list(rows(pool, 2, 1))
    assert [row.split("|")[1].strip() for row in table[2:]] == [
        "suggested",
        "most flagged",
        "drawn at random",
    ]
