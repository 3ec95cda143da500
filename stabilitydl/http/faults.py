"""The one place where the exceptions of httpcore and httpx become ours."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from ..errors import (
    BadAnswer,
    ConnectionLost,
    HostUnreachable,
    InternalError,
    NetworkTimeout,
    ProxyFailed,
    StabilityError,
    TlsFailed,
    UnsafeRedirect,
)
from ..text import plain


def mapped(error: Exception, host: str, *, ended: bool = False) -> StabilityError:
    """Our error for a failed exchange with ``host``. ``ended`` says that the server had closed the connection."""
    if isinstance(error, StabilityError):
        return error
    if isinstance(error, httpcore.TimeoutException | httpx.TimeoutException | TimeoutError):
        return NetworkTimeout(host=host)
    if isinstance(error, httpcore.ProxyError | httpx.ProxyError):
        return ProxyFailed(detail=f"it answered “{_short(error)}”")
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError):
        return HostUnreachable(host=host)
    if isinstance(error, ssl.SSLError):
        return TlsFailed(host=host, detail=_short(error))
    if isinstance(error, httpcore.RemoteProtocolError | httpx.RemoteProtocolError):
        return ConnectionLost(host=host) if ended else BadAnswer(host=host, detail=_short(error))
    if isinstance(error, httpcore.NetworkError | httpx.NetworkError | httpcore.ConnectionNotAvailable | OSError):
        return ConnectionLost(host=host)
    if isinstance(error, httpx.InvalidURL):
        # httpx reads the address of a redirect before we do.
        return UnsafeRedirect(host=host, target="no web address")
    return InternalError(detail=f"{type(error).__name__}: {_short(error)}")


def _short(error: Exception) -> str:
    return plain(str(error), 120).rstrip(".")
