"""What the README says must be what the program does."""

import re
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text("utf-8")
DEMO = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/stabilitydl demo\n"
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest\n"


def test_the_two_commands_stand_there_word_for_word() -> None:
    assert f"```sh\n{DEMO}```" in README
    assert f"```sh\n{TESTS}```" in README
    assert f"\n{TESTS}" in (ROOT / ".ci" / "run").read_text("utf-8")


def synopsis() -> dict[str, set[str]]:
    """The options of each command in the synopsis."""
    block = README.split("```\nstabilitydl get", 1)[1].split("```", 1)[0].replace("\n         ", " ")
    options: dict[str, set[str]] = {}
    for line in f"stabilitydl get{block}".splitlines():
        commands = line.split()[1]
        for command in commands.split("|"):
            options[command] = set(re.findall(r"--[a-z-]+", line))
    return options


@pytest.mark.parametrize(
    "command", ["get", "plan", "list", "resume", "verify", "repair", "remove", "limit", "weight", "demo"]
)
def test_the_synopsis_is_what_the_help_says(command: str, run: Run) -> None:
    shown = set(re.findall(r"--[a-z-]+", run(command, "--help").out))
    extra = {"--help", "--debug"} | ({"--json"} if command == "resume" else set())
    hidden = {"--with-files"} if command == "resume" else set()
    assert shown - extra == synopsis()[command] - hidden
