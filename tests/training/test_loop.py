from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from gouji.cli import app
from gouji.model.errors import ConfigError, ModelError
from gouji.model.jsonl import read_lines
from gouji.model.network import TaggerNetwork
from gouji.training.config import TrainingConfig, parse_config, read_config
from gouji.training.curves import CURVES, write_curves
from gouji.training.examples import batches, collate, examples_of
from gouji.training.loop import CHECKPOINT, HISTORY, Line, Training, restore, run
from gouji.training.metrics import ALL, LEFT_OUT, Counts, count, evaluate, gold_report
from tests.training.tiny import (
    BATCHING,
    LABELS,
    report,
    source,
    tiny_config,
    tiny_settings,
    tiny_vision,
)

N_TABLES = len(LABELS.tables) - 2
GOLD = [gold_report(report(number), tiny_vision()) for number in range(500, 503)]


class Interrupted(Exception):
    """Ctrl-C, in a test."""


def begun(config: TrainingConfig) -> Training:
    torch.manual_seed(config.loop.seed)
    return Training(TaggerNetwork(tiny_config(tiny_vision())), config)


def run_on(
    training: Training, out: Path, tell: Callable[[Line], None] = lambda line: None
) -> dict[str, torch.Tensor]:
    """The weights at the end of a training on small reports."""
    vision = tiny_vision()
    run(
        training,
        lambda position: batches(source, vision, BATCHING, position),
        lambda network: evaluate(network, GOLD),
        out,
        tell,
    )
    return training.network.state_dict()


def test_loss_falls_on_a_batch_seen_again_and_again() -> None:
    training = begun(tiny_settings(steps=40))
    batch = collate(
        [one for n in range(3) for one in examples_of(report(n).annotation, tiny_vision())]
    )
    losses = [training.step(batch) for _ in range(20)]
    assert losses[-1] < 0.8 * losses[0]


def test_resumed_training_ends_with_the_weights_of_one_never_stopped(tmp_path: Path) -> None:
    config = tiny_settings(steps=12)
    config = replace(config, loop=replace(config.loop, checkpoint_minutes=1e-9))
    whole = run_on(begun(config), tmp_path / "whole")

    def interrupt(line: Line) -> None:
        if line.step == 8:
            raise Interrupted

    with pytest.raises(Interrupted):
        run_on(begun(config), tmp_path, interrupt)
    again = begun(config)
    restore(again, tmp_path / CHECKPOINT)
    assert again.progress.step == 7
    resumed = run_on(again, tmp_path)
    assert all(torch.equal(resumed[name], weights) for name, weights in whole.items())


def test_history_tells_losses_and_evaluations(tmp_path: Path) -> None:
    told: list[Line] = []
    run_on(begun(tiny_settings(steps=12)), tmp_path, told.append)
    assert list(read_lines(tmp_path / HISTORY, Line)) == told
    assert [line.step for line in told if line.counts] == [4, 8, 12]
    assert [line.step for line in told if line.loss is not None] == [10]
    assert told[-1].done == 1.0
    write_curves(tmp_path, told)
    assert (tmp_path / CURVES).read_bytes().startswith(b"\x89PNG")


def test_learning_rate_rises_then_falls_to_nothing() -> None:
    training = begun(tiny_settings(steps=10))
    rates = []
    for step in range(11):
        training.progress.step = step
        rates.append(training.learning_rate)
    assert rates[0] < rates[1]
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert rates[-1] == 0.0


def test_time_limit_ends_a_training_before_its_steps() -> None:
    config = tiny_settings(steps=1000)
    training = begun(replace(config, loop=replace(config.loop, max_minutes=2.0)))
    training.progress.seconds = 60.0
    assert training.done == 0.5
    training.progress.seconds = 121.0
    assert training.ended


def test_patience_ends_a_training_and_the_best_weights_stay() -> None:
    config = tiny_settings(steps=1000)
    training = begun(replace(config, loop=replace(config.loop, patience=2)))
    training.judge(0.5)
    best = {name: weights.clone() for name, weights in training.best.items()}
    for score in (0.4, 0.5):
        assert not training.ended
        for weights in training.averaged.parameters():
            weights.data += 1.0
        training.judge(score)
    assert training.ended
    assert all(torch.equal(training.best[name], weights) for name, weights in best.items())


def test_checkpoint_of_other_data_is_refused(tmp_path: Path) -> None:
    config = tiny_settings(steps=1)
    run_on(begun(config), tmp_path)
    other = begun(replace(config, data=replace(config.data, seed=9)))
    with pytest.raises(ModelError, match="data"):
        restore(other, tmp_path / CHECKPOINT)


def test_checkpoint_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="没有可以接着进行的训练"):
        restore(begun(tiny_settings(steps=1)), tmp_path / CHECKPOINT)


def gold_labels() -> dict[str, np.ndarray]:
    labels = GOLD[0].labels
    told = {head: getattr(labels, head).copy() for head in ("table", "row", "column", "field")}
    return {head: np.maximum(one, 0) for head, one in told.items()}


