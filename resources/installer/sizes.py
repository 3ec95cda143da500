"""What a bundle weighs, by its parts, and what was left out of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

MIB = 1024 * 1024
_LEAST = MIB // 4


def weight(folder: Path) -> int:
    """Bytes of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def describe(folder: Path, listing: Path) -> Iterator[str]:
    """Lines with the sizes of what is in the bundle ``folder``, and of what was left out."""
    taken = {str(path.relative_to(folder)): path.stat().st_size for path in _files(folder)}
    left: dict[str, int] = json.loads(listing.read_text("utf-8"))["left"]
    yield f"{_mib(sum(taken.values()))}  in the bundle, {len(taken)} files"
    yield from _largest(taken)
    yield f"{_mib(sum(left.values()))}  left out, {len(left)} files"
    yield from _largest(left)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def _largest(sizes: Mapping[str, int]) -> Iterator[str]:
    groups: Counter[str] = Counter()
    for place, size in sizes.items():
        groups[_group(place)] += size
    rest = 0
    for group, size in groups.most_common():
        if size >= _LEAST:
            yield f"  {_mib(size)}  {group}"
        else:
            rest += size
    yield f"  {_mib(rest)}  everything else"


def _group(place: str) -> str:
    """What a file is part of: a library stands for itself, the files of a folder of data for their folder."""
    parts = place.removeprefix("lib/").split("/")
    if ".so" in parts[-1] or ".dll" in parts[-1] or len(parts) == 1:
        return "/".join(parts)
    return "/".join(parts[:-1])


def _mib(size: int) -> str:
    return f"{size / MIB:6.1f} MiB"
