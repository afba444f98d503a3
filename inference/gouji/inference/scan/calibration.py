"""Calibration: from what the recogniser says to how often it is right."""

from gouji.inference.scan.decoding import Strings


def calibrated(strings: Strings) -> Strings:
    """The strings with calibrated probabilities, likeliest first."""
    return strings
