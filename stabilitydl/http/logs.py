"""Keep the loggers of httpx and httpcore quiet: at INFO and DEBUG they write whole URLs and headers."""

from __future__ import annotations

import logging

_NAMES = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)


def silence_logs() -> None:
    """Disable them, whatever levels and handlers the program has set or will set."""
    for name in _NAMES:
        logger = logging.getLogger(name)
        logger.disabled = True
        logger.setLevel(logging.CRITICAL + 1)
