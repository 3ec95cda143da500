"""Debian's nginx on a free port, as a real server to test against."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import pytest

from tests.fakes.ports import held_port

PATIENCE = 60.0
"""Seconds after which nginx is given up."""

_TEMPLATE = """
daemon off; master_process on; worker_processes {workers}; pid {root}/nginx.pid; error_log {root}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {root}/access.log combined; default_type application/octet-stream; sendfile on;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
  uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  {http}
  server {{
    listen 127.0.0.1:{port}{tls};
    root {files};
    location = /written {{ access_log off; return 204; }}
    {server}
  }}
}}
"""


@dataclass(frozen=True)
class Authority:
    """A private certificate authority: its certificate as a file, and contexts for both sides."""

    certificate: Path
    server_certificate: Path
    client: ssl.SSLContext
    server: ssl.SSLContext


def make_authority(folder: Path, *names: str) -> Authority:
    """An authority that vouches for ``names`` (default localhost and 127.0.0.1)."""
    try:
        import trustme
    except ImportError:
        missing("trustme")
    ca = trustme.CA()
    leaf = ca.issue_cert(*(names or ("localhost", "127.0.0.1")))
    certificate, server_certificate = folder / "ca.pem", folder / "server.pem"
    ca.cert_pem.write_to_path(str(certificate))
    leaf.private_key_and_cert_chain_pem.write_to_path(str(server_certificate))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(server)
    return Authority(certificate, server_certificate, ssl.create_default_context(cafile=str(certificate)), server)


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where ``CI=true`` promises that everything is installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


class Nginx:
    """nginx with a folder of ``files``. ``server`` and ``http`` are configuration for these two blocks.

    A context manager; with ``authority`` it speaks TLS. ``log`` gives the lines of its access log.
    """

    def __init__(
        self,
        files: Path,
        *,
        server: str = "",
        http: str = "",
        workers: int = 1,
        authority: Authority | None = None,
    ) -> None:
        binary = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if binary is None:
            missing("nginx")
        self._binary = str(binary)
        self.files = files
        self._server, self._http, self._workers = server, http, workers
        self.authority = authority
        self.port = 0
        self._held = contextlib.ExitStack()

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}{path}"

    @property
    def log(self) -> list[str]:
        """One line for each request that has ended."""
        assert self._workers == 1
        assert self.authority is None
        # The one process does one thing after the other: when it answers this, it has written what it has to write.
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as asking:
            asking.sendall(b"GET /written HTTP/1.0\r\n\r\n")
            while asking.recv(4096):
                pass
        return (self._root / "access.log").read_text().splitlines()

    def __enter__(self) -> Self:
        # Where root starts nginx, its workers are nobody: they have to get through to the files.
        self._root = Path(tempfile.mkdtemp(prefix="nginx-"))
        self.port = self._held.enter_context(held_port())
        if not self._start():
            log = (self._root / "error.log").read_text()
            self._remove()
            raise RuntimeError(f"nginx does not start: {log}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._remove()

    def _start(self) -> bool:
        server, tls = self._server, ""
        if self.authority:
            tls = " ssl"
            pem = self.authority.server_certificate
            server = f"ssl_certificate {pem}; ssl_certificate_key {pem}; {server}"
        text = _TEMPLATE.format(
            root=self._root,
            files=self.files,
            port=self.port,
            tls=tls,
            server=server,
            http=self._http,
            workers=self._workers,
        )
        if os.name == "posix" and os.geteuid() == 0:
            text = "user root;" + text
        config = self._root / "nginx.conf"
        config.write_text(text)
        self._process = subprocess.Popen(
            [self._binary, "-p", str(self._root), "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return True
            time.sleep(0.01)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        return False

    def _remove(self) -> None:
        self._held.close()
        shutil.rmtree(self._root, ignore_errors=True)
