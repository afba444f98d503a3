"""The codec between frozen dataclasses and JSON, and files that hold one JSON value a line.

Dataclasses become objects, tuples and lists arrays, enums their values, mappings objects. What
`encode` gives, `decode` turns back into an equal value, guided by the type annotations alone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from gouji.model.atomic import replacing

Json = Any
"""Plain data: None, bool, int, float, str, and lists and dicts of these."""

T = TypeVar("T")

Decoder = Callable[[Json], object]

_SCALARS = frozenset((bool, int, float, str, NoneType))


class DecodeError(ValueError):
    """Data that does not fit a type: where, what would be right, and what was found.

    `known` lists the keys that are possible where an unknown one was found, `found` is None where
    a key was left out.
    """

    def __init__(
        self, path: str, expected: str, found: str | None, known: Sequence[str] = ()
    ) -> None:
        """Keep the parts, so that a caller may word the message anew."""
        problem = f"found {found}" if found is not None else "left out"
        super().__init__(f"{path or 'value'}: expected {expected}, {problem}")
        self.path, self.expected, self.found, self.known = path, expected, found, tuple(known)

    def within(self, name: str) -> "DecodeError":
        """The same error, seen from the value of which `name` is a part."""
        path = f"{name}.{self.path}" if self.path else name
        return DecodeError(path, self.expected, self.found, self.known)


def encode(value: object) -> Json:
    """Plain data for a value made of dataclasses, enums, mappings, tuples, lists and scalars.

    Raises:
        TypeError: there is something else in it, or a mapping with a key that is no string.
    """
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _field_types(type(value))}
    if isinstance(value, Mapping):
        return {_key(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def decode(cls: type[T], data: Json, path: str = "") -> T:
    """The value of type `cls` that `encode` made the data from.

    `cls` is a dataclass or anything that may annotate a field of one. Keys left out take the
    field's default. `path` is the place of the data in a larger whole, for error messages.

    Raises:
        DecodeError: the data does not fit; the message starts with the path to the place.
    """
    try:
        return cast(T, _decoder(cast(Any, cls))(data))
    except DecodeError as error:
        raise (error.within(path) if path else error) from None


def dumps(data: Json) -> str:
    """JSON on one line, characters beyond ASCII as they are.

    Raises:
        ValueError: there is a number in it that is not finite.
    """
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def loads(text: str) -> Json:
    """The data in a JSON text.

    Raises:
        ValueError: it is not JSON, or names a number that is not finite.
    """
    return json.loads(text, parse_constant=_refuse)


def read_lines(path: Path, cls: type[T]) -> Iterator[T]:
    """The values in a JSONL file, one a line; blank lines are passed over.

    Raises:
        ValueError: a line is not UTF-8, not JSON, or does not fit; file and line are named.
    """
    with path.open("rb") as lines:  # by bytes: text iteration would split at U+2028 too
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield decode(cls, loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: {error}") from error


def write_lines(path: Path, values: Iterable[object]) -> None:
    """Writes a JSONL file with one value a line; an existing file is replaced as a whole.

    Raises:
        OSError: the file can't be written.
    """
    with replacing(path) as stream:
        for value in values:
            stream.write((dumps(encode(value)) + "\n").encode())


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _key(key: object) -> str:
    if isinstance(key, Enum):
        key = key.value
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} of a mapping is no string")
    return key


@cache
def _decoder(cls: Any) -> Decoder:
    """What decodes data of a type; taken apart once, for reports have thousands of values."""
    origin = get_origin(cls)
    if origin in (Union, UnionType):
        return partial(_decode_union, get_args(cls))
    if origin is tuple:
        return partial(_decode_tuple, get_args(cls))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return partial(_decode_mapping, get_args(cls))
    if is_dataclass(cls):
        return partial(_decode_dataclass, cls)
    if isinstance(cls, type) and issubclass(cls, Enum):
        return partial(_decode_enum, cls)
    if cls is Any or cls is object:
        return _decode_anything
    scalar = NoneType if cls is None else cls
    if scalar not in _SCALARS:
        raise TypeError(f"{cls!r} has no place in JSON")
    return partial(_decode_scalar, scalar)


def _decode_union(members: Sequence[Any], data: Json) -> object:
    if type(data) in members:  # so that 1 stays an int in `float | int`
        return data
    errors = []
    for member in members:
        try:
            return _decoder(member)(data)
        except DecodeError as error:
            errors.append(error)
    deepest = max(errors, key=lambda error: len(error.path))  # it got furthest, so it says most
    if deepest.path:
        raise deepest
    raise _misfit(" or ".join(error.expected for error in errors), data)


def _decode_tuple(items: Sequence[Any], data: Json) -> tuple[object, ...]:
    if not isinstance(data, list | tuple):
        raise _misfit("an array", data)
    if len(items) == 2 and items[1] is Ellipsis:
        items = (items[0],) * len(data)
    if len(items) != len(data):
        raise _misfit(f"an array of {len(items)}", data)
    parts = enumerate(zip(items, data, strict=True))
    return tuple(_part(item, part, str(index)) for index, (item, part) in parts)


def _decode_mapping(types: Sequence[Any], data: Json) -> dict[object, object]:
    if not isinstance(data, Mapping):
        raise _misfit("an object", data)
    key_type, item_type = types
    return {
        _part(key_type, key, str(key)): _part(item_type, item, str(key))
        for key, item in data.items()
    }


def _decode_dataclass(cls: Any, data: Json) -> object:
    if not isinstance(data, Mapping):
        raise _misfit("an object", data)
    types = _field_types(cls)
    for key in data:
        if key not in types:
            known = tuple(types)
            raise DecodeError(key, f"one of {', '.join(known)}", f"the key {key!r}", known)
    for field in fields(cls) if len(data) < len(types) else ():
        optional = field.default is not MISSING or field.default_factory is not MISSING
        if field.name not in data and not optional:
            raise DecodeError(field.name, _name(types[field.name]), None)
    return cls(**{name: _part(types[name], value, name) for name, value in data.items()})


def _decode_enum(cls: type[Enum], data: Json) -> Enum:
    for member in cls:
        if member.value == data:
            return member
    raise _misfit(f"one of {', '.join(str(m.value) for m in cls)}", data)


def _decode_anything(data: Json) -> object:
    return data


def _decode_scalar(cls: type, data: Json) -> object:
    if type(data) is cls:
        return data
    if cls is float and type(data) is int:  # JSON does not tell 1 from 1.0 elsewhere
        return float(data)
    raise _misfit("null" if cls is NoneType else _name(cls), data)


def _part(cls: Any, data: Json, name: str) -> object:
    try:
        return _decoder(cls)(data)
    except DecodeError as error:
        raise error.within(name) from None


@cache
def _field_types(cls: Any) -> Mapping[str, Any]:
    hints = get_type_hints(cls)
    return {f.name: hints[f.name] for f in fields(cls)}


def _misfit(expected: str, found: Json) -> DecodeError:
    text = repr(found)
    return DecodeError("", expected, text if len(text) <= 60 else f"{text[:57]}...")


def _name(cls: Any) -> str:
    return cls.__name__ if isinstance(cls, type) else str(cls)
