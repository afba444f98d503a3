from dataclasses import replace

import pytest

from gouji.model.errors import ConfigError
from gouji.model.form import Table
from gouji.model.form_file import load_form
from gouji.model.mention import Distribution, Mention, MentionKind, TableMentions
from gouji.model.reading import Candidate, Line, Origin, Reading, TableReadings, cost_of
from gouji.model.reconciling import reconcile
from gouji.model.reconciling.candidates import assemble
from gouji.model.reconciling.settings import load_settings
from gouji.model.report import Status

FORM = load_form()
REQUESTS = FORM.variants["requests"]["2021"]
ACTIVE = FORM.variants["active"]["2021"]
DISPUTES = FORM.variants["disputes"]["2019"]
SETTINGS = load_settings()


def mention(
    raw: str, row: str, column: Distribution | str, group: int = 0, at: int = 0, p: float = 0.999
) -> Mention:
    kind = MentionKind.NUMBER if raw.isdigit() else MentionKind.MARK if raw else MentionKind.BLANK
    distribution = ((column, 0.999),) if isinstance(column, str) else column
    return Mention(
        (at, at + len(raw)),
        raw,
        kind,
        int(raw) if raw.isdigit() else None,
        row=((row, p),),
        column=distribution,
        group=group,
    )


def readings(table: Table, *mentions: Mention) -> TableReadings:
    tagged = TableMentions(table.id, table.variant, (0, 100), mentions)
    return assemble(table, tagged, SETTINGS).readings


def line(table: Table, name: str, *mentions: Mention) -> Line:
    return next(line for line in readings(table, *mentions).lines if line.id == name)


def printed(reading: Reading) -> str | None:
    return reading.observation.raw if reading.observation else None


def test_every_line_and_cell_has_readings() -> None:
    result = readings(REQUESTS, mention("3", "requests.new", "natural"))
    assert [line.id for line in result.lines] == [name for name, _ in REQUESTS.lines]
    for line_, (_, cells) in zip(result.lines, REQUESTS.lines, strict=True):
        for placement in line_.placements:
            assert [r.cell for r in placement.readings] == [cell.id for cell in cells]


def test_a_sure_column_leaves_one_placement() -> None:
    new = line(REQUESTS, "requests.new", mention("3", "requests.new", "ngo"))
    assert len(new.placements) == 1
    assert [printed(r) for r in new.placements[0].readings] == [None, None, None, "3"] + [None] * 3


def test_open_columns_give_every_placement_that_keeps_the_order() -> None:
    open_columns = tuple((c.id, 1 / 7) for c in REQUESTS.blocks[0].columns)
    pair = [mention(raw, "requests.new", open_columns, at=i) for i, raw in enumerate("12")]
    new = line(REQUESTS, "requests.new", *pair)
    assert new.complete
    shown = {tuple(printed(r) for r in p.readings) for p in new.placements}
    assert len(shown) == len(new.placements) == 21
    assert all([raw for raw in row if raw] == ["1", "2"] for row in shown)


def test_too_many_placements_are_said_to_be_incomplete() -> None:
    open_columns = tuple((c.id, 1 / 5) for c in DISPUTES.blocks[0].columns)
    rows = tuple((f"disputes.{r.id}", 1 / 3) for r in DISPUTES.blocks[0].rows)
    numbers = [
        replace(mention("1", "disputes.review", open_columns, at=i), row=rows) for i in range(5)
    ]
    result = line(DISPUTES, "disputes", *numbers)
    assert not result.complete
    assert len(result.placements) == SETTINGS.max_placements


def test_a_number_that_may_be_stray_may_be_left_out() -> None:
    unsure = (("natural", 0.6),)
    new = line(REQUESTS, "requests.new", mention("3", "requests.new", unsure))
    assert [printed(p.readings[0]) for p in new.placements] == ["3", None]
    assert new.placements[0].cost < new.placements[1].cost


def test_the_surer_of_two_claims_has_the_line_and_the_other_is_stray() -> None:
    rival = mention("8", "requests.new", "natural", group=1, at=9, p=0.7)
    result = assemble(
        REQUESTS,
        TableMentions("requests", "2021", (0, 9), (rival, mention("3", "requests.new", "natural"))),
        SETTINGS,
    )
    assert [stray.raw for stray in result.readings.stray] == ["8"]
    assert [(f.code, f.span) for f in result.findings] == [("T003", (9, 10))]
    new = result.readings.lines[0]
    assert printed(new.placements[0].readings[0]) == "3"


