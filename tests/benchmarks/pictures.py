"""The pictures of the README: a run in the terminal and a workbook, rendered from real outputs.

    .venv/bin/python tests/benchmarks/pictures.py docs/images

reads the samples refilled with other numbers, one digit of each printed wrong, with the real
command. What it writes on a terminal becomes run.svg; the workbook of one report and the sums of
all are rendered by LibreOffice and pdftoppm (both must be installed, and a Chinese font).
"""

import argparse
import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

import numpy as np
from PIL import Image
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tests.benchmarks import refill

_COLUMNS = 92
_DPI = 120
_MARGIN = 12
_CELL_WIDTH = 12.2  # of the pictures that rich makes
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TEXT = re.compile(
    r'(?P<start><text [^>]*?)textLength="[^"]*"(?P<rest>[^>]*>)(?P<shown>[^<]*)</text>'
)
_PAGES = {
    "workbook.png": ("002_9110b932e3d5ac2b-onedigit-0.txt.xlsx", 1),
    "sums.png": ("all.xlsx", 2),
}


def on_a_terminal(command: list[str]) -> bytes:
    """What a command writes on a terminal."""
    written = io.BytesIO()

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 4096)
        written.write(data)
        return data

    os.environ.update(COLUMNS=str(_COLUMNS), LINES="40", TERM="xterm-256color")
    pty.spawn(command, read)
    return written.getvalue()


def last_screen(written: bytes) -> Iterator[str]:
    """The lines as they stand in the end: what a carriage return overwrites has gone."""
    for line in written.decode().replace("\r\n", "\n").split("\n"):
        yield line.rsplit("\r", 1)[-1].replace("\x1b[2K", "").replace("\x1b[?25h", "")


def write_terminal(path: Path, shown: str, written: bytes) -> None:
    """The command and what it wrote as a picture of a terminal."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(f"$ {shown}", highlight=False)
    for line in last_screen(written):
        console.print(Text.from_ansi(line))
    svg = console.export_svg(title="gouji", unique_id="gouji")
    svg = _FONT_FACE.sub("", svg)  # it would be fetched from elsewhere
    path.write_text(_TEXT.sub(_as_wide_as_shown, svg), "utf-8")


def _as_wide_as_shown(text: re.Match[str]) -> str:
    """A text of a picture with its length in cells: a Chinese character takes two."""
    length = cell_len(unescape(text["shown"])) * _CELL_WIDTH
    return f'{text["start"]}textLength="{length:g}"{text["rest"]}{text["shown"]}</text>'


def write_page(path: Path, workbook: Path, page: int, folder: Path) -> None:
    """A page of a workbook as LibreOffice prints it, without its margins."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    pdf = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*pdf, str(workbook)], check=True, capture_output=True)
    pages = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(_DPI), "-png"]
    printed = folder / f"{workbook.stem}.pdf"
    subprocess.run(["pdftoppm", *pages, str(printed), str(folder / "page")], check=True)
    with Image.open(folder / "page.png") as whole:
        rows, columns = np.nonzero(np.asarray(whole.convert("L")) < 250)
        box = (columns.min(), rows.min(), columns.max(), rows.max())
        left, top, right, bottom = map(int, box)
        part = whole.crop((left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN))
        part.quantize(64).save(path, optimize=True)


def main() -> None:
    """Write the pictures into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    options = parser.parse_args()
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = [sys.executable, refill.__file__, str(folder), "--draws", "1", "--seed", "3"]
        subprocess.run([*script, "--styles", "onedigit"], check=True, capture_output=True)
        shutil.move(folder / "sources", folder / "reports")
        os.chdir(folder)
        command = ["extract", "reports", "--out", "results", "--format", "json,xlsx"]
        written = on_a_terminal([sys.executable, "-m", "gouji", *command])
        write_terminal(options.out / "run.svg", " ".join(["gouji", *command]), written)
        for picture, (workbook, page) in _PAGES.items():
            write_page(options.out / picture, folder / "results" / workbook, page, folder)


if __name__ == "__main__":
    main()
