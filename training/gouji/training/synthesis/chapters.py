"""Chapters: what a report says in words, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass

from gouji.model.form import Form
from gouji.training.synthesis.pieces import Piece
from gouji.training.synthesis.prose import Paragraph, Speaker, flat, numeral, split_paragraphs

_MATTERS = ("active", "requests", "management", "platform", "supervision")


@dataclass(frozen=True, slots=True)
class Chapters:
    """The paragraphs of a report: its opening, those of each section, and those behind tables.

    `elsewhere` says in place of a section's words that its table follows later.
    """

    opening: list[Paragraph]
    words: Mapping[str, list[Paragraph]]
    after: Mapping[str, list[Paragraph]]
    elsewhere: list[Paragraph]


def write_chapters(form: Form, speaker: Speaker) -> Chapters:
    """The words of one report on this form; each figure that it states is stated once."""
    rng, statement = speaker.rng, speaker.statement
    has_early_fee = statement.fee is not None and rng.random() < 0.15
    has_late_requests = statement.requests is not None and rng.random() < 0.08
    overview = _overview(speaker, with_requests=not has_late_requests, with_fee=has_early_fee)
    words = {
        **{table: _before_table(table, speaker) for table in form.table_ids},
        "overview": overview,
        "problems": _problems(speaker),
        "other": _other(speaker, with_fee=not has_early_fee),
    }
    if has_late_requests:
        words["requests"] = [speaker.say("requests.sentence")]
    after = {table: _after_table(speaker) for table in form.table_ids}
    return Chapters(_opening(speaker), words, after, [speaker.say("table.elsewhere")])


def _opening(speaker: Speaker) -> list[Paragraph]:
    rng = speaker.rng
    words: Paragraph = []
    if rng.random() < 0.85:
        words += speaker.say("opening.whole")
    if speaker.statement.period:
        words += [*speaker.say("opening.period"), Piece("。")]
    if rng.random() < 0.45:
        words += speaker.say("opening.tail")
    return split_paragraphs(words)


def _overview(speaker: Speaker, *, with_requests: bool, with_fee: bool) -> list[Paragraph]:
    rng = speaker.rng
    shape = rng.choices((_in_points, _in_one, _in_brief), (6, 2, 2))[0]
    matters = {
        "active": _about_active(speaker),
        "requests": _about_requests(speaker, with_requests=with_requests, with_fee=with_fee),
    }
    return shape(speaker, matters)


def _about_active(speaker: Speaker) -> Paragraph:
    """Sentences on disclosure, the figure of the site somewhere among them."""
    words = speaker.sentences("active.sentence", speaker.rng.randint(0, 4))
    if speaker.statement.disclosures is not None or not words or speaker.rng.random() < 0.2:
        stated = [*speaker.say("disclosed"), Piece("。")]
        words.insert(speaker.rng.randint(0, len(words)), stated)
    return flat(words)


def _about_requests(speaker: Speaker, *, with_requests: bool, with_fee: bool) -> Paragraph:
    has_figure = with_requests and speaker.statement.requests is not None
    words = speaker.say("requests.sentence" if has_figure else "requests.silent")
    if with_fee:
        words += [*speaker.say("charged"), Piece("。")]
    return words


def _in_points(speaker: Speaker, matters: Mapping[str, Paragraph]) -> list[Paragraph]:
    """The five matters of the form as titled points, the last ones sometimes left out."""
    rng, habits = speaker.rng, speaker.habits
    paragraphs = speaker.sentences("lead", rng.choice((0, 1, 1, 1, 2)))
    for number, matter in enumerate(_MATTERS[: rng.choice((2, 3, 5, 5, 5))], 1):
        title = [Piece(numeral(habits.item, number)), *speaker.say(f"sub.{matter}")]
        words = matters.get(matter) or _some(speaker, matter)
        if habits.after_item == "\n":
            paragraphs += [title, words]
        else:
            paragraphs.append([*title, Piece(habits.after_item), *words])
    return paragraphs


def _some(speaker: Speaker, matter: str) -> Paragraph:
    return flat(speaker.sentences(f"{matter}.sentence", speaker.rng.randint(1, 3)))


def _in_one(speaker: Speaker, matters: Mapping[str, Paragraph]) -> list[Paragraph]:
    """Everything in one or two paragraphs without titles."""
    words = [*matters["active"], *matters["requests"]]
    if speaker.rng.random() < 0.5:
        words += _some(speaker, speaker.rng.choice(_MATTERS[2:]))
    lead = speaker.say("lead")
    return [lead, words] if speaker.rng.random() < 0.5 else [[*lead, *words]]


def _in_brief(speaker: Speaker, matters: Mapping[str, Paragraph]) -> list[Paragraph]:
    """Next to nothing but the figures."""
    return [[*matters["active"], *matters["requests"]]]


def _before_table(table: str, speaker: Speaker) -> list[Paragraph]:
    found: list[Paragraph] = []
    if table == "disputes" and speaker.rng.random() < 0.15:
        found.append(speaker.say("disputes.sentence"))
    if speaker.rng.random() < 0.08:
        found.append(speaker.say("table.before"))
    return found


def _after_table(speaker: Speaker) -> list[Paragraph]:
    return [speaker.say("table.after")] if speaker.rng.random() < 0.05 else []


def _problems(speaker: Speaker) -> list[Paragraph]:
    """What falls short and what will be done: points on lines of their own, or running on."""
    halves = [_half(speaker, "problem"), _half(speaker, "improve")]
    if speaker.rng.random() < 0.25:
        item = speaker.habits.item
        titles = speaker.rng.choice((("存在的主要问题", "改进情况"), ("主要问题", "改进措施")))
        return [
            paragraph
            for number, (title, half) in enumerate(zip(titles, halves, strict=True), 1)
            for paragraph in ([Piece(f"{numeral(item, number)}{title}")], *half)
        ]
    return [*halves[0], *halves[1]]


def _half(speaker: Speaker, rule: str) -> list[Paragraph]:
    rng = speaker.rng
    lead = speaker.say({"problem": "problems.lead", "improve": "improve.lead"}[rule])
    points = list(speaker.points(rule, rng.randint(1, 4)))
    if rng.random() < 0.5:
        return [lead, *points]
    return [[*lead, *flat(points)]]


def _other(speaker: Speaker, *, with_fee: bool) -> list[Paragraph]:
    rng = speaker.rng
    has_fee = with_fee and speaker.statement.fee is not None
    if not has_fee and rng.random() < 0.6:
        return [speaker.say("other.none")]
    words = speaker.sentences("other.silent", rng.choice((0, 0, 1, 1, 2, 3)))
    if has_fee:
        words.insert(rng.randint(0, len(words)), speaker.say("other.sentence"))
    elif not words:
        words.append(speaker.say("other.silent"))
    if len(words) > 1 and rng.random() < 0.5:
        item = speaker.habits.item
        return [[Piece(numeral(item, n)), *word] for n, word in enumerate(words, 1)]
    return [flat(words)]
