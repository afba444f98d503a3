"""The bulk benchmark on a few pages: kills leave no trace, and a difference would be found."""

from pathlib import Path

import pytest

from tests.benchmarks.bulk import as_markdown, differing, measured, write_page

N_PAGES = 15


@pytest.mark.slow
def test_runs_cut_short_come_to_the_same_files(tmp_path: Path) -> None:
    for number in range(N_PAGES):
        write_page(tmp_path / "pages", 1, number)
    bulk = measured(tmp_path, N_PAGES, 1, "rules")
    assert bulk.differing == ()
    assert bulk.samples[-1].done == N_PAGES
    assert all(sample.worker_mb > 20 for sample in bulk.samples[:-1])
    assert "0 files differ" in as_markdown(bulk)
    (tmp_path / "cut/summary.csv").write_text("changed")
    (tmp_path / "cut/more.csv").write_text("more")
    assert list(differing(tmp_path / "whole", tmp_path / "cut")) == ["more.csv", "summary.csv"]
