"""The gate: whether a new model may take the place of an old one, by the same reports read by both.

Reports are the unit of every test, never cells: the cells of one report are right or wrong
together, so that tests over cells (McNemar's) would find differences where there are none. Bounds
of a loss come from a paired bootstrap over reports (Efron and Tibshirani 1993, chapter 13): both
models are drawn on the same reports. A layout family has too few reports for that; there an exact
one-sided sign test counts the reports read worse and better, with Holm's correction over families.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, comb, log2

import numpy as np
from numpy.typing import NDArray

from gouji.inference.bootstrap import N_RESAMPLES, SEED

LEVEL = 0.05
"""The level of every test, on one side."""

_LEAST_REPORTS = 2  # one report drawn anew is the same report
_AT_A_TIME = 100  # resamples
_ORDER = ("total", "right", "silent", "flagged")

Counts = Mapping[str, int]


class Kind(StrEnum):
    """What a row of the comparison is about."""

    ALL = "all"  # every cell of the generated reports
    NONZERO = "nonzero"  # those of them that are not zero
    TABLE = "table"
    FIELD = "field"
    FAMILY = "family"
    TEST = "test"  # samples that were not trained on
    TRAIN = "train"  # samples that were


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How old and new model are compared; see `retrain.toml` for the meaning of each."""

    seed: int
    reports: int
    margin: float
    flagged_margin: float


