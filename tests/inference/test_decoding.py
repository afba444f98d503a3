from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from gouji.inference.decoding import decode
from gouji.inference.regions import find_regions
from gouji.model.calibration import LineCalibration
from gouji.model.document import Document
from gouji.model.encoding import Encoded, encode
from gouji.model.form import Form, Table
from gouji.model.labels import LabelSet
from gouji.model.mention import Mention, MentionKind, TableMentions, probability
from gouji.model.segmentation import Segment, TableRegion
from gouji.model.tagger import Tags

SetTable = Callable[[Table, Mapping[str, str], str, str], str]
AsDocument = Callable[[str], Document]
MakeTags = Callable[..., Tags]
Decode = Callable[[str, Callable[[Encoded], Tags]], dict[str, TableMentions]]


@pytest.fixture
def decoded(form: Form, as_document: AsDocument) -> Decode:
    def run(text: str, tag: Callable[[Encoded], Tags]) -> dict[str, TableMentions]:
        span = (0, len(text))
        encoded = encode(text, (span,))
        segment = Segment(span, (), find_regions(text, span, form))
        tables = decode(as_document(text), segment, form, encoded, tag(encoded))
        return {table.table: table for table in tables}

    return run


@pytest.fixture
def by_word(make_tags: MakeTags) -> Callable[[Mapping[str, str]], Callable[[Encoded], Tags]]:
    """Tags every number that is unique to a cell with that cell."""

    def build(cell_of: Mapping[str, str]) -> Callable[[Encoded], Tags]:
        return lambda encoded: make_tags(
            encoded,
            {
                at: cell_of[token.word]
                for at, token in enumerate(encoded.tokens)
                if token.kind is MentionKind.NUMBER and token.word in cell_of
            },
        )

    return build


ByWord = Callable[[Mapping[str, str]], Callable[[Encoded], Tags]]


def unique(table: Table, first: int = 1000) -> dict[str, str]:
    """A number of its own for every cell, none of which stands in a title."""
    return {cell.id: str(number) for number, cell in enumerate(table.cells, start=first)}


def inverse(raw: Mapping[str, str]) -> dict[str, str]:
    return {number: cell for cell, number in raw.items()}


def likeliest(mention: Mention) -> str:
    return f"{mention.row[0][0]}.{mention.column[0][0]}"


def placed(tagged: TableMentions) -> dict[str, str]:
    return {likeliest(m): m.raw for m in tagged.mentions if m.kind is not MentionKind.BLANK}


@pytest.mark.parametrize("combination", ["ogi-2021", "ogi-2019"])
@pytest.mark.parametrize("ends", [("\t", "\n"), ("\n", ""), (" | ", "\n")])
def test_every_number_gets_the_cell_that_the_tagger_names(
    form: Form,
    set_table: SetTable,
    decoded: Decode,
    by_word: ByWord,
    combination: str,
    ends: tuple[str, str],
) -> None:
    tables = form.tables(combination)
    raw = {table.id: unique(table, 1000 * i) for i, table in enumerate(tables, start=1)}
    text = "\n一句话。\n".join(set_table(t, raw[t.id], *ends) for t in tables)
    merged = {n: cell for cells in raw.values() for n, cell in inverse(cells).items()}
    tagged = decoded(text, by_word(merged))
    for table in tables:
        assert tagged[table.id].variant == table.variant
        assert placed(tagged[table.id]) == raw[table.id]
        groups = {m.group for m in tagged[table.id].mentions}
        assert len(groups) == len(table.lines)
        assert tagged[table.id].findings == ()


def test_rows_printed_as_columns_are_grouped_by_row_in_the_order_of_cells(
    form: Form, decoded: Decode, by_word: ByWord
) -> None:
    table = form.variants["requests"]["2021"]
    raw = unique(table)
    columns = table.blocks[0].columns[::-1]
    text = "".join(
        f"{column.title}\n"
        + "".join(raw[f"requests.{row.id}.{column.id}"] + "\n" for row in table.blocks[0].rows)
        for column in columns
    )
    tagged = decoded(text, by_word(inverse(raw)))["requests"]
    for _, cells in table.lines:
        line = [
            m for m in tagged.mentions if likeliest(m).startswith(f"requests.{cells[0].row.id}.")
        ]
        assert [likeliest(m) for m in line] == [cell.id for cell in cells]
        assert len({m.group for m in line}) == 1


