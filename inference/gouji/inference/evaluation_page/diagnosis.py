"""The sections on confusion and on confidence."""

from collections.abc import Mapping, Sequence

from gouji.inference.confusion import Cause, Pairs
from gouji.inference.evaluation_page.charts import reliability_chart, risk_chart
from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.figures import count_cell, paragraphs, percent
from gouji.inference.evaluation_page.markup import Html, joined, table, tag
from gouji.inference.evaluation_page.names import Names
from gouji.inference.evidence import Trust
from gouji.inference.risk import Reliability, RiskCoverage, reliability, risk_coverage

N_CONFUSIONS = 12

_N_SHADES = 5
_TITLE = 14  # characters of a title in the heat table
_CAUSES: Mapping[Cause, str] = {
    Cause.MOVED: "读到的是同一张表中另一格的数，且只有一格有这个数：推断为放错了位置",
    Cause.SEVERAL: "读到的数在同一张表中不止一格有：无从推断是哪一格的",
    Cause.OWN: "读到的就是原文此格所示，给出的值却不对",
    Cause.UNKNOWN: "读到的数不属于同一张表的其他非零格：读错了，或不是表中的数",
    Cause.NOTHING: "没有读到数，原文此格却有数",
}
_TRUST_NOTES = (
    "左图 (risk-coverage)：按置信度从高到低保留结果，横轴为保留的比例，纵轴为所保留者的错误率；"
    "AURC 是曲线下面积（各覆盖率下错误率的平均），越小越好。"
    "右图 (reliability diagram)：按置信度分为至多 10 个等量的组，置信度相同的不拆开，"
    "点落在虚线上为恰当，在虚线之下为过于自信；"
    "ECE (expected calibration error) 为各组正确率与平均置信度之差的加权平均。",
    "坐标轴从最能看清的位置开始，不一定从 0 开始；没有读出的报告，其单元格的置信度按 0 计。"
    "一格“正确”与上文评分相同：原文印错而照录并标记核对的也算对。",
)


def confusion(contents: Contents, names: Names) -> Html:
    """What stood in the wrong cells, and which rows and columns were taken for which."""
    found = contents.detail.evidence.confusion
    if not found.causes:
        return paragraphs(["没有错的单元格（没有读出的报告不计）。"])
    rows = [[why, count_cell(found.causes[cause])] for cause, why in _CAUSES.items()]
    parts = [
        table(("错的单元格里读到了什么", "格数"), rows),
        paragraphs(
            [
                "标准答案不记数字的位置，以下由数值推断 (inferred)：错格里读到的数若恰为同一张表中"
                "唯一另一非零格的数，就认为是把那一格的数放到了这里。碰巧相同的数也会计入。"
            ]
        ),
    ]
    for title, pairs in (("行 (rows)", found.rows), ("列 (columns)", found.columns)):
        parts += [tag("h3", title), _heat(pairs, names)]
    return joined(parts)


def _heat(pairs: Pairs, names: Names) -> Html:
    """The most frequent pairs as a table: where numbers belong downwards, where put across."""
    if not pairs:
        return paragraphs(["没有推断出放错位置的数。"])
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    top = [pair for pair, _ in ranked[:N_CONFUSIONS]]
    owners = list(dict.fromkeys(owner for owner, _ in top))
    places = list(dict.fromkeys(place for _, place in top))
    most = ranked[0][1]
    rows = [
        [
            tag("th", _label(owner, names), title=owner, scope="row"),
            *(_shaded(pairs[owner, place], most, owner == place) for place in places),
        ]
        for owner in owners
    ]
    head = [
        joined((tag("small", "放到了 →"), tag("small", "本属 ↓"))),
        *(tag("span", _label(place, names), title=place) for place in places),
    ]
    shown = sum(pairs[pair] for pair in top)
    note = (
        f"共 {sum(pairs.values()):,} 次，列出最多的 {len(top)} 对所涉的行列，"
        f"这 {len(top)} 对占 {shown:,} 次；斜线格为同行（同列），即只错在另一个方向。"
    )
    return joined((table(head, rows, "heat"), paragraphs([note])))


def _shaded(count: int, most: int, same: bool) -> Html:
    """A count on a ground that is the darker the larger it is."""
    shade = 0 if not count else 1 + min(_N_SHADES - 1, _N_SHADES * (count - 1) // most)
    return tag("td", count or "", class_=f"n h{shade}{' same' if same else ''}")


def _label(part: str, names: Names) -> Html:
    """The beginning of a row's or column's title, enough to know it by, and its table."""
    title = names.part(part)
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
    return joined((short, tag("small", part.partition(".")[0])))


def trust(contents: Contents) -> Html:
    """Risk against coverage and reliability, for cells and for whole reports."""
    evidence = contents.detail.evidence
    cells = {"全部单元格": evidence.cells, "非零单元格": evidence.nonzero}
    reports = {"整份报告": evidence.reports}
    return joined(
        (
            paragraphs(_TRUST_NOTES),
            tag("h3", "单元格置信度"),
            _trusted(cells, "单元格"),
            tag("h3", "整份报告的置信度"),
            _trusted(reports, "整份报告"),
        )
    )


def _trusted(results: Mapping[str, Trust], what: str) -> Html:
    curves = {n: c for n, t in results.items() if (c := risk_coverage(t.confidence, t.right))}
    diagrams = {n: d for n, t in results.items() if (d := reliability(t.confidence, t.right))}
    if not curves:
        return paragraphs([f"没有可画的{what}。"])
    charts = (
        risk_chart(list(curves.items()), f"{what}：错误率与覆盖率 (risk-coverage)"),
        reliability_chart(list(diagrams.items()), f"{what}：可靠性图 (reliability diagram)"),
    )
    rows = [_summary(name, curves[name], diagrams[name]) for name in curves]
    head = ("", "n", "错", "错误率", "AURC", "ECE")
    return joined(
        (
            tag("div", *(tag("figure", chart) for chart in charts), class_="charts"),
            table(head, rows),
            *(_bins(name, diagram) for name, diagram in diagrams.items()),
        )
    )


def _summary(name: str, curve: RiskCoverage, diagram: Reliability) -> Sequence[Html]:
    figures = (percent(curve.n_wrong / curve.n), f"{curve.aurc:.6f}", f"{diagram.ece:.6f}")
    return (
        tag("th", name, scope="row"),
        count_cell(curve.n),
        count_cell(curve.n_wrong),
        *(tag("td", figure, class_="n") for figure in figures),
    )


def _bins(name: str, diagram: Reliability) -> Html:
    """The numbers behind a reliability diagram."""
    rows = [
        (
            count_cell(bin_.n),
            tag("td", f"{bin_.confidence:.6f}", class_="n"),
            tag("td", f"{bin_.accuracy:.6f}", class_="n"),
            tag("td", f"{bin_.accuracy - bin_.confidence:+.6f}", class_="n"),
        )
        for bin_ in diagram.bins
    ]
    head = ("n", "平均置信度", "正确率", "差")
    return tag("details", tag("summary", f"{name}：各组的数"), table(head, rows))
