"""The log file of ``--debug``, and silence without it.

No part of the program prints a log or a traceback to the terminal: warnings, failures of threads and of objects
being deleted go to the log too. Everything passes one formatter that takes secrets out, whatever wrote them.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from ..paths import Paths
from ..secrecy import known_secrets

LOGGER = logging.getLogger("stabilitydl.cli")

TOKEN_VARIABLES = ("CIVITAI_API_TOKEN", "HF_TOKEN", "MODELSCOPE_API_TOKEN")
_LINE = "%(asctime)s.%(msecs)03dZ %(threadName)s %(name)s %(levelname)s %(message)s"
_QUERY = re.compile(r"(?<=[\w/.\-~%:@])\?[^\s\"'<>)\]}]+")
_USERINFO = re.compile(r"(?<=://)[^\s/\"'<>@]+@")
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|private-token)\b(['\"]?\s*[:=,]\s*b?)"
    r"(\"[^\"]*\"|'[^']*'|[^\r\n]+)"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without query strings, user names and passwords of URLs, headers that log in, and ``secrets``."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    text = _USERINFO.sub("[secret]@", text)
    text = _HEADER.sub(r"\1\2[secret]", text)
    return _QUERY.sub("?[query]", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback, then redacts the whole."""

    @staticmethod
    def converter(seconds: float | None = None) -> time.struct_time:
        return time.gmtime(seconds)

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(threadName)s %(name)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self._secrets = [value for name in TOKEN_VARIABLES if len(value := environ.get(name, "")) >= 4]

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), (*self._secrets, *known_secrets()))


def quiet() -> None:
    """Send to the log what Python would otherwise print as a traceback or a warning."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


def start(paths: Paths, environ: Mapping[str, str] | None = None) -> Path:
    """Write a log from now on and return its path. Raises OSError."""
    paths.logs.mkdir(parents=True, exist_ok=True)
    path = paths.logs / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace"))
    handler.setFormatter(RedactingFormatter(os.environ if environ is None else environ))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # One line for every read of every connection would drown the rest.
    logging.getLogger("httpcore").setLevel(logging.INFO)
    LOGGER.info("stabilitydl starts: Python %s on %s", sys.version.split()[0], sys.platform)
    return path


def stop() -> None:
    """Close the log files that ``start`` opened."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, RedactingFormatter):
            root.removeHandler(handler)
            handler.close()
            if isinstance(handler, logging.StreamHandler):
                handler.stream.close()


def is_writing() -> bool:
    """Has ``start`` opened a log?"""
    return any(isinstance(handler.formatter, RedactingFormatter) for handler in logging.getLogger().handlers)


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is None:
        return
    name = failure.thread.name if failure.thread else "?"
    LOGGER.error("Thread %s failed", name, exc_info=_info(failure.exc_value))


def _unraisable(failure: sys.UnraisableHookArgs) -> None:
    if failure.exc_value is not None:
        LOGGER.error("Failure that nobody can handle in %r", failure.object, exc_info=_info(failure.exc_value))


def _info(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    return type(error), error, error.__traceback__
