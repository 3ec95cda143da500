"""Whom TLS trusts: the file that ``SSL_CERT_FILE`` names, else the system's own certificates."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping

import truststore

from ..errors import TlsFailed

VARIABLE = "SSL_CERT_FILE"


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
