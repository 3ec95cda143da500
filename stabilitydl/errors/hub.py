"""The hub's own words: what it does not have, hides, or does not give to this user."""

from __future__ import annotations

from .base import Remedy, StabilityError


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


class LookAlikeName(HubError):
    """A warning: an owner whose name can be taken for another one."""

    code = "look-alike-name"
    template = (
        "The owner is written “{name}”, with letters that only look like Latin ones ({letters}). "
        "It may not be who you think."
    )
    remedy = Remedy.NONE


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
