"""Rehearsal: what a model knows is kept while it learns from samples.

On synthetic reports the network that is trained has to say what the old model said of the same
windows, its doubts included (learning without forgetting: Li and Hoiem 2016; distillation: Hinton
et al. 2015). As long as it does, these windows do not move a weight, while labels would: the
noise of what can't be told from a damaged page is larger than what there is to learn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import kl_div, log_softmax

from gouji.model.network import HEAD_SHARES, IGNORED, TaggerNetwork, loss_of, table_weight
from gouji.training.examples import Batch

Logits = Mapping[str, Tensor]
"""By head, float32 (batch, pieces, labels)."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The old model, in evaluation mode and without gradients, and what keeping to it weighs."""

    teacher: TaggerNetwork
    weight: float

    def loss(self, logits: Logits, ids: Tensor, features: Tensor, batch: Batch) -> Tensor:
        """That of a batch, a scalar: from labels on samples, from the old model on the others.

        `ids` and `features` are what the network was shown of the batch; either part counts by
        its share of the windows.
        """
        old = batch.rehearsed
        share = float(old.float().mean())
        total = torch.zeros(())
        if share < 1.0:
            own = loss_of(_chosen(logits, ~old), _chosen(batch.labels, ~old))
            total = total + (1.0 - share) * own
        if share > 0.0:
            with torch.no_grad():
                told = self.teacher(ids[old], features[old], batch.mask[old])
            kept = divergence_of(_chosen(logits, old), told, _chosen(batch.labels, old))
            total = total + self.weight * share * kept
        return total


def divergence_of(logits: Logits, told: Logits, labels: Mapping[str, Tensor]) -> Tensor:
    """The sum over the heads of the divergence from what another network told, a scalar.

    It is the one of Kullback and Leibler in nats; 0 where both say the same. The tokens count as
    in `loss_of`, whose `labels` these are: of them only where a head is asked is used.
    """
    weight = table_weight(labels)
    each = _divergence(logits["table"].flatten(0, 1), told["table"].flatten(0, 1))
    total = (each * weight).sum() / weight.sum().clamp(min=1.0)
    for head, share in HEAD_SHARES.items():
        asked = labels[head] != IGNORED
        if bool(asked.any()):
            total = total + share * _divergence(logits[head][asked], told[head][asked]).mean()
    return total


def _chosen(of_heads: Mapping[str, Tensor], windows: Tensor) -> dict[str, Tensor]:
    return {head: told[windows] for head, told in of_heads.items()}


def _divergence(logits: Tensor, told: Tensor) -> Tensor:
    """That of each row."""
    ours, theirs = log_softmax(logits, -1), log_softmax(told.float(), -1)
    return kl_div(ours, theirs, log_target=True, reduction="none").sum(-1)
