"""Small real proxies on loopback that record what passed: HTTP (CONNECT and forwarding) and SOCKS5."""

from __future__ import annotations

import base64
import contextlib
import selectors
import socket
import struct
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class _Proxy(ABC):
    """Threads per connection; ``passed`` lists what was asked for, ``host:port`` or a whole URL.

    With ``auth`` set to (user, password), everybody else is refused. ``names`` are host names that this proxy
    resolves to 127.0.0.1, so a test can use names of the internet.
    """

    def __init__(self, auth: tuple[str, str] | None = None, names: frozenset[str] = frozenset()) -> None:
        self._auth = auth
        self._names = names
        self.port = 0
        self.passed: list[str] = []
        self.refused = 0
        self.heads: list[bytes] = []
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()
        for thread in self._threads:
            thread.join(60)

    def drop_connections(self) -> None:
        """Cut everything that passes right now."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, name="proxy", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
        try:
            self._greet(sock)
        except (OSError, ValueError, struct.error):
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    @abstractmethod
    def _greet(self, sock: socket.socket) -> None: ...

    def _connect(self, host: str, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1" if host in self._names else host, port), 10)

    def _relay(self, one: socket.socket, other: socket.socket) -> None:
        with self._lock:
            self._open.add(other)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(one, selectors.EVENT_READ, other)
                selector.register(other, selectors.EVENT_READ, one)
                while True:
                    for key, _ in selector.select():
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data:
                            return
                        key.data.sendall(data)
        finally:
            with self._lock:
                self._open.discard(other)
            other.close()


class HttpProxy(_Proxy):
    """An HTTP proxy. One request per connection when it forwards plain HTTP, tunnels for CONNECT."""

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def _greet(self, sock: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = sock.recv(65536)
            if not more:
                return
            head += more
        head, _, rest = head.partition(b"\r\n\r\n")
        with self._lock:
            self.heads.append(head)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        if self._auth and not self._knows(lines):
            with self._lock:
                self.refused += 1
            sock.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        with self._lock:
            self.passed.append(target)
        host, port = (target.rsplit(":", 1)) if method == "CONNECT" else self._parts(target)
        try:
            other = self._connect(host.strip("[]"), int(port))
        except OSError:
            sock.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if method == "CONNECT":
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            other.sendall(rest)
        else:
            path = urlsplit(target)
            first = f"{method} {path.path or '/'}{'?' + path.query if path.query else ''} HTTP/1.1"
            kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
            other.sendall("\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1") + rest)
        self._relay(sock, other)

    def _parts(self, target: str) -> tuple[str, str]:
        url = urlsplit(target)
        return url.hostname or "", str(url.port or 80)

    def _knows(self, lines: list[str]) -> bool:
        expected = base64.b64encode(":".join(self._auth or ()).encode()).decode()
        return f"proxy-authorization: basic {expected}".lower() in [line.lower() for line in lines]


class SocksProxy(_Proxy):
    """A SOCKS5 proxy (RFC 1928, RFC 1929)."""

    @property
    def url(self) -> str:
        return f"socks5://{self.address}"

    def _greet(self, sock: socket.socket) -> None:
        _, count = self._take(sock, 2)
        methods = self._take(sock, count)
        wanted = 2 if self._auth else 0
        if wanted not in methods:
            sock.sendall(b"\x05\xff")
            return
        sock.sendall(bytes([5, wanted]))
        if self._auth and not self._log_in(sock):
            return
        _, _, _, kind = self._take(sock, 4)
        if kind == 3:
            host = self._take(sock, self._take(sock, 1)[0]).decode("ascii")
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = socket.inet_ntop(family, self._take(sock, 4 if kind == 1 else 16))
        (port,) = struct.unpack("!H", self._take(sock, 2))
        with self._lock:
            self.passed.append(f"{host}:{port}")
        try:
            other = self._connect(host, port)
        except OSError:
            sock.sendall(b"\x05\x05\x00\x01" + bytes(6))
            return
        sock.sendall(b"\x05\x00\x00\x01" + bytes(6))
        self._relay(sock, other)

    def _log_in(self, sock: socket.socket) -> bool:
        _, length = self._take(sock, 2)
        user = self._take(sock, length).decode()
        password = self._take(sock, self._take(sock, 1)[0]).decode()
        good = (user, password) == self._auth
        if not good:
            with self._lock:
                self.refused += 1
        sock.sendall(b"\x01\x00" if good else b"\x01\x01")
        return good

    def _take(self, sock: socket.socket, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = sock.recv(count - len(data))
            if not more:
                raise ConnectionResetError
            data += more
        return data
