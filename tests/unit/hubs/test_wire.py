"""Hub answers as JSON: bounds, and that one bad field hides nothing (F11, F12)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.errors import HubAnswerUnreadable
from stabilitydl.hubs import wire
from stabilitydl.hubs.wire import DEPTH, Node, parse, parse_object


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


@pytest.mark.parametrize("data", [nested(DEPTH), b"[" + nested(DEPTH - 1) + b"," + nested(DEPTH - 1) + b"]"])
def test_nesting_up_to_the_bound_is_read_f11(data: bytes) -> None:
    assert parse(data, "hub") == json.loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        nested(300_000),
        nested(100_000)[:-1],
        nested(100) + b"]",
        b"]" + nested(100) + b"[",
        b"{" * 70 + b"}" * 70,
        b'["' + b"\\" * 99_999,
        b'["' + b'\\"' * 500_000,
        b"",
        b"{",
        b"[1,]",
        b'{"a":1}}',
        b"\x00\x01",
        b"null null",
    ],
)
def test_what_is_cut_off_or_no_json_is_named_f11(data: bytes) -> None:
    with pytest.raises(HubAnswerUnreadable) as caught:
        parse(data, "the hub")
    assert caught.value.arguments["hub"] == "the hub"


@pytest.mark.parametrize(
    "deep",
    [nested(DEPTH), nested(100_000), nested(500, '{"a":[', "]}"), b'[["]]]]",' + nested(DEPTH) + b"]]"],
)
def test_what_is_nested_too_deeply_reads_as_null_and_hides_nothing_else_f11(deep: bytes) -> None:
    answer = parse(b'{"before":[1,{"x":"["}],"deep":' + deep + b',"after":[' + deep + b',{"y":"\\""}]}', "hub")
    assert isinstance(answer, dict)
    assert answer["before"] == [1, {"x": "["}]
    assert answer["after"][1] == {"y": '"'}
    depth, value = 0, answer["deep"]
    while value:
        depth, value = depth + 1, value[-1] if isinstance(value, list) else next(iter(value.values()))
    assert depth <= DEPTH


def test_brackets_inside_strings_do_not_count_f11() -> None:
    text = "[" * 1000 + '"' + "{" * 1000 + "\\"
    assert parse(json.dumps([text, {"a": text}]).encode(), "hub") == [text, {"a": text}]


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text('ab[]{}"\\', max_size=4), inner, max_size=4)
        ),
    )
)
def test_any_answer_is_read_as_it_is(value: object) -> None:
    assert parse(json.dumps(value).encode(), "hub") == value
    assert parse(json.dumps(value, ensure_ascii=False).encode(), "hub") == value


def test_an_answer_over_the_size_bound_is_refused_before_it_is_decoded_f11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LIMIT", 1024 * 1024)
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(HubAnswerUnreadable, match="larger than 1 MiB"):
        parse(b" " * (1024 * 1024 + 1), "hub")


def test_an_answer_of_too_many_objects_is_refused_before_it_is_decoded_f18(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_VALUES", 1000)
    assert parse(b"[" + b"{}," * 998 + b"{}]", "hub") == [{}] * 999
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(HubAnswerUnreadable, match="more than 1,000 objects"):
        parse(b"[" + b"{}," * 999 + b"{}]", "hub")


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(HubAnswerUnreadable, match="web page"):
        parse_object(b"\n<!DOCTYPE html><title>Just a moment...</title>", "hub")


def test_a_list_is_no_object() -> None:
    with pytest.raises(HubAnswerUnreadable, match="not a JSON object"):
        parse_object(b"[]", "hub")


def test_numbers_that_mean_nothing_read_as_missing_and_the_rest_stays_f11() -> None:
    digits = "9" * 400
    data = f'{{"a": NaN, "b": -Infinity, "c": {digits}, "d": 1e999, "e": -{digits}, "f": 7, "f": 8}}'
    node = parse_object(data.encode(), "hub")
    assert [node.number(name) for name in "abcde"] == [None] * 5
    assert [node.whole(name) for name in "abcde"] == [None] * 5
    assert node.whole("f") == 8


@pytest.mark.parametrize(
    ("value", "whole", "number"),
    [
        (0, 0, 0.0),
        (2**63 - 1, 2**63 - 1, float(2**63)),
        (2**63, None, float(2**63)),
        (-1, None, -1.0),
        (1.5, None, 1.5),
        ("12", 12, None),
        ("-1", None, None),
        ("1" * 30, None, None),
        ("\u0661", None, None),
        (True, None, None),
        (None, None, None),
        ([1], None, None),
        ({}, None, None),
    ],
)
def test_numbers_of_wrong_kinds_read_as_missing_f12(value: object, whole: int | None, number: float | None) -> None:
    node = Node({"x": value})
    assert node.whole("x") == whole
    assert node.number("x") == number


def test_fields_of_other_types_read_as_empty_f11() -> None:
    node = Node(
        {"text": 1, "list": "abc", "node": [1], "mixed": ["a", 1, None, "b"], "half": "a\ud800b", "yes": "true"}
    )
    assert node.text("text") == ""
    assert node.texts("list") == []
    assert node.nodes("list") == []
    assert not node.node("node")
    assert node.node("missing").node("deeper").text("still") == ""
    assert node.texts("mixed") == ["a", "b"]
    assert len(node.nodes("mixed")) == 4
    assert node.text("half") == "a?b"
    assert node.flag("yes") is False
    assert list(Node({"h": {"a": "b", "c": 1}}).pairs("h")) == [("a", "b")]


def test_bytes_that_are_no_text_do_not_hide_the_rest_f11() -> None:
    node = parse_object(b'\xef\xbb\xbf{"bad": "\xff\xfe", "good": "x"}', "hub")
    assert node.text("good") == "x"


def test_long_text_is_cut() -> None:
    assert Node({"x": "a" * 5000}).text("x", 10) == "a" * 10
