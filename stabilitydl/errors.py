"""Every failure of the product, as a tree of exceptions and as a value.

An error has a stable ``code``, arguments, an English template and a remedy. Foreign exceptions are mapped onto
this tree where they enter (``http.client``, ``disk``, ``store``, ``hubs``), once.

::

    StabilityError
    |- InternalError                 a bug, or a foreign exception nobody mapped
    |- KeyringUnavailable            secrets cannot be kept on this system
    |- EngineStopped                 a command came before the engine ran, or after it ended
    |- EngineUnreachable  OtherVersion   another process runs the engine and cannot be joined
    |- HeldBack                      another process paused it or gave it up
    |- TwinComes                     another resource brings the same bytes
    |- UsageError                    what was typed cannot be used
    |  |- UnknownLocator  BadChecksum  BadNumber  BadListLine  BadListFile  ListEntryUnusable  UnknownCollection
    |  |- NothingMatched: FilterLeftNothing
    |  |- BadToken  TokenRefused     a login that cannot be one, or that the hub does not know
    |  |- UnsafeName                 a path that would leave its folder
    |- NetworkError                  no answer came; worth another try
    |  |- HostUnreachable  NameNotResolved  ConnectionLost  NetworkTimeout  StalledConnection
    |  |- TlsFailed  ProxyFailed     no try will help
    |- ServerError                   an answer came and it is no use
    |  |- ServerBusy  ServerFailed   worth another try
    |  |- NotFound  RemoteGone  LoginNeeded  AccessDenied  UnexpectedStatus
    |  |- BadAnswer  WrongRange  RangesUnusable  RemoteChanged  WebPage  CompressedAnswer  LfsPointer
    |  |- LengthUnknown  TooManyRedirects  UnsafeRedirect  PrivateAddress
    |- HubError                      the hub's own words
    |  |- HubAnswerUnreadable  PageNotFound  FlaggedFile  ListIncomplete  SecretMissing
    |  |- RevisionNotFound  RepositoryRenamed
    |  |- Blocked: GatedFile  EarlyAccess  PaidFile  UsageNotAllowed  ModelArchived  TakenDown
    |  |  |- DangerousFileType  BrowserOnly  NoWebSource  RepositoryHidden  RepositoryDisabled
    |- DiskError                     the local side
    |  |- NoSpace  NotWritable  VolumeReadOnly  VolumeMissing  DiskFault  TargetTaken  NameTooLong  FileTooLarge
    |  |- TooManyOpenFiles  PartChanged  PartInUse
    |- ContentError                  the bytes are not what was promised
    |  |- ChecksumMismatch  SizeMismatch
    |- StoreError
       |- StoreNewer  StoreDamaged  StoreRebuilt  StoreRemote  StoreBusy  StoreFull  StoreNotWritable
       |- NoLongerListed           a command came too late
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

import msgspec

from .text import format_bytes, format_duration, plain

Argument = str | int | float | None


class Remedy(StrEnum):
    """What the user can do about a failure. The value is part of the JSON contract."""

    NONE = "none"
    RETRY = "retry"
    LOG_IN = "log-in"
    WAIT = "wait"
    FREE_SPACE = "free-space"
    OPEN_PAGE = "open-page"
    OTHER_FILE = "other-file"
    CORRECT_INPUT = "correct-input"
    CONNECT_VOLUME = "connect-volume"
    CHECK_NETWORK = "check-network"
    CHECK_FOLDER = "check-folder"
    REPORT = "report"


REMEDIES: Mapping[Remedy, str] = {
    Remedy.NONE: "",
    Remedy.RETRY: "Try again.",
    Remedy.LOG_IN: "Log in to the hub, then try again.",
    Remedy.WAIT: "Wait; it goes on by itself.",
    Remedy.FREE_SPACE: "Free some space, then try again.",
    Remedy.OPEN_PAGE: "Open the page of the file to see what it asks for.",
    Remedy.OTHER_FILE: "Choose another file of the collection.",
    Remedy.CORRECT_INPUT: "Correct what was typed.",
    Remedy.CONNECT_VOLUME: "Connect the drive again.",
    Remedy.CHECK_NETWORK: "Check the network settings.",
    Remedy.CHECK_FOLDER: "Choose another folder, or change its permissions.",
    Remedy.REPORT: "Please report this.",
}


class Problem(msgspec.Struct, frozen=True):
    """A failure as a value: what crosses threads and processes and is kept in the store."""

    code: str
    arguments: dict[str, Argument] = {}

    @property
    def message(self) -> str:
        """The English sentence."""
        return render(template_of(self.code), self.arguments)

    @property
    def remedy(self) -> Remedy:
        kind = CODES.get(self.code)
        return kind.remedy if kind else Remedy.NONE


class StabilityError(Exception):
    """Parent of all errors. Keyword arguments fill the template; ``X_bytes`` and ``X_seconds`` are formatted."""

    code: ClassVar[str] = "error"
    template: ClassVar[str] = "Something went wrong."
    remedy: ClassVar[Remedy] = Remedy.NONE

    def __init__(self, **arguments: Argument) -> None:
        super().__init__()
        self.arguments = arguments

    def __init_subclass__(cls) -> None:
        known = CODES.setdefault(cls.code, cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__name__} and {known.__name__} share the code {cls.code!r}")

    def __str__(self) -> str:
        return render(self.template, self.arguments)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.arguments.items())})"

    @property
    def problem(self) -> Problem:
        """This error as a value."""
        return Problem(self.code, dict(self.arguments))


CODES: dict[str, type[StabilityError]] = {}


def template_of(code: str) -> str:
    """The English template of ``code``; a general sentence for a code that a newer version wrote."""
    kind = CODES.get(code)
    return kind.template if kind else StabilityError.template


def render(template: str, arguments: Mapping[str, Argument]) -> str:
    """Fill a template (English or translated). Text from outside is made safe to print; missing ones show ``?``."""
    return template.format_map(_Shown({name: _show(name, value) for name, value in arguments.items()}))


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _show(name: str, value: Argument) -> str:
    if isinstance(value, str):
        # A hint is our own text, which lists everything that is accepted.
        return plain(value, 1500) if name == "hint" else plain(value)
    if name.endswith("_bytes"):
        return format_bytes(value)
    if name.endswith("_seconds"):
        return format_duration(value)
    return "?" if value is None else str(value)


class InternalError(StabilityError):
    """A bug, or a foreign exception that nobody mapped."""

    code = "internal"
    template = "Something unexpected happened: {detail}."
    remedy = Remedy.REPORT


class KeyringUnavailable(StabilityError):
    """The keyring of the system is absent, locked, forbidden, or does not answer."""

    code = "keyring-unavailable"
    template = "The keyring of this system cannot be used: {detail}."
    remedy = Remedy.NONE


class EngineStopped(StabilityError):
    """A command came before the engine ran, or after it ended."""

    code = "engine-stopped"
    template = "The downloads are not running."
    remedy = Remedy.RETRY


class EngineUnreachable(StabilityError):
    """Another process holds the engine lock and does not answer. ``pid`` is None when it does not say who it is."""

    code = "engine-unreachable"
    template = "Another stabilitydl (process {pid}) runs the downloads of {path} and does not answer."
    remedy = Remedy.RETRY


class OtherVersion(StabilityError):
    """The engine runs in a process of another version of the program."""

    code = "other-version"
    template = "Version {version} of stabilitydl is running (process {pid}); close it first."
    remedy = Remedy.RETRY


class HeldBack(StabilityError):
    """A file was paused, given up or removed by another process while a command waited for it."""

    code = "held-back"
    template = "It was paused or given up from another window or terminal."
    remedy = Remedy.RETRY


class UsageError(StabilityError):
    """What was typed cannot be used."""

    code = "usage"
    template = "{detail}"
    remedy = Remedy.CORRECT_INPUT


class UnknownLocator(UsageError):
    """No hub recognises a locator."""

    code = "unknown-locator"
    template = "Cannot tell what “{locator}” is. {hint}"
    remedy = Remedy.CORRECT_INPUT


class BadChecksum(UsageError):
    """A checksum that is not ALGORITHM:HEX."""

    code = "bad-checksum"
    template = "“{text}” is not a checksum; write it as sha256: and 64 hexadecimal digits."
    remedy = Remedy.CORRECT_INPUT


class BadNumber(UsageError):
    """A number, size or rate that cannot be read."""

    code = "bad-number"
    template = "“{text}” is not a valid {what}."
    remedy = Remedy.CORRECT_INPUT


class BadListLine(UsageError):
    """One line of a list file cannot be used; the others go on."""

    code = "bad-list-line"
    template = "{file}, line {line}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class BadListFile(UsageError):
    """A list file cannot be read at all."""

    code = "bad-list-file"
    template = "Cannot read the list {file}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class ListEntryUnusable(UsageError):
    """One entry of a lockfile or metalink cannot be used; the others go on."""

    code = "list-entry-unusable"
    template = "{file}, file {entry}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class UnknownCollection(UsageError):
    """No collection, or more than one, has this id or locator."""

    code = "unknown-collection"
    template = "No collection matches “{name}”."
    remedy = Remedy.CORRECT_INPUT


class NothingMatched(UsageError):
    """Filters left nothing."""

    code = "nothing-matched"
    template = "Nothing matches; there are {count} other files."
    remedy = Remedy.CORRECT_INPUT


class FilterLeftNothing(NothingMatched):
    """One filter alone left nothing. ``found`` names what there is."""

    code = "filter-left-nothing"
    template = "No file has the {what} “{wanted}”; there are: {found}."
    remedy = Remedy.CORRECT_INPUT


class BadToken(UsageError):
    """A token that cannot be one: blanks, control characters, other alphabets, thousands of characters."""

    code = "bad-token"
    template = "This cannot be a token of {hub}; copy it again from the site."
    remedy = Remedy.CORRECT_INPUT


class TokenRefused(UsageError):
    """The hub does not know a token."""

    code = "token-refused"
    template = "{hub} does not accept this token; make a new one on its site."
    remedy = Remedy.LOG_IN


class UnsafeName(UsageError):
    """A path that would leave its folder."""

    code = "unsafe-name"
    template = "The name “{name}” would leave the folder of the collection and is refused."
    remedy = Remedy.OTHER_FILE


class NetworkError(StabilityError):
    """No answer came; another try may help."""

    code = "network"
    template = "The connection to {host} failed: {detail}."
    remedy = Remedy.RETRY


class HostUnreachable(NetworkError):
    """No connection could be opened."""

    code = "host-unreachable"
    template = "Cannot connect to {host}."
    remedy = Remedy.RETRY


class NameNotResolved(NetworkError):
    """The resolver has no address for a host."""

    code = "name-not-resolved"
    template = "The address of {host} cannot be found."
    remedy = Remedy.CHECK_NETWORK


class ConnectionLost(NetworkError):
    """The peer closed, reset or cut the connection."""

    code = "connection-lost"
    template = "The connection to {host} was lost."
    remedy = Remedy.RETRY


class NetworkTimeout(NetworkError):
    """A connect or read took too long."""

    code = "network-timeout"
    template = "{host} did not answer in time."
    remedy = Remedy.RETRY


class StalledConnection(NetworkError):
    """A connection trickles."""

    code = "stalled"
    template = "{host} sends almost nothing any more."
    remedy = Remedy.RETRY


class TlsFailed(NetworkError):
    """The certificate or the handshake was refused."""

    code = "tls-failed"
    template = "The identity of {host} cannot be confirmed: {detail}."
    remedy = Remedy.CHECK_NETWORK


class ProxyFailed(NetworkError):
    """A proxy refused or is set up wrongly."""

    code = "proxy-failed"
    template = "The proxy does not work: {detail}."
    remedy = Remedy.CHECK_NETWORK


class ServerError(StabilityError):
    """An answer came and it cannot be used."""

    code = "server"
    template = "{host} gave an answer that is no use."
    remedy = Remedy.RETRY


class ServerBusy(ServerError):
    """429 or 503. ``after_seconds`` is what the server asked for, None when it did not say."""

    code = "server-busy"
    template = "{host} is busy and asks to wait."
    remedy = Remedy.WAIT


class ServerFailed(ServerError):
    """5xx or 408."""

    code = "server-failed"
    template = "{host} reports an error of its own ({status})."
    remedy = Remedy.RETRY


class NotFound(ServerError):
    """404."""

    code = "not-found"
    template = "{host} does not have this file ({status})."
    remedy = Remedy.OPEN_PAGE


class RemoteGone(ServerError):
    """410 or 451."""

    code = "remote-gone"
    template = "The file has been removed from {host} ({status})."
    remedy = Remedy.OTHER_FILE


class LoginNeeded(ServerError):
    """401."""

    code = "login-needed"
    template = "{host} gives this file only after a login."
    remedy = Remedy.LOG_IN


class AccessDenied(ServerError):
    """403."""

    code = "access-denied"
    template = "{host} refuses access to this file ({status})."
    remedy = Remedy.OPEN_PAGE


class UnexpectedStatus(ServerError):
    """A status that has no meaning here."""

    code = "unexpected-status"
    template = "{host} answered with status {status}."
    remedy = Remedy.RETRY


class BadAnswer(ServerError):
    """A malformed or ambiguous answer."""

    code = "bad-answer"
    template = "{host} broke the rules of HTTP: {detail}."
    remedy = Remedy.RETRY


class WrongRange(ServerError):
    """Content-Range differs from the request."""

    code = "wrong-range"
    template = "{host} sent another part of the file than was asked for."
    remedy = Remedy.RETRY


class RangesUnusable(ServerError):
    """The server ignores or garbles ranges."""

    code = "ranges-unusable"
    template = "{host} cannot send a part of this file."
    remedy = Remedy.RETRY


class RemoteChanged(ServerError):
    """Another total size or validator than before."""

    code = "remote-changed"
    template = "The file changed on {host} while it was coming."
    remedy = Remedy.RETRY


class WebPage(ServerError):
    """HTML came where a model was expected."""

    code = "web-page"
    template = "{host} sent a web page instead of the file. It may want a login."
    remedy = Remedy.OPEN_PAGE


class CompressedAnswer(ServerError):
    """A Content-Encoding that was not asked for."""

    code = "compressed-answer"
    template = "{host} compresses the file on the way, so it cannot be checked."
    remedy = Remedy.RETRY


class LfsPointer(ServerError):
    """The text that stands for a large file in git."""

    code = "lfs-pointer"
    template = "{host} sent a Git LFS pointer instead of the file."
    remedy = Remedy.OPEN_PAGE


class LengthUnknown(ServerError):
    """Neither the hub nor the answer gives a size or checksum."""

    code = "length-unknown"
    template = "Cannot tell if the file is complete: {host} names neither size nor checksum."
    remedy = Remedy.OPEN_PAGE


class TooManyRedirects(ServerError):
    """More than ten hops, or a loop."""

    code = "too-many-redirects"
    template = "{host} redirects in circles."
    remedy = Remedy.RETRY


class UnsafeRedirect(ServerError):
    """https to http, or to no web address at all."""

    code = "unsafe-redirect"
    template = "{host} redirects to an address that is not safe: {target}."
    remedy = Remedy.OPEN_PAGE


class PrivateAddress(ServerError):
    """A hub answer or redirect points into the local network."""

    code = "private-address"
    template = "{host} leads to an address inside a private network and is refused."
    remedy = Remedy.OPEN_PAGE


class HubError(StabilityError):
    """A hub reports an error in its own words."""

    code = "hub"
    template = "{hub} says: {detail}"
    remedy = Remedy.RETRY


class HubAnswerUnreadable(HubError):
    """Hub data too large, too deep or of the wrong shape."""

    code = "hub-answer-unreadable"
    template = "The answer of {hub} cannot be read: {detail}."
    remedy = Remedy.RETRY


class PageNotFound(HubError):
    """The hub does not know what a locator names."""

    code = "page-not-found"
    template = "{hub} has no page {page}; it may be mistyped or removed."
    remedy = Remedy.CORRECT_INPUT


class RevisionNotFound(HubError):
    """The repository is there; its branch, tag or commit is not."""

    code = "revision-not-found"
    template = "{page} has no revision “{revision}”."
    remedy = Remedy.CORRECT_INPUT


class RepositoryRenamed(HubError):
    """A warning: the hub answers under another name than the one that was asked for."""

    code = "repository-renamed"
    template = "{page} is called {name} now."
    remedy = Remedy.NONE


class FlaggedFile(HubError):
    """A scan of the hub warns about a file. It is a warning: the file stays listed."""

    code = "flagged"
    template = "A {scan} of {hub} warns about “{name}”."
    remedy = Remedy.OTHER_FILE


class ListIncomplete(HubError):
    """Some pages of a long list did not come; what did come is listed."""

    code = "list-incomplete"
    template = "Not everything is listed: {hub} gave {count} entries, and then {detail}."
    remedy = Remedy.RETRY


class SecretMissing(HubError):
    """The secret part of a signed address is not kept on this machine."""

    code = "secret-missing"
    template = "The address of this file was signed, and its secret part is not here any more; paste the address again."
    remedy = Remedy.CORRECT_INPUT


class Blocked(HubError):
    """The hub lists the file but will not give it."""

    code = "blocked"
    template = "{hub} does not give this file."
    remedy = Remedy.OPEN_PAGE


class GatedFile(Blocked):
    """Access must be asked for."""

    code = "gated"
    template = "The author wants you to accept the terms on the page first."
    remedy = Remedy.OPEN_PAGE


class EarlyAccess(Blocked):
    """Only supporters get it before a date."""

    code = "early-access"
    template = "In early access until {until}."
    remedy = Remedy.OPEN_PAGE


class PaidFile(Blocked):
    """Behind a payment."""

    code = "paid"
    template = "Only for people who paid for it."
    remedy = Remedy.OPEN_PAGE


class UsageNotAllowed(Blocked):
    """usageControl is not Download."""

    code = "usage-not-allowed"
    template = "The author allows use on the hub only, no download."
    remedy = Remedy.OTHER_FILE


class ModelArchived(Blocked):
    """The author put it away."""

    code = "archived"
    template = "The author archived this model; its files are not given out."
    remedy = Remedy.OTHER_FILE


class TakenDown(Blocked):
    """The hub put it away."""

    code = "taken-down"
    template = "{hub} took this model down; its files are not given out."
    remedy = Remedy.OTHER_FILE


class DangerousFileType(Blocked):
    """A file that the system would execute."""

    code = "dangerous-file-type"
    template = "“{name}” is a program or script, not a model."
    remedy = Remedy.OTHER_FILE


class BrowserOnly(Blocked):
    """All that the hub names are pages for people."""

    code = "browser-only"
    template = "Only offered on {host}, which needs a browser."
    remedy = Remedy.OPEN_PAGE


class NoWebSource(Blocked):
    """No address in it is http or https: a torrent, or an FTP server."""

    code = "no-web-source"
    template = "Not offered at any web address."
    remedy = Remedy.OTHER_FILE


class RepositoryHidden(Blocked):
    """The hub does not tell apart what is not there and what is shown to few."""

    code = "repository-hidden"
    template = "{hub} has no {page}, or shows it only to accounts that may see it."
    remedy = Remedy.LOG_IN


class RepositoryDisabled(Blocked):
    """The hub itself closed a repository."""

    code = "repository-disabled"
    template = "{hub} has closed {page}."
    remedy = Remedy.OTHER_FILE


class DiskError(StabilityError):
    """The local file system refused."""

    code = "disk"
    template = "Cannot write {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class NoSpace(DiskError):
    """The volume or quota is full."""

    code = "no-space"
    template = "Not enough space in {path}: {needed_bytes} needed, {free_bytes} free."
    remedy = Remedy.FREE_SPACE


class NotWritable(DiskError):
    """Permission, read-only volume or immutable folder."""

    code = "not-writable"
    template = "Cannot write into {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class VolumeReadOnly(NotWritable):
    """EROFS: the file system can only be read, perhaps since a moment ago."""

    code = "volume-read-only"
    template = "Cannot write into {path}: the drive can only be read."
    remedy = Remedy.CHECK_FOLDER


class VolumeMissing(DiskError):
    """The volume of the target is gone or another one is there."""

    code = "volume-missing"
    template = "The drive of {path} is not connected."
    remedy = Remedy.CONNECT_VOLUME


class DiskFault(DiskError):
    """EIO, or a sync that failed."""

    code = "disk-fault"
    template = "The drive reports an error while writing {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class TargetTaken(DiskError):
    """Finalize never replaces."""

    code = "target-taken"
    template = "Another file already lies at {path}; it is left as it is."
    remedy = Remedy.OTHER_FILE


class NameTooLong(DiskError):
    """ENAMETOOLONG after shortening."""

    code = "name-too-long"
    template = "The path of {path} is too long for this drive."
    remedy = Remedy.CHECK_FOLDER


class FileTooLarge(DiskError):
    """EFBIG."""

    code = "file-too-large"
    template = "{path} is larger than this drive allows."
    remedy = Remedy.CHECK_FOLDER


class TooManyOpenFiles(DiskError):
    """EMFILE or ENFILE."""

    code = "too-many-open-files"
    template = "Too many files are open at once."
    remedy = Remedy.RETRY


class PartChanged(DiskError):
    """A part file lost bytes or was replaced."""

    code = "part-changed"
    template = "The unfinished file {path} was changed by another program."
    remedy = Remedy.RETRY


class PartInUse(DiskError):
    """The lock on the part is held."""

    code = "part-in-use"
    template = "Another process is downloading {path}."
    remedy = Remedy.WAIT


class TwinComes(StabilityError):
    """Another resource with the same bytes is at work; its file will do for this one too."""

    code = "twin-comes"
    template = "The same file is on its way already as {path}."
    remedy = Remedy.WAIT


class ContentError(StabilityError):
    """The file is complete but wrong."""

    code = "content"
    template = "The bytes that arrived are not what was promised."
    remedy = Remedy.RETRY


class ChecksumMismatch(ContentError):
    """The digest of the whole file differs."""

    code = "checksum-mismatch"
    template = "The checksum is wrong: {expected} was promised, {actual} arrived."
    remedy = Remedy.OTHER_FILE


class SizeMismatch(ContentError):
    """The remote size is not the hub's."""

    code = "size-mismatch"
    template = "{host} offers {actual_bytes}, the hub promised {expected_bytes}."
    remedy = Remedy.OTHER_FILE


