"""The shape of a form file: which keys it may have, and that every name in it is known.

Run on the raw data before a form is made of it, so that a misspelt key or name is reported with
its place instead of being ignored.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from gouji.model.errors import FormError

Raw = Mapping[str, Any]

_FIELD_TYPES = ("text", "year", "date", "count", "money")
_ORIENTATIONS = ("blocks side by side",)
_DIRECTIONS = ("each row", "each column")
_WITHIN_REPORT = "within a report"
_LINK_KINDS = (_WITHIN_REPORT, "across years", "across reports")
_DOTTED = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")
_WITHIN_EQUATION = re.compile(r"[\w.]+ = {sum}(?: or {sum})*".format(sum=r"[\w.]+(?: \+ [\w.]+)*"))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The keys that a mapping must and may have, and what the lists among its values hold."""

    required: frozenset[str]
    optional: frozenset[str]
    lists: Mapping[str, "_Kind"] = field(default_factory=dict)


def _kind(required: Iterable[str], optional: str = "", **lists: _Kind) -> _Kind:
    return _Kind(frozenset(required), frozenset(optional.split()), lists)


_ROW = _kind(("id", "title"), "aliases group variants")
_COLUMN = _kind(("id", "title"), "group unit decimals signed")
_BLOCK = _kind(("rows", "columns"), "title", rows=_ROW, columns=_COLUMN)
_PLAIN_TABLE = _kind(("rows", "columns"), "orientation", rows=_ROW, columns=_COLUMN)
_BLOCK_TABLE = _kind(("blocks",), "orientation", blocks=_BLOCK)
_TOTAL = _kind(("id", "table", "for", "total", "parts"))
_BALANCE = _kind(("id", "table", "for", "left", "right"))
_GROUP = _kind(("rows in group",), "except")
_FORM = _kind(
    ("id", "title", "forms", "sections", "fields", "tables", "identities", "links"),
    sections=_kind(("id", "heading"), "aliases"),
    fields=_kind(("id", "type"), "unit title"),
    links=_kind(("id", "kind", "equation"), "for variants rows"),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """Plain YAML data; the same key twice in one mapping is an error, not the last one's win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(key.value for key, _ in node.value)
        if repeated := [key for key, count in keys.items() if count > 1]:
            raise FormError(
                f"line {node.start_mark.line + 1}: key {', '.join(repeated)} stands more than once"
            )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def parse_yaml(content: bytes) -> Any:
    """The data of a YAML file.

    Raises:
        FormError: the file is not valid YAML, or a mapping has the same key twice.
    """
    try:
        return yaml.load(content, Loader=_Loader)
    except yaml.YAMLError as error:
        raise FormError(f"not valid YAML: {error}") from error


def check_raw(raw: Any) -> None:
    """Checks the data of a form file.

    Raises:
        FormError: a key is unknown or lacking, an id stands twice, or a name means nothing.
    """
    _check(raw, _FORM, "the file")
    for kind in ("sections", "fields", "identities", "links"):
        _unique((entry.get("id") for entry in raw[kind]), kind)
    for entry in raw["fields"]:
        _one_of(entry["type"], _FIELD_TYPES, f"type of field {entry['id']}")
    variants = _check_combinations(raw)
    for table, content in raw["tables"].items():
        _check_table(table, content, variants[table])
    for identity in raw["identities"]:
        _check_identity(identity, raw)
    for link in raw["links"]:
        _check_link(link, raw, variants)


def _check(raw: Any, kind: _Kind, place: str) -> None:
    """Checks the keys of a mapping and of everything in its lists."""
    _mapping(raw, place)
    allowed = kind.required | kind.optional
    _all_known((key for key in raw), allowed, f"key of {place}")
    if lacking := sorted(kind.required - set(raw)):
        raise FormError(f"{place} lacks {', '.join(lacking)}")
    for key, inner in kind.lists.items():
        if not isinstance(raw[key], Sequence) or isinstance(raw[key], str) or not raw[key]:
            raise FormError(f"{key} of {place} must be a list with entries")
        for index, entry in enumerate(raw[key]):
            name = entry.get("id", f"number {index + 1}") if isinstance(entry, Mapping) else index
            _check(entry, inner, f"{key}[{name}] of {place}")


def _check_combinations(raw: Raw) -> Mapping[str, tuple[str, ...]]:
    """Checks `forms`; the variants that it names, by table."""
    _mapping(raw["tables"], "tables")
    _mapping(raw["forms"], "forms")
    variants: dict[str, dict[str, None]] = {table: {} for table in raw["tables"]}
    for name, combination in raw["forms"].items():
        _mapping(combination, f"form {name}")
        _all_known(combination, variants, f"table of form {name}")
        if lacking := [table for table in variants if table not in combination]:
            raise FormError(f"form {name} does not say which variant of {', '.join(lacking)}")
        for table, variant in combination.items():
            variants[table][str(variant)] = None
    if not raw["forms"]:
        raise FormError("forms must name at least one combination")
    return {table: tuple(names) for table, names in variants.items()}


def _check_table(table: str, raw: Any, variants: Sequence[str]) -> None:
    _mapping(raw, f"table {table}")
    if "orientation" in raw:
        _one_of(raw["orientation"], _ORIENTATIONS, f"orientation of table {table}")
    described = {key: value for key, value in raw.items() if key != "orientation"}
    if {"rows", "columns", "blocks"} & set(described):
        described = dict.fromkeys(variants, raw)
    _all_known(described, variants, f"variant of table {table}")
    _all_known(variants, described, f"variant of table {table}")
    for variant, content in described.items():
        place = f"table {table} ({variant})"
        _mapping(content, place)
        _check(content, _BLOCK_TABLE if "blocks" in content else _PLAIN_TABLE, place)
        for block in content.get("blocks", [content]):
            for row in block["rows"]:
                _all_known(row.get("variants", ()), variants, f"variant of row {row['id']}")


def _check_identity(raw: Any, tables: Raw) -> None:
    place = f"identity {raw.get('id')}"
    _check(raw, _BALANCE if "left" in raw or "right" in raw else _TOTAL, place)
    _one_of(raw["table"], tuple(tables["tables"]), f"table of {place}")
    _one_of(raw["for"], _DIRECTIONS, f"`for` of {place}")
    if isinstance(raw.get("parts"), Mapping):
        _check(raw["parts"], _GROUP, f"parts of {place}")
        if raw["for"] != "each column":
            raise FormError(f"{place}: a group of rows can only be summed for each column")
        known = _rows(tables["tables"][raw["table"]])
        _all_known(raw["parts"].get("except", ()), known, f"`except` row of {place}")


def _check_link(raw: Raw, form: Raw, variants: Mapping[str, Sequence[str]]) -> None:
    place = f"link {raw['id']}"
    _one_of(raw["kind"], _LINK_KINDS, f"kind of {place}")
    if "for" in raw:
        _one_of(raw["for"], _DIRECTIONS, f"`for` of {place}")
    rows = {row for content in form["tables"].values() for row in _rows(content)}
    _all_known(raw.get("rows", ()), rows, f"row of {place}")
    known = {name for names in variants.values() for name in names}
    _all_known(raw.get("variants", ()), known, f"variant of {place}")
    _all_known(_DOTTED.findall(raw["equation"]), _names(form), f"name in the equation of {place}")
    if raw["kind"] == _WITHIN_REPORT and not _WITHIN_EQUATION.fullmatch(raw["equation"]):
        raise FormError(
            f"the equation of {place} is {raw['equation']!r}; one within a report reads "
            "FIELD = CELL [+ CELL ...] [or CELL [+ CELL ...]]"
        )


def _blocks(table: Raw) -> Iterable[Raw]:
    """The blocks of a table, of all its variants together."""
    if "rows" in table:
        yield table
    else:
        yield from table.get("blocks", ())
        for content in table.values():
            if isinstance(content, Mapping):
                yield from _blocks(content)


def _rows(table: Raw) -> set[str]:
    return {row["id"] for block in _blocks(table) for row in block["rows"]}


def _names(form: Raw) -> set[str]:
    """What an equation of a link may name: fields, TABLE.ROW and TABLE.ROW.COLUMN."""
    names = {entry["id"] for entry in form["fields"]}
    for table, content in form["tables"].items():
        for block in _blocks(content):
            for row in block["rows"]:
                names.add(f"{table}.{row['id']}")
                names |= {f"{table}.{row['id']}.{column['id']}" for column in block["columns"]}
    return names


def _mapping(raw: Any, place: str) -> None:
    if not isinstance(raw, Mapping):
        raise FormError(f"{place} must be a mapping, not {type(raw).__name__}")


def _unique(ids: Iterable[Any], place: str) -> None:
    if repeated := [str(name) for name, count in Counter(ids).items() if count > 1]:
        raise FormError(f"{place}: id {', '.join(repeated)} stands more than once")


def _one_of(value: Any, known: Sequence[str], place: str) -> None:
    if value not in known:
        raise FormError(f"{place} is {value!r}, must be one of {', '.join(known)}")


def _all_known(names: Iterable[Any], known: Iterable[str], place: str) -> None:
    known = sorted(known)
    if unknown := [repr(name) for name in names if name not in known]:
        raise FormError(f"unknown {place}: {', '.join(unknown)}; known are {', '.join(known)}")