@pytest.mark.parametrize(
    ("raw", "value", "unit", "candidates"),
    [
        ("2.02", 2.02, None, [(20200, Origin.PRINTED)]),
        ("251000元", 251000, "元", [(251000, Origin.CONVERTED)]),
        ("3万元", 3, "万元", [(30000, Origin.PRINTED)]),
        ("0.00001", 0.00001, None, []),
        ("-1", -1, None, []),
    ],
)
def test_money_is_read_in_the_unit_of_its_column(
    raw: str, value: float, unit: str | None, candidates: list[tuple[int, Origin]]
) -> None:
    fees = replace(mention("1", "active.fees", "amount"), raw=raw, value=value, unit=unit)
    reading = line(ACTIVE, "active.fees", fees).placements[0].readings[0]
    assert [(c.amount, c.origin) for c in reading.candidates] == candidates


@pytest.mark.parametrize("raw", ["1 2", "1\n2", "l2"])
def test_a_number_that_is_not_spelled_has_its_price(raw: str) -> None:
    row = [replace(mention(raw, "requests.new", "natural"), kind=MentionKind.NUMBER, value=12)]
    row += [mention("0", "requests.new", c.id, at=9) for c in REQUESTS.blocks[0].columns[1:]]
    new = line(REQUESTS, "requests.new", *row)
    reading = new.placements[0].readings[0]
    assert reading.candidates == (Candidate(12, SETTINGS.respelled_cost, Origin.MISREAD),)
    assert reading.change_cost == SETTINGS.misprint_cost
    assert new.complete


@pytest.mark.parametrize(("raw", "candidates"), [("1 2", []), ("l2", [12])])
def test_a_line_short_of_numbers_holds_two_where_one_seems_torn(
    raw: str, candidates: list[int]
) -> None:
    odd = replace(mention(raw, "requests.new", "natural"), kind=MentionKind.NUMBER, value=12)
    reading = line(REQUESTS, "requests.new", odd).placements[0].readings[0]
    assert [c.amount for c in reading.candidates] == candidates
    assert printed(reading) == raw


def test_a_torn_number_beside_empty_cells_may_have_shifted_its_line() -> None:
    columns = [c.id for c in REQUESTS.blocks[0].columns]
    torn = replace(mention("1 2", "requests.new", columns[1]), kind=MentionKind.NUMBER, value=12)
    blank = mention("", "requests.new", columns[0])
    rest = [mention("0", "requests.new", column, at=9) for column in columns[2:]]
    assert not line(REQUESTS, "requests.new", blank, torn, *rest).complete
    assert line(REQUESTS, "requests.new", blank, replace(torn, raw="12"), *rest).complete


@pytest.mark.parametrize("unit", ["元", "万元"])
def test_money_in_a_column_of_counts_is_no_candidate(unit: str) -> None:
    count = replace(mention("5", "active.licensing", "decisions"), unit=unit)
    assert line(ACTIVE, "active.licensing", count).placements[0].readings[0].candidates == ()


@pytest.mark.parametrize("raw", ["", "/"])
def test_a_cell_without_a_number_most_likely_means_zero(raw: str) -> None:
    reading = (
        line(REQUESTS, "requests.new", mention(raw, "requests.new", "natural"))
        .placements[0]
        .readings[0]
    )
    (zero,) = reading.candidates
    assert (zero.amount, zero.origin) == (0, Origin.BLANK_ZERO)
    assert reading.change_cost is not None
    assert reading.change_cost > zero.cost


def test_a_confirmed_cell_has_no_other_amount() -> None:
    tagged = TableMentions("requests", "2021", (0, 9), (mention("3", "requests.new", "natural"),))
    confirmed = assemble(REQUESTS, tagged, SETTINGS, {"requests.new.natural": 5}).readings
    reading = confirmed.lines[0].placements[0].readings[0]
    assert [(c.amount, c.origin) for c in reading.candidates] == [(5, Origin.CORRECTION)]
    assert reading.change_cost is None
    assert printed(reading) == "3"


@pytest.mark.parametrize(
    ("value", "confirmed"), [(5, (5, Origin.CORRECTION)), (None, (0, Origin.CORRECTED_BLANK))]
)
def test_a_person_may_say_that_nothing_stands_there(
    value: int | None, confirmed: tuple[int, Origin]
) -> None:
    tagged = TableMentions("requests", "2021", (0, 9))
    lines = assemble(REQUESTS, tagged, SETTINGS, {"requests.new.natural": value}).readings.lines
    (candidate,) = lines[0].placements[0].readings[0].candidates
    assert (candidate.amount, candidate.origin) == confirmed


