"""Collections and resources to put into a store."""

from __future__ import annotations

from stabilitydl.domain.checksum import Algorithm, Checksum
from stabilitydl.domain.collection import Collection, CollectionKey, Layout
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.errors import Problem

FULL_CHECKSUMS = (Checksum(Algorithm.SHA256, "ab" * 32), Checksum(Algorithm.CRC32, "0123abcd"))


def a_collection(identity: str = "20237", *, title: str = "Pack", target: str = "", locator: str = "") -> Collection:
    key = CollectionKey("civitai", "https://civitai.com", "model", identity, "", target)
    return Collection(
        id=key.id, key=key, title=title, locator=locator or f"https://civitai.com/models/{identity}", target=target
    )


def a_full_collection() -> Collection:
    """Every field differs from its default and survives storing; ``added`` is what ``add`` is told."""
    key = CollectionKey("huggingface", "https://hf.co", "model", "org/repo", "main", "/models")
    return Collection(
        id=key.id,
        key=key,
        title="Großes Pack \u2603 \U0001f980",
        locator="org/repo@main",
        page="https://hf.co/org/repo",
        layout=Layout.FLAT,
        target="/models",
        commit="c0ffee",
        type="LORA",
        base_model="SDXL 1.0",
        creator="org",
        avatar="https://hf.co/a.png",
        preview="https://hf.co/p.png",
        trigger_words=("one", "two, three"),
        description="<b>long</b>\0text",
        updated=99.5,
        added=123.5,
        last_checked=1.0,
        lock_old="old",
        lock_new="new",
        last_notified=2.0,
        weight=2.5,
    )


def a_resource(parent: Collection, key: str, *, order: int = 0, blocked: Problem | None = None) -> Resource:
    return Resource(
        id=resource_id(parent.id, key),
        collection=parent.id,
        key=key,
        name=f"{key}.safetensors",
        path=f"{key}.safetensors",
        size=1000,
        order=order,
        blocked=blocked,
    )


def a_full_resource(parent: Collection) -> Resource:
    """Every field differs from its default."""
    return Resource(
        id=resource_id(parent.id, "full"),
        collection=parent.id,
        key="full",
        name="Füll.safetensors",
        path="sub/Füll.safetensors",
        size=2**53,
        checksums=FULL_CHECKSUMS,
        addresses=(Address("civitai", "file/1", 1), Address("direct", "https://example.com/f", 2)),
        type="LORA",
        base_model="Pony",
        creator="somebody",
        version="v2",
        version_id="72",
        file_type="Pruned Model",
        precision="fp16",
        page="https://civitai.com/models/1",
        preview="https://civitai.com/p.png",
        order=7,
        blocked=Problem("early-access", {"until": "2030-01-01", "hub": "civitai", "days": 3, "part": 0.5, "no": None}),
    )


def a_pack(count: int, identity: str = "20237") -> tuple[Collection, list[Resource]]:
    parent = a_collection(identity)
    return parent, [a_resource(parent, f"file{n:03}", order=n) for n in range(count)]
