from __future__ import annotations

import pytest

from stabilitydl.demo.pictures import LARGEST_SIDE, landscape

from .reader import read_png


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 3), (96, 96), (121, 160)])
def test_pictures_are_valid_png(width: int, height: int) -> None:
    assert read_png(landscape("seed", width, height))[:2] == (width, height)


def test_a_picture_has_many_colours() -> None:
    _, _, rows = read_png(landscape("seed", 120, 160))
    assert len({row[place : place + 3] for row in rows for place in range(0, len(row), 3)}) > 150


def test_a_row_has_one_colour_for_the_sky_the_sun_and_each_hill() -> None:
    for seed in range(5):
        _, _, rows = read_png(landscape(str(seed), 121, 160))
        for row in rows:
            assert len({row[place : place + 3] for place in range(0, len(row), 3)}) <= 5


def test_every_seed_has_a_picture_of_its_own() -> None:
    assert len({landscape(str(seed), 48, 64) for seed in range(80)}) == 80
    assert landscape("1", 48, 64) == landscape("1", 48, 64)


def test_pictures_stay_small() -> None:
    width, height, _ = read_png(landscape("seed", 10**9, -5))
    assert (width, height) == (LARGEST_SIDE, 1)
    assert len(landscape("seed", 480, 640)) < 20_000