@dataclass(frozen=True, slots=True)
class Counted:
    """One report as a model reads it: by table and by field the counts of the scorer."""

    group: str
    tables: Mapping[str, Counts]
    fields: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Row:
    """Old and new model on one part of the reports; what a cell or a field is, is an item.

    `loss` is in percentage points of the items, negative for a gain; `low` and `high` bound it at
    95 % on one side each, None with too few reports. `p` is that of the sign test.
    """

    kind: Kind
    name: str
    reports: int
    items: int
    right: tuple[int, int]
    silent: tuple[int, int]
    flagged: tuple[int, int]
    loss: float
    low: float | None
    high: float | None
    more_flagged_low: float | None
    p: float

    @property
    def more_flagged(self) -> float:
        """By how many percentage points more items are flagged."""
        return _points(self.flagged[1] - self.flagged[0], self.items)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The same reports read by both models: those generated, and the samples on either side."""

    generated: Sequence[tuple[Counted, Counted]]
    test: Sequence[tuple[Counted, Counted]] = ()
    train: Sequence[tuple[Counted, Counted]] = ()


@dataclass(frozen=True, slots=True)
class Forced:
    """Who lets a refused model pass, why and when."""

    by: str
    reason: str
    date: str


@dataclass(frozen=True, slots=True)
class GateRecord:
    """The content of `gate.json`: two models compared, and what came of it.

    `reasons` says in Chinese why the new one is refused; it passed if there is none. `lost` names
    the readings that gave no report, such as those that took too long, and why: they count as read
    wrongly.
    """

    old: str
    new: str
    date: str
    settings: GateSettings
    passed: bool
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    lost: tuple[str, ...] = ()
    forced: Forced | None = None


def compare(pairs: Pairs) -> tuple[Row, ...]:
    """Every row of the comparison."""
    generated = pairs.generated
    rows = [
        _row(Kind.ALL, "", [(_whole(old), _whole(new)) for old, new in generated]),
        _row(Kind.NONZERO, "", [(_nonzero(old), _nonzero(new)) for old, new in generated]),
    ]
    for table in _names(old.tables for old, _ in generated):
        parts = [(old.tables[table], new.tables[table]) for old, new in generated]
        rows.append(_row(Kind.TABLE, table, [(_cells(old), _cells(new)) for old, new in parts]))
    for field in _names(old.fields for old, _ in generated):
        told = [(o.fields[field], n.fields[field]) for o, n in generated if field in o.fields]
        rows.append(_row(Kind.FIELD, field, [(_values(old), _values(new)) for old, new in told]))
    for family in sorted({old.group for old, _ in generated}):
        own = [(_whole(old), _whole(new)) for old, new in generated if old.group == family]
        rows.append(_row(Kind.FAMILY, family, own))
    for kind, samples in ((Kind.TEST, pairs.test), (Kind.TRAIN, pairs.train)):
        if samples:
            rows.append(_row(kind, "", [(_whole(old), _whole(new)) for old, new in samples]))
    return tuple(rows)


def reasons(rows: Sequence[Row], settings: GateSettings) -> tuple[str, ...]:
    """Why the new model is refused, in Chinese; empty if it passes.

    1. No row may have more silent wrong items than before.
    2. Of all cells, a loss above `margin` must be ruled out: `high` is at most `margin`.
    3. Nowhere may a loss above `margin` be confirmed: of the cells that are not zero, a table or
       a field by `low` above 0, of a family by the sign test, Holm's correction applied.
    4. Samples that were not trained on may not lose more than `margin`, tested or not.
    5. Not `flagged_margin` more of all cells may be flagged, confirmed by its lower bound above 0.
    """
    worse = _worse_families([row for row in rows if row.kind is Kind.FAMILY])
    return tuple(
        f"{title(row)}：{reason}"
        for row in rows
        for reason in _reasons_of(row, settings, worse=row.name in worse)
    )


def title(row: Row) -> str:
    """What a row is called."""
    return f"{_TITLES[row.kind]}{f' {row.name}' if row.name else ''}"


_TITLES = {
    Kind.ALL: "全部单元格",
    Kind.NONZERO: "非零单元格",
    Kind.TABLE: "表",
    Kind.FIELD: "字段",
    Kind.FAMILY: "版式",
    Kind.TEST: "留出的样本",
    Kind.TRAIN: "训练过的样本",
}


def _reasons_of(row: Row, settings: GateSettings, *, worse: bool) -> Iterator[str]:
    if row.silent[1] > row.silent[0]:
        yield f"错而未标的由 {row.silent[0]} 增至 {row.silent[1]}"
    lost = row.loss > settings.margin
    if row.kind is Kind.ALL and (row.high is None or row.high > settings.margin):
        bound = "报告太少" if row.high is None else f"95% 上限 {row.high:.2f}"
        yield (
            f"不能排除退步超过 {settings.margin:g} 个百分点（观察到 {row.loss:+.2f}，{bound}）；"
            "报告越多越能分辨（--gate-reports）"
        )
    elif row.kind is Kind.TEST and lost:
        yield f"退步 {row.loss:.2f} 个百分点"
    elif row.kind in (Kind.NONZERO, Kind.TABLE, Kind.FIELD):
        if lost and row.low is not None and row.low > 0:
            yield f"退步 {row.loss:.2f} 个百分点，检验证实（95% 下限 {row.low:.2f}）"
    elif row.kind is Kind.FAMILY and lost and worse:
        yield f"退步 {row.loss:.2f} 个百分点，检验证实（符号检验 p = {row.p:.2g}）"
    sure = row.more_flagged_low is not None and row.more_flagged_low > 0
    if row.kind is Kind.ALL and row.more_flagged > settings.flagged_margin and sure:
        yield f"标出的多了 {row.more_flagged:.2f} 个百分点，检验证实"


@dataclass(frozen=True, slots=True)
class FamilyTests:
    """What the sign tests of the layout families came to: how many got worse, how many better.

    `confirmed` names those whose loss stands after Holm's correction. With fewer than `least`
    reports a family no loss can be confirmed, were all of them read worse.
    """

    families: int
    reports: int
    worse: int
    better: int
    confirmed: tuple[str, ...]
    least: int


def family_tests(rows: Sequence[Row]) -> FamilyTests:
    """The sign tests over the families of a comparison, summed up."""
    families = [row for row in rows if row.kind is Kind.FAMILY]
    return FamilyTests(
        families=len(families),
        reports=min((row.reports for row in families), default=0),
        worse=sum(row.loss > 0 for row in families),
        better=sum(row.loss < 0 for row in families),
        confirmed=tuple(sorted(_worse_families(families))),
        least=ceil(log2(len(families) / LEVEL)) if families else 0,
    )


def _worse_families(rows: Sequence[Row]) -> set[str]:
    """The families whose sign test stands after Holm's correction (1979)."""
    found: set[str] = set()
    for number, row in enumerate(sorted(rows, key=lambda row: row.p)):
        if row.p * (len(rows) - number) > LEVEL:
            break
        found.add(row.name)
    return found


