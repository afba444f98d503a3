"""Votes: how far the tokens of a printed line, named for one row together, can be believed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]  # no types

from gouji.inference.decoding import is_whole
from gouji.model.annotation import Annotation
from gouji.model.calibration import LineCalibration
from gouji.model.form import Table
from gouji.model.mention import Mention, MentionKind, TableMentions

_SURE = 0.98  # from here on the row of a line needs no look


@dataclass(frozen=True, slots=True)
class Vote:
    """A line with numbers: whether its table was found whole, what was stated, and if rightly."""

    whole: bool
    stated: float
    right: bool


@dataclass(frozen=True, slots=True)
class VoteReliability:
    """The rows of lines on reports that nothing was fitted on.

    How many, the mean of what can be believed of them, the share that is right, and how many are
    sure enough to need no look, and right.
    """

    n: int
    believed: float
    right: float
    n_sure: int
    sure_right: int


def votes_of(found: TableMentions, table: Table, annotation: Annotation) -> Iterator[Vote]:
    """The votes on the lines of a table whose rows stand on lines of their own."""
    row_at = {
        index: mention.cell.rpartition(".")[0]
        for mention in annotation.mentions
        for index in range(*mention.span)
    }
    groups: dict[int, list[Mention]] = defaultdict(list)
    for mention in found.mentions:
        if mention.row:
            groups[mention.group].append(mention)
    named = [group[0].row[0] for group in groups.values()]
    whole = is_whole((row for row, _ in named), table)
    for (row, stated), group in zip(named, groups.values(), strict=True):
        numbers = [m for m in group if m.kind is MentionKind.NUMBER]
        true = {row_at[i] for m in numbers for i in range(*m.span) if i in row_at}
        if numbers:
            yield Vote(whole, stated, true == {row})


def line_calibration(votes: Sequence[Vote]) -> LineCalibration:
    """The curves for whole tables and for all others."""
    return LineCalibration(
        whole=_curve([vote for vote in votes if vote.whole]),
        part=_curve([vote for vote in votes if not vote.whole]),
    )


def _curve(votes: Sequence[Vote]) -> tuple[tuple[float, float], ...]:
    """Points (stated, observed) of an isotonic regression over single votes.

    In every stretch of one level an error more than was seen is reckoned with; the levels are then
    made to rise once more.
    """
    if not votes:
        return ()
    ordered = sorted(votes, key=lambda vote: vote.stated)
    regression = IsotonicRegression(y_min=0.0, y_max=1.0)
    levels = regression.fit_transform(
        [vote.stated for vote in ordered], [float(vote.right) for vote in ordered]
    )
    starts = np.flatnonzero(np.diff(levels, prepend=-1.0)).tolist()
    stretches = [ordered[start:end] for start, end in pairwise([*starts, len(ordered)])]
    centres = [float(np.mean([vote.stated for vote in stretch])) for stretch in stretches]
    observed = [(sum(v.right for v in stretch) + 1) / (len(stretch) + 2) for stretch in stretches]
    rising = regression.fit_transform(centres, observed, sample_weight=list(map(len, stretches)))
    points: dict[float, float] = {}
    for stretch, level in zip(stretches, rising, strict=True):
        for edge in (stretch[0].stated, stretch[-1].stated):
            points.setdefault(round(edge, 6), round(float(level), 6))
    return tuple(sorted(points.items()))


def reliability(votes: Sequence[Vote], lines: LineCalibration) -> VoteReliability:
    """How well a calibration holds on votes that it was not fitted on."""
    believed = [lines.apply(vote.stated, whole=vote.whole) for vote in votes]
    sure = [vote.right for vote, p in zip(votes, believed, strict=True) if p >= _SURE]
    n = len(votes)
    return VoteReliability(
        n=n,
        believed=round(sum(believed) / n, 6) if n else 0.0,
        right=round(sum(vote.right for vote in votes) / n, 6) if n else 0.0,
        n_sure=len(sure),
        sure_right=sum(sure),
    )
