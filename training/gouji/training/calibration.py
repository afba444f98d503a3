"""Calibration: how sure a trained model may be, fitted on reports that it was not trained on.

Temperatures follow Guo et al. (2017), section 4.2; isotonic regression then maps what is stated to
what was observed. The row that the tokens of a line name together is calibrated once more, apart
for tables of which every line was found once and in order. Where the model and the rules disagree
about a line, either is trusted as often as it was right in such lines.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]  # it carries no types
from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]

from gouji.inference.decoding import decode
from gouji.inference.opinions import LineOpinions, Numbers, compare
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.model.annotation import Annotation
from gouji.model.calibration import Calibration, HeadCalibration, Heads, Opinions, Trust
from gouji.model.document import Document, Source
from gouji.model.findings import Span
from gouji.model.form import Form
from gouji.model.mention import MentionKind, TableMentions
from gouji.model.tagger import Tagger
from gouji.training.alignment import align
from gouji.training.examples import encode_report
from gouji.training.synthesis.report import Sample
from gouji.training.votes import Vote, VoteReliability, line_calibration, reliability, votes_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HEADS = ("table", "row", "column")
_BINS = 15
_FLOOR = 1e-7  # a probability is at least this before its logarithm is taken
_TEMPERATURES = (0.25, 8.0)
_LEAST = 20  # disagreements under a condition that make its shares worth stating


@dataclass(frozen=True, slots=True)
class Bin:
    """Tokens whose stated probability is alike: how many, what was stated and what was right."""

    n: int
    stated: float
    observed: float


@dataclass(frozen=True, slots=True)
class HeadReliability:
    """One head before and after calibration, on reports that nothing was fitted on.

    `ece_*` is the expected calibration error over bins of equal mass.
    """

    n: int
    right: float
    ece_before: float
    ece_after: float
    bins_before: tuple[Bin, ...]
    bins_after: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The lines under a condition: in how many the opinions agree, and who is right where."""

    agree: int = 0
    agree_right: int = 0
    disagree: int = 0
    model_right: int = 0
    rules_right: int = 0


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """What was fitted on how many reports of which families, and how well it holds on others.

    `votes` has the lines of tables that were found whole, and those of all others.
    """

    families: tuple[str, ...]
    fitted_on: int
    tested_on: int
    heads: Mapping[str, HeadReliability]
    lines: Mapping[str, Disagreement]
    votes: Mapping[str, VoteReliability]


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a head states for the tokens it is asked about: (tokens, labels), and what is right."""

    probabilities: Floats
    gold: Ints


def calibrate(
    folder: Path, form: Form, fit: Sequence[Sample], test: Sequence[Sample]
) -> tuple[Calibration, CalibrationRecord]:
    """The calibration of the model in a folder, fitted on `fit` and measured on `test`.

    Raises:
        ModelError: the folder holds no model for the form.
    """
    bare = replace(Tagger.load(folder, form), calibration=Calibration())
    stated = {name: _stated(bare, samples) for name, samples in (("fit", fit), ("test", test))}
    heads = {head: _fitted(stated["fit"][head]) for head in HEADS}
    calibrated = replace(bare, calibration=Calibration(heads=Heads(**heads)))
    of_lines = line_calibration(tuple(_votes(calibrated, form, fit)))
    tested = tuple(_votes(calibrated, form, test))
    calibration = replace(calibrated.calibration, lines=of_lines)
    calibrated = replace(bare, calibration=calibration)
    lines = _lines(calibrated, form, fit)
    record = CalibrationRecord(
        families=tuple(sorted({sample.family for sample in (*fit, *test)})),
        fitted_on=len(fit),
        tested_on=len(test),
        heads={head: _reliability(stated["test"][head], heads[head]) for head in HEADS},
        lines=dict(sorted(lines.items())),
        votes={
            name: reliability([vote for vote in tested if vote.whole == whole], of_lines)
            for name, whole in (("whole", True), ("part", False))
        },
    )
    return replace(calibration, opinions=Opinions(_trusts(lines))), record


def _stated(tagger: Tagger, samples: Iterable[Sample]) -> Mapping[str, _Stated]:
    """What each head states of tokens that may fill a cell; rows and columns of cells alone."""
    found: dict[str, list[tuple[Floats, Ints]]] = {head: [] for head in HEADS}
    for sample in samples:
        encoded = encode_report(sample.annotation)
        labels = align(sample.annotation, encoded, tagger.config.labels)
        tags = tagger.predict(encoded)
        candidate = np.array([token.kind is not None for token in encoded.tokens], bool)
        for head in HEADS:
            gold: Ints = getattr(labels, head)
            asked = candidate & (gold >= 0)
            found[head].append((getattr(tags, head)[asked].astype(np.float64), gold[asked]))
    return {
        head: _Stated(
            np.concatenate([p for p, _ in parts]), np.concatenate([gold for _, gold in parts])
        )
        for head, parts in found.items()
    }


def _fitted(stated: _Stated) -> HeadCalibration:
    """A temperature, then a curve for what it leaves."""
    logits = np.log(np.maximum(stated.probabilities, _FLOOR))
    rows = np.arange(len(stated.gold))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        top = scaled.max(axis=1)
        total = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
        return float((total - scaled[rows, stated.gold]).mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    temperature = round(float(np.exp(found.x)), 4)
    return HeadCalibration(temperature, _curve(stated, HeadCalibration(temperature)))


def _curve(stated: _Stated, head: HeadCalibration) -> tuple[tuple[float, float], ...]:
    """Points (stated, observed) of an isotonic regression over bins of equal mass.

    One error more than was seen is reckoned with in every bin: none is ever wholly sure.
    """
    top, right = _top(stated, head)
    bins = _bins(top, right)
    observed = [(b.n * b.observed + 1) / (b.n + 2) for b in bins]
    regression = IsotonicRegression(y_min=0.0, y_max=1.0)
    masses = [b.n for b in bins]
    fitted = regression.fit([b.stated for b in bins], observed, sample_weight=masses).predict(
        [b.stated for b in bins]
    )
    points: dict[float, float] = {}
    for one, value in zip(bins, fitted, strict=True):
        points[round(one.stated, 6)] = round(float(value), 6)
    return tuple(sorted(points.items()))


def _top(stated: _Stated, head: HeadCalibration) -> tuple[Floats, NDArray[np.bool_]]:
    """The greatest probability of each token after calibration, and whether its label is right."""
    logits = np.log(np.maximum(stated.probabilities, _FLOOR)).astype(np.float32)
    calibrated = head.apply(logits)
    return calibrated.max(axis=1).astype(np.float64), calibrated.argmax(axis=1) == stated.gold


def _bins(stated: Floats, right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    order = np.argsort(stated, kind="stable")
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    return tuple(Bin(len(p), float(stated[p].mean()), float(right[p].mean())) for p in parts)


def expected_calibration_error(bins: Iterable[Bin]) -> float:
    """The mean distance of what is stated from what is observed, bins weighted by their mass.

    >>> expected_calibration_error([Bin(3, 0.9, 1.0), Bin(1, 0.5, 0.3)])
    0.125
    """
    parts = [(b.n, abs(b.stated - b.observed)) for b in bins]
    total = sum(n for n, _ in parts)
    return round(sum(n * gap for n, gap in parts) / total, 6) if total else 0.0


def _reliability(stated: _Stated, head: HeadCalibration) -> HeadReliability:
    before = _bins(*_top(stated, HeadCalibration()))
    top, right = _top(stated, head)
    after = _bins(top, right)
    return HeadReliability(
        n=len(right),
        right=round(float(right.mean()), 6),
        ece_before=expected_calibration_error(before),
        ece_after=expected_calibration_error(after),
        bins_before=before,
        bins_after=after,
    )


@dataclass
class _Tally:
    """The counts of a `Disagreement` while they grow."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, line: LineOpinions, spans: Mapping[str, Span]) -> None:
        model, rules = (_is_right(part, line, spans) for part in (line.model, line.rules))
        if line.agree or (model and rules):  # both are right: they differ in form alone
            self.counts.update(agree=1, agree_right=int(model))
        else:
            self.counts.update(disagree=1, model_right=int(model), rules_right=int(rules))

    @property
    def total(self) -> Disagreement:
        return Disagreement(**self.counts)


