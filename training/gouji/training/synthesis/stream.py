"""Streams: synthetic reports without end, each reproducible alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random

from gouji.model.form import Form
from gouji.training.synthesis.layouts import BOUNDLESS
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.report import Sample, synthesize


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Families drawn `weight` times as often as others, from report number `start` on."""

    families: frozenset[str]
    weight: float
    start: int


def stream(
    form: Form,
    seed: int,
    families: Mapping[str, Family],
    start: int = 0,
    emphasis: Emphasis | None = None,
) -> Iterator[Sample]:
    """The reports of a seed from number `start` on, in layouts drawn from the families."""
    return (nth(form, seed, families, number, emphasis) for number in count(start))


def nth(
    form: Form,
    seed: int,
    families: Mapping[str, Family],
    number: int,
    emphasis: Emphasis | None = None,
) -> Sample:
    """Report number `number` of a stream, the same as the stream yields."""
    rng, names = Random(f"{seed}/{number}"), sorted(families)
    if emphasis is None or number < emphasis.start:
        name = rng.choice(names)
    else:
        weights = [emphasis.weight if name in emphasis.families else 1.0 for name in names]
        name = rng.choices(names, weights)[0]
    key = f"{seed}/{number}/{name}"
    return synthesize(form, name, families[name], key, boundless=name in BOUNDLESS)