def sign_test(worse: int, better: int) -> float:
    """The probability of so many or more reports read worse if either were as likely.

    >>> sign_test(5, 0), sign_test(0, 0), sign_test(1, 2)
    (0.03125, 1.0, 0.875)
    """
    n = worse + better
    return sum(comb(n, k) for k in range(worse, n + 1)) / (1 << n)


def _row(kind: Kind, name: str, pairs: Sequence[tuple[Counts, Counts]]) -> Row:
    counts = np.array(
        [[[side.get(key, 0) for key in _ORDER] for side in pair] for pair in pairs], np.float64
    ).reshape(len(pairs), 2, len(_ORDER))
    items = counts[:, 0, 0]
    lost = counts[:, 0, 1] - counts[:, 1, 1]
    flagged = counts[:, 1, 3] - counts[:, 0, 3]
    sums = counts.sum(axis=0).astype(int)
    low, high = _bounds(lost, items)
    return Row(
        kind=kind,
        name=name,
        reports=len(pairs),
        items=int(items.sum()),
        right=(int(sums[0, 1]), int(sums[1, 1])),
        silent=(int(sums[0, 2]), int(sums[1, 2])),
        flagged=(int(sums[0, 3]), int(sums[1, 3])),
        loss=_points(int(lost.sum()), int(items.sum())),
        low=low,
        high=high,
        more_flagged_low=_bounds(flagged, items)[0],
        p=sign_test(int((lost > 0).sum()), int((lost < 0).sum())),
    )


def _bounds(
    events: NDArray[np.float64], items: NDArray[np.float64]
) -> tuple[float | None, float | None]:
    """The one-sided 95 % bounds of 100 * events / items over reports drawn with replacement."""
    n = len(events)
    if n < _LEAST_REPORTS or not items.sum():
        return None, None
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(0, N_RESAMPLES, _AT_A_TIME):
        chosen = rng.integers(n, size=(_AT_A_TIME, n))
        drawn.append(100 * events[chosen].sum(axis=1) / np.maximum(1.0, items[chosen].sum(axis=1)))
    low, high = np.quantile(np.concatenate(drawn), (LEVEL, 1 - LEVEL))
    return round(float(low), 4), round(float(high), 4)


def _points(events: int, items: int) -> float:
    return round(100 * events / items, 4) if items else 0.0


def _names(told: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in told for name in names))


def _whole(report: Counted) -> Counts:
    total: Counter[str] = Counter()
    for counts in report.tables.values():
        total.update(_cells(counts))
    return total


def _nonzero(report: Counted) -> Counts:
    """Right ones alone: silent and flagged are not counted apart for these cells."""
    tables = report.tables.values()
    return {
        "total": sum(counts.get("nonzero", 0) for counts in tables),
        "right": sum(counts.get("nonzero_right", 0) for counts in tables),
    }


def _cells(counts: Counts) -> Counts:
    return {"total": counts.get("cells", 0), **{key: counts.get(key, 0) for key in _ORDER[1:]}}


def _values(counts: Counts) -> Counts:
    return {"total": counts.get("fields", 0), "right": counts.get("fields_right", 0)} | {
        key: counts.get(key, 0) for key in _ORDER[2:]
    }
