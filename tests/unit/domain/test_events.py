from __future__ import annotations

import typing

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stabilitydl.domain import events
from stabilitydl.domain.events import AnyEvent, Event, decode, encode

from .values import EVENTS, resources, snapshots


def test_every_event_is_known_to_the_decoder_and_to_these_tests() -> None:
    kinds = set(Event.__subclasses__())
    assert set(typing.get_args(AnyEvent)) == kinds
    assert set(EVENTS) == kinds


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(*EVENTS.values()))
def test_every_event_round_trips(event: AnyEvent) -> None:
    again = decode(encode(event))
    assert again == event
    assert type(again) is type(event)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_names_itself_and_is_frozen(kind: type[Event]) -> None:
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    assert kind.__struct_config__.frozen
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"event":"%s"}' % tag.encode())


@given(snapshots)
def test_a_snapshot_round_trips(snapshot: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=type(snapshot)) == snapshot


@given(resources)
def test_a_resource_round_trips(resource: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(resource), type=type(resource)) == resource


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"event":"nonsense"}', b'{"event":"removed"}', b"\xff"])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data)


def test_large_byte_counts_stay_exact() -> None:
    entry = events.Progress(resource="a", collection="b", received=2**53 + 1, size=2**62 + 1, speed=0.5)
    tick = events.ProgressTick(entries=(entry,), speed=0.5)
    assert decode(encode(tick)) == tick
