"""Other readers of tables, run on the sources of the scans and PDF benchmarks.

    PEER/bin/python tests/benchmarks/peer_readers.py READER OUT SOURCE...

writes a JSON object to OUT: the version of the reader, its processor seconds (those of its child
processes too) for all sources, the peak memory of the process in MB, for every source the tables as
rows of texts, and for every source that it raised on why. A text is null where a cell on its left
covers the place. READER is `pdfplumber`, `camelot`, `img2table` or `rapidocr`.

It runs in an environment of its own, made as docs/benchmarks.md says, because img2table needs
opencv-contrib-python, which lays other files over those of the OpenCV that gouji needs. So nothing
of gouji is imported here; `peers.py --peer PEER/bin/python` calls it and scores the tables.
"""

import argparse
import io
import json
import re
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

Row = list[str | None]
Table = list[Row]
Reader = Callable[[Path], list[Table]]
"""The tables of a file in the order of its pages."""

_DPI = 200  # at which img2table renders PDF pages; the whole pages of RapidOCR are rendered alike
_LONG = 5  # times its height
_NUMERALS = re.compile(r"[\d.,]+(?:\s+[\d.,]+)+")
_QUIET = {
    "Global.use_cls": False,
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
}


def pdfplumber_tables() -> Reader:
    """Tables by the lines of a PDF and its own text."""
    import pdfplumber  # type: ignore[import-not-found]  # not in the environment of gouji

    def read(path: Path) -> list[Table]:
        with pdfplumber.open(path) as pdf:
            return [table for page in pdf.pages for table in page.extract_tables()]

    return read


def camelot_tables() -> Reader:
    """Tables by the lines of rendered PDF pages and the text of the PDF (`lattice`)."""
    import camelot  # type: ignore[import-not-found]  # not in the environment of gouji

    def read(path: Path) -> list[Table]:
        found = camelot.read_pdf(str(path), pages="all", flavor="lattice")
        return [
            [[cell.text if cell.text or cell.left else None for cell in row] for row in table.cells]
            for table in found
        ]

    return read


def img2table_tables() -> Reader:
    """Tables by the lines of pictures; the text is that of the PDF, or is recognised."""
    from img2table.document import PDF  # type: ignore[import-not-found]  # not in gouji's
    from img2table.document import Image as Page
    from img2table.ocr import RapidOCR  # type: ignore[import-not-found]  # not in gouji's
    from rapidocr import LangRec

    engine = RapidOCR(params={"Rec.lang_type": LangRec.CH, **_QUIET})

    def read(path: Path) -> list[Table]:
        if path.suffix == ".pdf":
            pages = PDF(path).extract_tables(ocr=engine).values()
        else:
            pages = [
                Page(page, detect_rotation=True).extract_tables(ocr=engine) for page in _png(path)
            ]
        return [
            [_merged(row) for row in table.content.values()]
            for page in pages
            for table in sorted(page, key=lambda table: table.bbox.y1)
        ]

    return read


def rapidocr_tables() -> Reader:
    """The whole page recognised at once; a page is a table of the rows that its texts stand in."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params=dict(_QUIET))

    def read(path: Path) -> list[Table]:
        found = (engine(page) for page in _pixels(path))
        return [snapped(page.boxes, page.txts) for page in found if page.txts]

    return read


READERS: Mapping[str, Callable[[], Reader]] = {
    "pdfplumber": pdfplumber_tables,
    "camelot": camelot_tables,
    "img2table": img2table_tables,
    "rapidocr": rapidocr_tables,
}
PACKAGES = {"camelot": "camelot-py"}
PDF_ALONE = ("pdfplumber", "camelot")


def snapped(boxes: Any, texts: Sequence[str]) -> Table:
    """Texts as rows from the top, each from left to right.

    `boxes` are their corners, (n, 4, 2), clockwise from the top left. The page is levelled by the
    tilt of its long texts, which whole pixels tell best; a text begins a row where its middle is
    half its height below the middle of the row before. Numbers in one box with blanks between are
    told apart.
    """
    corners = np.asarray(boxes, float)
    edges = corners[:, 1] - corners[:, 0]
    long = edges[edges[:, 0] > _LONG * np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)]
    tilt = np.arctan2(*(long if len(long) else edges).sum(axis=0)[::-1])
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    level = corners @ turn
    middles = level.mean(axis=1)
    halves = (level[:, 2:, 1].mean(axis=1) - level[:, :2, 1].mean(axis=1)) / 2
    rows: list[list[int]] = []
    for i in np.argsort(middles[:, 1], kind="stable"):
        if not rows or middles[i, 1] - middles[rows[-1], 1].mean() > halves[i]:
            rows.append([])
        rows[-1].append(int(i))
    return [
        [word for i in sorted(row, key=lambda i: middles[i, 0]) for word in _words(texts[i])]
        for row in rows
    ]


def _words(text: str) -> list[str]:
    return text.split() if _NUMERALS.fullmatch(text) else [text]


def _merged(row: Sequence[Any]) -> Row:
    """The texts of the cells of img2table, which repeats a merged one in all of its places."""
    return [
        None if i and row[i - 1].bbox == cell.bbox else cell.value or ""
        for i, cell in enumerate(row)
    ]


def _frames(path: Path) -> Iterator[Image.Image]:
    with Image.open(path) as picture:
        for page in ImageSequence.Iterator(picture):
            yield page.convert("RGB")


def _png(path: Path) -> Iterator[bytes]:
    for page in _frames(path):
        file = io.BytesIO()
        page.save(file, "PNG", compress_level=1)
        yield file.getvalue()


def _pixels(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The pages as (height, width, 3), blue first."""
    if path.suffix != ".pdf":
        for page in _frames(path):
            yield np.ascontiguousarray(np.asarray(page)[..., ::-1])
        return
    import pypdfium2  # type: ignore[import-untyped]  # it carries no types

    with pypdfium2.PdfDocument(path) as pdf:
        for sheet in pdf:
            yield sheet.render(scale=_DPI / 72).to_numpy()


def cpu_s() -> float:
    """Processor seconds of this process and its ended children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def peak_mb() -> float:
    """The peak memory of this process, or of its largest ended child if that is more."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def measured(read: Reader, sources: Sequence[Path]) -> dict[str, Any]:
    """All sources read, after the first has been read once without being counted."""
    tables: dict[str, list[Table]] = {}
    failures: dict[str, str] = {}
    seconds = 0.0
    for number, source in enumerate([sources[0], *sources]):
        started = cpu_s()
        try:
            tables[source.stem] = read(source)
        except Exception as error:  # what a reader raises is part of what is measured
            failures[source.stem] = f"{type(error).__name__}: {error}"
        if number:
            seconds += cpu_s() - started
    return {
        "cpu_s": seconds,
        "peak_mb": peak_mb(),
        "tables": tables,
        "failures": failures,
    }


def main() -> None:
    """Read the sources that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("out", type=Path, help="file to write to")
    parser.add_argument("sources", nargs="+", type=Path)
    options = parser.parse_args()
    found = measured(READERS[options.reader](), options.sources)
    package = PACKAGES.get(options.reader, options.reader)
    said = json.dumps({"version": version(package), **found}, ensure_ascii=False)
    options.out.write_text(said, "utf-8")


if __name__ == "__main__":
    main()
