"""Calibration: from what the recogniser says to how often it is right."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gouji.inference.scan.decoding import Strings


@dataclass(frozen=True, slots=True)
class Calibration:
    """A temperature, and the most that any string can be sure of.

    Probabilities are raised to 1 / `temperature` and made to sum to 1 with what is left to
    readings that are not listed; then all are multiplied by `surest`.
    """

    temperature: float
    surest: float

    def __call__(self, strings: Strings) -> Strings:
        """The strings with calibrated probabilities, likeliest first."""
        rest = max(0.0, 1 - sum(p for _, p in strings))
        weights = [(text, p ** (1 / self.temperature)) for text, p in strings]
        total = sum(weight for _, weight in weights) + rest ** (1 / self.temperature)
        return tuple((text, self.surest * weight / total) for text, weight in weights)


@cache
def load_calibration() -> Calibration:
    """The calibration that was fitted on scans of the tuning set."""
    shipped = json.loads((files("gouji.inference.scan") / "calibration.json").read_text("utf-8"))
    return Calibration(shipped["temperature"], shipped["surest"])


def calibrated(strings: Strings) -> Strings:
    """The strings with calibrated probabilities, likeliest first."""
    return load_calibration()(strings)
