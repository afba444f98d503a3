"""The section on versions: how the figures of a model have changed from training to training."""

from collections.abc import Mapping, Sequence

from gouji.inference.bootstrap import Estimate
from gouji.inference.evaluation_page.charts import Dot, dot_chart
from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.figures import (
    UNDEFINED,
    estimate_cell,
    paragraphs,
    percent,
    rated,
)
from gouji.inference.evaluation_page.markup import Html, joined, table, tag
from gouji.inference.evidence import Evaluated
from gouji.inference.lineage import Gate, Version

MEASURES = ("非零单元格正确", "整份全对", "标记核对", "错而未标")
"""The rates that the history shows, by their titles in `RATES`."""

_GATES: Mapping[Gate, str] = {
    Gate.NONE: UNDEFINED,
    Gate.PASSED: "通过",
    Gate.FORCED: "未通过，已放行",
    Gate.REFUSED: "未通过",
}
_BETTER = {"非零单元格正确": "越高越好", "整份全对": "越高越好"}
_NOTES = (
    "各版本读的是同样的报告。由左至右：先父后子（据 training.json 的 parent），其余按训练日期；"
    "连线由父版本到子版本，竖线为 95% 区间，纵轴不一定从 0 开始。"
    "方块为与原模型的比较 (gate) 未通过的，圆点为通过或没有比较过的。",
    "区间重叠不等于没有差别：同样的报告成对比较更灵敏，见 gouji models compare。",
)


def history(contents: Contents) -> Html:
    """A chart for each measure with a point for each version, and the same as a table."""
    rates = [rated(_documents(evaluated)) for _, evaluated in contents.history]
    versions = [version for version, _ in contents.history]
    charts = (
        _chart(title, versions, [estimates[title] for estimates in rates]) for title in MEASURES
    )
    rows = [
        [
            tag("th", version.name, tag("small", version.version), scope="row"),
            version.parent or UNDEFINED,
            tag("td", version.date or UNDEFINED, class_="day"),
            _GATES[version.gate],
            *(estimate_cell(estimates[title]) for title in MEASURES),
        ]
        for version, estimates in zip(versions, rates, strict=True)
    ]
    head = (
        "版本",
        *(_left(name) for name in ("原模型 (parent)", "日期", "比较 (gate)")),
        *MEASURES,
    )
    return joined(
        (
            tag("div", *charts, class_="charts"),
            paragraphs(_NOTES),
            table(head, rows, "groups"),
        )
    )


def _chart(title: str, versions: Sequence[Version], estimates: Sequence[Estimate]) -> Html:
    dots = [
        Dot(
            name=version.name,
            value=estimate.value,
            ends=(estimate.low, estimate.high),
            shown=percent(estimate.value),
            apart=version.gate in (Gate.REFUSED, Gate.FORCED),
            before=_parent(version, versions),
        )
        for version, estimate in zip(versions, estimates, strict=True)
    ]
    caption = f"{title}（{_BETTER.get(title, '越低越好')}）"
    return tag("figure", tag("figcaption", caption), dot_chart(dots, caption))


def _parent(version: Version, versions: Sequence[Version]) -> int | None:
    """The number of the version that this one comes from, if it is there."""
    found = (n for n, other in enumerate(versions) if version.is_child_of(other))
    return next(found, None)


def _documents(evaluated: Evaluated) -> list[Mapping[str, int]]:
    return [document.whole for document in evaluated.evidence.documents]


def _left(title: str) -> Html:
    return tag("th", title, scope="col", class_="left")
