"""What a recogniser was not sure of: into the mentions, through the sums, into the JSON."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import exp, log

import pytest

from gouji.inference.config import Settings
from gouji.inference.pipeline import Extractor
from gouji.inference.recognition import recognised
from gouji.inference.scan.calibration import Calibration, load_calibration
from gouji.model.document import Alternatives, Document, Place, Source
from gouji.model.form import Form, Table
from gouji.model.mention import Mention, MentionKind, TableMentions
from gouji.model.report_codec import report_to_dict

Strings = tuple[tuple[str, float], ...]
SetTable = Callable[[Table, Mapping[str, str], str, str], str]


def with_alternatives(document: Document, *known: tuple[tuple[int, int], Strings]) -> Document:
    alternatives = tuple(
        Alternatives(span, tuple((text, log(p)) for text, p in strings)) for span, strings in known
    )
    return replace(document, alternatives=alternatives)


def tagged(*mentions: Mention) -> TableMentions:
    return TableMentions("requests", "2021", (0, 20), mentions)


def mention(span: tuple[int, int], raw: str, kind: MentionKind, value: int | None) -> Mention:
    return Mention(span, raw, kind, value)


def test_a_number_gets_the_values_that_its_strings_spell(
    as_document: Callable[[str], Document],
) -> None:
    strings = (("1,234", 0.6), ("1234", 0.2), ("1.234", 0.1), ("/", 0.05))
    document = with_alternatives(as_document("数\t1,234\t5"), ((2, 7), strings))
    number = mention((2, 7), "1,234", MentionKind.NUMBER, 1234)
    other = mention((8, 9), "5", MentionKind.NUMBER, 5)
    (table,) = recognised([tagged(number, other)], document)
    assert dict(table.mentions[0].recognised) == pytest.approx({1234: 0.8, 1.234: 0.1})
    assert table.mentions[1].recognised == ()


def test_a_number_without_readings_is_unsure_on_a_recognised_page_alone(
    as_document: Callable[[str], Document],
) -> None:
    places = (Place((0, 1), page=1), Place((2, 3), page=1), Place((4, 5), page=2))
    document = with_alternatives(
        replace(as_document("1\t2\t3"), places=places), ((0, 1), (("1", 0.9),))
    )
    numbers = [
        mention((i, i + 1), str(n), MentionKind.NUMBER, n) for n, i in ((1, 0), (2, 2), (3, 4))
    ]
    (table,) = recognised([tagged(*numbers)], document)
    assert [m.recognised for m in table.mentions] == [((1, 0.9),), ((2, 0.9),), ()]


@pytest.mark.parametrize(
    ("strings", "kind"),
    [
        ((("-", 0.99), ("—", 0.005)), MentionKind.MARK),
        ((("-", 0.9), ("1", 0.08)), MentionKind.UNREADABLE),
    ],
)
def test_a_mark_that_may_be_a_number_is_neither(
    as_document: Callable[[str], Document], strings: Strings, kind: MentionKind
) -> None:
    document = with_alternatives(as_document("-"), ((0, 1), strings))
    (table,) = recognised([tagged(mention((0, 1), "-", MentionKind.MARK, None))], document)
    assert table.mentions[0].kind is kind


def report(form: Form, set_table: SetTable, misread: Mapping[str, tuple[str, Strings]]) -> Document:
    """A report of zeros, some cells of which were read as another string."""
    parts = ["甲县2022年政府信息公开工作年度报告\n"]
    spans: dict[str, tuple[int, int]] = {}
    for kind in form.sections:
        parts.append(f"{kind.heading}\n")
        if kind.id in form.variants:
            table = form.variants[kind.id][form.combinations["ogi-2021"][kind.id]]
            raw = {cell.id: f"⟦{cell.id}⟧" for cell in table.cells}
            parts.append(set_table(table, raw, "\t", "\n"))
    text = "".join(parts)
    while "⟦" in text:
        start, end = text.index("⟦"), text.index("⟧")
        cell = text[start + 1 : end]
        shown = misread[cell][0] if cell in misread else "0"
        spans[cell] = (start, start + len(shown))
        text = text[:start] + shown + text[end + 1 :]
    sure = load_calibration().surest
    known = sorted(
        (span, misread[cell][1] if cell in misread else (("0", sure),))
        for cell, span in spans.items()
    )
    places = tuple(Place(span, page=2, box=(1.0, 2.0, 3.0, float(span[0]))) for span, _ in known)
    document = Document(
        Source("a.png", "0" * 64, "image/png", pages=2, ocr=True), text, places=places
    )
    return with_alternatives(document, *known)


def cells_of(form: Form, document: Document) -> Mapping[str, Mapping[str, object]]:
    (found,) = Extractor(form, Settings(), "rules")(document)
    data = report_to_dict(found, form)
    assert data["source"]["ocr"] is True
    return data["cells"]  # type: ignore[no-any-return]


def test_a_misread_number_is_repaired_and_its_place_is_told(
    form: Form, set_table: SetTable
) -> None:
    strings = (("8", 0.7), ("0", 0.25))
    cells = cells_of(form, report(form, set_table, {"requests.new.natural": ("8", strings)}))
    cell = cells["requests.new.natural"]
    assert (cell["status"], cell["value"], cell["printed"], cell["review"]) == (
        "repaired",
        0,
        8,
        False,
    )
    assert cell["page"] == 2
    assert cell["box"] is not None


@pytest.mark.parametrize(
    ("p", "rest", "review"), [(0.999, 0.0, False), (0.97, 0.0, True), (0.9, 0.09, True)]
)
def test_a_number_that_no_sum_confirms_is_as_sure_as_its_recognition(
    form: Form, set_table: SetTable, p: float, rest: float, review: bool
) -> None:
    strings: Strings = (("3", p), *((("8", rest),) if rest else ()))
    name = "active.licensing.decisions"
    assert name in {cell.id for cell in form.variants["active"]["2021"].cells}
    cell = cells_of(form, report(form, set_table, {name: ("3", strings)}))[name]
    assert cell["value"] == 3
    assert cell["review"] is review
    assert float(str(cell["confidence"])) <= p + 1e-3


def test_calibration_keeps_the_order_and_leaves_the_rest() -> None:
    strings = (("7", 0.8), ("1", 0.15))
    assert dict(Calibration(1.0, 1.0)(strings)) == pytest.approx(dict(strings))
    softer = Calibration(2.0, 0.999)(strings)
    assert [text for text, _ in softer] == ["7", "1"]
    assert softer[0][1] < 0.8
    assert sum(p for _, p in softer) < 0.999


def test_shipped_calibration_is_never_certain() -> None:
    ((text, p),) = load_calibration()((("0", 1.0),))
    assert text == "0"
    assert exp(-0.02) < p < 1
