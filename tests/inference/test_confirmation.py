from dataclasses import replace

import pytest

from gouji.inference.confirmation import settled
from gouji.model.form import Form
from gouji.model.mention import Mention, MentionKind, TableMentions

FIVE = {
    f"requests.{row}.{column}"
    for row in ("new", "granted", "result_total")
    for column in ("natural", "total")
}


def read_whole(form: Form, table: str, **changes: object) -> TableMentions:
    """A table as the rules read it surely: one applicant asked five times, and was granted it all.

    `changes` are those of its first mention.
    """
    variant = form.combinations[form.default][table]
    mentions = [
        Mention(
            (2 * number, 2 * number + 1),
            "",
            MentionKind.NUMBER,
            value=5 if cell.id in FIVE else 0,
            row=((f"{table}.{cell.row.id}", 0.999),),
            column=((cell.column.id, 0.999),),
        )
        for number, cell in enumerate(form.variants[table][variant].cells)
    ]
    mentions[0] = replace(mentions[0], **changes)  # type: ignore[arg-type]  # parts of a mention
    return TableMentions(table, variant, (0, 999), tuple(mentions))


def names(form: Form, *tables: TableMentions) -> set[str]:
    return {table.table for table in settled(tables, form)}


def test_a_table_whose_sums_confirm_it_is_settled(form: Form) -> None:
    rules = read_whole(form, "requests")
    assert settled((rules,), form) == (rules,)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 6},
        {"row": (("requests.new", 0.9),)},
        {"column": (("natural", 0.8),)},
        {"column": (("business", 0.999),)},
        {"kind": MentionKind.UNREADABLE},
        {"row": ()},
    ],
)
def test_one_doubt_is_enough_for_a_table_not_to_be_settled(
    form: Form, changes: dict[str, object]
) -> None:
    others = read_whole(form, "active"), read_whole(form, "disputes")
    assert names(form, read_whole(form, "requests", **changes), *others) == {"disputes"}


def test_a_table_with_a_cell_lost_is_not_settled(form: Form) -> None:
    rules = read_whole(form, "requests")
    assert not settled((replace(rules, mentions=rules.mentions[1:]),), form)


def test_a_table_without_sums_is_settled_beside_confirmed_ones_alone(form: Form) -> None:
    active, requests, disputes = (read_whole(form, t) for t in form.table_ids)
    assert not names(form, active)
    assert names(form, active, requests) == {"requests"}
    assert names(form, active, requests, disputes) == set(form.table_ids)


def test_an_empty_cell_among_printed_zeros_may_have_lost_its_number(form: Form) -> None:
    requests, disputes = read_whole(form, "requests"), read_whole(form, "disputes")
    empty = read_whole(form, "active", kind=MentionKind.BLANK, value=None)
    assert names(form, empty, requests, disputes) == {"requests", "disputes"}
    consistent = tuple(replace(m, kind=MentionKind.BLANK, value=None) for m in empty.mentions)
    empty = replace(empty, mentions=consistent)
    assert names(form, empty, requests, disputes) == set(form.table_ids)
