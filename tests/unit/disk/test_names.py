"""Names and paths from outside: F01 to F07, F10, D15. The rules of both systems are checked on every system."""

from __future__ import annotations

import itertools
import ntpath
import posixpath
import string
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

from stabilitydl.disk.names import LIMIT, is_dangerous, path_key, safe_name, safe_path, shorten
from stabilitydl.errors import UnsafeName

CLIMBS = ["..", ".. ", " ..", "...", "..\u200b", ".\u202e.", "\uff0e\uff0e", "\u2024\u2024", "..\x00"]
SEPARATORS = ["/", "\\", "//", "\\\\", "/\\"]
ENCODINGS = {
    "plain": lambda text: text,
    "percent": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "upper": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "twice": lambda text: quote("".join(f"%{byte:02x}" for byte in text.encode())),
    "thrice": lambda text: quote(quote("".join(f"%{byte:02x}" for byte in text.encode()))),
    "separator only": lambda text: text.replace("/", "%2f").replace("\\", "%5C"),
    "dots only": lambda text: text.replace(".", "%2e"),
}
AROUND = [
    ("", "etc/passwd"),
    ("models/", "x.safetensors"),
    ("a/b/", ""),
    ("./", "x"),
    ("a\\", "x"),
]
TRAVERSALS = sorted(
    {
        before + encode(climb + separator) + after
        for climb, separator, encode, (before, after) in itertools.product(
            CLIMBS, SEPARATORS, ENCODINGS.values(), AROUND
        )
    }
)
ELSEWHERE = [
    *("/etc/passwd", "//host/share/x", "\\\\host\\share\\x", "\\x", "\\\\?\\C:\\x", "\\\\.\\PhysicalDrive0", "/"),
    *("C:\\x", "C:/x", "c:x", "D:x", "Z:", "a/C:/x", "a/D:x", "a\\\\b\\C:\\x", " C:x", "\u200bC:\\x", "\x00/etc"),
    *("%2fetc%2fpasswd", "%5c%5chost%5cshare", "%252fetc", "C%3a%5cx", "a/%43%3A/x", "\u202e/etc/passwd"),
]
RESERVED = [
    *("CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"),
    *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"),
]
ODD = [
    *("", ".", " ", "   ", ". .", "\u200b", "\ud800", "\udfff\ud800", "\x00", "\n", "\u3164", "~", "-rf", "a" * 10_000),
    *("é" * 10_000, "💾" * 5_000 + ".safetensors", "x." + "y" * 10_000, "name:stream", 'a<b>c:d"e|f?g*h', "a/b\\c"),
    *("trailing.", "trailing ", "trailing. . .", " leading", "a\x1b[31mred", "abc\u202egnp.exe", "soft\u00adhyphen"),
    *(
        "model\ufe0f.bin",
        "\ufdd0x",
        "x\uffff",
        "a\u2028b",
        "tab\there",
        "con",
        "nul.tar.gz",
        "COM1 .txt",
        "\uff23\uff2f\uff2e.bin",
    ),
    *(f"{name}{suffix}" for name in RESERVED for suffix in ("", ".safetensors", " .txt", "::$DATA")),
]
ODD_PATHS = [
    *(
        "a//b",
        "./a",
        "a/./b",
        "a/b/",
        "unet/CON/x",
        "unet/aux.bin",
        "dir./file ",
        "sub\\file.bin",
        "a/ /b",
        "a/\u200b/b",
    ),
    *("100%/x", "50%2F.safetensors", "a%20b.bin", "%zz", "%", "a/%e9.bin", "A\uff1a模型.safetensors", "和\uff0f風.bin"),
]

fragments = st.one_of(
    st.sampled_from(
        [*CLIMBS, *SEPARATORS, *ELSEWHERE, *RESERVED, "%", "%2e", "%2f", "%5c", "%25", "%00", ":", " ", "."]
    ),
    st.text(max_size=8),
    st.text(alphabet=string.punctuation + " ./\\%", max_size=8),
    st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zs", "Zl", "Co", "Cn"]),
)
hostile = st.lists(fragments, max_size=8).map("".join)


def assert_harmless_name(name: str) -> None:
    """Both systems create exactly this name, in this folder, and it looks like what it is."""
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert name == name.strip()
    assert not name.endswith(".")
    assert len(name.encode()) <= LIMIT
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert is_valid_filename(name, platform="universal", max_len=LIMIT), name
    assert unicodedata.normalize("NFKC", name.partition(".")[0]).strip().upper() not in {
        unicodedata.normalize("NFKC", word) for word in RESERVED
    }


def assert_stays_below(path: str) -> None:
    for module, root in ((posixpath, "/library"), (ntpath, "C:\\library")):
        joined = module.normpath(module.join(root, path))
        assert joined.startswith(root + module.sep), path
        assert module.splitdrive(path)[0] == ""
    for part in path.split("/"):
        assert_harmless_name(part)


def test_the_tables_are_large() -> None:
    assert len(TRAVERSALS) + len(ELSEWHERE) + len(ODD) + len(ODD_PATHS) >= 1000


def test_climbing_is_refused_however_it_is_written_f01() -> None:
    passed = []
    for path in TRAVERSALS:
        try:
            passed.append((path, safe_path(path)))
        except UnsafeName:
            continue
    assert passed == []


