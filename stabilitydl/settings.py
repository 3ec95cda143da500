"""The user's settings: one TOML file, every field with a type, a default, bounds and a help text."""

from __future__ import annotations

import contextlib
import os
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
import tomli_w

from .errors import SettingsPutAside, SettingsUnreadable
from .hosts import host_name, proxy_fault
from .text import plain

MIB = 1024 * 1024
_LONGEST = MIB
"""Bytes of a settings file; a longer one is none of ours."""


class Section(StrEnum):
    """Where a setting stands among the others."""

    DOWNLOADS = "downloads"
    NETWORK = "network"
    WINDOW = "window"


class Unit(StrEnum):
    """What a value means beyond its type."""

    NONE = ""
    RATE = "rate"
    FOLDER = "folder"
    LANGUAGE = "language"
    PROXY = "proxy"


StartOrder = Literal["in-order", "small-first", "nearly-done-first"]
"""Which queued file starts next, among those of one priority: the one that was queued first, the smallest, or the one
that was begun and has the fewest bytes left."""


def _about(
    title: str,
    description: str,
    section: Section,
    unit: Unit = Unit.NONE,
    *,
    ge: int | None = None,
    le: int | None = None,
) -> msgspec.Meta:
    return msgspec.Meta(title=title, description=description, extra={"section": section, "unit": unit}, ge=ge, le=le)


START_ORDERS: tuple[StartOrder, ...] = get_args(StartOrder)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """All settings. Rates are bytes per second, 0 meaning no limit.

    ``proxy`` is empty for that of the system, ``none``, or an address without name and password: this is a file that
    anybody may read. Raises ValueError for values that cannot be.
    """

    libraries: Annotated[
        tuple[str, ...],
        _about(
            "Library folders",
            "Where models are kept. The first one is taken unless you choose another; without any it is the default"
            " folder.",
            Section.DOWNLOADS,
            Unit.FOLDER,
        ),
    ] = ()
    jobs: Annotated[
        int, _about("Files at once", "How many files are downloaded at the same time", Section.DOWNLOADS, ge=1, le=64)
    ] = 4
    order: Annotated[
        StartOrder,
        _about(
            "Order of the files",
            "Which of the waiting files starts next. Files that were told to start earlier always do.",
            Section.DOWNLOADS,
        ),
    ] = "in-order"
    connections: Annotated[
        int, _about("Connections per file", "How many connections one file may use", Section.DOWNLOADS, ge=1, le=16)
    ] = 4
    rate_limit: Annotated[
        int,
        _about(
            "Speed limit",
            "For everything together; 0 means no limit",
            Section.DOWNLOADS,
            Unit.RATE,
            ge=0,
        ),
    ] = 0
    host_connections: Annotated[
        int,
        _about(
            "Connections per server", "How many connections there may be to one server", Section.NETWORK, ge=1, le=64
        ),
    ] = 8
    host_budgets: Annotated[
        dict[str, Annotated[int, msgspec.Meta(ge=1, le=64)]],
        _about(
            "Connections to single servers",
            "Instead of the number above, for a server and those below it, as civitai.com is above b2.civitai.com.",
            Section.NETWORK,
        ),
    ] = {}
    host_limits: Annotated[
        dict[str, Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]],
        _about(
            "Limits of single servers",
            "For what comes from a server, from those below it, and from where they send us, all together.",
            Section.NETWORK,
            Unit.RATE,
        ),
    ] = {}
    total_connections: Annotated[
        int,
        _about(
            "Connections in all",
            "How many connections there may be to all servers together",
            Section.NETWORK,
            ge=1,
            le=256,
        ),
    ] = 16
    proxy: Annotated[
        str,
        _about(
            "Proxy",
            "What servers are reached through, as http://host:port or socks5://host:port. Servers that NO_PROXY names"
            " are asked directly.",
            Section.NETWORK,
            Unit.PROXY,
        ),
    ] = ""
    theme: Annotated[Literal["system", "light", "dark"], _about("Theme", "Colours of the window", Section.WINDOW)] = (
        "system"
    )
    language: Annotated[
        str, _about("Language", "Language of the window; empty means that of the system", Section.WINDOW, Unit.LANGUAGE)
    ] = ""
    close_to_tray: Annotated[
        bool,
        _about("Close to the tray", "Closing the window keeps the downloads running in the tray", Section.WINDOW),
    ] = False
    notifications: Annotated[
        bool, _about("Notifications", "Tell when downloads are done or need attention", Section.WINDOW)
    ] = True
    watch_clipboard: Annotated[
        bool,
        _about(
            "Watch the clipboard", "Offer to add an address that is copied; nothing starts by itself", Section.WINDOW
        ),
    ] = False
    keep_awake: Annotated[
        bool, _about("Keep awake", "Keep the computer awake while files download", Section.WINDOW)
    ] = False

    def __post_init__(self) -> None:
        fault = proxy_fault(self.proxy)
        if fault is not None:
            raise ValueError(f"proxy: {fault}")
        for name in ("host_budgets", "host_limits"):
            for host in getattr(self, name):
                if host != host_name(host):
                    raise ValueError(f"{name}: “{plain(host, 100)}” is not the name of a server")

    def library_folders(self, default: Path) -> tuple[Path, ...]:
        """The absolute folders of the library, each once, the one to take first in front; ``default`` without any."""
        named = [Path(text.strip()).expanduser().absolute() for text in self.libraries if text.strip()]
        return tuple(dict.fromkeys(named)) or (default,)


