from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.model.jsonl import decode, dumps, encode, loads, read_lines, write_lines


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(Enum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    amount: int | float | None
    colour: Colour = Colour.RED
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    leaf: Leaf
    leaves: tuple[Leaf, ...]
    by_name: Mapping[str, Leaf]
    levels: tuple[tuple[Level, float], ...]
    value: int | float | str | None
    sure: bool
    by_colour: Mapping[Colour, int] = field(default_factory=dict)


numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.builds(
    Leaf,
    name=st.text(),
    amount=numbers | st.none(),
    colour=st.sampled_from(Colour),
    span=st.none() | st.tuples(st.integers(), st.integers()),
)
trees = st.builds(
    Tree,
    leaf=leaves,
    leaves=st.lists(leaves, max_size=3).map(tuple),
    by_name=st.dictionaries(st.text(), leaves, max_size=3),
    levels=st.lists(
        st.tuples(st.sampled_from(Level), st.floats(allow_nan=False, allow_infinity=False)),
        max_size=3,
    ).map(tuple),
    value=numbers | st.text() | st.none(),
    sure=st.booleans(),
    by_colour=st.dictionaries(st.sampled_from(Colour), st.integers()),
)


@given(trees)
def test_decode_gives_back_what_encode_took_through_json_text(tree: Tree) -> None:
    assert decode(Tree, loads(dumps(encode(tree)))) == tree


@given(st.lists(leaves))
def test_lines_read_are_the_lines_written(
    tmp_path_factory: pytest.TempPathFactory, values: list[Leaf]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "leaves.jsonl"
    write_lines(path, values)
    assert list(read_lines(path, Leaf)) == values


@pytest.mark.parametrize("data", [1, 1.0, "1"])
@pytest.mark.parametrize("cls", [int | float | str, float | str | int, str | float | int])
def test_value_keeps_its_kind_in_a_union(cls: Any, data: object) -> None:
    assert type(decode(cls, data)) is type(data)


def test_left_out_keys_take_the_default() -> None:
    assert decode(Leaf, {"name": "a", "amount": 1}) == Leaf("a", 1)


@pytest.mark.parametrize(
    ("cls", "data", "message"),
    [
        (
            Leaf,
            {"name": "a", "amount": 1, "hue": 3},
            "hue: expected one of name, amount, .*, found the key 'hue'",
        ),
        (Leaf, {"name": "a"}, "amount: expected .*, left out"),
        (Leaf, {"name": 3, "amount": 1}, "name: expected str, found 3"),
        (Leaf, {"name": "a", "amount": True}, "amount: expected int or float or null, found True"),
        (Leaf, {"name": "a", "amount": "x"}, "amount: expected int or float or null, found 'x'"),
        (Leaf, {"name": "a", "amount": 1, "span": [1]}, "span: expected an array of 2 or null"),
        (Leaf, {"name": "a", "amount": 1, "span": [1, "b"]}, "span.1: expected int, found 'b'"),
        (Leaf, {"name": "a", "amount": 1, "colour": "green"}, "colour: expected one of red, blue"),
        (Leaf, [], r"value: expected an object, found \[\]"),
        (tuple[int, ...], 3, "value: expected an array, found 3"),
        (dict[str, int], 3, "value: expected an object, found 3"),
        (dict[str, Leaf], {"k": {"name": 1, "amount": 1}}, "k.name: expected str"),
        (int, 1.5, "value: expected int, found 1.5"),
        (int, "x" * 99, r"found 'x+\.\.\.$"),
    ],
)
def test_decode_names_the_place_that_does_not_fit(cls: Any, data: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode(cls, data)


@pytest.mark.parametrize("value", [object(), {1: 2}, b"bytes", {"a", "b"}])
def test_encode_refuses_what_json_cannot_hold(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_decode_refuses_types_that_json_cannot_hold() -> None:
    with pytest.raises(TypeError):
        decode(bytes, "x")


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "{"])
def test_numbers_that_are_not_finite_are_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        loads(text)


def test_numbers_that_are_not_finite_are_not_written() -> None:
    with pytest.raises(ValueError, match=r".+"):
        dumps(float("nan"))


def test_line_separators_of_unicode_do_not_end_a_line(tmp_path: Path) -> None:
    values = [Leaf("a\u2028b\x85c", 1), Leaf("d", None)]
    write_lines(tmp_path / "x.jsonl", values)
    assert list(read_lines(tmp_path / "x.jsonl", Leaf)) == values


def test_blank_lines_and_a_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"name": "a", "amount": 1}\r\n\n{"name": "b", "amount": 2}')
    assert [leaf.name for leaf in read_lines(path, Leaf)] == ["a", "b"]


@pytest.mark.parametrize("line", [b"{", b'{"name": 1, "amount": 1}', b'"\xff"', b"\xef\xbb\xbf3"])
def test_broken_line_is_named_with_its_file(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"name": "a", "amount": 1}\n' + line + b"\n")
    with pytest.raises(ValueError, match=r"x\.jsonl:2: "):
        list(read_lines(path, Leaf))


def test_failed_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_lines(path, [Leaf("old", 1)])
    with pytest.raises(TypeError):
        write_lines(path, [Leaf("new", 1), object()])
    assert list(read_lines(path, Leaf)) == [Leaf("old", 1)]
    assert list(tmp_path.iterdir()) == [path]
