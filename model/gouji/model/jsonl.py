"""The codec between frozen dataclasses and JSON, and files that hold one JSON value a line.

Dataclasses become objects, tuples and lists arrays, enums their values, mappings objects. What
`encode` gives, `decode` turns back into an equal value, guided by the type annotations alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from gouji.model.atomic import replacing

Json = Any
"""Plain data: None, bool, int, float, str, and lists and dicts of these."""

T = TypeVar("T")

_SCALARS = (bool, int, float, str, NoneType)


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


def encode(value: object) -> Json:
    """Plain data for a value made of dataclasses, enums, mappings, tuples, lists and scalars.

    Raises:
        TypeError: there is something else in it, or a mapping with a key that is no string.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value)}
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
    return cast(T, _decode(cls, data, path))


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


def _decode(cls: Any, data: Json, path: str) -> object:
    origin = get_origin(cls)
    if origin in (Union, UnionType):
        return _decode_union(get_args(cls), data, path)
    if origin is tuple:
        return _decode_tuple(get_args(cls), data, path)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _decode_mapping(get_args(cls), data, path)
    if is_dataclass(cls):
        return _decode_dataclass(cls, data, path)
    if isinstance(cls, type) and issubclass(cls, Enum):
        return _decode_enum(cls, data, path)
    return _decode_scalar(NoneType if cls is None else cls, data, path)


def _decode_union(members: Sequence[Any], data: Json, path: str) -> object:
    if type(data) in members:  # so that 1 stays an int in `float | int`
        return data
    errors = []
    for member in members:
        try:
            return _decode(member, data, path)
        except DecodeError as error:
            errors.append(error)
    deepest = max(errors, key=lambda error: len(error.path))  # it got furthest, so it says most
    if deepest.path != path:
        raise deepest
    raise _misfit(path, " or ".join(error.expected for error in errors), data)


def _decode_tuple(items: Sequence[Any], data: Json, path: str) -> tuple[object, ...]:
    if not isinstance(data, list | tuple):
        raise _misfit(path, "an array", data)
    if len(items) == 2 and items[1] is Ellipsis:
        items = (items[0],) * len(data)
    if len(items) != len(data):
        raise _misfit(path, f"an array of {len(items)}", data)
    return tuple(
        _decode(item, part, _join(path, str(index)))
        for index, (item, part) in enumerate(zip(items, data, strict=True))
    )


def _decode_mapping(types: Sequence[Any], data: Json, path: str) -> dict[object, object]:
    if not isinstance(data, Mapping):
        raise _misfit(path, "an object", data)
    return {
        _decode(types[0], key, _join(path, str(key))): _decode(types[1], item, _join(path, key))
        for key, item in data.items()
    }


def _decode_dataclass(cls: Any, data: Json, path: str) -> object:
    if not isinstance(data, Mapping):
        raise _misfit(path, "an object", data)
    types = _field_types(cls)
    for key in data:
        if key not in types:
            known = ", ".join(types)
            raise DecodeError(_join(path, key), f"one of {known}", f"the key {key!r}", tuple(types))
    arguments = {}
    for field in fields(cls):
        if field.name in data:
            place = _join(path, field.name)
            arguments[field.name] = _decode(types[field.name], data[field.name], place)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise DecodeError(_join(path, field.name), _name(types[field.name]), None)
    return cls(**arguments)


def _decode_enum(cls: type[Enum], data: Json, path: str) -> Enum:
    for member in cls:
        if member.value == data:
            return member
    raise _misfit(path, f"one of {', '.join(str(m.value) for m in cls)}", data)


def _decode_scalar(cls: Any, data: Json, path: str) -> object:
    if cls is Any or cls is object:
        return data
    if cls not in _SCALARS:
        raise TypeError(f"{path or 'value'}: {cls!r} has no place in JSON")
    if cls is float and type(data) is int:  # JSON does not tell 1 from 1.0 elsewhere
        return float(data)
    if type(data) is not cls:
        raise _misfit(path, "null" if cls is NoneType else _name(cls), data)
    return data


@cache
def _field_types(cls: Any) -> Mapping[str, Any]:
    hints = get_type_hints(cls)
    return {f.name: hints[f.name] for f in fields(cls)}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _misfit(path: str, expected: str, found: Json) -> DecodeError:
    text = repr(found)
    return DecodeError(path, expected, text if len(text) <= 60 else f"{text[:57]}...")


def _name(cls: Any) -> str:
    return cls.__name__ if isinstance(cls, type) else str(cls)
