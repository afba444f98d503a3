from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gouji.inference.ablation import (
    System,
    compare,
    make_placed_extractor,
    parts_of,
    placed,
    system_of,
)
from gouji.inference.config import Settings, Tagging
from gouji.inference.evidence import Evaluated
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.inference.worker import Task, make_extractor
from gouji.model.document import Document
from gouji.model.form import Form, Table
from gouji.model.registry import ModelEntry, Origin, find_model
from gouji.model.report import Status, Verdict

TOTAL = "requests.new.total"
SetTable = Callable[[Table, Mapping[str, str], str, str], str]


@pytest.fixture
def document(form: Form, set_table: SetTable, as_document: Callable[[str], Document]) -> Document:
    """A report of nothing, but for a total of five that no sum explains, and a blank cell."""
    parts = []
    for table in form.tables(form.default):
        raw = {cell.id: "0" for cell in table.cells} | {TOTAL: "5", "requests.new.natural": ""}
        heading = next(s.heading for s in form.sections if s.id == table.id)
        parts += [heading, set_table(table, raw, "\t", "\n")]
    return as_document("某局2023年政府信息公开工作年度报告\n" + "\n".join(parts))


def test_numbers_are_taken_as_placed_whatever_the_sums_say(document: Document, form: Form) -> None:
    (part,) = segment(document, form)
    tagged = {m.table: m for m in tag_tables(document, part, form)}
    table = form.variants["requests"]["2021"]
    values = placed(tagged["requests"], table, Settings().reconciling)
    assert {values[TOTAL], values["requests.carried_in.total"]} == {5, 0}
    assert values["requests.new.natural"] is None


def test_report_before_reconciling_flags_and_accepts_nothing(
    document: Document, form: Form
) -> None:
    (before,) = make_placed_extractor(form, Settings(), "rules")(document, {})
    (after,) = make_extractor(form, Settings(), "rules")(document, {})
    assert before.cells[TOTAL].value == 5
    assert before.cells["requests.new.natural"].status is Status.BLANK
    assert not any(cell.review for cell in before.cells.values())
    assert before.verdict is Verdict.REVIEW
    assert after.cells[TOTAL].review


def test_table_that_is_not_there_has_failed_before_reconciling_too(
    form: Form, as_document: Callable[[str], Document]
) -> None:
    (report,) = make_placed_extractor(form, Settings(), "rules")(as_document("公告"), {})
    assert report.verdict is Verdict.FAILED
    assert {cell.status for cell in report.cells.values()} == {Status.MISSING}


def trained(folder: Path) -> System:
    return system_of(ModelEntry("m", Origin.FOLDER, folder), Settings())


def test_trained_model_is_compared_with_its_parts(tmp_path: Path) -> None:
    parts = parts_of([trained(tmp_path)])
    assert [(part.model.name, part.settings.tagging) for part in parts] == [
        ("rules", Tagging(second_opinion=True)),
        ("m", Tagging(second_opinion=False)),
        ("m", Tagging(second_opinion=True)),
    ]
    assert len({part.title for part in parts}) == 3


def test_models_of_one_name_in_two_folders_are_both_compared(tmp_path: Path) -> None:
    systems = [trained(tmp_path / "a" / "m"), trained(tmp_path / "b" / "m")]
    assert len(parts_of(systems)) == 5


def test_rules_have_no_parts() -> None:
    rules = system_of(find_model("rules"), Settings())
    assert [part.title for part in parts_of([rules])] == [rules.title]


def test_what_was_run_already_is_not_run_again(tmp_path: Path) -> None:
    tasks: list[Task] = []

    def run(task: Task) -> Evaluated:
        tasks.append(task)
        return Evaluated()

    system = trained(tmp_path)
    done = Evaluated()
    rows = compare(parts_of([system]), {system.title: done}, run)
    stages = [
        (task.model, task.settings.tagging.second_opinion, task.make_extract) for task in tasks
    ]
    assert stages == [
        ("rules", True, make_placed_extractor),
        ("rules", True, make_extractor),
        (str(tmp_path), False, make_placed_extractor),
        (str(tmp_path), False, make_extractor),
        (str(tmp_path), True, make_placed_extractor),
    ]
    assert [row.after is done for row in rows] == [False, False, True]
