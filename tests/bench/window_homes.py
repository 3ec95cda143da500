"""Data folders for windows that are measured: what is on the list before the program starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stabilitydl.domain.checksum import Checksum
from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Address, Resource, resource_id
from stabilitydl.domain.states import State
from stabilitydl.store.change import Change
from stabilitydl.store.store import Store

TYPES = ("LoRA", "Checkpoint", "VAE")
BASE_MODELS = ("SDXL 1.0", "SD 1.5", "Flux.1 D", "Pony")
STATES = (State.MISSING, State.MISSING, State.MISSING, State.PAUSED, State.FAILED)


def fill_packs(home: Path, packs: int, files: int) -> None:
    """``packs`` collections of ``files`` children each."""
    store = _open(home)
    for pack in range(packs):
        _add(store, pack, files)
    store.close()


def fill_many(home: Path, small: int, large: int) -> None:
    """Two collections, a small and a large one, with children in several states."""
    store = _open(home)
    for number, files in enumerate((small, large)):
        children = _add(store, number, files)
        states = [(child.id, STATES[place * 7919 % files % len(STATES)]) for place, child in enumerate(children)]
        store.apply([Change(key, state) for key, state in states if state is not State.MISSING])
    store.close()


def fill_addresses(home: Path, addresses: Sequence[str], size: int, sha256: str, target: Path) -> None:
    """One collection of files of ``size`` bytes at ``addresses``, to be saved below ``target``."""
    store = _open(home)
    parent = _collection(0, str(target))
    children = [
        Resource(
            id=resource_id(parent.id, address),
            collection=parent.id,
            key=address,
            name=f"file_{number:03}.safetensors",
            path=f"file_{number:03}.safetensors",
            size=size,
            checksums=(Checksum.of("sha256", sha256),),
            addresses=(Address("direct", address),),
            order=number,
        )
        for number, address in enumerate(addresses)
    ]
    store.add(parent, children, 1.0)
    store.close()


def _open(home: Path) -> Store:
    database = home / "data" / "stabilitydl.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    return Store.open(database)


def _collection(number: int, target: str = "/models") -> Collection:
    key = CollectionKey("direct", "", "list", f"/lists/{number}.txt")
    return Collection(id=key.id, key=key, title=f"Pack {number}", target=target, creator="somebody")


def _add(store: Store, number: int, files: int) -> list[Resource]:
    """Children in an order that no column has."""
    parent = _collection(number)
    children = []
    for place in range(files):
        mixed = place * 7919 % files
        name = f"style_{mixed:06}_xl.safetensors"
        children.append(
            Resource(
                id=resource_id(parent.id, str(mixed)),
                collection=parent.id,
                key=str(mixed),
                name=name,
                path=name,
                size=1_000_000 + mixed * 17,
                checksums=(Checksum.of("sha256", f"{mixed:064x}"),),
                addresses=(Address("direct", f"https://models.example/{number}/{mixed}"),),
                type=TYPES[mixed % len(TYPES)],
                base_model=BASE_MODELS[mixed % len(BASE_MODELS)],
                creator="somebody",
                version=f"v{mixed % 9}.0",
                order=place,
            )
        )
    store.add(parent, children, 1.0)
    return children
