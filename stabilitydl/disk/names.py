"""Names of files: what a hub or a list wrote, made safe to create below a folder on every system.

Nothing here touches a disk. Two rules: a *path* that tries to leave its folder is refused, never repaired
(``safe_path``); a *name* that some system cannot hold is changed visibly (``safe_name``). Both change nothing
when they are applied to their own result. The rules of Windows hold everywhere, so a library can move.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import unquote

from pathvalidate import FileNameValidator

from ..errors import UnsafeName

LIMIT = 255
"""Bytes of UTF-8 that one name may have; Windows and macOS count shorter units, so it holds there too."""

_DECODINGS = 5
_LONGEST_SUFFIX = 20

# Device names of Windows, with or without an extension; pathvalidate's table plus the console's two streams.
_RESERVED = frozenset(
    {*(word.upper() for word in FileNameValidator(platform="windows").reserved_keywords), "CONIN$", "CONOUT$"}
)
# Names that need no more than a look at the reserved ones: nearly all of them.
_PLAIN = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._+-]*[A-Za-z0-9_+-])?")
_PLAIN_PATH = re.compile(f"{_PLAIN.pattern}(?:/{_PLAIN.pattern})*")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DRIVE = re.compile(r"\s*[A-Za-z]:")
# Blank letters and marks that are invisible although Unicode does not class them as format characters.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

# What a desktop starts, or is told by, when the file is opened. Weights, archives and pictures are not here.
_PROGRAMS = """
    action apk app appimage application appref-ms appx appxbundle bash bat cab chm class cmd com command cpl crt csh
    deb desktop diagcab dll dmg drv dylib exe fileloc fish gadget hlp hta inetloc inf ins iqy isp jar jnlp job js jse
    ko ksh library-ms lnk mobileconfig msc msh msh1 msh2 mshxml msi msix msixbundle msp mst msu ocx pcd php pif pkg pl
    prg ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 py pyc pyd pyo pyw pyz pyzw rb reg rpm run scf scpt scr sct
    search-ms service settingcontent-ms sh shb shs slk so sys terminal theme tool url vb vbe vbs vxd webloc website
    workflow ws wsc wsf wsh xbap xll zsh
"""
_DANGEROUS = frozenset(_PROGRAMS.split())
_DANGEROUS_NAMES = frozenset({"desktop.ini", "autorun.inf"})


def safe_path(path: str) -> str:
    """``path`` from a hub or a list as a relative path with ``/``, each part a ``safe_name``.

    Raises UnsafeName for one that is absolute, has a drive or a server in it, or climbs with ``..``: written
    plainly, percent-encoded (several times over), with backslashes, or with letters that turn into dots. Such a
    path is refused, not repaired. Empty parts and ``.`` are left out.
    """
    if _PLAIN_PATH.fullmatch(path):
        return "/".join(map(safe_name, path.split("/")))
    visible = _visible(path)
    _refuse_escapes(visible, path)
    parts = [part for part in visible.split("/") if part not in ("", ".")]
    return "/".join(safe_name(part) for part in parts) or safe_name(path)


def safe_name(name: str) -> str:
    """One file name that every system can hold and shows as it is, at most 255 bytes of UTF-8.

    Control, direction and invisible characters are removed; separators and ``<>:"|?*`` become ``_``; blanks at
    both ends and dots at the end go; device names of Windows get a ``_`` in front; what is left with nothing gets
    a name made from a digest of the original.
    """
    kept = name
    if not _PLAIN.fullmatch(name):
        kept = _trimmed(_FORBIDDEN.sub("_", _visible(name))) or f"file-{_digest(name)}"
    if _is_reserved(kept):
        kept = f"_{kept}"
    return shorten(kept)


def shorten(name: str, suffix_room: int = 0, limit: int = LIMIT) -> str:
    """``name`` with room for a suffix of ``suffix_room`` bytes within ``limit`` bytes of UTF-8.

    A name that fits is returned as it is. Else its middle is cut between two characters and replaced by ``-`` and
    eight digits of its digest; the extension stays.
    """
    room = limit - suffix_room
    if len(_encoded(name)) <= room:
        return name
    stem, dot, suffix = name.rpartition(".")
    extension = f".{suffix}" if dot and stem and len(_encoded(suffix)) < _LONGEST_SUFFIX else ""
    ending = f"-{_digest(name)}{extension}"
    head = _encoded(name)[: max(0, room - len(_encoded(ending)))].decode("utf-8", "ignore")
    return _trimmed(head) + ending


def path_key(path: str) -> str:
    """What two paths share when some system takes them for the same file: case and composition are folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def is_dangerous(name: str) -> bool:
    """Would a desktop run this file, or follow it, when somebody opens it? Judged by the name it would get."""
    shown = safe_name(name.replace("\\", "/").rpartition("/")[2]).lower()
    _, dot, suffix = shown.rpartition(".")
    return (dot != "" and suffix in _DANGEROUS) or shown in _DANGEROUS_NAMES


def _refuse_escapes(visible: str, original: str) -> None:
    """Look at the path as it is and as each decoding of it; a path encoded without end is refused too."""
    text = visible
    for _ in range(_DECODINGS):
        slashed = text.replace("\\", "/")
        if slashed.startswith("/") or any(_DRIVE.match(part) for part in slashed.split("/")):
            raise UnsafeName(name=original)
        folded = unicodedata.normalize("NFKC", text).replace("\\", "/")
        if any(_climbs(part) for part in folded.split("/")):
            raise UnsafeName(name=original)
        decoded = _visible(unquote(text))
        if decoded == text:
            return
        text = decoded
    raise UnsafeName(name=original)


def _climbs(part: str) -> bool:
    """Is this part dots and blanks only, with two dots or more? Windows ignores blanks and dots at the end."""
    dots = "".join(part.split())
    return len(dots) > 1 and not dots.strip(".")


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        for character in _INVISIBLE.sub("", text)
        if unicodedata.category(character) not in _INVISIBLE_CATEGORIES and not _is_noncharacter(ord(character))
    )


def _is_noncharacter(point: int) -> bool:
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _trimmed(text: str) -> str:
    previous = None
    while previous != text:
        previous = text
        text = text.strip().rstrip(".")
    return text


def _is_reserved(name: str) -> bool:
    stem = name.partition(".")[0]
    if not stem.isascii():
        stem = unicodedata.normalize("NFKC", stem)
    return stem.strip().upper() in _RESERVED


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
