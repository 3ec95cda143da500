"""A repository of 3,151 files: planned, brought, and planned and added again after a commit that changed one file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from stabilitydl.domain.states import State
from stabilitydl.engine.ledger import Ledger
from stabilitydl.engine.locks import ResourceLocks
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store
from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.modelscope import ModelScopeOrigin
from tests.fakes.repository import FakeRepository

from .hasty import HastyClock

COUNT = 3151


def voices(branch: str) -> FakeRepository:
    """Many folders of few files, as repositories of voices have them."""
    made = FakeRepository("org/voices", branch=branch)
    made.commit({f"{n % 40:02}/{n % 7}/voice-{n}.{'onnx' if n % 2 else 'json'}": b"%d" % n for n in range(COUNT)})
    return made


async def change_one(hub: Hub, text: str, made: FakeRepository, folder: Path) -> None:
    """The one child whose content changed is new; all others are what they were, and where they were."""
    client = HttpClient(HastyClock())
    ledger = Ledger(Store.open(folder / "store.db"), ResourceLocks(folder / "locks"))

    async def plan() -> Expansion:
        locator = hub.recognise(text)
        assert locator is not None
        expansion = await hub.expand(locator, Destination(folder / "models"), client)
        assert (len(expansion.resources), expansion.problems) == (COUNT, ())
        return expansion

    first = await plan()
    ledger.store.add(first.collection, first.resources, 1.0, is_whole=first.is_whole)
    ids = [child.id for child in first.resources]
    ledger.enqueue(ids)
    ledger.store.apply([Change(id=each, state=State.DOWNLOADED) for each in ids])
    made.commit({"00/0/voice-0.json": b"said anew"})
    second = await plan()
    foreseen = ledger.foresee(second.collection, second.resources)
    assert Counter(row.state for row in foreseen) == {State.DOWNLOADED: COUNT - 1, State.MISSING: 1}
    (new,) = (row.resource for row in foreseen if row.state is State.MISSING)
    assert (new.path, new.size, new.id in ids) == ("00/0/voice-0.json", 9, False)
    assert second.collection.commit != first.collection.commit
    assert second.collection.id == first.collection.id
    ledger.store.add(second.collection, second.resources, 2.0, is_whole=second.is_whole)
    rows = ledger.store.resources()
    assert Counter((row.state, row.superseded) for row in rows) == {
        (State.DOWNLOADED, False): COUNT - 1,
        (State.MISSING, False): 1,
        (State.DOWNLOADED, True): 1,
    }
    (old,) = (row.resource for row in rows if row.superseded)
    assert (old.path, old.id in ids) == (new.path, True)
    ledger.store.apply([Change(id=old.id, state=State.MISSING)])
    (parent,) = ledger.store.collections()
    assert parent.summary.states == {State.DOWNLOADED: COUNT - 1, State.MISSING: 1}
    ledger.close()
    await client.aclose()


@pytest.mark.anyio
async def test_a_commit_that_changes_one_file_of_hugging_face(tmp_path: Path) -> None:
    with HuggingFaceOrigin() as origin:
        hub = HuggingFace(endpoint=origin.url(""), clock=HastyClock())
        await change_one(hub, "org/voices", origin.publish(voices("main")), tmp_path)
        assert sum("/tree/" in call for call in origin.calls) == 2 * 4


@pytest.mark.anyio
async def test_a_commit_that_changes_one_file_of_modelscope(tmp_path: Path) -> None:
    """More than its lists hold: folder by folder."""
    with ModelScopeOrigin() as origin:
        hub = ModelScope(endpoint=origin.url(""), clock=HastyClock())
        await change_one(hub, "modelscope:org/voices", origin.publish(voices("master")), tmp_path)