def _lines(tagger: Tagger, form: Form, samples: Iterable[Sample]) -> Mapping[str, Disagreement]:
    """Who was right, by condition and by every beginning of one; "" counts all lines."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for sample in samples:
        annotation = sample.annotation
        spans = {m.cell: m.span for m in annotation.mentions if m.kind is MentionKind.NUMBER}
        for line in _compared(tagger, form, annotation):
            parts = line.condition.split(".")
            for n in range(len(parts) + 1):
                tallies[".".join(parts[:n])].add(line, spans)
    return {condition: tally.total for condition, tally in tallies.items()}


def _compared(tagger: Tagger, form: Form, annotation: Annotation) -> Iterator[LineOpinions]:
    """What model and rules say of the lines of a report whose variants the model has right."""
    for of_model, of_rules in _opinions(tagger, form, annotation):
        yield from compare(of_model, of_rules, form)


def _opinions(
    tagger: Tagger, form: Form, annotation: Annotation
) -> Iterator[tuple[TableMentions, TableMentions]]:
    """The tables of a report as the model and as the rules read them, if the variant is right."""
    digest = annotation.source_sha256
    document = Document(Source(annotation.source, digest, "text/plain"), annotation.text)
    for part in segment(document, form)[:1]:
        encoded = encode_report(annotation)
        model = decode(document, part, form, encoded, tagger.predict(encoded))
        rules = tag_tables(document, part, form)
        for of_model, of_rules in zip(model, rules, strict=True):
            if of_model.variant == annotation.variants[of_model.table]:
                yield of_model, of_rules


def _votes(tagger: Tagger, form: Form, samples: Iterable[Sample]) -> Iterator[Vote]:
    """The votes on the lines of all tables whose variant the model has right."""
    for sample in samples:
        for of_model, _ in _opinions(tagger, form, sample.annotation):
            table = form.variants[of_model.table][of_model.variant]
            if not table.side_by_side:
                yield from votes_of(of_model, table, sample.annotation)


def _is_right(numbers: Numbers, line: LineOpinions, spans: Mapping[str, Span]) -> bool:
    """Whether exactly the numbers of the line stand in their cells."""
    own = {cell for cell in spans if cell == line.line or cell.startswith(f"{line.line}.")}
    told = {cell: m.span for cell, m in numbers.items()}
    return told.keys() == own and all(
        span[0] < spans[cell][1] and spans[cell][0] < span[1] for cell, span in told.items()
    )


def _trusts(lines: Mapping[str, Disagreement]) -> Mapping[str, Trust]:
    """The shares of disagreements in which either was right; one more of each is reckoned with."""
    return {
        condition: Trust(
            round((line.model_right + 1) / (line.disagree + 3), 4),
            round((line.rules_right + 1) / (line.disagree + 3), 4),
        )
        for condition, line in lines.items()
        if line.disagree >= _LEAST
    }
