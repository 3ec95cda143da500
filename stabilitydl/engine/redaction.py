"""Signed addresses as older versions stored them, whole: what is secret in them goes to the keyring, once.

The ids of collections and resources stay as they are, though they were made of the whole address; who adds the same
address again has it as a new one.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import msgspec

from ..domain.collection import Collection
from ..domain.resource import Resource
from ..errors import StabilityError
from ..http.credentials import Credentials
from ..hubs.signed import is_marked, split_secret, stored_addresses
from ..hubs.urls import is_web
from ..store.chores import REDACT
from ..store.opening import copy_of
from .ledger import Ledger
from .recorder import Recorder

_log = logging.getLogger("stabilitydl.engine")


@dataclass
class _Found:
    """Collections and children without their secrets, and the secrets by the names under which they are kept."""

    changed: list[tuple[Collection, list[Resource]]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)


async def redact(recorder: Recorder, credentials: Credentials) -> None:
    """Do it where it is still to be done. What cannot be written now is tried again at the next start."""
    try:
        if REDACT not in await recorder.ask(lambda ledger: ledger.store.chores()):
            return
        found = await recorder.ask(_find)
        for name, secret in found.secrets.items():
            credentials.hold(name, secret)
        # First there, then no more here: a crash in between loses nothing.
        await credentials.keep(found.secrets)
        await recorder.ask(lambda ledger: _apply(ledger, found))
    except StabilityError as error:
        _log.warning("addresses of an older version stay as they are: %s", error)


def _find(ledger: Ledger) -> _Found:
    found = _Found()
    for snapshot in ledger.store.collections():
        old = snapshot.collection
        key = msgspec.structs.replace(old.key, identity=_public(old.key.identity))
        new = msgspec.structs.replace(old, key=key, locator=_public(old.locator), page=_public(old.page))
        rows = [row.resource for row in ledger.store.resources(old.id)]
        children = [child for each in rows if (child := _redacted(each, found.secrets)) is not each]
        if children or new != old:
            found.changed.append((new, children))
    return found


def _redacted(child: Resource, secrets: dict[str, str]) -> Resource:
    """``child`` itself where nothing is secret in it."""
    key, addresses = child.key, []
    for address in child.addresses:
        if is_web(address.reference) and not is_marked(address.reference):
            (stored,), more = stored_addresses(address.hub, child.collection, [address.reference])
            secrets.update(more)
            key = key.replace(address.reference, stored.reference)
            address = msgspec.structs.replace(address, reference=stored.reference)  # noqa: PLW2901
        addresses.append(address)
    new = msgspec.structs.replace(child, key=key, addresses=tuple(addresses), page=_public(child.page))
    return child if new == child else new


def _public(text: str) -> str:
    return split_secret(text)[0] if is_web(text) else text


def _apply(ledger: Ledger, found: _Found) -> None:
    store = ledger.store
    with store.together():
        for collection, children in found.changed:
            store.add(collection, children, collection.added)
    store.finish_chore(REDACT)
    copy_of(store.database.path).unlink(missing_ok=True)
