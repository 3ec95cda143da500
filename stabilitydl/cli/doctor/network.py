"""Whom TLS trusts, which proxies are used, and whether processes on this machine reach each other."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator, Mapping

from ...errors import REMEDIES, StabilityError
from ...hosts import DIRECT
from ...http.proxies import parse_proxy
from ...http.trust import VARIABLE, roots
from .finding import Finding, ok, trouble


def check(environ: Mapping[str, str], proxy: str = "") -> Iterator[Finding]:
    """Certificates, proxies, loopback. ``proxy`` is the setting. Nothing is asked of the network."""
    yield _roots(environ)
    yield _proxies(urllib.request.getproxies() if not proxy else {} if proxy == DIRECT else {"all": proxy})
    yield _loopback()


def _roots(environ: Mapping[str, str]) -> Finding:
    remedy = "Install the certificates of the system (ca-certificates), or name a file with SSL_CERT_FILE."
    try:
        found = roots(environ)
    except StabilityError as error:
        told = f"No site can be trusted: {error.arguments.get('detail', error)}."
        return trouble("certificates", told, f"Correct {VARIABLE}, or unset it to use the certificates of the system.")
    if found is None:
        return trouble("certificates", "No certificates were found: no site can be trusted.", remedy)
    return ok("certificates", found)


def _proxies(settings: Mapping[str, str]) -> Finding:
    told = []
    for scheme, text in sorted(settings.items()):
        if scheme == "no" or not text:
            continue
        try:
            proxy = parse_proxy(text)
        except StabilityError as error:
            return trouble("proxies", f"{scheme}: {error}", REMEDIES[error.remedy])
        told.append(f"{scheme} by {proxy.host}:{proxy.port}")
    return ok("proxies", ", ".join(told) or "none; every server is asked directly")


def _loopback() -> Finding:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(5)
            with socket.create_connection(server.getsockname(), timeout=5):
                server.accept()[0].close()
    except OSError as error:
        return trouble(
            "loopback",
            f"Programs on this machine cannot reach each other: {error.strerror or error}.",
            "Allow connections to 127.0.0.1 in the firewall; window and command line use them.",
        )
    return ok("loopback", "window and command line can reach each other")
