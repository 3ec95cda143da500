"""What goes into a wheel, as pyproject.toml says it, and what the README shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
STAYS_OUT = {"screenshots", "installer", "licences"}
"""The pictures of the README, and what only builders of bundles need."""

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
MOST_BYTES = 1_500_000


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
    assert 0 < sum(path.stat().st_size for path in (RESOURCES / "screenshots").iterdir()) < MOST_BYTES
