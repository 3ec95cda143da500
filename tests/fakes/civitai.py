"""A Civitai on loopback whose files want a login."""

from __future__ import annotations

import json
import threading

from tests.fakes.origin import Exchange
from tests.unit.hubs.pages import CivitaiOrigin, file, model, version

DATA = b"weights" * 10
GOOD = "canary-good-token"


class LoginOrigin(CivitaiOrigin):
    """Gives files to ``members`` and calls ``known`` its users; the two may differ. Both hold Authorization headers.

    Model 7 has ``count`` files, all in version 70. A refusal of file n is held back until ``gates[n]`` is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.members = {f"Bearer {GOOD}"}
        self.known = {f"Bearer {GOOD}"}
        self.gates: dict[str, threading.Event] = {}
        self.routes["/api/download/models/70"] = self.give_file
        self.routes["/api/v1/me"] = self._me

    def give_pack(self, count: int) -> None:
        files = [file(n, name=f"{n}.bin", sizeKB=len(DATA) / 1024, hashes={}) for n in range(1, count + 1)]
        self.give_model(model(7, [version(70, files)]))

    def give_file(self, exchange: Exchange) -> None:
        if exchange.request.headers.get("authorization") in self.members:
            exchange.answer(200, {"Content-Type": "application/octet-stream"}, DATA)
        else:
            gate = self.gates.get(exchange.request.query.get("fileId", [""])[0])
            if gate is not None:
                exchange.wait(gate)
            words = {"error": "Unauthorized", "message": "The creator of this asset requires you to be logged in"}
            exchange.answer(401, {"Content-Type": "application/json"}, json.dumps(words).encode())

    def _me(self, exchange: Exchange) -> None:
        known = exchange.request.headers.get("authorization") in self.known
        exchange.answer(200 if known else 401, {"Content-Type": "application/json"}, b"{}")

    @property
    def tries(self) -> int:
        """How often a file was asked for."""
        return self.times("/api/download/models/70")
