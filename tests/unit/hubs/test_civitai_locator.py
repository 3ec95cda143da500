"""The ways to write a Civitai page, and look-alikes that are none (A03)."""

from __future__ import annotations

import pytest

from stabilitydl.errors import UsageError
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.civitai_locator import MOST_DIGESTS


@pytest.mark.parametrize(
    ("text", "identity", "selection"),
    [
        ("https://civitai.com/models/20237", "20237", ""),
        (" https://civitai.com/models/20237/ ", "20237", ""),
        ("https://civitai.com/models/20237/some-slug", "20237", ""),
        ("https://www.civitai.com/models/20237/%E6%A8%A1?modelVersionId=34006&x=1#top", "20237", "version:34006"),
        ("HTTPS://CIVITAI.COM:443/models/1", "1", ""),
        ("http://civitai.red/models/5?modelVersionId=6", "5", "version:6"),
        ("civitai.green/models/5", "5", ""),
        ("https://civitai.com/models/5?modelVersionId=", "5", ""),
        ("https://civitai.com/models/5?modelVersionId=abc", "5", ""),
        ("civitai:20237", "20237", ""),
        ("Civitai:020237@34006", "20237", "version:34006"),
        ("urn:air:sdxl:lora:civitai:12@34", "12", "version:34"),
        ("sdxl:lora:civitai:12@34+56.safetensors", "12", "file:56"),
        ("air:sd1:checkpoint:civitai:12", "12", ""),
    ],
)
def test_a_model_page(text: str, identity: str, selection: str) -> None:
    locator = Civitai().recognise(text)
    assert locator is not None
    assert (locator.hub, locator.kind, locator.identity, locator.selection) == ("civitai", "model", identity, selection)
    assert locator.text == text.strip()


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("https://civitai.com/model-versions/77", "version:77"),
        ("https://civitai.com/api/download/models/77", "version:77"),
        ("https://civitai.com/api/download/models/77?type=Model&fileId=5", "file:5"),
    ],
)
def test_a_version_whose_model_must_be_asked_for(text: str, selection: str) -> None:
    locator = Civitai().recognise(text)
    assert locator is not None
    assert (locator.kind, locator.identity, locator.selection) == ("version", "77", selection)


def test_a_token_in_the_address_is_not_kept_a06() -> None:
    for typed, kept in [
        ("https://civitai.com/api/download/models/7?token=secret", "https://civitai.com/api/download/models/7"),
        ("https://civitai.com/models/7?token=secret&modelVersionId=8", "https://civitai.com/models/7?modelVersionId=8"),
        ("https://civitai.com/models/7?modelVersionId=8&token=secret", "https://civitai.com/models/7?modelVersionId=8"),
    ]:
        locator = Civitai().recognise(typed)
        assert locator is not None
        assert locator.text == kept


@pytest.mark.parametrize(
    "text",
    [
        *("", "123", "civitai:", "civitai:abc", "civitai:-1", "civitai:0", "civitai:99999999999", "civitai:2147483648"),
        *("https://civitai.com", "https://civitai.com/models/abc", "https://civitai.com/search/models"),
        *(
            "https://civitai.com.evil.test/models/1",
            "https://evilcivitai.com/models/1",
            "https://civitai.com:8443/models/1",
        ),
        *("https://civitai.com@evil.test/models/1", "https://user@civitai.com/models/1", "ftp://civitai.com/models/1"),
        *(
            "https://\u0441ivitai.com/models/1",
            "https://civitai.com\\@evil.test/models/1",
            "https://[civitai.com/models/1",
        ),
        *(
            "https://civitai.com:x/models/1",
            "urn:air:sdxl:lora:huggingface:1@2",
            "https://civitai.com/models/" + "9" * 5000,
        ),
        *(
            "https://civitai.com/models/\u0661",
            "https://civitai.com/models/1/a/b",
            "https://civitai.com/models/1?" + "a=1&" * 99,
        ),
    ],
)
def test_everything_else_is_not_recognised_a03(text: str) -> None:
    assert Civitai().recognise(text) is None


