"""``quarantine``: what is wrong is listed, kept, or thrown away; nothing without a word of the user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stabilitydl.cli import console
from tests.fakes.origin import FileOrigin
from tests.unit.cli.conftest import Run


@pytest.fixture
def origin() -> Iterator[FileOrigin]:
    with FileOrigin() as server:
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models"


def bring_wrong(run: Run, origin: FileOrigin, target: Path, name: str = "a.bin") -> bytes:
    """A file ends in quarantine; its bytes."""
    data = os.urandom(8192)
    file = origin.add(f"/{name}", data)
    said = run("get", file.url, "--to", target, "--checksum", "sha256:" + "ab" * 32)
    assert said.code == 1
    return data


def test_nothing_there(run: Run) -> None:
    said = run("quarantine")
    assert (said.code, said.out, said.err) == (0, "", "Nothing is in quarantine.\n")
    assert run("quarantine", "--json").object == {"kept": []}


def test_it_is_listed(run: Run, origin: FileOrigin, target: Path) -> None:
    bring_wrong(run, origin, target)
    said = run("quarantine")
    assert said.code == 0
    assert "a.bin: The checksum is wrong" in said.out
    assert "1 file in quarantine, 8.2 KB" in said.err
    (kept,) = run("quarantine", "--json").object["kept"]
    assert (kept["name"], kept["size"], kept["problem"]["code"]) == ("a.bin", 8192, "checksum-mismatch")
    assert Path(kept["path"]).exists()


def test_it_is_thrown_away_only_when_somebody_says_so(run: Run, origin: FileOrigin, target: Path) -> None:
    bring_wrong(run, origin, target)
    said = run("quarantine", "--empty")
    assert said.code == 2
    assert "Say so with --yes." in said.err
    assert len(run("quarantine", "--json").object["kept"]) == 1
    said = run("quarantine", "--empty", "--yes")
    assert (said.code, said.err) == (0, "8.2 KB freed.\n")
    assert not list(target.iterdir())
    assert run("quarantine", "--empty", "-y").code == 0


def test_what_is_done_by_hand_is_noticed(run: Run, origin: FileOrigin, target: Path) -> None:
    def state() -> str:
        (collection,) = run("list", "--json").object["collections"]
        return str(collection["resources"][0]["state"])

    bring_wrong(run, origin, target)
    assert state() == "quarantined"
    (kept,) = run("quarantine", "--json").object["kept"]
    with Path(kept["path"]).open("ab") as file:
        file.write(b"more")
    assert state() == "quarantined"
    assert "8.2 KB" in run("quarantine").out
    (again,) = run("quarantine", "--json").object["kept"]
    assert again["problem"]["arguments"]["sha256"] != kept["problem"]["arguments"]["sha256"]
    Path(kept["path"]).unlink()
    assert state() == "missing"
    assert run("quarantine").err == "Nothing is in quarantine.\n"


def test_somebody_at_a_terminal_is_asked(
    run: Run, origin: FileOrigin, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_wrong(run, origin, target)
    asked: list[tuple[str, bool]] = []
    monkeypatch.setattr(console, "may_ask", lambda: True)
    monkeypatch.setattr(console, "ask", lambda question, usual: asked.append((question, usual)))
    assert run("quarantine", "--empty").code == 2
    assert asked == [("Throw away 1 file, 8.2 KB?", False)]


def test_a_file_is_used_all_the_same(run: Run, origin: FileOrigin, target: Path) -> None:
    data = bring_wrong(run, origin, target)
    assert run("quarantine", "--keep", "b.bin", "-y").code == 3
    said = run("quarantine", "--keep", "a.bin", "--yes")
    assert said.code == 0
    assert "1 file kept, as unverifiable." in said.err
    assert (target / "a.bin").read_bytes() == data
    assert [path.name for path in target.iterdir()] == ["a.bin"]
    assert run("quarantine", "--json").object == {"kept": []}


def test_one_is_fetched_again(run: Run, origin: FileOrigin, target: Path) -> None:
    data = bring_wrong(run, origin, target)
    assert "--retry FILE" in run("quarantine").err, "it is said what can be done"
    assert run("quarantine", "--retry", "b.bin").code == 3
    said = run("quarantine", "--retry", "a.bin")
    assert said.code == 1
    assert "The checksum is wrong" in said.err + said.out
    (kept,) = run("quarantine", "--json").object["kept"]
    assert Path(kept["path"]).read_bytes() == data
    said = run("quarantine", "--retry", kept["resource"][:8], "--json")
    assert "checksum-mismatch" in said.out


def test_another_address_is_tried(run: Run, origin: FileOrigin, target: Path, tmp_path: Path) -> None:
    wrong, right = os.urandom(8192), origin.add("/right/a.bin", os.urandom(8192))
    other = origin.add("/wrong/a.bin", wrong)
    listed = tmp_path / "list.txt"
    listed.write_text(f"{other.url}\t{right.url}\n  checksum=sha-256={right.sha256}\n  out=a.bin\n")
    right.data, kept_back = wrong, right.data
    assert run("get", listed, "--to", target).code == 1
    right.data = kept_back
    said = run("quarantine", "--elsewhere", "a.bin")
    assert said.code == 0
    assert (target / "a.bin").read_bytes() == kept_back


def test_without_another_address_nothing_is_tried(run: Run, origin: FileOrigin, target: Path) -> None:
    bring_wrong(run, origin, target)
    before = len(origin.requests)
    said = run("quarantine", "--elsewhere", "a.bin")
    assert (said.code, said.err) == (1, "a.bin has no other address.\n")
    assert len(origin.requests) == before


@pytest.mark.parametrize("choices", [("--empty", "--keep", "x"), ("--retry", "x", "--elsewhere", "x")])
def test_one_or_the_other(run: Run, choices: tuple[str, ...]) -> None:
    assert run("quarantine", *choices).code == 2
