"""The fuzz run: damaged files, none of which may crash or hold up a reader.

    .venv/bin/python tests/benchmarks/fuzz.py --files 100000 --seed 1 --workers 2

damages drawn reports in the formats of `files.py`, as bytes and inside their packages; with
`--pdf` in the styles of `pdfs.py`, half of them with pages that are not packed; with `--pictures`
small pages as PNG, JPEG, TIFF and scanned PDF. Each is read with the limits of a bulk run, and what
can still be recognised is. A reader may give a document or one of the errors of gouji; anything
else counts as a crash and is told with the number of the file, which draws it again; so are the
numbers of those during which the process ended or came to no end:

    .venv/bin/python tests/benchmarks/fuzz.py --only 4711 --seed 1
"""

import argparse
import io
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from time import perf_counter
from traceback import format_exc
from typing import Any

from pebble import ProcessExpired, ProcessPool
from PIL import Image, ImageDraw

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

from gouji.inference.readers import Limits, read_bytes
from gouji.model.errors import ReadError
from gouji.model.form_file import load_form
from tests.benchmarks.files import FORMATS, Block, drawn
from tests.benchmarks.pdfs import STYLES
from tests.benchmarks.typeset import typeset

LIMITS = Limits(max_bytes=4_000_000, max_chars=2_000_000)
_BASES = 5
_CHUNK = 50
_CHUNK_S = 900
_PNG = b"\x89PNG\r\n\x1a\n"
_HOSTILE = (
    b"<table>" * 300,
    b'<td rowspan="999999999" colspan="-1">',
    b"<w:tbl><w:tr><w:tc>" * 50,
    b"&#x0;&#xD800;&#1114112;",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"\x00\xff\xfe",
    b"\xed\xa0\x80",
    b"]]><![CDATA[",
    b"<script>",
    b"<!--",
    b'<c r="XFD1048576"><v>1e999</v></c>',
    b'<mergeCell ref="A1:XFD1048576"/>',
)


@dataclass(slots=True)
class Tally:
    """What became of the files: by outcome, the slowest in seconds, and the crashes."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    slowest: int = -1
    crashes: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Adds what another one counted."""
        self.outcomes.update(other.outcomes)
        self.crashes.extend(other.crashes)
        if other.slowest_s > self.slowest_s:
            self.slowest_s, self.slowest = other.slowest_s, other.slowest


def _pdf_formats() -> dict[str, tuple[str, Callable[[Sequence[Block]], bytes]]]:
    styles = {
        f"{name}{packed}": replace(style, packed=packed)
        for name, style in STYLES.items()
        for packed in (True, False)
    }
    return {name: ("pdf", partial(typeset, style=style)) for name, style in styles.items()}


FORMATS_OF = {"files": FORMATS, "pdf": _pdf_formats()}
"""What may be damaged but for pictures."""

PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("png", {"format": "PNG"}),
    "jpg": ("jpg", {"format": "JPEG"}),
    "progressive": ("jpg", {"format": "JPEG", "progressive": True}),
    "tif": ("tif", {"format": "TIFF", "save_all": True}),
    "packed": ("tif", {"format": "TIFF", "save_all": True, "compression": "tiff_adobe_deflate"}),
    "scan": ("pdf", {"format": "PDF", "save_all": True, "resolution": 100.0}),
}
"""Suffixes, and how Pillow writes the pages."""


def _suffixes(kind: str) -> dict[str, str]:
    """The names of the formats that may be damaged, with their suffixes."""
    formats = PICTURES if kind == "pictures" else FORMATS_OF[kind]
    return {name: suffix for name, (suffix, _) in formats.items()}


@cache
def base(kind: str, name: str, number: int) -> bytes:
    """A sound file of a format."""
    if kind == "pictures":
        return _picture(name, number)
    blocks, _ = drawn(load_form(), f"fuzz/{number}")
    return FORMATS_OF[kind][name][1](blocks)


