"""The arguments: typer reads them into requests; the module of each command is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import typer

from .. import __version__
from ..demo.plan import PackPlan
from ..domain.states import Tab
from ..errors import UsageError
from ..paths import Paths
from . import console, options
from .exit_codes import ExitCode
from .filters import Filter
from .requests import (
    Command,
    ControlRequest,
    DemoRequest,
    DoctorRequest,
    GetRequest,
    ListRequest,
    LockRequest,
    LoginRequest,
    PlanRequest,
    QuarantineRequest,
    VerifyRequest,
    WeightRequest,
)

PROGRAM = "stabilitydl"

Action = Callable[[Paths], int]
"""A command that is ready to run; it returns the exit code."""

OpenWindow = Callable[[Sequence[str]], int]
"""Opens the window on some locators and returns the exit code; it is handed in, because nothing here knows it."""

app = typer.Typer(
    name=PROGRAM,
    help="Download packs of AI model files: every file with its own state, lock, progress and failure.",
    epilog="Files go to the model library unless --to says otherwise. Exit codes: 0 everything is here, 1 something "
    "failed, 2 bad usage, 3 nothing matched, 130 interrupted.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "default_map": {"help": False, "list": {"help": False}}},
)
# Converting a value loads a library that takes longer than all of ``list``: the help flags get one that needs none.


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


def _filter(*kinds: list[str] | None) -> Filter:
    """The filter of its options, in the order of its fields."""
    return Filter(*(tuple(kind or ()) for kind in kinds))


@app.command()
def get(
    locators: options.Locators,
    to: options.To = None,
    include: options.Include = None,
    exclude: options.Exclude = None,
    version_id: options.VersionId = None,
    file_type: options.FileType = None,
    base_model: options.BaseModel = None,
    precision: options.Precision = None,
    checksum: options.Checksum = None,
    jobs: options.Jobs = None,
    connections: options.Connections = None,
    order: options.Order = None,
    limit_rate: options.Rate = None,
    skip_blocked: options.SkipBlocked = False,
    json: options.Json = False,
    yes: options.Yes = False,
    debug: options.Debug = False,
) -> Action:
    """Download the files of pages, repositories, lists or addresses, and check them."""
    request = GetRequest(
        locators=tuple(locators),
        to=to,
        filter=_filter(include, exclude, version_id, file_type, base_model, precision),
        checksum=checksum,
        jobs=jobs,
        connections=connections,
        order=order,
        rate=limit_rate,
        skip_blocked=skip_blocked,
        json=json,
        yes=yes,
    )

    def run(paths: Paths) -> int:
        from . import get as command

        return command.run(request, paths)

    return run


@app.command()
def plan(
    locators: options.Locators,
    to: options.To = None,
    include: options.Include = None,
    exclude: options.Exclude = None,
    version_id: options.VersionId = None,
    file_type: options.FileType = None,
    base_model: options.BaseModel = None,
    precision: options.Precision = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Show what get would do; nothing is downloaded."""
    request = PlanRequest(
        locators=tuple(locators),
        to=to,
        filter=_filter(include, exclude, version_id, file_type, base_model, precision),
        json=json,
    )

    def run(paths: Paths) -> int:
        from . import plan as command

        return command.run(request, paths)

    return run