class StoreError(StabilityError):
    """The database failed."""

    code = "store"
    template = "The database cannot be used: {detail}."
    remedy = Remedy.REPORT


class StoreNewer(StoreError):
    """The schema is newer than this program."""

    code = "store-newer"
    template = "The database was written by a newer version of stabilitydl."
    remedy = Remedy.NONE


class StoreDamaged(StoreError):
    """Not a database, or a corrupt one."""

    code = "store-damaged"
    template = "The database is damaged: {detail}."
    remedy = Remedy.REPORT


class StoreRemote(StoreError):
    """The database lies on a network file system, where its usual log cannot be used."""

    code = "store-remote"
    template = "The database {path} lies on another machine; it is slower there, and less safe."
    remedy = Remedy.NONE


class StoreRebuilt(StoreError):
    """The database was damaged; a new one was made from what could be read."""

    code = "store-rebuilt"
    template = "The database was damaged and is made again, with {files} files; the old one is kept as {path}."
    remedy = Remedy.NONE


class StoreBusy(StoreError):
    """Locked for longer than the busy timeout."""

    code = "store-busy"
    template = "Another program holds the database."
    remedy = Remedy.RETRY


class StoreFull(StoreError):
    """No space for the database or its log."""

    code = "store-full"
    template = "There is no space left for the database {path}."
    remedy = Remedy.FREE_SPACE


class StoreNotWritable(StoreError):
    """The file or its folder cannot be opened or written."""

    code = "store-not-writable"
    template = "The database {path} cannot be opened for writing: {detail}."
    remedy = Remedy.CHECK_FOLDER


class NoLongerListed(StoreError):
    """A command came after its resource was removed, or had left the queue."""

    code = "no-longer-listed"
    template = "The file is no longer on the list."
    remedy = Remedy.NONE