@pytest.mark.parametrize("path", ELSEWHERE)
def test_another_place_is_refused_f02(path: str) -> None:
    with pytest.raises(UnsafeName):
        safe_path(path)


def test_a_path_that_is_encoded_without_end_is_refused_f01() -> None:
    text = ".."
    for _ in range(50):
        text = quote(text.replace(".", "%2e") if text == ".." else text)
    with pytest.raises(UnsafeName):
        safe_path(text)


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("suffix", ["", ".safetensors", " .txt", ".tar.gz"])
def test_device_names_are_renamed_visibly_f03(name: str, suffix: str) -> None:
    for spelling in (name + suffix, name.lower() + suffix):
        assert safe_name(spelling) == f"_{spelling}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.safetensors", "model.safetensors"),
        ("name:stream", "name_stream"),
        ('a<b>c"d|e?f*g', "a_b_c_d_e_f_g"),
        ("a/b\\c", "a_b_c"),
        ("model. . .", "model"),
        (" model.bin ", "model.bin"),
        ("a\x00b\nc\x1b[31md", "abc[31md"),
        ("ann\u202egnp.exe", "anngnp.exe"),
        ("zero\u200bwidth\ufeff.bin", "zerowidth.bin"),
        ("half\ud800.bin", "half.bin"),
        ("CONSOLE.bin", "CONSOLE.bin"),
        ("麦橘写实 v7.safetensors", "麦橘写实 v7.safetensors"),
        (".hidden", ".hidden"),
    ],
)
def test_names_change_only_where_they_must_f04_f05(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.parametrize("name", ["", ".", "..", "   ", "\u200b", "\ud800\udc00", "\x00\x01", ". . ."])
def test_a_name_of_nothing_gets_a_generated_one_f07(name: str) -> None:
    assert safe_name(name).startswith("file-")
    assert_harmless_name(safe_name(name))


@pytest.mark.parametrize("name", ODD)
def test_odd_names_become_harmless_and_stay_so_f04_f07(name: str, tmp_path: Path) -> None:
    safe = safe_name(name)
    assert_harmless_name(safe)
    assert safe_name(safe) == safe
    (tmp_path / safe).write_bytes(b"")
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == [safe]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_paths_stay_below_their_folder(path: str) -> None:
    safe = safe_path(path)
    assert_stays_below(safe)
    assert safe_path(safe) == safe


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("unet/model.safetensors", "unet/model.safetensors"),
        ("./a//b/./c", "a/b/c"),
        ("unet/aux.bin", "unet/_aux.bin"),
        ("sub\\file.bin", "sub_file.bin"),
        ("a%20b/50%25.bin", "a%20b/50%25.bin"),
        ("v1..2/x...y.bin", "v1..2/x...y.bin"),
        ("a%252520b.bin", "a%252520b.bin"),
    ],
)
def test_honest_paths_are_kept(path: str, expected: str) -> None:
    assert safe_path(path) == expected


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(hostile)
def test_any_name_becomes_harmless_once(name: str) -> None:
    safe = safe_name(name)
    assert_harmless_name(safe)
    assert safe_name(safe) == safe


@settings(max_examples=600, deadline=None, database=None, derandomize=True)
@given(hostile)
def test_any_path_stays_below_or_is_refused(path: str) -> None:
    try:
        safe = safe_path(path)
    except UnsafeName:
        return
    assert_stays_below(safe)
    assert safe_path(safe) == safe


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), st.integers(0, 30), st.integers(0, 60))
def test_shortened_names_fit_with_their_suffix_d15(text: str, times: int, room: int) -> None:
    name = text * times
    short = shorten(name, room)
    assert len(short.encode()) <= LIMIT - room
    assert shorten(short, room) == short


def test_a_shortened_name_keeps_its_extension_and_tells_twins_apart_d15() -> None:
    one, two = (shorten("é" * 300 + end + ".safetensors", 30) for end in ("1", "2"))
    assert one.endswith(".safetensors")
    assert one.startswith("é" * 90)
    assert one != two
    assert shorten("fits.bin", 30) == "fits.bin"


def test_names_that_some_system_cannot_tell_apart_share_a_key_f06() -> None:
    for one, two in [
        ("Model.bin", "model.BIN"),
        ("stra\u00dfe", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("\u212b", "\u00e5"),
    ]:
        assert path_key(one) == path_key(two)
    assert path_key("a/model.bin") != path_key("b/model.bin")


@pytest.mark.parametrize(
    "name",
    [
        "setup.exe",
        "x.LNK",
        "x.desktop",
        "x.bat",
        "x.dll",
        "x.scr",
        "x.hta",
        "x.url",
        "x.py",
        "weights.safetensors.exe",
        "x.exe.",
        "x.exe ",
        "x.e\u200bxe",
        "x.txt:x.exe",
        "sub/x.cmd",
        "sub\\x.cmd",
        "autorun.inf",
        ".exe",
        "Desktop.ini",
    ],
)
def test_programs_are_dangerous_f10(name: str) -> None:
    assert is_dangerous(name)


@pytest.mark.parametrize(
    "name",
    [
        "x.safetensors",
        "x.gguf",
        "x.ckpt",
        "x.pt",
        "x.bin",
        "x.zip",
        "x.json",
        "x.yaml",
        "README.md",
        "x.png",
        "exe",
        "noext",
    ],
)
def test_models_and_their_company_are_not_dangerous_f10(name: str) -> None:
    assert not is_dangerous(name)
