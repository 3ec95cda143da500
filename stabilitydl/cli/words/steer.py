"""``resume``, ``pause``, ``retry``, ``cancel``, ``remove``, ``limit``, ``weight``, ``repair``: what becomes of them."""

from __future__ import annotations

import typer

from ...paths import Paths
from .. import options
from ..action import Action
from ..filters import Filter
from ..requests import Command, ControlRequest, WeightRequest


def resume(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Go on with collections, or with everything that is unfinished."""
    return _control(Command.RESUME, collections, include, with_files, json)


def pause(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Hold files back until they are resumed."""
    return _control(Command.PAUSE, collections, include, with_files)


def retry(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Try again what failed."""
    return _control(Command.RETRY, collections, include, with_files, json)


def cancel(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Give up files that are on their way."""
    return _control(Command.CANCEL, collections, include, with_files)


def remove(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.WithFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Take files off the list; the files themselves stay."""
    return _control(Command.REMOVE, collections, include, with_files)


def limit(
    collections: options.SomeCollections,
    rate: options.FileRate,
    include: options.Include = None,
    debug: options.Debug = False,
) -> Action:
    """Limit how fast each of some files may come, now and later."""
    return _control(Command.LIMIT, collections, include, False, rate=rate)


def weight(
    collections: options.SomeCollections,
    weight: options.Weight,
    debug: options.Debug = False,
) -> Action:
    """Give collections a larger or smaller share of a limited speed, now and later."""
    request = WeightRequest(collections=tuple(collections), weight=weight)

    def run(paths: Paths) -> int:
        from .. import weight as command

        return command.run(request, paths)

    return run


def repair(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Read files back that are here, and bring again what is damaged: of large files only the bad blocks."""
    return _control(Command.REPAIR, collections, include, with_files, json)


def _control(
    command: Command,
    collections: list[str] | None,
    include: list[str] | None,
    with_files: bool,
    json: bool = False,
    rate: int = 0,
) -> Action:
    if with_files and command is not Command.REMOVE:
        raise typer.BadParameter(f"--with-files belongs to remove; {command} keeps every file that is here.")
    request = ControlRequest(
        command=command,
        collections=tuple(collections or ()),
        filter=Filter(include or ()),
        with_files=with_files,
        rate=rate,
        json=json,
    )

    def run(paths: Paths) -> int:
        from .. import control

        return control.run(request, paths)

    return run
