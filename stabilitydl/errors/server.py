"""An answer came and it is no use."""

from __future__ import annotations

from .base import Remedy, StabilityError


class ServerError(StabilityError):
    """An answer came and it cannot be used."""

    code = "server"
    template = "{host} gave an answer that is no use."
    remedy = Remedy.RETRY


class ServerBusy(ServerError):
    """429 or 503. ``after_seconds`` is what the server asked for, None when it did not say."""

    code = "server-busy"
    template = "{host} is busy and asks to wait."
    remedy = Remedy.RETRY


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
