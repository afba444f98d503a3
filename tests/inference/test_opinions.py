from dataclasses import replace

import pytest

from gouji.inference.opinions import compare, pooled
from gouji.model.calibration import Opinions, Trust
from gouji.model.findings import finding
from gouji.model.form import Form
from gouji.model.mention import Distribution, Mention, MentionKind, TableMentions, probability

COLUMNS = ("natural", "business", "research", "ngo", "legal", "other", "total")
TRUST = Opinions({"requests": Trust(0.6, 0.2)})


def mention(
    at: int, row: str, column: str | Distribution, p: float = 0.999, group: int = 0
) -> Mention:
    """The number `at`, standing at the character of that number."""
    columns = ((column, p),) if isinstance(column, str) else column
    return Mention(
        (at, at + 1),
        str(at),
        MentionKind.NUMBER,
        value=at,
        table=(("requests", p),),
        row=((f"requests.{row}", p),),
        column=columns,
        group=group,
    )


def blank(at: int, row: str, column: str) -> Mention:
    return Mention(
        (at, at),
        "",
        MentionKind.BLANK,
        row=((f"requests.{row}", 0.999),),
        column=((column, 0.999),),
    )


def table(*mentions: Mention) -> TableMentions:
    return TableMentions("requests", "2021", (0, 100), mentions)


def row(name: str, p: float = 0.999, columns: tuple[str, ...] = COLUMNS) -> list[Mention]:
    return [mention(i, name, column, p) for i, column in enumerate(columns)]


def cells(tagged: TableMentions) -> dict[int, str]:
    return {m.span[0]: f"{m.row[0][0]}.{m.column[0][0]}" for m in tagged.mentions}


def test_agreement_keeps_the_surer_distribution_of_each(form: Form) -> None:
    model = table(mention(1, "new", "natural", 0.97), mention(2, "new", "total", 0.9999))
    rules = table(mention(1, "new", "natural", 0.999), mention(2, "new", "total", 0.9))
    both = pooled(model, rules, form, TRUST)
    assert [m.column[0][1] for m in both.mentions] == [0.999, 0.9999]
    assert [m.row[0][1] for m in both.mentions] == [0.999, 0.9999]


def test_agreement_takes_empty_cells_from_the_rules(form: Form) -> None:
    model = table(mention(1, "new", "natural"), mention(5, "new", "total"))
    rules = table(
        mention(1, "new", "natural"), blank(3, "new", "business"), mention(5, "new", "total")
    )
    both = pooled(model, rules, form, TRUST)
    assert cells(both) == {
        1: "requests.new.natural",
        3: "requests.new.business",
        5: "requests.new.total",
    }
    assert {m.group for m in both.mentions} == {0}


def test_disagreement_about_columns_leaves_both_to_the_sums(form: Form) -> None:
    model = table(mention(1, "new", "natural"), mention(2, "new", "total"))
    rules = table(mention(1, "new", "business"), mention(2, "new", "total"))
    first, second = pooled(model, rules, form, TRUST).mentions
    assert probability(first.column, "natural") == pytest.approx(0.75, abs=0.01)
    assert probability(first.column, "business") == pytest.approx(0.25, abs=0.01)
    assert second.column[0] == pytest.approx(("total", 0.999))
    assert first.row[0][1] == pytest.approx(0.999)


def test_disagreement_about_the_row_lowers_the_claim(form: Form) -> None:
    both = pooled(table(*row("new")), table(*row("carried_in")), form, TRUST)
    assert {m.row[0][0] for m in both.mentions} == {"requests.new"}
    assert all(0.5 < m.row[0][1] < 0.9 for m in both.mentions)
    assert all(probability(m.row, "requests.carried_in") > 0.2 for m in both.mentions)


def test_a_line_that_the_rules_do_not_know_is_the_models(form: Form) -> None:
    model = table(*row("new"))
    rules = table(mention(50, "granted", "total"))
    both = pooled(model, rules, form, TRUST)
    assert [m for m in both.mentions if m.group == 0] == list(model.mentions)


def test_a_line_of_which_the_rules_counted_one_number_of_many_is_the_models(form: Form) -> None:
    model = table(*row("new"))
    both = pooled(model, table(mention(0, "new", "total")), form, TRUST)
    assert both.mentions == model.mentions


