"""The outermost guard: every way in which a command can end becomes an exit code, and where something went wrong
one sentence on stderr. Never a traceback.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable

from ..errors import InternalError, StabilityError
from . import console, logs
from .exit_codes import ExitCode, exit_code_for

LOGGER = logging.getLogger(__name__)


def guard(run: Callable[[], int]) -> int:
    """The exit code of ``run``, however it ends."""
    console.prepare()
    logs.quiet()
    try:
        code = run()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        console.say("Stopped before anything began; what was on the list before goes on with: stabilitydl resume")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except StabilityError as error:
        LOGGER.info("Ended by %r", error, exc_info=True)
        console.say(console.explain(error.problem))
        return exit_code_for(error)
    except Exception as error:
        LOGGER.exception("Ended by an error that nobody expected")
        detail = f"{type(error).__name__}: {logs.redact(str(error))}"
        console.say(console.explain(InternalError(detail=detail).problem))
        if not logs.is_writing():
            console.say("The same command with --debug writes a log file to send along.")
        return ExitCode.FAILED
    finally:
        logs.stop()


def _reader_left() -> int:
    """Whoever read our output has gone: nothing more can be said, and nothing is wrong with what was done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.INTERRUPTED
