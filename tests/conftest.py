"""What all tests share: no account of the user is touched, nothing leaves the machine, no thread is left behind."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import faults

# The same examples each time, and none too slow: what a test says depends neither on luck nor on the machine.
hypothesis.settings.load_profile("ci")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

HAS_QT = importlib.util.find_spec("pytestqt") is not None and importlib.util.find_spec("PySide6") is not None

MOST = 4
"""Processes for the whole suite: more of them wait for the disk, not for a processor."""

STANDSTILL = 300
"""Seconds; on a slow machine no test of the normal run takes one minute."""

HUBS = ("CIVITAI_", "HF_", "HUGGING_FACE_", "MODELSCOPE_")
"""How the names of variables begin with which people set up hubs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--faults``, and the Qt options of pyproject.toml where their plugin is absent or switched off."""
    faults.add_option(parser)
    for name in ("qt_log_level_fail", "qt_api"):
        try:
            parser.addini(name, "used by pytest-qt")
        except ValueError:
            return


def pytest_configure(config: pytest.Config) -> None:
    """Gather which faults the tests cover. Processes that tests start hear signals, also in a run that ignores them."""
    faults.register(config)
    # What is handled here is not ignored there. The run itself goes on when its terminal goes away, as it was to.
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", lambda *_: None)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What belongs to the normal run and stands still is ended after a while, and says where it stands."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in ("bench", "slow", "release")):
            item.add_marker(pytest.mark.timeout(STANDSTILL), append=False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs in as many processes as there are processors, at most `MOST`; what was named in this one.

    So a debugger and ``-s`` work on a single file, and what measures has the machine for itself.
    """
    is_whole = config.args == config.getini("testpaths") and config.option.markexpr != "bench"
    return min(os.cpu_count() or 1, MOST) if is_whole else 0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private home, so that a test can neither read nor change what belongs to the person who runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("STABILITYDL_HOME", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(HUBS) or name in ("SSL_CERT_FILE", "XDG_CACHE_HOME"):
            monkeypatch.delenv(name)
    return folder


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A thread that outlives its test is a defect; one that is ending gets the time that a slow machine needs."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive(), f"{thread.name} outlives the test"
