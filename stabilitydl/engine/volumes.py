"""Volumes that come and go: nothing is ever written to where one should be and is not.

A folder on a volume that can be taken away is remembered together with the place where the volume was mounted. As
long as nothing is mounted there, the folder is not touched: it would lie on the volume below.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import VolumeMissing
from ..mounts import MountList, mount_of
from .recorder import Recorder

_ANY = "any"


class Volumes:
    """Asks the system's list of mounts, and remembers in the store."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._places: dict[str, str] | None = None
        self._mounts = MountList()
        self._seen = self._mounts.now()
        self._there: set[Path] = set()

    async def require(self, folder: Path) -> None:
        """Return when the volume of ``folder`` is there. Raises VolumeMissing, StoreError."""
        found = self._mounts.now()
        if found is not self._seen:
            self._seen = found
            self._there.clear()
        if folder in self._there:
            return
        places = await self._remembered()
        known = places.get(str(folder))
        if known is not None and all(mount.place != known for mount in found):
            raise VolumeMissing(path=known)
        mount = mount_of(folder / _ANY, found)
        if mount.may_go and mount.place != known:
            places[str(folder)] = mount.place
            await self._recorder.commit(lambda ledger: ledger.store.set_volume(str(folder), mount.place))
        if found is self._seen:
            self._there.add(folder)

    def place_of(self, path: Path) -> str:
        """Where the volume is mounted that ``path`` lies on or will be created on. Asks no volume."""
        return mount_of(path, self._mounts.now()).place

    async def is_gone(self, folder: Path) -> bool:
        """Was the volume of ``folder`` taken away?"""
        known = (await self._remembered()).get(str(folder))
        return known is not None and all(mount.place != known for mount in self._mounts.now())

    def close(self) -> None:
        """Watch the mounts no more."""
        self._mounts.close()

    async def _remembered(self) -> dict[str, str]:
        if self._places is None:
            self._places = await self._recorder.ask(lambda ledger: ledger.store.volumes())
        return self._places

    def __repr__(self) -> str:
        return f"<Volumes {self._places or {}}>"
