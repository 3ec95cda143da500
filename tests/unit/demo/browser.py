"""A client that shares nothing with the product: the standard library's."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stabilitydl.demo.pack import DemoFile, Pack
from stabilitydl.demo.plan import PackPlan
from stabilitydl.demo.trouble import Trouble


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """One connection that is kept open; ``connections`` counts how often it had to be made."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.connections = 0
        self._http: http.client.HTTPConnection | None = None

    def ask(self, url: str, method: str = "GET", **headers: str) -> Reply:
        parts = urlsplit(url)
        reply = self._begin(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, headers)
        return Reply(reply.status, reply.headers, reply.read())

    def begin(self, url: str, **headers: str) -> http.client.HTTPResponse:
        """The answer to a GET with its body still to be read."""
        parts = urlsplit(url)
        return self._begin("GET", f"{parts.path}?{parts.query}", headers)

    def _begin(self, method: str, target: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        if self._http is None or self._http.sock is None:
            self.close()
            self._http = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
            self._http.connect()
            self.connections += 1
        self._http.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return self._http.getresponse()

    def storage(self, file: DemoFile) -> str:
        """The signed address to which the download route leads."""
        reply = self.ask(f"/api/download/models/{file.version_id}?fileId={file.id}")
        assert reply.status == 307
        return reply.headers["location"]

    def close(self) -> None:
        if self._http is not None:
            self._http.close()


def troubled(trouble: Trouble, size: int = 65_536) -> DemoFile:
    """The first file of a pack with trouble that has this one."""
    files = Pack.get(PackPlan(files=80, size=size, trouble=True)).files
    return next(file for file in files if file.trouble is trouble)
