"""Owners who are written to be taken for others. F22."""

from __future__ import annotations

import pytest

from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Resource
from stabilitydl.hubs.lookalikes import owner_warnings, strange_letters
from stabilitydl.hubs.protocol import Expansion


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("stabilityai", ""),
        ("", ""),
        ("st\u0430bilityai", "\u0430"),
        ("\u0430\u0440\u0440\u04cf\u0435", "\u0430\u0440\u04cf\u0435"),
        ("g\u03bf\u03bfgle", "\u03bf"),
        ("\uff47oogle", "\uff47"),
        ("\U0001d420oogle", "\U0001d420"),
        ("Иван", ""),
        ("Дмитрий_42", ""),
        ("Ωmega", ""),
        ("模型 maker", ""),
        ("José Müller", ""),
        ("山田", ""),
        ("\U0001f600 maker", ""),
    ],
)
def test_letters_that_pass_for_latin_ones(name: str, letters: str) -> None:
    assert "".join(strange_letters(name)) == letters


def test_each_owner_is_warned_of_once() -> None:
    key = CollectionKey("fake", "", "pack", "x")
    collection = Collection(id=key.id, key=key, title="x", creator="\u0430pple")
    owners = ["\u0430pple", "someone", "g\u03bfogle", "\u0430pple"]
    children = tuple(
        Resource(id=str(n), collection=key.id, key=str(n), name="n", path="n", creator=owner)
        for n, owner in enumerate(owners)
    )
    warnings = owner_warnings(Expansion(collection=collection, resources=children))
    assert [warning.code for warning in warnings] == ["look-alike-name"] * 2
    assert [warning.arguments for warning in warnings] == [
        {"name": "\u0430pple", "letters": "\u0430 U+0430"},
        {"name": "g\u03bfogle", "letters": "\u03bf U+03BF"},
    ]
    assert warnings[0].message.startswith(
        "The owner is written “\u0430pple”, with letters that only look like Latin ones"
    )
