"""The command line as values: what manual and shell completion are written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from stabilitydl.cli.app import PROGRAM, app


@dataclass(frozen=True)
class Option:
    """One option. ``metavar`` is empty for a switch."""

    names: tuple[str, ...]
    metavar: str
    help: str


@dataclass(frozen=True)
class Command:
    """One command, or the program itself. ``usage`` is what follows its name."""

    name: str
    usage: str
    help: str
    options: tuple[Option, ...]
    takes_files: bool


def program() -> tuple[Command, tuple[Command, ...]]:
    """The program, and its commands in the order of its help."""
    root: Any = typer.main.get_command(app)
    context = typer.Context(root, info_name=PROGRAM)
    commands = [_command(name, command, context) for name, command in root.commands.items() if not command.hidden]
    return _command(PROGRAM, root, context, epilog=root.epilog or ""), tuple(commands)


def _command(name: str, command: Any, context: Any, epilog: str = "") -> Command:
    options = [param for param in command.get_params(context) if param.param_type_name == "option"]
    others = [param for param in command.params if param.param_type_name == "argument"]
    usage = " ".join(command.collect_usage_pieces(context)).replace("{", "").replace("}", "")
    text = "\n\n".join(filter(None, [(command.help or "").strip(), epilog]))
    return Command(
        name=name,
        usage=usage,
        help=text,
        options=tuple(
            Option(tuple(option.opts), "" if option.is_flag else str(option.metavar or "VALUE"), option.help or "")
            for option in options
            if not option.hidden
        ),
        takes_files=any(param.name == "locators" for param in others),
    )
