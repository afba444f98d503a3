import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gouji.inference.config import Settings, Tagging
from gouji.inference.pipeline import NO_REPORT, Extractor, Tagger
from gouji.inference.readers.limits import Limits
from gouji.inference.readers.web_page import read_html
from gouji.inference.rules import tag_tables
from gouji.inference.segmenter import segment
from gouji.inference.tagging import ModelTagger
from gouji.model.calibration import Opinions, Trust
from gouji.model.document import Document, Source
from gouji.model.encoding import Encoded
from gouji.model.errors import ModelError
from gouji.model.form import Cell, Form, Table
from gouji.model.mention import MentionKind, TableMentions
from gouji.model.report import Report, Status, Verdict
from gouji.model.tagger import Flags, Tags

SetTable = Callable[[Table, Mapping[str, str], str, str], str]
AsDocument = Callable[[str], Document]
MakeTags = Callable[..., Tags]

HEADINGS = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)


@pytest.fixture(scope="module")
def extractor(form: Form) -> Extractor:
    return Extractor(form, Settings(), "rules")


def consistent(form: Form, seed: int) -> dict[str, int]:
    """Values for all cells of ogi-2021 that satisfy every identity."""
    draw = random.Random(seed)
    values = {cell.id: draw.choice((0, 0, draw.randint(1, 60))) for cell in cells(form)}
    for table in form.tables("ogi-2021"):
        equations = {e.id: e for e in table.equations}
        for equation in equations.values():
            if equation.identity == "balance":
                new, carried_in = equation.left
                result, carried_out = equation.right
                parts = equations[equation.id.replace("balance", "result_total")].right
                total = sum(values[part] for part in parts)
                values[carried_in] = min(values[carried_in], total)
                values[new] = total + values[carried_out] - values[carried_in]
                values[result] = total
        for equation in equations.values():
            if equation.identity in ("row_total", "block_total"):
                values[equation.left[0]] = sum(values[part] for part in equation.right)
    return values


def cells(form: Form) -> list[Cell]:
    return [cell for table in form.tables("ogi-2021") for cell in table.cells]


@pytest.fixture(scope="module")
def report_text(form: Form, set_table: SetTable) -> Callable[[Mapping[str, object]], str]:
    def build(values: Mapping[str, object]) -> str:
        raw = {cell: str(value) for cell, value in values.items()}
        parts = [set_table(table, raw, "\t", "\n") for table in form.tables("ogi-2021")]
        pairs = zip(HEADINGS, parts, strict=True)
        tables = "".join(f"{heading}\n{part}" for heading, part in pairs)
        return f"甲县乙局2023年政府信息公开工作年度报告\n一、总体情况\n一切如常。\n{tables}"

    return build


ReportText = Callable[[Mapping[str, object]], str]


def values_of(report: Report) -> dict[str, object]:
    return {cell.id: cell.value for cell in report.cells.values()}


def test_a_sound_report_is_accepted_as_printed(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 1)
    (report,) = extractor(as_document(report_text(values)))
    assert values_of(report) == values
    assert report.verdict is Verdict.ACCEPTED
    assert report.form == "ogi-2021"
    assert {cell.status for cell in report.cells.values()} == {Status.READ}
    assert all(check.holds_as_printed for table in report.tables for check in table.checks)


@pytest.mark.parametrize("seed", range(6))
def test_one_wrong_digit_in_requests_is_found_kept_and_reconciled(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument, seed: int
) -> None:
    values = consistent(form, seed)
    draw = random.Random(seed)
    wrong = draw.choice([cell for cell in values if cell.startswith("requests.")])
    misprinted = values[wrong] + draw.choice((1, 2, 5, 30))
    (report,) = extractor(as_document(report_text({**values, wrong: misprinted})))
    assert values_of(report) == values
    cell = report.cells[wrong]
    assert (cell.status, cell.printed, cell.review) == (Status.SOURCE_ERROR, misprinted, True)
    assert cell.reason
    assert cell.reason_en
    assert [c.id for c in report.cells.values() if c.review] == [wrong]
    assert report.verdict is Verdict.REVIEW