Value = bool | int | str | tuple[str, ...] | dict[str, int]
Kind = type[bool | int | str] | type[tuple[str, ...]] | type[dict[str, int]]

_UNREADABLE = (OSError, ValueError, RecursionError, msgspec.ValidationError)
"""What reading a file may raise; errors of TOML and of UTF-8 are ValueErrors."""


@dataclass(frozen=True)
class Field:
    """What a form has to know about one setting.

    ``type`` is bool, int, str, tuple (several texts), or dict (a number for each host). ``low`` and ``high`` bound a
    number, both included. ``choices`` are all allowed values where there is a fixed set of them, else empty.
    """

    name: str
    title: str
    help: str
    section: Section
    unit: Unit
    type: Kind
    default: Value
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


def fields() -> tuple[Field, ...]:
    """All settings in the order in which they are declared."""
    kind = msgspec.inspect.type_info(Settings)
    assert isinstance(kind, msgspec.inspect.StructType)
    return tuple(_field(each) for each in kind.fields)


def _field(declared: msgspec.inspect.Field) -> Field:
    about = declared.type
    assert isinstance(about, msgspec.inspect.Metadata)
    words, extra, inner = about.extra_json_schema or {}, about.extra or {}, about.type
    kind = type(inner)
    types: dict[type, Kind] = {
        msgspec.inspect.BoolType: bool,
        msgspec.inspect.IntType: int,
        msgspec.inspect.StrType: str,
        msgspec.inspect.LiteralType: str,
        msgspec.inspect.VarTupleType: tuple,
        msgspec.inspect.DictType: dict,
    }
    number = inner.value_type if isinstance(inner, msgspec.inspect.DictType) else inner
    return Field(
        name=declared.name,
        title=words["title"],
        help=words["description"],
        section=extra["section"],
        unit=extra["unit"],
        type=types[kind],
        default=getattr(Settings(), declared.name),
        low=number.ge if isinstance(number, msgspec.inspect.IntType) else None,
        high=number.le if isinstance(number, msgspec.inspect.IntType) else None,
        # msgspec sorts the values of a Literal; people expect them as they were written.
        choices=get_args(get_type_hints(Settings)[declared.name]) if kind is msgspec.inspect.LiteralType else (),
    )


def load(path: Path) -> Settings:
    """Read the file, or the defaults where there is none.

    Raises SettingsUnreadable that names the file and the field when it cannot be read.
    """
    try:
        return msgspec.convert(_read(path), Settings)
    except FileNotFoundError:
        return Settings()
    except _UNREADABLE as error:
        raise SettingsUnreadable(path=str(path), detail=str(error)) from error


def recover(path: Path) -> tuple[Settings, SettingsUnreadable | None]:
    """The settings whatever the file holds, and what was wrong with it: unreadable settings never stop a start.

    Of a file with wrong values the others count; instead of one that cannot be read at all the copy of what was last
    saved counts, else the defaults. A bad file is put aside beside its place, so what is wrong is told once.
    """
    try:
        return load(path), None
    except SettingsUnreadable as error:
        problem = error
    settings = _good_fields(path)
    if settings is None:
        try:
            settings = load(_copy_of(path))
        except SettingsUnreadable:
            settings = Settings()
    if path.is_file():
        # Where it cannot be put aside it is told again the next time.
        with contextlib.suppress(OSError):
            aside = path.with_name(path.name + ".unreadable")
            path.replace(aside)
            problem = SettingsPutAside(**problem.arguments, aside=aside.name)
            save(path, settings)
    return settings, problem


def _read(path: Path) -> dict[str, Any]:
    # What is no file, such as a pipe, may have no end or no beginning.
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    with path.open("rb") as file:
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise ValueError("it is too long")
    found = tomllib.loads(data.decode("utf-8-sig"))
    # There was one library once.
    if "library" in found:
        found.setdefault("libraries", [found.pop("library")])
    return found


def _good_fields(path: Path) -> Settings | None:
    """The settings without the values that are wrong, None when the file cannot be read at all."""
    try:
        found = _read(path)
    except _UNREADABLE:
        return None
    settings = Settings()
    for name, value in found.items():
        with contextlib.suppress(msgspec.ValidationError):
            only = msgspec.convert({name: value}, Settings)
            if name in Settings.__struct_fields__:
                settings = msgspec.structs.replace(settings, **{name: getattr(only, name)})
    return settings


def _copy_of(path: Path) -> Path:
    return path.with_name(path.name + ".saved")


def save(path: Path, settings: Settings) -> None:
    """Write the fields that differ from the defaults, and a copy; each file changes at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    changed = {
        name: value
        for name, value in msgspec.to_builtins(settings).items()
        if getattr(settings, name) != getattr(Settings(), name)
    }
    for place in (path, _copy_of(path)):
        _write(place, changed)


def _write(path: Path, changed: dict[str, Any]) -> None:
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        tomli_w.dump(changed, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
