"""Files of which only the digests are known, such as those that a picture names: where each is, asked in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..domain.checksum import Algorithm, Checksum
from ..errors import PageNotFound, Problem, StabilityError
from ..http.client import HttpClient
from .civitai_api import CivitaiApi, Found, page_with
from .civitai_shapes import ModelPage, Version
from .protocol import without_body


async def pages_with(
    digests: Sequence[str], api: CivitaiApi, client: HttpClient
) -> tuple[list[ModelPage], list[Problem]]:
    """The models that have files with ``digests``, in that order, with these files alone.

    A digest that the hub does not know is a problem, and so is a model that does not come. Raises PageNotFound where
    none is known, and what the server said to the question for them.
    """
    found = await api.find_all(digests, client)
    unknown = [PageNotFound(hub=api.name, page=page_with(digest)) for digest in digests if digest not in found]
    if not found:
        raise unknown[0]
    problems = [error.problem for error in unknown]
    pages: list[ModelPage] = []
    for model in dict.fromkeys(found[digest].model for digest in digests if digest in found):
        try:
            page = await api.model(str(model), client)
        except StabilityError as error:
            problems.append(without_body(error).problem)
            continue
        there = [each for each in found.values() if each.model == model]
        listed = {version.id for version in page.versions}
        gone = [each for each in there if each.version not in listed and page.withheld is None]
        problems += [PageNotFound(hub=api.name, page=page_with(each.digest)).problem for each in gone]
        versions = tuple(_only(page.versions, there))
        problems += page.problems
        pages.append(replace(page, versions=versions))
    return pages, problems


def _only(versions: Iterable[Version], found: Iterable[Found]) -> Iterator[Version]:
    """The versions in which something was found, with the files that it is; all of them where it is none of these."""
    digests: dict[int, set[str]] = {}
    for each in found:
        digests.setdefault(each.version, set()).add(each.digest)
    for version in versions:
        wanted = digests.get(version.id, set())
        files = tuple(file for file in version.files if wanted & set(map(_printed, file.checksums)))
        if wanted:
            yield replace(version, files=files or version.files)


def _printed(checksum: Checksum) -> str:
    """The digits as the hub prints them, in lower case: CRC32 with its bytes turned around."""
    if checksum.algorithm is Algorithm.CRC32:
        return bytes.fromhex(checksum.digits)[::-1].hex()
    return checksum.digits
