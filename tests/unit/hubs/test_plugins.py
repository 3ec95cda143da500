"""Hubs that other distributions bring: the one of CONTRIBUTING.md, and ones that are broken in every way."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stabilitydl.errors import UnknownLocator
from stabilitydl.hubs.plugins import hubs_of_others
from stabilitydl.hubs.registry import Registry
from tests.fakes.origin import FileOrigin
from tests.unit.cli.conftest import Run, process_wide_state, run  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## A hub of your own")[2].partition("\n## ")[0]

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution with one module and its entry points where Python finds them."""
    before = set(sys.modules)

    def installed(module: str, code: str, *points: str) -> None:
        folder = tmp_path / f"site-{module}"
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / f"{module}.py").write_text(code, encoding="utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[stabilitydl.hubs]\n" + "\n".join(points) + "\n")
        monkeypatch.syspath_prepend(folder)

    yield installed
    for name in set(sys.modules) - before:
        if name.endswith("_hub"):
            del sys.modules[name]


def guide(language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_hub_of_the_guide_brings_files(
    run: Run,  # noqa: F811
    install: Install,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    point = re.search(r"^(shelf = )\"(.*)\"$", guide("toml"), re.MULTILINE)
    assert point is not None
    with FileOrigin() as origin:
        code = guide("python").replace('"https://shelf.example"', json.dumps(origin.url("")))
        # On loopback a server must be one that the user pointed at.
        code = re.sub(r"(Request\(f[^)]*hub=self\.name)", r"\1, trusted=True", code)
        install("shelf_hub", code, f"{point[1]}{point[2]}")
        data = b"weights" * 100
        digest = hashlib.sha256(data).hexdigest()
        files = [
            {"path": "sub/a.bin", "size": len(data), "sha256": digest},
            {"path": "../b.bin", "size": 1, "sha256": "0" * 64},
        ]
        origin.add("/first.json", json.dumps({"title": "First shelf", "files": files}).encode())
        origin.add("/first/sub/a.bin", data)
        monkeypatch.setenv("SHELF_TOKEN", "canary")
        said = run("get", "shelf:first", "--to", tmp_path / "to", "--skip-blocked", "--json")
        assert said.code == 0
        assert [event["verification"] for event in said.of("downloaded")] == ["verified"]
        assert (tmp_path / "to" / "sub" / "a.bin").read_bytes() == data
        assert {seen.headers.get("authorization") for seen in origin.requests} == {"Bearer canary"}
        plan = run("plan", "shelf:first", "--json").object
        blocked = [child["blocked"] and child["blocked"]["code"] for child in plan["collections"][0]["resources"]]
        assert blocked == [None, "unsafe-name"]
        assert run("plan", "shelf:nosuch").code == 1
        assert "shelf" in run("login").out
        lockfile = tmp_path / "shelf.lock.toml"
        lockfile.write_text(run("lock", "shelf:first").out)
        assert run("get", lockfile, "--to", tmp_path / "again").code == 0
        assert (tmp_path / "again" / "sub" / "a.bin").read_bytes() == data


GOOD = """
class Good:
    name = "good"
    forms = ("good:NAME",)
    def recognise(self, text): return None
    async def expand(self, *a): ...
    async def request(self, *a): ...
    async def explain(self, *a): ...
    async def newer(self, *a): ...
    async def absolute(self, reference): return reference
"""
BAD = f"""
{GOOD}
class NoMethods:
    name, forms = "bad", ()
class BadName(Good):
    name = "Bad Name"
class BadForms(Good):
    name, forms = "forms", (5,)
class Thief(Good):
    name = "civitai"
class Raises(Good):
    name = "raises"
    def recognise(self, text): raise ZeroDivisionError
class Refuses:
    def __init__(self): raise RuntimeError("no")
class NeedsMore:
    def __init__(self, what): ...
not_callable = 5
"""


def test_a_broken_hub_is_left_out_and_named(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    broken = ["NoMethods", "BadName", "BadForms", "Thief", "Refuses", "NeedsMore", "not_callable", "nosuch"]
    install("bad_hub", BAD, *(f"{name} = bad_hub:{name}" for name in [*broken, "Raises"]), "z = no_such_module:Hub")
    install("good_hub", GOOD, "a = good_hub:Good", "b = good_hub:Good")
    with caplog.at_level(logging.WARNING):
        names = [hub.name for hub in hubs_of_others({"civitai", "direct"})]
    assert names == ["raises", "good"] or names == ["good", "raises"]
    left_out = [record.getMessage() for record in caplog.records]
    assert len(left_out) == len(broken) + 2
    assert all(any(name in message for message in left_out) for name in [*broken, "no_such_module"])


def test_a_hub_in_an_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "zipped.egg"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped_hub.py", GOOD)
        file.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 2.1\nName: zipped\nVersion: 1.0\n")
        file.writestr("EGG-INFO/entry_points.txt", "[stabilitydl.hubs]\ngood = zipped_hub:Good\n")
    monkeypatch.syspath_prepend(archive)
    try:
        assert [hub.name for hub in hubs_of_others(())] == ["good"]
    finally:
        sys.modules.pop("zipped_hub", None)


def test_where_nobody_brings_a_hub_nothing_is_imported_to_find_out() -> None:
    code = "import sys; from stabilitydl.hubs.plugins import hubs_of_others; before = set(sys.modules)"
    code += "; assert hubs_of_others(()) == []; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_a_hub_that_fails_hides_no_other(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    install("bad_hub", BAD, "raises = bad_hub:Raises", "thief = bad_hub:Thief")
    with caplog.at_level(logging.CRITICAL):
        registry = Registry.standard()
        hub, _ = registry.find("https://host.test/file.bin")
        assert hub.name == "direct"
        assert type(registry.by_name("civitai")).__module__ == "stabilitydl.hubs.civitai"
        with pytest.raises(UnknownLocator) as caught:
            registry.find("what is this?")
    assert "good:NAME" in str(caught.value)
