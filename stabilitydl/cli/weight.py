"""``weight``: how large a share of a limited speed the files of a collection get."""

from __future__ import annotations

from ..errors import UnknownCollection
from ..paths import Paths
from ..text import format_count
from . import console
from .compose import open_session
from .exit_codes import ExitCode
from .find import find_collections
from .requests import WeightRequest


def run(request: WeightRequest, paths: Paths) -> int:
    """Do it, and return the exit code. Raises UnknownCollection, StoreError."""
    if not paths.database.exists():
        raise UnknownCollection(name=request.collections[0])
    with open_session(paths) as session:
        session.start()
        listed = [snapshot.collection for snapshot in session.ask(lambda engine: engine.collections())]
        ids = [collection.id for collection in find_collections(listed, request.collections)]
        session.ask(lambda engine: engine.set_weight(ids, request.weight))
    count = format_count(len(ids), "collection")
    verb = "gets" if len(ids) == 1 else "get"
    share = "the same share as" if request.weight == 1 else f"{request.weight:g} times the share of"
    console.say(f"{count} {verb} {share} others.")
    return ExitCode.OK
