"""Good metalinks and a lockfile, and readers that let a hub expand one that was changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from stabilitydl.hubs.lockfile import Lockfile
from stabilitydl.hubs.metalink import Metalink
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.canned import Canned, CannedClient

from .mutations import Mutant

HERE = Destination(Path("/models"))
DIGITS = "39e1338c4143618adb17604f96c3a3f740c1ab5d1557d71b044f0307a0a6adb4"

V4 = f"""<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <file name="sub/one.bin"><size>1949</size><hash type="sha-256">{DIGITS}</hash>
    <pieces length="1024" type="sha-1"><hash>{"1" * 40}</hash><hash>{"2" * 40}</hash></pieces>
    <url location="de" priority="1">https://one.test/one.bin</url><url priority="2">https://two.test/one.bin</url>
    <metaurl mediatype="torrent" priority="9">https://one.test/one.torrent</metaurl></file>
  <file name="two.bin"><size>7</size><hash type="md5">{"3" * 32}</hash><url>https://one.test/two.bin</url></file>
</metalink>
"""
V3 = f"""<metalink version="3.0" xmlns="http://www.metalinker.org/"><files>
  <file name="one.bin"><size>1949</size><verification><hash type="sha256">{DIGITS}</hash></verification>
    <resources maxconnections="1"><url type="http" preference="70">https://one.test/one.bin</url></resources></file>
  <file name="two.bin"><resources><url type="https" location="de">https://one.test/two.bin</url></resources></file>
</files></metalink>
"""
LOCK = f"""[lockfile]
version = 1
made = 2026-01-01T00:00:00Z

[collection]
title = "Pack"
hub = "civitai"
page = "https://civitai.com/models/7"
trigger_words = ["a", "b"]

[[file]]
path = "sub/one.bin"
bytes = 1949
checksums = ["sha256:{DIGITS}", "crc32:01ee536c"]
type = "LORA"
page = "https://civitai.com/models/7"
[[file.sources]]
hub = "civitai"
reference = "70?fileId=8"
[[file.sources]]
hub = "direct"
reference = "https://one.test/one.bin"

[[file]]
path = "two.bin"
bytes = 7
sources = [{{ hub = "huggingface", reference = "model:o/n@0000/two.bin" }}]
"""
XML_VALUES = r'(?<=")[^"<>]*(?=")|(?<=>)[^<>\s][^<>]*(?=<)'
XML_MARKS = r"<[^<>]+>"
FIRST_OF_XML = r"(?<=<file ).*?(?=</file>)"
TOML_VALUES = r'(?<=")[^"\n]*(?=")|\b\d+\b'
TOML_MARKS = r'"[^"\n]*"|\[[^\[\]\n]*\]|\b[a-z_]+ ='
FIRST_OF_TOML = r"(?<=\[\[file\]\]\n)path.*?(?=\n\n\[\[file\]\])"

Asked = Callable[[Mutant], Awaitable[Expansion]]


@dataclass(frozen=True)
class Kind:
    """A document: its name and text, patterns for what stands in it and for what gives it its form, and for all that
    is said of its first file."""

    name: str
    text: str
    values: str
    marks: str
    first: str

    @property
    def hub(self) -> Hub:
        return Lockfile() if self.name.endswith(".toml") else Metalink()


KINDS = [
    Kind("pack.meta4", V4, XML_VALUES, XML_MARKS, FIRST_OF_XML),
    Kind("pack.metalink", V3, XML_VALUES, XML_MARKS, FIRST_OF_XML),
    Kind("pack.lock.toml", LOCK, TOML_VALUES, TOML_MARKS, FIRST_OF_TOML),
]


def reader(folder: Path, kind: Kind) -> Asked:
    """Lets the hub of a kind of document read a mutant from a file in ``folder``."""
    hub, path = kind.hub, folder / kind.name
    path.touch()
    locator = hub.recognise(str(path))
    assert locator is not None
    client = CannedClient(lambda path: Canned()).client

    async def ask(mutant: Mutant) -> Expansion:
        path.write_bytes(mutant.data)
        assert locator is not None
        return await hub.expand(locator, HERE, client)

    return ask
