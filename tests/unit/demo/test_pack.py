from __future__ import annotations

import hashlib
import json
import zlib

import blake3

from stabilitydl.demo.pack import Pack, digests
from stabilitydl.demo.plan import MOST_FILES, PackPlan
from stabilitydl.demo.trouble import Trouble

from .reader import read_header

PACK = Pack(PackPlan(files=80, size=65_536))
TROUBLED = Pack(PackPlan(files=80, size=65_536, trouble=True))


def test_the_usual_pack_is_80_files_of_4_mib() -> None:
    pack = Pack(PackPlan())
    assert [file.size for file in pack.files] == [4 * 1024 * 1024] * 80
    assert all(file.trouble is None for file in pack.files)


def test_names_and_titles_all_differ() -> None:
    files = Pack(PackPlan(files=MOST_FILES)).files
    assert len({file.name.casefold() for file in files}) == MOST_FILES
    assert len({file.style.version for file in files}) == MOST_FILES


def test_names_are_safe_for_every_system() -> None:
    for file in Pack(PackPlan(files=MOST_FILES)).files:
        assert file.name.isascii()
        assert file.name.removesuffix(".safetensors").replace("_", "").replace(".", "").isalnum()
        assert file.name.endswith(".safetensors")


def test_a_pack_is_varied() -> None:
    assert len({file.style.base.label for file in PACK.files}) == 5
    assert len({file.style.trigger_words for file in PACK.files}) > 70
    assert {len(file.style.trigger_words) for file in PACK.files} == {1, 2}


def test_headers_tell_what_the_page_tells() -> None:
    for file in PACK.files:
        metadata = read_header(file.weights.head, file.size).metadata
        assert metadata["modelspec.title"] == file.style.version
        assert metadata["modelspec.trigger_phrase"].split(", ") == list(file.style.trigger_words)
        assert f"{metadata['ss_output_name']}.safetensors" == file.name
        (tags,) = json.loads(metadata["ss_tag_frequency"]).values()
        assert tuple(tags) == file.style.trigger_words


def test_digests_are_those_of_the_bytes() -> None:
    file = PACK.files[7]
    data = file.weights.read(0, file.size)
    found = digests(file.weights)
    assert found is not None
    assert found.sha256 == hashlib.sha256(data).hexdigest().upper()
    assert found.autov2 == found.sha256[:10]
    assert found.blake3 == blake3.blake3(data).hexdigest().upper()
    # The hub prints the bytes of the number from the last to the first.
    assert bytes.fromhex(found.crc32)[::-1] == zlib.crc32(data).to_bytes(4, "big")


def test_a_cancelled_digest_ends_at_once() -> None:
    pieces = 0

    def is_cancelled() -> bool:
        nonlocal pieces
        pieces += 1
        return pieces > 3

    assert digests(Pack(PackPlan(1, 2**37)).files[0].weights, is_cancelled) is None
    assert pieces == 4


def test_a_corrupt_file_has_the_size_and_header_of_the_right_one_and_other_bytes() -> None:
    for file in TROUBLED.files:
        right, served = digests(file.weights), digests(file.served)
        assert (right != served) == (file.trouble is Trouble.CORRUPT)
        assert file.served.size == file.size
        assert file.served.head == file.weights.head


def test_a_twin_has_the_name_of_the_file_before_it() -> None:
    names = [file.name for file in TROUBLED.files]
    for file in TROUBLED.files:
        if file.trouble is Trouble.TWIN:
            assert file.name == names[file.index - 1]
            assert file.style.version != TROUBLED.files[file.index - 1].style.version
    assert len(set(names)) == 78


def test_packs_share_no_contents() -> None:
    plans = [PackPlan(files=2, size=65_536), PackPlan(files=3, size=65_536), PackPlan(2, 65_536, True)]
    assert len({digests(file.weights) for plan in plans for file in Pack(plan).files}) == 7
