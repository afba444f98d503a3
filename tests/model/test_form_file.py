import pytest

from gouji.model.errors import FormError
from gouji.model.form_file import form_names, load_form, parse_form

SMALL = """
id: shop
title: 店铺年报
forms:
  shop-1: {sales: "1"}
  shop-2: {sales: "2"}
sections: [{id: sales, heading: 一、销售}]
fields: [{id: title, type: text}, {id: sales.fee, type: money, unit: 元}]
tables:
  sales:
    columns: [{id: shop, title: 门店}, {id: web, title: 网店}, {id: total, title: 合计}]
    rows:
      - {id: tea, title: 茶, group: [商品]}
      - {id: rice, title: 米, group: [商品], variants: ["2"]}
      - {id: all, title: 总计}
identities:
  - {id: across, table: sales, for: each row, total: total, parts: [shop, web]}
  - {id: down, table: sales, for: each column, total: all, parts: {rows in group: 商品}}
links:
  - {id: fee, kind: within a report, equation: sales.fee = sales.all.total}
"""


def changed(old: str, new: str) -> bytes:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new).encode()


def test_variants_hold_the_rows_that_belong_to_them() -> None:
    form = parse_form(SMALL.encode(), "shop.yaml")
    assert [len(table.cells) for table in form.variants["sales"].values()] == [6, 9]
    assert [len(table.equations) for table in form.variants["sales"].values()] == [5, 6]


def test_identity_becomes_one_equation_for_each_row_or_column() -> None:
    sales = parse_form(SMALL.encode(), "shop.yaml").variants["sales"]["2"]
    assert [equation.text for equation in sales.equations if equation.identity == "down"] == [
        "sales.all.shop = sales.tea.shop + sales.rice.shop",
        "sales.all.web = sales.tea.web + sales.rice.web",
        "sales.all.total = sales.tea.total + sales.rice.total",
    ]


@pytest.mark.parametrize(
    ("form", "sizes"), [("ogi-2021", (10, 175, 15)), ("ogi-2019", (22, 161, 15))]
)
def test_shipped_form_has_the_official_number_of_cells(
    form: str, sizes: tuple[int, int, int]
) -> None:
    assert tuple(len(table.cells) for table in load_form().tables(form)) == sizes


def test_unknown_form_name_is_answered_with_the_shipped_ones() -> None:
    assert "ogi" in form_names()
    with pytest.raises(FormError, match=r"no form named 'ogj'; shipped are: .*ogi"):
        load_form("ogj")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id: [", "not valid YAML"),
        (b"\xff\xfe\x00", "not valid YAML"),
        (b"- 1", "the file must be a mapping, not list"),
        (b"id: shop", "the file lacks fields, forms, identities"),
        (b"id: a\nid: b", "line 1: key id stands more than once"),
        (changed("title: 店铺年报", "titel: 店铺年报"), "unknown key of the file: 'titel'"),
        (changed("title: 网店", "title: 网店, unti: 元"), r"'unti'; known are decimals, group"),
        (changed("title: 米", "title: 米, alias: [稻]"), r"key of rows\[rice\] of table sales"),
        (changed("heading: 一、销售", "title: 一、销售"), r"key of sections\[sales\].*'title'"),
        (changed("type: money", "type: cash"), "type of field sales.fee is 'cash'"),
        (changed("{id: title, type: text}", "{id: title}"), r"fields\[title\].* lacks type"),
        (changed("{id: title, type: text}", "title"), r"fields\[0\].* must be a mapping, not str"),
        (changed("id: sales.fee", "id: title"), "fields: id title stands more than once"),
        (changed("id: down", "id: across"), "identities: id across stands more than once"),
        (
            changed("{id: web,", "{id: shop, title: 店}, {id: web,"),
            "cell sales.tea.shop.* stands more than once",
        ),
        (changed("{id: rice,", "{id: tea,"), "cell sales.tea.shop.* stands more than once"),
        (changed('sales: "1"', 'sail: "1"'), "unknown table of form shop-1: 'sail'"),
        (changed('{sales: "1"}', "{}"), "form shop-1 does not say which variant of sales"),
        (changed('{sales: "1"}', "sales"), "form shop-1 must be a mapping, not str"),
        (changed('variants: ["2"]', "variants: [2]"), "unknown variant of row rice: 2"),
        (changed("    rows:\n", "    orientation: upright\n    rows:\n"), "is 'upright'"),
        (changed("parts: [shop, web]", "parts: [shop, wep]"), "no cell sales.tea.wep"),
        (changed("total: all, parts", "total: al, parts"), "identity down: no cell sales.al.shop"),
        (changed("rows in group: 商品", "rows in group: 货品"), "no row in group '货品'"),
        (changed("rows in group", "rows of group"), "unknown key of parts of identity down"),
        (
            changed("rows in group: 商品", "rows in group: 商品, except: [te]"),
            "`except` row of identity down: 'te'",
        ),
        (changed("down, table: sales", "down, table: sail"), "table of identity down is 'sail'"),
        (changed("for: each row", "for: every row"), "`for` of identity across is 'every row'"),
        (
            changed("for: each column", "for: each row"),
            "identity down: a group of rows can only be summed for each column",
        ),
        (
            changed("total: total, parts: [shop, web]", "left: [total], parts: [web]"),
            "unknown key of identity across: 'parts'",
        ),
        (
            changed("= sales.all.total", "= sales.al.total"),
            "equation of link fee: 'sales.al.total'",
        ),
        (
            changed("equation: sales.fee", "rows: [te], equation: sales.fee"),
            "row of link fee: 'te'",
        ),
        (changed("kind: within a report", "kind: inside"), "kind of link fee is 'inside'"),
        (changed("= sales.all.total", "is sales.all.total"), r"reads FIELD = CELL \[\+ CELL"),
        (changed("equation: sales.fee", "for: each, equation: sales.fee"), "`for` of link fee"),
        (changed("sections: [{id: sales, heading: 一、销售}]", "sections: []"), "with entries"),
        (
            SMALL.replace('shop-1: {sales: "1"}\n  shop-2: {sales: "2"}', "{}").encode(),
            "forms must name at least one",
        ),
        (changed("title: 米,", "title: 米, aliases: 5,"), "malformed near"),
        (
            changed("equation: sales.fee", 'variants: ["3"], equation: sales.fee'),
            "unknown variant of link fee: '3'",
        ),
    ],
)
def test_slip_in_the_file_is_named_with_its_place(content: bytes, message: str) -> None:
    with pytest.raises(FormError, match=message) as raised:
        parse_form(content, "shop.yaml")
    assert str(raised.value).startswith("shop.yaml: ")


def test_table_described_for_another_variant_only_is_an_error() -> None:
    content = b"""
id: a
title: a
forms: {a-1: {t: "1"}}
sections: [{id: t, heading: t}]
fields: [{id: title, type: text}]
tables: {t: {"2": {columns: [{id: c, title: c}], rows: [{id: r, title: r}]}}}
identities: []
links: [{id: k, kind: across reports, equation: each cell = sum over children's}]
"""
    with pytest.raises(FormError, match="unknown variant of table t: '2'; known are 1"):
        parse_form(content, "a.yaml")
