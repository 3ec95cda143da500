"""``plan`` says what speaks against a collection although it can be had: its owner's name, a scan of its files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.huggingface import HuggingFaceOrigin
from tests.fakes.repository import FakeRepository
from tests.unit.cli.conftest import Run
from tests.unit.hubs.pages import CivitaiOrigin, file, model, version


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Iterator[CivitaiOrigin]:
    with CivitaiOrigin() as server:
        monkeypatch.setenv("CIVITAI_ENDPOINT", server.url(""))
        yield server


def test_an_owner_who_may_be_taken_for_another_f22(run: Run, origin: CivitaiOrigin) -> None:
    origin.give_model(model(7, creator={"username": "st\u0430bilityai"}))
    said = run("plan", "civitai:7")
    assert said.code == 0
    assert "The owner is written “st\u0430bilityai”" in said.err
    said = run("plan", "civitai:7", "--json")
    assert said.code == 0
    (collection,) = said.object["collections"]
    assert [warning["code"] for warning in collection["warnings"]] == ["look-alike-name"]
    assert "\u0430 U+0430" in collection["warnings"][0]["message"]
    origin.give_model(model(7, creator={"username": "stabilityai"}))
    assert run("plan", "civitai:7", "--json").object["collections"][0]["warnings"] == []


def test_a_scan_that_warns_is_said_of_the_files_that_are_planned(run: Run, origin: CivitaiOrigin) -> None:
    files = [file(1), file(2, name="../x/bad.ckpt", pickleScanResult="Danger")]
    origin.give_model(model(7, [version(70, files), version(71, [file(3)])]))
    said = run("plan", "civitai:7", "--json")
    (collection,) = said.object["collections"]
    names = [child["name"] for child in collection["resources"]]
    (warning,) = collection["warnings"]
    assert (warning["code"], names[1] in warning["message"]) == ("flagged", True)
    assert "A pickle scan of civitai warns about" in run("plan", "civitai:7").err
    assert run("plan", "civitai:7@71", "--json").object["collections"][0]["warnings"] == []


def test_a_repository_that_was_renamed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with HuggingFaceOrigin() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url(""))
        repository = FakeRepository("new/pack")
        repository.commit({"a.bin": b"x"})
        hub.publish(repository)
        hub.publish(FakeRepository("old/pack", renamed="new/pack"))
        said = run("plan", "old/pack")
    assert said.code == 0
    assert "old/pack is called new/pack now." in said.err


def test_what_cannot_be_seen_is_not_shown_f05(run: Run, origin: CivitaiOrigin) -> None:
    origin.give_model(model(7, name="Pack\u202eerof\x1b[2J", creator={"username": "a\u2066b"}))
    said = run("plan", "civitai:7", "--json")
    assert said.object["collections"][0]["title"] == "Packerof [2J"
