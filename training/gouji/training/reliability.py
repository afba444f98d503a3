"""Reliability: the calibration of a model written into its folder, as numbers, picture and card."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gouji.model.atomic import write_atomically
from gouji.model.form import Form
from gouji.model.jsonl import dumps, encode
from gouji.model.registry import CALIBRATION, CARD
from gouji.training.calibration import Bin, CalibrationRecord, calibrate
from gouji.training.synthesis.layouts.family import Family
from gouji.training.synthesis.report import Sample
from gouji.training.synthesis.stream import nth

RELIABILITY, PICTURE = "reliability.json", "reliability.png"

_HEADING = "## 校准"
_TITLES = {"table": "表", "row": "行", "column": "列"}
_WHOLE = {"whole": "逐行齐全、次序不乱", "part": "其他"}


def write_calibration(
    folder: Path, form: Form, families: Mapping[str, Family], seed: int, reports: int
) -> CalibrationRecord:
    """Calibrates the model of a folder on `reports` reports of each family.

    Half as many further ones measure how well it holds. Writes `calibration.json`,
    `reliability.json` and `reliability.png`, and the section of the card on them.

    Raises:
        ModelError: the folder holds no model for the form.
        OSError: a file can't be written.
    """
    fit = list(_samples(form, families, range(reports), seed))
    test = list(_samples(form, families, range(reports, reports + (reports + 1) // 2), seed))
    calibration, record = calibrate(folder, form, fit, test)
    write_atomically(folder / CALIBRATION, (dumps(encode(calibration)) + "\n").encode())
    write_atomically(folder / RELIABILITY, (dumps(encode(record)) + "\n").encode())
    write_atomically(folder / PICTURE, _picture(record))
    card = (folder / CARD).read_text("utf-8") if (folder / CARD).exists() else ""
    write_atomically(folder / CARD, with_calibration(card, record).encode())
    return record


def with_calibration(card: str, record: CalibrationRecord) -> str:
    """The card with its section on calibration, before the limits or in place of an older one."""
    before, _, rest = card.partition(f"{_HEADING}\n")
    if not rest:
        before, found, rest = card.partition("## 局限\n")
        return f"{before}{_section(record)}\n{found}{rest}"
    _, found, after = rest.partition("\n## ")
    return f"{before}{_section(record)}{found}{after}"


def _samples(
    form: Form, families: Mapping[str, Family], numbers: range, seed: int
) -> Iterator[Sample]:
    for name, family in sorted(families.items()):
        for number in numbers:
            yield nth(form, seed, {name: family}, number)


def _section(record: CalibrationRecord) -> str:
    heads = "".join(
        f"| {_TITLES[name]} | {head.n} | {100 * head.right:.2f} % | {head.ece_before:.4f} |"
        f" {head.ece_after:.4f} |\n"
        for name, head in record.heads.items()
    )
    lines = "".join(
        f"| {_named(condition)} | {line.agree} | {_share(line.agree_right, line.agree)} |"
        f" {line.disagree} | {_share(line.model_right, line.disagree)} |"
        f" {_share(line.rules_right, line.disagree)} |\n"
        for condition, line in record.lines.items()
    )
    votes = "".join(
        f"| {_WHOLE[name]} | {vote.n} | {100 * vote.believed:.2f} % | {100 * vote.right:.2f} % |"
        f" {vote.n_sure} | {_share(vote.sure_right, vote.n_sure)} |\n"
        for name, vote in record.votes.items()
    )
    families = "、".join(f"`{name}`" for name in record.families)
    return (
        f"{_HEADING}\n\n"
        f"概率以温度和等渗回归校准，用 {record.fitted_on} 份报告；"
        f"以下在另外 {record.tested_on} 份上测得。训练从未用过这些报告。版式：{families}。\n\n"
        "| 概率 | 个数 | 最可能者正确 | 期望校准误差（校准前） | 期望校准误差（校准后） |\n"
        f"|---|---|---|---|---|\n{heads}\n"
        "![可靠性图](reliability.png)\n\n"
        "同一行的数对行名一起投票；各表逐行齐全、次序不乱的，比零落的可信得多，"
        "所以分开校准（可信程度在 98 % 以上的行不必核对行名）：\n\n"
        "| 表 | 行数 | 校准后的平均把握 | 行名正确 | 不必核对的 | 其中正确 |\n"
        f"|---|---|---|---|---|---|\n{votes}\n"
        "规则是第二意见。同一行的数由两者各自落格；意见不一时，按下表中各自正确的比例取信：\n\n"
        "| 情形 | 一致 | 一致且正确 | 不一 | 不一时模型正确 | 不一时规则正确 |\n"
        f"|---|---|---|---|---|---|\n{lines}"
    )


def _named(condition: str) -> str:
    return f"`{condition}`" if condition else "全部"


def _share(n: int, of: int) -> str:
    return f"{100 * n / of:.2f} %" if of else "—"


def _picture(record: CalibrationRecord) -> bytes:
    """What was observed over what was stated, before and after, for each head."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    for axes, (name, head) in zip(
        figure.subplots(1, len(record.heads)), record.heads.items(), strict=True
    ):
        _plot(axes, head.bins_before, f"before, ECE {head.ece_before:.4f}")
        _plot(axes, head.bins_after, f"after, ECE {head.ece_after:.4f}")
        axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        axes.set(title=f"{name} (n = {head.n})", xlabel="stated", ylabel="observed")
        axes.legend(fontsize=8)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _plot(axes: Axes, bins: tuple[Bin, ...], label: str) -> None:
    axes.plot([b.stated for b in bins], [b.observed for b in bins], marker=".", label=label)
