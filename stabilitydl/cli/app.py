"""The arguments: typer reads them into requests; the module of each command is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from .. import __version__
from ..demo.plan import PackPlan
from ..domain.checksum import Checksum
from ..domain.states import Tab
from ..errors import StabilityError, UsageError
from ..paths import Paths
from . import arguments, console
from .exit_codes import ExitCode
from .filters import Filter
from .requests import (
    Command,
    ControlRequest,
    DemoRequest,
    GetRequest,
    ListRequest,
    LockRequest,
    LoginRequest,
    PlanRequest,
    QuarantineRequest,
)

PROGRAM = "stabilitydl"
T = TypeVar("T")

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
# Converting a value loads a library that takes longer than all of ``list``. So ``list`` declares flags only, and
# the help flags get a value that needs no converting.


def _reader(read: Callable[[str], T]) -> Callable[[str], T]:
    """``read`` as typer wants a parser: a value that is refused is a usage error that names its option."""

    def parse(text: str) -> T:
        try:
            return read(text)
        except StabilityError as error:
            raise typer.BadParameter(str(error)) from None

    return parse


def _filter(*kinds: list[str] | None) -> Filter:
    """The filter of its options, in the order of its fields."""
    return Filter(*(tuple(kind or ()) for kind in kinds))


def _folder(text: str) -> Path:
    if not text.strip():
        raise UsageError(detail="The folder has no name.")
    return Path(text).expanduser().absolute()


Locators = Annotated[
    list[str],
    typer.Argument(metavar="LOCATOR", help="Page address, OWNER/NAME, file address, or list file.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
To = Annotated[
    Path | None,
    typer.Option(metavar="DIR", parser=_reader(_folder), help="Put the files into DIR.", show_default=False),
]
Include = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Only files whose name or path matches; may be repeated.", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="No files whose name or path matches; may be repeated.", show_default=False),
]
VersionId = Annotated[
    list[str] | None,
    typer.Option("--version-id", metavar="ID", help="Only files of this version; may be repeated.", show_default=False),
]
FileType = Annotated[
    list[str] | None,
    typer.Option(
        "--file-type", metavar="TYPE", help="Only files of this type, such as VAE or gguf.", show_default=False
    ),
]
BaseModel = Annotated[
    list[str] | None,
    typer.Option("--base-model", metavar="NAME", help="Only files for this base model.", show_default=False),
]
Precision = Annotated[
    list[str] | None,
    typer.Option(
        "--precision", metavar="NAME", help="Only this precision, such as fp16 or Q4_K_M.", show_default=False
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Write a log file and say where it is.")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Debug = False,
) -> Action | None:
    if version:
        return _print_version
    if context.invoked_subcommand is None:
        text = context.get_help()
        return lambda _paths: _print_help(text)
    return None


@app.command()
def get(
    locators: Locators,
    to: To = None,
    include: Include = None,
    exclude: Exclude = None,
    version_id: VersionId = None,
    file_type: FileType = None,
    base_model: BaseModel = None,
    precision: Precision = None,
    checksum: Annotated[
        Checksum | None,
        typer.Option(
            metavar="ALGO:HEX",
            parser=_reader(arguments.read_checksum),
            help="What the one file must be, such as sha256:HEX.",
            show_default=False,
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=64, help="Files at the same time.", show_default=False)
    ] = None,
    connections: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=16, help="Connections for one file.", show_default=False)
    ] = None,
    limit_rate: Annotated[
        int | None,
        typer.Option(
            metavar="RATE",
            parser=_reader(arguments.read_rate),
            help="Bytes per second for everything, such as 10M.",
            show_default=False,
        ),
    ] = None,
    skip_blocked: Annotated[
        bool, typer.Option("--skip-blocked", help="Files that the hub does not give are no failure.")
    ] = False,
    json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    debug: Debug = False,
) -> Action:
    """Download the files of pages, repositories, lists or addresses, and check them."""
    request = GetRequest(
        locators=tuple(locators),
        to=to,
        filter=_filter(include, exclude, version_id, file_type, base_model, precision),
        checksum=checksum,
        jobs=jobs,
        connections=connections,
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
    locators: Locators,
    to: To = None,
    include: Include = None,
    exclude: Exclude = None,
    version_id: VersionId = None,
    file_type: FileType = None,
    base_model: BaseModel = None,
    precision: Precision = None,
    json: Json = False,
    debug: Debug = False,
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
    missing: Annotated[bool, typer.Option("--missing", help="Only files that are not here.")] = False,
    downloading: Annotated[bool, typer.Option("--downloading", help="Only files that are on their way.")] = False,
    downloaded: Annotated[bool, typer.Option("--downloaded", help="Only files that are here.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Only files that failed.")] = False,
    json: Json = False,
    debug: Debug = False,
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


Collections = Annotated[
    list[str] | None,
    typer.Argument(metavar="COLLECTION", help="Id, beginning of an id, or locator.", show_default=False),
]
Hidden = Annotated[bool, typer.Option("--with-files", hidden=True)]


def _control(
    command: Command, collections: list[str] | None, include: list[str] | None, with_files: bool, json: bool = False
) -> Action:
    if with_files and command is not Command.REMOVE:
        raise typer.BadParameter(f"--with-files belongs to remove; {command} keeps every file that is here.")
    request = ControlRequest(
        command=command,
        collections=tuple(collections or ()),
        filter=Filter(include or ()),
        with_files=with_files,
        json=json,
    )

    def run(paths: Paths) -> int:
        from . import control

        return control.run(request, paths)

    return run


@app.command()
def resume(
    collections: Collections = None,
    include: Include = None,
    with_files: Hidden = False,
    json: Json = False,
    debug: Debug = False,
) -> Action:
    """Go on with collections, or with everything that is unfinished."""
    return _control(Command.RESUME, collections, include, with_files, json)


@app.command()
def pause(
    collections: Collections = None, include: Include = None, with_files: Hidden = False, debug: Debug = False
) -> Action:
    """Hold files back until they are resumed."""
    return _control(Command.PAUSE, collections, include, with_files)


@app.command()
def retry(
    collections: Collections = None,
    include: Include = None,
    with_files: Hidden = False,
    json: Json = False,
    debug: Debug = False,
) -> Action:
    """Try again what failed."""
    return _control(Command.RETRY, collections, include, with_files, json)


@app.command()
def cancel(
    collections: Collections = None, include: Include = None, with_files: Hidden = False, debug: Debug = False
) -> Action:
    """Give up files that are on their way."""
    return _control(Command.CANCEL, collections, include, with_files)


@app.command()
def remove(
    collections: Collections = None,
    include: Include = None,
    with_files: Annotated[bool, typer.Option("--with-files", help="Also move the files to the trash.")] = False,
    debug: Debug = False,
) -> Action:
    """Take files off the list; the files themselves stay."""
    return _control(Command.REMOVE, collections, include, with_files)


@app.command()
def quarantine(
    empty: Annotated[bool, typer.Option("--empty", help="Throw away all files in quarantine.")] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="FILE", help="Use a file all the same; name or id, may be repeated."),
    ] = None,
    json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    debug: Debug = False,
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
    collection: Annotated[
        str, typer.Argument(metavar="COLLECTION", help="Id, beginning of an id, or locator.", show_default=False)
    ],
    downloaded: Annotated[bool, typer.Option("--downloaded", help="Only files that are here.")] = False,
    include: Include = None,
    exclude: Exclude = None,
    debug: Debug = False,
) -> Action:
    """Print a lockfile: what get needs to bring the same bytes again, elsewhere and later."""
    request = LockRequest(collection=collection, filter=Filter(include or (), exclude or ()), downloaded=downloaded)

    def run(paths: Paths) -> int:
        from . import lock as command

        return command.run(request, paths)

    return run


@app.command()
def login(
    hub: Annotated[
        str | None, typer.Argument(metavar="HUB", help="civitai, huggingface or modelscope.", show_default=False)
    ] = None,
    debug: Debug = False,
) -> Action:
    """Log in to a hub with a token, or show who is logged in.

    The token is typed without an echo, or read from the standard input; it is kept in the keyring of the system.
    """
    return _login(LoginRequest(hub=hub))


@app.command()
def logout(
    hub: Annotated[str, typer.Argument(metavar="HUB", help="civitai, huggingface or modelscope.", show_default=False)],
    debug: Debug = False,
) -> Action:
    """Forget the token of a hub."""
    return _login(LoginRequest(hub=hub, out=True))


def _login(request: LoginRequest) -> Action:
    def run(paths: Paths) -> int:
        from . import login as command

        return command.run(request, paths)

    return run


@app.command()
def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Stay in the terminal.")] = False,
    files: Annotated[int, typer.Option(metavar="N", min=1, help="How many files.")] = 80,
    size: Annotated[
        int | None,
        typer.Option(
            metavar="SIZE",
            parser=_reader(arguments.read_size),
            help="Size of one file, 4MiB unless told.",
            show_default=False,
        ),
    ] = None,
    to: To = None,
    trouble: Annotated[bool, typer.Option("--trouble", help="Mix in files that fail.")] = False,
    json: Json = False,
    debug: Debug = False,
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
