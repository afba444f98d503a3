"""Votes on the rows of lines: who is right, and what curve that makes."""

from dataclasses import replace

import pytest

from gouji.model.calibration import LineCalibration
from gouji.model.form_file import load_form
from gouji.model.mention import Mention, MentionKind, TableMentions
from gouji.training.synthesis.layouts import TRAINING
from gouji.training.synthesis.report import synthesize
from gouji.training.votes import Vote, VoteReliability, line_calibration, reliability, votes_of

FORM = load_form()
REPORT = synthesize(FORM, "tabs", TRAINING["tabs"], "votes", ()).annotation
TABLE = FORM.variants["requests"][REPORT.variants["requests"]]


def found(p: float = 0.9) -> TableMentions:
    """The table of the report as it stands, each line named for its row with this certainty."""
    lines = {line: number for number, (line, _) in enumerate(TABLE.lines)}
    mentions = [
        Mention(m.span, "", MentionKind.NUMBER, value=1, row=((row, p),), group=lines[row])
        for m in REPORT.mentions
        for row in [m.cell.rpartition(".")[0]]
        if row in lines and m.kind is MentionKind.NUMBER
    ]
    return TableMentions("requests", TABLE.variant, (0, 1), tuple(mentions))


def test_lines_named_for_their_rows_are_right_and_the_table_whole() -> None:
    votes = list(votes_of(found(), TABLE, REPORT))
    assert len(votes) == len(TABLE.lines)
    assert set(votes) == {Vote(whole=True, stated=0.9, right=True)}


def test_a_line_named_for_another_row_is_wrong_and_the_table_not_whole() -> None:
    mentions = tuple(
        replace(m, row=(("requests.carried_in", 0.7),)) if m.group == 0 else m
        for m in found().mentions
    )
    votes = list(votes_of(replace(found(), mentions=mentions), TABLE, REPORT))
    assert votes[0] == Vote(whole=False, stated=0.7, right=False)
    assert {vote.whole for vote in votes} == {False}
    assert sum(vote.right for vote in votes) == len(votes) - 1


def test_curves_rise_and_reckon_with_an_error_more_than_was_seen() -> None:
    votes = [Vote(True, 0.5 + n / 1000, right=n % 2 == 0) for n in range(100)]
    votes += [Vote(True, 0.9 + n / 10_000, right=True) for n in range(400)]
    votes += [Vote(False, 0.99, right=n % 4 > 0) for n in range(98)]
    lines = line_calibration(votes)
    levels = [level for _, level in lines.whole]
    assert levels == sorted(levels)
    assert lines.apply(0.95, whole=True) == pytest.approx(401 / 402, abs=1e-3)
    assert lines.apply(0.55, whole=True) == pytest.approx(0.5, abs=0.1)
    assert lines.apply(0.99, whole=False) == pytest.approx(74 / 100, abs=0.02)


def test_without_votes_what_is_stated_stands() -> None:
    assert line_calibration([]) == LineCalibration()
    assert LineCalibration().apply(0.42, whole=True) == 0.42
    assert reliability([], LineCalibration()) == VoteReliability(0, 0.0, 0.0, 0, 0)


def test_reliability_counts_the_lines_that_need_no_look() -> None:
    votes = [Vote(True, 0.99, True), Vote(True, 0.99, False), Vote(True, 0.5, True)]
    assert reliability(votes, LineCalibration()) == VoteReliability(3, 0.826667, 0.666667, 2, 1)
