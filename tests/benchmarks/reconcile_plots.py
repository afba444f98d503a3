"""The scores of the reconciling benchmark as pictures."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from gouji.inference.risk import risk_coverage
from tests.benchmarks.reconcile_scores import Score

_OUTCOMES = {
    "restored": ("right, no flag", "#2a9d4a"),
    "corrected": ("right, flagged", "#a8d8a0"),
    "listed": ("flagged, truth among the alternatives", "#f2c14e"),
    "lost": ("flagged, truth not among them", "#b9b9b9"),
    "silent": ("wrong, no flag", "#d1352b"),
}


def draw_plots(scores: Mapping[str, Mapping[str, Score]], out: Path) -> None:
    """Writes OUT/outcomes.svg and OUT/risk.svg from the scores by table and damage."""
    _outcomes(scores).savefig(out / "outcomes.svg", metadata={"Date": None})
    _risk(scores).savefig(out / "risk.svg", metadata={"Date": None})


def _outcomes(scores: Mapping[str, Mapping[str, Score]]) -> Figure:
    """What became of the spoilt cells: one bar for each damage."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    for axes, (table, by_damage) in zip(
        figure.subplots(1, len(scores), sharey=True, squeeze=False)[0], scores.items(), strict=True
    ):
        names = [name for name, score in by_damage.items() if score.spoilt][::-1]
        left = np.zeros(len(names))
        for outcome, (label, colour) in _OUTCOMES.items():
            shares = np.array(
                [100 * getattr(by_damage[name], outcome) / by_damage[name].spoilt for name in names]
            )
            axes.barh(names, shares, left=left, color=colour, label=label)
            left += shares
        axes.set(title=table, xlabel="% of the spoilt cells", xlim=(0, 100))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def _risk(scores: Mapping[str, Mapping[str, Score]]) -> Figure:
    """The share of wrong cells among the surest ones, over all damages of a table."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for table, by_damage in scores.items():
        confidences = [c for score in by_damage.values() for c in score.confidences]
        right = [r for score in by_damage.values() for r in score.right]
        curve = risk_coverage(confidences, right)
        if curve is not None:
            axes.plot(curve.coverage, curve.risk, label=f"{table}, {curve.n:,} cells")
    axes.set(xlabel="share of the cells kept, surest first", ylabel="share of them wrong")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure
