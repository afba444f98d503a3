"""The table of the gate, for the terminal and for `gate.md`."""

from collections.abc import Iterator, Sequence

from gouji.training.gate import GateRecord, GateSettings, Kind, Row, family_tests, reasons, title

HEAD = ("部分", "报告", "格或值", "正确", "退步（百分点）", "错而未标", "标出", "")

_PLAIN = (Kind.FAMILY, Kind.FIELD)


def gate_rows(rows: Sequence[Row], settings: GateSettings) -> Iterator[tuple[str, ...]]:
    """The cells of the table below `HEAD`, old → new; the last says whether a row refuses.

    Families and fields in which nothing has changed are counted in a line of their own.
    """
    refused = {reason.partition("：")[0] for reason in reasons(rows, settings)}
    same = dict.fromkeys(_PLAIN, 0)
    for row in rows:
        if row.kind in _PLAIN and not _changed(row):
            same[row.kind] += 1
            continue
        yield (
            title(row),
            str(row.reports),
            str(row.items),
            _pair(row.right),
            f"{row.loss:+.2f}{_interval(row)}",
            _pair(row.silent) if row.kind is not Kind.NONZERO else "",
            _pair(row.flagged) if row.kind is not Kind.NONZERO else "",
            "不通过" if title(row) in refused else "",
        )
    for kind, n in same.items():
        if n:
            yield (f"其余 {n} 个{'版式' if kind is Kind.FAMILY else '字段'}无变化", *[""] * 7)


def verdict(record: GateRecord) -> str:
    """What came of the comparison, in a line."""
    if record.passed:
        return f"比较通过：{record.new} 可以替换 {record.old}"
    if record.forced is not None:
        let = record.forced
        return f"比较未通过，{let.by} 于 {let.date} 放行：{let.reason}"
    return f"比较未通过：{record.new} 不可替换 {record.old}"


def family_line(rows: Sequence[Row]) -> str:
    """What the tests of the single layout families came to, and whether they can tell anything."""
    found = family_tests(rows)
    confirmed = f"（{'、'.join(found.confirmed)}）" if found.confirmed else ""
    line = (
        f"逐版式检验：{found.families} 个版式各 {found.reports} 份，变差 {found.worse} 个，"
        f"其中检验证实 {len(found.confirmed)} 个{confirmed}；变好 {found.better} 个"
    )
    if found.reports >= found.least:
        return line
    return f"{line}；每个版式至少 {found.least} 份才可能证实单个版式变差"


def closing(record: GateRecord) -> tuple[str, ...]:
    """The lines below the table on the terminal: what came of it, and why."""
    return (
        verdict(record),
        f"  {family_line(record.rows)}",
        *(f"  {reason}" for reason in record.reasons),
        *(f"  没有读出：{reading}" for reading in record.lost),
    )


def gate_markdown(record: GateRecord) -> str:
    """The content of `gate.md`."""
    settings = record.settings
    lines = [HEAD, ("---",) * len(HEAD), *gate_rows(record.rows, settings)]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    found = "".join(f"- {reason}\n" for reason in record.reasons)
    lost = "".join(f"- 没有读出：{reading}\n" for reading in record.lost)
    return (
        f"# {record.old} → {record.new}\n\n{verdict(record)}（{record.date}）。\n\n"
        f"{found}{lost}{chr(10) if found or lost else ''}{table}\n"
        f"{family_line(record.rows)}。\n\n"
        f"生成的报告：每个版式 {settings.reports} 份，种子 {settings.seed}，两个模型读同样的报告。"
        "退步为负即进步，括号内是对报告成对自助抽样所得的单侧 95% 下限和上限；"
        "版式用符号检验（p），各版式一起作 Holm 校正。\n\n"
        f"不通过的条件：错而未标的增多；全部单元格不能排除退步超过 {settings.margin:g} 个百分点"
        "（上限超过它）；非零单元格、某表、某字段或某版式退步超过它而检验证实；"
        "留出的样本退步超过它；"
        f"标出的单元格多出 {settings.flagged_margin:g} 个百分点以上而检验证实。\n"
    )


def _changed(row: Row) -> bool:
    return any(old != new for old, new in (row.right, row.silent, row.flagged))


def _pair(sides: tuple[int, int]) -> str:
    return f"{sides[0]} → {sides[1]}"


def _interval(row: Row) -> str:
    if row.kind is Kind.FAMILY:
        return f"（p = {row.p:.2g}）"
    return "" if row.low is None or row.high is None else f"（{row.low:+.2f}，{row.high:+.2f}）"
