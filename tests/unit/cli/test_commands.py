"""The commands against a scripted server, inside this process."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.cli import console, get
from stabilitydl.disk.system import system
from stabilitydl.domain.states import State
from stabilitydl.engine.engine_lock import EngineLock
from stabilitydl.errors import StoreNotWritable
from stabilitydl.paths import Paths
from stabilitydl.store.change import Change
from stabilitydl.store.database import Database
from stabilitydl.store.store import Store
from tests.fakes.origin import FileOrigin, Served
from tests.unit.cli.conftest import Run

KIB = 1024


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models"


def serve(origin: FileOrigin, *names: str, size: int = 8 * KIB) -> list[Served]:
    return [origin.add(f"/{name}", os.urandom(size)) for name in names]


def write_list(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def pack(origin: FileOrigin, folder: Path, *names: str) -> Path:
    return write_list(folder / "pack.txt", *(f"{file.url} sha256:{file.sha256}" for file in serve(origin, *names)))


def test_one_address_of_which_nothing_is_known(run: Run, origin: FileOrigin, target: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    said = run("get", file.url, "--to", target, "--json")
    assert said.code == 0
    (collection,) = said.of("collection")
    assert (collection["title"], collection["hub"], collection["resources"]) == ("a.safetensors", "direct", 1)
    (arrived,) = said.of("downloaded")
    assert arrived == {
        "event": "downloaded",
        "resource": arrived["resource"],
        "path": str(target / "a.safetensors"),
        "bytes": 8 * KIB,
        "verification": "weak",
        "sha256": hashlib.sha256((target / "a.safetensors").read_bytes()).hexdigest(),
    }
    assert said.events[-1]["event"] == "summary"


def test_the_checksum_of_the_user_decides(run: Run, origin: FileOrigin, target: Path) -> None:
    right, wrong = serve(origin, "a.safetensors", "b.safetensors")
    said = run("get", right.url, "--to", target, "--checksum", f"SHA256:{right.sha256.upper()}", "--json")
    assert said.code == 0
    assert said.of("downloaded")[0]["verification"] == "verified"
    said = run("get", wrong.url, "--to", target, "--checksum", "sha256:" + "0" * 64, "--json")
    assert said.code == 1
    assert [error["code"] for error in said.of("error")] == ["checksum-mismatch"]
    assert not (target / "b.safetensors").exists()


def test_bytes_that_are_here_are_not_fetched_again_for_another_address(
    run: Run, origin: FileOrigin, target: Path
) -> None:
    right, other = serve(origin, "a.safetensors", "b.safetensors")
    assert run("get", right.url, "--to", target, "--checksum", f"sha256:{right.sha256}").code == 0
    assert run("get", other.url, "--to", target, "--checksum", f"sha256:{right.sha256}").code == 0
    assert (target / "b.safetensors").read_bytes() == (target / "a.safetensors").read_bytes()
    assert origin.times("/b.safetensors") == 0


def test_a_checksum_is_for_one_file(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "a.safetensors", "b.safetensors")
    said = run("get", listed, "--to", target, "--checksum", "sha256:" + "0" * 64)
    assert said.code == 2
    assert "2 files" in said.err
    assert not target.exists()
    assert origin.requests == []
    digest = hashlib.sha256(origin.files["/a.safetensors"].data[0:]).hexdigest()
    assert run("get", listed, "--to", target, "--checksum", f"sha256:{digest}", "--include", "a*").code == 0


def test_a_file_that_is_here_but_is_not_what_the_checksum_says(run: Run, origin: FileOrigin, target: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    assert run("get", file.url, "--to", target).code == 0
    said = run("get", file.url, "--to", target, "--checksum", "sha256:" + "0" * 64)
    assert said.code == 1
    assert "[checksum-mismatch]" in said.err
    assert run("get", file.url, "--to", target, "--checksum", f"sha256:{file.sha256}").code == 0
    md5 = hashlib.md5(file.data[0:]).hexdigest()
    assert run("get", file.url, "--to", target, "--checksum", f"md5:{md5}").code == 0
    assert run("get", file.url, "--to", target, "--checksum", f"md5:{'0' * 32}").code == 1
    assert len(origin.requests) == 1


def test_filters_choose_and_leave_nothing_to_do(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "red.safetensors", "Blue.safetensors", "green.gguf")
    said = run("get", listed, "--to", target, "--include", "*.SAFETENSORS", "--exclude", "blue*", "--json")
    assert said.code == 0
    assert [Path(event["path"]).name for event in said.of("downloaded")] == ["red.safetensors"]
    assert said.of("collection")[0]["resources"] == 3
    said = run("get", listed, "--to", target, "--include", "*.ckpt")
    assert said.code == 3
    assert "3 other files" in said.err
    said = run("get", listed, "--to", target, "--include", "*.ckpt", "--json")
    assert (said.code, said.events[-1]["code"], said.events[-1]["resource"]) == (3, "nothing-matched", None)


def test_the_same_again_is_here_already(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "a.safetensors", "b.safetensors")
    assert run("get", listed, "--to", target).code == 0
    asked = len(origin.requests)
    said = run("get", listed, "--to", target, "--json")
    assert said.code == 0
    assert said.of("summary")[0]["skipped"] == 2
    assert len(origin.requests) == asked
    said = run("get", listed, "--to", target)
    assert said.out.splitlines() == [str(target / "a.safetensors"), str(target / "b.safetensors")]
    assert "2 of 2 files are here: 2 here already." in said.err


def test_a_file_that_somebody_else_put_there_is_read(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path
) -> None:
    listed = pack(origin, tmp_path, "a.safetensors")
    target.mkdir()
    (target / "a.safetensors").write_bytes(bytes(origin.files["/a.safetensors"].data[0:]))
    said = run("get", listed, "--to", target, "--json")
    assert said.code == 0
    assert origin.requests == []
    assert (said.of("downloaded"), said.of("summary")[0]["skipped"]) == ([], 1)
    assert said.of("state")[-1]["to"] == "downloaded"


def test_nothing_is_ever_overwritten(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "a.safetensors")
    target.mkdir()
    (target / "a.safetensors").write_text("mine")
    said = run("get", listed, "--to", target)
    assert said.code == 1
    assert "[target-taken]" in said.err
    assert (target / "a.safetensors").read_text() == "mine"


def test_bad_lines_are_named_and_the_good_ones_go_on(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path
) -> None:
    (file,) = serve(origin, "a.safetensors")
    listed = write_list(tmp_path / "pack.txt", "# a comment", file.url, "nonsense", f"{file.url}2 sha256:zz")
    said = run("get", listed, "--to", target)
    assert said.code == 1
    assert said.out == f"{target / 'a.safetensors'}\n"
    assert "pack.txt, line 3:" in said.err
    assert "pack.txt, line 4:" in said.err
    said = run("get", listed, "--to", target, "--json")
    assert [error["resource"] for error in said.of("error")] == [None, None]


def test_a_list_without_one_good_line_is_bad_usage(run: Run, target: Path, tmp_path: Path) -> None:
    listed = write_list(tmp_path / "pack.txt", "nonsense", "more nonsense")
    assert run("get", listed, "--to", target).code == 2
    assert run("plan", listed).code == 2
    assert not target.exists()


def test_what_fails_and_what_is_gone(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    listed = write_list(tmp_path / "pack.txt", file.url, origin.url("/gone.safetensors"))
    said = run("get", listed, "--to", target, "--json")
    assert said.code == 1
    (error,) = said.of("error")
    assert set(error) == {"event", "resource", "code", "message", "remedy"}
    assert error["code"] == "remote-gone"
    assert said.of("summary")[0]["failed"] == 1
    said = run("list", "--failed")
    assert "gone.safetensors" in said.out
    (row,) = run("list", "--failed", "--json").object["collections"][0]["resources"]
    assert (row["state"], row["error"]["code"]) == ("gone", "remote-gone")


def test_programs_are_blocked_unless_that_is_fine(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "a.safetensors", "setup.exe")
    said = run("get", listed, "--to", target, "--json")
    assert said.code == 1
    assert [error["code"] for error in said.of("error")] == ["dangerous-file-type"]
    said = run("get", listed, "--to", target, "--skip-blocked", "--json")
    assert said.code == 0
    assert said.of("error") == []
    assert said.of("summary")[0]["skipped"] == 2
    assert origin.times("/setup.exe") == 0


def test_a_folder_that_cannot_be_written_is_said_before_the_first_byte(
    run: Run, origin: FileOrigin, tmp_path: Path
) -> None:
    listed = pack(origin, tmp_path, "a.safetensors")
    (tmp_path / "file").write_text("no folder")
    said = run("get", listed, "--to", tmp_path / "file")
    assert said.code == 1
    assert str(tmp_path / "file") in said.err
    assert origin.requests == []
    assert run("list", "--json").object == {"collections": [], "errors": []}, "what was refused is not on the list"
    said = run("get", listed, "--to", tmp_path / "file", "--json")
    assert (said.code, said.events[-1]["event"], said.events[-1]["resource"]) == (1, "error", None)


def test_too_little_space_is_said_before_the_first_byte(
    run: Run, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "free_space", lambda _: 20 * KIB)
    assert run("get", "demo:?files=2&size=8KiB", "--to", target).code == 0
    said = run("get", "demo:?files=3&size=8KiB", "--to", tmp_path / "more")
    assert said.code == 1
    assert "[no-space]" in said.err
    assert not any((tmp_path / "more").iterdir())


def test_plan_says_what_get_would_do_and_does_nothing(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path, home: Path
) -> None:
    said = run("plan", "demo:?files=3&size=8KiB", "--json")
    assert said.code == 0
    plan = said.object
    assert set(plan) == {"collections", "volumes", "errors"}
    (collection,) = plan["collections"]
    assert set(collection) == {"id", "title", "hub", "page", "bytes", "resources", "news", "warnings"}
    assert (collection["news"], collection["warnings"]) == (None, [])
    assert (collection["hub"], collection["bytes"], len(collection["resources"])) == ("demo", 3 * 8 * KIB, 3)
    for child in collection["resources"]:
        assert set(child) == {"id", "name", "version", "bytes", "checksums", "state", "here", "blocked"}
        assert (child["state"], child["here"], child["blocked"], child["bytes"]) == ("missing", None, None, 8 * KIB)
        assert len(child["checksums"]["sha256"]) == 64
    (volume,) = plan["volumes"]
    assert set(volume) == {"path", "free", "needed"}
    assert volume["needed"] == 3 * 8 * KIB
    assert Path(volume["path"]).exists()
    assert plan["errors"] == []
    assert not (home / "library").exists()
    assert run("list", "--json").object == {"collections": [], "errors": []}


def test_plan_knows_what_is_here_what_may_be_here_and_what_vanished(run: Run, home: Path) -> None:
    locator = "demo:?files=3&size=8KiB"
    assert run("get", locator).code == 0
    files = sorted((home / "library").rglob("*.safetensors"))
    files[0].unlink()
    os.utime(files[1], (1, 1))
    plan = run("plan", locator, "--json").object
    by_name = {child["name"]: child for child in plan["collections"][0]["resources"]}
    states = [(by_name[file.name]["state"], by_name[file.name]["here"]) for file in files]
    assert states == [("missing", None), ("missing", str(files[1])), ("downloaded", str(files[2]))]
    assert plan["volumes"][0]["needed"] == 8 * KIB
    said = run("plan", locator)
    assert said.code == 0
    assert "probably here" in said.out
    assert "In all 3 files: 1 to come (8.2 KB), 1 here, 1 probably here." in said.out


def test_plan_looks_where_get_would_put_the_files(run: Run, target: Path) -> None:
    locator = "demo:?files=3&size=8KiB"
    assert run("get", locator, "--to", target).code == 0
    assert "0 to come" in run("plan", locator, "--to", target).out
    assert "3 to come" in run("plan", locator).out


def test_a_file_that_its_list_does_not_name_any_more_is_superseded(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path
) -> None:
    listed = pack(origin, tmp_path, "one.bin", "two.bin")
    assert run("get", listed, "--to", target, "--include", "one.bin").code == 0
    assert pack(origin, tmp_path, "three.bin", "two.bin") == listed
    said = run("plan", listed, "--to", target)
    assert "Since it was put on the list: 1 new, 1 changed, 1 not listed any more." in said.out
    (news,) = [each["news"] for each in run("plan", listed, "--to", target, "--json").object["collections"]]
    assert (news["versions"], *(len(news[key]) for key in ("added", "changed", "gone"))) == ([], 1, 1, 1)
    assert pack(origin, tmp_path, "three.bin") == listed
    said = run("get", listed, "--to", target)
    assert said.code == 0
    (parent,) = run("list", "--json").object["collections"]
    rows = {row["name"]: (row["state"], row["superseded"]) for row in parent["resources"]}
    assert rows == {"one.bin": ("downloaded", True), "three.bin": ("downloaded", False)}, "two.bin was only a name"
    lines = {line.split()[-1]: line for line in run("list", parent["id"]).out.splitlines()}
    assert lines[str(target / "one.bin")].startswith("downloaded, superseded ")
    assert lines[str(target / "three.bin")].startswith("downloaded  ")
    assert "Since" not in run("plan", listed, "--to", target).out
    locked = run("lock", parent["id"])
    assert ("one.bin" in locked.out, "three.bin" in locked.out, "1 file left out" in locked.err) == (False, True, True)
    assert "one.bin" in run("lock", parent["id"], "--downloaded").out
    (target / "one.bin").unlink()
    assert "1 of 1 file" in run("list").out, "what is neither here nor to be had is not missing"


@pytest.mark.parametrize("command", ["list", "lock"])
@pytest.mark.parametrize("left", [b"no database" * 1000, b""], ids=["damaged", "empty"])
def test_a_damaged_database_is_made_again_by_whoever_reads_it(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path, home: Path, command: str, left: bytes
) -> None:
    """B01, B02: never an end with nothing to be done."""
    listed = pack(origin, tmp_path, "a.safetensors")
    assert run("get", listed, "--to", target).code == 0
    database = home / "data" / "stabilitydl.db"
    database.write_bytes(left)
    said = run("list") if command == "list" else run("lock", listed)
    assert "The database was damaged and is made again" in said.err
    assert said.code == (0 if command == "list" else 3)
    assert "damaged" not in run("list").err
    said = run("get", listed, "--to", target, "--json")
    assert said.of("summary")[0]["bytes"] == 0, "what is here is found"


def test_a_database_that_cannot_be_written_is_read(
    run: Run, target: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B02: a data directory that is read-only, where no engine starts."""
    assert run("get", "demo:?files=2&size=8KiB", "--to", target).code == 0
    database = home / "data" / "stabilitydl.db"
    before = sorted(path.name for path in database.parent.iterdir())

    def refuse(*_args: object, **_more: object) -> None:
        raise StoreNotWritable(path=str(database), detail="it is read-only")

    monkeypatch.setattr(Database, "open", refuse)
    monkeypatch.setattr(EngineLock, "take", refuse)
    monkeypatch.setattr("stabilitydl.store.database.os.access", lambda *_args: False)
    said = run("list")
    assert (said.code, "2 of 2 files" in said.out, "cannot be opened for writing" in said.err) == (0, True, True)
    next(iter(target.iterdir())).unlink()
    said = run("list")
    assert (said.code, "1 of 2 files" in said.out, "1 missing" in said.out) == (0, True, True)
    assert sorted(path.name for path in database.parent.iterdir()) == before


