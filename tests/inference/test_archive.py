"""ZIP archives: walked like a folder, and harmless whatever is in them."""

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from gouji.inference.bulk import Job, run
from gouji.inference.config import Settings
from gouji.inference.discovery import discover
from gouji.inference.found import Found
from gouji.inference.readers import Limits, archive
from gouji.inference.readers.archive import Member, member_bytes, members_of
from gouji.inference.sources import read_source
from gouji.inference.worker import Outcome, Task
from gouji.model.errors import Corrupt, Encrypted, LimitExceeded

TEXT = "甲县乙局2023年政府信息公开工作年度报告\n".encode()


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return path


def test_members_are_walked_like_a_folder(tmp_path: Path) -> None:
    names = (
        "乙.txt",
        "甲/a.txt",
        ".x",
        "__MACOSX/乙.txt",
        "~$a.doc",
        "甲/README.md",
        "甲/Thumbs.db",
    )
    packed(tmp_path / "f.zip", dict.fromkeys(names, TEXT))
    (tmp_path / "z.txt").write_bytes(TEXT)
    found = discover([tmp_path])
    assert [source.name for source in found.found] == ["f.zip/乙.txt", "f.zip/甲/a.txt", "z.txt"]
    assert len(found.skipped) == 5
    text = read_source(found.found[0], Limits()).text
    assert text.encode() == TEXT


def test_archive_is_opened_once_for_all_its_members_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "f.zip", {f"{n}.txt": b"%d" % n for n in range(3)})
    opened = []

    class Counted(zipfile.ZipFile):
        def __init__(self, file: Path) -> None:
            opened.append(file)
            super().__init__(file)

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    assert [member_bytes(path, n, "x", 9) for n in range(3)] == [b"0", b"1", b"2"]
    assert opened == [path]
    monkeypatch.undo()
    packed(path, {"0.txt": b"new"})
    os.utime(path, ns=(1, 1))
    assert member_bytes(path, 0, "x", 9) == b"new"


def test_names_in_the_encoding_of_old_programs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    packed(path, {"xxxx.txt": TEXT})
    path.write_bytes(path.read_bytes().replace(b"xxxx", "年报".encode("gb18030")))
    assert members_of(path) == (Member("年报.txt", 0),)


def test_document_that_is_a_zip_of_its_own_is_no_folder(tmp_path: Path) -> None:
    packed(tmp_path / "a.docx", {"word/document.xml": b"<x/>"})
    assert members_of(tmp_path / "a.docx") is None
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 damaged")
    assert members_of(tmp_path / "a.zip") is None


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "c:\\a.txt"])
def test_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    packed(tmp_path / "a.zip", {name: TEXT, "b.txt": TEXT})
    with pytest.raises(Corrupt, match="指向包外"):
        members_of(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("a.txt", TEXT)
        package.writestr("a.txt", b"other")
    with pytest.raises(Corrupt, match="同名"):
        members_of(tmp_path / "a.zip")


def test_archive_with_too_many_members_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    packed(tmp_path / "a.zip", {f"{n}.txt": TEXT for n in range(3)})
    with pytest.raises(LimitExceeded, match="3 个成员"):
        members_of(tmp_path / "a.zip")
    found = discover([tmp_path])
    assert not found.found
    assert [passed.name for passed in found.unreadable] == ["a.zip"]


def test_bomb_is_unpacked_no_further_than_allowed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": bytes(50_000_000)})
    assert path.stat().st_size < 100_000
    with pytest.raises(LimitExceeded, match="解压后超过上限 1000 字节"):
        read_source(Found(path, "a.zip/a.txt", 0), Limits(max_bytes=1000))


def test_member_locked_by_a_password_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": TEXT})
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(data)
    with pytest.raises(Encrypted, match="密码"):
        read_source(Found(path, "a.zip/a.txt", 0), Limits())


def test_damaged_and_empty_members_are_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": bytes(range(256)) * 9, "b.txt": b""})
    with pytest.raises(Corrupt, match="空文件"):
        read_source(Found(path, "a.zip/b.txt", 1), Limits())
    data = bytearray(path.read_bytes())
    data[60:80] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(Corrupt, match="损坏"):
        read_source(Found(path, "a.zip/a.txt", 0), Limits())


def test_archive_in_an_archive_fails_alone_and_a_second_run_keeps_the_rest(
    root: Path, tmp_path: Path
) -> None:
    seed = sorted((root / "seeds").glob("*.txt"))[0]
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as package:
        package.writestr("a.txt", TEXT)
    folder = tmp_path / "in"
    folder.mkdir()
    packed(folder / "f.zip", {"好.txt": seed.read_bytes(), "z.zip": inner.getvalue()})
    shutil.copy(seed, folder / "g.txt")
    outcomes: list[Outcome] = []
    job = Job(discover([folder]), Task(Settings(), model="rules"), tmp_path / "out")
    assert run(job, outcomes.append).n_failed == 1
    assert run(job, outcomes.append).n_accepted == 2
    assert (tmp_path / "out/f.zip/好.txt.json").is_file()
    assert [(o.name, o.kept) for o in outcomes[3:]] == [
        ("f.zip/z.zip", False),
        ("f.zip/好.txt", True),
        ("g.txt", True),
    ]
    assert "ZIP 压缩包" in (outcomes[0].failure or "")
