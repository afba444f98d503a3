"""Metrics: how many tokens of held-back reports a network labels rightly."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from gouji.model.encoding import Encoded
from gouji.model.mention import MentionKind
from gouji.model.network import TaggerNetwork
from gouji.model.pieces import PieceWindow, piece_windows
from gouji.model.tagger import HEADS
from gouji.training.alignment import Ints, TokenLabels, align
from gouji.training.examples import Vision, encode_report
from gouji.training.synthesis.report import Sample

ALL, LEFT_OUT = "all", "left out"
"""The names under which the counts of all families stand, and those that were not trained on."""

_IN_BATCH = 4096  # pieces


@dataclass(frozen=True, slots=True)
class GoldReport:
    """A report of a development set, encoded once for all evaluations."""

    family: str
    keeps: bool
    encoded: Encoded
    labels: TokenLabels
    windows: tuple[PieceWindow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was right among how many.

    A cell is right if table, row and column are. Non-zero cells are numbers but 0, zero cells the
    rest but blanks: 0 and marks. False cells are tokens taken for a cell that are none. A report
    is exact if all its cells are right and none is false; `kept` counts the reports from whose
    page no damage has taken anything.
    """

    reports: int = 0
    exact: int = 0
    kept: int = 0
    kept_exact: int = 0
    nonzero: int = 0
    nonzero_right: int = 0
    zero: int = 0
    zero_right: int = 0
    blank: int = 0
    blank_right: int = 0
    rows_right: int = 0
    columns_right: int = 0
    part: int = 0
    part_right: int = 0
    field: int = 0
    field_right: int = 0
    false_cells: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """The counts of both together."""
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def scores(self) -> dict[str, float | None]:
        """Shares by name, None where there is nothing to count."""
        cells = self.nonzero + self.zero
        return {
            "nonzero": _share(self.nonzero_right, self.nonzero),
            "zero": _share(self.zero_right, self.zero),
            "blank": _share(self.blank_right, self.blank),
            "row": _share(self.rows_right, cells + self.blank),
            "column": _share(self.columns_right, cells + self.blank),
            "part": _share(self.part_right, self.part),
            "field": _share(self.field_right, self.field),
            "false_per_report": _share(self.false_cells, self.reports),
            "exact": _share(self.exact, self.reports),
            "kept_exact": _share(self.kept_exact, self.kept),
        }

    @property
    def score(self) -> float:
        """What weights are chosen by: the share of cells that are right, false ones being wrong."""
        right = self.nonzero_right + self.zero_right + self.blank_right
        return right / max(1, self.nonzero + self.zero + self.blank + self.false_cells)


def gold_report(sample: Sample, vision: Vision) -> GoldReport:
    """A synthetic report ready for evaluation."""
    encoded = encode_report(sample.annotation)
    labels = align(sample.annotation, encoded, vision.labels)
    size = vision.window
    windows = tuple(piece_windows(encoded, size.size, size.context, vision.tokenizer))
    return GoldReport(sample.family, sample.keeps, encoded, labels, windows)


def evaluate(
    network: TaggerNetwork, reports: Sequence[GoldReport], left_out: Container[str] = ()
) -> dict[str, Counts]:
    """The counts of each layout family, of all together, and of those left out of training."""
    found: dict[str, Counts] = {}
    for report, told in zip(reports, predict(network, reports), strict=True):
        counts = count(report, told, n_tables=network.config.labels[0] - 2)
        for name in (report.family, LEFT_OUT if report.family in left_out else ALL):
            found[name] = found.get(name, Counts()) + counts
    return dict(sorted(found.items()))


def predict(network: TaggerNetwork, reports: Sequence[GoldReport]) -> list[Mapping[str, Ints]]:
    """The likeliest label of every token of each report, (tokens,) for each head."""
    told = [
        {head: np.zeros(len(report.encoded.tokens), np.int64) for head in HEADS}
        for report in reports
    ]
    windows = [(i, window) for i, report in enumerate(reports) for window in report.windows]
    windows.sort(key=lambda entry: len(entry[1].ids))
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        for group in _groups(windows):
            logits = network(*padded([window for _, window in group]))
            likeliest = {head: logits[head].argmax(-1).numpy() for head in HEADS}
            for number, (report, piece) in enumerate(group):
                for head in HEADS:
                    told[report][head][piece.tokens] = likeliest[head][number][piece.at]
    network.train(was_training)
    return list(told)


def padded(windows: Sequence[PieceWindow]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`ids`, `features` and `mask` of windows as one batch."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    features = np.zeros((*shape, windows[0].features.shape[1]), np.int64)
    for i, window in enumerate(windows):
        n = len(window.ids)
        ids[i, :n], features[i, :n], mask[i, :n] = window.ids, window.features, 1
    return torch.from_numpy(ids), torch.from_numpy(features), torch.from_numpy(mask)


def count(report: GoldReport, told: Mapping[str, Ints], n_tables: int) -> Counts:
    """The counts of one report; labels 1 to `n_tables` of the table head are tables."""
    gold, tokens = report.labels, report.encoded.tokens
    is_cell = gold.cell >= 0
    candidate = np.array([token.kind is not None for token in tokens], bool)
    blank = np.array([token.kind is MentionKind.BLANK for token in tokens], bool) & is_cell
    nonzero = np.array([_is_nonzero(token.word, token.kind) for token in tokens], bool) & is_cell
    zero = is_cell & ~blank & ~nonzero
    row, column = (_agrees(told[head], getattr(gold, head)) for head in ("row", "column"))
    right = (told["table"] == gold.table) & row & column
    false = candidate & ~is_cell & (told["table"] >= 1) & (told["table"] <= n_tables)
    part = gold.table == n_tables + 1
    stated = gold.field > 0
    exact = bool(right[is_cell].all()) and not false.any()
    return Counts(
        reports=1,
        exact=int(exact),
        kept=int(report.keeps),
        kept_exact=int(exact and report.keeps),
        nonzero=int(nonzero.sum()),
        nonzero_right=int((right & nonzero).sum()),
        zero=int(zero.sum()),
        zero_right=int((right & zero).sum()),
        blank=int(blank.sum()),
        blank_right=int((right & blank).sum()),
        rows_right=int((row & is_cell).sum()),
        columns_right=int((column & is_cell).sum()),
        part=int(part.sum()),
        part_right=int((part & (told["table"] == gold.table)).sum()),
        field=int(stated.sum()),
        field_right=int((stated & (told["field"] == gold.field)).sum()),
        false_cells=int(false.sum()),
    )


def _agrees(told: Ints, gold: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where the label is right, or there is none to be right about."""
    return np.asarray((told == gold) | (gold < 0), bool)


def _is_nonzero(word: str, kind: MentionKind | None) -> bool:
    return kind in (MentionKind.NUMBER, MentionKind.UNREADABLE) and word.strip("0.") != ""


def _groups(
    windows: Iterable[tuple[int, PieceWindow]],
) -> Iterable[list[tuple[int, PieceWindow]]]:
    group: list[tuple[int, PieceWindow]] = []
    for entry in windows:
        if group and (len(group) + 1) * len(entry[1].ids) > _IN_BATCH:
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _share(n: int, of: int) -> float | None:
    return round(n / of, 6) if of else None
