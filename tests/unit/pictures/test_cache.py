"""What is kept of pictures, and what becomes of it when the files are not what they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.pictures.cache import PictureCache
from stabilitydl.pictures.formats import LARGEST, is_picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_a_picture_is_kept_once_for_all_its_sources(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path)
    one = cache.keep("a", PNG, 5.0, etag='"x"')
    two = cache.keep("b", PNG, 6.0)
    assert one is not None
    assert two is not None
    assert one.content == two.content
    assert cache.look_up("a") == one
    assert cache.path(one.content).read_bytes() == PNG
    assert len(list(tmp_path.rglob(one.content))) == 1
    assert cache.look_up("c") is None


def test_that_there_is_no_picture_is_kept_too(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path)
    cache.keep("a", b"", 5.0)
    entry = cache.look_up("a")
    assert entry is not None
    assert (entry.content, entry.checked) == ("", 5.0)
    assert cache.confirm("a", entry, 9.0).checked == 9.0
    assert cache.look_up("a") == cache.confirm("a", entry, 9.0)


def test_files_that_were_changed_are_fetched_again(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path)
    entry = cache.keep("a", PNG, 5.0)
    assert entry is not None
    cache.path(entry.content).write_bytes(PNG[:50])
    assert cache.look_up("a") is None
    assert cache.keep("a", PNG, 6.0) is not None
    assert cache.path(entry.content).read_bytes() == PNG
    for source in tmp_path.rglob("*.json"):
        source.write_text("{")
    assert cache.look_up("a") is None


def test_what_cannot_be_written_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = PictureCache(tmp_path / "file")
    assert cache.keep("a", PNG, 5.0) is None
    assert cache.look_up("a") is None


def test_the_oldest_make_room(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path)
    kept = [cache.keep(str(number), PNG + bytes([number]), float(number)) for number in range(5)]
    assert all(kept)
    (tmp_path / "content" / "ab").mkdir(exist_ok=True)
    (tmp_path / "content" / "ab" / "stranger").write_bytes(b"x")
    cache.prune(2 * len(PNG) + 10)
    assert [cache.look_up(str(number)) is not None for number in range(5)] == [False, False, False, True, True]
    assert len([file for file in (tmp_path / "content").rglob("*") if file.is_file()]) == 2


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (PNG, True),
        (b"\xff\xd8\xff" + bytes(50), True),
        (b"GIF89a" + bytes(50), True),
        (b"RIFF\x00\x00\x00\x00WEBP" + bytes(50), True),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(50), False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", False),
        (b"<html>not found</html>" * 10, False),
        (b"\x89PNG\r\n\x1a\n", False),
        (PNG + bytes(LARGEST), False),
    ],
)
def test_what_is_a_picture(data: bytes, good: bool) -> None:
    """F17."""
    assert is_picture(data) is good
