import pytest

from gouji.inference.slots import find_slots
from gouji.model.mention import MentionKind, Number
from gouji.model.numerals import narrow
from gouji.model.separator import cell_separator
from gouji.model.tokens import find_tokens


def shape(content: str, separator: str | None) -> list[str]:
    groups = find_slots(
        content, (0, len(content)), find_tokens(content, (0, len(content))), separator
    )
    return ["".join("v" if slot.token else "_" for slot in group) for group in groups]


@pytest.mark.parametrize(
    ("content", "separator", "shapes"),
    [
        ("\t0\t\t5\t\n\t", "\t", ["v_v_"]),
        ("\t0\t\t5\n二", "\t", ["v_v"]),
        (" | 0 | | 5 |\n| ", "|", ["v_v"]),
        (" | 0 | 5 ", "|", ["vv"]),
        ("\n\t0\n\t\n\t3\n\n\t", "\n\t", ["v_v"]),
        ("\n\n0\n\n \n\n3\n\n", "\n\n", ["v_v"]),
        (" |\n0 |\n|\n3 |\n||\n", "|\n", ["v_v_"]),
        ("\n\t\t5\t0\n\n", "\t", ["__vv"]),
        (" 1 2 3 ", None, ["vvv"]),
        ("（只计一种）\t1\t2\n\t", "\t", ["vv"]),
        ("\t1\t2\n坏了的行名\t3\t4\n", "\t", ["vv", "vv"]),
        ("\n1\n2\n- 3 -\n4\n", "\n", ["vvv"]),
        ("\t\n\t\t5\t0\n\n", "\t", ["__vv"]),
        ("\n", "\t", []),
        ("", None, []),
    ],
)
def test_slots_keep_empty_cells_where_boundaries_survive(
    content: str, separator: str | None, shapes: list[str]
) -> None:
    assert shape(content, separator) == shapes


@pytest.mark.parametrize(
    ("content", "separator", "raws"),
    [
        ("\n1\n3 4\n5\n", "\n", ["1", "3 4", "5"]),
        (" | 1 234 | 5 |\n", "|", ["1 234", "5"]),
        ("\n三\n1\n", "\n", ["三", "1"]),
        (" 1 2 ", None, ["1", "2"]),
        ("\t0\t117 3. 其他\t", "\t", ["0", "117"]),
    ],
)
def test_what_one_cell_holds_is_one_slot(
    content: str, separator: str | None, raws: list[str]
) -> None:
    span = (0, len(content))
    (group,) = find_slots(content, span, find_tokens(content, span), separator)
    assert [slot.token.raw if slot.token else "" for slot in group] == raws


@pytest.mark.parametrize(
    ("content", "separator", "value"),
    [
        ("\n1\n3 4\n5\n", "\n", 34),
        (" | 1 234 | 5 |\n", "|", 1234),
        ("\t1　2\t0\n", "\t", 12),
        ("\t1 O\t0\n", "\t", 10),
        ("\t2 .5\t0\n", "\t", 2.5),
        ("\t0 4\t0\n", "\t", None),
        ("\t3 /\t0\n", "\t", None),
        ("\t3 件中 4\t0\n", "\t", None),
        ("\t206 8.\t0\n", "\t", None),
        ("\n\t206 8.\n\n三、收到和处理\n", "\n\t", None),
        ("\t. 3\t0\n", "\t", None),
    ],
)
def test_a_torn_number_is_put_together_but_nothing_else_is(
    content: str, separator: str, value: Number | None
) -> None:
    span = (0, len(content))
    (group,) = find_slots(content, span, find_tokens(content, span), separator)
    (held,) = [s.token for s in group if s.token and (" " in narrow(s.token.raw))]
    assert (held.numeral.value if held.numeral else None) == value
    assert held.kind is (MentionKind.UNREADABLE if value is None else MentionKind.NUMBER)


@pytest.mark.parametrize(
    ("content", "separator", "n_cells", "raws"),
    [
        ("\t1\n2\t3\t4\n", "\t", 3, ["1\n2", "3", "4"]),
        ("\t1\n2\t3\t4\n", "\t", 4, ["1", "2", "3", "4"]),
        ("\t\t1\t5 \n 2\t4\n", "\t", 3, ["", "1", "5 \n 2", "4"]),
        ("\n\n1\n2\n\n3\n\n4\n\n", "\n\n", 3, ["1\n2", "3", "4"]),
        ("\t1\t3\n4\n", "\t", 2, ["1", "3", "4"]),
        ("\t1\t3\n4\t5\t6\n", "\t", 2, ["1", "3", "4", "5", "6"]),
    ],
)
def test_a_line_break_tears_a_number_only_if_the_row_is_full_without_it(
    content: str, separator: str, n_cells: int, raws: list[str]
) -> None:
    span = (0, len(content))
    (group,) = find_slots(content, span, find_tokens(content, span), separator, n_cells)
    assert [slot.token.raw if slot.token else "" for slot in group] == raws


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("0\t1\t2\n3\t4\t5", "\t"),
        ("0 |\n1 |\n2 |\n|\n3 |", "|\n"),
        ("0 | 1 | 2 |\n", "|"),
        ("0\n\n1 \n\n 2\n\n3", "\n\n"),
        ("0 1 2 3", None),
        ("0", None),
        ("1 2\t3\t4\n\n5\t6", "\t"),
        ("1 2\t3", "\t"),
        ("1 2\n\n3\n\n4", "\n\n"),
        ("1 2 3\n4 5 6", None),
    ],
)
def test_the_separator_is_read_off_the_table(text: str, separator: str | None) -> None:
    assert (
        cell_separator(text, [token.span for token in find_tokens(text, (0, len(text)))])
        == separator
    )
