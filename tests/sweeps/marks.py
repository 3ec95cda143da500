"""Marks in the kernel's account: each function of ``os_posix`` asks for a name that is nowhere, first and last."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stabilitydl.disk import os_posix

ENTER, LEAVE = "/sweeps-enter", "/sweeps-leave"

_depth = threading.local()


def mark() -> None:
    """Wrap the functions of ``os_posix`` in this process."""
    for name, call in list(vars(os_posix).items()):
        if callable(call) and getattr(call, "__module__", "") == os_posix.__name__ and not name.startswith("_"):
            setattr(os_posix, name, _marked(call))


def _marked(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def marked(*args: Any) -> Any:
        _depth.value = getattr(_depth, "value", 0) + 1
        if _depth.value == 1:
            _show(ENTER)
        try:
            return call(*args)
        finally:
            _depth.value -= 1
            if _depth.value == 0:
                _show(LEAVE)

    return marked


def _show(path: str) -> None:
    Path(path).exists()
