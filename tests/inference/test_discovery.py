import os
import sys
from pathlib import Path

import pytest

from gouji.inference.discovery import discover
from gouji.inference.found import Discovery, Found, Passed
from gouji.inference.writers.sheets import FAILED_HEADER, sheet
from gouji.model.errors import ConfigError


def touch(folder: Path, *names: str, content: bytes = b"x") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def names(discovery: Discovery) -> list[str]:
    return [source.name for source in discovery.found]


def reasons(discovery: Discovery) -> dict[str, str]:
    return {passed.name: passed.reason for passed in discovery.skipped}


def test_folders_are_walked_in_sorted_order_and_paths_in_the_given_one(tmp_path: Path) -> None:
    touch(tmp_path, "one/b.txt", "one/a/z.txt", "one/B.txt", "one/10.txt", "two/x", "y.txt")
    paths = [tmp_path / "y.txt", tmp_path / "two", tmp_path / "one"]
    assert names(discover(paths)) == ["y.txt", "x", "10.txt", "B.txt", "a/z.txt", "b.txt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden", "隐藏文件"),
        ("~$报告.docx", "编辑软件的临时文件"),
        ("Thumbs.db", "系统文件"),
        ("DESKTOP.INI", "系统文件"),
        ("README", "说明文件"),
        ("Readme.zh.md", "说明文件"),
        ("gouji.log", "勾稽自己的输出"),
    ],
)
def test_what_is_no_source_is_skipped_in_walks_and_read_when_named(
    tmp_path: Path, name: str, reason: str
) -> None:
    touch(tmp_path, f"in/{name}", "in/a.txt")
    walked = discover([tmp_path])
    assert names(walked) == ["in/a.txt"]
    assert reasons(walked) == {f"in/{name}": reason}
    assert names(discover([tmp_path / "in" / name])) == [name]


def test_own_outputs_of_any_run_are_skipped(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "data.json")
    touch(tmp_path, "old/a.txt.json", "saved.jsonl", content=b'{"schema": "gouji.report/1"')
    touch(tmp_path, "old/failed.csv", content=sheet(FAILED_HEADER, ()))
    discovery = discover([tmp_path])
    assert names(discovery) == ["a.txt", "data.json"]
    assert set(reasons(discovery).values()) == {"勾稽自己的输出"}
    assert len(discovery.skipped) == 3


def test_output_folder_inside_is_not_walked(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "sub/out/b.txt", "sub/c.txt")
    discovery = discover([tmp_path], tmp_path / "sub" / ".." / "sub" / "out")
    assert names(discovery) == ["a.txt", "sub/c.txt"]
    assert reasons(discovery) == {"sub/out": "本次的输出文件夹"}


def test_output_folder_that_is_itself_given_is_walked(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    assert names(discover([tmp_path], tmp_path)) == ["a.txt"]


@pytest.mark.parametrize(
    "name", ["a.txt.json", "reports.jsonl", "summary.csv", "review.csv", "failed.csv"]
)
def test_file_that_only_has_the_name_of_an_output_is_not_overwritten(
    tmp_path: Path, name: str
) -> None:
    touch(tmp_path, "in/a.txt", f"out/{name}", "out/b.txt.json")
    with pytest.raises(ConfigError, match=f"{name} 已存在"):
        discover([tmp_path / "in"], tmp_path / "out")


def test_links_to_folders_and_special_files_are_skipped(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe")
    discovery = discover([tmp_path])
    assert names(discovery) == ["a.txt", "link.txt"]
    assert reasons(discovery) == {
        "broken": "不是普通文件",
        "loop": "指向文件夹的链接",
        "pipe": "不是普通文件",
    }


def test_hidden_folder_is_one_line_and_not_entered(tmp_path: Path) -> None:
    touch(tmp_path, ".git/config", ".git/HEAD", "a.txt")
    assert discover([tmp_path]) == Discovery(
        (Found(tmp_path / "a.txt", "a.txt"),), (Passed(".git", "隐藏文件"),)
    )


@pytest.mark.parametrize(
    "given",
    [["one/a.txt", "two/a.txt"], ["one", "two"], ["one/a.txt", "one/a.txt"], ["one", "one/a.txt"]],
)
def test_two_sources_of_one_name_are_refused(tmp_path: Path, given: list[str]) -> None:
    touch(tmp_path, "one/a.txt", "two/a.txt")
    with pytest.raises(ConfigError, match=r"同名（a\.txt）"):
        discover([tmp_path / path for path in given])


def test_source_named_like_the_second_report_of_another_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "a.txt#2", "b.txt#2")
    with pytest.raises(ConfigError, match=r"a\.txt#2"):
        discover([tmp_path])
    (tmp_path / "a.txt").unlink()
    assert names(discover([tmp_path])) == ["a.txt#2", "b.txt#2"]


def test_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        discover([tmp_path / "nowhere"])


def test_folder_that_cannot_be_opened_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "open/a.txt", "shut/b.txt")
    iterdir = Path.iterdir

    def refusing(folder: Path) -> object:
        if folder.name == "shut":
            raise PermissionError(13, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refusing)
    discovery = discover([tmp_path])
    assert names(discovery) == ["open/a.txt"]
    assert "Permission denied" in discovery.unreadable[0].reason


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file name is Unicode")
def test_name_that_is_not_unicode_is_spelled_out(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xb1\xa8.txt"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    assert names(discover([tmp_path])) == ["\\xb1\\xa8.txt"]
