"""Curves: a training as a picture."""

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gouji.model.atomic import write_atomically
from gouji.training.loop import Line
from gouji.training.metrics import ALL, LEFT_OUT

CURVES = "curves.png"

_SHOWN = ("nonzero", "zero", "blank", "row", "column", "exact")


def write_curves(folder: Path, history: Sequence[Line]) -> None:
    """Writes `curves.png`: loss, scores and false cells over the steps.

    Raises:
        OSError: the file can't be written.
    """
    figure = Figure(figsize=(12, 4), layout="constrained")
    loss, scores, false = figure.subplots(1, 3)
    steps = [line.step for line in history if line.loss is not None]
    loss.plot(steps, [line.loss for line in history if line.loss is not None], linewidth=1)
    loss.set(title="Loss", yscale="log" if steps else "linear")
    for group, style in ((ALL, "-"), (LEFT_OUT, "--")):
        for name in _SHOWN:
            _plot(scores, history, group, name, style)
    scores.set(title="Shares of right labels (dashed: families left out)", ylim=(0.0, 1.01))
    for group, style in ((ALL, "-"), (LEFT_OUT, "--")):
        _plot(false, history, group, "false_per_report", style)
    false.set(title="False cells per report")
    for axes in (loss, scores, false):
        axes.set_xlabel("step")
        axes.grid(visible=True, alpha=0.3)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(fontsize=7)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    write_atomically(folder / CURVES, picture.getvalue())


def _plot(axes: Axes, history: Sequence[Line], group: str, name: str, style: str) -> None:
    """One line of the picture, with nothing where there was nothing to count."""
    told = [
        (line.step, line.counts[group]) for line in history if line.counts and group in line.counts
    ]
    points = [(step, counts.scores[name]) for step, counts in told]
    seen = [(step, share) for step, share in points if share is not None]
    if seen:
        label = name if group == ALL else f"{name}, {group}"
        axes.plot(*zip(*seen, strict=True), style, label=label, linewidth=1, marker=".")