def test_a_correction_that_is_no_whole_number_of_units_is_an_error() -> None:
    tagged = TableMentions("requests", "2021", (0, 9))
    with pytest.raises(ConfigError, match=r"requests\.new\.natural"):
        assemble(REQUESTS, tagged, SETTINGS, {"requests.new.natural": 1.5})


def test_a_table_that_was_not_found_has_lines_without_observations() -> None:
    result = assemble(REQUESTS, TableMentions("requests", "2021", None), SETTINGS).readings
    assert not result.found
    assert all(
        reading.observation is None and reading.candidates == ()
        for line_ in result.lines
        for reading in line_.placements[0].readings
    )


@pytest.mark.parametrize("n_more", [0, 1])
def test_an_error_in_a_line_with_more_numbers_than_cells_casts_doubt_on_all_of_it(
    n_more: int,
) -> None:
    """Which of the numbers is too many can't be told where the sums are broken."""
    cells = DISPUTES.cells
    extra = mention("9", f"disputes.{cells[0].row.id}", (("none", 0.999),))
    numbers = [
        mention(raw, f"disputes.{cell.row.id}", cell.column.id, at=number + 1)
        for number, cell in enumerate(cells)
        for raw in ["7" if cell.row is cells[0].row else "0"]
    ]
    found = readings(DISPUTES, *[extra] * n_more, *numbers)
    assert found.lines[0].crowded is bool(n_more)
    result = reconcile(DISPUTES, found, SETTINGS)
    unflagged = [cell.id for cell in result.cells if not cell.review]
    assert bool(unflagged) is not bool(n_more)


def test_readings_of_a_recogniser_are_candidates_at_their_price() -> None:
    seen = replace(
        mention("8", "requests.new", "natural"), recognised=((8, 0.6), (3, 0.3), (6, 0.05))
    )
    reading = line(REQUESTS, "requests.new", seen).placements[0].readings[0]
    assert reading.candidates == (
        Candidate(8, cost_of(0.6), Origin.PRINTED),
        Candidate(3, cost_of(0.3), Origin.MISREAD),
        Candidate(6, cost_of(0.05), Origin.MISREAD),
    )
    assert (reading.change_cost, reading.change_origin) == (
        cost_of(0.05 * SETTINGS.unlisted),
        Origin.MISREAD,
    )


def test_a_number_that_was_recognised_surely_is_wrong_in_the_document_if_at_all() -> None:
    seen = replace(mention("8", "requests.new", "natural"), recognised=((8, 0.9999),))
    reading = line(REQUESTS, "requests.new", seen).placements[0].readings[0]
    assert (reading.change_cost, reading.change_origin) == (SETTINGS.misprint_cost, None)


@pytest.mark.parametrize(
    ("recognised", "status", "review"),
    [
        (((8, 0.7), (7, 0.2)), Status.REPAIRED, False),
        (((8, 0.7), (1, 0.2)), Status.REPAIRED, False),
        ((), Status.SOURCE_ERROR, True),
    ],
)
def test_whose_mistake_a_broken_sum_is(
    recognised: tuple[tuple[int, float], ...], status: Status, review: bool
) -> None:
    """A recogniser that is not sure is the first suspect, even if it never thought of the truth."""
    numbers = {
        cell.id: 7 if cell.row.id in ("new", "result_total", "granted") else 0
        for cell in REQUESTS.cells
        if cell.column.id in ("natural", "total")
    }
    mentions = [
        mention(
            str(numbers.get(cell.id, 0)),
            f"requests.{cell.row.id}",
            cell.column.id,
            group=list(dict(REQUESTS.lines)).index(f"requests.{cell.row.id}"),
            at=number,
        )
        for number, cell in enumerate(REQUESTS.cells)
    ]
    at = [cell.id for cell in REQUESTS.cells].index("requests.granted.natural")
    mentions[at] = replace(mentions[at], raw="8", value=8, recognised=recognised)
    result = reconcile(REQUESTS, readings(REQUESTS, *mentions), SETTINGS)
    (changed,) = [cell for cell in result.cells if cell.status is not Status.READ]
    assert (changed.id, changed.value, changed.printed) == ("requests.granted.natural", 7, 8)
    assert (changed.status, changed.review) == (status, review)
