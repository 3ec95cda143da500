"""List files: addresses of files, one entry a line, in the forms that people already have.

One grammar reads them all, so forms may be mixed in one file:

- plain: ``URL`` or ``URL sha256:HEX`` or ``URL HEX``;
- ``sha256sum`` and its relatives (``HEX  name``, ``HEX *name``, ``\\`` in front of an escaped name) and the BSD
  form ``SHA256 (name) = HEX``: names need a base address, see ``split_base`` and below. A bare digest is told by
  its length: MD5, SHA-1, SHA-256 or SHA-512;
- aria2 input files (aria2c manual, section "Input File"): addresses of the same file on one line, separated by
  tabs; the indented lines after it are options, of which ``out=``, ``dir=`` (relative) and ``checksum=`` count
  and all others are ignored;
- ``#`` begins a comment line; ``# base: URL`` gives the base address for the names that follow;
- JSON, see ``json_lists``;
- any of it compressed with gzip, in UTF-8 or (with a byte order mark) UTF-16.

A line that cannot be used becomes a ``bad-list-line`` problem with file, line number and reason.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from ..disk.names import safe_path
from ..domain.checksum import Checksum
from ..errors import BadChecksum, BadListFile, BadListLine, Problem, UnsafeName
from .entry import Entry
from .json_lists import read_json
from .urls import below, clean_url, is_web, name_from_url

LIMIT = 64 * 1024 * 1024
"""Bytes of a list, before and after decompression."""
MOST_BAD = 20
"""Bad lines that are told one by one where no line is good."""

_BASE = re.compile(r"(?P<path>.+?)\+(?P<base>https?://.+)", re.IGNORECASE | re.DOTALL)
_BASE_COMMENT = re.compile(r"#\s*base\s*[:=]\s*(?P<base>\S+)\s*", re.IGNORECASE)
_SUM = re.compile(r"(?P<escaped>\\?)(?P<digits>[0-9A-Fa-f]{32,128}) [ *](?P<name>.+)")
_BSD = re.compile(r"(?P<escaped>\\?)(?P<algorithm>[A-Za-z0-9-]+) ?\((?P<name>.+)\) ?= ?(?P<digits>\S+)")
_OPTION = re.compile(r"[ \t]+(?P<name>[a-z0-9][a-z0-9-]*)=(?P<value>.*)")
_JSON = ("{", "[")
_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


def split_base(text: str) -> tuple[str, str]:
    """``PATH+URL`` as path and base address: how a checksum list is typed together with where its files lie."""
    match = _BASE.fullmatch(text)
    return (match["path"], match["base"]) if match else (text, "")


def read(path: Path, base: str = "") -> tuple[list[Entry], list[Problem]]:
    """The entries of a list file and what is wrong with its other lines. Raises BadListFile."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise BadListFile(file=str(path), reason=error.strerror or type(error).__name__) from error
    try:
        return parse(_decoded(data), path.name, base)
    except ValueError as error:
        raise BadListFile(file=str(path), reason=str(error)) from error


def parse(text: str, file: str, base: str = "") -> tuple[list[Entry], list[Problem]]:
    """The entries of the text of a list. ``file`` names it in problems.

    Raises ValueError when it is no list at all, or when ``base`` is no address.
    """
    if text.lstrip().startswith("<"):
        raise ValueError("it is a web page or XML, not a list of addresses")
    if text.lstrip()[:1] in _JSON:
        return read_json(text.encode(), file)
    reader = _Reader(file, clean_url(base) if base else "")
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line.rstrip("\r"))
    reader.flush()
    if not reader.entries and len(reader.problems) > MOST_BAD:
        raise ValueError("none of its lines is an address or a line of a checksum list")
    return reader.entries, reader.problems


def _decoded(data: bytes) -> str:
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
                data = unpacked.read(LIMIT + 1)
        except (OSError, EOFError, zlib.error):
            raise ValueError("its compression is damaged") from None
    if len(data) > LIMIT:
        raise ValueError(f"it is larger than {LIMIT // 1024 // 1024} MiB")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise ValueError("it is not a text file")
    return data.decode("utf-8-sig", "replace")


