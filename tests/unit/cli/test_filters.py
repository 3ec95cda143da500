import msgspec
import pytest

from stabilitydl.cli.filters import Filter
from stabilitydl.domain.resource import Resource
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


def child(name: str = "a.safetensors", **facts: str) -> Resource:
    return msgspec.structs.replace(resource(name), **facts)


@pytest.mark.parametrize(
    ("wanted", "facts", "kept"),
    [
        ({"versions": ["72"]}, {"version_id": "72"}, True),
        ({"versions": [" 72 ", "73"]}, {"version_id": "73"}, True),
        ({"versions": ["7"]}, {"version_id": "72"}, False),
        ({"file_types": ["vae"]}, {"type": "VAE"}, True),
        ({"file_types": ["pruned_model"]}, {"file_type": "Pruned Model", "type": "LORA"}, True),
        ({"file_types": ["lora"]}, {"file_type": "Pruned Model", "type": "LORA"}, True),
        ({"file_types": ["SafeTensors"]}, {}, True),
        ({"file_types": ["gguf", "vae"]}, {}, False),
        ({"base_models": ["sdxl*"]}, {"base_model": "SDXL 1.0"}, True),
        ({"base_models": ["SDXL-1.0"]}, {"base_model": "SDXL 1.0"}, True),
        ({"base_models": ["pony"]}, {"base_model": "SDXL 1.0"}, False),
        ({"base_models": ["pony"]}, {}, False),
        ({"precisions": ["F16"]}, {"precision": "fp16"}, True),
        ({"precisions": ["fp8"]}, {"precision": "fp8_scaled"}, True),
        ({"precisions": ["fp8_scaled"]}, {"precision": "fp8"}, False),
        ({"precisions": ["Q4"]}, {"name": "x-Q4_K_M.gguf"}, True),
        ({"precisions": ["fp16"]}, {"name": "x.gguf"}, False),
        ({"precisions": ["fp16"], "base_models": ["pony"]}, {"precision": "fp16"}, False),
    ],
)
def test_what_hubs_say_of_a_file(wanted: dict[str, list[str]], facts: dict[str, str], kept: bool) -> None:
    assert Filter(**wanted).keeps(child(**facts)) is kept


def test_the_filter_that_left_nothing_is_named_with_what_there_is() -> None:
    children = [child(base_model=name, precision="fp16") for name in ("Pony", "SDXL 1.0", "SDXL 1.0", "")]
    error = Filter(precisions=["fp16"], base_models=["flux*", "x"]).nothing_left(children)
    assert error.code == "filter-left-nothing"
    assert str(error) == "No file has the base model “flux*, x”; there are: SDXL 1.0 (2), Pony (1)."
    many = [child(version_id=str(number)) for number in range(20)]
    assert str(Filter(versions=["99"]).nothing_left(many)).endswith("7 (1), 12 more.")
    assert str(Filter(versions=["99"]).nothing_left([child()])).endswith("there are: none that is known.")
    assert Filter(["*.gguf"]).nothing_left(children).code == "nothing-matched"
    both = Filter(["*.gguf"], base_models=["pony"])
    assert (both.nothing_left(children).code, str(both.nothing_left(children)).count("4")) == ("nothing-matched", 1)


@pytest.mark.parametrize("kind", ["versions", "file_types", "base_models", "precisions"])
def test_an_empty_value_is_refused(kind: str) -> None:
    with pytest.raises(UsageError):
        Filter(**{kind: [" "]})
