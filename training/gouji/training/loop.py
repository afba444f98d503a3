"""The loop: steps over batches, with evaluations, checkpoints and an end."""

import io
import math
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gouji.model.atomic import write_atomically
from gouji.model.errors import ModelError
from gouji.model.jsonl import decode, encode, write_lines
from gouji.model.network import TaggerNetwork, loss_of
from gouji.training.config import LoopSettings, TrainingConfig
from gouji.training.examples import Batch, Position
from gouji.training.metrics import ALL, Counts
from gouji.training.rehearsal import Rehearsal

Batches = Callable[[Position], Iterator[tuple[Batch, Position]]]
"""The batches from a position on, each with the position of the next."""

Evaluation = Callable[[TaggerNetwork], Mapping[str, Counts]]
"""The counts of a network by layout family, those to choose by under `ALL`."""

CHECKPOINT, HISTORY = "checkpoint.pt", "history.jsonl"

_LOGGED = 10  # steps to a line of the history
_BETAS = (0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history: the mean loss since the last one, or the counts of an evaluation.

    `done` is the share of the training that lies behind, `pieces_per_s` the speed since the last
    line, evaluations left out.
    """

    step: int
    minutes: float
    done: float
    learning_rate: float
    loss: float | None = None
    pieces_per_s: float | None = None
    counts: Mapping[str, Counts] | None = None


@dataclass
class Progress:
    """Where a training stands."""

    step: int = 0
    seconds: float = 0.0
    position: Position = field(default_factory=Position)
    best_score: float = -1.0
    best_step: int = 0
    worse: int = 0  # evaluations since the best one
    history: tuple[Line, ...] = ()


class Training:
    """A network with everything that its training remembers from step to step.

    `averaged` has the moving average of the weights; it is evaluated and kept. With a rehearsal
    the windows of reports that are only rehearsed are learned from the old model.
    """

    def __init__(
        self, network: TaggerNetwork, config: TrainingConfig, rehearsal: Rehearsal | None = None
    ) -> None:
        """A training before its first step; its random numbers are seeded here."""
        torch.set_num_threads(config.loop.threads)
        torch.manual_seed(config.loop.seed)
        self.network = network
        self.config = config
        self.rehearsal = rehearsal
        self.settings = config.loop
        self.averaged = deepcopy(network).requires_grad_(False).eval()
        self.best = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        self.optimizers = _optimizers(network, config.loop)
        self.progress = Progress()

    @property
    def done(self) -> float:
        """The share of the training that lies behind, by steps or by time; 1.0 at its end."""
        settings, progress = self.settings, self.progress
        by_steps = progress.step / settings.steps
        if not settings.max_minutes:
            return min(1.0, by_steps)
        return min(1.0, max(by_steps, progress.seconds / 60 / settings.max_minutes))

    @property
    def pace(self) -> float:
        """The share of the learning rates.

        It rises over the first steps and falls along half a cosine to 0; where there is a restart
        it begins again at a lower one and falls evenly.
        """
        settings, progress = self.settings, self.progress
        minutes, restart = progress.seconds / 60, settings.restart_minutes
        if restart and minutes >= restart:
            left = (settings.max_minutes - minutes) / (settings.max_minutes - restart)
            return settings.restart_pace * max(0.0, left)
        done = max(progress.step / settings.steps, minutes / restart) if restart else self.done
        warm = min(1.0, (progress.step + 1) / max(1, settings.warmup_steps))
        return warm * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done)))

    @property
    def learning_rate(self) -> float:
        """That of AdamW at this step."""
        return self.settings.learning_rate * self.pace

    def step(self, batch: Batch) -> float:
        """One step on a batch; its loss."""
        self.network.train()
        ids, features = self.network.dropped(batch.ids, batch.features)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.bf16):
            found = self.network(ids, features, batch.mask)
            logits = {head: told.float() for head, told in found.items()}
            if self.rehearsal is None:
                loss = loss_of(logits, batch.labels)
            else:
                loss = self.rehearsal.loss(logits, ids, features, batch)
        self.network.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * self.pace
            optimizer.step()
        self.progress.step += 1
        self._follow()
        return loss.item()

    def judge(self, score: float) -> None:
        """Keeps the averaged weights if no earlier ones had a better score."""
        progress = self.progress
        if score > progress.best_score:
            progress.best_score, progress.best_step, progress.worse = score, progress.step, 0
            self.best = {name: t.clone() for name, t in self.averaged.state_dict().items()}
        else:
            progress.worse += 1

    @property
    def ended(self) -> bool:
        """Whether steps, time or patience are used up."""
        patience = self.settings.patience
        return self.done >= 1.0 or bool(patience and self.progress.worse >= patience)

    def _follow(self) -> None:
        """The average early in a training forgets faster: it began with random weights."""
        n = self.progress.step
        decay = min(self.settings.average, (1 + n) / (10 + n)) if self.settings.average else 0.0
        with torch.no_grad():
            pairs = zip(self.averaged.parameters(), self.network.parameters(), strict=True)
            for mean, weight in pairs:
                mean.lerp_(weight, 1.0 - decay)


def run(
    training: Training,
    batches: Batches,
    evaluation: Evaluation,
    out: Path,
    tell: Callable[[Line], None],
) -> None:
    """Trains from where the training stands to its end; `training.best` has the weights then.

    History and checkpoints are written into the folder `out`; every new line of the history is
    told.
    """
    settings, progress = training.settings, training.progress
    stream = batches(progress.position)
    meter = _Meter()
    saved = progress.seconds
    while not training.ended:
        began = time.perf_counter()
        batch, progress.position = next(stream)
        meter.add(training.step(batch), batch.n_pieces, time.perf_counter() - began)
        if progress.step % _LOGGED == 0:
            _log(training, tell, **meter.told)
            meter = _Meter()
        progress.seconds += time.perf_counter() - began
        if progress.step % settings.evaluate_steps == 0 or training.done >= 1.0:
            began = time.perf_counter()
            counts = evaluation(training.averaged)
            progress.seconds += time.perf_counter() - began
            training.judge(counts[ALL].score)
            _log(training, tell, counts=counts)
            write_lines(out / HISTORY, progress.history)
        if progress.seconds - saved >= 60 * settings.checkpoint_minutes:
            save(training, out / CHECKPOINT)
            saved = progress.seconds
    write_lines(out / HISTORY, progress.history)
    save(training, out / CHECKPOINT)


def save(training: Training, path: Path) -> None:
    """Writes everything that going on needs; an older file is replaced as a whole.

    Raises:
        OSError: the file can't be written.
    """
    content = {
        "network": training.network.state_dict(),
        "averaged": training.averaged.state_dict(),
        "best": training.best,
        "optimizers": [optimizer.state_dict() for optimizer in training.optimizers],
        "random": torch.get_rng_state(),
        "config": encode(training.config),
        "progress": encode(training.progress),
    }
    stream = io.BytesIO()
    torch.save(content, stream)
    write_atomically(path, stream.getvalue())


def restore(training: Training, path: Path) -> None:
    """Brings a training to where it stood when the file was written.

    The settings of the loop may be others than then, such as a later end.

    Raises:
        ModelError: there is no such file, or it belongs to another network or other data.
    """
    try:
        content: dict[str, Any] = torch.load(path, weights_only=True)
        earlier = decode(TrainingConfig, content["config"])
        if (earlier.network, earlier.data) != (training.config.network, training.config.data):
            raise ModelError(f"{path}：是以别的 [network] 或 [data] 设置开始的，不能接着进行")
        training.network.load_state_dict(content["network"])
        training.averaged.load_state_dict(content["averaged"])
        for optimizer, state in zip(training.optimizers, content["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        training.progress = decode(Progress, content["progress"])
    except OSError as error:
        raise ModelError(f"{path}：没有可以接着进行的训练（{error.strerror}）") from error
    except (RuntimeError, KeyError, ValueError) as error:
        raise ModelError(f"{path}：不是这一训练的存档：{error}") from error
    training.best = content["best"]
    torch.set_rng_state(content["random"])


def _log(training: Training, tell: Callable[[Line], None], **told: Any) -> None:
    progress = training.progress
    line = Line(
        step=progress.step,
        minutes=round(progress.seconds / 60, 3),
        done=round(training.done, 5),
        learning_rate=round(training.learning_rate, 8),
        **told,
    )
    progress.history += (line,)
    tell(line)


def _optimizers(
    network: TaggerNetwork, settings: LoopSettings
) -> tuple[torch.optim.Optimizer, ...]:
    """AdamW, and for the matrices of the encoder's layers Muon if so set (Jordan et al. 2024).

    Each group keeps its highest learning rate. Weights of norms and biases do not decay.
    """
    matrices: list[Tensor] = [p for p in network.parameters() if p.dim() >= 2]
    others: list[Tensor] = [p for p in network.parameters() if p.dim() < 2]
    hidden: list[Tensor] = []
    if settings.optimizer == "muon":
        embeddings = set(network.encoder.get_input_embeddings().parameters())
        hidden = [p for p in network.encoder.parameters() if p.dim() == 2 and p not in embeddings]
    apart = set(hidden)
    groups = [
        {"params": [p for p in matrices if p not in apart], "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, lr=settings.learning_rate, betas=_BETAS)
    ]
    if hidden:
        rate, decay = settings.muon_learning_rate, settings.weight_decay
        found.append(torch.optim.Muon(hidden, lr=rate, weight_decay=decay))
    for group in (group for optimizer in found for group in optimizer.param_groups):
        group["initial_lr"] = group["lr"]
    return tuple(found)


@dataclass
class _Meter:
    """Loss and speed of the steps since a line of the history."""

    losses: list[float] = field(default_factory=list)
    pieces: int = 0
    seconds: float = 0.0

    def add(self, loss: float, pieces: int, seconds: float) -> None:
        self.losses.append(loss)
        self.pieces += pieces
        self.seconds += seconds

    @property
    def told(self) -> dict[str, float]:
        return {
            "loss": round(sum(self.losses) / len(self.losses), 5),
            "pieces_per_s": round(self.pieces / max(self.seconds, 1e-9), 1),
        }
