"""Tokens and the origins they belong to."""

from __future__ import annotations

import pytest

from stabilitydl.errors import UsageError
from stabilitydl.http.credentials import Credentials
from stabilitydl.http.origins import Origin

ENVIRON = {"CIVITAI_API_TOKEN": " canary\n", "HF_TOKEN": "hf_canary", "MODELSCOPE_API_TOKEN": ""}


def sent(hub: str, url: str) -> list[str]:
    tokens = Credentials.from_environment(ENVIRON)
    return [value for _, value in tokens.headers_for(hub, Origin.parse(url))]


def test_a_token_is_for_its_own_hub() -> None:
    assert sent("civitai", "https://civitai.com/api/v1/models") == ["Bearer canary"]
    assert sent("huggingface", "https://huggingface.co/x") == ["Bearer hf_canary"]
    assert sent("modelscope", "https://modelscope.cn/x") == []
    assert sent("huggingface", "https://civitai.com/x") == []
    assert sent("", "https://civitai.com/x") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://civitai.com/", "https://civitai.com:8443/", "https://civitai.com.evil.test/", "https://evilcivitai.com/",
        "https://civitai.com./", "https://image.civitai.com/", "https://b2.civitai.com/",
    ],
)  # fmt: skip
def test_a_name_that_looks_alike_gets_nothing(url: str) -> None:
    """A02, A03"""
    assert sent("civitai", url) == []


def test_modelscope_wants_a_cookie_too() -> None:
    headers = Credentials({"modelscope": "t"}).headers_for("modelscope", Origin.parse("https://www.modelscope.cn/"))
    assert headers == (("Authorization", "Bearer t"), ("Cookie", "m_session_id=t"))


@pytest.mark.parametrize("token", ["a\r\nX: canary", "can ary", "canaryé", "canary" * 1000, "canary;x"])
def test_what_cannot_be_a_token_is_refused_unseen(token: str) -> None:
    """A07"""
    with pytest.raises(UsageError) as caught:
        Credentials({"civitai": token}).headers_for("civitai", Origin.parse("https://civitai.com/"))
    assert "canary" not in str(caught.value)
    assert "CIVITAI_API_TOKEN" in str(caught.value)


def test_a_token_is_never_shown() -> None:
    tokens = Credentials.from_environment(ENVIRON)
    assert "canary" not in repr(tokens)
    assert tokens.has("civitai")
    assert not tokens.has("modelscope")
