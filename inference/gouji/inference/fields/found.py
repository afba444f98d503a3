"""Found values: what a rule read for a field, where, and how sure the rule is of it."""

import re
from dataclasses import dataclass, replace

from gouji.model.findings import Span
from gouji.model.folding import Folded
from gouji.model.mention import Number


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure each kind of evidence is: stated, not calibrated."""

    title: float = 0.99
    metadata: float = 0.97
    signature: float = 0.97
    sentence: float = 0.95
    plain: float = 0.9
    fuzzy: float = 0.85
    elsewhere: float = 0.82  # read from a part of the report where the value is not expected
    partial: float = 0.7  # perhaps only a part of the whole, or about a neighbouring matter
    guess: float = 0.6
    contradicted: float = 0.5
    absent: float = 0.9
    review_below: float = 0.8


CONFIDENCE = Confidence()


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it was read; value None: something stands there, but it can't be read."""

    value: Number | str | None
    span: Span
    confidence: float

    def at_most(self, confidence: float) -> "Found":
        """The same, no surer than `confidence`."""
        return replace(self, confidence=min(self.confidence, confidence))


def read_at(view: Folded, span: Span, value: Number | str | None, confidence: float) -> Found:
    """A value read at characters `span` of a view."""
    return Found(value, view.span(*span), confidence)


def as_printed(text: str, span: Span) -> str:
    r"""text[span] without line breaks and outer white space; inner blanks stay.

    >>> as_printed("东山县 2022 年\n\n 报告 ", (0, 17))
    '东山县 2022 年报告'
    """
    return re.sub(r"\s*\n\s*", "", text[slice(*span)].strip())


def quote_at(text: str, view: Folded, span: Span, confidence: float) -> Found:
    """The text printed at characters `span` of a view of `text`."""
    place = view.span(*span)
    return Found(as_printed(text, place), place, confidence)
