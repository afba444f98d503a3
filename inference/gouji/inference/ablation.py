"""The ablation: what every part of the way contributes, each system before and after reconciling.

Before reconciling means: numbers as placed, each in its most likely cell, and no sums. Nothing is
flagged or accepted there, so only what is right can be compared.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gouji.inference.config import Settings
from gouji.inference.evidence import Evaluated
from gouji.inference.worker import Extract, MakeExtract, Task, make_extractor
from gouji.model.form import Cell, Form, Table
from gouji.model.mention import MentionKind, Number, TableMentions
from gouji.model.numerals import value_of
from gouji.model.reading import Reading, TableReadings
from gouji.model.reconciling import ReconcilingSettings
from gouji.model.reconciling.candidates import assemble
from gouji.model.registry import RULES, ModelEntry, find_model
from gouji.model.report import CellResult, Status, TableResult, Verdict

_SHOWN_AS = {
    MentionKind.NUMBER: Status.READ,
    MentionKind.MARK: Status.BLANK,
    MentionKind.BLANK: Status.BLANK,
    MentionKind.UNREADABLE: Status.MISSING,
}


@dataclass(frozen=True)
class System:
    """A way to read the tables: a model under some settings, and what it is called."""

    title: str
    model: ModelEntry
    settings: Settings

    def task(self, make_extract: MakeExtract = make_extractor) -> Task:
        """What workers do to read with it."""
        return Task(
            self.settings,
            model=self.model.reference,
            model_version=self.model.version,
            make_extract=make_extract,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One system in the comparison; None for a stage that does not exist for it."""

    title: str
    before: Evaluated | None
    after: Evaluated | None


def system_of(model: ModelEntry, settings: Settings) -> System:
    """The system that a model is: with the rules as second opinion, if the settings have it so."""
    if model.folder is None:
        return System("仅规则 (rules only)", model, settings)
    if settings.tagging.second_opinion:
        return System(f"模型+规则 (model + rules)：{model.reference}", model, settings)
    return System(f"仅模型 (model only)：{model.reference}", model, settings)


def parts_of(systems: Sequence[System]) -> tuple[System, ...]:
    """The systems with what they consist of: the rules first, and every model alone before it."""
    parts = [system_of(find_model(RULES), system.settings) for system in systems]
    for system in systems:
        tagging = replace(system.settings.tagging, second_opinion=False)
        parts += [system_of(system.model, replace(system.settings, tagging=tagging)), system]
    return tuple({part.title: part for part in parts}.values())


def compare(
    systems: Iterable[System], done: Mapping[str, Evaluated], run: Callable[[Task], Evaluated]
) -> tuple[Row, ...]:
    """Every system before and after reconciling; `done` holds, by title, what was run already."""
    return tuple(
        Row(
            system.title,
            run(system.task(make_placed_extractor)),
            done.get(system.title) or run(system.task()),
        )
        for system in systems
    )


def make_placed_extractor(form: Form, settings: Settings, model: str) -> Extract:
    """The extractor of a model that takes the numbers as placed, without reconciling.

    Raises:
        ModelError: there is no model of this name.
    """
    from gouji.inference.pipeline import Extractor  # a worker imports it once its threads are set

    return Extractor(form, settings, model, settle=placed_table)


def placed(
    mentions: TableMentions, table: Table, settings: ReconcilingSettings
) -> Mapping[str, Number | None]:
    """The number of every cell where the likeliest placement of every line puts one."""
    result = placed_table(table, assemble(table, mentions, settings).readings, settings)
    return {cell.id: cell.value for cell in result.cells}


def placed_table(
    table: Table, readings: TableReadings, settings: ReconcilingSettings
) -> TableResult:
    """The table with the numbers as placed; no sum is looked at, and nothing is called sure."""
    del settings  # nothing is weighed
    found = {r.cell: r for line in readings.lines for r in line.placements[0].readings}
    cells = tuple(_cell(cell, found[cell.id]) for cell in table.cells)
    verdict = Verdict.REVIEW if readings.found else Verdict.FAILED
    return TableResult(table.id, table.variant, verdict, 0.0, cells)


def _cell(cell: Cell, reading: Reading) -> CellResult:
    seen = reading.observation
    if seen is None:
        return CellResult(cell.id, None, None, None, Status.MISSING, 0.0, review=False)
    likeliest = min(reading.candidates, key=lambda candidate: candidate.cost, default=None)
    value = seen.value
    if seen.kind is MentionKind.NUMBER and likeliest is not None:
        value = value_of(likeliest.amount, cell.scale)
    status = _SHOWN_AS[seen.kind]
    return CellResult(
        cell.id, value, seen.value, seen.raw, status, 0.0, review=False, span=seen.span
    )
