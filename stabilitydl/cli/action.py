"""What reading the arguments leads to: something that is ready to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..paths import Paths

PROGRAM = "stabilitydl"

Action = Callable[[Paths], int]
"""A command that is ready to run; it returns the exit code."""

OpenWindow = Callable[[Sequence[str]], int]
"""Opens the window on some locators and returns the exit code; it is handed in, because nothing here knows it."""
