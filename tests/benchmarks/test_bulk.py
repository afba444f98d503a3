"""The bulk benchmark on a few pages: kills leave no trace, and a difference would be found."""

from pathlib import Path

import pytest

from tests.benchmarks.bulk import Bulk, Sample, as_markdown, differing, measured, write_page

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


def test_growth_is_that_of_the_second_half_over_the_first_without_its_first_tenth() -> None:
    sizes = {5: 10.0, 10: 100.0, 50: 90.0, 60: 120.0, 100: 60.0}
    samples = tuple(Sample(done, done / 10, mb) for done, mb in sizes.items())
    bulk = Bulk(100, 2, "rules", samples, 10.0, 2, ())
    assert bulk.growth == pytest.approx(0.2)
    assert "larger by 20.0% than that of the first" in as_markdown(bulk)
