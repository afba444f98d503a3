"""The speed benchmark measures what it says, and refuses to report a run that failed."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.benchmarks.speed import InProcess, Run, Speed, as_json, as_table, copies, extracted

SPEED = Speed(
    machine={"cores": 2},
    start_up_s=0.25,
    in_process=InProcess(
        reports=8,
        reading=80.0,
        network=40.0,
        pipeline=10.0,
        slowest_s=0.5,
        stages={"the network": 25.0, "the rest": 75.0},
    ),
    runs=(Run(workers=2, reports=8, seconds=0.5, peak_memory_mb=100.0),),
)


def test_files_are_taken_in_turn_until_there_are_enough(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for name in ("b", "a"):
        (sources / f"{name}.txt").write_text(name, "utf-8")
    files = copies(sources, 3, tmp_path / "copies")
    assert [file.read_text("utf-8") for file in files] == ["a", "b", "a"]
    assert len({file.name for file in files}) == 3


def test_folder_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \.txt file"):
        copies(tmp_path, 3, tmp_path / "copies")


def test_run_is_measured_with_its_workers(root: Path) -> None:
    run = extracted(root / "seeds", n_reports=5, workers=2)
    assert run.reports_per_second == run.reports / run.seconds
    assert 20 < run.peak_memory_mb < 500


def test_failed_run_is_no_measurement(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.7 not a text")
    with pytest.raises(subprocess.CalledProcessError):
        extracted(tmp_path, n_reports=1, workers=1)


def test_json_states_rates_beside_what_they_follow_from() -> None:
    data = json.loads(as_json(SPEED))
    assert data["in_process"]["share_of_network"] == 0.25
    assert data["runs"][0]["reports_per_second"] == 16.0


def test_table_has_a_line_for_each_run_and_rate() -> None:
    lines = list(as_table(SPEED))
    assert "| `gouji extract`, 2 workers | 8 | 16.0 reports/s, peak 100 MiB |" in lines
    assert any("25% of the bare network" in line for line in lines)
    assert "| the rest, where it is needed | 8 | 75.0 ms a report |" in lines
    assert len(lines) == 9
