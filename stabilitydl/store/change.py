"""A new state of one resource, as a value."""

from __future__ import annotations

import msgspec

from ..domain.checksum import Verification
from ..domain.resource import Wait
from ..domain.states import State
from ..errors import Problem


class Change(msgspec.Struct, frozen=True):
    """What ``Store.apply`` writes. ``problem`` and ``wait`` always replace; None in any other field leaves it.

    ``received`` and ``file_size`` are bytes, ``file_mtime`` nanoseconds; ``blocks`` are the digests of the blocks of
    the file with this ``sha256``, if there are any.
    """

    id: str
    state: State
    received: int | None = None
    problem: Problem | None = None
    wait: Wait | None = None
    verification: Verification | None = None
    sha256: str | None = None
    file_size: int | None = None
    file_mtime: int | None = None
    blocks: bytes = b""
