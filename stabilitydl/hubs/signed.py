"""Signed addresses: what of them is secret, and how the rest is kept.

A query that grants access (a signature, a token) never gets into the store. What is kept of such an address is the
address without these parameters and with ``#secret`` at its end; the whole query is kept in the keyring, under a name
made of the collection and of what is stored. Parameters come from the documentation of Amazon S3 and CloudFront, Google
Cloud Storage, Azure (SAS), Alibaba OSS, Backblaze B2 and nginx's secure_link, and from what people call tokens.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_plus

from ..domain.resource import Address, Resource
from ..errors import SecretMissing
from ..http.client import HttpClient
from .protocol import Locator
from .urls import clean_url

MARK = "#secret"

_GRANTING = """
    x-amz-signature x-amz-security-token x-goog-signature x-oss-signature x-oss-security-token signature sig policy hmac
    token access_token accesstoken auth_token authtoken id_token refresh_token session_token security-token jwt bearer
    auth auth_key authkey authorization apikey api_key api-key x-api-key api_token apitoken client_secret secret
    password passwd pass pwd credential credentials sessionid session_id ticket private_token private-token
"""
_ACCOMPANYING = """
    expires expire expiry exp e key-pair-id awsaccesskeyid googleaccessid ossaccesskeyid
    se sp sv sr st spr sip skoid sktid skt ske sks skv saoid suoid scid sdd ss srt
"""
# Parameters that grant access by themselves, and those that only tell whose such a one was and for how long.
_KEYS = frozenset(_GRANTING.split())
_COMPANIONS = frozenset(_ACCOMPANYING.split())
_COMPANION_PREFIXES = ("x-amz-", "x-goog-", "x-oss-")
# Digests that sign an address only together with a time, and names that are secret only with a long value.
_TIMED = frozenset({"md5", "hash", "st", "h", "s", "verify", "sign"})
_TIMES = frozenset({"expires", "expire", "expiry", "exp", "e", "t", "ts", "timestamp"})
_LONG = frozenset({"key", "k", "code", "sign", "verify"})
_LONG_VALUE = re.compile(r"[A-Za-z0-9_~.%+/=-]{20,}")
_NO_SECRET = frozenset({"x-oss-process"})


def split_secret(url: str) -> tuple[str, str]:
    """A clean address without what is secret in it, and its whole query where something is, else empty."""
    bare, mark, query = url.partition("?")
    if not mark:
        return url, ""
    pieces = query.split("&")
    names = [unquote_plus(piece.partition("=")[0]).casefold() for piece in pieces]
    secret = {name for name, piece in zip(names, pieces, strict=True) if _is_key(name, piece, names)}
    if not secret:
        return url, ""
    named = zip(names, pieces, strict=True)
    kept = [piece for name, piece in named if piece and name not in secret and not _is_companion(name)]
    return (f"{bare}?{'&'.join(kept)}" if kept else bare), query


def redacted_address(text: str) -> str:
    """What was typed, without what is secret in it: for messages and lists, also where it is no clean address."""
    return split_secret(text.partition("#")[0])[0] if "?" in text else text


def is_marked(reference: str) -> bool:
    """Does the secret part of this address lie elsewhere?"""
    return reference.endswith(MARK)


def completed(reference: str, query: str) -> str:
    """The address that a marked reference stands for."""
    return f"{reference.removesuffix(MARK).partition('?')[0]}?{query}"


def secret_name(collection: str, reference: str) -> str:
    """Under which name the secret part of a marked reference is kept."""
    text = f"{collection}\0{reference}"
    return f"address:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def secret_names(resources: Iterable[Resource]) -> Iterator[str]:
    """The names of all secret parts that belong to ``resources``."""
    for resource in resources:
        for address in resource.addresses:
            if is_marked(address.reference):
                yield secret_name(resource.collection, address.reference)


def web_locator(hub: str, kind: str, typed: str) -> Locator:
    """An address that was typed. What is secret in it goes apart at once; one that cannot be used stays as it is, to be
    refused later."""
    try:
        public, secret = split_secret(clean_url(typed))
    except ValueError:
        return Locator(hub=hub, text=redacted_address(typed), kind=kind, identity=typed)
    return Locator(hub=hub, text=public if secret else typed, kind=kind, identity=public, secret=secret)


def stored_addresses(hub: str, collection: str, urls: Iterable[str]) -> tuple[tuple[Address, ...], dict[str, str]]:
    """Clean addresses as they may be stored, the first one first, and their secret parts by name."""
    addresses: list[Address] = []
    secrets: dict[str, str] = {}
    for priority, url in enumerate(urls):
        reference, secret = split_secret(url)
        if secret:
            reference += MARK
            secrets[secret_name(collection, reference)] = secret
        addresses.append(Address(hub, reference, priority))
    return tuple(addresses), secrets


def hold_secrets(client: HttpClient, secrets: Mapping[str, str]) -> None:
    """Know secret parts until this process ends, or until they are put into the keyring."""
    for name, secret in secrets.items():
        client.credentials.hold(name, secret)


async def complete_address(resource: Resource, address: Address, client: HttpClient) -> str:
    """The address that ``stored_addresses`` was given. Raises SecretMissing where its secret part is not here."""
    if not is_marked(address.reference):
        return address.reference
    query = await client.credentials.secret(secret_name(resource.collection, address.reference))
    if query is None:
        raise SecretMissing(hub=address.hub)
    return completed(address.reference, query)


def _is_key(name: str, piece: str, names: Iterable[str]) -> bool:
    if name in _KEYS:
        return True
    if name in _TIMED and not _TIMES.isdisjoint(set(names) - {name}):
        return True
    return name in _LONG and _LONG_VALUE.fullmatch(piece.partition("=")[2]) is not None


def _is_companion(name: str) -> bool:
    if name in _NO_SECRET:
        return False
    return name in _COMPANIONS or name in _TIMES or name.startswith(_COMPANION_PREFIXES)
