"""Streams: synthetic reports without end, each reproducible alone."""

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random

from gouji.model.form import Form
from gouji.training.synthesis.layouts import BOUNDLESS
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.report import Sample, synthesize


def stream(
    form: Form, seed: int, families: Mapping[str, Family], start: int = 0
) -> Iterator[Sample]:
    """The reports of a seed from number `start` on, in layouts drawn from the families."""
    return (nth(form, seed, families, number) for number in count(start))


def nth(form: Form, seed: int, families: Mapping[str, Family], number: int) -> Sample:
    """Report number `number` of a stream, the same as the stream yields."""
    name = Random(f"{seed}/{number}").choice(sorted(families))
    key = f"{seed}/{number}/{name}"
    return synthesize(form, name, families[name], key, boundless=name in BOUNDLESS)
