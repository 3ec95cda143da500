"""The first bytes of a file, watched as they come, in as many pieces as a server likes."""

from __future__ import annotations

from ..domain.chunk import Chunk
from ..errors import LfsPointer, WebPage
from .body import Body
from .order import Order
from .sniff import SNIFFED, is_lfs_pointer, is_web_page


class Beginning:
    """What came so far of the first `SNIFFED` bytes of the file of ``order``."""

    def __init__(self, order: Order) -> None:
        self._resource = order.resource
        self._bytes = b""

    def look(self, body: Body, chunk: Chunk, offset: int, size: int | None) -> None:
        """``chunk`` came for ``offset`` and is not written yet; ``size`` is that of the file in bytes, where known.

        Raises WebPage or LfsPointer when the file begins like one.
        """
        if offset == 0:
            self._bytes = b""
        elif offset != len(self._bytes) or offset >= SNIFFED:
            return
        self._bytes += chunk[: SNIFFED - offset]
        if is_web_page(self._resource.path, "", self._bytes):
            raise WebPage(host=body.host)
        if is_lfs_pointer(self._bytes, size, self._resource.size):
            raise LfsPointer(host=body.host)

    def __repr__(self) -> str:
        return f"<Beginning {len(self._bytes)} bytes>"
