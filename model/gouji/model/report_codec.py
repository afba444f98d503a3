"""Reports to the JSON of the schema `gouji.report/1` and back.

In a `Report` the cells and checks lie with their tables; in JSON they lie side by side, as a reader
of the file looks for them, and go back to the table that their id starts with. The findings of the
tables are among those of the report; in JSON each stands once and names its table.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gouji.model.document import Source
from gouji.model.findings import Finding
from gouji.model.form import Form
from gouji.model.jsonl import Json, decode, encode, loads
from gouji.model.report import (
    SCHEMA,
    CellResult,
    Check,
    FieldResult,
    MadeBy,
    Report,
    Section,
    TableResult,
    Verdict,
)

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _TableHead:
    variant: str
    verdict: Verdict
    confidence: float


@dataclass(frozen=True, slots=True)
class _ReportFile:
    """The keys of the schema, in its order."""

    schema: str
    source: Source
    made_by: MadeBy
    form: str
    tables: Mapping[str, _TableHead]
    verdict: Verdict
    confidence: float
    reason: str
    fields: Mapping[str, Entry]
    sections: tuple[Section, ...]
    cells: Mapping[str, Entry]
    checks: tuple[Check, ...]
    findings: tuple[Entry, ...]


def report_to_dict(report: Report, form: Form) -> dict[str, Json]:
    """The report as plain data in the order of the schema, its cells in the order of the form.

    Raises:
        ValueError: a table, cell or field of the form has no result.
    """
    try:
        tables = {table.id: table for table in report.tables}
        tables = {table: tables[table] for table in form.table_ids}
        cells = [cell for table in tables.values() for cell in _cells(table, form)]
        fields = {field.id: field for field in report.fields}
        fields = {kind.id: fields[kind.id] for kind in form.fields}
    except KeyError as error:
        raise ValueError(f"{report.source.name}: no result for {error}") from error
    file = _ReportFile(
        schema=SCHEMA,
        source=report.source,
        made_by=report.made_by,
        form=report.form,
        tables={t.id: _TableHead(t.variant, t.verdict, t.confidence) for t in tables.values()},
        verdict=report.verdict,
        confidence=report.confidence,
        reason=report.reason,
        fields=_keyed(fields.values()),
        sections=report.sections,
        cells=_keyed(cells),
        checks=tuple(check for table in tables.values() for check in table.checks),
        findings=tuple(_finding_entries(report)),
    )
    data: dict[str, Json] = encode(file)
    return data


def report_from_dict(data: Json) -> Report:
    """The report that `report_to_dict` made the data from.

    Raises:
        ValueError: the data does not follow the schema; the message names the place.
    """
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise ValueError(f"not a report of the schema {SCHEMA}")
    file = decode(_ReportFile, data)
    return Report(
        source=file.source,
        made_by=file.made_by,
        form=file.form,
        verdict=file.verdict,
        confidence=file.confidence,
        reason=file.reason,
        tables=tuple(_table(table, file) for table in file.tables),
        fields=tuple(
            decode(FieldResult, {"id": field, **entry}, f"fields.{field}")
            for field, entry in file.fields.items()
        ),
        sections=file.sections,
        findings=tuple(finding for _, finding in _findings(file)),
    )


def report_schema() -> dict[str, Json]:
    """The JSON Schema that every report follows."""
    path = files("gouji.model") / "schema" / "report.json"
    schema: dict[str, Json] = loads(path.read_text("utf-8"))
    return schema


def _cells(table: TableResult, form: Form) -> Iterable[CellResult]:
    results = {cell.id: cell for cell in table.cells}
    return (results[cell.id] for cell in form.variants[table.id][table.variant].cells)


def _keyed(results: Iterable[CellResult] | Iterable[FieldResult]) -> dict[str, Entry]:
    entries = (encode(result) for result in results)
    return {entry.pop("id"): entry for entry in entries}


def _finding_entries(report: Report) -> Iterator[Entry]:
    """The findings of the report, then those of tables that are not among them."""
    left = [(table.id, finding) for table in report.tables for finding in table.findings]
    for finding in report.findings:
        table = next((table for table, other in left if other == finding), None)
        if table is not None:
            left.remove((table, finding))
        yield {**encode(finding), "table": table}
    for table, finding in left:
        yield {**encode(finding), "table": table}


def _table(table: str, file: _ReportFile) -> TableResult:
    head = file.tables[table]
    return TableResult(
        id=table,
        variant=head.variant,
        verdict=head.verdict,
        confidence=head.confidence,
        cells=tuple(
            decode(CellResult, {"id": cell, **entry}, f"cells.{cell}")
            for cell, entry in file.cells.items()
            if cell.startswith(f"{table}.")
        ),
        checks=tuple(check for check in file.checks if check.id.startswith(f"{table}.")),
        findings=tuple(finding for owner, finding in _findings(file) if owner == table),
    )


def _findings(file: _ReportFile) -> Iterator[tuple[str | None, Finding]]:
    for index, entry in enumerate(file.findings):
        own = {key: value for key, value in entry.items() if key != "table"}
        yield entry.get("table"), decode(Finding, own, f"findings.{index}")
