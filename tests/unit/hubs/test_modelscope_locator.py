"""The ways to write a ModelScope repository, and what is left to other hubs."""

from __future__ import annotations

import pytest

from stabilitydl.errors import UsageError
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.protocol import Locator

SITE = "https://modelscope.cn"


def recognise(text: str) -> Locator | None:
    return ModelScope(endpoint="http://127.0.0.1:8090").recognise(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SITE}/models/org/pack", ("model", "org/pack", "master", "")),
        ("https://www.modelscope.cn/models/org/pack/summary", ("model", "org/pack", "master", "")),
        ("modelscope.cn/models/org/pack/files?version=x#y", ("model", "org/pack", "master", "")),
        ("http://127.0.0.1:8090/models/org/pack", ("model", "org/pack", "master", "")),
        (f"{SITE}/datasets/org/set", ("dataset", "org/set", "master", "")),
        (f"{SITE}/datasets/org/set/dataPeview", ("dataset", "org/set", "master", "")),
        (f"{SITE}/models/org/pack/resolve/v1/a/b%20c.bin", ("model", "org/pack", "v1", "path:a/b c.bin")),
        (f"{SITE}/models/org/pack/file/view/v2/README.md?status=1", ("model", "org/pack", "v2", "path:README.md")),
        (f"{SITE}/models/org/pack/tree/master/a", ("model", "org/pack", "master", "path:a")),
        (f"{SITE}/models/org/pack/tree", ("model", "org/pack", "master", "")),
        ("modelscope:org/pack", ("model", "org/pack", "master", "")),
        (" modelscope://models/org/pack@v1.0 ", ("model", "org/pack", "v1.0", "")),
        ("ModelScope:org/pack@feature%2Fx/a/b.bin", ("model", "org/pack", "feature/x", "path:a/b.bin")),
        ("modelscope:datasets/org/set/file@1.txt", ("dataset", "org/set", "master", "path:file@1.txt")),
    ],
)  # fmt: skip
def test_a_repository_is_recognised(text: str, expected: tuple[str, str, str, str]) -> None:
    locator = recognise(text)
    assert locator is not None
    assert (locator.kind, locator.identity, locator.revision, locator.selection) == expected
    assert (locator.hub, "?" in locator.text, "#" in locator.text) == ("modelscope", False, False)


@pytest.mark.parametrize(
    "text",
    [
        "", "org/pack", "modelscope:", "modelscope:pack", "modelscope:org/..", "modelscope:org/pack x",
        "huggingface:a/b", SITE,
        f"{SITE}/models", f"{SITE}/models/org", f"{SITE}/org/pack", f"{SITE}/models/org/pack/unknown/x",
        f"{SITE}/brand/view/x", "https://modelscope.cn.evil.test/models/org/pack", "https://evilmodelscope.cn/models/a/b",
        "https://modelscope.cn@evil.test/models/org/pack", "https://modelscope.cn:99/models/org/pack", "x" * 5000,
        "https://www.modelscope.ai/models/org/pack", "https://[::1/models/a/b", "modelscope:org/pa\x00ck",
    ],
)  # fmt: skip
def test_everything_else_is_left_to_others_a03(text: str) -> None:
    assert recognise(text) is None


def test_the_international_site_is_another_hub() -> None:
    hub = ModelScope.international()
    locator = hub.recognise("https://www.modelscope.ai/models/org/pack")
    assert locator is not None
    assert (locator.hub, locator.identity) == ("modelscope-ai", "org/pack")
    assert hub.recognise("modelscope-ai:org/pack") is not None
    assert hub.recognise("https://modelscope.cn/models/org/pack") is None


def test_what_cannot_be_listed_or_only_looks_right_is_said_f22() -> None:
    for text, words in [
        (f"{SITE}/studios/org/app", "studios"),
        ("modelscope:studios/org/app", "studios"),
        (f"{SITE}/models/\u043erg/pack", "letters"),
    ]:
        with pytest.raises(UsageError, match=words):
            recognise(text)


def test_the_endpoint_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "hub.test")
    assert repr(ModelScope()) == "<ModelScope modelscope https://hub.test>"
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://other.test:1/")
    assert repr(ModelScope()) == "<ModelScope modelscope http://other.test:1>"
    assert repr(ModelScope.international()) == "<ModelScope modelscope-ai https://www.modelscope.ai>"
    monkeypatch.delenv("MODELSCOPE_DOMAIN")
    monkeypatch.delenv("MODELSCOPE_ENDPOINT")
    assert repr(ModelScope()) == "<ModelScope modelscope https://modelscope.cn>"
