"""Scripted HTTP origins on loopback: byte-exact answers, every lie a server can tell, a record of what was asked.

``Origin`` runs a script for each request; ``FileOrigin`` serves bytes like a good server and misbehaves where told to.
Both are context managers with one thread per connection; leaving the context ends them all.

::

    with FileOrigin() as origin:
        file = origin.add("/model.safetensors", data)      # true Range, If-Range, ETag
        file.cut_after = 1000                              # closes after 1,000 bytes of each body
        ...get(file.url)...
        assert origin.requests[0].headers["range"] == "bytes=0-"

    with Origin([b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nab", RESET]) as origin: ...
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, urlsplit

DRIP, DRIP_SECONDS = 16 * 1024, 10.0
"""Bytes, and after how many seconds they pass a gate that drips: faster than what is given up as too slow."""


@dataclass(frozen=True)
class Seen:
    """One request. Names of ``headers`` are lower-case; ``connection`` counts connections from 1."""

    method: str
    target: str
    headers: Mapping[str, str]
    raw: bytes
    connection: int
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def range(self) -> tuple[int, int | None] | None:
        """``(first, last)`` of ``Range: bytes=first-last``, None without one."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        return (int(match[1]), int(match[2]) if match[2] else None) if match else None


class Ended(Exception):
    """The connection is over, or the origin is closing."""


class Step(Protocol):
    """A script's answer to one request. Raise ``Ended`` to close; return to go on with the connection."""

    def __call__(self, exchange: Exchange) -> None: ...


class Exchange:
    """One request and the socket to answer on."""

    def __init__(self, origin: Origin, sock: socket.socket, request: Seen) -> None:
        self.origin = origin
        self.sock = sock
        self.request = request

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.sock.sendall(part)

    def answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """A whole answer with Content-Length."""
        self.send(head(status, {"Content-Length": str(len(body)), **(headers or {})}), body)

    def wait(self, event: threading.Event, seconds: float = math.inf) -> None:
        """Return when ``event`` is set, or after ``seconds``; raise ``Ended`` when the origin closes first."""
        end = time.monotonic() + seconds
        while not event.wait(0.02) and time.monotonic() < end:
            if self.origin.closing.is_set():
                raise Ended

    def close(self) -> None:
        raise Ended

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Ended


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """A response head."""
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def CLOSE(exchange: Exchange) -> None:  # noqa: N802 - reads like the bytes beside it
    """Step: close the connection."""
    exchange.close()


def RESET(exchange: Exchange) -> None:  # noqa: N802
    """Step: reset the connection."""
    exchange.reset()


Script = Step | Sequence[bytes | Step | tuple[bytes | Step, ...]]


