"""What can be wanted of some children, from wherever in the window it is wanted: bar, menu, header, row or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class ResourceWishes(QObject):
    """Each signal carries the ids that it is about, and is emitted by whatever the user pressed.

    ``remove`` says besides whether the files go too, ``rank`` 1 for earlier, -1 for later and 0 for as usual, ``limit``
    bytes per second. ``open``, ``folder`` and ``page`` carry one id, and ``act`` one with the `RowAction` that its row
    offers.
    """

    download = Signal(object)
    pause = Signal(object)
    resume = Signal(object)
    retry = Signal(object)
    elsewhere = Signal(object)
    keep = Signal(object)
    cancel = Signal(object)
    remove = Signal(object, bool)
    rank = Signal(object, int)
    limit = Signal(object, object)
    other_limit = Signal(object)
    open = Signal(str)
    folder = Signal(str)
    page = Signal(str)
    act = Signal(str, object)
