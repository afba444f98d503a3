"""The lineage of models: which came from which and when, and whether the gate let them pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gouji.model.errors import ModelError
from gouji.model.gate_file import GATE
from gouji.model.jsonl import loads
from gouji.model.registry import TRAINING, ModelEntry


class Gate(StrEnum):
    """What came of the comparison of a model with the one that it comes from."""

    NONE = "none"  # it was not compared
    PASSED = "passed"
    FORCED = "forced"  # refused, and let pass by a person
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Version:
    """A model among its relatives: `parent` is the version that it was trained on from.

    `date` is the day of its training, YYYY-MM-DD. Both are None where the model does not tell.
    """

    name: str
    version: str
    parent: str | None = None
    date: str | None = None
    gate: Gate = Gate.NONE

    def is_child_of(self, other: "Version") -> bool:
        """Whether it was trained on from the other one, under whatever name that lies now."""
        if self.parent is None:
            return False
        digest = self.parent.rpartition("@")[1:]
        return self.parent == other.version or ("@" in digest and digest[1] == _digest(other))


def version_of(model: ModelEntry) -> Version:
    """What the folder of a model tells of its origin.

    Raises:
        ModelError: a record in it is broken.
    """
    if model.folder is None:
        return Version(model.name, model.version)
    training, gate = (_record(model.folder / name) for name in (TRAINING, GATE))
    told = {key: training[key] for key in ("parent", "date") if isinstance(training.get(key), str)}
    return Version(model.name, model.version, **told, gate=_verdict(gate))


def in_order(versions: Sequence[Version]) -> tuple[int, ...]:
    """The versions by their numbers: parents before children, else by date, those without first."""
    left = list(range(len(versions)))
    done: list[int] = []
    while left:
        free = [n for n in left if not any(versions[n].is_child_of(versions[o]) for o in left)]
        first = min(free or left, key=lambda n: (versions[n].date or "", n))
        left.remove(first)
        done.append(first)
    return tuple(done)


def _digest(version: Version) -> str:
    return version.version.rpartition("@")[2]


def _verdict(gate: Mapping[str, Any]) -> Gate:
    if not gate:
        return Gate.NONE
    if gate.get("passed") is True:
        return Gate.PASSED
    return Gate.FORCED if gate.get("forced") else Gate.REFUSED


def _record(path: Path) -> Mapping[str, Any]:
    """The content of a file of records; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        told = loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}：无法读取（{error}）") from error
    if not isinstance(told, Mapping):
        raise ModelError(f"{path}：应为 JSON 对象")
    return told
