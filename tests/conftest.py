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
def seeds_run(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder into which the real command extracted seeds/, and what it said, once for all."""
    out = tmp_path_factory.mktemp("extracted")
    done = subprocess.run(
        [sys.executable, "-m", "gouji", "extract", str(root / "seeds"), "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out, done.stderr


@pytest.fixture(scope="session")
def extracted_seeds(seeds_run: tuple[Path, str]) -> Path:
    """The folder into which the real command extracted seeds/."""
    return seeds_run[0]


@pytest.fixture(scope="session")
def extracted_seeds_messages(seeds_run: tuple[Path, str]) -> str:
    """What the real command said while it extracted seeds/."""
    return seeds_run[1]
