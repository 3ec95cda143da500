import logging
import os
import stat
import threading
import warnings

import pytest

from stabilitydl.cli import logs
from stabilitydl.paths import Paths

CANARY = "canary1234567890"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://host/file?token={CANARY} HTTP/1.1",
        f'HTTP Request: GET https://host:8080/a/b.safetensors?X-Amz-Signature={CANARY}&x=1 "200 OK"',
        f"https://host/?{CANARY}",
        f"https://user:{CANARY}@host/file",
        f"Authorization: Bearer {CANARY}",
        f"[(b'Authorization', b'Bearer {CANARY}')]",
        f"{{'authorization': 'Bearer {CANARY}'}}",
        f"Cookie: a={CANARY}; b=2",
        f"set-cookie: session={CANARY}; Path=/",
        f"X-Api-Key: {CANARY}",
        f"token {CANARY}x is set",
        f"('/api/download/1?token={CANARY}',)",
    ],
)
def test_no_secret_is_left(text: str) -> None:
    assert CANARY not in logs.redact(text, [f"{CANARY}x"])


def test_the_rest_is_left_alone() -> None:
    text = "GET https://host/a.safetensors 206; what now? Is it? yes"
    assert logs.redact(text) == text


def test_the_log_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    path = logs.start(Paths.from_environment())
    assert logs.is_writing()
    log = logging.getLogger("stabilitydl.test")
    log.debug("the token is %s", CANARY)
    try:
        raise ValueError(f"https://host/x?sig={CANARY}")
    except ValueError:
        log.exception("failed")
    logs.stop()
    assert not logs.is_writing()
    text = path.read_text("utf-8")
    assert CANARY not in text
    assert "the token is [secret]" in text
    assert "ValueError: https://host/x?[query]" in text
    assert "test_the_log_file" in text
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_printed_where_python_would_print_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logs.quiet()
    path = logs.start(Paths.from_environment())

    class Broken:
        def __del__(self) -> None:
            raise RuntimeError("from a destructor")

    def fail() -> None:
        raise RuntimeError("from a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Broken()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("from a library", ResourceWarning, stacklevel=1)
        logging.captureWarnings(False)
    logging.getLogger("asyncio").error("from asyncio")
    logs.stop()
    text = path.read_text("utf-8")
    for words in ("from a destructor", "from a thread", "from a library", "from asyncio"):
        assert words in text
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
