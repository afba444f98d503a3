"""Expected units: who has reported, who has not, and who twice."""

from pathlib import Path

import pytest

from gouji.inference.units import Reporter, expected_rows, read_units
from gouji.model.errors import ConfigError

UNITS = ("某县教育局", "财政局", "某县统计局")


@pytest.mark.parametrize(
    "content",
    [
        "单位\n某县教育局\n财政局,备注\n\n某县统计局\n".encode("utf-8-sig"),
        "某县教育局\r\n财政局\r\n某县统计局".encode("gb18030"),
    ],
)
def test_names_stand_in_the_first_column(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "u.csv").write_bytes(content)
    assert read_units(tmp_path / "u.csv") == UNITS


@pytest.mark.parametrize(
    ("content", "message"),
    [("单位\n", "没有单位"), ("财政局\n财 政 局\n", "两个相同的单位"), ("", "空文件")],
)
def test_bad_list_is_refused_with_its_reason(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "u.csv").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=message):
        read_units(tmp_path / "u.csv")


def test_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        read_units(tmp_path / "nowhere.csv")


def test_units_are_found_by_agency_and_missing_and_doubled_ones_named() -> None:
    rows = list(
        expected_rows(
            UNITS,
            [
                Reporter("1.txt", "某縣教育局", 2022),
                Reporter("2.txt", "某县财政局", 2022),
                Reporter("3.txt", "财政局", 2022),
                Reporter("4.txt", "税务局", 2022),
            ],
        )
    )
    assert rows == [
        ("某县教育局", 2022, "有", "1.txt"),
        ("财政局", 2022, "有 2 份", "2.txt、3.txt"),
        ("某县统计局", 2022, "缺", ""),
        (None, 2022, "不在名单中", "4.txt"),
    ]


def test_longest_name_counts_and_the_file_name_where_the_agency_is_not_known() -> None:
    units = ("教育局", "某县教育局")
    reporters = [Reporter("a.txt", "中共某县教育局", 2022), Reporter("市/教育局.docx", None, None)]
    assert [row[1:] for row in expected_rows(units, reporters)] == [
        (2022, "有", "市/教育局.docx"),
        (2022, "有", "a.txt"),
    ]


def test_every_year_of_the_reports_is_expected_of_every_unit() -> None:
    reporters = [
        Reporter("1", "财政局", 2021),
        Reporter("2", "教育局", 2022),
        Reporter("3", "教育局", None),
    ]
    assert list(expected_rows(("财政局", "教育局"), reporters)) == [
        ("财政局", 2021, "有", "1"),
        ("财政局", 2022, "缺", ""),
        ("教育局", 2021, "缺", ""),
        ("教育局", 2022, "有", "2"),
        ("教育局", None, "年度不明", "3"),
    ]
