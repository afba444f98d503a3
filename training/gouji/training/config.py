"""The settings of a training: `default.toml` with the changes of a file of the same form."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from gouji.model.errors import ConfigError
from gouji.model.jsonl import DecodeError, decode
from gouji.model.network import ARCHITECTURES, EncoderShape
from gouji.training.synthesis.stream import Stage

OPTIMIZERS = ("adamw", "muon")

T = TypeVar("T")

Problems = list[tuple[str, str]]
"""Keys with what is wrong about their values."""

Check = Callable[[Mapping[str, Mapping[str, Any]]], Problems]
"""What is wrong about the values of settings, by part and key."""

_DEFAULT = "default.toml"
_TYPES = {"int": "整数", "float": "数", "str": "文字", "bool": "true 或 false"}


@dataclass(frozen=True, slots=True)
class DataSettings:
    """What is trained on and how it is cut; see `default.toml` for the meaning of each."""

    form: str
    seed: int
    window: int
    context: int
    batch_pieces: int
    windows_per_report: int
    prose: float
    pool: int
    leave_out: tuple[str, ...]
    stages: tuple[Stage, ...]
    development_seed: int
    development_reports: int
    vocabulary: int
    vocabulary_reports: int
    vocabulary_least: int


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How the weights are found; see `default.toml` for the meaning of each."""

    seed: int
    threads: int
    steps: int
    max_minutes: float
    restart_minutes: float
    restart_pace: float
    bf16: bool
    optimizer: str
    learning_rate: float
    muon_learning_rate: float
    warmup_steps: int
    weight_decay: float
    clip: float
    average: float
    evaluate_steps: int
    patience: int
    checkpoint_minutes: float


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """What probabilities are calibrated on; see `default.toml` for the meaning of each."""

    seed: int
    reports: int


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """All settings of a training."""

    network: EncoderShape
    data: DataSettings
    loop: LoopSettings
    calibration: CalibrationSettings


def read_config(path: Path | None = None) -> TrainingConfig:
    """The default settings with the changes of a TOML file.

    Raises:
        ConfigError: the file can't be read, or a setting in it is unknown, of the wrong type or
            out of range; the message names file and key.
    """
    return read_settings(TrainingConfig, path, _DEFAULT, _problems)


def parse_config(text: str, name: str) -> TrainingConfig:
    """The default settings with the changes of a TOML text; `name` stands in error messages.

    Raises:
        ConfigError: as `read_config`.
    """
    return _parsed(TrainingConfig, (text, name), _DEFAULT, _problems)


def read_settings(type_: type[T], path: Path | None, default: str, check: Check) -> T:
    """The settings of a file of defaults beside this module with the changes of a TOML file.

    Raises:
        ConfigError: as `read_config`.
    """
    if path is None:
        return _parsed(type_, ("", default), default, check)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"无法打开设置文件 {path}（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}：设置文件应为 UTF-8 编码") from error
    return _parsed(type_, (text, path.name), default, check)


def _parsed(type_: type[T], changed: tuple[str, str], default: str, check: Check) -> T:
    """The settings with the changes of a text, which is given with its name."""
    text, name = changed
    try:
        changes = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}：不是有效的 TOML（{error}）") from error
    settings = tomllib.loads((files("gouji.training") / default).read_text("utf-8"))
    for part, values in changes.items():
        if part not in settings:
            raise ConfigError(f"{name}：未知的设置 {part}；可用的部分：{'、'.join(settings)}")
        if not isinstance(values, Mapping):
            raise ConfigError(f"{name}：{part} 应为一个部分 [{part}]，现为 {values!r}")
        settings[part] |= values
    try:
        config = decode(type_, settings)
    except DecodeError as error:
        raise ConfigError(f"{name}：{_wording(error)}") from error
    for key, problem in check(settings):
        raise ConfigError(f"{name}：{key} {problem}")
    return config


def _problems(settings: Mapping[str, Mapping[str, Any]]) -> Problems:
    """Keys with what is wrong about their values."""
    network, data, loop = (settings[part] for part in ("network", "data", "loop"))
    above_zero = [
        *(("network", key) for key in ("hidden", "layers", "heads", "ffn")),
        *(("data", key) for key in ("window", "batch_pieces", "windows_per_report", "pool")),
        *(("data", key) for key in ("development_reports", "vocabulary", "vocabulary_reports")),
        *(("loop", key) for key in ("threads", "steps", "learning_rate", "clip")),
        ("loop", "muon_learning_rate"),
        *(("loop", key) for key in ("evaluate_steps", "checkpoint_minutes")),
        ("calibration", "reports"),
    ]
    shares = [("network", key) for key in ("dropout", "feature_dropout", "word_dropout")]
    shares += [("data", "prose"), ("loop", "average")]
    checks = [
        *(
            (f"{part}.{key}", isfinite(settings[part][key]) and settings[part][key] > 0, "应大于 0")
            for part, key in above_zero
        ),
        *((f"{p}.{k}", 0 <= settings[p][k] <= 1, "应在 0 与 1 之间") for p, k in shares),
        (
            "network.architecture",
            network["architecture"] in ARCHITECTURES,
            f"应为 {'、'.join(ARCHITECTURES)} 之一",
        ),
        ("network.hidden", network["hidden"] % (2 * network["heads"]) == 0, "应为 heads 的偶数倍"),
        ("data.context", 0 <= 2 * data["context"] < data["window"], "应小于 window 的一半"),
        ("data.batch_pieces", data["batch_pieces"] >= data["window"], "应不小于 window"),
        (
            "data.development_seed",
            data["development_seed"] != data["seed"],
            "不得与 data.seed 相同：验证不能用训练过的报告",
        ),
        (
            "calibration.seed",
            settings["calibration"]["seed"] not in (data["seed"], data["development_seed"]),
            "不得与 data.seed 或 data.development_seed 相同：校准须用别的报告",
        ),
        (
            "data.stages",
            all(weight > 0 for stage in data["stages"] for weight in stage["weights"].values()),
            "的权重应大于 0",
        ),
        *loop_checks(loop),
    ]
    return [(key, problem) for key, holds, problem in checks if not holds]


def loop_checks(loop: Mapping[str, Any]) -> list[tuple[str, bool, str]]:
    """Keys of the part `loop`, whether they are right, and what is wrong if they are not."""
    not_negative = ("max_minutes", "warmup_steps", "patience", "weight_decay")
    return [
        *((f"loop.{key}", loop[key] >= 0, "不应为负") for key in not_negative),
        (
            "loop.optimizer",
            loop["optimizer"] in OPTIMIZERS,
            f"应为 {'、'.join(OPTIMIZERS)} 之一",
        ),
        (
            "loop.restart_minutes",
            0 <= loop["restart_minutes"] <= loop["max_minutes"],
            "应在 0 与 max_minutes 之间",
        ),
        ("loop.restart_pace", 0 <= loop["restart_pace"] <= 1, "应在 0 与 1 之间"),
    ]


def _wording(error: DecodeError) -> str:
    if error.known:
        return f"未知的设置 {error.path}；可用：{'、'.join(error.known)}"
    return f"{error.path} 应为{_TYPES.get(error.expected, error.expected)}，现为 {error.found}"
