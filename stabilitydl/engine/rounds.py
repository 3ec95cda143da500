"""Rounds: calls of many tasks to one lane, served together.

What is wished for in one turn of the loop, or while a round is under way, makes the next round: the busier the
engine, the fewer trips to the thread and the fewer transactions for each job.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ..lane import Lane

W = TypeVar("W")
R = TypeVar("R")


class Rounds(Generic[W, R]):
    """``serve`` runs in the lane; its list has for each wish the answer, or the exception to raise. Raises nothing."""

    def __init__(self, lane: Lane, serve: Callable[[Sequence[W]], Sequence[R | Exception]]) -> None:
        self._lane = lane
        self._serve = serve
        self._wishes: list[tuple[W, asyncio.Future[R]]] = []
        self._is_due = False
        self._is_busy = False

    def ask(self, wish: W) -> asyncio.Future[R]:
        """Serve ``wish`` with the next round. It is served whether or not anybody waits for the future."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        self._wishes.append((wish, answer))
        if not self._is_due and not self._is_busy:
            self._is_due = True
            loop.call_soon(self._begin)
        return answer

    def _begin(self) -> None:
        self._is_due = False
        if not self._wishes:
            return
        self._is_busy = True
        wishes, self._wishes = self._wishes, []
        round_ = self._lane.start(self._serve, [wish for wish, _ in wishes])
        round_.add_done_callback(lambda done: self._end([answer for _, answer in wishes], done.result()))

    def _end(self, answers: Sequence[asyncio.Future[R]], results: Sequence[R | Exception]) -> None:
        self._is_busy = False
        self._begin()
        for answer, result in zip(answers, results, strict=True):
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def __repr__(self) -> str:
        return f"<Rounds {len(self._wishes)} wishes{' busy' if self._is_busy else ''}>"
