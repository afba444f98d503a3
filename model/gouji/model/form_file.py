"""Reading form files: YAML in, a checked `Form` out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from gouji.model.errors import FormError
from gouji.model.form import (
    Block,
    Cell,
    Column,
    Equation,
    FieldKind,
    Form,
    Link,
    Row,
    SectionKind,
    Table,
)
from gouji.model.form_check import check_form
from gouji.model.form_keys import check_raw, parse_yaml

Raw = Mapping[str, Any]


@cache
def load_form(name: str = "ogi") -> Form:
    """The form shipped under this name.

    Raises:
        FormError: there is none, or its file is malformed or contradicts itself.
    """
    path = files("gouji.model") / "forms" / f"{name}.yaml"
    if not path.is_file():
        raise FormError(f"no form named {name!r}; shipped are: {', '.join(form_names())}")
    return parse_form(path.read_bytes(), f"{name}.yaml")


def form_names() -> tuple[str, ...]:
    """The names of the shipped form files."""
    folder = files("gouji.model") / "forms"
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".yaml")))


def parse_form(content: bytes, name: str) -> Form:
    """A form from the bytes of its YAML file; `name` appears in error messages.

    Raises:
        FormError: the file is malformed or contradicts itself.
    """
    try:
        raw = parse_yaml(content)
        check_raw(raw)
        form = _form(raw, hashlib.sha256(content).hexdigest())
        check_form(form)
    except FormError as error:
        raise FormError(f"{name}: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FormError(f"{name}: malformed near {error}") from error
    return form


def _form(raw: Raw, sha256: str) -> Form:
    combinations = {
        name: {table: str(variant) for table, variant in combination.items()}
        for name, combination in raw["forms"].items()
    }
    variants: dict[str, dict[str, Table]] = {}
    for table in raw["tables"]:
        names = dict.fromkeys(combination[table] for combination in combinations.values())
        variants[table] = {
            variant: _table(table, variant, raw["tables"][table], raw["identities"])
            for variant in names
        }
    return Form(
        id=raw["id"],
        title=raw["title"],
        combinations=combinations,
        sections=tuple(
            SectionKind(s["id"], s["heading"], tuple(s.get("aliases", ()))) for s in raw["sections"]
        ),
        fields=tuple(
            FieldKind(f["id"], f["type"], f.get("unit"), f.get("title")) for f in raw["fields"]
        ),
        variants=variants,
        links=tuple(Link(k["id"], k["kind"], k["equation"]) for k in raw["links"]),
        sha256=sha256,
    )


def _table(table: str, variant: str, raw: Raw, identities: Sequence[Raw]) -> Table:
    blocks = _blocks(raw.get(variant, raw), variant)
    bare = Table(table, variant, blocks, (), "orientation" in raw)
    equations = tuple(
        equation
        for identity in identities
        if identity["table"] == table
        for equation in _compile(identity, bare)
    )
    return Table(table, variant, blocks, equations, bare.side_by_side)


def _blocks(raw: Raw, variant: str) -> tuple[Block, ...]:
    return tuple(
        Block(
            block.get("title"),
            tuple(_row(r) for r in block["rows"] if variant in r.get("variants", [variant])),
            tuple(_column(c) for c in block["columns"]),
        )
        for block in raw.get("blocks", [raw])
    )


def _row(raw: Raw) -> Row:
    return Row(raw["id"], raw["title"], tuple(raw.get("aliases", ())), tuple(raw.get("group", ())))


def _column(raw: Raw) -> Column:
    return Column(
        id=raw["id"],
        title=raw["title"],
        group=raw.get("group"),
        unit=raw.get("unit"),
        decimals=raw.get("decimals", 0),
        signed=raw.get("signed", False),
        unit_as_printed="unit" in raw and raw["unit"] is None,
    )


def _compile(identity: Raw, table: Table) -> Iterable[Equation]:
    """The identity's equation for each row or column that it speaks of."""
    by_row = identity["for"] == "each row"
    for block in table.blocks:
        for fixed in block.rows if by_row else block.columns:
            left, right = (
                tuple(
                    _cell(table, identity["id"], fixed.id, moving)
                    if by_row
                    else _cell(table, identity["id"], moving, fixed.id)
                    for moving in side
                )
                for side in _sides(identity, block)
            )
            yield Equation(
                f"{table.id}.{identity['id']}.{fixed.id}", identity["id"], table.id, left, right
            )


def _sides(identity: Raw, block: Block) -> tuple[Sequence[str], Sequence[str]]:
    if "total" not in identity:
        return identity["left"], identity["right"]
    parts = identity["parts"]
    if isinstance(parts, Mapping):
        group, excluded = parts["rows in group"], parts.get("except", [])
        parts = [r.id for r in block.rows if group in r.group and r.id not in excluded]
        if not parts:
            raise FormError(f"identity {identity['id']}: no row in group {group!r}")
    return [identity["total"]], parts


def _cell(table: Table, identity: str, row: str, column: str) -> str:
    cell: Cell | None = table.cell.get(f"{table.id}.{row}.{column}")
    if cell is None:
        raise FormError(f"identity {identity}: no cell {table.id}.{row}.{column}")
    return cell.id