def test_a_total_printed_zero_beside_its_parts_is_kept_and_flagged(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 3)
    block = {"upheld": 10, "corrected": 1, "other": 0, "pending": 0, "total": 11}
    values.update({f"disputes.direct.{column}": value for column, value in block.items()})
    shown = {**values, "disputes.direct.total": 0}
    (report,) = extractor(as_document(report_text(shown)))
    total = report.cells["disputes.direct.total"]
    assert (total.printed, total.value, total.review) == (0, 11, True)
    assert values_of(report) == values
    assert report.verdict is Verdict.REVIEW


def test_a_confirmed_value_is_hard_evidence(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 4)
    shown = {**values, "disputes.direct.total": values["disputes.direct.total"] + 3}
    (report,) = extractor(
        as_document(report_text(shown)),
        {"": {"disputes.direct.total": values["disputes.direct.total"]}},
    )
    assert report.cells["disputes.direct.total"].status is Status.CONFIRMED
    assert values_of(report) == values


def test_a_cell_confirmed_as_empty_has_no_value(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    shown = {**consistent(form, 4), "active.rules.issued": "8"}
    (report,) = extractor(as_document(report_text(shown)), {"": {"active.rules.issued": None}})
    cell = report.cells["active.rules.issued"]
    assert (cell.status, cell.value, cell.printed) == (Status.CONFIRMED, None, 8)


def test_two_reports_in_one_text_are_two_reports(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    first, second = consistent(form, 5), consistent(form, 6)
    other = report_text(second).replace("2023年", "2024年")
    reports = extractor(as_document(f"{report_text(first)}\n{other}"))
    assert [report.source.name for report in reports] == ["a.txt", "a.txt#2"]
    assert [values_of(report) for report in reports] == [first, second]
    years = [{f.id: f.value for f in report.fields}["year"] for report in reports]
    assert years == [2023, 2024]


def test_a_text_without_a_report_fails_with_the_reason(
    extractor: Extractor, form: Form, as_document: AsDocument
) -> None:
    (report,) = extractor(as_document("从前有座山，山里有座庙。\n" * 20))
    assert (report.verdict, report.reason) == (Verdict.FAILED, NO_REPORT)
    assert len(report.cells) == 200
    assert {c.status for c in report.cells.values()} == {Status.MISSING}
    assert [f.code for f in report.findings] == ["S007"]


@pytest.mark.parametrize("lost", range(3))
def test_a_table_that_nobody_finds_is_reported(
    form: Form,
    extractor: Extractor,
    report_text: ReportText,
    as_document: AsDocument,
    lost: int,
) -> None:
    text = report_text(consistent(form, 3))
    starts = [text.index(heading) for heading in HEADINGS] + [len(text)]
    (report,) = extractor(as_document(text[: starts[lost]] + text[starts[lost + 1] :]))
    (missing,) = [f for f in report.findings if f.code == "S004"]
    assert form.table_ids[lost] in missing.message_en
    assert report.verdict is Verdict.REVIEW


def test_prose_that_contradicts_the_table_is_a_finding_and_changes_nothing(
    form: Form, extractor: Extractor, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 7)
    text = report_text(values).replace("一切如常", "全年共收到政府信息公开申请99999件")
    (report,) = extractor(as_document(text))
    assert "C003" in [f.code for f in report.findings]
    assert values_of(report) == values
    assert report.verdict is Verdict.ACCEPTED


def test_an_unknown_model_is_an_error(form: Form) -> None:
    with pytest.raises(ModelError, match="大模型"):
        Extractor(form, Settings(), model="大模型")


@pytest.fixture
def model_folder(
    form: Form, make_tags: MakeTags, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A model that reads the numbers of a report in the order of the form, but for its last one."""

    trust = Opinions({"disputes": Trust(model=0.1, rules=0.85)})

    def predict(encoded: Encoded, needed: Flags) -> Tags:
        values = [
            at
            for at, token in enumerate(encoded.tokens)
            if token.kind is MentionKind.NUMBER and token.alone
        ]
        told = dict(zip(values, (cell.id for cell in cells(form)[:-1]), strict=False))
        return make_tags(encoded, {at: cell for at, cell in told.items() if needed[at]})

    def load(folder: Path, form: Form, *, second_opinion: bool) -> ModelTagger:
        return ModelTagger(predict, trust if second_opinion else None)

    monkeypatch.setattr(ModelTagger, "load", load)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "config.json").write_text("{}", "utf-8")
    return tmp_path / "tiny"


def test_a_model_reads_a_report_and_its_reports_say_which(
    form: Form, model_folder: Path, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 1)
    settings = Settings(tagging=Tagging(second_opinion=False))
    (report,) = Extractor(form, settings, model_folder)(as_document(report_text(values)))
    assert report.made_by.model.startswith("tiny@")
    left_out = cells(form)[-1].id
    assert report.cells[left_out].printed is None
    assert {c.id for c in report.cells.values() if c.printed is None} == {left_out}
    assert values_of(report) == values


def test_the_rules_are_heard_beside_a_model(
    form: Form, model_folder: Path, report_text: ReportText, as_document: AsDocument
) -> None:
    values = consistent(form, 1)
    (report,) = Extractor(form, Settings(), model_folder)(as_document(report_text(values)))
    assert report.cells[cells(form)[-1].id].printed == values[cells(form)[-1].id]
    assert values_of(report) == values
    assert all(table.verdict is Verdict.ACCEPTED for table in report.tables[:2])


def test_what_the_rules_settle_is_not_asked_of_the_network(
    form: Form, report_text: ReportText, as_document: AsDocument, make_tags: MakeTags
) -> None:
    asked: list[int] = []

    def predict(encoded: Encoded, needed: Flags) -> Tags:
        asked.append(int(needed.sum()))
        return make_tags(encoded, {})

    def tag(tagger: Tagger, values: Mapping[str, int]) -> tuple[TableMentions, ...]:
        document = as_document(report_text(values))
        (part,) = segment(document, form)
        return tagger(document, part, form)

    with_rules = ModelTagger(predict, Opinions())
    values = consistent(form, 1)
    assert tag(with_rules, values) == tag(tag_tables, values)
    assert asked == []
    wrong = {**values, "disputes.review.total": values["disputes.review.total"] + 1}
    assert tag(with_rules, wrong)[1] == tag(tag_tables, wrong)[1]
    tag(ModelTagger(predict, None), values)
    n_partly, n_all = asked
    assert 0 < n_partly < n_all


def test_a_text_without_a_report_fails_with_a_model_too(
    form: Form, model_folder: Path, as_document: AsDocument
) -> None:
    (report,) = Extractor(form, Settings(), model_folder)(as_document("从前有座山。\n" * 20))
    assert (report.verdict, report.reason) == (Verdict.FAILED, NO_REPORT)


def test_a_folder_that_holds_no_model_is_an_error(form: Form, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match=r"config\.json"):
        Extractor(form, Settings(), tmp_path)


def test_page_that_only_links_the_report_fails_and_names_the_file(extractor: Extractor) -> None:
    markup = (
        "<h1>甲县乙局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>一切如常。</p>"
        '<p><a href="/files/1.pdf">2023年年度报告全文</a></p>'
    )
    page = read_html(Document(Source("a.html", "0" * 64, "text/html"), markup), Limits())
    (report,) = extractor(page)
    assert report.verdict is Verdict.FAILED
    assert "1 个附件（2023年年度报告全文）" in report.reason
