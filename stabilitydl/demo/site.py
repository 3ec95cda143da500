"""What the demo hub answers: the routes of Civitai's site, API and storage."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import secrets
from collections import Counter
from email.utils import formatdate
from html import escape
from urllib.parse import parse_qs, quote, unquote, urlsplit

import anyio.to_thread

from ..clock import Clock
from . import shapes
from .connection import Answer, Call, Headers, Slice
from .names import CREATOR
from .pack import DemoFile, Pack
from .pictures import landscape
from .plan import PackPlan
from .ranges import Span, Unsatisfiable, asked_span
from .scanner import Scanner
from .trouble import DROPS, SLOW_START_SECONDS, Trouble

SIGNATURE_SECONDS = 3600
"""How long a storage address is good for."""

_JSON: Headers = (("Content-Type", "application/json; charset=utf-8"),)
_HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)
_NOT_STORED: Headers = (("Cache-Control", "no-store, max-age=0"),)


class Site:
    """Answers calls. It remembers which bodies it cut and which files it gave up; all else is computed."""

    def __init__(self, endpoint: str, scanner: Scanner, clock: Clock) -> None:
        self._endpoint = endpoint
        self._scanner = scanner
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._cut: Counter[int] = Counter()
        self._removed: set[int] = set()

    async def answer(self, call: Call) -> Answer:
        """The answer to ``call``; 404 for what no pack has."""
        if call.method not in ("GET", "HEAD"):
            return _json(405, {"error": "Method not allowed"}, (("Allow", "GET, HEAD"),))
        parts = urlsplit(call.target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            return await self._route([unquote(part) for part in parts.path.strip("/").split("/")], query, call)
        except (LookupError, ValueError):
            return _json(404, {"error": "Not found"})

    async def _route(self, path: list[str], query: dict[str, str], call: Call) -> Answer:
        match path:
            case ["api", "v1", "models", number]:
                return await self._model(int(number))
            case ["api", "v1", "model-versions", "by-hash", digits]:
                return await self._version(self._scanner.find(digits))
            case ["api", "v1", "model-versions", number]:
                return await self._version(_of_version(int(number)))
            case ["api", "download", "models", number]:
                return self._download(_of_version(int(number)), query)
            case ["storage", "model", number, _]:
                return await self._storage(_of_file(int(number)), query, call)
            case ["images", seed, transform, _]:
                return await _picture(seed, transform)
            case ["models", number, *_]:
                return _page(Pack.get(PackPlan.of_model(int(number))))
            case _:
                raise LookupError(path)

    async def _model(self, number: int) -> Answer:
        try:
            pack = Pack.get(PackPlan.of_model(number))
        except LookupError:
            return _json(404, {"error": f"No model with id {number}"})
        digests = await self._scanner.scan(pack.files)
        return _json(200, shapes.model(pack, digests, self._removed, self._endpoint, self._clock.wall()))

    async def _version(self, file: DemoFile | None) -> Answer:
        if file is None or file.id in self._removed:
            return _json(404, {"error": "Model not found"})
        digests = await self._scanner.scan([file])
        shape = shapes.single_version(
            file, Pack.get(file.plan), digests.get(file.id), self._endpoint, self._clock.wall()
        )
        return _json(200, shape)

    def _download(self, file: DemoFile, query: dict[str, str]) -> Answer:
        if query.get("fileId", str(file.id)) != str(file.id):
            return _json(404, {"error": "File not found"}, _NOT_STORED)
        refusal = self._refusal(file)
        if refusal is not None:
            status, body = refusal
            return _json(status, body, _NOT_STORED)
        expires = int(self._clock.wall()) + SIGNATURE_SECONDS
        address = (
            f"{self._endpoint}/storage/model/{file.id}/{quote(file.name)}?expires={expires}"
            f"&sig={self._signature(file, str(expires))}"
        )
        return Answer(307, (("Location", address), *_NOT_STORED))

    def _refusal(self, file: DemoFile) -> tuple[int, shapes.Json] | None:
        match file.trouble:
            case Trouble.MISSING:
                return 404, {"error": "File not found"}
            case Trouble.REMOVED:
                self._removed.add(file.id)
                return 404, {"error": "File not found"}
            case Trouble.LOGIN:
                message = "The creator of this asset requires you to be logged in to download it"
                return 401, {"error": "Unauthorized", "message": message}
            case Trouble.USAGE:
                message = "The creator of this asset has disabled downloads on this file"
                return 401, {"error": "Unauthorized", "message": message}
            case Trouble.EARLY_ACCESS:
                until = shapes.deadline(self._clock.wall())
                message = "This asset is in Early Access. You can use Buzz access it now!"
                return 403, {"error": "Early Access", "deadline": until, "message": message}
            case _:
                return None

    def _signature(self, file: DemoFile, expires: str) -> str:
        return hmac.new(self._secret, f"{file.id} {expires}".encode(), hashlib.sha256).hexdigest()[:40]

    async def _storage(self, file: DemoFile, query: dict[str, str], call: Call) -> Answer:
        expires = query.get("expires", "")
        if not hmac.compare_digest(query.get("sig", "").encode(), self._signature(file, expires).encode()):
            return _denied("SignatureDoesNotMatch")
        if int(expires) < self._clock.wall():
            return _denied("Request has expired")
        if file.trouble is Trouble.WEB_PAGE:
            return Answer(200, _HTML, b"<!doctype html><title>One moment</title><p>Checking your browser.</p>\n")
        if file.trouble is Trouble.SLOW_START:
            await self._clock.sleep(SLOW_START_SECONDS)
        return self._body(file, call)

    def _body(self, file: DemoFile, call: Call) -> Answer:
        validators: Headers = ()
        if file.trouble is not Trouble.NO_ETAG:
            tag = hashlib.sha256(f"{file.id}".encode()).hexdigest()[:32]
            validators = (("ETag", f'"{tag}-1"'), ("Last-Modified", formatdate(file.published, usegmt=True)))
        headers = (
            ("Content-Type", "application/octet-stream"),
            ("Content-Disposition", f'attachment; filename="{file.name}"'),
            ("Accept-Ranges", "bytes"),
            *validators,
        )
        condition = call.headers.get("if-range")
        wanted = call.headers.get("range")
        if condition is not None and condition not in (value for _, value in validators):
            wanted = None
        try:
            span = asked_span(wanted, file.size)
        except Unsatisfiable:
            return Answer(416, (("Content-Range", f"bytes */{file.size}"), *validators))
        if span is None:
            span, status = Span(0, file.size, file.size), 200
        else:
            status, headers = 206, (*headers, ("Content-Range", span.content_range))
        body = Slice(file.served, span.start, span.end)
        cut = None
        if file.trouble is Trouble.DROPS and call.method == "GET" and self._cut[file.id] < DROPS:
            self._cut[file.id] += 1
            cut = len(body) // 3
        return Answer(status, headers, body, cut)

    def __repr__(self) -> str:
        return f"<Site {self._endpoint}>"


def _of_version(number: int) -> DemoFile:
    plan, index = PackPlan.of_version(number)
    return Pack.get(plan).files[index]


def _of_file(number: int) -> DemoFile:
    plan, index = PackPlan.of_file(number)
    return Pack.get(plan).files[index]


def _json(status: int, value: object, headers: Headers = ()) -> Answer:
    return Answer(status, (*_JSON, *headers), json.dumps(value).encode())


def _denied(code: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>{code}</Message></Error>'
    return Answer(403, (("Content-Type", "application/xml"),), body.encode())


async def _picture(seed: str, transform: str) -> Answer:
    width, height = shapes.PICTURE
    name, _, value = transform.partition("=")
    if name == "width":
        width = min(int(value), 2 * width)
    elif transform != "original=true":
        raise LookupError(transform)
    height = width if seed == CREATOR else width * shapes.PICTURE[1] // shapes.PICTURE[0]
    drawn = await anyio.to_thread.run_sync(_draw, seed, width, height)
    return Answer(200, (("Content-Type", "image/png"), ("Cache-Control", "public, max-age=86400")), drawn)


@functools.lru_cache(maxsize=256)
def _draw(seed: str, width: int, height: int) -> bytes:
    return landscape(seed, width, height)


def _page(pack: Pack) -> Answer:
    rows = "".join(
        f"<tr><td>{escape(file.style.version)}<td>{escape(file.style.base.label)}<td>{escape(file.name)}\n"
        for file in pack.files
    )
    page = (
        f"<!doctype html><meta charset=utf-8><title>{escape(pack.title)}</title><h1>{escape(pack.title)}</h1>"
        f"<p>A page of stabilitydl's demo hub. It ends with the program.</p>\n<table>\n{rows}</table>\n"
    )
    return Answer(200, _HTML, page.encode())
