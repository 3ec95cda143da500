"""What the window remembers between two starts: its place and the choices made in it. Nothing of it is a setting."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

T = TypeVar("T", bound=StrEnum)


class Memory:
    """A small file in the settings folder; a damaged or missing one means defaults."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._values = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    def bytes(self, name: str) -> QByteArray | None:
        """A geometry or state that Qt made."""
        value = self._values.value(name)
        return value if isinstance(value, QByteArray) else None

    def text(self, name: str, default: str = "") -> str:
        value = self._values.value(name, default)
        return value if isinstance(value, str) else default

    def flag(self, name: str, default: bool) -> bool:
        return self.text(name, "yes" if default else "no") == "yes"

    def number(self, name: str, default: int) -> int:
        text = self.text(name)
        return int(text) if text.removeprefix("-").isdecimal() else default

    def choice(self, name: str, kind: type[T], default: T) -> T:
        """A member of an enumeration of texts; one that is not known means the default."""
        try:
            return kind(self.text(name))
        except ValueError:
            return default

    def remember(self, name: str, value: QByteArray | str | bool) -> None:
        """Keep ``value``."""
        self._values.setValue(name, ("yes" if value else "no") if isinstance(value, bool) else value)

    def save(self) -> None:
        """Write the file."""
        self._values.sync()
