"""Which hub takes a locator, and the help that a wrong one gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stabilitydl.clock import SystemClock
from stabilitydl.demo.hub import DemoHub
from stabilitydl.errors import HubError, Remedy, UnknownLocator
from stabilitydl.http.accounts import ACCOUNTS
from stabilitydl.hubs.civitai import Civitai
from stabilitydl.hubs.protocol import Hub
from stabilitydl.hubs.registry import NAMES, Registry
from stabilitydl.hubs.standard import standard_hubs


def hint(text: str, registry: Registry | None = None) -> str:
    with pytest.raises(UnknownLocator) as caught:
        (registry or Registry.standard()).find(text)
    assert caught.value.remedy is Remedy.CORRECT_INPUT
    assert caught.value.arguments["locator"] == text
    return str(caught.value)


def test_the_most_special_hub_takes_a_locator(tmp_path: Path) -> None:
    registry = Registry.standard()
    (tmp_path / "list.txt").write_text("")
    for text, name in [
        ("https://civitai.com/models/5", "civitai"),
        ("org/pack@v1", "huggingface"),
        ("https://huggingface.co/org/pack", "huggingface"),
        ("https://huggingface.co/docs/hub/index.html", "direct"),
        ("modelscope:org/pack", "modelscope"),
        ("https://www.modelscope.cn/models/org/pack", "modelscope"),
        ("https://modelscope.ai/models/org/pack", "modelscope-ai"),
        ("urn:air:sdxl:lora:civitai:1@2", "civitai"),
        ("urn:air:sdxl:lora:huggingface:org/pack@v1", "huggingface"),
        ("https://civitai.com/search/models", "direct"),
        ("https://example.com/x.bin", "direct"),
        (str(tmp_path / "list.txt"), "direct"),
    ]:
        hub, locator = registry.find(text)
        assert (hub.name, locator.hub) == (name, name)
        assert registry.by_name(name) is hub


def test_the_hubs_of_the_product_are_made_once_and_when_one_is_needed() -> None:
    made: list[str] = []

    def make() -> list[Hub]:
        made.append("made")
        return standard_hubs(SystemClock())

    registry = Registry(make, others=())
    assert registry.accounts == ACCOUNTS
    assert not made
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda _number: registry.load(), range(8)))
    assert len({id(hubs) for hubs in found}) == 1
    assert made == ["made"]


def test_no_hub_of_others_can_take_a_name_of_the_product() -> None:
    assert {hub.name for hub in Registry.standard(DemoHub()).load()} == NAMES


def test_more_hubs_go_first() -> None:
    demo = Civitai(name="demo", endpoint="http://127.0.0.1:1", hosts=(), forms=("demo:",))
    registry = Registry.standard(demo)
    assert registry.find("demo:1")[0] is demo
    assert "demo" in repr(registry)
    assert "Did you mean demo:?" in hint("dmeo:", registry)


def test_a_hub_of_another_version_is_named() -> None:
    with pytest.raises(HubError, match="futurehub"):
        Registry.standard().by_name("futurehub")


@pytest.mark.parametrize("text", ["", "   ", "12345", "what is this?", "a\u202eb", "x" * 5000, "magnet:?xt=1", "\x00"])
def test_everything_that_is_accepted_is_said(text: str) -> None:
    message = hint(text)
    for form in (
        "https://HOST/FILE",
        "OWNER/NAME[@REVISION]",
        "modelscope:OWNER/NAME",
        "https://civitai.com/models/ID",
        "civitai:ID",
        "PATH of a list of addresses",
    ):
        assert form in message


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("civitia:123", "civitai:ID"),
        ("civitai:abc", "civitai:ID"),
        ("htps://civitai.com/models/123", "https://civitai.com/models/ID"),
        ("ttps://example.com/x.bin", "https://HOST/FILE"),
        ("htps://huggingface.co/org/pack", "https://huggingface.co/OWNER/NAME"),
        ("modelscop:org/pack", "modelscope:OWNER/NAME"),
    ],
)
def test_the_nearest_form_is_named(text: str, near: str) -> None:
    assert f"Did you mean {near}?" in hint(text)


def test_far_text_gets_no_guess() -> None:
    assert "Did you mean" not in hint("qqqqqqqq")


def test_the_nearest_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models.txt").write_text("")
    (tmp_path / "model-folder").mkdir()
    assert f"Did you mean {tmp_path / 'models.txt'}?" in hint(str(tmp_path / "model.txt"))
    monkeypatch.chdir(tmp_path)
    assert "Did you mean models.txt?" in hint("modls.txt")


def test_a_wrong_path_is_told_as_such(tmp_path: Path) -> None:
    assert "It is a folder; name a list file in it." in hint(str(tmp_path))
    for text in (str(tmp_path / "nosuch"), "nosuch.txt", "a/nosuch.json", "./nosuch", "~nobody/x"):
        assert "There is no such file." in hint(text), text
    for text in ("civitia:123", "htps://example.com/list.txt", "what is this?"):
        assert "no such file" not in hint(text), text
