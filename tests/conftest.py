"""What several test files share: repeatable property tests, and the sample reports extracted."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds Makefile and seeds/."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def extracted_seeds(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the real command extracted seeds/, once for all tests."""
    out = tmp_path_factory.mktemp("extracted")
    done = subprocess.run(
        [sys.executable, "-m", "gouji", "extract", str(root / "seeds"), "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out
