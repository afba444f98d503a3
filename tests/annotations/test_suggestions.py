"""What to label next: doubt, disputes, and layouts that no sample has."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.annotations.line_shapes import distance, profile_of, shape_of
from gouji.annotations.suggestions import (
    Candidate,
    Disputes,
    Suggestion,
    suggested,
    survey,
    tagger_alone,
)
from gouji.inference import Extractor, Settings
from gouji.inference.discovery import discover
from gouji.model.annotation import Annotation
from gouji.model.document import Document
from gouji.model.form import Form
from gouji.model.mention import TableMentions
from gouji.model.registry import find_model
from gouji.model.segmentation import Segment
from tests.annotations.samples import OGI, SEEDS

ROWS = "新收\t1\t2\t3\n结转\t4\t5\t6\n"
CELLS = "新收\n1\n2\n3\n结转\n4\n5\n6\n"


def candidate(
    name: str, *, flagged: int = 0, disputes: Disputes | None = None, text: str = ROWS
) -> Candidate:
    return Candidate(
        name, flagged / 200, flagged, 200, disputes or Disputes(), profile_of(text, ())
    )


def order(suggestions: Iterable[Suggestion]) -> list[str]:
    return [one.candidate.name for one in suggestions]


def test_words_and_numbers_make_no_difference_to_a_shape() -> None:
    assert shape_of(ROWS) == shape_of("其他处理\t100\t0\t20\n合计\t４\t5\t66\n")
    assert shape_of(ROWS) != shape_of(CELLS)


@given(st.text(), st.text())
def test_distance_is_a_distance(one: str, other: str) -> None:
    first, second = profile_of(one, ()), profile_of(other, ())
    assert 0 <= distance(first, second) <= 1
    assert distance(first, second) == pytest.approx(distance(second, first))
    if one:
        assert distance(first, first) == pytest.approx(0, abs=1e-9)


def test_profile_is_of_the_lines_that_hold_the_spans() -> None:
    text = f"年报\n{ROWS}结束"
    start = text.index("1")
    inside = ((start, start + 1), (text.index("6"), text.index("6") + 1))
    assert profile_of(text, inside) == profile_of(ROWS.rstrip("\n"), ())


def test_layouts_of_one_kind_are_nearer_than_others() -> None:
    longer = ROWS + "其他\t7\t8\t9\n"
    near = distance(profile_of(ROWS, ()), profile_of(longer, ()))
    assert near < distance(profile_of(ROWS, ()), profile_of(CELLS, ())) / 3


def test_doubtful_and_disputed_reports_come_first() -> None:
    sure, doubtful = candidate("a"), candidate("b", flagged=50)
    disputed = candidate("c", disputes=Disputes(20, 30))
    assert order(suggested([sure, doubtful, disputed], (), 1)) == ["c"]
    assert order(suggested([sure, doubtful], (), 1)) == ["b"]


def test_layout_just_chosen_is_worth_less_than_a_new_one() -> None:
    like = [candidate(name, flagged=60) for name in "ab"]
    new = candidate("c", flagged=40, text=CELLS)
    assert order(suggested([*like, new], (), 3)) == ["a", "c", "b"]


def test_layout_of_a_sample_is_worth_less(gold: Mapping[str, Annotation]) -> None:
    sample = next(iter(gold.values()))
    spans = [mention.span for mention in sample.mentions]
    known = replace(candidate("a", flagged=60), profile=profile_of(sample.text, spans))
    new = candidate("b", flagged=60)
    assert order(suggested([known, new], [sample], 2)) == ["b", "a"]
    *_, last = suggested([known, new], [sample], 2)
    assert last.nearest == sample.id
    assert last.novelty == pytest.approx(0, abs=1e-9)
    assert f"版式最像 {sample.id}（相似 100%）" in last.reason


@given(st.integers(0, 10**6))
def test_order_of_the_reports_makes_no_difference(seed: int) -> None:
    rng = Random(seed)
    found = [candidate(name, flagged=rng.choice((0, 5)), text=rng.choice((ROWS, CELLS)))
             for name in "abcdef"]  # fmt: skip
    shuffled = rng.sample(found, len(found))
    assert order(suggested(found, (), 6)) == order(suggested(shuffled, (), 6))


def test_reason_says_what_speaks_for_a_report() -> None:
    one = candidate("a", flagged=30, disputes=Disputes(4, 10))
    first, second = suggested([one, candidate("b")], (), 5)
    assert (
        first.reason == "待核 30 格（15%），规则与模型在 10 行中的 4 行意见不一，还没有样本可比版式"
    )
    assert second.reason == "没有待核的格子，版式最像 a（相似 100%）"


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    for path in SEEDS[:2]:
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text, "utf-8")
    (tmp_path / "z.txt").write_text("通知", "utf-8")
    return tmp_path


def test_survey_leaves_out_what_is_labelled_or_no_report(
    pool: Path, gold: Mapping[str, Annotation]
) -> None:
    extract = Extractor(OGI, Settings(), "rules")
    sample = gold[SEEDS[0].stem]
    found = survey(discover([pool]), [sample], extract, None, OGI)
    assert [one.name for one in found.candidates] == [SEEDS[1].name]
    assert found.n_labelled == 1
    assert [failure.partition("：")[0] for failure in found.failures] == ["z.txt"]
    assert found.candidates[0].disputes == Disputes()


def test_survey_counts_the_lines_that_rules_and_model_read_otherwise(
    tmp_path: Path, gold: Mapping[str, Annotation]
) -> None:
    """A model that knows of nothing differs wherever the rules, not borne out, have a number."""
    annotation = gold["002_9110b932e3d5ac2b"]
    start, end = next(m.span for m in annotation.mentions if m.cell == "requests.new.natural")
    (tmp_path / "a.txt").write_text(
        f"{annotation.text[:start]}7{annotation.text[end:]}", "utf-8", newline=""
    )

    def blind(document: Document, part: Segment, form: Form) -> tuple[TableMentions, ...]:
        return tuple(
            TableMentions(table.id, table.variant, None) for table in form.tables("ogi-2021")
        )

    extract = Extractor(OGI, Settings(), "rules")
    (found,) = survey(discover([tmp_path]), (), extract, blind, OGI).candidates
    assert found.disputes.n_lines == found.disputes.n_disputed > 0
    assert found.disputes.share == 1


def test_rules_have_no_second_opinion() -> None:
    assert tagger_alone(find_model("rules"), OGI) is None
    assert tagger_alone(find_model(None), OGI) is not None
