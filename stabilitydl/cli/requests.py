"""What a command line asks for, as values: made by the arguments, carried out by the command modules."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from ..demo.plan import PackPlan
from ..domain.checksum import Checksum
from ..domain.states import Tab
from ..settings import StartOrder
from .filters import Filter


class GetRequest(Struct, frozen=True, kw_only=True):
    """``get``. ``to`` None means the library; ``rate`` is bytes per second; None leaves a setting as it is."""

    locators: Sequence[str]
    to: Path | None = None
    filter: Filter = field(default_factory=Filter)
    checksum: Checksum | None = None
    jobs: int | None = None
    connections: int | None = None
    order: StartOrder | None = None
    rate: int | None = None
    skip_blocked: bool = False
    json: bool = False
    yes: bool = False


class PlanRequest(Struct, frozen=True, kw_only=True):
    """``plan``. ``to`` None means the library."""

    locators: Sequence[str]
    to: Path | None = None
    filter: Filter = field(default_factory=Filter)
    json: bool = False


class ListRequest(Struct, frozen=True, kw_only=True):
    """``list``. ``collection`` is an id, the beginning of one, or a locator; None lists all."""

    collection: str | None = None
    tab: Tab = Tab.ALL
    json: bool = False


class Command(StrEnum):
    """What can be done to files that are on the list already."""

    RESUME = "resume"
    PAUSE = "pause"
    RETRY = "retry"
    REPAIR = "repair"
    CANCEL = "cancel"
    REMOVE = "remove"
    LIMIT = "limit"


class ControlRequest(Struct, frozen=True, kw_only=True):
    """``resume``, ``pause``, ``retry``, ``repair``, ``cancel``, ``remove``, ``limit``.

    No ``collections`` means all of them. ``rate`` is that of ``limit``, bytes per second for each file, 0 for no limit.
    """

    command: Command
    collections: Sequence[str] = ()
    filter: Filter = field(default_factory=Filter)
    with_files: bool = False
    rate: int = 0
    json: bool = False


class WeightRequest(Struct, frozen=True, kw_only=True):
    """``weight``: how many times the share of others these collections get."""

    collections: Sequence[str]
    weight: float


class VerifyRequest(Struct, frozen=True, kw_only=True):
    """``verify``. No ``collections`` means all of them."""

    collections: Sequence[str] = ()
    filter: Filter = field(default_factory=Filter)
    json: bool = False


class QuarantineRequest(Struct, frozen=True, kw_only=True):
    """``quarantine``. ``keep``, ``retry`` and ``elsewhere`` are names, or beginnings of ids: of files to be used all
    the same, to be fetched again, and to be fetched from another address. At most one of the choices is made."""

    empty: bool = False
    keep: Sequence[str] = ()
    retry: Sequence[str] = ()
    elsewhere: Sequence[str] = ()
    json: bool = False
    yes: bool = False


class LockRequest(Struct, frozen=True, kw_only=True):
    """``lock``. ``downloaded`` leaves out what is not here."""

    collection: str
    filter: Filter = field(default_factory=Filter)
    downloaded: bool = False


class LoginRequest(Struct, frozen=True, kw_only=True):
    """``login`` and ``logout``. ``hub`` None shows who is logged in."""

    hub: str | None
    out: bool = False


class DoctorRequest(Struct, frozen=True, kw_only=True):
    """``doctor``."""

    json: bool = False


class DemoRequest(Struct, frozen=True, kw_only=True):
    """``demo``. ``headless`` means: not even if there is a display."""

    plan: PackPlan
    headless: bool = False
    to: Path | None = None
    json: bool = False
