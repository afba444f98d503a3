import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gouji.cli.forms import app
from gouji.model.code_book import COLUMNS, code_book
from gouji.model.form import Block, Column, Equation, Row, Table
from gouji.model.form_file import load_form
from gouji.model.wording import equation_words

FORM = load_form()


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.stdout, result.stderr


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_list_names_every_combination_with_its_cells() -> None:
    code, output, _ = run("list")
    assert code == 0
    numbers = {
        line.split("│")[1].strip(): line.split("│")[3].strip()
        for line in output.splitlines()
        if line.startswith("│")
    }
    assert numbers == {"ogi": "383", "ogi-2021": "200", "ogi-2019": "198"}


@pytest.mark.parametrize(("name", "last"), [("ogi-2021", "175"), ("ogi-2019", "161")])
def test_show_numbers_the_cells_of_every_table(name: str, last: str) -> None:
    code, output, _ = run("show", name)
    assert code == 0
    carried_out = next(line for line in output.splitlines() if "carried_out" in line)
    assert carried_out.split("│")[-2].strip() == last
    assert "…" not in output, "a title was cut off"


def test_code_book_has_a_line_a_cell_and_says_what_is_special() -> None:
    code, output, _ = run("show", "ogi-2021", "--format", "csv")
    assert code == 0
    entries = {row["cell"]: row for row in rows(output)}
    assert list(entries) == [c.id for table in FORM.tables("ogi-2021") for c in table.cells]
    fees = entries["active.fees.amount"]
    assert (fees["unit"], fees["decimals"], fees["signed"]) == ("万元", "4", "false")
    secret = entries["requests.denied_state_secret.legal"]
    assert secret["row_group"] == "三、本年度办理结果|（三）不予公开"
    assert secret["column_group"] == "法人或其他组织"
    assert secret["variants"] == "2021|2019"


def test_code_book_of_all_variants_keeps_titles_apart_that_differ() -> None:
    entries = code_book(FORM, (t for variants in FORM.variants.values() for t in variants.values()))
    assert {e.cell for e in entries} == {
        cell for variants in FORM.variants.values() for t in variants.values() for cell in t.cell
    }
    licensing = [e for e in entries if e.cell == "active.licensing.decisions"]
    assert [(e.variants, e.column_title) for e in licensing] == [
        (("2021",), "本年处理决定数量"),
        (("2019",), "处理决定数量"),
    ]
    amount = next(e for e in entries if e.cell == "active.procurement.amount")
    assert (amount.unit, amount.variants) == ("as printed", ("2019",))


def test_csv_has_a_byte_order_mark_in_a_file_and_none_in_a_pipe(tmp_path: Path) -> None:
    _, piped, _ = run("show", "ogi", "--format", "csv")
    code, output, _ = run("show", "ogi", "--out", str(tmp_path / "new" / "book.csv"))
    assert (code, output) == (0, "")
    written = (tmp_path / "new" / "book.csv").read_bytes()
    assert written == b"\xef\xbb\xbf" + piped.encode()
    assert piped.startswith(",".join(COLUMNS) + "\n")


def test_rules_print_an_equation_a_line_with_rank_and_links() -> None:
    code, output, _ = run("rules", "ogi-2021")
    assert code == 0
    lines = output.splitlines()
    assert sum(line.startswith("requests.") for line in lines) == 39
    assert (
        "disputes.block_total.review\t"
        "【行政复议】总计 = 结果维持 + 结果纠正 + 其他结果 + 尚未审结" in lines
    )
    assert "175 个单元格，39 条等式，秩 37" in lines
    assert "冗余：requests.balance.total 可由另外 10 条等式推出" in lines
    assert sum(line.startswith(tuple(link.id for link in FORM.links)) for line in lines) == 4


def test_rules_as_csv_mark_what_is_redundant() -> None:
    _, output, _ = run("rules", "--format", "csv")
    found = rows(output)
    assert len(found) == 39 + 37 + 3
    redundant = [(row["variant"], row["equation"]) for row in found if row["redundant"] == "true"]
    assert redundant == [
        (variant, f"requests.{name}.total")
        for variant in ("2021", "2019")
        for name in ("result_total", "balance")
    ]


@pytest.mark.parametrize("command", ["show", "rules"])
def test_unknown_form_is_wrong_usage_and_answered_with_the_known(command: str) -> None:
    code, _, errors = run(command, "ogi-2020")
    assert code == 2
    assert errors.strip() == "没有名为 ogi-2020 的表单；可用：ogi、ogi-2021、ogi-2019"


def test_equation_over_rows_and_columns_names_both_titles() -> None:
    rows_, columns = (Row("r", "甲"), Row("s", "乙")), (Column("c", "子"), Column("d", "丑"))
    table = Table("t", "1", (Block(None, rows_, columns),), ())
    equation = Equation("e", "e", "t", ("t.r.c",), ("t.s.c", "t.s.d"))
    assert equation_words(equation, table) == "甲：子 = 乙：子 + 乙：丑"
