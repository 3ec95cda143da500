"""Recorded answers of the real hub, from the folder that STABILITYDL_HUB_FIXTURES names; skipped without it.

The recordings belong to others and are no part of the project. The facts asserted here were counted in them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.domain.checksum import Algorithm
from stabilitydl.http.client import HttpClient
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.civitai_shapes import ModelPage, moment, read_model
from stabilitydl.hubs.protocol import Destination
from stabilitydl.hubs.wire import Node

from .pages import CivitaiOrigin

FOLDER = os.environ.get("STABILITYDL_HUB_FIXTURES", "")
if not FOLDER:
    pytest.skip("STABILITYDL_HUB_FIXTURES names no folder of recorded answers", allow_module_level=True)

NOW = moment("2026-01-01T00:00:00Z") or 0.0


def recorded(name: str) -> Any:
    return json.loads((Path(FOLDER) / "civitai" / name).read_text(encoding="utf-8"))


def page(name: str, now: float = NOW) -> ModelPage:
    return read_model(Node(recorded(name)), "civitai", now)


@pytest.mark.parametrize(
    ("name", "versions", "files"),
    [
        ("model-20237-lora-pack-100-versions.json", 100, 101),
        ("model-4384-checkpoint-26-versions-50-files.json", 26, 50),
        ("model-34801-two-files-one-download-url.json", 2, 6),
        ("model-4717-duplicate-file-names.json", 4, 9),
        ("model-1619-pickle-scan-danger.json", 1, 2),
        ("model-99832-archived-without-files.json", 1, 0),
        ("model-66093-early-access-no-avatar.json", 1, 1),
        ("model-1102-recorded-2023.json", 3, 4),
        ("model-215485.json", 3, 4),
    ],
)
def test_every_file_of_a_page_is_read_with_size_and_checksums(name: str, versions: int, files: int) -> None:
    read = page(name)
    entries = [entry for version in read.versions for entry in version.files]
    assert (len(read.versions), len(entries), read.problems) == (versions, files, ())
    for entry in entries:
        assert entry.size is not None
        assert {checksum.algorithm for checksum in entry.checksums if checksum.covers_file} == {
            Algorithm.SHA256,
            Algorithm.BLAKE3,
            Algorithm.AUTOV2,
            Algorithm.CRC32,
        }
        by_name = {checksum.algorithm: checksum.digits for checksum in entry.checksums}
        assert by_name[Algorithm.SHA256].startswith(by_name[Algorithm.AUTOV2])


def test_a_search_page_and_a_model_of_2025() -> None:
    answers = recorded("models-search-page1-and-model-1102.json")
    pages = [read_model(Node(item), "civitai", NOW) for item in answers["models_list_page1"]["items"]]
    assert sum(len(version.files) for one in pages for version in one.versions) == 191
    assert not any(one.problems for one in pages)
    assert {one.title for one in pages} >= {"majicMIX realistic 麦橘写实", "DreamShaper"}
    new = read_model(Node(answers["model_get_1102"]), "civitai", NOW)
    old = page("model-1102-recorded-2023.json")
    assert (new.id, new.title, new.type, new.creator) == (old.id, old.title, old.type, "JustMaier")
    old_files = {entry.id: entry for version in old.versions for entry in version.files}
    new_files = {entry.id: entry for version in new.versions for entry in version.files}
    assert set(old_files) < set(new_files)
    for identity, entry in old_files.items():
        assert entry.checksums == new_files[identity].checksums
        assert entry.size == new_files[identity].size


def test_two_files_of_one_name_and_two_of_one_address_are_told_apart() -> None:
    names = [entry.name for version in page("model-4717-duplicate-file-names.json").versions for entry in version.files]
    assert len(set(names)) < len(names)
    for name in ("model-4717-duplicate-file-names.json", "model-34801-two-files-one-download-url.json"):
        ids = [entry.id for version in page(name).versions for entry in version.files]
        assert len(set(ids)) == len(ids)


def test_the_scan_that_warns_and_the_one_that_does_not() -> None:
    (version,) = page("model-1619-pickle-scan-danger.json").versions
    assert [len(entry.warnings) for entry in version.files] == [1, 0]
    assert version.refusal is None


def test_archived_and_early_access() -> None:
    archived = page("model-99832-archived-without-files.json")
    assert archived.withheld
    early = recorded("model-66093-early-access-no-avatar.json")["modelVersions"][0]["createdAt"]
    during = page("model-66093-early-access-no-avatar.json", (moment(early) or 0) + 3600)
    assert during.versions[0].refusal is not None
    assert during.versions[0].refusal.code == "early-access"
    after = page("model-66093-early-access-no-avatar.json")
    assert (after.versions[0].refusal, after.avatar, after.creator) == (None, "", "civitai")


def test_a_foreign_avatar_and_files_of_several_types() -> None:
    read = page("model-4384-checkpoint-26-versions-50-files.json")
    assert read.avatar.startswith("https://cdn.discordapp.com/")
    assert {entry.type for version in read.versions for entry in version.files} == {"Checkpoint", "Training Data"}


def test_newer_and_trimmed_version_answers_are_read_as_versions() -> None:
    for name in ("model-version-128078-2026-trimmed.json", "model-version-242807.json"):
        answer = recorded(name)
        read = read_model(Node({"id": answer["modelId"], "modelVersions": [answer]}), "civitai", NOW)
        (entry,) = read.versions[0].files
        assert len([checksum for checksum in entry.checksums if checksum.covers_file]) == 4
        assert entry.size == round(answer["files"][0]["sizeKB"] * 1024)


@pytest.mark.anyio
async def test_a_recorded_pack_through_the_whole_hub() -> None:
    client = HttpClient(SystemClock())
    with CivitaiOrigin() as origin:
        origin.give_model(recorded("model-20237-lora-pack-100-versions.json"))
        hub = Civitai(endpoint=origin.url(""))
        locator = hub.recognise("https://civitai.com/models/20237?modelVersionId=34006")
        assert locator is not None
        expansion = await hub.expand(locator, Destination(Path("/models")), client)
    await client.aclose()
    assert len(expansion.resources) == 101
    assert len({child.id for child in expansion.resources}) == 101
    assert not any(child.blocked for child in expansion.resources)
    assert expansion.selected is not None
    assert {child.page for child in expansion.resources if child.id in expansion.selected} == {
        origin.url("/models/20237?modelVersionId=34006")
    }
