"""What a power cut may cost: the larger of some bytes and what comes within a second, on every drive."""

from __future__ import annotations

from typing import cast

import pytest

from stabilitydl.disk.exposure import (
    AT_RISK_BYTES,
    AT_RISK_SECONDS,
    HARD_MARK_BYTES,
    HARD_MARK_SECONDS,
    MIB,
    Exposure,
)
from stabilitydl.disk.partfile import PartFile

ONE, OTHER = cast("PartFile", "one"), cast("PartFile", "other")


def test_a_sync_is_due_at_half_of_what_may_be_at_risk() -> None:
    """C02"""
    exposure = Exposure(10.0)
    exposure.add(ONE, HARD_MARK_BYTES - 1)
    assert not exposure.is_due(99.0)
    exposure.add(OTHER, 1)
    assert not exposure.is_due(10.0 + HARD_MARK_SECONDS - 0.001)
    assert exposure.is_due(10.0 + HARD_MARK_SECONDS)
    assert list(exposure.files) == [ONE, OTHER]


def test_what_a_sync_covers_is_at_risk_until_it_has_ended() -> None:
    """C02"""
    exposure = Exposure(0.0)
    exposure.add(ONE, HARD_MARK_BYTES)
    exposure.begin([ONE, ONE], 1.0)
    exposure.add(ONE, AT_RISK_BYTES - HARD_MARK_BYTES - 1)
    assert not exposure.is_full(2.0)
    exposure.add(OTHER, 1)
    assert exposure.is_full(2.0)
    exposure.end(2.0)
    assert exposure.at_risk == AT_RISK_BYTES - HARD_MARK_BYTES
    assert not exposure.is_full(2.0)
    assert exposure.is_due(2.0)
    assert repr(exposure) == f"<Exposure at_risk={12 * MIB}>"


def test_what_comes_within_a_second_may_be_at_risk_however_much_it_is() -> None:
    """C02"""
    exposure = Exposure(0.0)
    exposure.add(ONE, 100 * AT_RISK_BYTES)
    exposure.begin([ONE], 0.6)
    exposure.add(ONE, 100 * AT_RISK_BYTES)
    assert not exposure.is_full(AT_RISK_SECONDS - 0.001)
    assert exposure.is_full(AT_RISK_SECONDS)


def test_a_second_in_which_nothing_may_be_written_does_not_count() -> None:
    """C02: else a drive that is slow would have nothing to do after each sync."""
    exposure = Exposure(0.0)
    exposure.add(ONE, AT_RISK_BYTES)
    exposure.begin([ONE], 0.5)
    exposure.add(ONE, AT_RISK_BYTES)
    assert exposure.is_full(1.0)
    assert exposure.held_for(4.0) == 3.0
    exposure.end(5.0)
    assert exposure.held_for(5.0) == 0.0
    exposure.begin([ONE], 5.0)
    exposure.add(ONE, AT_RISK_BYTES)
    assert not exposure.is_full(5.499)
    assert exposure.is_full(5.5)


def test_a_sync_of_some_files_leaves_the_others_at_risk_since_then() -> None:
    """C02"""
    exposure = Exposure(0.0)
    exposure.add(ONE, HARD_MARK_BYTES)
    exposure.add(OTHER, AT_RISK_BYTES)
    exposure.begin([OTHER], 0.4)
    exposure.end(0.45)
    assert exposure.at_risk == HARD_MARK_BYTES
    assert exposure.is_due(0.5)
    exposure.begin([ONE], 0.5)
    exposure.add(OTHER, AT_RISK_BYTES)
    assert exposure.is_full(1.0)


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_is_dropped_is_not_at_risk(is_noted: bool) -> None:
    exposure = Exposure(0.0)
    if is_noted:
        exposure.add(ONE, AT_RISK_BYTES)
    exposure.drop(ONE)
    assert exposure.at_risk == 0
    assert not exposure.is_full(9.0)
