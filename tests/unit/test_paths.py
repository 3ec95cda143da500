from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

import stabilitydl
from stabilitydl import paths
from stabilitydl.paths import Paths, resource_path


def test_everything_lies_under_the_home(tmp_path: Path) -> None:
    home = tmp_path / "portable"
    found = Paths.from_environment({"STABILITYDL_HOME": str(home)})
    assert found == Paths(home / "data", home / "config", home / "cache", home / "library")
    assert found.database == home / "data" / "stabilitydl.db"
    assert found.locks == home / "data" / "locks"
    assert found.logs == home / "data" / "logs"
    assert found.settings == home / "config" / "settings.toml"
    assert not home.exists()


def test_the_environment_is_asked_where_none_is_given(home: Path) -> None:
    assert Paths.from_environment().data == home / "data"


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths.from_environment({"STABILITYDL_HOME": "here"}).data == tmp_path / "here" / "data"


def test_a_tilde_is_the_home_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "user"))
    assert Paths.from_environment({"STABILITYDL_HOME": "~/x"}).data == tmp_path / "user" / "x" / "data"


@pytest.mark.parametrize("environ", [{}, {"STABILITYDL_HOME": ""}])
def test_without_a_home_the_folders_of_the_platform(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    user = Path.home()
    assert user == tmp_path / "user"
    found = Paths.from_environment(environ)
    for folder in dataclasses.astuple(found):
        assert folder.is_absolute()
        assert folder.is_relative_to(user)
    assert found.library == user / "Models"
    assert len(set(dataclasses.astuple(found))) == 4
    assert not user.exists()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG variables are honoured on Linux")
def test_xdg_variables_are_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    found = Paths.from_environment({})
    assert found.data == tmp_path / "d" / "stabilitydl"
    assert found.config == tmp_path / "c" / "stabilitydl"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package without resources."""
    folder = tmp_path / "site" / "stabilitydl"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(folder / "paths.py"))
    return folder


def put(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / name).touch()
    return folder / name


def test_resources_of_a_checkout(package: Path) -> None:
    expected = put(package.parent / "resources", "icon.svg")
    assert resource_path("icon.svg") == expected


def test_resources_of_a_wheel_come_before_a_folder_beside_it(package: Path) -> None:
    put(package.parent / "resources", "icon.svg")
    expected = put(package / "_resources", "icon.svg")
    assert resource_path("icon.svg") == expected


def test_resources_of_a_frozen_bundle_come_first(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(package / "_resources", "icon.svg")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert resource_path("icon.svg") == package / "_resources" / "icon.svg"
    expected = put(tmp_path / "bundle" / "resources", "icon.svg")
    assert resource_path("icon.svg") == expected


def test_a_resource_that_is_nowhere(package: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"icon\.svg"):
        resource_path("icon.svg")


def test_the_version_is_a_version() -> None:
    assert all(part.isdigit() for part in stabilitydl.__version__.split("."))
