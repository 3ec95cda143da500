"""What desktops and shells read of the program."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from resources.installer.commands import program
from resources.installer.share import DESKTOP, write_share
from tests.e2e.display import needs

KINDS = {"x-scheme-handler/stabilitydl", "application/x-stabilitydl-lockfile", "application/metalink4+xml"}


@pytest.fixture
def share(tmp_path: Path) -> Path:
    write_share(tmp_path / "share")
    return tmp_path / "share"


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_desktop_entry_is_valid_and_opens_what_is_ours(share: Path) -> None:
    needs("desktop-file-validate")
    entry = share / "applications" / "stabilitydl.desktop"
    assert run("desktop-file-validate", entry) == ""
    kinds = next(line for line in entry.read_text("utf-8").splitlines() if line.startswith("MimeType="))
    assert set(kinds.removeprefix("MimeType=").split(";")) >= KINDS


def test_the_description_for_software_centres_is_valid(share: Path) -> None:
    needs("appstreamcli")
    run("appstreamcli", "validate", "--no-net", share / "metainfo" / "io.github.stabilitydl.metainfo.xml")


def test_the_kinds_of_files_have_endings(share: Path) -> None:
    tree = ET.parse(share / "mime" / "packages" / "stabilitydl.xml")
    globs = {glob.get("pattern") for glob in tree.iter("{http://www.freedesktop.org/standards/shared-mime-info}glob")}
    assert globs == {"*.lock.toml", "*.meta4", "*.metalink"}
    assert (DESKTOP / "stabilitydl.xml").is_file()


def test_the_manual_names_every_command_and_option(share: Path) -> None:
    needs("man")
    page = share / "man" / "man1" / "stabilitydl.1.gz"
    command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    text = subprocess.run(["man", "-l", page], capture_output=True, text=True, env={"MANWIDTH": "100"}).stdout
    root, commands = program()
    for each in (root, *commands):
        assert each.name in text
        for option in each.options:
            assert option.names[0] in text


def test_completion_knows_commands_and_options(share: Path) -> None:
    bash = share / "bash-completion" / "completions" / "stabilitydl"

    def complete(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in words)
        script = (
            f"source {bash}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _stabilitydl; echo ${{COMPREPLY[@]}}"
        )
        return run("bash", "-c", script).split()

    root, commands = program()
    assert set(complete("stabilitydl", "")) >= {command.name for command in commands}
    assert complete("stabilitydl", "qu") == ["quarantine"]
    for command in commands:
        names = {name for option in command.options for name in option.names}
        assert set(complete("stabilitydl", command.name, "-")) == names
    assert set(complete("stabilitydl", "--")) == {name for option in root.options for name in option.names}


def test_completion_offers_folders_whose_names_hold_blanks(share: Path, tmp_path: Path) -> None:
    bash = share / "bash-completion" / "completions" / "stabilitydl"
    place = tmp_path / "place"
    for name in ("models of mine", "models on the drive"):
        (place / name).mkdir(parents=True)
    (place / "models.txt").touch()
    script = (
        f"source {bash}; cd {place}; COMP_WORDS=(stabilitydl get x --to mod); COMP_CWORD=4; _stabilitydl; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert run("bash", "-c", script).splitlines() == ["models of mine", "models on the drive"]


@pytest.mark.parametrize(("shell", "place"), [("zsh", "zsh/vendor-completions/_stabilitydl"),
                                              ("fish", "fish/vendor_completions.d/stabilitydl.fish")])  # fmt: skip
def test_other_shells_can_read_theirs(share: Path, shell: str, place: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    run(shell, "-n", share / place)
