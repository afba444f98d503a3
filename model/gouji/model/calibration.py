"""Calibration as plain numbers: from the logits of a head to probabilities that can be believed.

The numbers of `calibration.json` are fitted in training, on texts trained on by nothing else, and
applied here. Temperature scaling follows Guo et al., On Calibration of Modern Neural Networks
(2017), section 4.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gouji.model.errors import ModelError
from gouji.model.jsonl import DecodeError, decode, loads

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeadCalibration:
    """How the logits of one head become probabilities.

    The logits are divided by `temperature`. `curve` then maps the greatest probability of a token
    through straight lines between (stated, observed) points; the others keep their proportions.
    """

    temperature: float = 1.0
    curve: tuple[tuple[float, float], ...] = ()

    def apply(self, logits: Floats) -> Floats:
        """Probabilities of the same shape, (..., labels); over the last axis they sum to 1."""
        scaled = logits.astype(np.float32) / np.float32(self.temperature)
        scaled -= scaled.max(axis=-1, keepdims=True)
        weights = np.exp(scaled)
        found: Floats = weights / weights.sum(axis=-1, keepdims=True)
        return self._observed(found) if self.curve else found

    def _observed(self, stated: Floats) -> Floats:
        top = stated.max(axis=-1, keepdims=True)
        observed = np.interp(top, *np.transpose(self.curve)).astype(np.float32)
        rest = (1 - observed) / np.maximum(1 - top, np.float32(1e-9))
        mapped = np.where(stated == top, observed, stated * rest)
        shares: Floats = mapped / mapped.sum(axis=-1, keepdims=True)
        return shares


@dataclass(frozen=True, slots=True)
class LineCalibration:
    """How sure the row of a printed line is, on which its tokens vote together.

    Each curve maps the probability that they give it to how often it was right, through straight
    lines between (stated, observed) points: `whole` in tables of which every line was found once
    and in order, `part` in all others.
    """

    whole: tuple[tuple[float, float], ...] = ()
    part: tuple[tuple[float, float], ...] = ()

    def apply(self, stated: float, *, whole: bool) -> float:
        """The probability that can be believed; as stated where nothing was measured."""
        curve = self.whole if whole else self.part
        return float(np.interp(stated, *np.transpose(curve))) if curve else stated


@dataclass(frozen=True, slots=True)
class Trust:
    """Which of two opinions is right where they disagree; both may be wrong.

    `model` and `rules` are probabilities whose sum is at most 1.
    """

    model: float
    rules: float


UNMEASURED = Trust(0.7, 0.25)
"""What is taken for true of any disagreement until it has been measured."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """The trust in either opinion by condition, such as `requests.full.exact`.

    A condition that was not measured falls back on the one with its last part left out.
    """

    trust: Mapping[str, Trust] = field(default_factory=dict)

    def of(self, condition: str) -> Trust:
        """The trust under the most special of the measured conditions that cover this one.

        >>> Opinions({"requests": Trust(0.8, 0.1)}).of("requests.full.exact").model
        0.8
        """
        parts = condition.split(".")
        for n in range(len(parts), 0, -1):
            if found := self.trust.get(".".join(parts[:n])):
                return found
        return self.trust.get("", UNMEASURED)


@dataclass(frozen=True, slots=True)
class Heads:
    """The calibration of each head; a head left out is taken as it is."""

    table: HeadCalibration = field(default_factory=HeadCalibration)
    row: HeadCalibration = field(default_factory=HeadCalibration)
    column: HeadCalibration = field(default_factory=HeadCalibration)
    field: HeadCalibration = field(default_factory=HeadCalibration)


@dataclass(frozen=True, slots=True)
class Calibration:
    """All numbers of a `calibration.json`."""

    heads: Heads = field(default_factory=Heads)
    lines: LineCalibration = field(default_factory=LineCalibration)
    opinions: Opinions = field(default_factory=Opinions)

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """The numbers of a file; what the file leaves out is not corrected.

        Raises:
            ModelError: the file can't be read, or its numbers make no sense; it says which.
        """
        try:
            calibration = decode(cls, loads(path.read_text("utf-8")))
            _check(calibration)
        except OSError as error:
            raise ModelError(f"{path}：无法打开（{error.strerror}）") from error
        except (ValueError, DecodeError) as error:
            raise ModelError(f"{path}：校准数据有误：{error}") from error
        return calibration


def _check(calibration: Calibration) -> None:
    for item in fields(Heads):
        head: HeadCalibration = getattr(calibration.heads, item.name)
        if not head.temperature > 0:
            raise ValueError(f"heads.{item.name}.temperature: {head.temperature} is not positive")
        _check_curve(head.curve, f"heads.{item.name}.curve")
    _check_curve(calibration.lines.whole, "lines.whole")
    _check_curve(calibration.lines.part, "lines.part")
    for condition, trust in calibration.opinions.trust.items():
        if min(trust.model, trust.rules) < 0 or trust.model + trust.rules > 1 + 1e-9:
            raise ValueError(f"opinions.trust.{condition}: {trust} are no shares of 1")


def _check_curve(curve: tuple[tuple[float, float], ...], place: str) -> None:
    within = all(0 <= number <= 1 for point in curve for number in point)
    if not within or any(a >= b for (a, _), (b, _) in pairwise(curve)):
        raise ValueError(f"{place}: no rising points between 0 and 1")
