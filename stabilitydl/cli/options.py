"""The options and arguments, each declared once: its name, its help, and how its value is read.

Converting a value with click's own types loads a library that takes longer than all of ``list``, so what ``list``
declares are flags.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from ..domain.checksum import Checksum as ChecksumValue
from ..errors import StabilityError, UsageError
from ..settings import StartOrder
from . import arguments

T = TypeVar("T")


def _reader(read: Callable[[str], T]) -> Callable[[str], T]:
    """``read`` as typer wants a parser: a value that is refused is a usage error that names its option."""

    def parse(text: str) -> T:
        try:
            return read(text)
        except StabilityError as error:
            raise typer.BadParameter(str(error)) from None

    return parse


def _folder(text: str) -> Path:
    if not text.strip():
        raise UsageError(detail="The folder has no name.")
    return Path(text).expanduser().absolute()


# What is meant.

Locators = Annotated[
    list[str],
    typer.Argument(metavar="LOCATOR", help="Page address, OWNER/NAME, file address, or list file.", show_default=False),
]
Collection = Annotated[
    str, typer.Argument(metavar="COLLECTION", help="Id, beginning of an id, or locator.", show_default=False)
]
Collections = Annotated[
    list[str] | None,
    typer.Argument(metavar="COLLECTION", help="Id, beginning of an id, or locator.", show_default=False),
]
SomeCollections = Annotated[
    list[str],
    typer.Argument(metavar="COLLECTION", help="Id, beginning of an id, or locator.", show_default=False),
]
HubName = Annotated[str, typer.Argument(metavar="HUB", help="civitai, huggingface or modelscope.", show_default=False)]
AnyHubName = Annotated[
    str | None, typer.Argument(metavar="HUB", help="civitai, huggingface or modelscope.", show_default=False)
]

# Which of its files.

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
Missing = Annotated[bool, typer.Option("--missing", help="Only files that are not here.")]
Downloading = Annotated[bool, typer.Option("--downloading", help="Only files that are on their way.")]
Downloaded = Annotated[bool, typer.Option("--downloaded", help="Only files that are here.")]
Failed = Annotated[bool, typer.Option("--failed", help="Only files that failed.")]

# How they come.

To = Annotated[
    Path | None,
    typer.Option(metavar="DIR", parser=_reader(_folder), help="Put the files into DIR.", show_default=False),
]
Checksum = Annotated[
    ChecksumValue | None,
    typer.Option(
        metavar="ALGO:HEX",
        parser=_reader(arguments.read_checksum),
        help="What the one file must be, such as sha256:HEX.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=64, help="Files at the same time.", show_default=False)
]
Connections = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=16, help="Connections for one file.", show_default=False)
]
Order = Annotated[
    StartOrder | None,
    typer.Option(
        metavar="ORDER",
        help="Which file starts next: in-order, small-first or nearly-done-first.",
        parser=_reader(arguments.read_order),
        show_default=False,
    ),
]
Rate = Annotated[
    int | None,
    typer.Option(
        metavar="RATE",
        parser=_reader(arguments.read_rate),
        help="Bytes per second for everything, such as 10M.",
        show_default=False,
    ),
]
FileRate = Annotated[
    int,
    typer.Argument(
        metavar="RATE",
        parser=_reader(arguments.read_rate),
        help="Bytes per second for each file, such as 500K; 0 for no limit.",
        show_default=False,
    ),
]
Weight = Annotated[
    float,
    typer.Argument(
        metavar="WEIGHT",
        parser=_reader(arguments.read_weight),
        help="How many times the share of others, such as 2 or 0.5; 1 for as much as others.",
        show_default=False,
    ),
]
SkipBlocked = Annotated[bool, typer.Option("--skip-blocked", help="Files that the hub does not give are no failure.")]

# What becomes of them.

WithFiles = Annotated[bool, typer.Option("--with-files", help="Also move the files to the trash.")]
NoFiles = Annotated[bool, typer.Option("--with-files", hidden=True)]
"""Taken where it has no meaning, so that the refusal can say where it belongs."""
Empty = Annotated[bool, typer.Option("--empty", help="Throw away all files in quarantine.")]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="FILE", help="Use a file all the same; name or id, may be repeated."),
]
Again = Annotated[
    list[str] | None,
    typer.Option("--retry", metavar="FILE", help="Fetch a file again; name or id, may be repeated."),
]
Elsewhere = Annotated[
    list[str] | None,
    typer.Option("--elsewhere", metavar="FILE", help="The same, beginning with another of its addresses."),
]

# The pack of the demo.

Headless = Annotated[bool, typer.Option("--headless", help="Stay in the terminal.")]
Files = Annotated[int, typer.Option(metavar="N", min=1, help="How many files.")]
Size = Annotated[
    int | None,
    typer.Option(
        metavar="SIZE",
        parser=_reader(arguments.read_size),
        help="Size of one file, 4MiB unless told.",
        show_default=False,
    ),
]
Trouble = Annotated[bool, typer.Option("--trouble", help="Mix in files that fail.")]

# Of the program itself.

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
Version = Annotated[bool, typer.Option("--version", help="Print the version.")]
Debug = Annotated[bool, typer.Option("--debug", help="Write a log file and say where it is.")]
