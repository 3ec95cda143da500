"""Links of other programs name public locators and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from stabilitydl.gui.links import MOST, for_any_folder, is_link, locators_of


def test_a_link_names_locators() -> None:
    link = "stabilitydl://add?locator=https%3A%2F%2Fcivitai.com%2Fmodels%2F1&locator=civitai%3A4384"
    assert is_link(link)
    assert is_link(f"  {link.replace('stabilitydl', 'StabilityDL')}")
    assert locators_of(link) == ("https://civitai.com/models/1", "civitai:4384")


def test_everything_else_in_a_link_is_ignored() -> None:
    link = "stabilitydl://add?target=/etc&token=x&start=1&locator=civitai%3A1&to=/home"
    assert locators_of(link) == ("civitai:1",)


@pytest.mark.parametrize(
    "locator",
    [
        "",
        "/etc/passwd",
        "~/.ssh/id_rsa",
        "./x",
        "\\\\evil\\share\\list.txt",
        "C:\\list.txt",
        "C:list.txt",
        "file:///etc/passwd",
        "list.txt",
        "http://127.0.0.1:8080/x",
        "http://localhost/x",
        "http://192.168.1.1/x",
        "http://[::1]/x",
        "http://169.254.169.254/latest/meta-data",
        "ftp://example.org/x",
        "https:///x",
        "http://[broken",
        "stabilitydl://add?locator=x",
        "civitai:1\n/etc/passwd",
    ],
)
def test_what_a_stranger_has_no_business_to_name_is_left_out(locator: str) -> None:
    from urllib.parse import quote

    assert locators_of(f"stabilitydl://add?locator={quote(locator, safe='')}") == ()


def test_garbage_and_floods_do_no_harm() -> None:
    assert locators_of("stabilitydl:") == ()
    assert locators_of("stabilitydl://add?" + "&".join(["locator=civitai%3A1"] * 1000)) == ()
    assert len(locators_of("stabilitydl://add?" + "&".join(["locator=civitai%3A1"] * (MOST + 5)))) == MOST
    assert not is_link("https://stabilitydl.example/")


def test_files_are_named_as_a_process_in_another_folder_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "a pack.lock.toml"
    pack.touch()
    monkeypatch.chdir(tmp_path)
    assert for_any_folder("a pack.lock.toml") == str(pack)
    assert for_any_folder(pack.as_uri()) == str(pack)
    for word in ("https://example.org/a%20pack.lock.toml", "owner/name", "stabilitydl://add?locator=civitai%3A1"):
        assert for_any_folder(word) == word
