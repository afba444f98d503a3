import random
from collections.abc import Callable, Mapping

import pytest

from gouji.inference.regions import find_regions
from gouji.inference.rules import tag_tables
from gouji.model.document import Document
from gouji.model.form import Form, Table
from gouji.model.mention import Mention, MentionKind, TableMentions
from gouji.model.segmentation import Segment

SetTable = Callable[[Table, Mapping[str, str], str, str], str]
AsDocument = Callable[[str], Document]

LAYOUTS = {
    "tabs": ("\t", "\n"),
    "cell a line": ("\n", ""),
    "cell and pipe a line": (" |\n", ""),
    "empty lines between": ("\n\n", ""),
    "rows with pipes": (" | ", "\n"),
}


def numbers(table: Table, seed: int, share: float = 0.4) -> dict[str, str]:
    draw = random.Random(seed)
    return {
        cell.id: str(draw.randint(1, 400)) if draw.random() < share else "0" for cell in table.cells
    }


def tag(form: Form, document: Document) -> dict[str, TableMentions]:
    span = (0, len(document.text))
    segment = Segment(span, (), find_regions(document.text, span, form))
    return {mentions.table: mentions for mentions in tag_tables(document, segment, form)}


def likeliest(mention: Mention) -> str:
    return f"{mention.row[0][0]}.{mention.column[0][0]}"


def placed(mentions: TableMentions) -> dict[str, str]:
    return {likeliest(m): m.raw for m in mentions.mentions if m.kind is not MentionKind.BLANK}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("combination", ["ogi-2021", "ogi-2019"])
def test_every_number_gets_its_cell(
    form: Form, set_table: SetTable, as_document: AsDocument, layout: str, combination: str
) -> None:
    tables = form.tables(combination)
    raw = {table.id: numbers(table, seed) for seed, table in enumerate(tables)}
    text = "\n一句话。\n".join(set_table(t, raw[t.id], *LAYOUTS[layout]) for t in tables)
    tagged = tag(form, as_document(text))
    for table in tables:
        assert tagged[table.id].variant == table.variant
        assert placed(tagged[table.id]) == raw[table.id]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("mark", ["", "/", "—", "无"])
def test_cells_without_numbers_keep_the_others_in_place(
    form: Form, set_table: SetTable, as_document: AsDocument, layout: str, mark: str
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 7)
    for row in table.blocks[0].rows:  # a total is never empty beside a number
        cells = [f"requests.{row.id}.{column.id}" for column in table.blocks[0].columns]
        if any(raw[cell] != "0" for cell in cells):
            raw[cells[-1]] = "400"
    shown = {cell: mark if value == "0" else value for cell, value in raw.items()}
    text = set_table(table, shown, *LAYOUTS[layout])
    tagged = tag(form, as_document(text))["requests"]
    assert placed(tagged) == {cell: value for cell, value in shown.items() if value}
    assert all(m.column[0][1] > 0.99 for m in tagged.mentions if m.kind is MentionKind.NUMBER)


def test_collapsed_blanks_leave_the_columns_open(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 3, share=0.0)
    for column in ("natural", "ngo", "total"):
        raw[f"requests.granted.{column}"] = "5"
    text = set_table(table, {c: "" if v == "0" else v for c, v in raw.items()}, " ", "\n")
    fives = tag(form, as_document(" ".join(text.split())))["requests"].mentions
    assert [m.raw for m in fives] == ["5", "5", "5"]
    assert {m.row[0][0] for m in fives} == {"requests.granted"}
    assert len(fives[0].column) == 5
    assert fives[2].column[0] == ("total", 0.9)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("逾期", "预期"),
        ("现成信息", "现戌信息"),
        ("2.重复申请", "2. 重复 申请"),
        ("（七）总计", "(七) 總 計"),
        ("5.要求行政机关确认或重新出具已获取信息", "5.要求行政机关确认或\n重新出具已获取信息"),
        ("3.要求提供公开出版物", "3.要求供公开出版物"),
        ("三、本年度办理结果", ""),
    ],
)
def test_damaged_labels_are_recognised(
    form: Form, set_table: SetTable, as_document: AsDocument, old: str, new: str
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 5)
    text = set_table(table, raw, "\t", "\n")
    assert old in text
    assert placed(tag(form, as_document(text.replace(old, new)))["requests"]) == raw


def test_a_line_without_its_label_goes_to_the_missing_row(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 11)
    text = set_table(table, raw, "\t", "\n").replace("6.属于四类过程性信息", "※※")
    tagged = tag(form, as_document(text))["requests"]
    assert placed(tagged) == raw
    assert [f.code for f in tagged.findings] == ["T001"]
    unsure = [m for m in tagged.mentions if m.row[0][1] < 0.99]
    assert {m.row[0][0] for m in unsure} == {"requests.denied_process"}


