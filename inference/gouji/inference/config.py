"""Settings: one frozen class for each stage, all of them in one value, read from a TOML file.

A file names only what it changes, by stage:

    [limits]
    timeout_s = 120
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from gouji.inference.readers.limits import Limits
from gouji.inference.readers.recognising import Ocr
from gouji.model.errors import ConfigError
from gouji.model.jsonl import DecodeError, decode, dumps, encode
from gouji.model.reconciling.settings import ReconcilingSettings, load_settings, parse_settings

T = TypeVar("T")

_TYPE_NAMES = {"int": "整数", "float": "数", "str": "文字", "bool": "true 或 false"}


@dataclass(frozen=True, slots=True)
class Tagging:
    """How the tables are tagged.

    With `second_opinion` the rules have a say beside a trained model; what the two agree on is
    surer, and where they differ the sums decide or a person has to look.
    """

    second_opinion: bool = True


@dataclass(frozen=True, slots=True)
class Recognising:
    """Which pages are recognised: `auto`, `always` or `never` (`Ocr`)."""

    ocr: Ocr = Ocr.AUTO


@dataclass(frozen=True)
class Settings:
    """Everything that may be set and changes results; how many workers there are is not in it."""

    limits: Limits = field(default_factory=Limits)
    reconciling: ReconcilingSettings = field(default_factory=load_settings)
    tagging: Tagging = field(default_factory=Tagging)
    recognition: Recognising = field(default_factory=Recognising)

    @cached_property
    def sha256(self) -> str:
        """The digest over every setting, as it stands in `made_by.settings_sha256`."""
        return hashlib.sha256(dumps(encode(self)).encode()).hexdigest()


def read_settings(path: Path) -> Settings:
    """The shipped settings with the changes of a TOML file.

    Raises:
        ConfigError: the file can't be read, or a setting in it is unknown, of the wrong type or
            out of range; the message names file and key.
    """
    try:
        return parse_config(path.read_text("utf-8-sig"), path.name)
    except OSError as error:
        raise ConfigError(f"无法打开设置文件 {path}（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}：设置文件应为 UTF-8 编码") from error


def parse_config(text: str, name: str) -> Settings:
    """The shipped settings with the changes of a TOML text; `name` appears in error messages.

    Raises:
        ConfigError: as `read_settings`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}：不是有效的 TOML（{error}）") from error
    known = [stage.name for stage in fields(Settings)]
    for stage, changes in raw.items():
        if stage not in known:
            raise ConfigError(f"{name}：未知的设置 {stage}；可用的部分：{'、'.join(known)}")
        if not isinstance(changes, Mapping):
            raise ConfigError(f"{name}：{stage} 应为一个部分 [{stage}]，现为 {changes!r}")
        for key, value in changes.items():
            if isinstance(value, float) and not isfinite(value):
                raise ConfigError(f"{name} [{stage}]：{key} 应为有限的数，现为 {value}")
    return Settings(
        **{stage: _PARSERS[stage](changes, f"{name} [{stage}]") for stage, changes in raw.items()}
    )


def _limits(changes: Mapping[str, Any], place: str) -> Limits:
    return _decoded(Limits, changes, place)


def _recognition(changes: Mapping[str, Any], place: str) -> Recognising:
    return _decoded(Recognising, changes, place)


def _tagging(changes: Mapping[str, Any], place: str) -> Tagging:
    return _decoded(Tagging, changes, place)


def _decoded(cls: Callable[[], T], changes: Mapping[str, Any], place: str) -> T:
    """The stage's settings with the changes to its defaults."""
    default = cls()
    try:
        return decode(type(default), {**encode(default), **changes})
    except DecodeError as error:
        raise ConfigError(f"{place}：{_wording(error)}") from error
    except ConfigError as error:
        raise ConfigError(f"{place}：{error}") from error


def _reconciling(changes: Mapping[str, Any], place: str) -> ReconcilingSettings:
    return parse_settings({**encode(load_settings()), **changes}, place)


_PARSERS: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    "limits": _limits,
    "recognition": _recognition,
    "reconciling": _reconciling,
    "tagging": _tagging,
}


def _wording(error: DecodeError) -> str:
    if error.known:
        return f"未知的设置 {error.path}；可用：{'、'.join(error.known)}"
    wanted = _TYPE_NAMES.get(error.expected) or error.expected.replace("one of", "以下之一：")
    return f"{error.path} 应为{wanted}，现为 {error.found}"
