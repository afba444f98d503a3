"""Samples for a retraining: annotations read and checked, and split into training and test."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gouji.annotations.exchange import UNKNOWN_AGENCY, UNKNOWN_LAYOUT
from gouji.annotations.problems import Level
from gouji.annotations.sample_files import Located, annotation_files, check_files
from gouji.model.annotation import Annotation
from gouji.model.form import Form
from gouji.model.jsonl import dumps, encode
from gouji.training.examples import Source
from gouji.training.retraining_config import MixingSettings
from gouji.training.synthesis.report import Sample

Key = tuple[str, str]
"""What samples share: the kind, agency or layout, and its name."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The samples without errors; the errors of the others; those that can't be trained on.

    `shared` has the ids of samples whose file holds further reports: the numbers of these would be
    taken for numbers outside all tables.
    """

    samples: tuple[Annotation, ...]
    errors: tuple[Located, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The samples that are trained on and those that only measure."""

    train: tuple[Annotation, ...]
    test: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class SamplesRecord:
    """What `training.json` says of the samples.

    `train` and `test` have the SHA-256 of every sample by its id, as a line of JSON.
    """

    rehearsal: float
    keeping: float
    train: dict[str, str]
    test: dict[str, str]
    layouts: tuple[str, ...]
    left_out: tuple[str, ...]


def read_samples(paths: Sequence[Path], form: Form) -> Checked:
    """The samples of files and folders, after the checks of `gouji annotations check`.

    Raises:
        ConfigError: a path does not exist or holds no annotations.
    """
    found = check_files(annotation_files(paths), form)
    texts = Counter(annotation.text for annotation in found.sound)
    shared = {one.id for one in found.sound if texts[one.text] > 1 or "#" in one.id}
    return Checked(
        samples=tuple(one for one in found.sound if one.id not in shared),
        errors=tuple(one for one in found.located if one.problem.level is Level.ERROR),
        shared=tuple(sorted(shared)),
    )


def split(samples: Sequence[Annotation], settings: MixingSettings) -> Split:
    """The samples apart: those of one agency or of one layout are all on one side.

    Samples that share neither, not even by way of others, are groups of their own. With fewer
    groups than `least_groups` all are trained on; else the smallest ones are withheld, of equal
    ones those whose digests come first, up to the share `withheld` of the samples.
    """
    groups = _groups(samples)
    if len(groups) < settings.least_groups:
        return Split(tuple(samples), ())
    groups.sort(key=lambda group: (len(group), min(one.text_sha256 for one in group)))
    room = int(len(samples) * settings.withheld)
    test: list[Annotation] = []
    for group in groups:
        if len(test) + len(group) > room:
            break
        test += group
    ids = {one.id for one in test}
    return Split(tuple(one for one in samples if one.id not in ids), tuple(test))


def record_of(parts: Split, mixing: MixingSettings, left_out: Sequence[str]) -> SamplesRecord:
    """What is told of the samples; `left_out` are the ids of those that were not taken."""
    layouts = {one.provenance.layout for one in parts.train}
    return SamplesRecord(
        rehearsal=mixing.rehearsal,
        keeping=mixing.keeping,
        train={one.id: digest(one) for one in parts.train},
        test={one.id: digest(one) for one in parts.test},
        layouts=tuple(sorted(layouts)),
        left_out=tuple(left_out),
    )


def digest(sample: Annotation) -> str:
    """The SHA-256 of a sample as a line of JSON."""
    return hashlib.sha256(dumps(encode(sample)).encode()).hexdigest()


def mixed(
    samples: Sequence[Annotation], rehearsal: float, synthetic: Callable[[int], Sample]
) -> Source:
    """The reports of a training: synthetic ones by number, and the samples in turn.

    The share `rehearsal` of any stretch is synthetic, to within one report, and rehearsed.
    """

    def source(start: int) -> Iterator[Sample]:
        number = start
        while True:
            n_before = int(number * rehearsal)
            if int((number + 1) * rehearsal) > n_before:
                yield replace(synthetic(n_before), rehearsed=True)
            else:
                own = samples[(number - n_before) % len(samples)]
                yield Sample(own, own.provenance.layout, (), keeps=True)
            number += 1

    return source


def _groups(samples: Sequence[Annotation]) -> list[list[Annotation]]:
    """The samples in groups that share neither agency nor layout; unnamed ones are not shared."""
    groups: list[tuple[set[Key], list[Annotation]]] = []
    for sample in samples:
        keys, members = _keys(sample), [sample]
        apart = []
        for group in groups:
            if keys & group[0]:
                keys |= group[0]
                members = group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (keys, members)]
    return [members for _, members in groups]


def _keys(sample: Annotation) -> set[Key]:
    told = sample.provenance
    keys = {("agency", told.agency), ("layout", told.layout)}
    return keys - {("agency", UNKNOWN_AGENCY), ("layout", UNKNOWN_LAYOUT)}
