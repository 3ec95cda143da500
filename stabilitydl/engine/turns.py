"""Turns: commands on one resource happen one after the other, in the order in which they were given.

So the last command wins, whatever the jobs are doing in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import anyio


class Turn:
    """The place of one command in the lines of all resources that it touches. Enter it to wait for its turn."""

    def __init__(self, turns: Turns, ids: Iterable[str]) -> None:
        self.ids = tuple(dict.fromkeys(ids))
        self._turns = turns
        self._behind = 0
        self._come = anyio.Event()

    def stand(self, behind: int) -> None:
        """For `Turns`: this many others are in front, counted once for each line."""
        self._behind = behind
        if not behind:
            self._come.set()

    def move_up(self) -> None:
        """For `Turns`: the front of one more line is reached."""
        self.stand(self._behind - 1)

    async def __aenter__(self) -> None:
        try:
            await self._come.wait()
        except BaseException:
            self._turns.leave(self)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._turns.leave(self)

    def __repr__(self) -> str:
        return f"<Turn of {len(self.ids)} behind {self._behind}>"


class Turns:
    """One line for each resource that a command is about right now."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Turn]] = {}

    def take(self, ids: Iterable[str]) -> Turn:
        """Stand in line for ``ids``; the order of these calls is the order of the commands."""
        turn = Turn(self, ids)
        behind = 0
        for each in turn.ids:
            line = self._lines.setdefault(each, deque())
            behind += bool(line)
            line.append(turn)
        turn.stand(behind)
        return turn

    def leave(self, turn: Turn) -> None:
        """The command has ended, or gave up waiting."""
        for each in turn.ids:
            line = self._lines[each]
            was_first = line[0] is turn
            line.remove(turn)
            if not line:
                del self._lines[each]
            elif was_first:
                line[0].move_up()

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f"<Turns {len(self._lines)} lines>"
