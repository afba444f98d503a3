"""Annotations for tests: a sound one of a small text, and any at all for properties."""

import hashlib
from pathlib import Path

from hypothesis import strategies as st

from gouji.model.annotation import Annotation, CellMention, FieldLabel, Provenance
from gouji.model.findings import Span
from gouji.model.form import Form
from gouji.model.form_file import load_form, parse_form
from gouji.model.report import Section

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "annotations" / "gold" / "test.jsonl"
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))

PROVENANCE = Provenance("web", "public", "某局", "rows", "a person", "2024-01-31")

FORM = """
id: small
title: 表
forms: {small: {t: "1"}}
sections: [{id: counts, heading: 一、数量}]
fields:
  - {id: title, type: text}
  - {id: year, type: year}
  - {id: published, type: date}
  - {id: fee, type: money, unit: 元}
tables:
  t:
    columns: [{id: a, title: 甲}, {id: b, title: 乙}, {id: total, title: 总计}]
    rows: [{id: r, title: 行}]
identities:
  - {id: sum, table: t, for: each row, total: total, parts: [a, b]}
links:
  - {id: year, kind: across years, equation: t.r.a(year) = t.r.b(year - 1)}
""".encode()

TEXT = "某局2022\n年报 \n一、数量\n行 / 1,2 04\n收费1.5万元 2023年1月31日"


def small_form() -> Form:
    return parse_form(FORM, "small.yaml")


def span_of(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def sound_annotation() -> Annotation:
    """A torn number, a mark, a blank total that the identity decides, a title over two lines."""
    blank = span_of("1,2 04")[1]
    return Annotation(
        id="small",
        source="small.txt",
        source_sha256="0" * 64,
        text_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        text=TEXT,
        variants={"t": "1"},
        cells={"t.r.a": 0, "t.r.b": 1204, "t.r.total": 1204},
        printed={"t.r.a": None, "t.r.total": None},
        mentions=(
            CellMention(span_of("/"), "t.r.a", "/"),
            CellMention(span_of("1,2 04"), "t.r.b", "1,2 04"),
            CellMention((blank, blank), "t.r.total", ""),
        ),
        others=tuple(span_of(n) for n in ("2022", "1.5", "2023"))
        + tuple((span_of(around)[0] + 1, span_of(around)[1] - 1) for around in ("年1月", "月31日")),
        fields={
            "title": FieldLabel("某局2022年报", span_of("某局2022\n年报 ")),
            "year": FieldLabel(2022, span_of("2022")),
            "published": FieldLabel("2023-01-31", span_of("2023年1月31日")),
            "fee": FieldLabel(15000, span_of("1.5万元")),
        },
        sections=(
            Section("header", None, (0, TEXT.index("一"))),
            Section("counts", "一、数量", (TEXT.index("一"), len(TEXT))),
        ),
        provenance=PROVENANCE,
    )


OGI = load_form()
CELLS = tuple(cell.id for table in OGI.tables("ogi-2021") for cell in table.cells)
FIELDS = tuple(kind.id for kind in OGI.fields)
SECTIONS = tuple(kind.id for kind in OGI.sections)
WORDS = st.text(min_size=1, max_size=6).filter(lambda words: words.strip() != "")
TEXTS = st.text(
    st.sampled_from("0123456789年件，, \t\n/é😀👩🏽\u200d\ufe0f𠮷\\n")
    | st.characters(codec="utf-8"),
    max_size=40,
)


@st.composite
def spans(draw: st.DrawFn, text: str) -> Span:
    """Any span of a text, empty ones and those that overlap others included."""
    start = draw(st.integers(0, len(text)))
    return start, draw(st.integers(start, len(text)))


@st.composite
def annotations(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Annotation:
    """Annotations that fit the type and need not fit anything else."""
    text = draw(texts)
    numbers = st.none() | st.integers(-(10**9), 10**9) | st.floats(0, 10**6).map(lambda x: x + 0.5)
    cells = draw(st.dictionaries(st.sampled_from(CELLS), numbers, max_size=4))
    places = draw(st.lists(st.tuples(spans(text), st.sampled_from(CELLS)), max_size=5))
    headings = draw(st.lists(st.tuples(st.sampled_from(SECTIONS), spans(text)), max_size=3))
    values = st.integers() | WORDS
    labels = st.none() | st.builds(FieldLabel, values, st.none() | spans(text))
    return Annotation(
        id=draw(WORDS),
        source=draw(WORDS),
        source_sha256="0" * 64,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        variants={"active": "2021", "requests": "2021", "disputes": "2019"},
        cells=cells,
        printed=draw(st.dictionaries(st.sampled_from(CELLS), numbers, max_size=3)),
        mentions=tuple(CellMention(span, cell, text[slice(*span)]) for span, cell in places),
        others=tuple(draw(st.lists(spans(text), max_size=3))),
        fields=draw(st.dictionaries(st.sampled_from(FIELDS), labels, max_size=3)),
        sections=tuple(Section(name, text[slice(*span)], span) for name, span in headings),
        provenance=PROVENANCE,
    )
