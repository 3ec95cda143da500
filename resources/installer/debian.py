"""The Debian package: the bundle below ``/usr/lib``, without the libraries that Debian has, which become Depends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import source
from .archive import entries
from .bundle import LIBRARIES
from .freeze import NAME
from .notices import NAME as NOTICES
from .notices import RULE
from .platforms import PYTHON_LIBRARIES, WINDOW_LIBRARIES
from .share import packed, write_share
from .sizes import weight

MAINTAINER = "The contributors of stabilitydl <contributors@stabilitydl.invalid>"
PROGRAMS = ("stabilitydl", "stabilitydl-window")
_HOME = Path("usr/lib") / NAME
_WITH_LIBRARY = ("pyexpat.", "libqjpeg.")
"""Files of Python and Qt that hold a library of others, by the beginnings of their names."""

_ELF = b"\x7fELF"


def can_build() -> bool:
    """Has this system what makes a package?"""
    return all(shutil.which(tool) for tool in ("dpkg-deb", "dpkg-shlibdeps"))


def build(bundle: Path, target: Path, level: int = 6) -> Path:
    """Make the package of a bundle, below the folder ``target``; the path of the package. ``level`` is that of xz.

    Raises CalledProcessError where a library is neither in the bundle nor in a package of Debian.
    """
    machine = _run("dpkg", "--print-architecture").strip()
    path = target / f"{NAME}_{source.version()}_{machine}.deb"
    with tempfile.TemporaryDirectory(prefix="deb-") as folder:
        tree = Path(folder) / "tree"
        _fill(bundle, tree)
        _write(tree / "DEBIAN" / "control", _control(tree, machine, Path(folder)))
        _write(tree / "DEBIAN" / "md5sums", _sums(tree))
        _normalise(tree)
        variables = source.environment()
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "--build", str(tree), str(path)]
        subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)
    return path


def _fill(bundle: Path, tree: Path) -> None:
    home = tree / _HOME
    shutil.copytree(bundle, home, symlinks=True)
    for path in (home / LIBRARIES).iterdir():
        if any(re.match(pattern, path.name) for pattern in (*PYTHON_LIBRARIES, *WINDOW_LIBRARIES)):
            path.unlink()
    programs = tree / "usr" / "bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).symlink_to(Path("../lib") / NAME / name)
    share = tree / "usr" / "share"
    write_share(share)
    documents = share / "doc" / NAME
    _write(documents / "copyright", _copyright(home / LIBRARIES / "resources" / "licences" / NOTICES))
    (documents / "changelog.gz").write_bytes(packed(_changelog()))
    _write(share / "lintian" / "overrides" / NAME, "\n".join(_overrides(tree)) + "\n")


def _control(tree: Path, machine: str, work: Path) -> str:
    fields = {
        "Package": NAME,
        "Version": source.version(),
        "Architecture": machine,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(weight(tree) // 1024 + 1),
        "Depends": f"{_libraries(tree, work)}, ca-certificates",
        "Recommends": "xdg-utils, gnome-keyring | kwalletmanager | keepassxc",
        "Section": "net",
        "Priority": "optional",
        "Description": "download manager for packs of AI model files",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return text + (
        " Models are published in packs: one page or repository with 50 to 80 files.\n"
        " This program shows what of a pack is missing and what is here, brings any\n"
        " set of files in parallel, checks every file on arrival, and goes on after a\n"
        " crash or a week offline. It has a window and a command line.\n"
    )


def _libraries(tree: Path, work: Path) -> str:
    """The packages of Debian with the libraries that the bundle does not bring along, with their versions."""
    home = tree / _HOME
    (work / "debian").mkdir()
    # dpkg-shlibdeps wants to see a source package.
    _write(work / "debian" / "control", f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n")
    binaries = [str(path) for path in entries(home) if _is_elf(path)]
    folders = sorted({str(Path(path).parent) for path in binaries})
    command = ["dpkg-shlibdeps", "-O", *(f"-l{folder}" for folder in folders), f"-S{tree}", "--ignore-missing-info"]
    # What it warns of are plug-ins that take symbols from the program, as every module of Python does.
    done = subprocess.run(
        [*command, "--warnings=0", *(f"-e{path}" for path in binaries)],
        cwd=work,
        env=source.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().removeprefix("shlibs:Depends=")


def _overrides(tree: Path) -> Iterator[str]:
    """What lintian finds in a frozen bundle and cannot be put right here, file by file, with the reason."""
    yield "# Their makers built these with the library inside; it cannot be taken out."
    for path in entries(tree / _HOME):
        if path.name.startswith(_WITH_LIBRARY):
            yield f"{NAME}: embedded-library * [{path.relative_to(tree)}]"
    yield "# The interpreter names the folder that it was built for; the libraries of the bundle are found before it."
    told = _run("readelf", "-d", *(str(path) for path in entries(tree / _HOME) if _is_elf(path)))
    for part in told.split("\nFile: ")[1:]:
        if re.search(r"\((?:RUNPATH|RPATH)\).*\[(?:[^$\]]+:)?/", part):
            place = Path(part.partition("\n")[0]).relative_to(tree)
            yield f"{NAME}: custom-library-search-path * [{place}]"


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF


def _copyright(notices: Path) -> str:
    """Our licence and the list of parts; whole texts stand in the bundle, and those that Debian keeps are named."""
    summary = notices.read_text("utf-8").partition(RULE)[0].strip()
    return (
        f"{summary}\n\nThe texts of all these licences: /{_HOME}/{LIBRARIES}/resources/licences/{NOTICES}\n"
        "The GNU Lesser General Public License, version 3: /usr/share/common-licenses/LGPL-3\n"
        "The GNU General Public License, version 3: /usr/share/common-licenses/GPL-3\n"
        "The Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0\n"
    )


def _changelog() -> str:
    moment = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(source.epoch()))
    return (
        f"{NAME} ({source.version()}) unstable; urgency=medium\n\n"
        f"  * Release {source.version()}; what is new stands in CHANGELOG.md of the source.\n\n"
        f" -- {MAINTAINER}  {moment}\n"
    )


def _sums(tree: Path) -> str:
    files = [str(path.relative_to(tree)) for path in entries(tree / "usr") if path.is_file() and not path.is_symlink()]
    return _run("md5sum", *files, cwd=tree)


def _normalise(tree: Path) -> None:
    """One time for everything, and the modes that a package has."""
    moment = source.epoch()
    for path in (tree, *entries(tree)):
        if not path.is_symlink():
            is_program = path.is_dir() or path.stat().st_mode & 0o100
            is_library = ".so" in path.name and path.is_file()
            path.chmod(0o755 if is_program and not is_library else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=source.environment(), capture_output=True, text=True, check=True)
    return done.stdout
