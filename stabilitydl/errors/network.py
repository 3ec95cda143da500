"""No answer came."""

from __future__ import annotations

from .base import Remedy, StabilityError


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
