"""The scans benchmark: drawn reports as scanned pages, and gold.

    .venv/bin/python tests/benchmarks/scans.py OUT --set figures --reports 20 --seed 1

writes OUT/sources/NAME.tif (one TIFF of several pages a report), for pages that were photographed
or lie turned OUT/sources/NAME with a JPEG a picture, and OUT/gold/NAME.gold.json, NAME =
NUMBER-SETTING-clean. There are two sets with no font, resolution or degree of wear in common:
`tuning`, on which thresholds were chosen and probabilities calibrated, and `figures`, from which
the published figures come and on which nothing was ever tuned.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))  # a script finds only its own folder

import numpy as np
from PIL import ExifTags, Image

from gouji.model.form_file import load_form
from tests.benchmarks.drawn_pages import Face, Style, typeset, without_zeros
from tests.benchmarks.files import drawn
from tests.benchmarks.refill import Gold, write_gold
from tests.benchmarks.scan_camera import Camera, photographed
from tests.benchmarks.scan_damage import Picture, Wear, worn

_TRUETYPE = "/usr/share/fonts/truetype"
_NOTO = "/usr/share/fonts/opentype/noto"
_PAGE_IN = 11.69
_LYING = {1: 0, 6: 90, 3: 180, 8: 270}
"""By how many degrees counter-clockwise a picture lies whose EXIF data tell this orientation."""
_LIBERATION = f"{_TRUETYPE}/liberation/Liberation"


@dataclass(frozen=True, slots=True)
class Setting:
    """How the pages of one setting look and what has been done to them.

    With a `camera` they are photographed, `a_picture` of them in one; `is_turned` leaves it to the
    EXIF data which way up they are.
    """

    wear: Wear
    dpi: tuple[int, ...]
    blank_zeros: bool = False
    camera: Camera | None = None
    a_picture: int = 1
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class ScanSet:
    """The faces and settings of a set of scans."""

    words: tuple[Face, ...]
    digits: tuple[Face | None, ...]
    table_pt: tuple[float, ...]
    settings: Mapping[str, Setting]


_TUNED_FAIR = Wear((0.2, 1.2), (0.3, 0.9), (2, 7), (0.0, 0.15), (0.0, 0.2), quality=(60, 85))
_TUNED_POOR = Wear((0.5, 2.2), (0.8, 1.3), (6, 14), (0.1, 0.35), (0.2, 0.5), quality=(35, 60))
_FAIR = Wear((0.1, 1.5), (0.35, 0.85), (3, 6), (0.0, 0.18), (0.0, 0.22), quality=(58, 80))
_POOR = Wear((0.3, 2.5), (0.7, 1.2), (5, 13), (0.1, 0.32), (0.2, 0.45), quality=(38, 58))
_TUNED_LENS = Wear((0.0, 0.0), (0.2, 0.7), (1, 5), quality=(70, 90))
_LENS = Wear((0.0, 0.0), (0.25, 0.65), (1.5, 4.5), quality=(66, 86))
_TUNED_CAMERA = Camera(
    lean=(3, 12),
    roll=(0, 4),
    shadow=(0.1, 0.35),
    warm=(0, 0.2),
    fill=(0.84, 0.96),
    side=(2800, 3600),
)
_TUNED_CURLED = replace(_TUNED_CAMERA, curl=(0.04, 0.09), crest=(0.25, 0.5))
_TUNED_SPREAD = replace(
    _TUNED_CURLED, lean=(1, 6), roll=(0, 2), curl=(0.03, 0.08), side=(3600, 4200)
)
_CAMERA = Camera(
    lean=(2, 14),
    roll=(0, 5),
    shadow=(0.05, 0.4),
    warm=(0, 0.25),
    fill=(0.8, 0.95),
    side=(2700, 3800),
)
_CURLED = replace(_CAMERA, curl=(0.03, 0.1), crest=(0.2, 0.45))
_SPREAD = replace(_CURLED, lean=(0, 7), roll=(0, 2.5), curl=(0.02, 0.09), side=(3500, 4300))

SETS: Mapping[str, ScanSet] = {
    "tuning": ScanSet(
        words=(
            Face(f"{_TRUETYPE}/wqy/wqy-zenhei.ttc"),
            Face(f"{_NOTO}/NotoSerifCJK-Regular.ttc", 2),
            Face(f"{_TRUETYPE}/arphic/uming.ttc"),
        ),
        digits=(
            None,
            Face(f"{_LIBERATION}Serif-Regular.ttf"),
            Face(f"{_LIBERATION}Mono-Regular.ttf"),
            Face(f"{_TRUETYPE}/dejavu/DejaVuSans.ttf"),
            Face(f"{_TRUETYPE}/dejavu/DejaVuSansMono.ttf"),
        ),
        table_pt=(8.5, 9.5, 10.5),
        settings={
            "clean": Setting(Wear(), (150, 220)),
            "fair": Setting(_TUNED_FAIR, (190, 220, 280)),
            "coarse": Setting(_TUNED_POOR, (160,)),
            "poor": Setting(_TUNED_POOR, (190, 220)),
            "seal": Setting(replace(_TUNED_FAIR, seal=True), (190, 220)),
            "streaks": Setting(replace(_TUNED_FAIR, streaks=36), (190, 220)),
            "blanks": Setting(_TUNED_FAIR, (190, 220), blank_zeros=True),
            "turned": Setting(_TUNED_FAIR, (190, 220), is_turned=True),
            "photo": Setting(_TUNED_LENS, (280,), camera=_TUNED_CAMERA),
            "curl": Setting(_TUNED_LENS, (280,), camera=_TUNED_CURLED),
            "spread": Setting(_TUNED_LENS, (280,), camera=_TUNED_SPREAD, a_picture=2),
        },
    ),
    "figures": ScanSet(
        words=(
            Face(f"{_TRUETYPE}/lxgw-wenkai/LXGWWenKai-Regular.ttf"),
            Face(f"{_TRUETYPE}/cns11643/TW-Sung-98_1.ttf"),
            Face(f"{_TRUETYPE}/cns11643/TW-Kai-98_1.ttf"),
            Face(f"{_TRUETYPE}/hanazono/HanaMinA.ttf"),
        ),
        digits=(
            None,
            Face(f"{_TRUETYPE}/crosextra/Carlito-Regular.ttf"),
            Face(f"{_TRUETYPE}/crosextra/Caladea-Regular.ttf"),
            Face(f"{_TRUETYPE}/freefont/FreeMono.ttf"),
            Face(f"{_TRUETYPE}/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf"),
        ),
        table_pt=(8.0, 9.0, 10.0),
        settings={
            "fair": Setting(_FAIR, (150, 200, 300)),
            "poor": Setting(_POOR, (200, 300)),
            "seal": Setting(replace(_FAIR, seal=True), (200, 300)),
            "streaks": Setting(replace(_FAIR, streaks=40), (200, 300)),
            "blanks": Setting(_FAIR, (200, 300), blank_zeros=True),
            "turned": Setting(_FAIR, (200, 300), is_turned=True),
            "photo": Setting(_LENS, (300,), camera=_CAMERA),
            "curl": Setting(_LENS, (300,), camera=_CURLED),
            "spread": Setting(_LENS, (300,), camera=_SPREAD, a_picture=2),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A report as pictures, gray or RGB, the resolution it was drawn at, JPEG quality, and gold.

    `orientations` are those that EXIF data tell of each, by their numbers; without any the pictures
    are pages of one file. Photographs do not tell their resolution.
    """

    pictures: Sequence[Image.Image]
    dpi: int
    quality: int
    gold: Gold
    orientations: tuple[int, ...] = ()
    are_photographs: bool = False

    def write(self, path: Path) -> None:
        """The pictures as one TIFF with JPEG compression, or as JPEG files in a folder."""
        if not self.orientations:
            self.pictures[0].save(
                path.with_suffix(".tif"),
                save_all=True,
                append_images=self.pictures[1:],
                compression="jpeg",
                quality=self.quality,
                dpi=(self.dpi, self.dpi),
            )
            return
        path.mkdir(exist_ok=True)
        for number, (picture, told) in enumerate(
            zip(self.pictures, self.orientations, strict=True), start=1
        ):
            exif = Image.Exif()
            exif[ExifTags.Base.Orientation] = told
            lying = picture.rotate(_LYING[told], expand=True)
            told_dpi: dict[str, Any] = {} if self.are_photographs else {"dpi": (self.dpi, self.dpi)}
            lying.save(path / f"{number:03}.jpg", quality=self.quality, exif=exif, **told_dpi)


