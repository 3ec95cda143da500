"""Whom TLS trusts: the file that ``SSL_CERT_FILE`` names, else the system's own certificates."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

import truststore

from ..errors import TlsFailed

VARIABLE = "SSL_CERT_FILE"

USUAL = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Where distributions keep their certificates, in the order in which truststore looks, after the places of OpenSSL."""


def tls_context(host: str, environ: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """A context for clients that checks certificate and name.

    Raises TlsFailed, naming ``host``, where the file of the variable cannot be used.
    """
    name = (os.environ if environ is None else environ).get(VARIABLE)
    if not name:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=name)
    except (OSError, ValueError) as error:
        raise TlsFailed(host=host, detail=f"the file of {VARIABLE} holds no certificates") from error


def roots(environ: Mapping[str, str] | None = None) -> str | None:
    """Where the trusted certificates come from, in words; None where there are none.

    Raises TlsFailed where the file of the variable cannot be used.
    """
    name = (os.environ if environ is None else environ).get(VARIABLE)
    if name:
        return f"{len(tls_context('', environ).get_ca_certs())} in {name} ({VARIABLE})"
    if sys.platform in ("win32", "darwin"):
        return "those of the system"
    defaults = ssl.get_default_verify_paths()
    places = (defaults.cafile, defaults.capath, *USUAL)
    found = next((place for place in places if place is not None and _holds_some(Path(place))), None)
    return f"those of the system, in {found}" if found is not None else None


def _holds_some(place: Path) -> bool:
    try:
        return any(place.iterdir()) if place.is_dir() else place.stat().st_size > 0
    except OSError:
        return False