class Origin:
    """A server on 127.0.0.1. The script is one step for every request, or a list: its nth entry answers the nth
    request (bytes as they are, steps, or a tuple of both in order); after the last one, connections close."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._script = script
        self._tls = tls
        self.host = host
        self.port = 0
        self.requests: list[Seen] = []
        self.connections = 0
        self.errors: list[BaseException] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def url(self, path: str = "/") -> str:
        scheme = "https" if self._tls else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def alive(self) -> int:
        """Connections that are open now, as far as this side knows."""
        with self._lock:
            return len(self._open)

    @property
    def held(self) -> int:
        """Connections (without TLS) that neither side has closed, whether or not anything is asked over them."""
        with self._lock:
            poll = select.poll()
            for sock in self._open:
                poll.register(sock, select.POLLRDHUP)
            return len(self._open) - len(poll.poll(0))

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, self.port), family=family, backlog=256)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept, "origin")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join(60)
        if kind is None and self.errors:
            raise self.errors[0]

    def drop_connections(self) -> None:
        """Cut every open connection."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _start(self, work: Callable[..., None], name: str, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open.add(sock)
            self._start(self._serve, f"origin-{number}", sock, number)

    def _serve(self, plain: socket.socket, number: int) -> None:
        sock = plain
        try:
            if self._tls:
                sock = self._tls.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.discard(plain)
                    self._open.add(sock)
            pending = b""
            while not self.closing.is_set():
                request, pending = self._read(sock, pending, number)
                with self._lock:
                    place = len(self.requests)
                    self.requests.append(request)
                self._answer(Exchange(self, sock, request), place)
        except (Ended, OSError):
            pass
        except BaseException as error:
            self.errors.append(error)
        finally:
            with self._lock:
                self._open.discard(plain)
                self._open.discard(sock)
            sock.close()

    def _read(self, sock: socket.socket, pending: bytes, number: int) -> tuple[Seen, bytes]:
        while b"\r\n\r\n" not in pending:
            more = sock.recv(65536)
            if not more:
                raise Ended
            pending += more
        raw, _, rest = pending.partition(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(rest) < length:
            more = sock.recv(65536)
            if not more:
                raise Ended
            rest += more
        return Seen(method, target, headers, raw, number, rest[:length]), rest[length:]

    def _answer(self, exchange: Exchange, place: int) -> None:
        if callable(self._script):
            self._script(exchange)
            return
        if place >= len(self._script):
            raise Ended
        entry = self._script[place]
        for part in entry if isinstance(entry, tuple) else (entry,):
            if isinstance(part, bytes):
                exchange.send(part)
            else:
                part(exchange)


class Sliced(Protocol):
    """Contents that are made when asked for: nothing of a large file needs to lie in memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: slice, /) -> bytes: ...


@dataclass
class Served:
    """One file and how it is served. Every field may be changed at any time, from any thread.

    ``statuses`` are used up first, one for each request: a status, or a status with headers. ``cut_after`` and
    ``reset_after`` end the connection after so many bytes of a body; ``faults`` says how often (None: always).
    ``gate`` holds back the head, ``body_gate`` the bytes after the first ``gate_at`` of a body; where it ``drips``, so
    few of them pass that they change nothing but keep another process from giving up, however slow the machine is.
    ``range_shift`` moves the Content-Range that is claimed, ``sent_shift`` the bytes that are really sent.
    """

    url: str
    path: str
    data: Sliced
    etag: str | None
    last_modified: str | None = None
    content_type: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    partial_status: int = 206
    content_range: str | None = None
    range_shift: int = 0
    sent_shift: int = 0
    claimed_size: int | None = None
    chunked: bool = False
    close_delimited: bool = False
    statuses: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    cut_after: int | None = None
    reset_after: int | None = None
    faults: int | None = None
    gate: threading.Event | None = None
    body_gate: threading.Event | None = None
    gate_at: int = 0
    drips: bool = False
    sent: int = 0
    refuse_authorization: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data[0 : len(self.data)]).hexdigest()


class FileOrigin(Origin):
    """Serves what ``add`` was given; 404 for the rest. ``routes`` are steps for single paths and go first."""

    piece = 64 * 1024

    def __init__(self, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        super().__init__(self._route, tls=tls, host=host)
        self.files: dict[str, Served] = {}
        self.routes: dict[str, Step] = {}
        self._signatures = 0
        self._expired = 0

    def add(self, path: str, data: Sliced, *, etag: str | None = "", **switches: Any) -> Served:
        """Serve ``data`` at ``path`` and return the file with its switches. An ``etag`` of "" makes a strong one."""
        strong = f'"{hashlib.sha256(data[0:65536] + str(len(data)).encode()).hexdigest()[:16]}"' if etag == "" else etag
        served = Served(self.url(path), path, data, strong)
        for name, value in switches.items():
            if not hasattr(served, name):
                raise TypeError(name)
            setattr(served, name, value)
        self.files[path] = served
        return served

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        """Answer ``path`` with a redirect; returns its URL."""
        self.routes[path] = lambda exchange: exchange.answer(status, {"Location": location})
        return self.url(path)

    def sign(self, path: str, storage: FileOrigin, data: Sliced, **switches: Any) -> Served:
        """``path`` here redirects to a signed, expiring URL at ``storage``, which refuses any Authorization."""
        served = storage.add(f"/signed{path}", data, refuse_authorization=True, **switches)

        def step(exchange: Exchange) -> None:
            storage._signatures += 1
            exchange.answer(307, {"Location": f"{served.url}?X-Amz-Signature=s{storage._signatures}"})

        self.routes[path] = step
        return served

    def expire(self) -> None:
        """Every signature that was given out so far is refused with 403 from now on."""
        self._expired = self._signatures

    def times(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(request.path == path for request in self.requests)

    def ranges(self, path: str) -> list[tuple[int, int | None] | None]:
        """The ranges that ``path`` was asked for, in order."""
        return [request.range for request in self.requests if request.path == path]

    def _route(self, exchange: Exchange) -> None:
        request = exchange.request
        if request.path in self.routes:
            self.routes[request.path](exchange)
        elif request.path in self.files:
            self._file(exchange, self.files[request.path])
        else:
            exchange.answer(404)

    def _file(self, exchange: Exchange, file: Served) -> None:
        request = exchange.request
        if file.gate is not None:
            exchange.wait(file.gate)
        with self._lock:
            entry = file.statuses.pop(0) if file.statuses else None
        if entry is not None:
            status, headers = entry if isinstance(entry, tuple) else (entry, {})
            exchange.answer(status, headers)
            return
        if file.refuse_authorization and "authorization" in request.headers:
            exchange.answer(400)
            return
        signature = request.query.get("X-Amz-Signature", ["s0"])[0]
        if file.path.startswith("/signed/") and int(signature[1:]) <= self._expired:
            exchange.answer(403)
            return
        self._contents(exchange, file)

    def _contents(self, exchange: Exchange, file: Served) -> None:
        size = len(file.data) if file.claimed_size is None else file.claimed_size
        headers = {"Content-Type": file.content_type, "Accept-Ranges": "bytes" if file.ranges else "none"}
        if file.etag is not None:
            headers["ETag"] = file.etag
        if file.last_modified is not None:
            headers["Last-Modified"] = file.last_modified
        asked = exchange.request.range if file.ranges and self._is_current(exchange.request, file) else None
        first, last, status = 0, len(file.data) - 1, 200
        if asked is not None:
            first, last, status = asked[0], min(last, asked[1] if asked[1] is not None else last), file.partial_status
            if first >= len(file.data):
                exchange.answer(416, {"Content-Range": f"bytes */{size}"})
                return
            shift = file.range_shift
            claim = file.content_range or f"bytes {first + shift}-{last + shift}/{size}"
            headers["Content-Range"] = claim
        length = last - first + 1
        if file.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif file.close_delimited:
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(length)
        exchange.send(head(status, {**headers, **file.headers}))
        if exchange.request.method != "HEAD":
            self._body(exchange, file, first + file.sent_shift, length)
        if file.close_delimited:
            exchange.close()

    def _is_current(self, request: Seen, file: Served) -> bool:
        condition = request.headers.get("if-range")
        if condition is None:
            return True
        return condition == file.last_modified or (condition == file.etag and not condition.startswith("W/"))

    def _body(self, exchange: Exchange, file: Served, first: int, length: int) -> None:
        limit = min((n for n in (file.cut_after, file.reset_after) if n is not None), default=None)
        with self._lock:
            faulty = limit is not None and limit < length and file.faults != 0
            if faulty and file.faults is not None:
                file.faults -= 1
        stop = length if not faulty or limit is None else limit
        sent, held_at = 0, file.gate_at
        while sent < stop:
            gated = file.body_gate is not None and not file.body_gate.is_set()
            if gated and sent >= held_at and file.body_gate is not None:
                exchange.wait(file.body_gate, DRIP_SECONDS if file.drips else math.inf)
                held_at = sent + DRIP
                continue
            end = min(stop, sent + self.piece, max(held_at, sent + 1) if gated else stop)
            block = bytes(file.data[first + sent : first + end])
            exchange.send(b"%x\r\n%b\r\n" % (len(block), block) if file.chunked else block)
            sent = end
            with self._lock:
                file.sent += len(block)
        if faulty:
            (RESET if file.reset_after == limit else CLOSE)(exchange)
        if file.chunked:
            exchange.send(b"0\r\n\r\n")


def http_date(seconds: float) -> str:
    """Seconds since 1970 as HTTP writes a date."""
    return formatdate(seconds, usegmt=True)


def routes(steps: Iterable[tuple[str, Step]]) -> Step:
    """A script that picks its step by path and answers 404 elsewhere."""
    table = dict(steps)

    def step(exchange: Exchange) -> None:
        table.get(exchange.request.path, lambda other: other.answer(404))(exchange)

    return step
