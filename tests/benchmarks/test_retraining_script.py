import subprocess
import sys
from pathlib import Path

from gouji.annotations.corpus import read_annotations
from gouji.annotations.sample_files import check_files
from gouji.inference.evaluation import read_golds
from gouji.model.form_file import load_form

SCRIPT = Path(__file__).parent / "retraining.py"


def script(*arguments: str) -> int:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_samples_are_sound_and_no_report_is_one_of_them(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--family", "quoted_csv", "--samples", "3", "--reports", "2")
    assert script(str(out), *options) == 0
    assert check_files([out / "samples.jsonl"], load_form()).n_errors == 0
    own = {annotation.text for annotation in read_annotations(out / "samples.jsonl")}
    reports = {path.read_text("utf-8") for path in (out / "sources").iterdir()}
    assert (len(own), len(reports), len(read_golds(out / "gold"))) == (3, 2, 2)
    assert not own & reports


def test_one_seed_for_samples_and_reports_is_refused(tmp_path: Path) -> None:
    assert script(str(tmp_path / "out"), "--seed", "1", "--test-seed", "1") == 2
    assert not (tmp_path / "out").exists()