def test_an_unsure_column_keeps_the_order_of_the_text(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    cells = ["requests.new.total", "requests.new.natural"]

    def order(sure: float) -> list[str]:
        def tag(encoded: Encoded) -> Tags:
            values = [i for i, token in enumerate(encoded.tokens) if token.kind]
            return make_tags(encoded, dict(zip(values, cells, strict=True)), sure)

        return [m.raw for m in decoded("新收\t5\t7\n", tag)["requests"].mentions]

    assert order(0.99) == ["7", "5"]
    assert order(0.8) == ["5", "7"]


def test_the_numbers_of_a_row_outvote_one_that_is_unsure(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    columns = [c.id for c in form.variants["requests"]["2021"].blocks[0].columns]
    labels = LabelSet.of(form)

    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        told = {at: f"requests.granted.{c}" for at, c in zip(values, columns, strict=True)}
        tags = make_tags(encoded, told, 0.99)
        row = tags.row.copy()
        row[values[3], labels.rows.index("requests.granted")] = 0.4
        row[values[3], labels.rows.index("requests.partial")] = 0.6
        return replace(tags, row=row)

    tagged = decoded("予以公开\t1\t2\t3\t4\t5\t6\t7\n", tag)["requests"]
    assert {m.row[0][0] for m in tagged.mentions} == {"requests.granted"}
    assert {m.group for m in tagged.mentions} == {0}
    assert tagged.mentions[3].row == tagged.mentions[0].row
    assert 0.9 < tagged.mentions[3].row[0][1] < 1


def test_a_row_without_its_label_stays_apart_from_the_one_before(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    columns = [c.id for c in form.variants["requests"]["2021"].blocks[0].columns]

    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        cells = [f"requests.{row}.{c}" for row in ("granted", "partial") for c in columns]
        return make_tags(encoded, dict(zip(values, cells, strict=True)))

    text = "予以公开\t" + "\t".join("1234567") + "\n" + "\t".join("7654321") + "\n"
    tagged = decoded(text, tag)["requests"]
    rows = {m.group: m.row[0][0] for m in tagged.mentions}
    assert list(rows.values()) == ["requests.granted", "requests.partial"]
    assert [m.group for m in tagged.mentions] == [0] * 7 + [1] * 7


def test_more_numbers_of_a_row_than_it_has_cells_are_another_line(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    columns = [c.id for c in form.variants["requests"]["2021"].blocks[0].columns]

    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        cells = [f"requests.new.{c}" for c in columns] * 2
        return make_tags(encoded, dict(zip(values, cells, strict=True)))

    line = "新收\t" + "\t".join("1234567") + "\n"
    groups = [m.group for m in decoded(line + line, tag)["requests"].mentions]
    assert groups == [0] * 7 + [1] * 7


@pytest.mark.parametrize("torn", ["1\n2", "1 2", "1\t2"])
def test_a_number_torn_in_two_is_one_mention(
    form: Form, decoded: Decode, make_tags: MakeTags, torn: str
) -> None:
    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind is MentionKind.NUMBER]
        told = ["active.licensing.decisions", "part", "active.penalty.decisions"]
        return make_tags(encoded, dict(zip(values, told, strict=True)))

    first, second = decoded(f"许可\t{torn}\n处罚\t7\n", tag)["active"].mentions
    assert (first.raw, first.value, first.kind) == (torn, 12, MentionKind.NUMBER)
    assert (second.raw, second.value) == ("7", 7)


def test_a_part_behind_a_number_of_no_cell_is_dropped(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        return make_tags(encoded, {values[0]: "active.licensing.decisions", values[2]: "part"})

    (mention,) = decoded("许可\t3\n页\t4\t5\n", tag)["active"].mentions
    assert mention.raw == "3"


@pytest.mark.parametrize(
    ("text", "column", "read"),
    [
        ("共许可12件，", "licensing.decisions", ("12件", 12, "件")),
        ("收费3.5万元（含诉讼）。", "fees.amount", ("3.5万元（含诉讼）", 3.5, "万元")),
        ("许可：减4\n", "licensing.change", ("减4", -4, None)),
        ("本年增/减4\n", "licensing.change", ("4", 4, None)),
        ("许可减4项\n", "licensing.decisions", ("4项", 4, "项")),
        ("许可\t１２\n", "licensing.decisions", ("１２", 12, None)),
    ],
)
def test_a_number_is_read_with_what_belongs_to_it(
    decoded: Decode,
    make_tags: MakeTags,
    text: str,
    column: str,
    read: tuple[str, float, str | None],
) -> None:
    def tag(encoded: Encoded) -> Tags:
        (at,) = (i for i, token in enumerate(encoded.tokens) if token.kind)
        return make_tags(encoded, {at: f"active.{column}"})

    (mention,) = decoded(text, tag)["active"].mentions
    assert (mention.raw, mention.value, mention.unit) == read
    assert text[slice(*mention.span)] == mention.raw


def test_empty_cells_marks_and_unreadable_numbers_keep_their_kind(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    columns = [c.id for c in form.variants["requests"]["2021"].blocks[0].columns]
    text = "新收 | 3 | | / | 约5 | 2 | 1 | 9 |\n上年 | 3 | 4 | 1 | 5 | 2 | 1 | 9 |\n"

    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        told = {at: f"requests.new.{c}" for at, c in zip(values, columns, strict=False)}
        return make_tags(encoded, told)

    mentions = decoded(text, tag)["requests"].mentions
    assert [m.kind.value for m in mentions[:4]] == ["number", "blank", "mark", "unreadable"]
    assert [m.raw for m in mentions[:4]] == ["3", "", "/", "约5"]
    assert [m.value for m in mentions[:4]] == [3, None, None, None]


def test_what_is_less_likely_a_cell_than_not_is_none(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    labels = LabelSet.of(form)

    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        tags = make_tags(encoded, dict.fromkeys(values, "active.licensing.decisions"))
        table = tags.table.copy()
        for at, p in zip(values, (0.7, 0.4), strict=True):
            table[at] = 0
            table[at, [0, labels.tables.index("active")]] = 1 - p, p
        return replace(tags, table=table)

    (mention,) = decoded("许可\t3\n处罚\t4\n", tag)["active"].mentions
    assert mention.raw == "3"
    assert probability(mention.table, "active") == pytest.approx(0.7)
    assert sum(p for _, p in mention.column) <= 0.7 + 1e-6


def test_tables_without_any_value_are_not_found_and_follow_the_others(
    form: Form, decoded: Decode, make_tags: MakeTags
) -> None:
    def tag(encoded: Encoded) -> Tags:
        values = [i for i, token in enumerate(encoded.tokens) if token.kind]
        return make_tags(encoded, dict.fromkeys(values[:2], "active.rules.opened"))

    tagged = decoded("规章\t3\t4\n", tag)
    assert tagged["active"].variant == "2019"
    assert (tagged["requests"].variant, tagged["requests"].span) == ("2019", None)
    assert tagged["requests"].mentions == ()


def test_rows_without_a_value_are_findings(
    form: Form, set_table: SetTable, decoded: Decode, by_word: ByWord
) -> None:
    table = form.variants["requests"]["2021"]
    raw = unique(table)
    lost = {cell: raw[cell] for cell in raw if not cell.startswith("requests.granted.")}
    tagged = decoded(set_table(table, raw, "\t", "\n"), by_word(inverse(lost)))["requests"]
    (note,) = tagged.findings
    assert note.code == "T001"
    assert set(note.cells) == raw.keys() - lost.keys()


def test_of_a_table_printed_twice_the_first_is_read_with_doubt(
    form: Form, as_document: AsDocument, make_tags: MakeTags
) -> None:
    line = "许可\t3\n"
    text = f"{line}另一句话。\n{line}"
    encoded = encode(text, ((0, len(text)),))
    values = [i for i, token in enumerate(encoded.tokens) if token.kind]
    tags = make_tags(encoded, dict.fromkeys(values, "active.licensing.decisions"))
    regions = tuple(
        TableRegion("active", (at, at + len(line))) for at in (0, len(text) - len(line))
    )
    segment = Segment((0, len(text)), (), regions)
    active = decode(as_document(text), segment, form, encoded, tags)[0]
    assert [m.span for m in active.mentions] == [(3, 4)]
    assert active.mentions[0].row[0][1] < 0.7
    assert "S008" in [f.code for f in active.findings]


def test_a_unit_in_the_column_title_is_that_of_the_number(
    form: Form, set_table: SetTable, decoded: Decode, by_word: ByWord
) -> None:
    table = form.variants["active"]["2021"]
    raw = unique(table)
    text = set_table(table, raw, "\t", "\n").replace("（单位：万元）", "（单位：元）")
    fees = decoded(text, by_word(inverse(raw)))["active"].mentions[-1]
    assert (likeliest(fees), fees.unit) == ("active.fees.amount", "元")


def test_distributions_are_sorted_and_leave_out_the_unlikely(
    form: Form, set_table: SetTable, decoded: Decode, by_word: ByWord
) -> None:
    table = form.variants["requests"]["2021"]
    raw = unique(table)
    tagged = decoded(set_table(table, raw, "\t", "\n"), by_word(inverse(raw)))["requests"]
    for mention in tagged.mentions:
        for distribution in (mention.row, mention.column):
            weights = [p for _, p in distribution]
            assert weights == sorted(weights, reverse=True)
            assert min(weights) >= 0.0009
            assert np.isclose(sum(weights), 1, atol=0.01)


def test_a_table_in_two_regions_whose_cells_differ_is_one_table(
    form: Form, as_document: AsDocument, make_tags: MakeTags
) -> None:
    line = "许可\t3\n"
    text = f"{line}另一句话。\n{line}"
    encoded = encode(text, ((0, len(text)),))
    values = [i for i, token in enumerate(encoded.tokens) if token.kind]
    told = ["active.licensing.decisions", "active.penalty.decisions"]
    tags = make_tags(encoded, dict(zip(values, told, strict=True)))
    regions = tuple(
        TableRegion("active", (at, at + len(line))) for at in (0, len(text) - len(line))
    )
    segment = Segment((0, len(text)), (), regions)
    active = decode(as_document(text), segment, form, encoded, tags)[0]
    assert [likeliest(m) for m in active.mentions] == told
    assert min(m.row[0][1] for m in active.mentions) > 0.99
    assert "S008" not in [f.code for f in active.findings]


def test_rows_of_whole_tables_and_of_others_are_believed_apart(
    form: Form, set_table: SetTable, decoded: Decode, by_word: ByWord
) -> None:
    table = form.variants["requests"]["2021"]
    raw = unique(table)
    text = set_table(table, raw, "\t", "\n")
    lines = LineCalibration(whole=((0.0, 0.95), (1.0, 0.95)), part=((0.0, 0.6), (1.0, 0.6)))
    named = inverse(raw)
    without_first = {n: c for n, c in named.items() if not c.startswith("requests.new.")}
    for told, believed in ((named, 0.95), (without_first, 0.6)):

        def tag(encoded: Encoded, told: Mapping[str, str] = told) -> Tags:
            return replace(by_word(told)(encoded), lines=lines)

        tagged = decoded(text, tag)
        rows = {mention.row[0][1] for mention in tagged["requests"].mentions}
        assert rows == {believed}
        assert all(sum(p for _, p in m.row) <= 1.001 for m in tagged["requests"].mentions)
