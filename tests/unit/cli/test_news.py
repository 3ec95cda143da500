"""What is new in a collection, as one sentence and as JSON."""

from __future__ import annotations

import pytest

from stabilitydl.cli.news import news_object, sentence
from stabilitydl.hubs.protocol import News
from tests.fakes.snapshots import resource

ONE, TWO, THREE = (resource(f"{name}.bin") for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (News(added=(ONE,)), "1 new"),
        (News(added=(ONE, TWO), versions=("v2", "v3\u202e")), "2 new (v2, v3\\u202e)"),
        (News(added=(ONE,), versions=tuple("abcdefg")), "1 new (a, b, c, d, e, \u2026)"),
        (News(changed=((ONE, TWO),), gone=(THREE,)), "1 changed, 1 not listed any more"),
        (News(added=(ONE,) * 1234, gone=(TWO,)), "1,234 new, 1 not listed any more"),
    ],
)
def test_a_sentence(news: News, said: str) -> None:
    assert not news.is_empty
    assert sentence(news) == f"Since it was put on the list: {said}."


def test_the_same_as_json() -> None:
    assert news_object(None) is None
    assert News().is_empty
    assert news_object(News(added=(ONE,), changed=((TWO, THREE),), versions=("v2",))) == {
        "versions": ["v2"],
        "added": [ONE.id],
        "changed": [{"old": TWO.id, "new": THREE.id}],
        "gone": [],
    }