def test_one_number_that_is_not_among_the_models_is_still_disputed(form: Form) -> None:
    model = table(*row("new"))
    both = pooled(model, table(mention(50, "new", "total")), form, TRUST)
    assert all(m.row[0][1] < 0.999 or m.column[0][1] < 0.999 for m in both.mentions)


def test_a_line_that_the_rules_counted_whole_is_disputed_though_the_model_has_more(
    form: Form,
) -> None:
    rules = [mention(i, "new", column) for i, column in enumerate(COLUMNS, start=1)]
    model = table(mention(0, "new", "natural"), *rules[:-1], mention(7, "new", "total"))
    numbers = [mention(i, "new", column, 0.95) for i, column in enumerate(COLUMNS)]
    wider = table(*numbers, mention(7, "carried_in", "total", group=1))
    assert pooled(model, table(*rules), form, TRUST).mentions != model.mentions
    assert pooled(wider, table(*rules), form, TRUST).mentions != wider.mentions


def test_a_line_of_which_the_model_knows_nothing_is_shown_and_flagged(form: Form) -> None:
    rules = table(*row("new"), mention(50, "granted", "total", group=1))
    both = pooled(table(*row("new")), rules, form, TRUST)
    extra = both.mentions[-1]
    assert dict(extra.row) == pytest.approx({"requests.granted": 0.999 * 0.6})
    assert extra.group == 1


def test_where_the_model_sees_blanks_alone_the_numbers_of_the_rules_are_shown_and_flagged(
    form: Form,
) -> None:
    model = table(blank(0, "new", "natural"), blank(9, "new", "total"))
    both = pooled(model, table(*row("new")), form, TRUST)
    assert [m.value for m in both.mentions] == [m.value for m in row("new")]
    for found in both.mentions:
        assert dict(found.row) == pytest.approx({"requests.new": 0.999 * 0.6})
        assert found.column[0][1] == 0.999


def test_a_number_that_the_model_has_elsewhere_is_not_shown_again(form: Form) -> None:
    model = table(blank(0, "new", "natural"), replace(mention(5, "granted", "total"), group=1))
    rules = table(mention(5, "new", "total"))
    both = pooled(model, rules, form, TRUST)
    assert [m.span for m in both.mentions].count((5, 6)) == 1


def test_a_number_that_one_leaves_out_of_a_line_may_belong_to_no_cell(form: Form) -> None:
    model = table(mention(1, "new", "natural"), mention(5, "new", "total"))
    rules = table(
        mention(1, "new", "natural"), mention(3, "new", "business"), mention(5, "new", "total")
    )
    both = pooled(model, rules, form, TRUST)
    assert [m.span[0] for m in both.mentions] == [1, 3, 5]
    assert dict(both.mentions[1].column) == pytest.approx({"business": 0.25}, abs=0.01)
    without = pooled(rules, model, form, TRUST)
    assert dict(without.mentions[1].column) == pytest.approx({"business": 0.75}, abs=0.01)


def test_a_number_torn_for_one_and_whole_for_the_other_is_a_disagreement(form: Form) -> None:
    whole = Mention(
        (1, 4),
        "1 2",
        MentionKind.NUMBER,
        value=12,
        row=(("requests.new", 0.999),),
        column=(("natural", 0.999),),
    )
    rules = table(mention(1, "new", "natural"), mention(3, "new", "business"))
    (line,) = compare(table(whole), rules, form)
    assert not line.agree
    (merged,) = pooled(table(whole), rules, form, TRUST).mentions
    assert dict(merged.column) == pytest.approx({"natural": 0.75}, abs=0.01)


@pytest.mark.parametrize(
    ("rules", "condition"),
    [
        (row("new"), "requests.full.clear.open.sure"),
        (row("new", p=0.97), "requests.full.damaged.open.sure"),
        ([mention(0, "new", (("natural", 0.2), ("business", 0.2)))], "requests.part.clear.sure"),
        ([], "requests.none.sure"),
    ],
)
def test_a_line_is_compared_under_its_condition(
    form: Form, rules: list[Mention], condition: str
) -> None:
    (line,) = compare(table(*row("new")), table(*rules), form)
    assert (line.line, line.condition) == ("requests.new", condition)
    assert line.agree == (len(rules) == len(COLUMNS))
    assert {cell: m.value for cell, m in line.model.items()} == {
        f"requests.new.{column}": i for i, column in enumerate(COLUMNS)
    }
    assert line.rules_silent == (not rules)


