"""What a fetch never had is news, and what it dropped is not."""

from __future__ import annotations

from stabilitydl.transfer.had import Had


def test_nothing_comes_twice_until_it_is_begun_again() -> None:
    """H10"""
    had = Had()
    assert had.count_new(0, 100) == 100
    had.came(0, 100)
    had.came(300, 400)
    assert had.count_new(100, 500) == 400
    had.begin_again()
    assert [had.count_new(*each) for each in [(0, 100), (50, 150), (100, 300), (0, 500)]] == [0, 50, 200, 300]
    had.came(0, 50)
    had.begin_again()
    assert had.count_new(0, 150) == 50, "who came less far this time has not forgotten"
    assert repr(had) == "<Had 200 bytes>"
