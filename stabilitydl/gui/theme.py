"""How the window looks: colours, fonts and the style sheet, for light and dark.

A `Theme` is one frozen value. `Appearance` holds the one that is shown, follows the system where the user wants that,
and tells everybody who paints by its signal ``changed``.

Widgets choose their look in the style sheet by properties, set with `mark`:

- ``role`` of a button: ``primary``, ``flat``, ``link``, ``tool``, ``tab`` or ``nav``; none is a plain button;
  ``arrow`` is the side at which it has the arrow of a menu;
- ``kind`` of a label: ``title``, ``section``, ``strong``, ``secondary``, ``small``, ``chip``, ``badge``, ``good``,
  ``attention`` or ``trouble``;
- ``surface`` of a frame: ``panel``, ``window``, ``sidebar`` or ``accent``; ``edge`` draws a line at its ``top``,
  ``bottom``, ``left`` or ``right``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ..paths import resource_path

STYLE_SHEET = "style/stabilitydl.qss"
SIGNS = ("down", "up", "chosen", "tick")
"""Pictures of the style sheet; each lies beside it once for each theme."""
_TOKEN = re.compile(r"@([a-z_]+)@")

SPACE = 8
"""Pixels between neighbours; gaps are multiples of 4."""
RADIUS = 6
PICTURE_RADIUS = 5
TOOLBAR_HEIGHT = 48
COLLECTION_ROW = 56
GROUP_ROW = 28
RESOURCE_ROW = 40
HEADER_HEIGHT = 28
TAB_HEIGHT = 38
ACTION_BAR_HEIGHT = 52
ACTIVITY_HEIGHT = 160
BODY_PIXELS = 13.0
SMALL_PIXELS = 11.5
TITLE_PIXELS = 17.0
SECTION_PIXELS = 11.0


class ThemeChoice(StrEnum):
    """What the user asks for. The value is kept in the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Theme:
    """All colours, as ``#rrggbb``.

    ``line`` parts areas, ``faint_line`` rows; ``focus`` frames a filled button that has the keyboard.
    ``good``, ``attention``, ``trouble`` and ``accent`` fill bars, marks and buttons; the ones with ``_text`` are for
    writing and keep a contrast of 4.5 on every surface that they are written on.
    """

    name: str
    window: str
    panel: str
    sidebar: str
    line: str
    faint_line: str
    text: str
    secondary: str
    accent: str
    accent_surface: str
    selection: str
    good: str
    attention: str
    trouble: str
    track: str
    on_accent: str
    accent_text: str
    good_text: str
    attention_text: str
    trouble_text: str
    disabled: str
    hover: str
    accent_hover: str
    accent_pressed: str
    badge: str
    dimmed: str
    focus: str

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def color(self, token: str) -> QColor:
        """The colour of a token. Raises AttributeError for one that does not exist."""
        return QColor(getattr(self, token))


LIGHT = Theme(
    name="light",
    window="#f6f7f9",
    panel="#ffffff",
    sidebar="#eef0f3",
    line="#dfe3e8",
    faint_line="#ebeef2",
    text="#1b1f24",
    secondary="#5d6773",
    accent="#2f6fdb",
    accent_surface="#e6effc",
    selection="#dce8fb",
    good="#1f8a4c",
    attention="#9a6700",
    trouble="#c93c37",
    track="#d9dee5",
    on_accent="#ffffff",
    accent_text="#2158b5",
    good_text="#176b3a",
    attention_text="#7d5300",
    trouble_text="#b02a25",
    disabled="#9aa3ad",
    hover="#f1f3f6",
    accent_hover="#2763c8",
    accent_pressed="#2056b1",
    badge="#d9dee5",
    dimmed="#8badea",
    focus="#0b2c66",
)

DARK = Theme(
    name="dark",
    window="#17191c",
    panel="#1e2125",
    sidebar="#1a1c20",
    line="#30343a",
    faint_line="#282c31",
    text="#e7eaee",
    secondary="#9aa4af",
    accent="#6ea8ff",
    accent_surface="#1f3350",
    selection="#243a5c",
    good="#57c785",
    attention="#e0b34c",
    trouble="#ff7b72",
    track="#353a41",
    on_accent="#0f1722",
    accent_text="#8bb9ff",
    good_text="#57c785",
    attention_text="#e0b34c",
    trouble_text="#ff8b83",
    disabled="#626b75",
    hover="#25292e",
    accent_hover="#86b7ff",
    accent_pressed="#9bc3ff",
    badge="#353a41",
    dimmed="#5470a3",
    focus="#e7f0ff",
)

