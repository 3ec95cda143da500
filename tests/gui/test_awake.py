"""The computer is kept awake while files come, if the user wants that, and never a moment longer than needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stabilitydl.gui.awake import Awake


class Recorder:
    """Notes what is asked of the system."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def hold(self) -> None:
        self.calls.append("hold")

    def let_go(self) -> None:
        self.calls.append("let go")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def awake(qapp: object, recorder: Recorder) -> Iterator[Awake]:
    made = Awake(None, recorder)
    yield made
    made.release()


def test_nothing_is_asked_unless_it_is_wanted(awake: Awake, recorder: Recorder) -> None:
    awake.touch()
    assert recorder.calls == []
    assert not awake.holds


def test_it_holds_once_and_lets_go_when_nothing_comes(awake: Awake, recorder: Recorder) -> None:
    awake.enabled = True
    awake.touch()
    awake.touch()
    assert recorder.calls == ["hold"]
    awake._idle.timeout.emit()
    assert recorder.calls == ["hold", "let go"]
    awake.touch()
    assert recorder.calls == ["hold", "let go", "hold"]


def test_switching_it_off_lets_go_at_once(awake: Awake, recorder: Recorder) -> None:
    awake.enabled = True
    awake.touch()
    awake.enabled = False
    awake.touch()
    assert recorder.calls == ["hold", "let go"]
    awake.release()
    assert recorder.calls == ["hold", "let go"], "only once"


def test_a_machine_without_a_session_bus_is_no_trouble(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    awake = Awake()
    awake.enabled = True
    awake.touch()
    assert awake.holds
    awake.release()
