"""Metalink documents, version 4 (RFC 5854) and 3 (metalinker.org), as entries of a list.

The parser refuses document types and entities before anything of them is used, so nothing is expanded and no other file
is read; it counts bytes, elements and depth. Hashes of pieces are not those of the file and are passed over.
"""

from __future__ import annotations

import xml.parsers.expat as expat
from dataclasses import dataclass, field

from ..disk.names import safe_path
from ..domain.checksum import Checksum
from ..errors import BadChecksum, ListEntryUnusable, Problem, UnsafeName
from .repositories import plausible_size
from .urls import clean_url, is_web

LIMIT = 32 * 1024 * 1024
MOST_ELEMENTS = 1_000_000
MOST_FILES = 100_000
DEPTH = 32
LONGEST_TEXT = 16 * 1024

_V4 = "urn:ietf:params:xml:ns:metalink"
_V3 = "http://www.metalinker.org/"
_LAST = 999_999
# Where the texts stand that count, by their path below the document.
_FILES = {("metalink", "file"), ("metalink", "files", "file")}
_URLS = {("url",), ("resources", "url")}
_HASHES = {("hash",), ("verification", "hash")}


@dataclass(frozen=True, kw_only=True)
class MetalinkFile:
    """One file. ``path`` is relative and safe; ``urls`` stand in the order in which to try them, perhaps none."""

    path: str
    size: int | None
    checksums: tuple[Checksum, ...]
    urls: tuple[str, ...]


@dataclass
class _Draft:
    name: str
    size: int | None = None
    checksums: list[Checksum] = field(default_factory=list)
    urls: list[tuple[int, str]] = field(default_factory=list)


class _Refused(Exception):
    """The document is not read any further."""


def read_metalink(data: bytes, file: str) -> tuple[list[MetalinkFile], list[Problem]]:
    """The files of a document, and what is wrong with the others; ``file`` names it in problems.

    Raises ValueError with the reason when it is no metalink.
    """
    if len(data) > LIMIT:
        raise ValueError(f"it is larger than {LIMIT // 1024 // 1024} MiB")
    reader = _Reader(file)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except _Refused as refused:
        raise ValueError(str(refused)) from None
    except (expat.ExpatError, ValueError, LookupError):
        if not reader.is_metalink:
            raise ValueError("it is not XML") from None
        raise ValueError("its XML is damaged") from None
    if not reader.is_metalink:
        raise ValueError("it is not a metalink")
    return reader.files, reader.problems


def _refuse(*_arguments: object) -> int:
    raise _Refused("it declares a document type or entities, which is refused")


class _Reader:
    """Takes the elements of one document in order."""

    def __init__(self, file: str) -> None:
        self.files: list[MetalinkFile] = []
        self.problems: list[Problem] = []
        self.is_metalink = False
        self._file = file
        self._path: list[str] = []
        self._elements = 0
        self._entries = 0
        self._draft: _Draft | None = None
        self._inside = 0
        self._attributes: dict[str, str] = {}
        self._text = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) >= DEPTH:
            raise _Refused("it has too many elements, or they are nested too deep")
        space, _, local = name.rpartition(" ")
        if not self._path:
            self.is_metalink = local == "metalink" and space in (_V4, _V3)
            if not self.is_metalink:
                raise _Refused("it is not a metalink")
        self._path.append(local)
        self._attributes, self._text = attributes, ""
        if self._draft is None and tuple(self._path) in _FILES:
            self._entries += 1
            if self._entries > MOST_FILES:
                raise _Refused(f"it lists more than {MOST_FILES:,} files")
            self._draft, self._inside = _Draft(attributes.get("name", "")), len(self._path)

    def text(self, data: str) -> None:
        if self._draft is not None and len(self._text) < LONGEST_TEXT:
            self._text += data

    def end(self, _name: str) -> None:
        draft = self._draft
        if draft is not None:
            if len(self._path) == self._inside:
                self._finish(draft)
                self._draft = None
            else:
                self._take(draft, tuple(self._path[self._inside :]), self._text.strip())
        self._path.pop()
        self._text = ""

    def _take(self, draft: _Draft, path: tuple[str, ...], text: str) -> None:
        if path == ("size",):
            draft.size = plausible_size(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
        elif path in _HASHES:
            try:
                draft.checksums.append(Checksum.of(self._attributes.get("type", ""), text))
            except BadChecksum:
                return  # of an algorithm that is not known here, or malformed: as good as none
        elif path in _URLS and is_web(text) and self._attributes.get("type", "http") in ("http", "https"):
            try:
                draft.urls.append((self._priority(), clean_url(text)))
            except ValueError:
                return

    def _priority(self) -> int:
        """Lower is better: ``priority`` from 1 in version 4; in version 3 a higher ``preference`` is better."""
        for name, best in (("priority", 0), ("preference", 100)):
            written = self._attributes.get(name, "")
            if written.isascii() and written.isdigit() and len(written) < 7:
                return best - int(written) if best else max(int(written), 1)
        return _LAST

    def _finish(self, draft: _Draft) -> None:
        try:
            if not draft.name.strip():
                raise ValueError("it has no name")
            path = safe_path(draft.name)
        except (ValueError, UnsafeName) as error:
            problem = ListEntryUnusable(file=self._file, entry=self._entries, reason=str(error))
            self.problems.append(problem.problem)
            return
        ranked = sorted(draft.urls, key=lambda url: url[0])
        self.files.append(
            MetalinkFile(
                path=path,
                size=draft.size,
                checksums=tuple(draft.checksums),
                urls=tuple(dict.fromkeys(url for _, url in ranked)),
            )
        )