THEMES = (LIGHT, DARK)
SURFACES = ("window", "panel", "sidebar", "hover", "accent_surface", "selection")
TEXTS = ("text", "secondary", "accent_text", "good_text", "attention_text", "trouble_text")
TEXT_PAIRS = (
    *((text, surface) for text in TEXTS for surface in SURFACES),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
    ("text", "badge"),
)
"""Every pair of colours in which the window writes: text, and what lies below it."""


def palette(theme: Theme) -> QPalette:
    """The colours for everything that the style sheet leaves to Qt's own style."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.window,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.secondary,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.panel,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent_text,
        QPalette.ColorRole.LinkVisited: theme.accent_text,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Light: theme.panel,
        QPalette.ColorRole.Midlight: theme.window,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line,
        QPalette.ColorRole.Shadow: theme.line,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.disabled))
    return made


def style_sheet(theme: Theme) -> str:
    """The style sheet of ``resources/`` with its ``@token@`` words replaced. Raises KeyError for an unknown one."""
    values = {field.name: str(getattr(theme, field.name)) for field in fields(theme)}
    for name, pixels in (
        ("body_pt", BODY_PIXELS),
        ("small_pt", SMALL_PIXELS),
        ("title_pt", TITLE_PIXELS),
        ("section_pt", SECTION_PIXELS),
    ):
        values[name] = f"{points(pixels):.3f}"
    for sign in SIGNS:
        values[sign] = resource_path(f"style/{sign}-{theme.name}.svg").as_posix()
    text = resource_path(STYLE_SHEET).read_text(encoding="utf-8")
    return _TOKEN.sub(lambda match: values[match.group(1)], text)


def points(pixels: float) -> float:
    """Pixels as points of the screen. Fonts take whole pixels or any points, and half a pixel is worth having."""
    screen = QGuiApplication.primaryScreen()
    return pixels * 72 / (screen.logicalDotsPerInchY() if screen else 96)


class Fonts:
    """The platform's font in the sizes of the window, with figures of equal width."""

    def __init__(self, base: QFont) -> None:
        self.body = _sized(base, BODY_PIXELS)
        self.strong = _sized(base, BODY_PIXELS, QFont.Weight.DemiBold)
        self.medium = _sized(base, BODY_PIXELS, QFont.Weight.Medium)
        self.small = _sized(base, SMALL_PIXELS)
        self.small_strong = _sized(base, SMALL_PIXELS, QFont.Weight.DemiBold)
        self.title = _sized(base, TITLE_PIXELS, QFont.Weight.DemiBold)
        self.link = QFont(self.small)
        self.link.setUnderline(True)


def _sized(base: QFont, pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(base)
    font.setPointSizeF(points(pixels))
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Appearance(QObject):
    """The look that is shown. ``changed`` tells that colours or fonts are others now."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = ThemeChoice.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._base = QGuiApplication.font()
        self._applied: Theme | None = None
        self.theme = self._wanted()
        self.fonts = Fonts(self._base)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self._choice = choice
        self._follow()

    def apply(self) -> None:
        """Give the whole application this look. Called once; later changes follow by themselves."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if self._applied is None:
            application.setStyle("Fusion")
            application.setFont(self.fonts.body)
        self._applied = self.theme
        application.setPalette(palette(self.theme))
        application.setStyleSheet(style_sheet(self.theme))

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted == self.theme:
            return
        self.theme = wanted
        if self._applied is not None:
            self.apply()
        self.changed.emit()

    def _wanted(self) -> Theme:
        if self._choice is ThemeChoice.SYSTEM:
            return DARK if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._choice is ThemeChoice.DARK else LIGHT

    def __repr__(self) -> str:
        return f"<Appearance {self._choice} {self.theme.name}>"


def mark(widget: QWidget, **properties: str) -> None:
    """Set properties that the style sheet asks for, and show the look that follows from them."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        # Others ask the style sheet when they are first shown.
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


def contrast(first: str, second: str) -> float:
    """How well two colours can be told apart, from 1 to 21.

    The formula is the one of the Web Content Accessibility Guidelines 2, which ask for 4.5 in text of normal size.
    """
    lighter, darker = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
