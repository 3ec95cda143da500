"""What locators hold, asked of their hubs, several at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import anyio

from ..errors import InternalError, Problem, StabilityError
from ..http.client import HttpClient
from ..hubs.lookalikes import owner_warnings
from ..hubs.protocol import Destination, Expansion, without_body
from ..hubs.registry import Registry
from ..hubs.words import presentable

AT_ONCE = 8
"""Locators that hubs are asked about at the same time."""

_log = logging.getLogger("stabilitydl.engine")


async def expand_all(
    locators: Sequence[str], destination: Destination, hubs: Registry, client: HttpClient
) -> tuple[list[Expansion], list[Problem]]:
    """What ``locators`` hold, and why the others cannot be listed; each in the order of the locators."""
    answers: list[Expansion | Problem | None] = [None] * len(locators)
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def ask(index: int) -> None:
        async with limiter:
            answers[index] = await _expand_one(locators[index], destination, hubs, client)

    async with anyio.create_task_group() as tasks:
        for index in range(len(locators)):
            tasks.start_soon(ask, index)
    return (
        [answer for answer in answers if isinstance(answer, Expansion)],
        [answer for answer in answers if isinstance(answer, Problem)],
    )


async def _expand_one(text: str, destination: Destination, hubs: Registry, client: HttpClient) -> Expansion | Problem:
    try:
        hub, locator = hubs.find(text)
        expansion = presentable(await hub.expand(locator, destination, client))
        return replace(expansion, warnings=(*owner_warnings(expansion), *expansion.warnings))
    except StabilityError as error:
        return without_body(error).problem
    except Exception as error:  # noqa: BLE001 - one locator does not hide the others
        _log.exception("a locator cannot be listed")
        return InternalError(detail=f"{type(error).__name__}: {error}").problem
