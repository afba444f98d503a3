"""A small extractor for tests of bulk runs: what a text says happens to its worker.

Every line `report` is a report, whose cells have the number that follows; `?` flags one cell.
"""

import os
import resource
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gouji.inference.config import Settings
from gouji.inference.worker import Extract
from gouji.model.document import Document
from gouji.model.form import Form
from gouji.model.mention import Number
from gouji.model.report import (
    CellResult,
    FieldResult,
    MadeBy,
    Report,
    Status,
    TableResult,
    Verdict,
)

CELL = "requests.new.natural"


def make(form: Form, settings: Settings, model: str) -> Extract:
    """An extractor that obeys the text."""

    def extract(
        document: Document, corrections: Mapping[str, Mapping[str, Number | None]]
    ) -> tuple[Report, ...]:
        _misbehave(document.text)
        lines = [line for line in document.text.splitlines() if line.startswith("report")]
        if not lines:
            report = _report(document, "report", form, {})
            return (replace(report, verdict=Verdict.FAILED, reason="没有报告"),)
        suffixes = ["" if k == 0 else f"#{k + 1}" for k in range(len(lines))]
        return tuple(
            replace(
                _report(document, line, form, corrections.get(suffix, {})),
                source=replace(document.source, name=document.source.name + suffix),
            )
            for suffix, line in zip(suffixes, lines, strict=True)
        )

    return extract


class DiesAtStart:
    """In a task, ends every worker that unpickles it while the marker file is there."""

    def __init__(self, marker: Path, *, once: bool) -> None:
        """With `once`, the first worker takes the marker away."""
        self.marker, self.once = marker, once

    def __call__(self, form: Form, settings: Settings, model: str) -> Extract:
        """The same extractor."""
        return make(form, settings, model)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Ends the process."""
        self.__dict__.update(state)
        if self.marker.exists():
            if self.once:
                self.marker.unlink()
            os._exit(5)


def _misbehave(text: str) -> None:
    if "crash" in text:
        os._exit(3)
    if "hang" in text:
        time.sleep(600)
    if "raise" in text:
        raise KeyError("a detail")
    if "full disk" in text:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    if "slow" in text:
        time.sleep(0.2)


def _report(
    document: Document, line: str, form: Form, corrections: Mapping[str, Number | None]
) -> Report:
    flagged = "?" in line
    number = int("".join(filter(str.isdecimal, line)) or "0")
    start = document.text.find(line)
    return Report(
        source=document.source,
        made_by=MadeBy("0", "fake", "0" * 64, "0" * 64),
        form=form.default,
        verdict=Verdict.REVIEW if flagged else Verdict.ACCEPTED,
        confidence=0.5 if flagged else 1.0,
        reason="",
        tables=tuple(
            TableResult(
                table.id,
                table.variant,
                Verdict.ACCEPTED,
                1.0,
                tuple(
                    CellResult(
                        id=cell.id,
                        value=corrections.get(cell.id, number),
                        printed=number,
                        read=str(number),
                        status=Status.READ,
                        confidence=1.0,
                        review=flagged and cell.id == CELL,
                        reason="=1+1" if flagged and cell.id == CELL else "",
                        span=(start, start + len(line)),
                    )
                    for cell in table.cells
                ),
            )
            for table in form.tables(form.default)
        ),
        fields=tuple(FieldResult(kind.id, None, 1.0, False) for kind in form.fields),
        sections=(),
        findings=(),
    )