def test_list_tells_errors_as_json(run: Run) -> None:
    said = run("list", "nosuch", "--json")
    assert said.code == 3
    assert (said.object["collections"], said.object["errors"][0]["code"]) == ([], "unknown-collection")
    assert run("get", "demo:?files=1&size=8KiB").code == 0
    assert run("list", "nosuch", "--json").object["errors"][0]["code"] == "unknown-collection"


def test_plan_with_errors(run: Run, tmp_path: Path) -> None:
    said = run("plan", "nonsense", "--json")
    assert said.code == 2
    assert (said.object["collections"], said.object["errors"][0]["code"]) == ([], "unknown-locator")
    listed = write_list(tmp_path / "pack.txt", "http://127.0.0.1:9/a.safetensors", "http://127.0.0.1:9/x.exe", "bad")
    said = run("plan", listed, "--json")
    assert said.code == 1
    blocked = [child["blocked"] for child in said.object["collections"][0]["resources"]]
    assert blocked[0] is None
    assert set(blocked[1]) == {"code", "message", "remedy"}
    assert [error["code"] for error in said.object["errors"]] == ["bad-list-line"]
    said = run("plan", listed)
    assert "blocked: " in said.out
    assert "line 3" in said.err


def test_a_retry_is_told(run: Run, origin: FileOrigin, target: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    file.statuses = [500]
    said = run("get", file.url, "--to", target, "--json")
    assert said.code == 0
    (retry,) = said.of("retry")
    assert set(retry) == {"event", "resource", "code", "after"}
    assert retry["code"] == "server-failed"
    assert retry["after"] >= 0


def test_limits_are_taken_from_the_command_line(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, *(f"{number}.safetensors" for number in range(6)))
    said = run("get", listed, "--to", target, "--jobs", "1", "--connections", "1", "--limit-rate", "0")
    assert said.code == 0
    assert len({request.connection for request in origin.requests}) <= 2


def test_resume_without_anything(run: Run) -> None:
    for command in ("resume", "pause", "retry", "cancel", "remove"):
        assert run(command).code == 0
        assert run(command, "0123456789").code == 3
        assert run(command, "--include", "x").code == 3
    assert run("list", "0123456789").code == 3
    assert run("list").code == 0


def test_each_of_some_files_may_be_limited(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    listed = pack(origin, tmp_path, "a.safetensors", "b.safetensors", "c.safetensors")
    for file in origin.files.values():
        file.statuses = [404]
    assert run("get", listed, "--to", target).code == 1
    (collection,) = run("list", "--json").object["collections"]

    def limits() -> list[int]:
        (found,) = run("list", "--json").object["collections"]
        return [row["rate_limit"] for row in found["resources"]]

    said = run("limit", collection["id"], "2M", "--include", "[ab]*")
    assert (said.code, said.err) == (0, "2 files limited to 2.0 MB/s each.\n")
    assert limits() == [2_000_000, 2_000_000, 0]
    assert run("list", collection["id"]).out.count("at most 2.0 MB/s") == 2
    assert run("limit", collection["id"], "500K", "--include", "a*").err == "1 file limited to 500 KB/s.\n"
    assert limits() == [500_000, 2_000_000, 0]
    assert run("limit", collection["id"], "0", "--include", "a*").err == "1 file without a limit of its own.\n"
    assert run("limit", collection["id"], "0").err == "3 files without a limit of their own.\n"
    assert limits() == [0, 0, 0]
    assert run("limit", "nonsense", "1M").code == 3
    assert run("limit", collection["id"], "1M", "--include", "nothing").code == 3


def test_list_says_which_files_nothing_vouches_for(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    """H08: as `get` does, and for as long as they are here."""
    files = serve(origin, "nameless.bin", "strong.bin", "known.bin")
    files[0].etag = None
    listed = write_list(
        tmp_path / "p.txt", *(file.url for file in files[:2]), f"{files[2].url} sha256:{files[2].sha256}"
    )
    assert run("get", listed, "--to", target, "--include", "strong.bin", "--include", "known.bin").code == 0
    assert "unverified" not in run("list").out
    assert run("get", listed, "--to", target).code == 0
    (collection,) = run("list", "--json").object["collections"]
    told = {row["name"]: row["verification"] for row in collection["resources"]}
    assert told == {"nameless.bin": "unverifiable", "strong.bin": "weak", "known.bin": "verified"}
    assert "complete, 1 unverified" in run("list").out
    lines = {Path(line.split()[-1]).name: line for line in run("list", collection["id"]).out.splitlines()}
    assert {name for name, line in lines.items() if line.startswith("downloaded, unverified ")} == {"nameless.bin"}
    (target / "nameless.bin").unlink()
    (collection,) = run("list", "--json").object["collections"]
    told = {row["name"]: row["verification"] for row in collection["resources"]}
    assert told == {"nameless.bin": None, "strong.bin": "weak", "known.bin": "verified"}
    assert "unverified" not in run("list").out


def test_a_collection_may_weigh_more_than_others(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    assert run("weight", "nonsense", "2").code == 3
    assert run("get", pack(origin, tmp_path, "a.bin", "b.bin"), "--to", target).code == 0
    (collection,) = run("list", "--json").object["collections"]
    assert collection["weight"] == 1
    assert run("weight", collection["id"][:8], "2.5").err == "1 collection gets 2.5 times the share of others.\n"
    assert run("list").out.endswith("2.5 times the share\n")
    (collection,) = run("list", "--json").object["collections"]
    assert collection["weight"] == 2.5
    assert run("weight", collection["id"], "1").err == "1 collection gets the same share as others.\n"
    assert "share" not in run("list").out
    assert run("weight", "nonsense", "2").code == 3


def test_a_collection_is_named_by_id_beginning_or_locator(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = pack(origin, tmp_path, "a.safetensors")
    monkeypatch.chdir(tmp_path)
    assert run("get", "pack.txt", "--to", target).code == 0
    (collection,) = run("list", "--json").object["collections"]
    for name in (
        collection["id"],
        collection["id"][:4],
        collection["id"][:9].upper(),
        "pack.txt",
        listed,
        " pack.txt ",
    ):
        assert run("list", name, "--json").object["collections"][0]["id"] == collection["id"]
        assert run("resume", name).code == 0
    for name in (collection["id"][:3], "other.txt", collection["id"] + "0", "demo:", ""):
        assert run("list", name).code == 3
        assert run("remove", name).code == 3


def test_retry_brings_what_failed(run: Run, origin: FileOrigin, target: Path) -> None:
    url = origin.url("/late.safetensors")
    assert run("get", url, "--to", target).code == 1
    assert run("resume").code == 0
    assert run("retry").code == 1
    serve(origin, "late.safetensors")
    said = run("retry", "--json")
    assert said.code == 0
    assert said.of("summary")[0]["downloaded"] == 1
    assert run("retry").err == "Nothing failed.\n"


def test_what_is_paused_goes_on_when_asked(run: Run, origin: FileOrigin, target: Path, home: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    file.statuses = [404]
    assert run("get", file.url, "--to", target).code == 1
    store = Store.open(Paths.from_environment().database)
    (row,) = store.resources()
    store.apply([Change(row.id, State.PAUSED)])
    store.close()
    assert run("resume").code == 0
    assert (target / "a.safetensors").exists()


def test_a_file_that_vanished_is_missing(run: Run, origin: FileOrigin, target: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    assert run("get", file.url, "--to", target).code == 0
    assert "complete" in run("list").out
    (target / "a.safetensors").write_bytes(b"changed")
    said = run("list")
    assert "0 of 1 file" in said.out
    assert "1 missing" in said.out
    (row,) = run("list", "--missing", "--json").object["collections"][0]["resources"]
    assert (row["state"], row["here"], row["received"]) == ("missing", None, 0)


def test_remove_with_files_moves_them_to_the_trash(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "user").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user" / "data"))
    (file,) = serve(origin, "a.safetensors")
    assert run("get", file.url, "--to", target).code == 0
    said = run("remove", file.url, "--with-files")
    assert said.code == 0
    assert "1 file removed" in said.err
    assert not (target / "a.safetensors").exists()


def test_a_large_download_is_asked_for_at_a_terminal_only(
    run: Run, origin: FileOrigin, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get, "LARGE", 1000)
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(console, "ask", answer)
    locator = "demo:?files=2&size=8KiB"
    monkeypatch.setattr(console, "may_ask", lambda: True)
    said = run("get", locator, "--to", target)
    assert (said.code, asked) == (130, ["Download 2 files, 16.4 KB?"])
    assert not target.exists()
    assert run("get", locator, "--to", target, "--yes").code == 0
    assert len(asked) == 1
    monkeypatch.setattr(console, "may_ask", lambda: False)
    assert run("get", locator, "--to", tmp_path / "elsewhere").code == 0
    assert len(asked) == 1


def test_the_log_names_no_secret(run: Run, origin: FileOrigin, target: Path) -> None:
    (file,) = serve(origin, "a.safetensors")
    said = run("get", f"{file.url}?token=canary123", "--to", target, "--debug")
    assert said.code == 0
    log = Path(said.err.splitlines()[0].removeprefix("The log is written to "))
    text = log.read_text("utf-8")
    assert "stabilitydl starts" in text
    assert "canary123" not in text
