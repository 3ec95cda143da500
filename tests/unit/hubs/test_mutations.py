"""The harness of the mutation tests: the same mutants in every run, really changed, only where they may be."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from stabilitydl.errors import HubError
from stabilitydl.hubs.protocol import Expansion

from .mutations import Mutant, garbled, mutants, reworded, survey, swamped

PAGE = {"id": 7, "name": "pack", "files": [{"id": 1, "name": "a", "sizes": [1, 2]}, {"id": 2, "name": "b"}, {}]}


def test_mutants_are_the_same_in_every_run_and_differ_from_each_other() -> None:
    first = [mutant.data for mutant in mutants(PAGE, seed=3, count=300)]
    assert first == [mutant.data for mutant in mutants(PAGE, seed=3, count=300)]
    assert first != [mutant.data for mutant in mutants(PAGE, seed=4, count=300)]
    assert len(set(first)) > 150


def test_a_mutant_is_changed_only_below_the_given_place() -> None:
    changed = 0
    for mutant in mutants(PAGE, seed=3, count=300, below=("files", 0)):
        assert all(place[:2] == ("files", 0) and len(place) > 2 for place in mutant.places)
        with contextlib.suppress(RecursionError):
            read = json.loads(mutant.data)
            assert {**read, "files": read["files"][1:]} == {**PAGE, "files": PAGE["files"][1:]}  # type: ignore[index]
            changed += read != PAGE
    assert changed > 250


def test_every_kind_of_change_comes_up() -> None:
    text = b"\n".join(mutant.data for mutant in mutants(PAGE, seed=3, count=2000))
    for part in (
        b"[" * 64,
        b'{"a":' * 64,
        b"null",
        b"../../etc",
        b"0" * 400,
        b"\\ud800",
        b"NewWord2031",
        b"9223372036",
    ):
        assert part in text, part


def test_garbled_bytes() -> None:
    data = json.dumps(PAGE).encode()
    assert sum(mutant.data != data for mutant in garbled(data, seed=1, count=100)) > 90


def test_reworded_texts_are_changed_only_where_they_may_be() -> None:
    text = "[a]\nname = one\n[b]\nname = two\n"
    first = [mutant.data for mutant in reworded(text, r"\w+", seed=3, count=200)]
    assert first == [mutant.data for mutant in reworded(text, r"\w+", seed=3, count=200)]
    assert sum(data != text.encode() for data in first) > 180
    for mutant in reworded(text, r"\w+", seed=3, count=200, inside=r"\[b\].*"):
        assert mutant.data.startswith(b"[a]\nname = one\n[")


def test_one_word_everywhere() -> None:
    found = [mutant.data for mutant in swamped(PAGE)]
    assert json.loads(found[4]) == {**PAGE, "name": "NewWord2031", "files": [
        {"id": 1, "name": "NewWord2031", "sizes": [1, 2]}, {"id": 2, "name": "NewWord2031"}, {},
    ]}  # fmt: skip
    assert json.loads(found[5])["name"] == "NewWord2031pack"


@pytest.mark.anyio
async def test_only_errors_of_the_product_may_come_out() -> None:
    async def refuse(mutant: Mutant) -> Expansion:
        raise HubError(hub="x", detail="y")

    async def fall_over(mutant: Mutant) -> Expansion:
        value: Any = None
        return value["files"]  # type: ignore[no-any-return]

    result = await survey(refuse, mutants(PAGE, seed=1, count=10))
    assert (result.total, result.share, result.codes) == (10, 0.0, {"hub": 10})
    with pytest.raises(AssertionError, match="TypeError"):
        await survey(fall_over, mutants(PAGE, seed=1, count=10))
