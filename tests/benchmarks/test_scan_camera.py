"""Photographs of pages: the same seed gives the same picture, and light falls where it should."""

import numpy as np
import pytest

from tests.benchmarks.scan_camera import Camera, photographed
from tests.benchmarks.scan_damage import Picture

PAGE = np.full((842, 595), 255, np.uint8)
PAGE[100:120, 60:535] = 0  # a level bar
BACK = np.full_like(PAGE, 255)


def seen(camera: Camera, seed: int = 3) -> Picture:
    return photographed([PAGE], camera, np.random.default_rng(seed))


def bar(picture: Picture) -> tuple[int, ...]:
    """The row of the bar's middle in some columns."""
    dark = picture.max(axis=2) < 90
    columns = np.flatnonzero(dark.sum(axis=0) > 8)
    chosen = columns[np.linspace(3, len(columns) - 4, 7).astype(int)]
    return tuple(int(np.flatnonzero(dark[:, column]).mean()) for column in chosen)


def test_the_same_seed_gives_the_same_picture() -> None:
    camera = Camera(lean=(5, 9), shadow=(0.2, 0.3), side=(700, 900))
    assert (seen(camera) == seen(camera)).all()
    assert seen(camera).shape != seen(camera, 4).shape


@pytest.mark.parametrize("fill", [0.8, 1.0])
def test_a_page_seen_from_above_stays_what_it_is(fill: float) -> None:
    picture = seen(Camera(fill=(fill, fill), side=(1000, 1000), desk=False))
    assert picture.shape[:2] == (1000, round(1000 * 595 / 842))
    rows = bar(picture)
    assert max(rows) - min(rows) <= 1
    assert rows[0] == pytest.approx(500 + 1000 * fill * (110 / 842 - 0.5), abs=2)


def test_leaning_shows_the_far_side_smaller_and_bending_bows_lines() -> None:
    leaning = bar(seen(Camera(lean=(14, 14), side=(1000, 1000), desk=False)))
    assert max(leaning) - min(leaning) > 4
    bent = bar(seen(Camera(curl=(0.08, 0.08), crest=(0.4, 0.4), side=(1000, 1000), desk=False)))
    chord = np.linspace(bent[0], bent[-1], len(bent))
    assert np.abs(np.array(bent) - chord).max() > 2


def test_two_pages_lie_side_by_side_on_a_desk_that_is_darker() -> None:
    picture = photographed(
        [PAGE, BACK], Camera(curl=(0.05, 0.05), side=(1200, 1200)), np.random.default_rng(1)
    )
    height, width = picture.shape[:2]
    assert width > height
    dark = (picture.max(axis=2) < 90)[height // 10 : height // 3]
    assert dark[:, width // 10 : width // 2].any()
    assert picture[2, 2].mean() < picture[height // 2, width // 4].mean()


def test_warm_light_takes_blue_and_shadow_takes_light() -> None:
    plain = seen(Camera(side=(500, 500), desk=False)).astype(int)
    warm = seen(Camera(warm=(0.2, 0.2), side=(500, 500), desk=False)).astype(int)
    assert (warm[..., 0] - warm[..., 2]).max() > 30
    assert (plain[..., 0] == plain[..., 2]).all()
    assert seen(Camera(shadow=(0.4, 0.4), side=(500, 500), desk=False)).mean() < plain.mean()
