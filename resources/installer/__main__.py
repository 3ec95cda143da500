"""``python -m resources.installer`` builds everything that this system can build, into ``dist/``.

Everywhere the frozen program, as a folder and packed; on Linux besides that the Debian package, where dpkg is there; on
Windows the installer, where makensis is there; on macOS the application. ``SHA256SUMS`` names what was made. What the
bundle weighs, and what was left out of it, is printed. A list of its parts (CycloneDX) lies beside it.

Needs the extra ``build`` of pyproject.toml (``pip install -e '.[build]'``), on Linux binutils too.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import archive, debian, inventory, sizes, source, windows
from .bundle import LIBRARIES
from .freeze import NAME, freeze


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m resources.installer", description="Build what people install.")
    parser.add_argument("--out", type=Path, default=source.ROOT / "dist", help="where the results go")
    parser.add_argument("--work", type=Path, default=source.ROOT / "build", help="where PyInstaller works")
    parser.add_argument("--quick", action="store_true", help="pack the Debian package fast instead of small")
    options = parser.parse_args(words)
    out: Path = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    bundle, listing = freeze(out, options.work.absolute())
    for line in sizes.describe(bundle, listing):
        print(line)
    made = sorted(_packages(bundle, out, options.quick))
    (out / "SHA256SUMS").write_text("".join(f"{archive.sha256(path)}  {path.name}\n" for path in made), "utf-8")
    for path in made:
        print(f"{path.stat().st_size / sizes.MIB:6.1f} MiB  {path.name}")
    return 0


def _packages(bundle: Path, out: Path, is_quick: bool) -> Iterator[Path]:
    """Pack the bundle in the ways of this system, and take the list of its parts out of it."""
    name = f"{NAME}-{source.version()}"
    machine = platform.machine().lower()
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    parts = out / f"{name}-{system}-{machine}.cdx.json"
    shutil.copyfile(bundle / LIBRARIES / "resources" / "licences" / inventory.NAME, parts)
    yield parts
    if sys.platform == "win32":
        yield archive.zipped(bundle, out / f"{name}-{system}-{machine}.zip", name)
        if windows.can_build():
            yield windows.build(bundle, out)
    elif sys.platform == "darwin":
        yield archive.tar_gz(out / f"{NAME}.app", out / f"{name}-{system}-{machine}.tar.gz", f"{NAME}.app")
    else:
        yield archive.tar_gz(bundle, out / f"{name}-{system}-{machine}.tar.gz", name)
        if debian.can_build():
            yield debian.build(bundle, out, level=0 if is_quick else 6)


if __name__ == "__main__":
    sys.exit(main())
