"""The demo as a user runs it: real processes, real files."""

from pathlib import Path

import pytest

from tests.e2e.program import Program, files_in, sha256

ENDINGS = {
    "missing": {"server-failed", "not-found"},
    "corrupt": {"checksum-mismatch"},
    "early-access": {"early-access"},
    "web-page": {"web-page"},
    "removed": {"remote-gone"},
    "login": {"login-needed"},
    "usage": {"usage-not-allowed"},
}


FIELDS = {
    "collection": {"id", "title", "hub", "resources", "bytes"},
    "state": {"resource", "name", "from", "to"},
    "progress": {"resource", "received", "size", "speed"},
    "retry": {"resource", "code", "after"},
    "error": {"resource", "code", "message", "remedy"},
    "downloaded": {"resource", "path", "bytes", "verification", "sha256"},
    "summary": {"downloaded", "skipped", "failed", "bytes", "seconds"},
}


@pytest.fixture
def program(home: Path) -> Program:
    return Program(home)


def test_eighty_files_come_and_are_what_the_hub_says(program: Program) -> None:
    result = program.run("demo", "--size", "256KiB")
    assert result.code == 0, result.err
    assert "There is no display" in result.err
    assert "80 of 80 files are here: 80 downloaded" in result.err
    assert f"The files lie in {program.library}" in result.err
    assert sorted(result.out.splitlines()) == [str(path) for path in files_in(program.library).values()]

    listed = program.run("list", "demo:?size=256KiB", "--json").object["collections"]
    children = listed[0]["resources"]
    assert len(children) == 80
    for child in children:
        assert sha256(Path(child["here"])) == child["checksums"]["sha256"]

    again = program.run("demo", "--size", "256KiB", "--json")
    assert again.code == 0
    assert {**again.summary, "seconds": 0} == {
        "event": "summary",
        "downloaded": 0,
        "skipped": 80,
        "failed": 0,
        "bytes": 0,
        "seconds": 0,
    }


def test_each_child_in_trouble_ends_in_its_own_way(program: Program) -> None:
    result = program.run("demo", "--headless", "--trouble", "--size", "64KiB", "--json")
    assert result.code == 1
    assert "display" not in result.err
    summary = result.summary
    assert summary["downloaded"] + summary["failed"] == 80
    assert summary["downloaded"] >= 48
    assert {event["event"] for event in result.events} >= set(FIELDS) - {"progress"}
    for event in result.events:
        assert set(event) == {"event", *FIELDS[event["event"]]}
    assert result.of("collection")[0]["resources"] == 80
    assert result.of("collection")[0]["bytes"] == 80 * 64 * 1024
    assert summary["bytes"] == sum(arrived["bytes"] for arrived in result.of("downloaded"))
    errors = result.of("error")
    assert len(errors) == summary["failed"]
    assert len({error["resource"] for error in errors}) == len(errors)
    codes = {error["code"] for error in errors}
    for trouble, allowed in ENDINGS.items():
        assert codes & allowed, f"no child ended like {trouble}: {codes}"
    assert codes <= set().union(*ENDINGS.values())
    for error in errors:
        assert error["message"]
        assert error["remedy"] != "none"
    for arrived in result.of("downloaded"):
        path = Path(arrived["path"])
        assert path.stat().st_size == arrived["bytes"] == 64 * 1024
        assert sha256(path) == arrived["sha256"]

    rows = program.run("list", "demo:?size=64KiB&trouble=1", "--json").object["collections"][0]["resources"]
    states = {row["id"]: row["state"] for row in rows}
    told = {error["resource"]: error["code"] for error in errors}
    assert {row["id"]: row["error"]["code"] for row in rows if row["error"]} == told
    assert {states[resource] for resource, code in told.items() if code == "checksum-mismatch"} == {"quarantined"}
    assert {states[resource] for resource, code in told.items() if code == "early-access"} == {"blocked"}
    good = {row["name"] for row in rows if row["state"] == "downloaded"}
    assert not any(name.endswith((".sdlpart", ".journal")) for name in good)


def test_failures_are_listed_with_cause_and_remedy(program: Program) -> None:
    result = program.run("demo", "--headless", "--trouble", "--files", "10", "--size", "8KiB")
    assert result.code == 1
    assert "could not be brought:" in result.err
    assert "[checksum-mismatch]" in result.err
    assert "Choose another file of the collection." in result.err


def test_a_chosen_folder_is_flat(program: Program, tmp_path: Path) -> None:
    result = program.run("demo", "--files", "3", "--size", "8KiB", "--to", tmp_path / "here")
    assert result.code == 0
    assert len(list((tmp_path / "here").glob("*.safetensors"))) == 3


def test_a_pack_that_cannot_be_is_refused_before_anything_starts(program: Program) -> None:
    result = program.run("demo", "--files", "0")
    assert result.code == 2
    assert result.out == ""
    assert not program.home.exists()
