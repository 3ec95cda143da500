"""Values as they are typed: read and refused here, before anything starts."""

from __future__ import annotations

from ..domain.checksum import Checksum
from ..domain.collection import HEAVIEST, LIGHTEST
from ..errors import BadNumber, UsageError
from ..settings import START_ORDERS, StartOrder
from ..text import parse_quantity

LARGEST = 2**63 - 1


def read_rate(text: str) -> int:
    """``--limit-rate``: bytes per second, 0 for no limit. Raises BadNumber."""
    return _quantity(text, "rate; write it as 500K, 10M or 2.5MiB (bytes per second)")


def read_size(text: str) -> int:
    """``--size``: bytes, at least 1. Raises BadNumber."""
    what = "size; write it as 500K, 4MiB or 2.5GB"
    size = _quantity(text, what)
    if size < 1:
        raise BadNumber(text=text, what=what)
    return size


def read_order(text: str) -> StartOrder:
    """``--order``. Raises UsageError."""
    for order in START_ORDERS:
        if text.lower() == order:
            return order
    raise UsageError(detail=f"The order is one of {', '.join(START_ORDERS)}.")


def read_weight(text: str) -> float:
    """The share of a collection. Raises BadNumber."""
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not LIGHTEST <= weight <= HEAVIEST:
        raise BadNumber(text=text, what=f"weight; it is a number from {LIGHTEST} to {HEAVIEST:g}")
    return weight


def read_checksum(text: str) -> Checksum:
    """``--checksum``. Raises BadChecksum."""
    return Checksum.parse(text)


def _quantity(text: str, what: str) -> int:
    try:
        number = parse_quantity(text)
    except (ValueError, OverflowError):
        raise BadNumber(text=text, what=what) from None
    if number > LARGEST:
        raise BadNumber(text=text, what=what)
    return number
