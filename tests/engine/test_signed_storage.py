"""Storage with signed addresses as nginx has it (``secure_link``), behind a hub that asks for a login: an address that
runs out in mid-file is asked for anew, once; no byte is lost, and the storage never sees the token (A01, A02)."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import anyio
import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.collection import Layout
from stabilitydl.domain.states import State
from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.protocol import Destination
from stabilitydl.hubs.registry import Registry
from stabilitydl.settings import Settings
from stabilitydl.transfer.fetch import fetch
from tests.engine.harness import Harness
from tests.engine.real import MIB, contents
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.nginx import Nginx, missing
from tests.fakes.repository import Blob, FakeRepository

pytestmark = pytest.mark.anyio

TOKEN = "hf_canary0123456789"
KEY = "nginx-canary-key"
DATA = contents(24 * MIB, 7)


class SigningHub(HuggingFaceOrigin):
    """Signs addresses of ``storage``: each lives an hour and a second more than the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.nginx: Nginx
        self.ends: list[int] = []

    def _sign(self, blob: Blob) -> str:
        path, end = f"/{blob.sha256}", int(time.time()) + 3600 + len(self.ends)
        self.ends.append(end)
        digest = hashlib.md5(f"{end}{path} {KEY}".encode()).digest()
        signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return self.nginx.url(f"{path}?md5={signature}&expires={end}")


def storage(files: Path, log: Path) -> Nginx:
    """nginx that gives a file to whoever has a signed address of it, and refuses what was meant for others.

    The addresses with a certain end have run out as soon as there is a file of that name beside ``files``: an end that
    comes by itself may come before the first byte does.
    """
    found = Nginx(
        files,
        http="log_format seen '$status $body_bytes_sent $arg_expires [$http_authorization$http_cookie]';",
        server=f"""
        access_log {log} seen;
        secure_link $arg_md5,$arg_expires;
        secure_link_md5 "$secure_link_expires$uri {KEY}";
        if ($http_authorization) {{ return 400; }}
        if ($secure_link = "") {{ return 403; }}
        if ($secure_link = "0") {{ return 403; }}
        if (-f {files.parent}/$arg_expires) {{ return 403; }}
        """,
    )
    built = subprocess.run([shutil.which("nginx") or "/usr/sbin/nginx", "-V"], capture_output=True, text=True)
    if "http_secure_link_module" not in built.stderr:
        missing("nginx with secure_link")
    return found


async def test_an_address_that_runs_out_in_mid_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, log = tmp_path / "files", tmp_path / "seen.log"
    files.mkdir()
    (files / hashlib.sha256(DATA).hexdigest()).write_bytes(DATA)
    with SigningHub() as hub, storage(files, log) as nginx:
        hub.nginx = nginx
        hub.tokens.add(TOKEN)
        made = hub.publish(FakeRepository("org/pack", private=True, members={TOKEN}))
        made.commit({"model.safetensors": DATA})
        monkeypatch.setenv("HF_ENDPOINT", hub.url(""))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        hubs = Registry([HuggingFace()])
        # So slow that the file cannot be here before its first address has run out.
        settings = Settings(connections=1, rate_limit=MIB)
        async with Harness(tmp_path, settings=settings, fetch=fetch, hubs=hubs, clock=SystemClock()) as h:
            (expansion,), problems = await h.engine.expand(["org/pack"], Destination(tmp_path / "to", Layout.FLAT))
            assert problems == []
            ids = await h.get(expansion)
            await h.until(lambda: any(entry.received for tick in h.ticks() for entry in tick.entries))
            (tmp_path / str(hub.ends[0])).touch()
            h.engine.set_limit(0)
            (row,) = await h.settled(ids)
            assert row.state is State.DOWNLOADED
            assert Path(row.target or "").read_bytes() == DATA
    # Now that nginx has ended it has written everything.
    seen = [line.split(maxsplit=3) for line in log.read_text().splitlines()]
    refused = [line for line in seen if line[0] == "403"]
    given = [line for line in seen if line[0] == "206"]
    first, second = map(str, hub.ends)
    assert [line[2] for line in refused] == [first], "the first address ran out, and was tried once more"
    assert {line[2] for line in given} == {first, second}
    assert sum(int(line[1]) for line in given) == len(DATA), "no byte came twice"
    assert {line[3] for line in seen} == {"[--]"}, "neither a token nor a cookie"
    assert len(seen) == len(refused) + len(given)
    asked = [request for request in hub.requests if "/resolve/" in request.path]
    assert [request.headers.get("authorization") for request in asked] == [f"Bearer {TOKEN}"] * 2


async def test_nginx_refuses_what_the_hub_would_take(tmp_path: Path) -> None:
    """The storage of the test above is as strict as it says."""
    files = tmp_path / "files"
    files.mkdir()
    hub = SigningHub()
    hub.ends.append(0)
    with storage(files, tmp_path / "seen.log") as nginx:
        hub.nginx = nginx
        (files / Blob(b"x", True).sha256).write_bytes(b"x")
        good = hub._sign(Blob(b"x", True))

        def status(url: str, **headers: str) -> int:
            try:
                with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                return error.code

        def ask() -> list[int]:
            late = good.replace(f"expires={hub.ends[-1]}", "expires=1")
            return [
                status(good),
                status(good, Authorization=f"Bearer {TOKEN}"),
                status(good.replace("md5=", "md5=x")),
                status(late),
            ]

        assert await anyio.to_thread.run_sync(ask) == [200, 400, 403, 403]
