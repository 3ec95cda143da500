"""Third-party notices: whose work a bundle holds, under which licence, with the whole text of each.

They are gathered from what is installed where the bundle is built: the metadata of Python distributions, Python
itself, and the copyright files of the Debian packages that libraries came from. A part without a text stops the build.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import quote

from .source import RESOURCES, ROOT

TEXTS = RESOURCES / "licences"
NAME = "NOTICES.txt"
RULE = "=" * 100
"""Stands above and below the heading of each part."""

_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
_LGPL = "LGPL-3.0-only"
_QT = """\
Qt and Qt for Python are used under the GNU Lesser General Public License, version 3; its text stands below, and that of
the GNU General Public License, which it refers to, at the end. Their libraries are separate files in the folder
lib/PySide6 (and lib/shiboken6) of this program: you may put your own builds in their place. Nothing was changed in
them. Their source code: https://download.qt.io/official_releases/QtForPython/ and https://code.qt.io/

Qt contains work of others, among it ICU (Unicode-3.0), HarfBuzz (MIT), FreeType (FTL), libpng (libpng-2.0),
libjpeg-turbo (IJG, BSD-3-Clause), libwebp (BSD-3-Clause), zlib (Zlib), PCRE2 (BSD-3-Clause), double-conversion
(BSD-3-Clause), MD4C (MIT), Wayland (MIT) and xkbcommon (MIT). All of it with all texts:
https://doc.qt.io/qt-6/licenses-used-in-qt.html
"""
_CONTAINS = {
    "pyside6-essentials": _QT,
    "shiboken6": _QT,
    "apsw": "It contains SQLite, which is in the public domain: https://sqlite.org/copyright.html\n",
    "cryptography": "It contains OpenSSL, under the Apache License, version 2.0, whose text stands below.\n",
}

_SAID = {"pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception"}
"""Licences that the metadata of a distribution says less exactly than its text. Of PyInstaller the boot loader is in
the bundle; the exception lets it be part of programs under any licence."""


@dataclass(frozen=True)
class Part:
    """Something in the bundle that others made. ``purl`` names it in its registry, and is empty where none knows it."""

    name: str
    version: str
    licence: str
    page: str
    text: str
    purl: str = ""

    @property
    def reference(self) -> str:
        """What other documents call it."""
        return self.purl or f"{self.name}@{self.version}"


def write_notices(folder: Path, parts: Iterable[Part]) -> Path:
    """Write the notices of ``parts`` into ``folder``; their path."""
    path = folder / NAME
    path.write_text(notices(parts), "utf-8")
    return path


def notices(parts: Iterable[Part]) -> str:
    """All notices as one text: a list of the parts, then each with its licence."""
    found = sorted(parts, key=lambda part: part.name.lower())
    width = max(len(part.name) for part in found)
    lines = ["stabilitydl is free software under the MIT licence:", "", (ROOT / "LICENSE").read_text("utf-8").strip()]
    lines += ["", f"It comes with the work of others, {len(found)} parts:", ""]
    lines += [f"    {part.name:{width}}  {part.licence}" for part in found]
    for part in found:
        lines += ["", RULE, f"{part.name} {part.version}".strip(), part.licence, *filter(None, [part.page])]
        lines += [RULE, "", part.text.strip()]
    lines += ["", RULE, "GNU General Public License, version 3", RULE, ""]
    lines += [(TEXTS / "GPL-3.0.txt").read_text("utf-8").strip()]
    return "\n".join(lines) + "\n"


def parts_of(files: Iterable[str]) -> Iterator[Part]:
    """Everything that ``files`` come from, besides this program. Raises LookupError for a part without a text."""
    sources = {str(Path(file).resolve()) for file in files}
    yield _python()
    for distribution in distributions():
        name = distribution.metadata["Name"]
        files = {str(Path(str(file.locate())).resolve()) for file in distribution.files or ()}
        if name.lower() != "stabilitydl" and not files.isdisjoint(sources):
            yield _of_distribution(distribution)
    if sys.platform.startswith("linux"):
        yield from _of_system({source for source in sources if re.match(r"(/usr)?/lib", source)})


def _python() -> Part:
    version = sys.version.split()[0]
    text = _first(
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        *Path("/usr/share/doc").glob(f"python{sys.version_info.major}.{sys.version_info.minor}*/copyright"),
    )
    return Part("Python", version, "PSF-2.0", "https://www.python.org/", text, f"pkg:generic/python@{version}")


def _first(*paths: Path) -> str:
    for path in paths:
        if path.is_file():
            return path.read_text("utf-8")
    raise LookupError(f"no licence text in {', '.join(map(str, paths))}")


def _of_distribution(distribution: Distribution) -> Part:
    name = distribution.metadata["Name"]
    is_qt = _CONTAINS.get(_normal(name)) is _QT
    texts = [_CONTAINS[_normal(name)]] if _normal(name) in _CONTAINS else []
    if is_qt:
        texts.append((TEXTS / "LGPL-3.0.txt").read_text("utf-8"))
    texts += [
        Path(str(file.locate())).read_text("utf-8")
        for file in sorted(distribution.files or (), key=str)
        if ".dist-info/" in str(file) and _TEXT.search(str(file))
    ]
    if not texts:
        raise LookupError(f"{name} has no licence text in its metadata")
    licence = _LGPL if is_qt else _SAID.get(_normal(name)) or _licence(distribution)
    purl = f"pkg:pypi/{_normal(name)}@{distribution.version}"
    return Part(name, distribution.version, licence, _page(distribution), "\n\n".join(map(str.strip, texts)), purl)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(distribution: Distribution) -> str:
    """The licence in one line: its expression, what classifiers say, or the first line of the older field."""
    expression, older = _field(distribution, "License-Expression"), _field(distribution, "License")
    kinds = [each for each in distribution.metadata.get_all("Classifier", []) if each.startswith("License :: ")]
    classified = ", ".join(each.rpartition(" :: ")[2] for each in kinds)
    return expression or classified or older.partition("\n")[0] or "see below"


def _page(distribution: Distribution) -> str:
    pages = [entry.partition(",")[2].strip() for entry in distribution.metadata.get_all("Project-URL", [])]
    return _field(distribution, "Home-page") or next(iter(pages), "")


def _field(distribution: Distribution, name: str) -> str:
    return str(next(iter(distribution.metadata.get_all(name, [])), "")).strip()


def _of_system(libraries: set[str]) -> Iterator[Part]:
    """The Debian packages that ``libraries`` belong to."""
    packages: set[str] = set()
    for library in sorted(libraries):
        # A package may list a file below /lib that is kept below /usr/lib.
        names = {library, library.removeprefix("/usr")}
        owners = _dpkg("-S", *names, check=False)
        if not owners:
            raise LookupError(f"no package says that {library} is its own")
        packages.add(owners.partition(":")[0])
    for package in sorted(packages):
        text = _first(Path("/usr/share/doc") / package / "copyright")
        version = _dpkg("-W", "-f=${Version}\n", package).splitlines()[0]
        yield Part(package, version, "see below", "", text, f"pkg:deb/{_vendor()}/{package}@{quote(version, safe='')}")


def _vendor() -> str:
    """The distribution that this is, as package URLs name it."""
    return platform.freedesktop_os_release().get("ID", "debian")


def _dpkg(*words: str, check: bool = True) -> str:
    return subprocess.run(["dpkg-query", *words], capture_output=True, text=True, check=check).stdout
