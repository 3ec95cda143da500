import os
import signal
import threading
from collections.abc import Iterator, Sequence

import anyio
import pytest

from stabilitydl.cli.session import Session
from stabilitydl.domain.events import AnyEvent
from stabilitydl.engine.engine import Engine
from stabilitydl.errors import EngineStopped, NotFound, UnknownLocator
from stabilitydl.hubs.registry import Registry
from stabilitydl.paths import Paths
from stabilitydl.settings import Settings


@pytest.fixture
def closed() -> list[str]:
    return []


@pytest.fixture
def session(closed: list[str]) -> Iterator[Session]:
    made = Session(Paths.from_environment(), Settings(), Registry.standard(), closing=[lambda: closed.append("closed")])
    with made:
        yield made


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


async def never(*_: object) -> None:
    await anyio.sleep_forever()


async def wait_settled(*_: object) -> None:
    await never()


def test_answers_and_errors_come_back(session: Session) -> None:
    session.start()
    assert session.ask(lambda engine: engine.collections()) == []

    async def fail(_: Engine) -> None:
        raise NotFound(host="h")

    with pytest.raises(NotFound):
        session.ask(fail)


def test_locators_are_checked_before_the_engine_starts(session: Session) -> None:
    session.recognise(["https://host/a.safetensors"])
    with pytest.raises(UnknownLocator):
        session.recognise(["https://host/a.safetensors", "nonsense"])


def test_nothing_to_wait_for_ends_at_once(session: Session) -> None:
    session.start()
    batches: list[Sequence[AnyEvent]] = []
    assert session.follow([], batches.append) == []
    assert all(not batch for batch in batches)


def test_an_engine_that_ends_ends_the_waiting(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "wait_settled", wait_settled)
    session.start()
    stopper = threading.Timer(0, session.stop)

    def show(_: Sequence[AnyEvent]) -> None:
        if not stopper.ident:
            stopper.start()

    with pytest.raises(EngineStopped):
        session.follow(["x"], show)
    stopper.join()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_a_question(number: int, session: Session, closed: list[str]) -> None:
    session.start()

    async def interrupted(_: Engine) -> None:
        os.kill(os.getpid(), number)
        await never()

    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        session.ask(interrupted)
    assert signal.getsignal(number) == before
    session.stop()
    session.stop()
    assert closed == []


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals of one thread are a matter of POSIX")
def test_a_signal_that_does_not_wake_the_main_thread_interrupts_too(session: Session) -> None:
    session.start()

    async def interrupted(_: Engine) -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        await never()

    with pytest.raises(KeyboardInterrupt):
        session.ask(interrupted)


def test_signals_are_given_back_unless_one_came(closed: list[str]) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Session(Paths.from_environment(), Settings(), Registry.standard(), closing=[lambda: closed.append("x")]):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert closed == ["x"]


def test_an_ignored_signal_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Session(Paths.from_environment(), Settings(), Registry.standard()):
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
