"""Which volume a path lies on, read from a list and asked of nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl import mounts as module
from stabilitydl.mounts import Mount, MountList, mount_of, mounts

LIST = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 8:17 / /media/usb\\040stick rw - vfat /dev/sdb1 rw
31 30 0:50 / /media/usb\\040stick/share rw - cifs //nas/models rw
32 22 0:51 / /mnt/a rw master:2 propagate_from:1 - fuse.sshfs host: rw
33 22 0:52 / /mnt/b rw - fuse.ntfs-3g /dev/sdc1 rw
34 22 0:53 / /mnt/b rw - btrfs /dev/sdd1 rw
"""


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(LIST)
    monkeypatch.setattr(module, "_LIST", path)
    return path


@pytest.mark.parametrize(
    ("path", "place", "kind"),
    [
        ("/", "/", "ext4"),
        ("/home/me/Models/x.bin", "/", "ext4"),
        ("/media/usb stick", "/media/usb stick", "vfat"),
        ("/media/usb stick/x/y", "/media/usb stick", "vfat"),
        ("/media/usb sticky/x", "/", "ext4"),
        ("/media/usb stick/share/m", "/media/usb stick/share", "cifs"),
        ("/media/usb stick/share/../m", "/media/usb stick", "vfat"),
        ("/mnt/b/x", "/mnt/b", "btrfs"),
    ],
)
def test_the_innermost_mount_counts_and_the_last_of_several(path: str, place: str, kind: str) -> None:
    assert mount_of(Path(path)) == Mount(place, kind)
    assert mount_of(Path(path), mounts()) == Mount(place, kind)


def test_what_lies_on_another_machine_and_what_can_be_taken_away() -> None:
    assert [mount.is_remote for mount in mounts()] == [False, False, True, True, False, False]
    assert [mount.may_go for mount in mounts()] == [False, True, True, True, True, True]


def test_where_there_is_no_such_list(table: Path) -> None:
    table.unlink()
    assert mounts() == []
    assert mount_of(Path("/home/x")) == Mount("/")
    assert not mount_of(Path("/home/x")).may_go


def test_the_list_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    if Path("/proc/self/mountinfo").exists():
        assert mount_of(Path("/proc/self")).kind == "proc"


class Poll:
    """What the system says about the list, as the test wants it."""

    changed = False

    def register(self, descriptor: int, events: int) -> None:
        pass

    def poll(self, timeout: int) -> list[tuple[int, int]]:
        return [(3, 2)] if self.changed else []


def test_the_list_is_read_again_only_when_it_changed(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = Poll()
    monkeypatch.setattr(module.select, "poll", lambda: poll)
    watched = MountList()
    first = watched.now()
    assert first == mounts()
    table.write_text(LIST.splitlines(keepends=True)[0])
    assert len(watched.now()) == 1, "it was not watched before"
    table.write_text(LIST)
    assert len(watched.now()) == 1
    poll.changed = True
    assert watched.now() == first
    assert watched.now() is watched.now(), "no other list where nothing was mounted"
    watched.close()
    watched.close()


def test_a_list_that_cannot_be_watched_is_always_looked_for(table: Path) -> None:
    table.unlink()
    watched = MountList()
    assert watched.now() == []
    assert watched.now() == []
    table.write_text(LIST)
    assert len(watched.now()) == 6
    assert repr(watched) == "<MountList of 6>"
    watched.close()
