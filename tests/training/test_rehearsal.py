from copy import deepcopy
from dataclasses import replace

import pytest
import torch

from gouji.model.network import TaggerNetwork, loss_of
from gouji.training.examples import Batch, collate, examples_of
from gouji.training.loop import Training
from gouji.training.rehearsal import Logits, Rehearsal, divergence_of
from tests.training.tiny import report, tiny_config, tiny_settings, tiny_vision


def network(seed: int = 1) -> TaggerNetwork:
    torch.manual_seed(seed)
    return TaggerNetwork(tiny_config(tiny_vision())).eval()


def batch(rehearsed: tuple[bool, ...] = (False, True)) -> Batch:
    """A window of as many reports, rehearsed or not."""
    return collate(
        [
            replace(examples_of(report(number).annotation, tiny_vision())[0], rehearsed=flag)
            for number, flag in enumerate(rehearsed)
        ]
    )


def told(by: TaggerNetwork, of: Batch) -> Logits:
    found: Logits = by(of.ids, of.features, of.mask)
    return found


def test_two_networks_that_say_the_same_do_not_diverge() -> None:
    one, given = network(), batch()
    assert divergence_of(told(one, given), told(one, given), given.labels).item() == pytest.approx(
        0.0, abs=1e-6
    )
    assert divergence_of(told(network(2), given), told(one, given), given.labels).item() > 1e-3


@pytest.mark.parametrize("head", ["table", "row", "column", "field"])
def test_every_head_diverges_by_itself(head: str) -> None:
    given, first, second = batch(), network(), network(2)
    mixed = {**told(first, given), head: told(second, given)[head]}
    assert divergence_of(mixed, told(first, given), given.labels).item() > 1e-6


def test_samples_are_learned_from_labels_alone() -> None:
    given, one = batch((False, False)), network()
    logits = told(one, given)
    found = Rehearsal(network(2), 5.0).loss(logits, given.ids, given.features, given)
    assert found.item() == pytest.approx(loss_of(logits, given.labels).item())


def test_either_part_counts_by_its_windows() -> None:
    given, one, teacher = batch((False, True, True, True)), network(), network(2)
    logits = told(one, given)
    old = given.rehearsed
    own = loss_of({h: t[~old] for h, t in logits.items()}, labels_of(given, ~old)).item()
    kept = divergence_of(
        {h: t[old] for h, t in logits.items()},
        {h: t[old] for h, t in told(teacher, given).items()},
        labels_of(given, old),
    ).item()
    found = Rehearsal(teacher, 4.0).loss(logits, given.ids, given.features, given).item()
    assert found == pytest.approx(own / 4 + 4.0 * kept * 3 / 4, rel=1e-3)


def labels_of(given: Batch, chosen: torch.Tensor) -> dict[str, torch.Tensor]:
    return {head: labels[chosen] for head, labels in given.labels.items()}


def test_rehearsed_reports_hold_the_network_where_labels_would_move_it() -> None:
    given, old = batch((True, True)), network()
    settings = tiny_settings(steps=30)
    moved = []
    for rehearsal in (Rehearsal(deepcopy(old).requires_grad_(requires_grad=False), 5.0), None):
        training = Training(deepcopy(old), settings, rehearsal)
        for _ in range(10):
            training.step(given)
        now = training.network.eval()
        moved.append(divergence_of(told(now, given), told(old, given), given.labels).item())
    assert moved[0] < 0.1 * moved[1]
