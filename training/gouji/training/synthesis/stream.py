"""Streams: synthetic reports without end, each reproducible alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from gouji.model.form import Form
from gouji.training.synthesis.layouts import BOUNDLESS
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.report import Sample, synthesize


@dataclass(frozen=True, slots=True)
class Stage:
    """From report number `start` on, how often families are drawn; the weight of others is 1."""

    start: int
    weights: Mapping[str, float]


def stream(
    form: Form,
    seed: int,
    families: Mapping[str, Family],
    start: int = 0,
    stages: Sequence[Stage] = (),
) -> Iterator[Sample]:
    """The reports of a seed from number `start` on, in layouts drawn from the families."""
    return (nth(form, seed, families, number, stages) for number in count(start))


def nth(
    form: Form,
    seed: int,
    families: Mapping[str, Family],
    number: int,
    stages: Sequence[Stage] = (),
) -> Sample:
    """Report number `number` of a stream, the same as the stream yields.

    Of the stages, which are in order, the last one that has begun counts.
    """
    rng, names = Random(f"{seed}/{number}"), sorted(families)
    begun = [stage for stage in stages if stage.start <= number]
    if begun:
        name = rng.choices(names, [begun[-1].weights.get(name, 1.0) for name in names])[0]
    else:
        name = rng.choice(names)
    key = f"{seed}/{number}/{name}"
    return synthesize(form, name, families[name], key, boundless=name in BOUNDLESS)
