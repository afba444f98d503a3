"""The story that both READMEs tell, as commands with their output, run and written anew.

    .venv/bin/python tests/story.py

runs the commands of the blocks that follow a line `<!-- story NAME -->`, one block after the other,
and writes what they print below them, into both READMEs alike. The last block trains, which takes
minutes; `--without retrain` leaves it as it is. Between the blocks `extract` and `import` a person
fills the right values into the workbook; here the annotations of the samples do.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

sys.path.append(str(Path(__file__).parents[1]))  # a script finds only its own folder

from gouji.annotations.corpus import read_annotations

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.en.md")
STEPS = ("extract", "import", "retrain")
LEFT_OUT = "…"

_PROMPT = "$ "
_GOUJI = ".venv/bin/gouji"
_NUMBER = re.compile(r"\d[\d.,]*")
_DIGEST = re.compile(r"@[0-9a-f]{12}")
_PROGRESS = re.compile(r"比较：已读|第 \d+ 步|[┏┃┡│└]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a page shows it, with the lines of output below it."""

    command: str
    output: tuple[str, ...]


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """The blocks of the story in the text of a page, each with its name."""
    yield from re.findall(r"<!-- story (\w+) -->\n\n```console\n(.*?)```", page, re.DOTALL)


def shown(block: str) -> list[Shown]:
    """The commands of a block."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [Shown(lines[0], tuple(lines[1:])) for lines in map(str.splitlines, parts)]


def run(command: str, folder: Path) -> tuple[int, tuple[str, ...]]:
    """The exit code of a command run in a folder, and the lines that it prints."""
    words = shlex.split(command)
    if words[0] == _GOUJI:
        words[:1] = [sys.executable, "-m", "gouji"]
    own = {"GOUJI_HOME": str(folder / "home"), "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, tuple(done.stdout.replace(f"{folder}/", "").splitlines())


def abridged(output: Sequence[str]) -> tuple[str, ...]:
    """The output without progress and table, a mark in their place."""
    kept: list[str] = []
    for line in output:
        told = LEFT_OUT if _PROGRESS.match(line) else line
        if told != LEFT_OUT or kept[-1:] != [LEFT_OUT]:
            kept.append(told)
    return tuple(kept)


def masked(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines without what differs from machine to machine: numbers and digests of models."""
    return tuple(_NUMBER.sub("#", _DIGEST.sub("@#", line)) for line in lines)


def prepare(folder: Path) -> None:
    """The folder that the story begins in."""
    (folder / "seeds").symlink_to(ROOT / "seeds")


def correct(folder: Path) -> None:
    """Fills the right values into the workbook, as a person would."""
    annotations = read_annotations(ROOT / "annotations" / "gold" / "test.jsonl")
    gold = {annotation.source: annotation for annotation in annotations}
    path = folder / "结果" / "all.xlsx"
    book = load_workbook(path)
    sheet = book["待核对"]
    header = [cell.value for cell in sheet[1]]
    source, cell, right = (header.index(title) for title in ("报告", "单元格", "正确值"))
    for row in sheet.iter_rows(min_row=2):
        row[right].value = gold[str(row[source].value)].cells[str(row[cell].value)]
    book.save(path)


def told(block: str, folder: Path, *, brief: bool) -> str:
    """The block with what its commands print now."""
    lines: list[str] = []
    for one in shown(block):
        output = run(one.command, folder)[1]
        lines += [f"{_PROMPT}{one.command}", *(abridged(output) if brief else output)]
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Run the story and write it into the READMEs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--without", choices=STEPS, action="append", default=[])
    options = parser.parse_args()
    pages = {name: (ROOT / name).read_text("utf-8") for name in READMES}
    first = dict(blocks(pages[READMES[0]]))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        for step in STEPS:
            if step in options.without:
                continue
            if step == "import":
                correct(folder)
            new = told(first[step], folder, brief=step == "retrain")
            for name in READMES:
                pages[name] = pages[name].replace(dict(blocks(pages[name]))[step], new)
    for name, text in pages.items():
        (ROOT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
