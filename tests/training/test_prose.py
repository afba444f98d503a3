import re
from datetime import date
from pathlib import Path
from random import Random

import pytest

from gouji.annotations.field_values import reads_as
from gouji.model.form_file import load_form
from gouji.training.synthesis.agencies import draw_agency
from gouji.training.synthesis.chapters import write_chapters
from gouji.training.synthesis.fields import DISCLOSURES, FEE, REQUESTS, Statement
from gouji.training.synthesis.figures import FigureStyle, draw_style, prose_text
from gouji.training.synthesis.grammar import load_grammar, parse
from gouji.training.synthesis.headings import HeadingStyle, draw_heading_style, heading
from gouji.training.synthesis.page import PageStyle, set_line, set_paragraph
from gouji.training.synthesis.pieces import Piece, compose
from gouji.training.synthesis.prose import GRAMMAR, Habits, Speaker, draw_habits

ROOT = Path(__file__).parents[2]
FORM = load_form()
DIGITS = FigureStyle(False, False, None, "+", "-", 0.0)
CHINESE = FigureStyle(False, False, None, "+", "-", 1.0)


def statement(requests: int | None = 12, fee: int | None = 120) -> Statement:
    period = (date(2022, 1, 1), date(2022, 12, 31))
    return Statement(2022, period, date(2023, 1, 20), date(2023, 1, 18), requests, 320, fee)


def speaker(key: str, stated: Statement | None = None, style: FigureStyle = DIGITS) -> Speaker:
    rng = Random(key)
    habits = Habits("（{han}）", "。", "{n}.")
    return Speaker(draw_agency(rng), stated or statement(), style, habits, rng)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  words\n", "line 1: .* belongs to no rule"),
        ("a:\nwords\n", "line 2: .* belongs to no rule"),
        ("a:\n  x[y\n", "a bracket is not closed"),
        ("a:\n  x{y\n", "a brace is not closed"),
        ("a:\n  x]y\n", "brackets do not match"),
        ("a:\n  x|y\n", "brackets do not match"),
    ],
)
def test_malformed_grammar_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


def test_grammar_expands_choices_rules_and_slots() -> None:
    grammar = parse("a:\n  x[y|]{b}{slot:words}\nb:\n  1\n  2\n")
    slots = {"slot": lambda words: [Piece(f"<{words}>")]}
    texts = {compose(grammar.expand("a", slots, Random(n))).text for n in range(60)}
    assert texts == {f"x{y}{b}<words>" for y in ("y", "") for b in "12"}
    assert grammar.n_wordings("a") == len(texts)
    assert grammar.slot_names == {"slot"}


def test_different_alternatives_do_not_repeat() -> None:
    grammar = parse("a:\n  1\n  2\n  3\n")
    texts = [compose(pieces).text for pieces in grammar.expand_different("a", 9, {}, Random(1))]
    assert sorted(texts) == ["1", "2", "3"]


def test_unknown_rule_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        parse("a:\n  {nobody}\n").expand("a", {}, Random(1))


@pytest.mark.parametrize("rule", sorted(load_grammar(GRAMMAR).rules))
def test_every_rule_can_be_said(rule: str) -> None:
    for number in range(20):
        text = compose(speaker(f"{rule}/{number}").say(rule)).text
        assert text
        assert not set("{}|").intersection(text)


def test_sentences_have_hundreds_of_skeletons() -> None:
    """Skeletons: the wordings of a sentence with its slots left open."""
    grammar = load_grammar(GRAMMAR)
    slots = {name: lambda _, name=name: [Piece(f"{{{name}}}")] for name in grammar.slot_names}
    sentences = [rule for rule in grammar.rules if rule.endswith((".sentence", ".some", ".none"))]
    rng = Random(1)
    found = {
        compose(grammar.expand(rule, slots, rng)).text for rule in sentences for _ in range(200)
    }
    assert len(found) > 1_000
    assert sum(grammar.n_wordings(rule) for rule in sentences) > 20_000


@pytest.mark.parametrize("style", [DIGITS, CHINESE])
@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        ("received", REQUESTS, 12),
        ("received", REQUESTS, 0),
        ("charged", FEE, 0),
        ("charged", FEE, 120),
        ("charged", FEE, 25_000),
        ("disclosed", DISCLOSURES, 320),
    ],
)
def test_figures_are_said_once_and_can_be_read(
    rule: str, field: str, value: int, style: FigureStyle
) -> None:
    kinds = {kind.id: kind for kind in FORM.fields}
    wordings = set()
    for number in range(60):
        one = speaker(f"{rule}/{number}", statement(requests=value, fee=value), style)
        composed = compose(one.say(rule))
        spans = [span for piece, span in composed.labelled if piece.field == field]
        assert len(spans) == 1
        assert reads_as(value, composed.text[slice(*spans[0])], kinds[field]), composed.text
        wordings.add(re.sub(r"\d+", "#", composed.text.replace(one.agency.name, "@")))
    assert len(wordings) > 20


