"""Examples: annotated reports as windows with labels, streamed without end and put into batches."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Any

import numpy as np
import torch
import torch.utils.data
from datasets import IterableDataset  # type: ignore[import-untyped]  # it carries no types
from tokenizers import Tokenizer
from torch import Tensor

from gouji.model.annotation import Annotation
from gouji.model.encoding import Encoded, encode
from gouji.model.labels import LabelSet
from gouji.model.pieces import PieceWindow, piece_windows
from gouji.model.tagger import HEADS, WindowSize
from gouji.training.alignment import IGNORED, Ints, TokenLabels, align
from gouji.training.gap_exchange import exchanged
from gouji.training.synthesis.report import Sample

_AHEAD = 8  # batches
_WHOLE = 0.5  # share of the reports whose words are not torn
_TORN = 0.3  # the most of their characters that the words of another are torn at
_STRANGE = 0.35  # share of the reports whose separators are exchanged for any others

Source = Callable[[int], Iterator[Sample]]
"""The reports of a stream from a number on; the same number gives the same report."""


@dataclass(frozen=True, slots=True)
class Vision:
    """How reports become examples: words, labels and windows, the same for all of a training."""

    tokenizer: Tokenizer
    labels: LabelSet
    window: WindowSize


@dataclass(frozen=True, slots=True)
class Example:
    """A window with labels.

    `ids` has shape (pieces,), `features` (pieces, N_FEATURES), `labels` (4, pieces) in the order
    of `HEADS`, `IGNORED` but for first pieces of tokens that count in this window; `candidate`
    (pieces,) is 1 where a token may fill a cell. `rehearsed` is that of its report.
    """

    ids: Ints
    features: Ints
    labels: Ints
    candidate: Ints
    rehearsed: bool = False

    @property
    def has_cells(self) -> bool:
        """Whether a token of it fills a cell."""
        return bool((self.labels[HEADS.index("row")] != IGNORED).any())


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to one length, int64 (batch, pieces); `labels` is what `loss_of` takes.

    `rehearsed` (batch,) says which of them are only rehearsed.
    """

    ids: Tensor
    features: Tensor
    mask: Tensor
    labels: Mapping[str, Tensor]
    rehearsed: Tensor

    @property
    def n_pieces(self) -> int:
        """How many pieces there are, padding left out."""
        return int(self.mask.sum())


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream: the report that a pool begins with, and a batch of that pool."""

    report: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Batching:
    """How examples are put together.

    A batch holds `pieces` at most, padding included. Of the windows of a report `windows` are drawn
    at most, one without a cell with probability `prose`. `pool` reports are mixed at a time and
    sorted by length, in an order drawn from `seed`.
    """

    pieces: int
    windows: int
    prose: float
    pool: int
    seed: int


def encode_report(annotation: Annotation) -> Encoded:
    """The tokens of a whole report."""
    return encode(annotation.text, ((0, len(annotation.text)),))


def examples_of(annotation: Annotation, vision: Vision, rng: Random | None = None) -> list[Example]:
    """The windows of a report, with labels; `rng` tears words apart and exchanges gaps."""
    encoded = encode_report(annotation)
    tears = None if rng is None else _tears(len(encoded.tokens), rng)
    if rng is not None and rng.random() < _STRANGE:
        encoded = Encoded(encoded.tokens, exchanged(encoded.features, rng))
    labels = align(annotation, encoded, vision.labels)
    candidates = np.array([token.kind is not None for token in encoded.tokens], np.int64)
    size = vision.window
    return [
        _example(window, labels, candidates)
        for window in piece_windows(encoded, size.size, size.context, vision.tokenizer, tears)
    ]


def batches(
    source: Source, vision: Vision, how: Batching, start: Position
) -> Iterator[tuple[Batch, Position]]:
    """Batches without end, each with the position that the next one starts from.

    Streaming is the business of a `datasets.IterableDataset`; it starts at the report that the
    position names, so that going on costs nothing.
    """
    stream = iter(_streamed(source, vision, how, start.report))
    first, skipped = start.report, start.batch
    while True:
        reports = list(islice(stream, how.pool))
        if not reports:
            return
        pool = _pooled(reports, how, Random(f"{how.seed}/{first}"))
        for number, batch in enumerate(pool[skipped:], start=skipped + 1):
            ended = number == len(pool)
            following = Position(first + len(reports)) if ended else Position(first, number)
            yield collate(batch), following
        first, skipped = first + len(reports), 0


class _Made(torch.utils.data.IterableDataset[tuple[Batch, Position]]):
    """Batches from a position on, as torch's loader takes them."""

    def __init__(self, make: Callable[[], Iterator[tuple[Batch, Position]]]) -> None:
        super().__init__()
        self._make = make

    def __iter__(self) -> Iterator[tuple[Batch, Position]]:
        return self._make()


