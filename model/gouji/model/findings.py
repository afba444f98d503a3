"""Findings: what a person should know about a report, as records with stable codes."""

from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
"""Half-open range of characters of `Document.text`."""


class Severity(StrEnum):
    """How much a finding weighs; `error` always leads to review."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What a code means; the table in inference/README.md is checked against `KINDS`."""

    code: str
    severity: Severity
    meaning: str


KINDS: dict[str, FindingKind] = {
    kind.code: kind
    for kind in (
        FindingKind("R001", Severity.WARNING, "bytes that are not valid in the file's encoding"),
        FindingKind("R002", Severity.INFO, "control characters were taken for blanks"),
        FindingKind("R003", Severity.INFO, "the page links files that may hold the report"),
        FindingKind("R004", Severity.INFO, "the page shows pictures that may hold the tables"),
        FindingKind("R005", Severity.ERROR, "pages need recognition and were not read"),
        FindingKind("R006", Severity.ERROR, "pages are broken and were not read"),
        FindingKind("S001", Severity.WARNING, "a section heading was not found"),
        FindingKind("S002", Severity.INFO, "a section heading stands more than once"),
        FindingKind("S003", Severity.INFO, "a section heading carries the wrong numeral or place"),
        FindingKind("S004", Severity.ERROR, "a table was not found"),
        FindingKind("S005", Severity.INFO, "the file holds several reports"),
        FindingKind("S006", Severity.INFO, "a table stands outside its section"),
        FindingKind("S007", Severity.ERROR, "the text holds no report"),
        FindingKind("S008", Severity.WARNING, "a table stands in the report more than once"),
        FindingKind("T001", Severity.WARNING, "a row label was not found"),
        FindingKind("T002", Severity.INFO, "the tables follow different revisions of the form"),
        FindingKind("T003", Severity.WARNING, "a number in a table belongs to no cell"),
        FindingKind("T004", Severity.WARNING, "a field is contradicted by another place"),
        FindingKind("C001", Severity.WARNING, "the document's own numbers do not add up"),
        FindingKind("C002", Severity.WARNING, "several explanations compete"),
        FindingKind("C003", Severity.WARNING, "a linked number differs from the table"),
        FindingKind("C004", Severity.ERROR, "the search for the best explanation ran out of time"),
        FindingKind("C005", Severity.ERROR, "no explanation satisfies all identities"),
        FindingKind("C006", Severity.WARNING, "a printed number can't stand in its cell"),
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about a report.

    `message` is Chinese, `message_en` English; `cells` are cell ids; `span` is in characters of
    `Document.text`.
    """

    code: str
    severity: Severity
    message: str
    message_en: str
    cells: tuple[str, ...] = ()
    span: Span | None = None


def finding(
    code: str,
    message: str,
    message_en: str,
    *,
    cells: tuple[str, ...] = (),
    span: Span | None = None,
) -> Finding:
    """The finding with the severity registered for its code; KeyError for an unknown code."""
    return Finding(code, KINDS[code].severity, message, message_en, cells, span)
