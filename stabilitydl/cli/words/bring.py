"""``get``, ``plan`` and ``demo``: files that come."""

from __future__ import annotations

import typer

from ...demo.plan import PackPlan
from ...paths import Paths
from .. import options
from ..action import Action, OpenWindow
from ..filters import Filter
from ..requests import DemoRequest, GetRequest, PlanRequest


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
        from .. import get as command

        return command.run(request, paths)

    return run


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
        from .. import plan as command

        return command.run(request, paths)

    return run


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
        from .. import demo as command

        return command.run(request, paths, open_window)

    return run


def _filter(*kinds: list[str] | None) -> Filter:
    """The filter of its options, in the order of its fields."""
    return Filter(*(tuple(kind or ()) for kind in kinds))
