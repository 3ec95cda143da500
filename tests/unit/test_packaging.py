"""What goes into a wheel, as pyproject.toml says it, and what the README shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
STAYS_OUT = {"screenshots", "installer", "licences"}
"""The pictures of the README, and what only builders of bundles need."""

WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
_ACTION = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
GONE = {"ubuntu-18.04", "ubuntu-20.04", "windows-2019", "macos-11", "macos-12", "macos-13", "macos-14"}
"""Machines that are not there any more; macOS 14 left on 2026-11-02 (actions/runner-images, issue 13518)."""

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
MOST_BYTES, MOST_BYTES_OF_ALL = 100_000, 2_000_000


def test_a_wheel_has_all_resources_that_the_program_reads() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    wanted = {each.name for each in RESOURCES.iterdir()} - STAYS_OUT
    assert included == {f"resources/{name}": f"stabilitydl/_resources/{name}" for name in sorted(wanted)}


def test_the_readme_shows_pictures_that_are_there_and_says_what_is_on_them() -> None:
    shown = _PICTURE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(shown) == 2
    for words, path in shown:
        assert path.startswith("resources/screenshots/")
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG")
        assert len(words) > 20


def test_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in (RESOURCES / "screenshots").iterdir()]
    assert 0 < max(sizes) < MOST_BYTES
    assert sum(sizes) < MOST_BYTES_OF_ALL


def test_the_release_names_actions_by_their_commits_and_machines_that_are_there() -> None:
    lines = [line.strip().removeprefix("- ") for line in WORKFLOW.read_text("utf-8").splitlines()]
    actions = [line for line in lines if line.startswith("uses:")]
    assert len(actions) == 5
    assert [line for line in actions if not _ACTION.fullmatch(line)] == []
    machines = set(re.findall(r"(?:runner|runs-on): ([a-z]+-[\d.]+)", WORKFLOW.read_text("utf-8")))
    assert {machine.partition("-")[0] for machine in machines} == {"ubuntu", "windows", "macos"}
    assert not machines & GONE


def test_the_release_installs_what_the_tests_of_it_use() -> None:
    """Besides what images for Ubuntu have anyway."""
    packages = set((ROOT / ".ci" / "run").read_text("utf-8").split("looks it over.\n", 1)[1].split(")", 1)[0].split())
    assert packages <= set(WORKFLOW.read_text("utf-8").split())