def test_right_labels_are_counted_as_an_exact_report() -> None:
    counts = count(GOLD[0], gold_labels(), N_TABLES)
    assert (counts.reports, counts.exact, counts.kept_exact) == (1, 1, 1)
    assert counts.nonzero_right + counts.zero_right == counts.nonzero + counts.zero == 9
    assert counts.false_cells == 0
    assert counts.score == 1.0


@pytest.mark.parametrize("head", ["table", "row", "column"])
def test_one_wrong_label_makes_its_cell_wrong(head: str) -> None:
    told = gold_labels()
    at = np.flatnonzero(GOLD[0].labels.cell >= 0)[4]
    told[head][at] += 1
    counts = count(GOLD[0], told, N_TABLES)
    assert counts.nonzero_right + counts.zero_right == 8
    assert counts.exact == 0


def test_year_taken_for_a_cell_is_a_false_cell() -> None:
    told = gold_labels()
    year = next(i for i, token in enumerate(GOLD[0].encoded.tokens) if token.word.startswith("20"))
    told["table"][year] = 2
    counts = count(GOLD[0], told, N_TABLES)
    assert (counts.false_cells, counts.exact) == (1, 0)
    assert counts.score == 0.9


def test_families_left_out_are_counted_apart() -> None:
    network = TaggerNetwork(tiny_config(tiny_vision()))
    found = evaluate(network, GOLD, left_out={"family 1"})
    assert found[LEFT_OUT] == found["family 1"]
    assert found[ALL] == found["family 0"]
    assert (found[ALL].reports, found[LEFT_OUT].reports) == (2, 1)


def test_nothing_to_count_has_no_share() -> None:
    assert set(Counts().scores.values()) == {None}


def test_default_settings_are_those_of_the_file_that_lists_them() -> None:
    config = read_config()
    assert (config.network.architecture, config.data.window, config.loop.threads) == (
        "modernbert",
        352,
        2,
    )


def test_learning_rates_begin_once_more_where_they_restart() -> None:
    config = tiny_settings(steps=10**6)
    loop = replace(config.loop, max_minutes=10.0, restart_minutes=8.0, restart_pace=0.5)
    training = begun(replace(config, loop=loop))
    training.progress.step = 100

    def pace(minutes: float) -> float:
        training.progress.seconds = 60 * minutes
        return training.pace

    assert pace(0) == pytest.approx(1.0)
    assert pace(4) == pytest.approx(0.5)
    assert pace(7.999) == pytest.approx(0.0, abs=1e-6)
    assert [pace(minutes) for minutes in (8, 9, 10)] == pytest.approx([0.5, 0.25, 0.0])
    assert training.ended


def test_settings_change_what_a_file_names() -> None:
    config = parse_config('[data]\nleave_out = ["tabs"]\n[loop]\nsteps = 7\n', "a.toml")
    assert config.data.leave_out == ("tabs",)
    assert config.loop == replace(read_config().loop, steps=7)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[loop]\nstep = 7\n", "未知的设置 loop.step"),
        ("[lop]\nsteps = 7\n", "未知的设置 lop"),
        ("loop = 7\n", r"loop 应为一个部分"),
        ('[loop]\nsteps = "7"\n', "loop.steps 应为整数"),
        ("[loop]\nsteps = 0\n", "loop.steps 应大于 0"),
        ("[loop]\nlearning_rate = nan\n", "loop.learning_rate 应大于 0"),
        ("[network]\ndropout = 1.5\n", "network.dropout 应在 0 与 1 之间"),
        ('[network]\narchitecture = "lstm"\n', "modernbert"),
        ("[network]\nheads = 3\n", "network.hidden"),
        ("[data]\ncontext = 256\n", "data.context"),
        ("[data]\ndevelopment_seed = 1\n", "data.development_seed"),
        ("[data\n", "不是有效的 TOML"),
        ("[loop]\nrestart_minutes = 99.0\n", "loop.restart_minutes"),
        ("[[data.stages]]\nstart = 1\nweights = { tabs = 0 }\n", "data.stages"),
    ],
)
def test_wrong_settings_are_errors_that_name_file_and_key(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=rf"a\.toml：.*{problem}"):
        parse_config(text, "a.toml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[data]\nleave_out = ["no_such"]\n', "没有名为 no_such 的版式"),
        ('[network]\narchitecture = "base"\n', "--base"),
        ("[loop]\nsteps = -1\n", "loop.steps"),
    ],
)
def test_command_says_what_is_wrong_and_writes_nothing(
    tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "a.toml").write_text(text, "utf-8")
    out = tmp_path / "model"
    done = CliRunner().invoke(
        app, ["train", "--config", str(tmp_path / "a.toml"), "--out", str(out)]
    )
    assert done.exit_code == 2
    assert problem in done.output
    assert not out.exists()


def test_command_does_not_overwrite_a_training(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"")
    done = CliRunner().invoke(app, ["train", "--out", str(tmp_path)])
    assert (done.exit_code, "--resume" in done.output) == (2, True)
