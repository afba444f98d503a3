"""A folder with every kind of hostile file: each is refused with its reason and costs no other."""

import csv
import io
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.inference.test_office_readers import MC, RELATIONS, W

SECRET = "藏在别处的文字"
MEGABYTE = 1_000_000
LAUNCHER = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
DOCUMENT = (
    "<w:document {w} {mc}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.fixture(scope="module")
def server() -> Iterator[socket.socket]:
    """A server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="module")
def hostile(root: Path, server: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, with two sound reports in it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder.parent / "secret.txt").write_text(SECRET, "utf-8")
    secret = (folder.parent / "secret.txt").as_uri()
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    first, second, *_ = sorted((root / "seeds").glob("*.txt"))
    shutil.copy(first, folder / "sound.txt")
    cells = "".join(f"<tr><td>{line}</td></tr>" for line in second.read_text("utf-8").split("\n"))
    (folder / "sound.html").write_text(
        f'<html><link rel="stylesheet" href="{url}/a.css"><script src="{url}/a.js"></script>'
        f'<img src="{url}/a.png"><iframe src="{secret}"></iframe><table>{cells}</table>',
        "utf-8",
    )
    for name, data in {**office(secret, url), **pages(secret, url)}.items():
        (folder / name).write_bytes(data)
    (folder / "bomb.zip").write_bytes(packed({"a.txt": bytes(400 * MEGABYTE)}))
    (folder / "out.zip").write_bytes(packed({"../../out.txt": b"x"}))
    with (folder / "absurd.txt").open("wb") as sparse:
        sparse.truncate(3_000 * MEGABYTE)
    return folder


def packed(members: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return file.getvalue()


def docx(document: bytes | str) -> bytes:
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": RELATIONS.format(target="word/document.xml"),
            "word/document.xml": document,
        }
    )


def office(secret: str, url: str) -> dict[str, bytes]:
    laughs = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    outside = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret}"><!ENTITY n SYSTEM "{url}/e">]>'
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = f'=WEBSERVICE("{url}/f")'
    workbook = io.BytesIO()
    book.save(workbook)
    fill = {"w": W, "mc": MC}
    return {
        "bomb.docx": docx(bytes(400 * MEGABYTE)),
        "bomb.xlsx": packed({"xl/workbook.xml": bytes(400 * MEGABYTE)}),
        "laughs.docx": docx(f"{laughs}]>" + DOCUMENT.format(text="&a11;", **fill)),
        "outside.docx": docx(outside + DOCUMENT.format(text="&s;&n;", **fill)),
        "deep.docx": docx(
            f"<w:document {W}>" + "<w:p>" * 100_000 + "</w:p>" * 100_000 + "</w:document>"
        ),
        "formula.xlsx": workbook.getvalue(),
        "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + "EncryptedPackage\0".encode("utf-16-le"),
    }


def pages(secret: str, url: str) -> dict[str, bytes]:
    spans = '<td rowspan="1000000" colspan="1000000">1</td>' * 100
    return {
        "spans.html": f"<table>{f'<tr>{spans}</tr>' * 1000}</table>".encode(),
        "deep.html": b"<div>" * 300_000 + b"x",
        "tables.html": b"<table><tr><td>" * 20_000 + b"x",
        "entity.html": (
            f'<!DOCTYPE html [<!ENTITY s SYSTEM "{secret}"><!ENTITY n SYSTEM "{url}/e">]>'
            "<html><p>&s;&n;</p></html>"
        ).encode(),
        "picture.txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "empty.docx": b"",
    }


def test_each_is_refused_with_its_reason_and_costs_no_other(
    hostile: Path, server: socket.socket, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    before = {path.name for path in hostile.parent.iterdir()}
    arguments = [str(hostile), "--out", str(out), "--workers", "2", "--model", "rules"]
    command = [sys.executable, "-m", "gouji", "extract", *arguments]
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *command], capture_output=True, text=True, check=False
    )
    code, peak = map(int, done.stdout.split())
    assert code == 1, done.stderr
    with (out / "failed.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = {row["文件"]: row["原因"] for row in csv.DictReader(file)}
    sound = {"sound.txt", "sound.html"}
    names = {path.name for path in hostile.iterdir()} - sound
    assert {name.removesuffix("/a.txt") for name in reasons} == names
    assert all(reasons.values())
    assert not any("内部错误" in reason or "意外退出" in reason for reason in reasons.values())
    for name in sound:
        assert (out / f"{name}.json").is_file()
    written = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert SECRET.encode() not in written
    assert {path.name for path in hostile.parent.iterdir()} == before
    with pytest.raises(BlockingIOError):  # nobody has called
        server.accept()
    assert peak * 1024 < 1000 * MEGABYTE, peak
