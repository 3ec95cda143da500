from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.errors import UsageError
from stabilitydl.settings import Section, Settings, Unit, fields, load, recover, save

BOUNDS = {
    "jobs": (1, 64),
    "connections": (1, 16),
    "host_connections": (1, 64),
    "total_connections": (1, 256),
    "rate_limit": (0, None),
}
ENTRY_BOUNDS = {"host_budgets": (1, 64), "host_limits": (0, 2**63 - 1)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_defaults(path: Path) -> None:
    assert load(path) == Settings()
    assert (Settings().jobs, Settings().connections) == (4, 4)
    assert (Settings().host_connections, Settings().total_connections) == (8, 16)
    assert not path.parent.exists()


def test_what_is_saved_is_loaded(path: Path) -> None:
    settings = Settings(
        jobs=9,
        connections=1,
        host_connections=64,
        total_connections=256,
        rate_limit=2**40,
        libraries=('C:\\"Models" ü', "/mnt/more"),
        host_budgets={"hub.example": 3, "::1": 64},
        host_limits={"hub.example": 500_000},
        proxy="socks5://[::1]:1080",
    )
    save(path, settings)
    assert load(path) == settings
    assert sorted(path.parent.iterdir()) == [path, path.with_name("settings.toml.saved")]


def test_only_what_differs_from_the_defaults_is_written(path: Path) -> None:
    save(path, Settings(jobs=9))
    assert path.read_text() == "jobs = 9\n"
    save(path, Settings())
    assert path.read_text() == ""
    assert load(path) == Settings()


@pytest.mark.parametrize(("name", "low", "high"), [(name, *bounds) for name, bounds in BOUNDS.items()])
def test_bounds(path: Path, name: str, low: int, high: int | None) -> None:
    for good in (low, high or 2**40):
        write(path, f"{name} = {good}".encode())
        assert getattr(load(path), name) == good
    for bad in (low - 1, *(() if high is None else (high + 1,))):
        write(path, f"{name} = {bad}".encode())
        with pytest.raises(UsageError) as caught:
            load(path)
        assert name in str(caught.value)
        assert str(path) in str(caught.value)


def test_every_field_has_a_description_a_default_and_bounds() -> None:
    described = msgspec.inspect.type_info(Settings)
    assert isinstance(described, msgspec.inspect.StructType)
    for field in described.fields:
        assert isinstance(field.type, msgspec.inspect.Metadata), field.name
        assert field.type.extra_json_schema["description"]  # type: ignore[index]
        assert not field.required
    numbers = {field.name for field in fields() if field.type is int}
    assert numbers == set(BOUNDS)


def test_a_form_knows_all_about_every_field() -> None:
    known = {field.name: field for field in fields()}
    assert list(known) == list(Settings.__struct_fields__)
    for field in known.values():
        assert field.title
        assert field.help
        assert field.default == getattr(Settings(), field.name)
        assert isinstance(field.default, field.type)
        assert (field.low, field.high) == (BOUNDS | ENTRY_BOUNDS).get(field.name, (None, None))
        assert not field.choices or field.default in field.choices
    assert known["theme"].choices == ("system", "light", "dark")
    assert known["rate_limit"].unit is Unit.RATE
    assert {field.section for field in known.values()} == set(Section)


@pytest.mark.parametrize("name", [field.name for field in fields() if field.choices])
def test_only_the_offered_choices_are_taken(path: Path, name: str) -> None:
    for choice in next(field.choices for field in fields() if field.name == name):
        write(path, f'{name} = "{choice}"'.encode())
        assert getattr(load(path), name) == choice
    write(path, f'{name} = "other"'.encode())
    with pytest.raises(UsageError, match=name):
        load(path)


def test_one_library_of_an_older_version_is_read(path: Path, tmp_path: Path) -> None:
    write(path, b'library = "/models"\njobs = 3\n')
    assert load(path) == recover(path)[0] == Settings(libraries=("/models",), jobs=3)
    write(path, b'library = "/models"\nlibraries = ["/other"]\n')
    assert load(path).libraries == ("/other",)
    save(path, load(path))
    assert path.read_text() == 'libraries = [\n    "/other",\n]\n'


def test_library_folders_are_absolute_and_each_named_once(tmp_path: Path) -> None:
    assert Settings().library_folders(tmp_path) == (tmp_path,)
    assert Settings(libraries=("", " ")).library_folders(tmp_path) == (tmp_path,)
    found = Settings(libraries=("~/b", "/a ", "/a", "")).library_folders(tmp_path)
    assert found == (Path.home() / "b", Path("/a"))


def test_numbers_for_single_hosts_have_bounds_and_names(path: Path) -> None:
    write(path, b'jobs = 3\n[host_budgets]\n"hub.example" = 64\nlocalhost = 1\n')
    assert load(path).host_budgets == {"hub.example": 64, "localhost": 1}
    for bad in (
        '"hub.example" = 0',
        '"hub.example" = 65',
        '"hub.example" = "x"',
        '"two words" = 1',
        '"HUB.example" = 1',
    ):
        write(path, f"jobs = 3\n[host_budgets]\n{bad}\n".encode())
        with pytest.raises(UsageError, match="host_budgets"):
            load(path)
        assert recover(path)[0] == Settings(jobs=3)


def test_speed_limits_of_single_hosts_are_no_less_than_none(path: Path) -> None:
    write(path, b'jobs = 3\n[host_limits]\n"hub.example" = 500000\nlocalhost = 0\n')
    assert load(path).host_limits == {"hub.example": 500_000, "localhost": 0}
    for bad in ('"hub.example" = -1', '"hub.example" = 1.5', '"two words" = 1', '"a.example" = 9223372036854775808'):
        write(path, f"jobs = 3\n[host_limits]\n{bad}\n".encode())
        with pytest.raises(UsageError):
            load(path)
        assert recover(path)[0] == Settings(jobs=3)


def test_a_proxy_is_kept_without_secrets(path: Path) -> None:
    for good in ("", "none", "http://proxy.example:3128", "socks5://127.0.0.1:1080", "proxy.example"):
        save(path, Settings(proxy=good))
        assert load(path).proxy == good
    for bad in ("http://name:canary@proxy.example", "ftp://proxy.example", "two words"):
        with pytest.raises(ValueError, match="proxy: "):
            Settings(proxy=bad)
        write(path, f'jobs = 3\nproxy = "{bad}"'.encode())
        with pytest.raises(UsageError) as caught:
            load(path)
        assert "canary" not in str(caught.value)
        assert recover(path)[0] == Settings(jobs=3)


@pytest.mark.parametrize(
    "data",
    [b"jobs = ", b'jobs = "four"', b"jobs = 4.5", b"jobs = true", b"\xff\xfe", b"[jobs]", b"library = 5", b"\0"],
)
def test_what_cannot_be_read_is_said_with_the_file(path: Path, data: bytes) -> None:
    write(path, data)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_a_folder_in_the_way(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(UsageError):
        load(path)


def test_fields_of_a_newer_version_are_ignored(path: Path) -> None:
    write(path, b"jobs = 5\nnews = true\n[more]\nx = 1\n")
    assert load(path) == Settings(jobs=5)


def test_a_save_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, Settings(jobs=9))

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        save(path, Settings(jobs=10))
    assert load(path) == Settings(jobs=9)


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        (b"", Settings()),
        (b"\xef\xbb\xbfjobs = 7\n", Settings(jobs=7)),
        (b"jobs = 7\nnews = 1\n", Settings(jobs=7)),
        (b"jobs = 700\nconnections = 2\ntheme = 5\n", Settings(connections=2)),
        (b"jobs = 9\nconnec", Settings(jobs=3)),
        (b"\xff\xfe\0", Settings(jobs=3)),
        (b"[" * 100_000, Settings(jobs=3)),
        (b"jobs = 9\n#" + b"x" * (2 << 20), Settings(jobs=3)),
    ],
    ids=["empty", "BOM", "unknown key", "wrong values", "half-written", "no text", "deep", "huge"],
)
def test_unreadable_settings_never_stop_a_start(path: Path, data: bytes, settings: Settings) -> None:
    """B08: the last good copy or what is good, the bad file kept, one notice."""
    save(path, Settings(jobs=3))
    write(path, data)
    is_bad = settings.jobs == 3 or settings.connections == 2
    found, problem = recover(path)
    assert found == settings
    assert (problem is not None) == is_bad
    assert recover(path) == (settings, None)
    aside = path.with_name("settings.toml.unreadable")
    assert aside.exists() == is_bad
    assert not is_bad or aside.read_bytes() == data


def test_without_a_good_copy_the_defaults_count(path: Path) -> None:
    """B08"""
    write(path, b"jobs = ")
    found, problem = recover(path)
    assert (found, problem is not None) == (Settings(), True)


def test_settings_that_cannot_even_be_put_aside(path: Path) -> None:
    """B08"""
    path.mkdir(parents=True)
    assert recover(path)[0] == Settings()
    assert path.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no names in folders there")
def test_settings_that_are_no_file(path: Path) -> None:
    """B08: nobody waits for what may never come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    feeder = threading.Thread(target=lambda: path.write_bytes(b"jobs = 5\n"))
    feeder.start()
    settings, problem = recover(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    feeder.join()
    os.close(descriptor)
    assert settings == Settings()
    assert problem is not None
    assert problem.arguments["detail"] == "it is no file"


@given(st.integers(1, 64), st.integers(0, 2**62), st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_settings_round_trip(tmp_path_factory: pytest.TempPathFactory, jobs: int, rate: int, library: str) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.toml"
    settings = Settings(jobs=jobs, rate_limit=rate, libraries=(library,))
    save(path, settings)
    assert load(path) == settings
