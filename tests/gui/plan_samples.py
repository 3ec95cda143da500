"""Forecasts with one child of every kind that a plan tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.states import State
from stabilitydl.engine.here import Foreseen
from stabilitydl.errors import (
    DangerousFileType,
    EarlyAccess,
    FlaggedFile,
    GatedFile,
    LoginNeeded,
    Problem,
)
from stabilitydl.gui.forecast import Forecast, Volume
from stabilitydl.hubs.protocol import Expansion
from tests.gui.samples import COLLECTION, MB, child

FOLDER = Path("/models/lora/pack")
PAGE = "https://civitai.com/models/1"
NAMES = {
    "ready": ("a.safetensors", {}),
    "here": ("b.safetensors", {}),
    "busy": ("c.safetensors", {"state": State.DOWNLOADING}),
    "bare": ("d.safetensors", {"checksums": ()}),
    "pickle": ("A.CKPT", {}),
    "flagged": ("f.safetensors", {}),
    "login": ("g.safetensors", {"state": State.BLOCKED, "problem": LoginNeeded(host="civitai.com").problem}),
    "early": ("h.safetensors", {"blocked": EarlyAccess(until="2026-12-03").problem, "page": PAGE}),
    "gated": ("i.safetensors", {"blocked": GatedFile().problem, "page": PAGE}),
    "program": ("run.exe", {"blocked": DangerousFileType(name="run.exe").problem}),
    "endless": ("k.safetensors", {"size": None}),
}


def forecast(
    names: Sequence[str] = tuple(NAMES),
    *,
    free: int = 200 * MB * 100,
    problems: tuple[Problem, ...] = (),
    title: str = "Style pack",
) -> Forecast:
    """A forecast of the named children, each 100 MB large."""
    children = []
    for number, name in enumerate(names):
        file, more = NAMES[name]
        fields: dict[str, object] = {"size": 100 * MB, **more}
        state = fields.pop("state", State.MISSING)
        row = child(number, state, name=file, path=file, target=str(FOLDER / file), **fields)  # type: ignore[arg-type]
        children.append(Foreseen(row, name == "here"))
    return made(children, free=free, problems=problems, title=title)


def many(count: int) -> Forecast:
    """A forecast of ``count`` ordinary children of 1 MB."""
    rows = [child(number, size=MB, target=str(FOLDER / f"{number}.safetensors")) for number in range(count)]
    return made([Foreseen(row, False) for row in rows])


def made(
    children: Sequence[Foreseen],
    *,
    free: int = 10**12,
    problems: tuple[Problem, ...] = (),
    title: str = "Style pack",
) -> Forecast:
    key = CollectionKey("civitai", "", "model", "1")
    expansion = Expansion(
        collection=Collection(id=COLLECTION, key=key, title=title),
        resources=tuple(each.row.resource for each in children),
        warnings=(FlaggedFile(hub="Civitai", scan="pickle scan", name="f.safetensors").problem,),
    )
    return Forecast((expansion,), tuple(children), problems, (Volume(FOLDER, free, frozenset({FOLDER})),))
