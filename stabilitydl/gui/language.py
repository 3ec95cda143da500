"""The language of the window, chosen at run time.

Translations are Qt's compiled files in ``resources/translations``: ``stabilitydl_LOCALE.qm``. English is what the
program is written in and needs none. Qt brings its own texts (standard buttons, menus of fields) in
``qtbase_LOCALE.qm``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtGui import QGuiApplication

from ..paths import resource_path

SYSTEM = ""
ENGLISH = "en"
_FOLDER = "translations"
_FILE = re.compile(r"stabilitydl_(\w+)\.qm")
_NAMES: Mapping[str, str] = {"zh_CN": "简体中文", "zh_TW": "繁體中文"}


def available() -> dict[str, str]:
    """All languages of the window by locale, in their own words; English first."""
    found = {ENGLISH: "English"}
    for path in sorted(_folder().glob("stabilitydl_*.qm")):
        match = _FILE.fullmatch(path.name)
        if match:
            locale = match.group(1)
            found[locale] = _NAMES.get(locale) or QLocale(locale).nativeLanguageName() or locale
    return found


def best(wanted: Sequence[str], offered: Sequence[str]) -> str:
    """The locale of ``offered`` that comes nearest to the first of ``wanted`` that has one; English else.

    ``wanted`` are names such as ``zh-Hans-CN``, ``zh_CN`` or ``de``, most wanted first.
    """
    for name in wanted:
        parts = re.split(r"[-_]", name)
        for offer in offered:
            language, _, region = offer.partition("_")
            if parts[0].lower() != language.lower():
                continue
            if not region or len(parts) == 1 or _writes_like(region, parts[1:]):
                return offer
    return ENGLISH


class Language(QObject):
    """Installs translations in the application. Widgets hear of it by Qt's LanguageChange event."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._translators: list[QTranslator] = []
        self._locale = ENGLISH

    @property
    def locale(self) -> str:
        """The locale that is shown now."""
        return self._locale

    def choose(self, choice: str = SYSTEM) -> None:
        """Show the language of a locale, or of the system; English where there is no translation of it."""
        offered = list(available())
        locale = best(QLocale.system().uiLanguages() if choice == SYSTEM else [choice], offered)
        if locale == self._locale:
            return
        self.remove()
        self._locale = locale
        if locale != ENGLISH:
            self._install(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{locale}")
            self._install(str(_folder()), f"stabilitydl_{locale}")
        QGuiApplication.setLayoutDirection(_direction(locale))
        self.changed.emit()

    def remove(self) -> None:
        """Back to English."""
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators = []
        self._locale = ENGLISH

    def _install(self, folder: str, name: str) -> None:
        translator = QTranslator(self)
        if translator.load(name, folder):
            QCoreApplication.installTranslator(translator)
            self._translators.append(translator)

    def __repr__(self) -> str:
        return f"<Language {self._locale}>"


def _direction(locale: str) -> Qt.LayoutDirection:
    return QLocale(locale).textDirection()


def _writes_like(region: str, parts: Sequence[str]) -> bool:
    """Does somebody who asks for ``parts`` (script, region) read what is written for ``region``?"""
    names = {part.lower() for part in parts}
    if region == "CN":
        return not names & {"hant", "tw", "hk", "mo"}
    if region == "TW":
        return bool(names & {"hant", "tw", "hk", "mo"})
    return region.lower() in names


def _folder() -> Path:
    return resource_path(_FOLDER)
