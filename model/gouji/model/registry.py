"""The models by name: the rules, those that ship with gouji, and a person's own.

A person's own models lie in `$GOUJI_HOME/models/NAME/` (without the variable in the platform's
folder for user data); `current` in the same folder is a file of one line, the name of the model
that is used where none is named.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from platformdirs import user_data_path

from gouji.model.atomic import write_atomically
from gouji.model.errors import ModelError
from gouji.model.gate_file import refusals_of

RULES = "rules"
"""The name of the rule extractor, which needs no model."""

CONFIG, NETWORK = "config.json", "model.onnx"
CALIBRATION, THRESHOLDS = "calibration.json", "thresholds.json"
TOKENIZER, TRAINING, CARD = "tokenizer.json", "training.json", "README.md"
"""The files of a model folder that extraction, or a person who chooses a model, reads."""

_DECIDING = (CONFIG, NETWORK, TOKENIZER, CALIBRATION, THRESHOLDS)
_CURRENT = "current"


class Origin(StrEnum):
    """Where a model comes from."""

    RULES = "rules"
    SHIPPED = "shipped"
    OWN = "own"
    FOLDER = "folder"


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be used; `folder` is None for the rules alone."""

    name: str
    origin: Origin
    folder: Path | None = None

    @property
    def reference(self) -> str:
        """What `find_model` finds the model by: its name, or the path of a folder."""
        return str(self.folder) if self.origin is Origin.FOLDER else self.name

    @cached_property
    def version(self) -> str:
        """What reports say of the model: its name, with a digest if others may have that name.

        Shipped models and the rules are told by gouji's own version; what lies in a person's own
        folder may be replaced under the same name.

        Raises:
            ModelError: a file of the folder can't be read.
        """
        if self.folder is None or self.origin is Origin.SHIPPED:
            return self.name
        digest = hashlib.sha256()
        try:
            for name in _DECIDING:
                path = self.folder / name
                content = path.read_bytes() if path.is_file() else b""
                digest.update(hashlib.sha256(content).digest())
        except OSError as error:
            raise ModelError(f"{self.folder}：无法读取模型（{error.strerror}）") from error
        return f"{self.name}@{digest.hexdigest()[:12]}"


def home() -> Path:
    """The folder that a person's own models lie in, whether it is there or not."""
    given = os.environ.get("GOUJI_HOME")
    return (Path(given) if given else user_data_path("gouji", appauthor=False)) / "models"


def list_models() -> tuple[ModelEntry, ...]:
    """The rules, the shipped models and the person's own, each group by name.

    Of two with the same name a person's own is listed and found; none but the rules is `rules`.
    """
    own = {
        folder.name: ModelEntry(folder.name, Origin.OWN, folder)
        for folder in _within(home())
        if folder.name != RULES
    }
    shipped = [
        ModelEntry(folder.name, Origin.SHIPPED, folder)
        for folder in _within(_shipped())
        if folder.name not in own
    ]
    return (ModelEntry(RULES, Origin.RULES), *shipped, *own.values())


def find_model(name: str | Path | None = None) -> ModelEntry:
    """The model of a name, or in a folder; without either the one in use.

    A path is told from a name by a separator in it, or by being no model's name.

    Raises:
        ModelError: there is none; the names that there are are listed.
    """
    if name is None:
        return current_model()
    known = {model.name: model for model in list_models()}
    if isinstance(name, str) and name in known:
        return known[name]
    folder = Path(name)
    if (folder / CONFIG).is_file():
        return ModelEntry(folder.resolve().name, Origin.FOLDER, folder)
    if folder.is_dir() or len(folder.parts) > 1:
        raise ModelError(f"{folder}：不是模型文件夹（没有 {CONFIG}）")
    raise ModelError(f"没有名为“{name}”的模型；可用：{'、'.join(known)}，或给出模型文件夹")


def current_model() -> ModelEntry:
    """The model that a person chose with `use_model`, else the shipped one, else the rules.

    Raises:
        ModelError: the chosen one is gone.
    """
    path = home() / _CURRENT
    try:
        name = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return _default()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}：无法读取当前模型的名称（{error}）") from error
    known = {model.name: model for model in list_models()}
    if name not in known:
        raise ModelError(
            f"{path} 所指的模型“{name}”已不在；请用 gouji models use 另选：{'、'.join(known)}"
        )
    return known[name]


def use_model(name: str) -> ModelEntry:
    """Makes a model the one that is used where none is named, and returns it.

    A model that was compared with the one it comes from must have passed, or a person must have
    let it pass.

    Raises:
        ModelError: there is none of this name, the comparison refuses it or does not tell, or the
            choice can't be written.
    """
    known = {model.name: model for model in list_models()}
    if name not in known:
        raise ModelError(f"没有名为“{name}”的模型；可用：{'、'.join(known)}")
    folder = known[name].folder
    if folder is not None and (refusals := refusals_of(folder, known[name].version)):
        listed = "".join(f"\n{refusal}" for refusal in refusals)
        raise ModelError(f"模型“{name}”与原模型的比较未通过，不能选用（--force 可放行）：{listed}")
    path = home() / _CURRENT
    try:
        write_atomically(path, f"{name}\n".encode())
    except OSError as error:
        raise ModelError(f"{path}：无法写入（{error.strerror}）") from error
    return known[name]


def _default() -> ModelEntry:
    """The last of the shipped models by name: a package carries one, a newer one sorts behind."""
    shipped = [ModelEntry(folder.name, Origin.SHIPPED, folder) for folder in _within(_shipped())]
    return shipped[-1] if shipped else ModelEntry(RULES, Origin.RULES)


def _shipped() -> Path:
    return Path(str(files("gouji.model") / "weights"))


def _within(folder: Path) -> Iterator[Path]:
    """The model folders directly in a folder, by name."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if (path / CONFIG).is_file())
