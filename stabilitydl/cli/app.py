"""All commands in one table, and what the program says without one.

typer reads the arguments of each into a request (see ``words``); the module that does it is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer

from .. import __version__
from ..paths import Paths
from . import console, options
from .action import PROGRAM, Action
from .exit_codes import ExitCode
from .values import Command
from .words import bring, program, shelf, steer

COMMANDS: Sequence[tuple[str, Callable[..., Action]]] = (
    ("get", bring.get),
    ("plan", bring.plan),
    ("list", shelf.list_),
    ("resume", steer.resume),
    ("pause", steer.pause),
    ("retry", steer.retry),
    ("cancel", steer.cancel),
    ("remove", steer.remove),
    ("limit", steer.limit),
    ("weight", steer.weight),
    ("verify", shelf.verify),
    ("repair", steer.repair),
    ("quarantine", shelf.quarantine),
    ("lock", shelf.lock),
    ("login", program.login),
    ("logout", program.logout),
    ("doctor", program.doctor),
    ("demo", bring.demo),
)
"""In the order in which the help shows them."""

_DETAILS: Mapping[str, Mapping[str, Any]] = {
    "list": {"context_settings": {"allow_extra_args": True}, "options_metavar": "[COLLECTION] [OPTIONS]"},
}

app = typer.Typer(
    name=PROGRAM,
    help="Download packs of AI model files: every file with its own state, lock, progress and failure.",
    epilog="Files go to the model library unless --to says otherwise. Exit codes: 0 everything is here, 1 something "
    "failed, 2 bad usage, 3 nothing matched, 130 interrupted.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "default_map": {"help": False} | {name: {"help": False} for name, _ in COMMANDS},
    },
)
# The help flags get a value that typer has not to convert, see ``values``.


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: options.Version = False,
    debug: options.Debug = False,
) -> Action | None:
    if version:
        return _print_version
    if context.invoked_subcommand is None:
        text = context.get_help()
        return lambda _paths: _print_help(text)
    return None


def _print_version(_paths: Paths) -> int:
    console.data(f"{PROGRAM} {__version__}")
    return ExitCode.OK


def _print_help(text: str) -> int:
    console.data(text)
    console.say("\nTo see it work, without an account or the internet: stabilitydl demo")
    return ExitCode.OK


for _name, _command in COMMANDS:
    app.command(_name, cls=Command, **_DETAILS.get(_name, {}))(_command)
