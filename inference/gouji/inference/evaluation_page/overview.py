"""The first sections: where the figures come from, the figures, and the same by group."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from gouji.inference.bootstrap import N_RESAMPLES, SEED
from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.figures import (
    BEFORE_RECONCILING,
    RATES,
    count_cell,
    estimate_cell,
    paragraphs,
    rated,
)
from gouji.inference.evaluation_page.markup import Html, joined, table, tag
from gouji.inference.evaluation_page.names import Names
from gouji.inference.evidence import DocumentCounts, Evaluated

_MADE_BY = {"gouji": "读取所用 gouji", "model": "模型", "form_sha256": "表单 SHA-256",
            "settings_sha256": "设置 SHA-256"}  # fmt: skip
_UNDAMAGED = "（未注明）"
_INTERVALS = (
    "每格三行：比率；按整份报告重抽样的 95% 区间（bootstrap，百分位法）；事件数/总数。"
    "同一份报告里的单元格往往一起对或一起错，所以以报告为单位重抽。"
    "零事件取 0 至 3/n，全为事件取 1 − 3/n 至 1（n 为该格的总数）：此时重抽样看不到变化，"
    "且把单元格当作互相独立，对成片的错误偏乐观。"
)
_COLUMNS = (
    "“正确”按评分规则：值与真值相同；原文印错而照录并标记核对的也算对。“错而未标”(silent wrong) 指"
    "值不对又没有要求核对，是最严重的一类。“可用而有错”的分母是判为可直接使用 (accepted) 的报告。"
)


def origin(contents: Contents) -> Html:
    """What was run on what: enough to get the same page again."""
    evidence = contents.detail.evidence
    total = contents.detail.scores.total
    told: dict[str, list[str]] = {name: [] for name in _MADE_BY}
    for name, value in sorted(evidence.made_by):
        told.setdefault(name, []).append(value)
    facts = [
        ("命令行", tag("code", contents.command)),
        ("系统", contents.system),
        ("报告", f"{total['docs']:,} 份，其中未读出 {total['lost']:,} 份"),
        ("单元格", f"{total['cells']:,} 个，其中非零 {total['nonzero']:,} 个"),
        ("评分所用 gouji", contents.gouji),
        *((_MADE_BY.get(n, n), tag("code", "、".join(v) or "报告未注明")) for n, v in told.items()),
        ("评分所用表单", tag("code", f"{contents.form.id} {contents.form.sha256}")),
        ("重抽样 (bootstrap)", f"以报告为单位 {N_RESAMPLES:,} 次，随机种子 {SEED}"),
    ]
    pairs = (joined((tag("dt", name), tag("dd", value))) for name, value in facts)
    return tag("dl", *pairs, class_="facts")


def headline(contents: Contents, names: Names) -> Html:
    """Every rate over all reports, beside it those of each table."""
    documents = contents.detail.evidence.documents
    tables = [t for t in contents.form.table_ids if any(t in d.tables for d in documents)]
    groups = [[d.whole for d in documents]]
    groups += [[d.tables[t] for d in documents if t in d.tables] for t in tables]
    columns = [rated(group) for group in groups]
    rows: list[list[Html]] = [[tag("th", "报告数", scope="row"), *map(_n_documents, groups)]]
    for title in RATES:
        rows.append([tag("th", title, scope="row"), *(estimate_cell(c[title]) for c in columns)])
    head = ["", "全部", *(joined((names.table(t), tag("small", t))) for t in tables)]
    notes = (_INTERVALS, _COLUMNS, "各表一栏中，“整份”指该表全对，“可用”按该表自己的结论。")
    return joined((table(head, rows, "headline"), paragraphs(notes)))


def groups(contents: Contents) -> Html:
    """The rates by family and by damage."""
    documents = contents.detail.evidence.documents
    kinds = _grouped(documents, lambda document: (document.kind,))
    damages = _grouped(documents, lambda document: document.damages or (_UNDAMAGED,))
    parts = [tag("h3", "按版式 (family)"), _group_table("版式", kinds)]
    parts += [tag("h3", "按损坏 (damage)")]
    if set(damages) == {_UNDAMAGED}:
        parts.append(paragraphs(["报告的名称没有注明损坏（名称第三段，以 + 相连）。"]))
    else:
        parts.append(_group_table("损坏", damages))
        parts.append(paragraphs(["有几种损坏的报告在每一种下各计一次，所以各行之和可以超过总数。"]))
    return joined(parts)


def ablation(contents: Contents) -> Html:
    """The systems in comparison, each before and after reconciling."""
    rows = []
    for row in contents.ablation:
        before, after = _stage(row.before, BEFORE_RECONCILING), _stage(row.after, tuple(RATES))
        name = tag("th", row.title, scope="rowgroup", rowspan=2)
        rows.append([name, tag("td", "调和前 (before)"), *before])
        rows.append([tag("td", "调和后 (after)"), *after])
    notes = (
        "调和前：数字放在各自最可能的单元格里，不用任何合计关系，此时没有标记和结论，"
        "所以只比较对错；调和后：经勾稽关系求解的结果。",
        "阅读顺序 (reading order) 不认任何标签，只把首张表之后独立的数字依次填入，"
        "没有可供调和的概率，所以没有调和后一行的数。",
    )
    head = ("系统", tag("th", "阶段", scope="col", class_="left"), *RATES)
    return joined((table(head, rows, "groups"), paragraphs(notes)))


def _stage(evaluated: Evaluated | None, titles: Sequence[str]) -> list[Html]:
    if evaluated is None:
        return [estimate_cell(None) for _ in RATES]
    rates = rated([document.whole for document in evaluated.evidence.documents])
    return [estimate_cell(rates[title] if title in titles else None) for title in RATES]


def _grouped(
    documents: Sequence[DocumentCounts], keys: Callable[[DocumentCounts], Sequence[str]]
) -> dict[str, list[Counter[str]]]:
    grouped: dict[str, list[Counter[str]]] = {}
    for document in documents:
        for key in keys(document):
            grouped.setdefault(key, []).append(document.whole)
    return dict(sorted(grouped.items()))


def _group_table(title: str, grouped: Mapping[str, Sequence[Counter[str]]]) -> Html:
    rows = []
    for name, documents in grouped.items():
        rates = rated(documents)
        head = tag("th", name, scope="row")
        rows.append([head, _n_documents(documents), *(estimate_cell(rates[t]) for t in RATES)])
    return table((title, "报告数", *RATES), rows, "groups")


def _n_documents(documents: Sequence[Counter[str]]) -> Html:
    return count_cell(len(documents))
