"""Where the bytes of a resource are asked for: its addresses in order, each by the hub that knows it."""

from __future__ import annotations

from ..domain.resource import Address, Resource
from ..errors import LoginNeeded, NotFound, StabilityError
from ..http.client import HttpClient
from ..http.governor import Governor
from ..http.origins import Origin
from ..http.request import Request
from ..hubs.protocol import without_body
from ..hubs.registry import Registry
from ..hubs.urls import host_in, is_web


def host_of(resource: Resource) -> str:
    """The host of the first address where that is a web address, else the name of its hub."""
    first = next(iter(in_order(resource)), None)
    if first is None:
        return ""
    return (host_in(first.reference) if is_web(first.reference) else "") or first.hub


def in_order(resource: Resource) -> list[Address]:
    """The addresses, the one to try first in front."""
    return sorted(resource.addresses, key=lambda address: address.priority)


class HubSource:
    """One address of one resource."""

    def __init__(self, resource: Resource, address: Address, hubs: Registry, client: HttpClient) -> None:
        self._resource = resource
        self._address = address
        self._hubs = hubs
        self._client = client

    async def request(self) -> Request:
        """A fresh request. Raises StabilityError."""
        hub = self._hubs.by_name(self._address.hub)
        return await hub.request(self._resource, self._address, self._client)

    async def explain(self, error: StabilityError) -> StabilityError:
        """What ``error`` means on this hub, without any text of a server in it; a login names the hub it is for."""
        try:
            hub = self._hubs.by_name(self._address.hub)
            explained = without_body(await hub.explain(self._resource, error, self._client))
        except StabilityError:
            explained = without_body(error)
        if isinstance(explained, LoginNeeded):
            explained.arguments["hub"] = self._address.hub
        return explained

    def __repr__(self) -> str:
        return f"<HubSource {self._address.hub} of {self._resource.id[:8]}>"


def warm_up(governor: Governor, host: str) -> None:
    """Let ``host`` be asked again although it wanted to be left alone."""
    for line in governor.lines():
        origin = Origin.parse(line.host)
        if origin.host == host:
            governor.warm_up(origin)


def nowhere(resource: Resource) -> StabilityError:
    """The error of a resource without any address."""
    return NotFound(host=resource.name, status=404)
