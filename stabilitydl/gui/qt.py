"""What Qt and Python leave open between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):
        """Say that ``method`` overrides one of Qt, whose spelling it therefore has to keep."""
        return method


AnyIndex = QModelIndex | QPersistentModelIndex
"""What Qt may pass where it documents a model index."""

NO_INDEX = QModelIndex()
"""The index of nothing: the parent of all rows at the top."""

__all__ = ["NO_INDEX", "AnyIndex", "override"]
