"""What Civitai answers about a model, in the shapes of 2023 to 2026, as frozen values.

Facts come from the site's own server code (civitai/civitai) and the developer documentation; every field may be
missing, null or new. ``sizeKB`` times 1024 is the exact size. Hashes are printed in upper case, CRC32 with its
bytes reversed. Access is told in four ways: ``earlyAccessTimeFrame`` in days (2023), ``earlyAccessEndsAt`` and
``earlyAccessConfig`` (2024), ``availability`` (2024), ``paidAccess`` (2026); and by ``usageControl``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..domain.checksum import Algorithm, Checksum
from ..domain.precision import normal_precision, precision_in
from ..errors import (
    BadChecksum,
    EarlyAccess,
    FlaggedFile,
    HubAnswerUnreadable,
    ModelArchived,
    PaidFile,
    Problem,
    StabilityError,
    TakenDown,
    UsageNotAllowed,
)
from .moments import moment
from .wire import Node, parse

DESCRIPTION_LIMIT = 64 * 1024
LARGEST_FILE = 1 << 50
"""Bytes; a size beyond it is taken for unknown."""

_HASHES = {
    "sha256": Algorithm.SHA256,
    "blake3": Algorithm.BLAKE3,
    "autov2": Algorithm.AUTOV2,
    "crc32": Algorithm.CRC32,
    "autov1": Algorithm.AUTOV1,
    "autov3": Algorithm.AUTOV3,
}
_AUTOV3_DIGITS = 12
# Files of these types are what the page says it is; a file of any other type (a VAE, a config) is its own thing.
_OF_THE_MODEL = frozenset({"", "model", "pruned model", "negative"})
_WITHHELD: Mapping[str, type[StabilityError]] = {"archived": ModelArchived, "takendown": TakenDown}
_DAY = 86400.0
_END_OF_TIME = datetime.max.replace(tzinfo=UTC).timestamp() - 1


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One file of a version. ``size`` is bytes, None when unknown; ``name`` is as the hub wrote it.

    ``type`` says what it is used as, ``own_type`` is the hub's word for this file; ``precision`` is of its numbers.
    """

    id: int
    name: str
    size: int | None
    type: str
    own_type: str
    precision: str
    checksums: tuple[Checksum, ...]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Version:
    """One release of a model. ``published`` is seconds since 1970, ``refusal`` why its files are not given out now."""

    id: int
    name: str
    base_model: str
    trigger_words: tuple[str, ...]
    preview: str
    files: tuple[FileEntry, ...]
    published: float | None
    refusal: StabilityError | None


@dataclass(frozen=True, kw_only=True)
class ModelPage:
    """A model with its published versions, newest first. ``withheld`` says that all of it was put away, and by whom."""

    id: int
    title: str
    type: str
    creator: str
    avatar: str
    description: str
    withheld: StabilityError | None
    versions: tuple[Version, ...]
    problems: tuple[Problem, ...]


def read_model(answer: Node, hub: str, now: float) -> ModelPage:
    """The answer of ``/api/v1/models/{id}``. ``now`` is seconds since 1970.

    A version or file that cannot be read is a problem of the page. Raises HubAnswerUnreadable when the answer is
    no model.
    """
    identity = answer.whole("id")
    if identity is None:
        raise HubAnswerUnreadable(hub=hub, detail="it is not a model")
    problems: list[Problem] = []
    put_away = _WITHHELD.get(answer.text("mode").lower())
    withheld = put_away(hub=hub) if put_away else None
    model_type = _label(answer.text("type"))
    versions = []
    if answer.has("modelVersions") and not answer.is_list("modelVersions"):
        problems.append(_unreadable(hub, "its versions are no list"))
    for place, node in enumerate(answer.nodes("modelVersions"), 1):
        version_id = node.whole("id")
        if version_id is None:
            problems.append(_unreadable(hub, f"version {place} has no number"))
            continue
        versions.append(_version(node, version_id, model_type, hub, now, withheld, problems))
    creator = answer.node("creator")
    return ModelPage(
        id=identity,
        title=_label(answer.text("name"), 300) or f"Model {identity}",
        type=model_type,
        creator=_label(creator.text("username")),
        avatar=_web(creator.text("image", 4096)),
        description=answer.text("description", DESCRIPTION_LIMIT),
        withheld=withheld,
        versions=tuple(versions),
        problems=tuple(problems),
    )


def read_refusal(body: bytes | str) -> dict[str, str]:
    """The words of a refusal: ``error``, ``message`` and ``deadline`` where the JSON body has them as strings."""
    try:
        node = Node(parse(body.encode("utf-8", "replace") if isinstance(body, str) else body, ""))
    except HubAnswerUnreadable:
        return {}
    words = {name: node.text(name) for name in ("error", "message", "deadline")}
    return {name: text for name, text in words.items() if text}


def shown_date(seconds: float) -> str:
    """A moment since 1970 as people read it, in UTC."""
    return datetime.fromtimestamp(min(seconds, _END_OF_TIME), UTC).strftime("%Y-%m-%d %H:%M UTC")


