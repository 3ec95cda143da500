"""A file in quarantine: its bytes arrived and are not what was promised."""

from __future__ import annotations

import msgspec

from ..errors import Problem


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is kept aside, with the reason. ``size`` is bytes on its volume.

    ``resource`` and ``collection`` are empty for a file that nothing on the list refers to any more: it was tried
    again with success, or its resource was removed.
    """

    path: str
    size: int
    name: str
    resource: str = ""
    collection: str = ""
    problem: Problem | None = None
