"""The settings of a retraining: `retrain.toml` with the changes of a file of the same form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gouji.model.network import EncoderShape
from gouji.training.config import (
    CalibrationSettings,
    DataSettings,
    LoopSettings,
    Problems,
    TrainingConfig,
    loop_checks,
    read_settings,
)
from gouji.training.gate import GateSettings


@dataclass(frozen=True, slots=True)
class MixingSettings:
    """What is trained on and how it is cut; see `retrain.toml` for the meaning of each."""

    seed: int
    rehearsal: float
    keeping: float
    withheld: float
    least_groups: int
    batch_pieces: int
    windows_per_report: int
    prose: float
    pool: int
    development_seed: int
    development_reports: int


@dataclass(frozen=True, slots=True)
class RetrainingConfig:
    """All settings of a retraining."""

    mixing: MixingSettings
    loop: LoopSettings
    calibration: CalibrationSettings
    gate: GateSettings

    def training(self, network: EncoderShape, data: DataSettings) -> TrainingConfig:
        """These settings as those of a training that goes on from a model's own.

        All families are drawn alike: what is seldom rehearsed is forgotten first, and rehearsing
        makes no reader unsure of others.
        """
        mixing = self.mixing
        mixed = replace(
            data,
            seed=mixing.seed,
            batch_pieces=mixing.batch_pieces,
            windows_per_report=mixing.windows_per_report,
            prose=mixing.prose,
            pool=mixing.pool,
            development_seed=mixing.development_seed,
            development_reports=mixing.development_reports,
            stages=(),
        )
        return TrainingConfig(network, mixed, self.loop, self.calibration)


def read_retraining_config(path: Path | None = None) -> RetrainingConfig:
    """The default settings with the changes of a TOML file.

    Raises:
        ConfigError: the file can't be read, or a setting in it is unknown, of the wrong type or
            out of range; the message names file and key.
    """
    return read_settings(RetrainingConfig, path, "retrain.toml", _problems)


def _problems(settings: Mapping[str, Mapping[str, Any]]) -> Problems:
    mixing, gate = settings["mixing"], settings["gate"]
    above_zero = [
        *(("mixing", key) for key in ("batch_pieces", "windows_per_report", "pool")),
        *(("mixing", key) for key in ("development_reports", "least_groups")),
        *(("loop", key) for key in ("threads", "steps", "learning_rate", "clip")),
        *(("loop", key) for key in ("muon_learning_rate", "evaluate_steps", "checkpoint_minutes")),
        ("calibration", "reports"),
        ("gate", "reports"),
    ]
    seeds = [mixing["seed"], mixing["development_seed"], settings["calibration"]["seed"]]
    checks = [
        *((f"{part}.{key}", settings[part][key] > 0, "应大于 0") for part, key in above_zero),
        ("mixing.keeping", mixing["keeping"] >= 0, "不应为负"),
        *((f"gate.{key}", gate[key] >= 0, "不应为负") for key in ("margin", "flagged_margin")),
        *((f"mixing.{key}", 0 <= mixing[key] <= 1, "应在 0 与 1 之间") for key in ("prose",)),
        *(
            (f"mixing.{key}", 0 <= mixing[key] < 1, "应不小于 0 而小于 1")
            for key in ("rehearsal", "withheld")
        ),
        (
            "gate.seed",
            len({*seeds, gate["seed"]}) == len(seeds) + 1,
            "与各处的 seed 不得相同：训练、验证、校准和比较须用不同的报告",
        ),
        *loop_checks(settings["loop"]),
    ]
    return [(key, problem) for key, holds, problem in checks if not holds]
