"""Which bytes of a file a fetch had already, be it that it dropped them since: only what it never had is news. Pure."""

from __future__ import annotations

from ..domain.ranges import Ranges


class Had:
    """A fetch begins again when it drops what is there, or a part of it; until then no byte comes twice."""

    def __init__(self) -> None:
        self._before = Ranges()
        self._all = Ranges()

    def begin_again(self) -> None:
        """What came so far may come once more from now on."""
        self._before = self._all

    def came(self, start: int, stop: int) -> None:
        """An answer brought the bytes from ``start`` to before ``stop``."""
        self._all = self._all.add(start, stop)

    def count_new(self, start: int, stop: int) -> int:
        """How many of these bytes did not come before the fetch began again the last time."""
        if not self._before:
            return stop - start
        return Ranges([(start, stop)]).without(self._before).total

    def __repr__(self) -> str:
        return f"<Had {self._all.total} bytes>"
