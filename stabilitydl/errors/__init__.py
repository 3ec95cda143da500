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
    |  |- SettingsUnreadable: SettingsPutAside
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
    |  |- RevisionNotFound  RepositoryRenamed  LookAlikeName
    |  |- Blocked: GatedFile  EarlyAccess  PaidFile  UsageNotAllowed  ModelArchived  TakenDown
    |  |  |- DangerousFileType  BrowserOnly  NoWebSource  RepositoryHidden  RepositoryDisabled
    |- DiskError                     the local side
    |  |- NoSpace  VolumeTooSmall  NotWritable  VolumeReadOnly  VolumeMissing  DiskFault  TargetTaken  NameTooLong
    |  |- FileTooLarge  FileHeld  DriveStuck  TooManyOpenFiles  PartChanged  PartInUse  PartLinked
    |- ContentError                  the bytes are not what was promised
    |  |- ChecksumMismatch  SizeMismatch  FileDamaged
    |- StoreError
       |- StoreNewer  StoreDamaged  StoreRebuilt  StoreRemote  StoreBusy  StoreFull  StoreNotWritable
       |- NoLongerListed           a command came too late

Read ``base`` first. The rest are declarations: ``usage``, ``network``, ``server``, ``hub``, ``disk``,
``content``, ``store`` and ``engine``, one module for each branch of the tree. Everything is named here, and
imported from here.
"""

from __future__ import annotations

from .base import CODES, REMEDIES, Argument, InternalError, Problem, Remedy, StabilityError, render, template_of
from .content import ChecksumMismatch, ContentError, FileDamaged, SizeMismatch
from .disk import (
    DiskError,
    DiskFault,
    DriveStuck,
    FileHeld,
    FileTooLarge,
    NameTooLong,
    NoSpace,
    NotWritable,
    PartChanged,
    PartInUse,
    PartLinked,
    TargetTaken,
    TooManyOpenFiles,
    VolumeMissing,
    VolumeReadOnly,
    VolumeTooSmall,
)
from .engine import EngineStopped, EngineUnreachable, HeldBack, KeyringUnavailable, OtherVersion, TwinComes
from .hub import (
    Blocked,
    BrowserOnly,
    DangerousFileType,
    EarlyAccess,
    FlaggedFile,
    GatedFile,
    HubAnswerUnreadable,
    HubError,
    ListIncomplete,
    LookAlikeName,
    ModelArchived,
    NoWebSource,
    PageNotFound,
    PaidFile,
    RepositoryDisabled,
    RepositoryHidden,
    RepositoryRenamed,
    RevisionNotFound,
    SecretMissing,
    TakenDown,
    UsageNotAllowed,
)
from .network import (
    ConnectionLost,
    HostUnreachable,
    NameNotResolved,
    NetworkError,
    NetworkTimeout,
    ProxyFailed,
    StalledConnection,
    TlsFailed,
)
from .server import (
    AccessDenied,
    BadAnswer,
    CompressedAnswer,
    LengthUnknown,
    LfsPointer,
    LoginNeeded,
    NotFound,
    PrivateAddress,
    RangesUnusable,
    RemoteChanged,
    RemoteGone,
    ServerBusy,
    ServerError,
    ServerFailed,
    TooManyRedirects,
    UnexpectedStatus,
    UnsafeRedirect,
    WebPage,
    WrongRange,
)
from .store import (
    NoLongerListed,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreNewer,
    StoreNotWritable,
    StoreRebuilt,
    StoreRemote,
)
from .usage import (
    BadChecksum,
    BadListFile,
    BadListLine,
    BadNumber,
    BadToken,
    FilterLeftNothing,
    ListEntryUnusable,
    NothingMatched,
    SettingsPutAside,
    SettingsUnreadable,
    TokenRefused,
    UnknownCollection,
    UnknownLocator,
    UnsafeName,
    UsageError,
)

__all__ = [
    "CODES",
    "REMEDIES",
    "AccessDenied",
    "Argument",
    "BadAnswer",
    "BadChecksum",
    "BadListFile",
    "BadListLine",
    "BadNumber",
    "BadToken",
    "Blocked",
    "BrowserOnly",
    "ChecksumMismatch",
    "CompressedAnswer",
    "ConnectionLost",
    "ContentError",
    "DangerousFileType",
    "DiskError",
    "DiskFault",
    "DriveStuck",
    "EarlyAccess",
    "EngineStopped",
    "EngineUnreachable",
    "FileDamaged",
    "FileHeld",
    "FileTooLarge",
    "FilterLeftNothing",
    "FlaggedFile",
    "GatedFile",
    "HeldBack",
    "HostUnreachable",
    "HubAnswerUnreadable",
    "HubError",
    "InternalError",
    "KeyringUnavailable",
    "LengthUnknown",
    "LfsPointer",
    "ListEntryUnusable",
    "ListIncomplete",
    "LoginNeeded",
    "LookAlikeName",
    "ModelArchived",
    "NameNotResolved",
    "NameTooLong",
    "NetworkError",
    "NetworkTimeout",
    "NoLongerListed",
    "NoSpace",
    "NoWebSource",
    "NotFound",
    "NotWritable",
    "NothingMatched",
    "OtherVersion",
    "PageNotFound",
    "PaidFile",
    "PartChanged",
    "PartInUse",
    "PartLinked",
    "PrivateAddress",
    "Problem",
    "ProxyFailed",
    "RangesUnusable",
    "Remedy",
    "RemoteChanged",
    "RemoteGone",
    "RepositoryDisabled",
    "RepositoryHidden",
    "RepositoryRenamed",
    "RevisionNotFound",
    "SecretMissing",
    "ServerBusy",
    "ServerError",
    "ServerFailed",
    "SettingsPutAside",
    "SettingsUnreadable",
    "SizeMismatch",
    "StabilityError",
    "StalledConnection",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreNewer",
    "StoreNotWritable",
    "StoreRebuilt",
    "StoreRemote",
    "TakenDown",
    "TargetTaken",
    "TlsFailed",
    "TokenRefused",
    "TooManyOpenFiles",
    "TooManyRedirects",
    "TwinComes",
    "UnexpectedStatus",
    "UnknownCollection",
    "UnknownLocator",
    "UnsafeName",
    "UnsafeRedirect",
    "UsageError",
    "UsageNotAllowed",
    "VolumeMissing",
    "VolumeReadOnly",
    "VolumeTooSmall",
    "WebPage",
    "WrongRange",
    "render",
    "template_of",
]