@app.command("list", context_settings={"allow_extra_args": True}, options_metavar="[COLLECTION] [OPTIONS]")
def list_(
    context: typer.Context,
    missing: options.Missing = False,
    downloading: options.Downloading = False,
    downloaded: options.Downloaded = False,
    failed: options.Failed = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """List collections, or the files of one.

    COLLECTION is an id, the beginning of one, or a locator.
    """
    if len(context.args) > 1:
        raise typer.BadParameter(f"List one collection at a time, not {len(context.args)}.")
    chosen = {
        Tab.MISSING: missing,
        Tab.DOWNLOADING: downloading,
        Tab.DOWNLOADED: downloaded,
        Tab.FAILED: failed,
    }
    tabs = [tab for tab, wanted in chosen.items() if wanted]
    if len(tabs) > 1:
        raise typer.BadParameter("Choose one of --missing, --downloading, --downloaded, --failed.")
    request = ListRequest(
        collection=context.args[0] if context.args else None, tab=tabs[0] if tabs else Tab.ALL, json=json
    )

    def run(paths: Paths) -> int:
        from . import listing

        return listing.run(request, paths)

    return run


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
        from . import control

        return control.run(request, paths)

    return run


@app.command()
def resume(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Go on with collections, or with everything that is unfinished."""
    return _control(Command.RESUME, collections, include, with_files, json)


@app.command()
def pause(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Hold files back until they are resumed."""
    return _control(Command.PAUSE, collections, include, with_files)


@app.command()
def retry(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Try again what failed."""
    return _control(Command.RETRY, collections, include, with_files, json)


@app.command()
def cancel(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Give up files that are on their way."""
    return _control(Command.CANCEL, collections, include, with_files)


@app.command()
def remove(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.WithFiles = False,
    debug: options.Debug = False,
) -> Action:
    """Take files off the list; the files themselves stay."""
    return _control(Command.REMOVE, collections, include, with_files)


@app.command()
def limit(
    collections: options.SomeCollections,
    rate: options.FileRate,
    include: options.Include = None,
    debug: options.Debug = False,
) -> Action:
    """Limit how fast each of some files may come, now and later."""
    return _control(Command.LIMIT, collections, include, False, rate=rate)


@app.command()
def weight(
    collections: options.SomeCollections,
    weight: options.Weight,
    debug: options.Debug = False,
) -> Action:
    """Give collections a larger or smaller share of a limited speed, now and later."""
    request = WeightRequest(collections=tuple(collections), weight=weight)

    def run(paths: Paths) -> int:
        from . import weight as command

        return command.run(request, paths)

    return run


@app.command()
def verify(
    collections: options.Collections = None,
    include: options.Include = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Read files back that are here, and say which are not what arrived; nothing is changed."""
    request = VerifyRequest(collections=tuple(collections or ()), filter=Filter(include or ()), json=json)

    def run(paths: Paths) -> int:
        from . import verify as command

        return command.run(request, paths)

    return run


@app.command()
def repair(
    collections: options.Collections = None,
    include: options.Include = None,
    with_files: options.NoFiles = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Read files back that are here, and bring again what is damaged: of large files only the bad blocks."""
    return _control(Command.REPAIR, collections, include, with_files, json)


@app.command()
def quarantine(
    empty: options.Empty = False,
    keep: options.Keep = None,
    json: options.Json = False,
    yes: options.Yes = False,
    debug: options.Debug = False,
) -> Action:
    """List the files whose bytes are wrong, or say what becomes of them."""
    if empty and keep:
        raise UsageError(detail="--empty and --keep exclude each other.")
    request = QuarantineRequest(empty=empty, keep=keep or (), json=json, yes=yes)

    def run(paths: Paths) -> int:
        from . import quarantine as command

        return command.run(request, paths)

    return run


@app.command()
def lock(
    collection: options.Collection,
    downloaded: options.Downloaded = False,
    include: options.Include = None,
    exclude: options.Exclude = None,
    debug: options.Debug = False,
) -> Action:
    """Print a lockfile: what get needs to bring the same bytes again, elsewhere and later."""
    request = LockRequest(collection=collection, filter=Filter(include or (), exclude or ()), downloaded=downloaded)

    def run(paths: Paths) -> int:
        from . import lock as command

        return command.run(request, paths)

    return run


@app.command()
def login(
    hub: options.AnyHubName = None,
    debug: options.Debug = False,
) -> Action:
    """Log in to a hub with a token, or show who is logged in.

    The token is typed without an echo, or read from the standard input; it is kept in the keyring of the system.
    """
    return _login(LoginRequest(hub=hub))


@app.command()
def logout(
    hub: options.HubName,
    debug: options.Debug = False,
) -> Action:
    """Forget the token of a hub."""
    return _login(LoginRequest(hub=hub, out=True))


def _login(request: LoginRequest) -> Action:
    def run(paths: Paths) -> int:
        from . import login as command

        return command.run(request, paths)

    return run


@app.command()
def doctor(json: options.Json = False, debug: options.Debug = False) -> Action:
    """Say what is installed, where data lies, and whether all that is needed works."""
    request = DoctorRequest(json=json)

    def run(paths: Paths) -> int:
        from .doctor import run as command

        return command.run(request, paths)

    return run


@app.command()
def demo(
    context: typer.Context,
    headless: options.Headless = False,
    files: options.Files = 80,
    size: options.Size = None,
    to: options.To = None,
    trouble: options.Trouble = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Download a generated pack from a hub on this machine."""
    open_window: OpenWindow | None = context.obj
    plan = PackPlan(files, size if size is not None else PackPlan.size, trouble)
    request = DemoRequest(plan=plan, headless=headless, to=to, json=json)

    def run(paths: Paths) -> int:
        from . import demo as command

        return command.run(request, paths, open_window)

    return run


def _print_version(_paths: Paths) -> int:
    console.data(f"{PROGRAM} {__version__}")
    return ExitCode.OK


def _print_help(text: str) -> int:
    console.data(text)
    console.say("\nTo see it work, without an account or the internet: stabilitydl demo")
    return ExitCode.OK
