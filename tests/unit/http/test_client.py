"""The client against real sockets: answers, redirects, who sees which header."""

from __future__ import annotations

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.http.client import HttpClient
from stabilitydl.http.request import Request
from tests.fakes.origin import FileOrigin

pytestmark = pytest.mark.anyio


async def test_a_file_comes_whole_and_in_part() -> None:
    data = bytes(range(256)) * 1000
    client = HttpClient(SystemClock())
    with FileOrigin() as origin:
        file = origin.add("/model.bin", data)
        answer, body = await client.get(Request(file.url, trusted=True))
        assert (answer.status, body, answer.headers.get("ETag")) == (200, data, file.etag)
        answer = await client.open(Request(file.url, trusted=True), extra=[("Range", "bytes=10-19")], bulk=True)
        assert answer.status == 206
        assert b"".join([chunk async for chunk in answer.chunks()]) == data[10:20]
        await answer.aclose()
        assert origin.connections == 1
        assert origin.ranges("/model.bin") == [None, (10, 19)]
    await client.aclose()