@pytest.mark.parametrize("requests", [None, 0, 7])
@pytest.mark.parametrize("fee", [None, 0, 50])
def test_chapters_state_each_figure_once(requests: int | None, fee: int | None) -> None:
    stated = statement(requests, fee)
    for number in range(30):
        chapters = write_chapters(FORM, speaker(f"{number}", stated))
        parts = [*chapters.words.values(), chapters.opening, *chapters.after.values()]
        said = [piece.field for part in parts for words in part for piece in words if piece.field]
        expected = set(stated.values) - {"year", "published"}
        assert sorted(said) == sorted(expected)


def test_no_sentence_stands_in_a_seed() -> None:
    seeds = "".join(path.read_text() for path in sorted((ROOT / "seeds").glob("*.txt")))
    seeds = re.sub(r"\s", "", seeds)
    law = "中华人民共和国政府信息公开条例"
    titles = " ".join(
        row.title
        for variants in FORM.variants.values()
        for table in variants.values()
        for block in table.blocks
        for row in block.rows
    )
    for number in range(150):
        rng = Random(f"seeds/{number}")
        one = Speaker(draw_agency(rng), statement(), draw_style(rng), draw_habits(rng), rng)
        chapters = write_chapters(FORM, one)
        words = [*chapters.opening, *(part for parts in chapters.words.values() for part in parts)]
        for sentence in re.split("[。；：¶]", "。".join(compose(part).text for part in words)):
            bare = re.sub(r"\s", "", sentence).replace(law, "")
            assert len(bare) < 13 or bare in titles or bare not in seeds, sentence


@pytest.mark.parametrize("name", ["达坂城", "东胜区", "乌恰", "西工区"])
def test_agencies_are_none_of_the_seeds(name: str) -> None:
    agencies = [draw_agency(Random(number)) for number in range(2_000)]
    assert not any(name in agency.name for agency in agencies)
    assert len({agency.name for agency in agencies}) > 1_900


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [(12, DIGITS, "12"), (12, CHINESE, "十二"), (120, CHINESE, "120"), (0, CHINESE, "零")],
)
def test_numbers_in_prose(number: int, style: FigureStyle, text: str) -> None:
    assert prose_text(number, style, Random(1)) == text


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        (HeadingStyle("{han}、", 0, 2, False, 0.0, 0.0), "六、其他需要报告的事项"),
        (HeadingStyle("（{han}）", 0, 2, False, 0.0, 0.0), "（六）其他需要报告的事项"),
        (HeadingStyle("{han}、", -1, 2, False, 0.0, 0.0), "五、其他需要报告的事项"),
        (HeadingStyle("{han}、", 0, 2, False, 0.0, 1.0), "其他需要报告的事项"),
        (HeadingStyle("{han}、", 0, 2, False, 1.0, 0.0), None),
    ],
)
def test_heading_follows_its_style(style: HeadingStyle, printed: str | None) -> None:
    assert heading(FORM.sections[5], 6, style, Random(1)) == printed


def test_headings_vary() -> None:
    printed = {
        heading(FORM.sections[3], 4, draw_heading_style(rng), rng)
        for rng in (Random(number) for number in range(400))
    }
    assert {None, FORM.sections[3].heading, FORM.sections[3].aliases[0]} <= printed
    assert len(printed) > 20


PAGE = PageStyle("", "\n", "", None, False, False, False)


def test_spaced_page_puts_blanks_around_numbers() -> None:
    style = PageStyle("", "\n", "", None, True, False, False)
    composed = compose(set_line([Piece("收到"), Piece("12", field=REQUESTS), Piece("件")], style))
    assert composed.text == "收到 12 件"
    assert composed.labelled[0][1] == (3, 5)


def test_narrow_page_never_breaks_a_number() -> None:
    style = PageStyle("", "\n", "", 5, False, False, False)
    text = compose(set_paragraph([Piece("公开信息12345条，比上年多678条。")], style)).text
    assert text == "公开信息12345\n条，比上年\n多678条。"
