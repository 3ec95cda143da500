"""Where files go: the same answer whatever the order, twins told apart, nothing outside its folder."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.disk.names import path_key
from stabilitydl.domain.collection import Collection, CollectionKey, Layout
from stabilitydl.domain.resource import Resource, resource_id
from stabilitydl.engine import targets as module
from stabilitydl.errors import NameTooLong, UnsafeName

ROOT = Path("/models")


def plain_targets(parent: Collection, children: list[Resource]) -> dict[str, Path]:
    return {key: Path(path) for key, path in module.plain_targets(parent, children).items()}


def targets(
    parent: Collection, children: list[Resource], wanted: set[str], reserved: dict[str, str]
) -> dict[str, Path]:
    plain = module.plain_targets(parent, children)
    return {key: Path(path) for key, path in module.settle(plain, children, wanted, reserved).items()}


def tagged(place: Path, resource: Resource) -> Path:
    return Path(module.tagged(str(place), resource))


def collection(layout: Layout = Layout.FLAT, title: str = "Pack", type_: str = "LORA") -> Collection:
    key = CollectionKey("fake", "", "pack", title)
    return Collection(id=key.id, key=key, title=title, target=str(ROOT), layout=layout, type=type_)


def child(path: str, number: int = 0, type_: str = "") -> Resource:
    return Resource(id=resource_id("c", f"{path}{number}"), collection="c", key=path, name=path, path=path, type=type_)


def test_flat_and_library_layouts() -> None:
    file = child("sub/a.bin")
    assert plain_targets(collection(), [file])[file.id] == ROOT / "sub" / "a.bin"
    library = collection(Layout.LIBRARY, title="My/Pack: 1.")
    assert plain_targets(library, [file])[file.id] == ROOT / "LORA" / "My_Pack_ 1" / "sub" / "a.bin"
    typed = child("a.bin", type_="VAE")
    assert plain_targets(library, [typed])[typed.id].parts[2] == "VAE"
    untyped = collection(Layout.LIBRARY, type_="")
    assert plain_targets(untyped, [file])[file.id].parts[2] == "Other"


@pytest.mark.parametrize("twins", [("Model.bin", "model.bin"), ("straße.bin", "STRASSE.bin"), ("é.bin", "e\u0301.bin")])
def test_all_twins_get_their_tag(twins: tuple[str, str]) -> None:
    """F06."""
    files = [child(path, number) for number, path in enumerate(twins)]
    alone = child("other.bin")
    places = plain_targets(collection(), [*files, alone])
    for file in files:
        assert places[file.id].name == f"{Path(file.path).stem}-{file.tag}.bin"
    assert places[alone.id].name == "other.bin"


@given(st.lists(st.sampled_from(["a.bin", "A.bin", "b.bin", "x/a.bin", "c"]), max_size=8), st.randoms())
def test_names_do_not_depend_on_order_and_never_collide(paths: list[str], chance: random.Random) -> None:
    files = [child(path, number) for number, path in enumerate(paths)]
    shuffled = files[:]
    chance.shuffle(shuffled)
    places = plain_targets(collection(), files)
    assert places == plain_targets(collection(), shuffled)
    assert len({path_key(str(path)) for path in places.values()}) == len(files)


def test_a_reserved_place_is_avoided_and_an_own_one_is_kept() -> None:
    file = child("a.bin")
    taken = targets(collection(), [file], {file.id}, {"/models/A.BIN": "somebody"})
    assert taken[file.id].name == f"a-{file.tag}.bin"
    own = targets(collection(), [file], {file.id}, {"/models/a.bin": file.id})
    assert own[file.id].name == "a.bin"


def test_only_what_is_wanted_is_answered_but_all_children_count_as_twins() -> None:
    files = [child("a.bin", 1), child("A.bin", 2)]
    (place,) = targets(collection(), files, {files[0].id}, {}).values()
    assert place.name == f"a-{files[0].tag}.bin"


@pytest.mark.parametrize("path", ["../a.bin", "/etc/passwd", "C:\\a.bin", "x/%2e%2e/%2e%2e/a.bin"])
def test_a_path_that_would_leave_its_folder_is_refused(path: str) -> None:
    """F01, F02, I3."""
    with pytest.raises(UnsafeName):
        plain_targets(collection(), [child(path)])


def test_long_names_leave_room_for_the_part_file_and_keep_the_extension() -> None:
    """D15."""
    file = child("é" * 300 + ".safetensors")
    place = plain_targets(collection(), [file])[file.id]
    assert place.suffix == ".safetensors"
    assert len(place.name.encode()) + len(".12345678.sdlpart.journal") <= 255
    twin = tagged(place, file)
    assert twin.name.endswith(f"-{file.tag}.safetensors")
    assert len(twin.name.encode()) + len(".12345678.sdlpart.journal") <= 255
    assert tagged(twin, file) == twin


def test_a_path_too_long_for_any_system_is_said_before_the_download() -> None:
    file = child("/".join(["d" * 200] * 25) + "/a.bin")
    with pytest.raises(NameTooLong):
        targets(collection(), [file], {file.id}, {})


def test_hidden_names_keep_their_dot() -> None:
    file = msgspec.structs.replace(child(".gitattributes"))
    assert tagged(Path("/x/.gitattributes"), file).name == f".gitattributes-{file.tag}"
