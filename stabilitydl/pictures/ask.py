"""Asking a hub for a picture, or whether the one that is kept is still the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import BadAnswer, NotFound, RemoteGone
from ..http.client import HttpClient
from ..http.request import Request
from ..http.status import error_for
from .cache import Entry
from .formats import ACCEPT, LARGEST, is_picture


@dataclass(frozen=True)
class Given:
    """What a source gave. ``data`` is empty where it has no picture."""

    data: bytes
    etag: str = ""
    modified: str = ""


async def ask(client: HttpClient, request: Request, entry: Entry | None, now: float) -> Given | None:
    """The picture at ``request``, None when it is still the one of ``entry``. ``now`` is seconds since 1970.

    A source that says that it has no picture gives an answer too. Raises StabilityError when none came, and BadAnswer
    when something else came, such as a page for people, or too much of it; what is kept stays good then.
    """
    headers = [("Accept", ACCEPT)]
    if entry is not None and entry.content:
        headers += [("If-None-Match", entry.etag)] if entry.etag else []
        headers += [("If-Modified-Since", entry.modified)] if entry.modified and not entry.etag else []
    answer, data = await client.get(replace(request, headers=(*request.headers, *headers)), limit=LARGEST)
    if answer.status == 304 and entry is not None:
        return None
    error = error_for(answer.status, answer.headers, answer.host, now)
    if isinstance(error, NotFound | RemoteGone):
        return Given(b"")
    if error is not None:
        raise error
    if answer.status != 200 or not is_picture(data):
        raise BadAnswer(host=answer.host, detail="it is no picture that can be shown")
    return Given(data, answer.headers.get("etag") or "", answer.headers.get("last-modified") or "")
