from __future__ import annotations

import pytest

from stabilitydl.demo.trouble import Trouble, spread


@pytest.mark.parametrize("files", [*range(1, 100), 500, 2000])
def test_most_of_a_pack_is_plainly_fine(files: int) -> None:
    troubles = spread(files)
    assert len(troubles) <= 0.4 * files
    assert all(0 < place < files and place - 1 not in troubles for place in troubles)


@pytest.mark.parametrize("files", [30, 80])
def test_a_pack_has_every_trouble(files: int) -> None:
    assert set(spread(files).values()) == set(Trouble)


def test_the_usual_pack_has_each_trouble_twice() -> None:
    places = list(spread(80).values())
    assert {trouble: places.count(trouble) for trouble in Trouble} == dict.fromkeys(Trouble, 2)


def test_five_troubles_end_well() -> None:
    assert {trouble for trouble in Trouble if trouble.is_fine} == {
        Trouble.NO_CHECKSUM,
        Trouble.DROPS,
        Trouble.TWIN,
        Trouble.NO_ETAG,
        Trouble.SLOW_START,
    }
