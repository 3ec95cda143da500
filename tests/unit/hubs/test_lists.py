"""List files: every form, and every bad line with file, number and reason while the good ones go on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stabilitydl.domain.checksum import Algorithm, Checksum
from stabilitydl.errors import BadListFile
from stabilitydl.hubs import lists
from stabilitydl.hubs.lists import Entry, parse, read, split_base

ONE, TWO = "a1" * 32, "B2" * 32
BASE = "https://host/d/"


def only(text: str, base: str = "") -> Entry:
    entries, problems = parse(text, "list.txt", base)
    assert problems == []
    assert len(entries) == 1
    return entries[0]


def sha256(digits: str) -> tuple[Checksum, ...]:
    return (Checksum(Algorithm.SHA256, digits.lower()),)


@pytest.mark.parametrize(
    ("line", "checksums"),
    [
        ("https://host/d/x.bin", ()),
        (f"https://host/d/x.bin sha256:{ONE}", sha256(ONE)),
        (f"https://host/d/x.bin\t{TWO}", sha256(TWO)),
        (f"   https://host/d/x.bin   SHA-256={TWO}  \r", sha256(TWO)),
        ("https://host/d/x.bin " + "c" * 128, (Checksum(Algorithm.SHA512, "c" * 128),)),
        ("https://host/d/x.bin " + "c" * 40, (Checksum(Algorithm.SHA1, "c" * 40),)),
        ("https://host/d/x.bin " + "c" * 32, (Checksum(Algorithm.MD5, "c" * 32),)),
        (f"{ONE}  https://host/d/x.bin", sha256(ONE)),
    ],
)
def test_a_plain_line(line: str, checksums: tuple[Checksum, ...]) -> None:
    assert only(line) == Entry(line=1, urls=("https://host/d/x.bin",), path="x.bin", checksums=checksums)


@pytest.mark.parametrize(
    ("line", "path", "url"),
    [
        (f"{ONE}  x.bin", "x.bin", "https://host/d/x.bin"),
        (f"{ONE} *x.bin", "x.bin", "https://host/d/x.bin"),
        (f"{ONE}  ./sub/x y.bin", "sub/x y.bin", "https://host/d/sub/x%20y.bin"),
        (f"SHA256 (x.bin) = {ONE}", "x.bin", "https://host/d/x.bin"),
        (f"SHA256 (x (1).bin) = {ONE}", "x (1).bin", "https://host/d/x%20%281%29.bin"),
        (f"SHA2-256(x.bin)= {ONE}", "x.bin", "https://host/d/x.bin"),
        (f"\\{ONE}  a\\nb\\\\c.bin", "ab_c.bin", "https://host/d/a%0Ab%5Cc.bin"),
        (f"{ONE}  50%.bin", "50%.bin", "https://host/d/50%25.bin"),
    ],
)
@pytest.mark.parametrize("way", ["argument", "comment"])
def test_a_checksum_list_with_a_base(line: str, path: str, url: str, way: str) -> None:
    entry = only(line, "https://host/d") if way == "argument" else only(f"# Base: https://host/d\n{line}")
    assert (entry.path, entry.urls, entry.checksums) == (path, (url,), sha256(ONE))


def test_a_later_base_counts_from_there_on() -> None:
    entries, problems = parse(
        f"# base: https://a/\n{ONE}  x\n#base=https://b/\n{ONE}  y\n# basement\n", "l", "https://c"
    )
    assert [entry.urls for entry in entries] == [("https://a/x",), ("https://b/y",)]
    assert problems == []


def test_an_aria2_input_file() -> None:
    text = (
        "# session\n"
        "https://host/a.bin\thttps://mirror/a.bin\n"
        "  out=weights/one.bin\n"
        "\tdir=sub/folder\n"
        f"  checksum=sha-256={ONE}\n"
        "  gid=0123\n"
        " header=Authorization: Bearer secret\n"
        "  pause=true\n"
        "# a comment between\n"
        "\n"
        "https://host/b.bin\n"
        "  max-connection-per-server=4\n"
        "https://host/c.bin\n"
        "  out=last.bin"
    )
    entries, problems = parse(text, "aria2.txt")
    assert problems == []
    assert entries == [
        Entry(
            line=2,
            urls=("https://host/a.bin", "https://mirror/a.bin"),
            path="sub/folder/weights/one.bin",
            checksums=sha256(ONE),
        ),
        Entry(line=11, urls=("https://host/b.bin",), path="b.bin"),
        Entry(line=13, urls=("https://host/c.bin",), path="last.bin"),
    ]


@pytest.mark.parametrize(
    ("bad", "offset", "reason"),
    [
        ("what is this", 0, "neither an address"),
        ("ftp://host/x", 0, "neither an address"),
        ("https://user:secret@host/x", 0, "password"),
        ("https://host/x sha256:123", 0, "not a checksum"),
        (f"https://host/x crc64:{ONE}", 0, "not a checksum"),
        ("https://host/x something", 0, "not a checksum"),
        ("https://host/%2e%2e%2fx", 0, "would leave the folder"),
        (f"{ONE}  ../x", 0, "would leave the folder"),
        (f"{ONE}  /etc/passwd", 0, "would leave the folder"),
        (f"{'a' * 33}  x", 0, "not a checksum"),
        (f"BLAKE2b (x) = {ONE}", 0, "not a checksum"),
        ("https://host/x\n  out=../x", 1, "would leave the folder"),
        ("https://host/x\n  out=a\n  dir=/home/me\n  gid=1", 2, "would leave the folder"),
        ("https://host/x\n  dir=..\\up", 1, "would leave the folder"),
        ("https://host/x\n  checksum=sha-256=zz", 1, "not a checksum"),
        ("https://host/\ufffd", 0, "not valid text"),
        ("# base: https://user@host/", 0, "user name"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_go_on(bad: str, offset: int, reason: str) -> None:
    entries, problems = parse(f"https://host/first\n{bad}\nhttps://host/last\n  out=z", "my list", BASE)
    assert [entry.path for entry in entries] == ["first", "z"]
    assert [problem.code for problem in problems] == ["bad-list-line"]
    assert problems[0].arguments["file"] == "my list"
    assert problems[0].arguments["line"] == 2 + offset
    assert reason in problems[0].message
    assert "secret" not in problems[0].message


def test_an_option_before_any_address_and_a_name_without_base_are_bad() -> None:
    entries, problems = parse(f"  out=x\n{ONE}  x.bin\n", "l")
    assert entries == []
    assert [problem.arguments["line"] for problem in problems] == [1, 2]
    assert "LIST+https://" in problems[1].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gzip"])
def test_a_file_in_any_coding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.txt"
    text = "https://host/a.bin\r\nhttps://host/模型.bin\r\n"
    path.write_bytes(gzip.compress(text.encode()) if encoding == "gzip" else text.encode(encoding))
    entries, problems = read(path)
    assert [entry.path for entry in entries] == ["a.bin", "模型.bin"]
    assert problems == []


def test_a_line_in_another_coding_is_bad_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"https://host/a.bin\nhttps://host/\xe9.bin\n")
    entries, problems = read(path)
    assert [entry.path for entry in entries] == ["a.bin"]
    assert [problem.arguments["line"] for problem in problems] == [2]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\0\0\0", "not a text file"),
        (b"<!DOCTYPE html><p>", "web page"),
        (gzip.compress(b"https://host/a\n" * 1000, mtime=0)[:-20], "compression is damaged"),
        (b"\x1f\x8bnonsense", "compression is damaged"),
        (gzip.compress(b"x" * 200_000, mtime=0), "larger than"),
        (b"x" * 200_000, "larger than"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, data: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LIMIT", 100_000)
    path = tmp_path / "list.txt"
    path.write_bytes(data)
    with pytest.raises(BadListFile, match=reason) as caught:
        read(path)
    assert caught.value.arguments["file"] == str(path)


def test_a_missing_file_or_bad_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadListFile, match="No such file"):
        read(tmp_path / "none")
    (tmp_path / "sums").write_text(f"{ONE}  x")
    with pytest.raises(BadListFile, match="no host"):
        read(tmp_path / "sums", "https://")


@pytest.mark.parametrize(
    ("typed", "path", "base"),
    [
        ("SHA256SUMS+https://host/d/", "SHA256SUMS", "https://host/d/"),
        ("/a+b/list+HTTP://host", "/a+b/list", "HTTP://host"),
        ("/a+b/list", "/a+b/list", ""),
        ("+https://host", "+https://host", ""),
    ],
)
def test_a_path_typed_with_its_base(typed: str, path: str, base: str) -> None:
    assert split_base(typed) == (path, base)
