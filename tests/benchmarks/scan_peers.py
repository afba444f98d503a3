"""Another reader of tables, img2table with RapidOCR, on the pages of the scans benchmark.

    PEER/bin/python tests/benchmarks/scan_peers.py SOURCE...

prints one JSON object: processor seconds, pages, and for every source the rows of its tables. It
runs in an environment of its own, made as docs/benchmarks.md says, because img2table needs
opencv-contrib-python, which lays other files over those of the OpenCV that gouji needs. So nothing
of gouji is imported here; `scan.py --img2table PEER/bin/python` calls it and scores the rows.
"""

import argparse
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence


def pages(path: Path) -> Iterator[bytes]:
    """The pages of a TIFF as PNG files."""
    with Image.open(path) as picture:
        for page in ImageSequence.Iterator(picture):
            file = io.BytesIO()
            page.convert("RGB").save(file, "PNG")
            yield file.getvalue()


def rows_of(page: bytes, engine: Any) -> Iterator[list[str]]:
    """The rows of all tables on a page, each as the texts of its cells."""
    from img2table.document import Image as Page  # type: ignore[import-not-found]  # not here

    for table in Page(page, detect_rotation=True).extract_tables(
        ocr=engine, borderless_tables=False
    ):
        for row in table.content.values():
            yield [cell.value or "" for cell in row]


def main() -> None:
    """Read the sources that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("sources", nargs="+", type=Path)
    options = parser.parse_args()
    from img2table.ocr import RapidOCR  # type: ignore[import-not-found]  # not here
    from rapidocr import LangRec

    engine = RapidOCR(
        params={
            "Rec.lang_type": LangRec.CH,
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )
    rows: dict[str, list[list[str]]] = {}
    seconds, n_pages = 0.0, 0
    for source in options.sources:
        rows[source.stem] = []
        for page in pages(source):
            started = time.process_time()
            rows[source.stem] += rows_of(page, engine)
            seconds += time.process_time() - started
            n_pages += 1
    print(json.dumps({"seconds": seconds, "pages": n_pages, "rows": rows}, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