def made_ahead(
    make: Callable[[], Iterator[tuple[Batch, Position]]],
) -> Iterator[tuple[Batch, Position]]:
    """The same batches, made in a process of their own while others are learned from.

    Where processes can't be forked they are made in this one.
    """
    can_fork = "fork" in torch.multiprocessing.get_all_start_methods()
    loader: Iterable[tuple[Batch, Position]] = torch.utils.data.DataLoader(
        _Made(make),
        batch_size=None,
        num_workers=int(can_fork),
        multiprocessing_context="fork" if can_fork else None,
        prefetch_factor=_AHEAD if can_fork else None,
    )
    return iter(loader)


def collate(examples: Sequence[Example]) -> Batch:
    """The examples padded to the longest of them."""
    length = max(len(example.ids) for example in examples)
    shape = (len(examples), length)
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    candidate = np.zeros(shape, np.int64)
    features = np.zeros((*shape, examples[0].features.shape[1]), np.int64)
    labels = np.full((len(HEADS), *shape), IGNORED, np.int64)
    for i, example in enumerate(examples):
        n = len(example.ids)
        ids[i, :n], features[i, :n], mask[i, :n] = example.ids, example.features, 1
        candidate[i, :n], labels[:, i, :n] = example.candidate, example.labels
    told = {head: torch.from_numpy(labels[i]) for i, head in enumerate(HEADS)}
    told["candidate"] = torch.from_numpy(candidate)
    rehearsed = torch.tensor([example.rehearsed for example in examples])
    ids_, features_, mask_ = (torch.from_numpy(given) for given in (ids, features, mask))
    return Batch(ids_, features_, mask_, told, rehearsed)


def by_length(examples: Iterable[Example], pieces: int) -> list[list[Example]]:
    """The examples in groups of similar length with at most `pieces` pieces, padding included."""
    groups: list[list[Example]] = []
    for example in sorted(examples, key=lambda example: len(example.ids)):
        if not groups or (len(groups[-1]) + 1) * len(example.ids) > pieces:
            groups.append([])
        groups[-1].append(example)
    return groups


def _streamed(source: Source, vision: Vision, how: Batching, first: int) -> IterableDataset:
    """The examples of one report a row, from report `first` on."""

    def rows(start: int) -> Iterator[dict[str, Any]]:
        for number, sample in enumerate(source(start), start=start):
            rng = Random(f"{how.seed}/{number}/windows")
            found = examples_of(sample.annotation, vision, rng)
            kept = [
                replace(one, rehearsed=sample.rehearsed)
                for one in found
                if one.has_cells or rng.random() < how.prose
            ]
            yield {"examples": rng.sample(kept, min(len(kept), how.windows))}

    return IterableDataset.from_generator(rows, gen_kwargs={"start": first})


def _tears(n_tokens: int, rng: Random) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where words are torn: nowhere in half of the reports, at few or many places in the others."""
    share = 0.0 if rng.random() < _WHOLE else rng.uniform(0.0, _TORN)
    return np.random.default_rng(rng.getrandbits(64)).random(n_tokens) < share


def _pooled(rows: Iterable[Mapping[str, Any]], how: Batching, rng: Random) -> list[list[Example]]:
    examples = [example for row in rows for example in row["examples"]]
    rng.shuffle(examples)  # so that windows of one length stand in a mixed order
    groups = by_length(examples, how.pieces)
    rng.shuffle(groups)
    return groups


def _example(piece: PieceWindow, labels: TokenLabels, candidates: Ints) -> Example:
    backwards = slice(None, None, -1)  # of the tokens in one piece the first is written last
    at = piece.at[backwards]
    at_pieces = np.full((len(HEADS), len(piece.ids)), IGNORED, np.int64)
    for i, head in enumerate(HEADS):
        at_pieces[i, at] = getattr(labels, head)[piece.tokens][backwards]
    candidate = np.zeros(len(piece.ids), np.int64)
    candidate[at] = candidates[piece.tokens][backwards]
    return Example(piece.ids, piece.features, at_pieces, candidate)