def _picture(name: str, number: int) -> bytes:
    """Pages with a small ruled table of numbers."""
    rng = Random(f"picture/{number}")
    mode = rng.choice(("L", "RGB"))
    pages = [Image.new(mode, (360, 240), "white") for _ in range(2)]
    for page in pages:
        pen = ImageDraw.Draw(page)
        for at in range(4):
            pen.line((20, 40 + 50 * at, 320, 40 + 50 * at), "black", 2)
            pen.line((20 + 100 * at, 40, 20 + 100 * at, 190), "black", 2)
        for at in range(9):
            place = (50 + 100 * (at % 3), 55 + 50 * (at // 3))
            pen.text(place, str(rng.randrange(1000)), "black", font_size=18)
    file = io.BytesIO()
    how = PICTURES[name][1]
    if "save_all" in how:
        how = {**how, "append_images": pages[1:]}
    pages[0].save(file, **how)
    return file.getvalue()


def damaged(seed: int, number: int, kind: str = "files") -> tuple[str, bytes]:
    """The name and bytes of a damaged file."""
    rng = Random(f"{seed}/{number}")
    suffixes = _suffixes(kind)
    name = rng.choice(list(suffixes))
    data = base(kind, name, rng.randrange(_BASES))
    if data.startswith(b"PK") and rng.random() < 0.8:
        data = _with_damaged_part(data, rng)
    elif kind != "files" and rng.random() < 0.2:
        data = _spliced(data, base(kind, rng.choice(list(suffixes)), rng.randrange(_BASES)), rng)
    else:
        data = _damaged(data, rng)
    if data.startswith(_PNG) and rng.random() < 0.5:
        data = _sealed(data)
    return f"{number}.{suffixes[name]}", data


def _with_damaged_part(data: bytes, rng: Random) -> bytes:
    """The package with one of its parts damaged, lost or told twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as changed:
        names = package.namelist()
        chosen, lost = rng.choice(names), rng.random() < 0.1
        for name in names:
            content = package.read(name)
            if name == chosen and not lost:
                content = _damaged(content, rng)
            if name != chosen or not lost:
                changed.writestr(name, content)
    return out.getvalue()


def _damaged(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        data = rng.choice(_DAMAGES)(data, rng)
    return data


def _flipped(data: bytes, rng: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _without(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice((1, 10, 1000)) :]


def _twice(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    part = data[start : start + rng.choice((1, 20, 2000))]
    return data[:start] + part * rng.choice((2, 2, 50)) + data[start:]


def _hostile(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(_HOSTILE) + data[at:]


def _spliced(data: bytes, other: bytes, rng: Random) -> bytes:
    """The beginning of one file with the end of another, or with a part of it put in."""
    at, start, end = (rng.randrange(len(one) + 1) for one in (data, other, other))
    if rng.random() < 0.5:
        return data[:at] + other[start:]
    start, end = min(start, end), max(start, end)
    return data[:at] + other[start:end] + data[at:]


def _sealed(data: bytes) -> bytes:
    """A PNG whose check sums fit whatever has become of its chunks (RFC 2083, 3.2)."""
    out, at = bytearray(data[: len(_PNG)]), len(_PNG)
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4])
        out += data[at:end] + zlib.crc32(data[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(out)


def _swapped(data: bytes, rng: Random) -> bytes:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[b:] + data[a:b] + data[:a]


_DAMAGES: Sequence[Callable[[bytes, Random], bytes]] = (
    _flipped,
    _cut,
    _without,
    _twice,
    _hostile,
    _swapped,
)


def tried(seed: int, numbers: range, kind: str = "files") -> Tally:
    """Reads the damaged files of these numbers."""
    tally = Tally()
    for number in numbers:
        name, data = damaged(seed, number, kind)
        start = perf_counter()
        try:
            read_bytes(data, name, LIMITS)
            tally.outcomes["document"] += 1
        except ReadError as error:
            tally.outcomes[type(error).__name__] += 1
        except Exception:  # what is looked for
            tally.outcomes["crash"] += 1
            tally.crashes.append(f"file {number}\n{format_exc()}")
        seconds = perf_counter() - start
        if seconds > tally.slowest_s:
            tally.slowest_s, tally.slowest = seconds, number
    return tally


def fuzz(seed: int, n_files: int, workers: int, kind: str = "files") -> Tally:
    """Reads so many damaged files, in several processes if so asked for."""
    total = Tally()
    chunks = [range(at, min(at + _CHUNK, n_files)) for at in range(0, n_files, _CHUNK)]
    for tally in _mapped(partial(tried, seed, kind=kind), chunks, workers):
        total.add(tally)
    return total


def _mapped(
    work: Callable[[range], Tally], chunks: Sequence[range], workers: int
) -> Iterator[Tally]:
    if workers == 1:
        yield from map(work, chunks)
        return
    with ProcessPool(workers) as pool:
        futures = [pool.schedule(work, (chunk,), timeout=_CHUNK_S) for chunk in chunks]
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                yield future.result()
            except (ProcessExpired, TookTooLong) as error:
                told = f"files {chunk.start} to {chunk.stop - 1}: {error!r}"
                yield Tally(Counter(crash=len(chunk)), crashes=[told])


def main() -> None:
    """Run what the command line asks for; the exit code is 1 if a reader crashed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="read the file of this number alone")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--pdf", action="store_true", help="damage PDF files")
    kinds.add_argument("--pictures", action="store_true", help="damage scanned pages")
    options = parser.parse_args()
    kind = "pdf" if options.pdf else "pictures" if options.pictures else "files"
    if options.only is not None:
        total = tried(options.seed, range(options.only, options.only + 1), kind)
    else:
        total = fuzz(options.seed, options.files, options.workers, kind)
    told = ", ".join(f"{name} {n}" for name, n in total.outcomes.most_common())
    lines = [*total.crashes, f"{told}; slowest {total.slowest_s:.2f} s (file {total.slowest})"]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(bool(total.crashes))


if __name__ == "__main__":
    main()