def test_two_years_side_by_side_are_never_sure(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    both = {cell.id: f"{n}\t{n + 1}" for n, cell in enumerate(table.cells)}
    tagged = tag(form, as_document(set_table(table, both, "\t", "\n")))["requests"]
    assert len(tagged.mentions) == 350
    assert not [m for m in tagged.mentions if m.row and m.row[0][1] > 0.95]


def test_page_numbers_between_rows_are_no_cells(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 2)
    text = set_table(table, raw, "\n", "").replace("2.重复申请", "- 3 -\n2.重复申请")
    assert placed(tag(form, as_document(text))["requests"]) == raw


def test_a_stray_number_in_a_row_leaves_its_columns_open(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 2)
    text = set_table(table, raw, "\n", "").replace("2.重复申请", "8\n2.重复申请")
    row = list(tag(form, as_document(text))["requests"].mentions)
    crowded = [m for m in row if m.row[0][0] == "requests.rejected_petition"]
    assert len(crowded) == 8
    assert all(sum(p for _, p in m.column) < 0.95 for m in crowded)


def test_a_table_that_is_not_there_follows_the_variant_of_the_others(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["active"]["2019"]
    tagged = tag(form, as_document(set_table(table, numbers(table, 1), "\t", "\n")))
    assert tagged["requests"].variant == "2019"
    assert tagged["requests"].span is None
    assert tagged["requests"].mentions == ()


def test_a_lost_label_does_not_turn_the_revision(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["requests"]["2021"]
    lost = next(row.title for row in table.blocks[0].rows if row.id == "other_no_correction")
    text = set_table(table, numbers(table, 4), "\t", "\n")
    assert tag(form, as_document(text.replace(lost, "")))["requests"].variant == "2021"


def test_mixed_revisions_are_told_table_by_table(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    tables = (form.variants["active"]["2021"], form.variants["requests"]["2019"])
    text = "\n".join(set_table(t, numbers(t, 1), "\t", "\n") for t in tables)
    tagged = tag(form, as_document(text))
    assert {name: tagged[name].variant for name in ("active", "requests")} == {
        "active": "2021",
        "requests": "2019",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.其他", "其他"),
        ("（七）总计", "总计"),
        ("3.其他", "3 其他"),
        ("2.重复申请", "2 重复申请"),
    ],
)
def test_titles_shared_with_columns_or_numbered_with_a_blank_are_clear(
    form: Form, set_table: SetTable, as_document: AsDocument, old: str, new: str
) -> None:
    table = form.variants["requests"]["2021"]
    raw = numbers(table, 5)
    text = set_table(table, raw, "\t", "\n").replace(old, new)
    tagged = tag(form, as_document(text))["requests"]
    assert placed(tagged) == raw
    assert min(m.row[0][1] for m in tagged.mentions) > 0.998


def test_a_value_behind_a_remark_on_the_last_title_is_in_the_table(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    table = form.variants["active"]["2021"]
    raw = numbers(table, 9, share=1.0)
    last = table.blocks[-1].rows[-1].title
    text = set_table(table, raw, "\t", "\n").replace(last, f"{last}（指上一年办结的）")
    assert placed(tag(form, as_document(f"{text}\n一句话。\n"))["active"]) == raw


def test_numbers_of_a_sentence_are_no_part_of_the_only_full_line(
    form: Form, set_table: SetTable, as_document: AsDocument
) -> None:
    (table,) = form.variants["disputes"].values()
    raw = numbers(table, 2)
    sentence = "截至 12 月 31 日，被申请行政复议 17 件，维持 17 件。\n"
    title = "行政复议、行政诉讼情况\n"
    tagged = tag(form, as_document(title + sentence + set_table(table, raw, "\t", "\n")))
    assert placed(tagged["disputes"]) == raw
    assert min(m.row[0][1] for m in tagged["disputes"].mentions) > 0.998


def test_rows_one_above_the_other_keep_their_cells_though_one_of_them_is_empty(
    form: Form, as_document: AsDocument
) -> None:
    text = (
        "行政复议、行政诉讼情况\n事项\t结果维持\t结果纠正\t其他结果\t尚未审结\t总计\n"
        "行政复议\t\t\t1\t\t1\n行政诉讼\t未经复议直接起诉\t1\t\t\t\t1\n复议后起诉\t\t\t\t\t\n"
    )
    mentions = tag(form, as_document(text))["disputes"].mentions
    said = [(m.row[0][0].split(".")[1], m.column[0][0], m.value) for m in mentions if m.raw]
    assert said == [
        ("review", "other", 1),
        ("review", "total", 1),
        ("direct", "upheld", 1),
        ("direct", "total", 1),
    ]
    assert len(mentions) == 15
