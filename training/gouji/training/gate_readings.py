"""Readings of generated reports, kept so that a model reads the same report once for all gates.

They lie in `$GOUJI_HOME/readings/` (without the variable in the platform's folder for caches), one
file a family, in a folder for all that decides them: the files of the model, the code that reads
and that generates, the packages that compute, the settings and the seed. A change of any of them is
another folder. The whole may be deleted at any time.
"""

import hashlib
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from shutil import rmtree

from platformdirs import user_cache_path

from gouji.inference.config import Settings
from gouji.model.form import Form
from gouji.model.jsonl import dumps, encode, read_lines, write_lines
from gouji.model.registry import ModelEntry, Origin
from gouji.training.gate import Counted, GateSettings

_CODE = ("gouji.model", "gouji.inference", "gouji.training.synthesis")
_COMPUTING = ("numpy", "onnxruntime", "ortools", "rapidfuzz", "tokenizers")
_WEIGHTS = "weights"  # of the shipped models, told by the digest of the one that reads
_KEPT_FOLDERS = 8


@dataclass(frozen=True, slots=True)
class Readings:
    """The folder of one model's readings; a family's are those of its reports 0, 1, 2, ..."""

    folder: Path

    def of(self, family: str) -> tuple[Counted, ...]:
        """The readings that there are; none where the file is lost or broken."""
        try:
            return tuple(read_lines(self._path(family), Counted))
        except (OSError, ValueError):
            return ()

    def keep(self, family: str, counted: Sequence[Counted]) -> None:
        """Keeps a family's readings in place of earlier ones.

        Raises:
            OSError: the file can't be written.
        """
        write_lines(self._path(family), counted)

    def _path(self, family: str) -> Path:
        return self.folder / f"{family}.jsonl"


def readings_of(model: ModelEntry, form: Form, settings: GateSettings) -> Readings:
    """The readings that are kept of a model; the folders that were not used for longest go.

    Raises:
        ModelError: the files of the model can't be read.
        OSError: a folder can't be made or removed.
    """
    home = _home()
    folder = home / _digest(model, form, settings)
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    by_use = sorted(home.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for unused in by_use[_KEPT_FOLDERS:]:
        rmtree(unused)
    return Readings(folder)


def _home() -> Path:
    given = os.environ.get("GOUJI_HOME")
    return (Path(given) if given else user_cache_path("gouji", appauthor=False)) / "readings"


def _digest(model: ModelEntry, form: Form, settings: GateSettings) -> str:
    """The digest of all that decides what a model reads in the generated reports."""
    files_of_model = ""
    if model.folder is not None:
        alone = ModelEntry("", Origin.FOLDER, model.folder)  # its version is told by its files
        files_of_model = alone.version
    decides = {
        "model": files_of_model,
        "form": form.sha256,
        "seed": settings.seed,
        "settings": encode(Settings()),
        "code": {package: package_sha256(package) for package in _CODE},
        "packages": {name: version(name) for name in _COMPUTING},
        "machine": (platform.python_version(), platform.machine()),
    }
    return hashlib.sha256(dumps(decides).encode()).hexdigest()[:32]


def package_sha256(package: str) -> str:
    """The digest of the files of a package, those of shipped models left out."""
    digest = hashlib.sha256()
    root = Path(str(files(package)))
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and "__pycache__" not in parts and parts[0] != _WEIGHTS:
            digest.update("/".join(parts).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
