import pytest

from gouji.inference.slots import find_slots
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
    ],
)
def test_what_one_cell_holds_is_one_slot(
    content: str, separator: str | None, raws: list[str]
) -> None:
    span = (0, len(content))
    (group,) = find_slots(content, span, find_tokens(content, span), separator)
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
    ],
)
def test_the_separator_is_read_off_the_table(text: str, separator: str | None) -> None:
    assert (
        cell_separator(text, [token.span for token in find_tokens(text, (0, len(text)))])
        == separator
    )