def test_a_server_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVITAI_ENDPOINT", "http://127.0.0.1:8000/")
    assert Civitai().recognise("http://127.0.0.1:8000/models/5") is not None
    assert Civitai().recognise("http://127.0.0.1:8001/models/5") is None
    assert Civitai(endpoint="http://localhost:9").recognise("http://localhost:9/models/5") is not None


def test_a_hub_of_another_name_has_its_own_locators() -> None:
    async def endpoint() -> str:
        raise AssertionError("asked while recognising")

    hub = Civitai(name="demo", endpoint=endpoint, hosts=(), forms=("demo:",))
    locator = hub.recognise("demo:7")
    assert locator is not None
    assert (locator.hub, locator.identity) == ("demo", "7")
    for text in (
        "civitai:7",
        "https://civitai.com/models/7",
        "urn:air:sdxl:lora:civitai:12@34",
        "demo",
        "demo:",
        "demo:x",
    ):
        assert hub.recognise(text) is None
    assert hub.forms == ("demo:",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://civitai.com/user/Maker", "maker"),
        ("https://civitai.red/user/Maker/models?sort=Newest", "maker"),
        ("www.civitai.green/user/a%20b/", "a b"),
        ("civitai:user/Maker", "maker"),
        ("civitai:user:Maker", "maker"),
    ],
)
def test_a_creator(text: str, name: str) -> None:
    locator = Civitai().recognise(text)
    assert locator is not None
    assert (locator.kind, locator.identity, locator.selection) == ("creator", name, "")


@pytest.mark.parametrize("text", ["civitai:user/", "civitai:user/a/b", "https://civitai.com/user/%0a", "civitai:user"])
def test_what_is_no_name_of_a_creator(text: str) -> None:
    assert Civitai().recognise(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("civitai:sha256:" + "AB" * 32, "ab" * 32),
        ("CIVITAI:AutoV2:0123456789", "0123456789"),
        ("civitai:crc32:6C53EE01", "6c53ee01"),
        ("civitai:hash:0123456789ab", "0123456789ab"),
    ],
)
def test_a_digest(text: str, digits: str) -> None:
    locator = Civitai().recognise(text)
    assert locator is not None
    assert (locator.kind, locator.identity) == ("hash", digits)


@pytest.mark.parametrize("text", ["civitai:hash:BBBBBBBBBB,aaaaaaaa,bbbbbbbbbb", "civitai:crc32:aaaaaaaa,bbbbbbbbbb"])
def test_several_digests_are_the_same_in_any_order(text: str) -> None:
    locator = Civitai().recognise(text)
    assert locator is not None
    assert (locator.kind, locator.identity) == ("hashes", "aaaaaaaa,bbbbbbbbbb")


def test_one_digest_twice_is_one_and_too_many_are_refused_in_words() -> None:
    locator = Civitai().recognise("civitai:hash:aaaaaaaa,AAAAAAAA")
    assert locator is not None
    assert (locator.kind, locator.identity) == ("hash", "aaaaaaaa")
    many = [f"{number:08x}" for number in range(MOST_DIGESTS + 1)]
    assert Civitai().recognise(f"civitai:hash:{','.join(many[1:])}") is not None
    with pytest.raises(UsageError, match="more than 100 digests"):
        Civitai().recognise(f"civitai:hash:{','.join(many)}")


@pytest.mark.parametrize(
    "text",
    [
        "civitai:sha256:", "civitai:sha256:abc", "civitai:md5:" + "a" * 32, "civitai:hash:x", "civitai:hash:aaaaaaaa,",
        "civitai:hash:aaaaaaaa,,bbbbbbbb", "civitai:hash:aaaaaaaa;bbbbbbbb",
    ],
)  # fmt: skip
def test_what_is_no_digest(text: str) -> None:
    assert Civitai().recognise(text) is None


@pytest.mark.parametrize("path", ["images/5", "posts/7", "collections/9", "articles/1/slug", "user/x/images"])
def test_a_page_without_files_is_refused_in_words(path: str) -> None:
    with pytest.raises(UsageError) as caught:
        Civitai().recognise(f"https://civitai.com/{path}")
    assert "lists no model files" in str(caught.value)