@dataclass
class _Draft:
    """An entry whose option lines may still follow."""

    line: int
    urls: list[str]
    path: str = ""
    folder: str = ""
    checksums: list[Checksum] = field(default_factory=list)


class _Reader:
    """Takes the lines of one list in order."""

    def __init__(self, file: str, base: str) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self._file = file
        self._base = base
        self._draft: _Draft | None = None
        self._in_entry = False

    def take(self, number: int, line: str) -> None:
        try:
            self._take(number, line)
        except (ValueError, BadChecksum, UnsafeName) as error:
            self._draft = None
            self._refuse(number, str(error))

    def flush(self) -> None:
        """The entry so far is complete."""
        draft, self._draft = self._draft, None
        if draft is None:
            return
        try:
            path = draft.path or name_from_url(draft.urls[0])
        except UnsafeName as error:
            self._refuse(draft.line, str(error))
            return
        if draft.folder:
            path = f"{draft.folder}/{path}"
        self.entries.append(Entry(line=draft.line, urls=tuple(draft.urls), path=path, checksums=tuple(draft.checksums)))

    def _refuse(self, line: int, reason: str) -> None:
        self.problems.append(BadListLine(file=self._file, line=line, reason=reason).problem)

    def _take(self, number: int, line: str) -> None:
        if not line.strip():
            return
        if option := _OPTION.fullmatch(line):
            self._option(option["name"], option["value"].strip())
            return
        if line.lstrip().startswith("#"):
            if comment := _BASE_COMMENT.fullmatch(line.strip()):
                self.flush()
                self._base = clean_url(comment["base"])
            return
        self.flush()
        self._in_entry = True
        if "\ufffd" in line:
            raise ValueError("the line is not valid text")
        text = line.strip()
        self._draft = self._columns(number, text) if is_web(text) else self._sum(number, text)

    def _columns(self, number: int, text: str) -> _Draft:
        """An address, then mirrors of the same file and digests of it."""
        draft = _Draft(number, [])
        for piece in text.split():
            if is_web(piece):
                draft.urls.append(clean_url(piece))
            else:
                draft.checksums.append(_checksum(piece))
        return draft

    def _sum(self, number: int, text: str) -> _Draft:
        """A digest and a name below the base address; some lists have a whole address in its place."""
        match = _SUM.fullmatch(text) or _BSD.fullmatch(text)
        if match is None:
            raise ValueError("it is neither an address nor a line of a checksum list")
        algorithm = match.groupdict().get("algorithm")
        if algorithm:
            # OpenSSL writes SHA2-256 for what everybody else calls SHA-256.
            checksum = Checksum.of(algorithm.lower().replace("sha2-", "sha"), match["digits"])
        else:
            checksum = _checksum(match["digits"])
        name = match["name"]
        if match["escaped"]:
            name = re.sub(r"\\[\\nr]", lambda escape: _ESCAPES[escape[0]], name)
        if is_web(name):
            return _Draft(number, [clean_url(name)], checksums=[checksum])
        path = safe_path(name)
        if not self._base:
            raise ValueError("a list of names needs a base address: LIST+https://HOST/FOLDER/ or a line “# base: URL”")
        return _Draft(number, [below(self._base, name)], path=path, checksums=[checksum])

    def _option(self, name: str, value: str) -> None:
        draft = self._draft
        if draft is None:
            if self._in_entry:
                return  # an option of a line that was refused
            raise ValueError("it is an option without an address before it")
        if name == "out":
            draft.path = safe_path(value)
        elif name == "dir":
            draft.folder = safe_path(value)
        elif name == "checksum":
            draft.checksums.append(Checksum.parse(value))


def _checksum(text: str) -> Checksum:
    """A digest with or without the name of its algorithm. Raises BadChecksum."""
    if ":" in text or "=" in text:
        return Checksum.parse(text)
    return Checksum.of(_ALGORITHMS.get(len(text), "sha256"), text)