def test_a_model_that_is_not_sure_of_every_number_is_a_condition_of_its_own(form: Form) -> None:
    model = [mention(0, "new", (("natural", 0.6), ("business", 0.4))), *row("new")[1:]]
    (line,) = compare(table(*model), table(*row("new")), form)
    assert line.condition == "requests.full.clear.open.unsure"


def test_a_line_that_adds_up_as_the_rules_count_it_is_a_condition_of_its_own(form: Form) -> None:
    rules = [replace(m, value=21 if i == 6 else i + 1) for i, m in enumerate(row("new"))]
    (line,) = compare(table(*rules), table(*rules), form)
    assert line.condition == "requests.full.clear.holds.sure"


def test_what_is_too_unlikely_in_the_pool_is_left_out_of_it(form: Form) -> None:
    model = [mention(0, "new", (("natural", 0.6), ("business", 0.3), ("total", 0.1)))]
    rules = [mention(0, "new", (("business", 0.999),))]
    opinions = Opinions({"": Trust(0.04, 0.96)})
    (one,) = pooled(table(*model), table(*rules), form, opinions).mentions
    assert [label for label, _ in one.column] == ["business"]
    assert one.column[0][1] == pytest.approx(0.999, abs=0.001)


def test_trust_is_that_of_the_most_special_condition_measured(form: Form) -> None:
    model, rules = table(*row("new")), table(*row("new", columns=COLUMNS[::-1]))
    opinions = Opinions({"requests": Trust(0.6, 0.2), "requests.full.clear": Trust(0.1, 0.8)})
    both = pooled(model, rules, form, opinions)
    assert both.mentions[0].column[0][0] == "total"


def test_a_row_that_either_found_is_not_reported_as_lost(form: Form) -> None:
    lost = finding("T001", "没有", "lost", cells=("requests.new.natural",))
    twice = finding("S008", "两次", "twice")
    model = TableMentions("requests", "2021", (0, 9), tuple(row("granted")), (lost, twice))
    rules = TableMentions("requests", "2021", (0, 9), tuple(row("new")), (twice,))
    assert pooled(model, rules, form, TRUST).findings == (twice,)
    assert pooled(model, model, form, TRUST).findings == (lost, twice)


def test_rules_without_a_table_change_nothing(form: Form) -> None:
    model = table(*row("new"))
    assert pooled(model, TableMentions("requests", "2021", None), form, TRUST) == model


def test_a_line_in_dispute_is_no_surer_than_the_trust_in_who_wins_it(form: Form) -> None:
    """What is left out of the pool must not make the rest surer than the trust that it got."""
    model = table(*row("new", columns=COLUMNS[::-1]))
    rules = table(*row("new"))
    both = pooled(model, rules, form, Opinions({"": Trust(0.02, 0.97)}))
    assert cells(both) == {i: f"requests.new.{column}" for i, column in enumerate(COLUMNS)}
    trusted = 0.97 / 0.99
    assert all(m.row[0][1] <= trusted for m in both.mentions)
    assert both.mentions[0].row[0][1] == pytest.approx(0.999 * trusted, abs=0.002)


@pytest.mark.parametrize(("n_disputed", "is_trusted"), [(2, True), (3, False)])
def test_where_many_lines_are_in_dispute_no_trust_of_single_lines_counts(
    form: Form, n_disputed: int, is_trusted: bool
) -> None:
    """Titles taken for those of the next row put every line in dispute at once."""
    names = ("new", "carried_in", "granted", "partial", "denied_law", "denied_safety")

    def lines(shift: int) -> TableMentions:
        """Six lines of numbers; the first of them stand in other rows if `shift` is 1."""
        found: list[Mention] = []
        for number, name in enumerate(names):
            is_moved = shift and number < n_disputed
            at = 10 * ((number + 1) % n_disputed if is_moved else number)
            p = 0.9 if shift else 0.999
            found += [
                replace(mention(at + i, name, column, p), group=number)
                for i, column in enumerate(COLUMNS)
            ]
        return table(*found)

    trust = Opinions({"": Trust(0.001, 0.998)})
    both = pooled(lines(shift=1), lines(shift=0), form, trust)
    agreed = [m for m in both.mentions if m.row[0][0] == "requests.denied_safety"]
    assert all(m.row[0][1] == (0.999 if is_trusted else 0.9) for m in agreed)
    disputed = [m for m in both.mentions if m.span[0] < 10 * n_disputed]
    assert all((m.row[0][1] > 0.98) is is_trusted for m in disputed)
