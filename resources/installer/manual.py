"""The manual pages, written from the command line's own help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import source
from .commands import Command, Option

_EXIT_CODES = (
    ("0", "Everything that was asked for is here."),
    ("1", "At least one file failed, is blocked or gone; the others are here."),
    ("2", "Bad usage, or a locator that nobody understands."),
    ("3", "Nothing matched."),
    ("130", "Interrupted."),
)
_VARIABLES = (
    ("STABILITYDL_HOME", "A folder for everything: models, list, settings and cache."),
    ("CIVITAI_API_TOKEN, HF_TOKEN, MODELSCOPE_API_TOKEN", "Tokens of hubs, where the keyring has none."),
    ("CIVITAI_ENDPOINT, HF_ENDPOINT, MODELSCOPE_ENDPOINT", "Another server of a hub."),
    ("SSL_CERT_FILE", "The certificates to trust, instead of those of the system."),
    ("http_proxy, https_proxy, all_proxy, NO_PROXY", "Proxies, and what is reached without them."),
    ("NO_COLOR", "No colours."),
)
_FILES = (
    ("~/Models", "The models, unless --to or the settings name another folder."),
    ("~/.config/stabilitydl/settings.toml", "The settings."),
    ("~/.local/share/stabilitydl", "List, history, locks and logs."),
)


def page(root: Command, commands: Iterable[Command]) -> str:
    """``stabilitydl(1)`` as roff."""
    return "\n".join(_page(root, list(commands))) + "\n"


def window_page() -> str:
    """``stabilitydl-window(1)`` as roff."""
    lines = [
        *_head("stabilitydl-window", "window of the download manager for AI models"),
        ".SH SYNOPSIS",
        ".B stabilitydl-window",
        ".RI [ LOCATOR ...]",
        ".SH DESCRIPTION",
        _text("Opens the window, and shows the plan of what the locators name. A second start brings the first window")
        + " "
        + _text("to the front. A LOCATOR is the same as for stabilitydl get, or a stabilitydl:// link."),
        ".SH SEE ALSO",
        ".BR stabilitydl (1)",
    ]
    return "\n".join(lines) + "\n"


def _page(root: Command, commands: list[Command]) -> Iterator[str]:
    yield from _head(root.name, "download manager for packs of AI model files")
    yield ".SH SYNOPSIS"
    yield rf"\fB{root.name}\fR {_text(root.usage)}"
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate(root.help.split("\n\n")):
        if number:
            yield ".PP"
        yield _text(paragraph)
    yield ".PP"
    yield _text("Without a command the window opens, where there is a display.")
    yield ".SH OPTIONS"
    yield from _options(root.options)
    yield ".SH COMMANDS"
    for command in commands:
        yield f".SS {_text(command.name)} {_text(command.usage)}"
        yield _text(command.help)
        yield from _options(command.options)
    for title, rows in (("EXIT STATUS", _EXIT_CODES), ("ENVIRONMENT", _VARIABLES), ("FILES", _FILES)):
        yield f".SH {title}"
        for name, text in rows:
            yield from (".TP", rf"\fB{_text(name)}\fR", _text(text))
    yield ".SH EXAMPLES"
    for words in ("demo", "plan OWNER/NAME", "get OWNER/NAME --include '*.safetensors' --to models", "resume"):
        yield from (".TP", rf"\fB{_text(f'{root.name} {words}')}\fR")
    yield ".SH SEE ALSO"
    yield ".BR stabilitydl-window (1)"


def _head(name: str, purpose: str) -> Iterator[str]:
    yield f'.TH {name.upper()} 1 "{source.date()}" "stabilitydl {source.version()}" "User Commands"'
    yield ".SH NAME"
    yield rf"{_text(name)} \- {purpose}"


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        names = ", ".join(rf"\fB{_text(name)}\fR" for name in option.names)
        yield ".TP"
        yield names + (rf" \fI{_text(option.metavar)}\fR" if option.metavar else "")
        yield _text(option.help)


def _text(text: str) -> str:
    """Plain text as roff: no hyphen becomes a dash, and no line is taken for a command."""
    flat = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{flat}" if flat.startswith((".", "'")) else flat
