"""``get`` of a metalink: the next address takes over where one fails."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.fakes.origin import FileOrigin
from tests.unit.cli.conftest import Run


def test_the_second_address_brings_the_file(run: Run, tmp_path: Path) -> None:
    data = b"weights" * 1000
    with FileOrigin() as first, FileOrigin() as second:
        first.add("/a.bin", data, statuses=[404] * 10)
        second.add("/a.bin", data)
        document = tmp_path / "pack.meta4"
        document.write_text(
            f"""<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="sub/a.bin"><size>{len(data)}</size>
            <hash type="sha-256">{hashlib.sha256(data).hexdigest()}</hash>
            <url priority="2">{second.url("/a.bin")}</url><url priority="1">{first.url("/a.bin")}</url></file>
            <file name="../b.bin"><url>{second.url("/b.bin")}</url></file></metalink>"""
        )
        said = run("get", document, "--to", tmp_path / "to", "--json")
        assert [event["code"] for event in said.of("error")] == ["list-entry-unusable"]
        assert [event["verification"] for event in said.of("downloaded")] == ["verified"]
        assert (tmp_path / "to" / "sub" / "a.bin").read_bytes() == data
        assert first.times("/a.bin") >= 1
        plan = run("plan", document, "--json").object
        assert [child["name"] for child in plan["collections"][0]["resources"]] == ["a.bin"]
