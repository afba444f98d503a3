"""The PDF benchmark: drawn reports as digital PDF files of three kinds of producers, and gold.

    .venv/bin/python tests/benchmarks/pdfs.py OUT --reports 10 --seed 1

writes OUT/sources/NAME and OUT/gold/NAME.gold.json, NAME = NUMBER-FORMAT-clean. A library makes
`upright` (labels of many rows one letter a line), `heads` (a page head, head rows again on each
page, rows that the end of a page cuts), `landscape` (thin rectangles for lines, turned labels, the
page turned by its own rotation), `sideways` (the text on its side), `fine` (boxes in small type)
and `bare` (no lines, and left out unless asked for). LibreOffice prints the Word document of
`files.py` as `office`, the browser Chromium its web pages as `browser` and, with page heads and a
small page, `booklet`; formats whose program is not installed are left out, and said to be.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from lxml import etree  # type: ignore[import-untyped]  # it carries no types
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]  # no types

from gouji.inference.readers.conversion import PROGRAMS
from gouji.model.form_file import load_form
from tests.benchmarks.files import FORMATS as FILES
from tests.benchmarks.files import Block, docx, drawn
from tests.benchmarks.refill import write_gold
from tests.benchmarks.typeset import Labels, Rules, Style, typeset

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BARE = "bare"
STYLES: Mapping[str, Style] = {
    "upright": Style(labels=Labels.UPRIGHT),
    "heads": Style(
        Rules.BOXES, header="政府信息公开工作年度报告", cut=True, heads=True, margin=72.0
    ),
    "landscape": Style(Rules.THIN, Labels.TURNED, landscape(A4), turns=1, footer="第 {} 页"),
    "sideways": Style(labels=Labels.TURNED, page=landscape(A4), turns=3, rotated=False),
    "fine": Style(Rules.BOXES, Labels.UPRIGHT, size=9.0, table_size=7.0, footer="{}", cut=True),
    BARE: Style(Rules.NONE, table_size=8.0),
}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_LOOK = (
    "<style>body{font:12pt/1.6 serif}p{margin:0;text-indent:2em}"
    "table{border-collapse:collapse;width:100%;font-size:9pt}td{border:1px solid #000;padding:3px}"
)
_SECONDS = 180


def printed_by_office(blocks: Sequence[Block], program: str) -> bytes:
    """The blocks as LibreOffice prints their Word document, whose tables are given lines."""
    return _converted(
        "document.docx",
        _ruled(docx(blocks)),
        lambda source, out: [
            *(program, "--headless", "--norestore"),
            f"-env:UserInstallation={(out.parent / 'profile').as_uri()}",
            *("--convert-to", "pdf", "--outdir", str(out.parent), str(source)),
        ],
    )


def printed_by_browser(blocks: Sequence[Block], program: str, *, is_small: bool) -> bytes:
    """The blocks as a browser prints their web page."""
    page = FILES["spans"][1](blocks).decode()
    size = "@page{size:A5 landscape;margin:14mm}" if is_small else "@page{size:A4;margin:20mm}"
    heads = [] if is_small else ["--no-pdf-header-footer"]
    return _converted(
        "document.html",
        page.replace("</head>", f"{_LOOK}{size}</style></head>").encode(),
        lambda source, out: [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", *heads),
            f"--user-data-dir={out.parent / 'profile'}",
            *(f"--print-to-pdf={out}", source.as_uri()),
        ],
    )


def makers(chosen: Sequence[str] = ()) -> dict[str, Callable[[Sequence[Block]], bytes]]:
    """How each format is made, of those chosen (all but `bare`) whose program is installed."""
    found: dict[str, Callable[[Sequence[Block]], bytes]] = {
        name: partial(typeset, style=style) for name, style in STYLES.items()
    }
    if office := _program(PROGRAMS):
        found["office"] = partial(printed_by_office, program=office)
    if browser := _program(BROWSERS):
        found["browser"] = partial(printed_by_browser, program=browser, is_small=False)
        found["booklet"] = partial(printed_by_browser, program=browser, is_small=True)
    return {
        name: make for name, make in found.items() if (name in chosen if chosen else name != BARE)
    }


def _program(names: Sequence[str]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _converted(name: str, content: bytes, command: Callable[[Path, Path], Sequence[str]]) -> bytes:
    """What a program makes of a file; it runs with a profile that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / name, Path(folder) / "document.pdf"
        source.write_bytes(content)
        subprocess.run(command(source, out), check=True, capture_output=True, timeout=_SECONDS)
        return out.read_bytes()


def _ruled(document: bytes) -> bytes:
    """A Word document with lines around the cells of its tables and the number of their columns."""
    path = "word/document.xml"
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts[path])
    for table in root.iter(f"{{{_W}}}tbl"):
        spans = table.find(f"{{{_W}}}tr").iter(f"{{{_W}}}gridSpan")
        n = sum(int(span.get(f"{{{_W}}}val")) for span in spans)
        grid = f'<w:gridCol w:w="{9000 // n}"/>' * n
        look = etree.fromstring(
            f'<w:x xmlns:w="{_W}"><w:tblPr><w:tblW w:w="5000" w:type="pct"/>'
            f"<w:tblBorders>{_SIDES}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:x>"
        )
        for number, element in enumerate(list(look)):
            table.insert(number, element)
    parts[path] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return file.getvalue()


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--reports", type=int, default=10, help="reports of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", nargs="+", default=[], help="all but bare if not given")
    options = parser.parse_args()
    form = load_form()
    made = makers(options.formats)
    sys.stderr.write(f"formats: {' '.join(made)}\n")
    (options.out / "sources").mkdir(parents=True, exist_ok=True)
    for number in range(options.reports):
        blocks, gold = drawn(form, f"pdfs/{options.seed}/{number}")
        for name, make in made.items():
            stem = f"{number:03}-{name}-clean"
            (options.out / "sources" / f"{stem}.pdf").write_bytes(make(blocks))
            write_gold(options.out, stem, gold)


if __name__ == "__main__":
    main()