def _version(
    node: Node,
    identity: int,
    model_type: str,
    hub: str,
    now: float,
    withheld: StabilityError | None,
    problems: list[Problem],
) -> Version:
    name = _label(node.text("name"), 200) or str(identity)
    files = []
    if node.has("files") and not node.is_list("files"):
        problems.append(_unreadable(hub, f"the files of version {name} are no list"))
    for place, entry in enumerate(node.nodes("files"), 1):
        file_id = entry.whole("id")
        if file_id is None:
            problems.append(_unreadable(hub, f"file {place} of version {name} has no number"))
            continue
        files.append(_file(entry, file_id, model_type, hub))
    return Version(
        id=identity,
        name=name,
        base_model=_label(node.text("baseModel")),
        trigger_words=tuple(dict.fromkeys(word for text in node.texts("trainedWords") if (word := text.strip()))),
        preview=_preview(node),
        files=tuple(files),
        published=_published(node),
        refusal=withheld or _refusal(node, hub, now),
    )


def _file(node: Node, identity: int, model_type: str, hub: str) -> FileEntry:
    name = node.text("name", 20_000)
    own_type = _label(node.text("type"))
    kilobytes = node.number("sizeKB")
    size = round(kilobytes * 1024) if kilobytes is not None and 0 < kilobytes < LARGEST_FILE / 1024 else None
    return FileEntry(
        id=identity,
        name=name,
        size=size,
        type=model_type if own_type.lower() in _OF_THE_MODEL else own_type,
        own_type=own_type,
        precision=_precision(node.node("metadata"), name),
        checksums=_comparable(_checksums(node)),
        warnings=tuple(_warnings(node, name, hub)),
    )


def _precision(metadata: Node, name: str) -> str:
    """GGUF files have a ``quantType``, others ``fp``; both may be missing, and then the name may tell."""
    told = _label(metadata.text("quantType", 40)) or _label(metadata.text("fp", 40))
    return normal_precision(told) or precision_in(name)


def _checksums(node: Node) -> Iterator[Checksum]:
    """The hashes that are known here and well formed; a malformed one is as good as none."""
    for name, digits in node.pairs("hashes"):
        algorithm = _HASHES.get(name.lower())
        if algorithm is None:
            continue
        try:
            # AutoV3 was printed whole in 2023.
            checksum = Checksum.of(algorithm, digits[:_AUTOV3_DIGITS] if algorithm is Algorithm.AUTOV3 else digits)
        except BadChecksum:
            continue
        if algorithm is Algorithm.CRC32:
            checksum = Checksum(algorithm, bytes.fromhex(checksum.digits)[::-1].hex())
        yield checksum


def _comparable(checksums: Iterable[Checksum]) -> tuple[Checksum, ...]:
    """Those that do not cover the file stand behind the others, and never alone."""
    found = list(checksums)
    whole = [checksum for checksum in found if checksum.covers_file]
    return (*whole, *(checksum for checksum in found if not checksum.covers_file)) if whole else ()


def _warnings(node: Node, name: str, hub: str) -> Iterator[Problem]:
    for field, scan in (("pickleScanResult", "pickle scan"), ("virusScanResult", "virus scan")):
        if node.text(field).lower() == "danger":
            yield FlaggedFile(hub=hub, scan=scan, name=name).problem


def _refusal(node: Node, hub: str, now: float) -> StabilityError | None:
    usage = node.text("usageControl")
    if usage and usage.lower() != "download":
        return UsageNotAllowed(hub=hub)
    paid = node.node("paidAccess")
    if paid.flag("permanent"):
        return PaidFile(hub=hub)
    until = _early_until(node, paid)
    if until is not None:
        return EarlyAccess(hub=hub, until=shown_date(until)) if until > now else None
    if node.text("availability").lower() == "earlyaccess":
        return EarlyAccess(hub=hub, until="a date that the hub does not name")
    return None


def _early_until(node: Node, paid: Node) -> float | None:
    """When early access ends, in seconds since 1970, by the newest way in which the answer says so."""
    for text in (paid.text("endsAt"), node.text("earlyAccessEndsAt")):
        if (until := moment(text)) is not None:
            return until
    days = node.whole("earlyAccessTimeFrame") or node.node("earlyAccessConfig").whole("timeframe")
    published = _published(node)
    if not days or published is None or days > 3650:
        return None
    return published + days * _DAY


def _published(node: Node) -> float | None:
    return moment(node.text("publishedAt")) or moment(node.text("createdAt"))


def _preview(node: Node) -> str:
    """The first picture; videos are passed over."""
    for image in node.nodes("images"):
        url = _web(image.text("url", 4096))
        if url and image.text("type").lower() in ("", "image"):
            return url
    return ""


def _web(url: str) -> str:
    """An address of a picture or person, empty unless it is http or https."""
    return url if url.startswith(("https://", "http://")) and url.isprintable() else ""


def _label(text: str, limit: int = 100) -> str:
    return " ".join(text.split())[:limit]


def _unreadable(hub: str, detail: str) -> Problem:
    return HubAnswerUnreadable(hub=hub, detail=detail).problem
