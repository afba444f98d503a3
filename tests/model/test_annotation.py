import pytest

from gouji.model.annotation import Annotation, CellMention, FieldLabel, Provenance
from gouji.model.jsonl import decode, dumps, encode, loads
from gouji.model.mention import MentionKind
from gouji.model.report import Section


@pytest.fixture
def annotation() -> Annotation:
    return Annotation(
        id="sample",
        source="sample.txt",
        source_sha256="0" * 64,
        text_sha256="1" * 64,
        text="某局2022年报告\n收费 2.5 / 7\u2028",
        variants={"active": "2021"},
        cells={"active.a.x": 2.5, "active.a.y": 0, "active.a.z": 9, "active.a.lost": None},
        printed={"active.a.y": None, "active.a.z": 7},
        mentions=(CellMention((14, 17), "active.a.x", "2.5"),),
        others=((2, 6),),
        fields={"year": FieldLabel(2022, (2, 6)), "title": None, "agency": FieldLabel("某局")},
        sections=(Section("header", None, (0, 11)), Section("overview", "收费", (11, 22))),
        provenance=Provenance("web", "public", "某局", "rows", "a person", "2024-01-31"),
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("12", MentionKind.NUMBER),
        ("-4", MentionKind.NUMBER),
        ("2 0", MentionKind.NUMBER),
        ("/", MentionKind.MARK),
        (" — ", MentionKind.MARK),
        ("无", MentionKind.MARK),
        ("", MentionKind.BLANK),
        (" \t", MentionKind.BLANK),
    ],
)
def test_mention_tells_numbers_from_marks_and_blanks(raw: str, kind: MentionKind) -> None:
    assert CellMention((0, len(raw)), "active.a.x", raw).kind is kind


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("active.a.x", 2.5), ("active.a.y", None), ("active.a.z", 7), ("active.a.lost", None)],
)
def test_page_shows_the_printed_number_or_else_the_truth(
    annotation: Annotation, cell: str, shown: float | None
) -> None:
    assert annotation.page_value(cell) == shown


def test_page_value_of_a_cell_without_label_is_an_error(annotation: Annotation) -> None:
    with pytest.raises(KeyError):
        annotation.page_value("active.a.unknown")


def test_annotation_comes_back_from_its_line(annotation: Annotation) -> None:
    line = dumps(encode(annotation))
    assert "\n" not in line
    assert decode(Annotation, loads(line)) == annotation


def test_whole_numbers_stay_whole(annotation: Annotation) -> None:
    back = decode(Annotation, loads(dumps(encode(annotation))))
    assert type(back.cells["active.a.z"]) is int
    assert type(back.cells["active.a.x"]) is float


def test_line_without_a_key_is_refused(annotation: Annotation) -> None:
    data = encode(annotation)
    del data["others"]
    with pytest.raises(ValueError, match="others"):
        decode(Annotation, data)
