"""``list``, ``verify``, ``quarantine`` and ``lock``: files that are here, or on the list."""

from __future__ import annotations

import typer

from ...domain.states import Tab
from ...errors import UsageError
from ...paths import Paths
from .. import options
from ..action import Action
from ..filters import Filter
from ..requests import ListRequest, LockRequest, QuarantineRequest, VerifyRequest


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
        from .. import listing

        return listing.run(request, paths)

    return run


def verify(
    collections: options.Collections = None,
    include: options.Include = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> Action:
    """Read files back that are here, and say which are not what arrived; nothing is changed."""
    request = VerifyRequest(collections=tuple(collections or ()), filter=Filter(include or ()), json=json)

    def run(paths: Paths) -> int:
        from .. import verify as command

        return command.run(request, paths)

    return run


def quarantine(
    empty: options.Empty = False,
    keep: options.Keep = None,
    retry: options.Again = None,
    elsewhere: options.Elsewhere = None,
    json: options.Json = False,
    yes: options.Yes = False,
    debug: options.Debug = False,
) -> Action:
    """List the files whose bytes are wrong, or say what becomes of them."""
    if sum(map(bool, (empty, keep, retry, elsewhere))) > 1:
        raise UsageError(detail="--empty, --keep, --retry and --elsewhere exclude each other.")
    request = QuarantineRequest(
        empty=empty, keep=keep or (), retry=retry or (), elsewhere=elsewhere or (), json=json, yes=yes
    )

    def run(paths: Paths) -> int:
        from .. import quarantine as command

        return command.run(request, paths)

    return run


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
        from .. import lock as command

        return command.run(request, paths)

    return run
