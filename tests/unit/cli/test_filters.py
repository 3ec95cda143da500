import pytest

from stabilitydl.cli.filters import Filter
from stabilitydl.errors import UsageError
from tests.fakes.snapshots import resource


@pytest.mark.parametrize(
    ("include", "exclude", "kept"),
    [
        ((), (), True),
        (("*.safetensors",), (), True),
        (("*.SAFETENSORS",), (), True),
        (("sub/*",), (), True),
        (("*FOX*",), (), True),
        (("*.gguf",), (), False),
        (("*.gguf", "red*"), (), True),
        ((), ("*.safetensors",), False),
        ((), ("*.gguf",), True),
        (("*fox*",), ("SUB/*",), False),
        (("fox",), (), False),
        (("r[aeiou]d_fo?.*",), (), True),
        (("[",), (), False),
    ],
)
def test_globs_on_name_and_path_whatever_the_case(
    include: tuple[str, ...], exclude: tuple[str, ...], kept: bool
) -> None:
    assert Filter(include, exclude).keeps(resource("Red_Fox.safetensors", path="sub/Red_Fox.safetensors")) is kept


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert Filter(("caf\u00e9*",)).keeps(resource("CAFE\u0301.safetensors"))
    assert Filter(("stra\u00dfe*",)).keeps(resource("STRASSE.safetensors"))


def test_a_newline_in_a_name_does_not_hide_it() -> None:
    assert not Filter((), ("*.safetensors",)).keeps(resource("a\n.safetensors"))


@pytest.mark.parametrize("arguments", [(("",), ()), ((), ("",)), (("a", ""), ())])
def test_an_empty_pattern_is_refused(arguments: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    with pytest.raises(UsageError):
        Filter(*arguments)
