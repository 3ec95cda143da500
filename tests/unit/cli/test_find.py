import msgspec
import pytest

from stabilitydl.cli.find import find_collections
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.errors import UnknownCollection


def listed(id_: str, locator: str, *, hub: str = "direct", kind: str = "url", identity: str = "") -> Collection:
    key = CollectionKey(hub, "", kind, identity or locator)
    return Collection(id=id_.ljust(32, "0"), key=key, title=locator, locator=locator)


ONE = listed("abcd1", "https://h/a")
OTHER = listed("abcd2", "https://h/b")
MODEL = listed("ffff", "civitai:7", hub="civitai", kind="model", identity="7")
TWIN = msgspec.structs.replace(MODEL, id="eeee".ljust(32, "0"))
ALL = [ONE, OTHER, MODEL, TWIN]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((ONE.id,), [ONE]),
        (("abcd1",), [ONE]),
        (("ABCD1",), [ONE]),
        (("abcd2", "abcd1", "abcd1"), [ONE, OTHER]),
        (("https://h/b",), [OTHER]),
        (("civitai:7",), [MODEL, TWIN]),
        (("https://civitai.com/models/7",), [MODEL, TWIN]),
        ((" ffff ",), [MODEL]),
    ],
)
def test_what_a_name_stands_for(names: tuple[str, ...], found: list[Collection]) -> None:
    assert find_collections(ALL, names) == found


@pytest.mark.parametrize(
    "name", ["abcd", "abc", "", "https://h/c", "civitai:8", "demo:", "demo:?files=0", ONE.id + "0"]
)
def test_too_much_or_nothing(name: str) -> None:
    with pytest.raises(UnknownCollection):
        find_collections(ALL, ["ffff", name])