def scan(chosen: ScanSet, setting: Setting, key: str) -> Scan:
    """A drawn report as it comes from the scanner; the same key gives the same pages."""
    rng = Random(key)
    noise = np.random.default_rng(rng.getrandbits(63))
    style = Style(
        words=rng.choice(chosen.words),
        digits=rng.choice(chosen.digits),
        table_pt=rng.choice(chosen.table_pt),
        prose_pt=rng.choice((10.5, 12.0, 14.0)),
        rule_pt=rng.choice((0.4, 0.6, 1.0)),
        dpi=rng.choice(setting.dpi),
    )
    blocks, gold = drawn(load_form(), key)
    if setting.blank_zeros:
        blocks = without_zeros(blocks)
        left_out = dict.fromkeys(cell for cell, number in gold.cells.items() if number == 0)
        gold = replace(gold, printed=left_out)
    pages = [np.asarray(page) for page in typeset(blocks, style)]
    if setting.camera is None:
        shown = [worn(page, setting.wear, style.dpi, noise) for page in pages]
    else:
        shown = list(_photographs(pages, setting, setting.camera, noise))
    quality = rng.randint(*setting.wear.quality)
    orientations: tuple[int, ...] = ()
    if setting.camera is not None or setting.is_turned:
        ways = tuple(_LYING) if setting.is_turned else (1,)
        orientations = tuple(rng.choice(ways) for _ in shown)
    return Scan(
        pictures=[Image.fromarray(picture) for picture in shown],
        dpi=style.dpi,
        quality=quality,
        gold=gold,
        orientations=orientations,
        are_photographs=setting.camera is not None,
    )


def _photographs(
    pages: Sequence[Picture], setting: Setting, camera: Camera, rng: np.random.Generator
) -> Iterator[Picture]:
    """Pictures of the pages, of so many together; the back of the last page is blank."""
    blank = np.full_like(pages[0], 255)
    for first in range(0, len(pages), setting.a_picture):
        seen = [*pages[first : first + setting.a_picture], blank][: setting.a_picture]
        picture = photographed(seen, camera, rng)
        yield worn(picture, setting.wear, round(picture.shape[0] / _PAGE_IN), rng)


def main() -> None:
    """Write the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--set", choices=SETS, default="figures")
    parser.add_argument("--settings", nargs="+", help="of the set; all of them by default")
    parser.add_argument("--reports", type=int, default=20, help="reports of each setting")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = SETS[options.set]
    (options.out / "sources").mkdir(parents=True, exist_ok=True)
    for name in options.settings or chosen.settings:
        for number in range(options.reports):
            key = f"scans/{options.set}/{options.seed}/{name}/{number}"
            made = scan(chosen, chosen.settings[name], key)
            stem = f"{number:03}-{name}-clean"
            made.write(options.out / "sources" / stem)
            write_gold(options.out, stem, made.gold)


if __name__ == "__main__":
    main()
