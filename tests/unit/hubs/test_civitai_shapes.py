"""The answers of Civitai, old and new, and what is left of broken ones (F11 to F13)."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.errors import HubAnswerUnreadable
from stabilitydl.hubs.civitai_shapes import FileEntry, ModelPage, moment, read_model, read_refusal, shown_date
from stabilitydl.hubs.wire import Node

from .pages import BLAKE3, SHA256, file, model, version

NOW = moment("2026-01-01T00:00:00Z") or 0.0


def page(**changes: Any) -> ModelPage:
    return read_model(Node(model(**changes)), "civitai", NOW)


@pytest.mark.parametrize("broken", ["text", 5, {"0": {}}, True])
def test_what_should_be_a_list_and_is_none_is_told(broken: object) -> None:
    """Else its children would seem to be listed no more."""
    for answer in (model(modelVersions=broken), model(versions=[version(files=broken)])):  # type: ignore[arg-type]
        page = read_model(Node(answer), "civitai", 0.0)
        assert [problem.code for problem in page.problems] == ["hub-answer-unreadable"]
    for answer in (model(versions=[]), model(versions=[version(files=[])])):
        assert read_model(Node(answer), "civitai", 0.0).problems == ()


def one_file(**changes: Any) -> FileEntry:
    return page(versions=[version(files=[file(1, **changes)])]).versions[0].files[0]


def refusal_of(**changes: Any) -> tuple[str, object] | None:
    refusal = page(versions=[version(**changes)]).versions[0].refusal
    return None if refusal is None else (refusal.code, refusal.arguments.get("until"))


def test_a_page_is_read() -> None:
    read = page()
    assert (read.id, read.title, read.type, read.creator) == (7, "A pack of LoRAs", "LORA", "maker")
    assert read.avatar.endswith("/maker.jpeg")
    assert read.description == "<p>text</p>"
    (one,) = read.versions
    assert (one.id, one.name, one.base_model, one.trigger_words) == (70, "v70", "SDXL 1.0", ("masterpiece",))
    assert one.preview == "https://image.civitai.com/k/u/width=450/2.jpeg"
    assert one.refusal is None
    assert read.problems == ()


def test_the_hashes_that_are_known_f13() -> None:
    assert {str(checksum) for checksum in one_file().checksums} == {
        f"sha256:{SHA256.lower()}",
        f"blake3:{BLAKE3.lower()}",
        f"autov2:{SHA256[:10].lower()}",
        "crc32:01ee536c",
        "autov1:be9edd61",
    }


def test_hashes_of_a_part_of_the_file_stand_behind_the_others_and_never_alone() -> None:
    hashes = {"AutoV3": "AB" * 32, "AutoV1": "BE9EDD61", "CRC32": "6C53EE01"}
    assert [str(checksum) for checksum in one_file(hashes=hashes).checksums] == [
        "crc32:01ee536c",
        "autov3:" + "ab" * 6,
        "autov1:be9edd61",
    ]
    assert one_file(hashes={"AutoV3": "AB" * 6, "AutoV1": "BE9EDD61"}).checksums == ()


def test_a_crc32_is_printed_with_its_bytes_reversed() -> None:
    data = b"any bytes"
    crc = zlib.crc32(data)
    printed = crc.to_bytes(4, "little").hex().upper()
    (checksum,) = one_file(hashes={"CRC32": printed}).checksums
    assert int(checksum.digits, 16) == crc


@pytest.mark.parametrize(
    "hashes",
    [
        {},
        None,
        [],
        "abc",
        {"SHA256": ""},
        {"SHA256": None},
        {"SHA256": SHA256[:63]},
        {"SHA256": SHA256 + "0"},
        {"SHA256": "G" * 64},
        {"SHA256": {"value": SHA256}},
        {"SHA256_12": SHA256[:12]},
        {"AutoV1": "BE9EDD61"},
        {"AutoV3": SHA256},
        {"SHA1": "a" * 40},
        {"CRC32": "6C53EE0"},
        {"AutoV2": "123456789"},
    ],
)
def test_a_malformed_or_foreign_hash_is_no_hash_f13(hashes: object) -> None:
    assert one_file(hashes=hashes).checksums == ()


def test_a_bad_hash_does_not_hide_the_good_one_f13() -> None:
    assert [str(c) for c in one_file(hashes={"BLAKE3": "x", "sha256": f" {SHA256} "}).checksums] == [
        f"sha256:{SHA256.lower()}"
    ]


@pytest.mark.parametrize(
    ("kilobytes", "size"),
    [
        (1949 / 1024, 1949),
        (6775467.123046875, 6938078334),
        (0.0009765625, 1),
        (4, 4096),
        (0, None),
        (-1, None),
        (2**63, None),
        (1e300, None),
        ("12", None),
        (None, None),
        (True, None),
    ],
)
def test_sizes_f12(kilobytes: object, size: int | None) -> None:
    assert one_file(sizeKB=kilobytes).size == size


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        *[(name, "LORA") for name in ("Model", "Pruned Model", "Negative", "", None)],
        *[(name, name) for name in ("VAE", "Training Data", "Something New")],
    ],
)
def test_the_type_of_a_file_is_open(type_: object, expected: str) -> None:
    assert one_file(type=type_).type == expected


def test_a_scan_that_warns_is_noted_and_the_file_stays() -> None:
    (warning,) = one_file(pickleScanResult="Danger").warnings
    assert warning.message == "A pickle scan of civitai warns about “pack-01.safetensors”."
    assert len(one_file(pickleScanResult="Danger", virusScanResult="Danger").warnings) == 2
    for harmless in ("Success", "Pending", "Error", None, 1):
        assert one_file(pickleScanResult=harmless, virusScanResult=harmless).warnings == ()


EARLY = "early-access"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"usageControl": "Download"}, None),
        ({"usageControl": "Generation"}, ("usage-not-allowed", None)),
        ({"usageControl": "InternalGeneration"}, ("usage-not-allowed", None)),
        ({"earlyAccessTimeFrame": 5}, None),
        ({"earlyAccessTimeFrame": 5, "publishedAt": "2025-12-30T12:00:00.000Z"}, (EARLY, "2026-01-04 12:00 UTC")),
        (
            {"earlyAccessTimeFrame": 5, "publishedAt": None, "createdAt": "2025-12-30T12:00:00.5"},
            (EARLY, "2026-01-04 12:00 UTC"),
        ),
        ({"earlyAccessTimeFrame": 5, "publishedAt": None, "createdAt": None}, None),
        ({"earlyAccessTimeFrame": 0, "availability": "Public"}, None),
        ({"earlyAccessTimeFrame": 10**18}, None),
        ({"earlyAccessEndsAt": "2026-02-01T00:00:00.000Z"}, (EARLY, "2026-02-01 00:00 UTC")),
        ({"earlyAccessEndsAt": "2026-02-01T00:00:00+02:00"}, (EARLY, "2026-01-31 22:00 UTC")),
        ({"earlyAccessEndsAt": "2025-02-01T00:00:00.000Z", "availability": "EarlyAccess"}, None),
        ({"earlyAccessEndsAt": "soon"}, None),
        (
            {"earlyAccessConfig": {"timeframe": 3}, "publishedAt": "2025-12-31T00:00:00Z"},
            (EARLY, "2026-01-03 00:00 UTC"),
        ),
        ({"availability": "EarlyAccess"}, (EARLY, "a date that the hub does not name")),
        ({"paidAccess": None}, None),
        ({"paidAccess": {"permanent": True, "endsAt": None}}, ("paid", None)),
        ({"paidAccess": {"permanent": False, "endsAt": "2026-03-01T00:00:00Z"}}, (EARLY, "2026-03-01 00:00 UTC")),
        ({"paidAccess": {"permanent": False, "endsAt": "2025-03-01T00:00:00Z"}}, None),
        ({"paidAccess": {"permanent": False, "endsAt": "9999-12-31T23:59:59Z"}}, (EARLY, "9999-12-31 23:59 UTC")),
    ],
)
def test_who_may_have_a_version(changes: dict[str, Any], expected: tuple[str, object] | None) -> None:
    assert refusal_of(**changes) == expected


@pytest.mark.parametrize(("mode", "code"), [("Archived", "archived"), ("TakenDown", "taken-down")])
def test_a_model_that_was_withdrawn(mode: str, code: str) -> None:
    read = page(mode=mode)
    assert read.withheld
    assert read.versions[0].refusal is not None
    assert read.versions[0].refusal.code == code


@pytest.mark.parametrize(
    ("name", "metadata", "precision"),
    [
        ("a.safetensors", {"fp": "fp16", "quantType": None}, "fp16"),
        ("a.gguf", {"fp": "fp16", "quantType": "q4_k_m"}, "Q4_K_M"),
        ("a-bf16.safetensors", {"fp": None}, "bf16"),
        ("a-F32.safetensors", None, "fp32"),
        ("a.safetensors", {"fp": "a new one"}, "a new one"),
        ("half.safetensors", {}, ""),
    ],
)
def test_the_precision_is_told_by_metadata_or_name(name: str, metadata: object, precision: str) -> None:
    (entry,) = page(versions=[version(70, files=[file(1, name=name, metadata=metadata)])]).versions[0].files
    assert entry.precision == precision


def test_one_bad_child_does_not_hide_the_rest_f11() -> None:
    files = [None, 5, "x", {}, {"id": "abc", "name": 1}, file(2), {"id": True}, {"id": -1}, {"id": 3}]
    read = page(versions=["x", {"name": "no number"}, version(70, files=files), version(71)])
    assert [[entry.id for entry in one.files] for one in read.versions] == [[2, 3], [710]]
    bare = read.versions[0].files[1]
    assert (bare.name, bare.size, bare.type, bare.checksums, bare.warnings) == ("", None, "LORA", (), ())
    assert len(read.problems) == 9
    assert {problem.code for problem in read.problems} == {"hub-answer-unreadable"}
    assert "file 1 of version v70 has no number" in read.problems[2].message


@pytest.mark.parametrize("answer", [{}, {"error": "No model with id 5"}, {"id": "x"}, {"id": None}, {"items": []}])
def test_an_answer_that_is_no_model_is_named_f11(answer: dict[str, Any]) -> None:
    with pytest.raises(HubAnswerUnreadable, match="not a model"):
        read_model(Node(answer), "civitai", NOW)


def test_a_page_of_nothing_but_its_number() -> None:
    read = read_model(Node({"id": 5}), "civitai", NOW)
    assert (read.title, read.creator, read.avatar, read.versions, read.problems) == ("Model 5", "", "", (), ())


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "data:image/png;base64,x", "//host/x", "/x", "javascript:1", "https://h/\n"]
)
def test_pictures_come_from_the_web_only_f16(url: str) -> None:
    read = page(creator={"username": "m", "image": url}, versions=[version(images=[{"url": url}])])
    assert (read.avatar, read.versions[0].preview) == ("", "")


def test_text_is_bounded() -> None:
    read = page(
        name="n" * 5000, description="d" * 200_000, versions=[version(trainedWords=["w" * 5000] + ["x", "y"] * 500)]
    )
    assert len(read.title) == 300
    assert len(read.description) == 64 * 1024
    assert len(read.versions[0].trigger_words) <= 100
    assert max(len(word) for word in read.versions[0].trigger_words) <= 1000


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.data())
def test_any_field_may_hold_anything_f11(data: st.DataObject) -> None:
    odd: st.SearchStrategy[Any] = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.just([])
        | st.just({"a": [1]})
    )
    changed_file = file(1)
    changed_version = version(70, files=[changed_file, file(2)])
    changed_model = model(versions=[changed_version])
    for target, kept in ((changed_file, "id"), (changed_version, "files"), (changed_model, "modelVersions")):
        for name in data.draw(st.lists(st.sampled_from(sorted(target)), max_size=4)):
            if name not in ("id", kept):
                target[name] = data.draw(odd)
    read = read_model(Node(changed_model), "civitai", NOW)
    assert [entry.id for entry in read.versions[0].files] == [1, 2]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error":"Unauthorized","message":"log in"}', {"error": "Unauthorized", "message": "log in"}),
        (b'{"error":{"issues":[]}}', {}),
        (b'{"code":"BAD","message":"no","issues":[1]}', {"message": "no"}),
        ('{"error":"Early Access","deadline":null}', {"error": "Early Access"}),
        (b"<html>", {}),
        (b"", {}),
        (b"[1]", {}),
    ],
)
def test_the_words_of_a_refusal(body: bytes | str, expected: dict[str, str]) -> None:
    assert read_refusal(body) == expected


@pytest.mark.parametrize("text", ["", "soon", "2023-13-01", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_a_moment_that_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_moment_beyond_all_calendars_can_be_shown() -> None:
    seconds = moment("9999-12-31T23:59:59-23:59")
    assert seconds is not None
    assert shown_date(seconds + 1e9) == "9999-12-31 23:59 UTC"
