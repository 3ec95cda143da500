"""The plan, played at random: whatever the connections do, every byte is brought, and by one of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stabilitydl.disk.journal import BLOCK
from stabilitydl.domain.ranges import Ranges
from stabilitydl.transfer.plan import (
    FIRST_RANGE,
    LONGEST_RANGE,
    RANGE_SECONDS,
    SHORTEST_RANGE,
    SHORTEST_SPLIT,
    Claim,
    Plan,
)

MIB = 1024 * 1024
sizes = st.one_of(
    st.integers(0, 64 * MIB),
    st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, SHORTEST_RANGE, SHORTEST_RANGE + 1, 2**32, 2**32 + 1]),
)
unhurried = settings(deadline=None, max_examples=40)


def check(plan: Plan, done: Ranges) -> None:
    """Claims, what is free, and what is done: no byte twice, none forgotten."""
    pieces = [(claim.position, claim.stop) for claim in plan.claims if claim.rest > 0]
    everything = [*pieces, *done.items]
    assert sum(stop - start for start, stop in everything) == Ranges(everything).total
    assert Ranges(everything).total + plan.unclaimed == plan.size


@unhurried
@given(sizes, st.integers(1, 8), st.data())
def test_every_byte_is_brought_once(size: int, connections: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, size))
    done = Ranges([(start, data.draw(st.integers(start, size)))])
    plan = Plan(size, done, connections)
    for _ in range(25):
        moving = list(plan.claims)
        action = data.draw(st.sampled_from(["take", "bring", "release"]))
        if action == "take":
            claim = plan.take(data.draw(st.sampled_from([0.0, 1e5, 1e7, 1e9])))
            if claim is not None:
                assert claim.rest > 0
        elif moving:
            claim = data.draw(st.sampled_from(moving))
            if action == "bring" and claim.rest > 0:
                count = data.draw(st.integers(1, claim.rest))
                done = done.add(claim.position, claim.position + count)
                claim.position += count
                claim.speed = data.draw(st.sampled_from([0.0, 1e4, 1e8]))
            elif action == "release":
                plan.release(claim)
                assert claim not in plan.claims
        check(plan, done)
    while not plan.is_finished:
        taken = plan.take()
        claim = taken or plan.claims[0]
        done = done.add(claim.position, claim.stop)
        claim.position = claim.stop
        plan.release(claim)
    assert done == Ranges([(0, size)])


@unhurried
@given(sizes, st.integers(1, 8), st.floats(0, 1e9))
def test_ranges_come_from_the_front_with_borders_on_blocks(size: int, connections: int, speed: float) -> None:
    plan = Plan(size, Ranges(), connections)
    position = 0
    while plan.unclaimed:
        fair = plan.unclaimed // (2 * connections)
        claim = plan.take(speed)
        assert claim is not None
        assert claim.start == position
        length = claim.stop - claim.start
        if claim.stop < size:
            assert claim.stop % BLOCK == 0
            known = int(speed * RANGE_SECONDS) if speed else FIRST_RANGE
            wanted = max(SHORTEST_RANGE, min(LONGEST_RANGE, known, fair))
            assert wanted <= length < wanted + BLOCK
        position = claim.stop


def test_a_connection_of_unknown_speed_takes_enough_to_learn_it_and_leaves_enough_for_others() -> None:
    lengths = {size: taken(Plan(size * MIB, Ranges(), 4)).stop for size in (10_000, 256, 128, 32)}
    assert lengths == {10_000: FIRST_RANGE, 256: 32 * MIB, 128: 16 * MIB, 32: SHORTEST_RANGE}


def test_a_range_for_an_open_answer_ends_where_the_answer_ends() -> None:
    plan = Plan(100 * MIB, Ranges([(0, 5)]), 4)
    claim = plan.take(stop=12345)
    assert claim is not None
    assert (claim.start, claim.stop) == (5, 12345)
    other = plan.take(stop=200 * MIB)
    assert other is not None
    assert (other.start, other.stop) == (12345, 100 * MIB)
    assert plan.unclaimed == 0


def test_what_is_given_back_is_taken_next_and_grows_together() -> None:
    plan = Plan(100 * MIB, Ranges(), 1)
    claims = [plan.take() for _ in range(3)]
    first, second, third = [claim for claim in claims if claim]
    second.position += 10
    plan.release(second)
    plan.release(first)
    again = plan.take(stop=10**12)
    assert again is not None
    # The bytes that arrived split what is free.
    assert (again.start, again.stop) == (0, first.stop)
    following = plan.take(stop=10**12)
    assert following is not None
    assert (following.start, following.stop) == (second.start + 10, second.stop)
    assert third in plan.claims


def taken(plan: Plan) -> Claim:
    claim = plan.take()
    assert claim is not None
    return claim


def claims_of(*pieces: tuple[int, int, int, float]) -> Plan:
    """A plan whose claims are ``(start, position, stop, speed)``, in megabytes, and where nothing is free."""
    plan = Plan(pieces[-1][2] * MIB, Ranges(), 1)
    for start, position, stop, speed in pieces:
        claim = plan.take(stop=stop * MIB)
        assert claim is not None
        assert claim.start == start * MIB
        claim.position, claim.speed = position * MIB, speed * MIB
    return plan


def test_who_holds_up_the_prefix_is_helped_first() -> None:
    plan = claims_of((0, 2, 22, 1.0), (22, 22, 102, 1.0))
    helper = taken(plan)
    blocking = plan.claims[0]
    assert (helper.start, helper.stop, blocking.stop) == (12 * MIB, 22 * MIB, 12 * MIB)


def test_else_the_largest_rest_is_split() -> None:
    plan = claims_of((0, 9, 10, 1.0), (10, 10, 40, 1.0), (40, 40, 90, 1.0))
    helper = taken(plan)
    assert (helper.start, helper.stop) == (66 * MIB, 90 * MIB)
    assert plan.claims[2].stop == 66 * MIB


def test_what_is_nearly_here_is_not_split() -> None:
    at_the_limit = SHORTEST_SPLIT // MIB
    assert claims_of((0, 0, at_the_limit, 1.0)).take() is None
    assert claims_of((0, 0, at_the_limit + 1, 1.0)).take() is not None
    # Within a second of its end.
    assert claims_of((0, 0, 20, 20.0)).take() is None
    assert claims_of((0, 0, 20, 19.0)).take() is not None
    # Nobody knows yet whether it moves at all.
    assert claims_of((0, 0, 90, 0.0)).take() is None


def test_a_blocking_range_that_does_not_move_is_left_for_one_that_does() -> None:
    plan = claims_of((0, 0, 50, 0.0), (50, 50, 80, 1.0))
    assert taken(plan).start == 66 * MIB


def test_a_border_never_lies_behind_the_end() -> None:
    plan = Plan(5 * MIB, Ranges(), 1)
    claim = taken(plan)
    claim.position, claim.speed = int(4.5 * MIB) - 4 * MIB, 1.0
    assert claim.rest == int(4.5 * MIB)
    helper = taken(plan)
    assert (claim.stop, helper.start, helper.stop) == (4 * MIB, 4 * MIB, 5 * MIB)


def test_an_empty_or_complete_file_needs_nothing() -> None:
    for plan in (Plan(0, Ranges(), 4), Plan(9, Ranges([(0, 9)]), 4)):
        assert plan.is_finished
        assert plan.take() is None
        assert plan.unclaimed == 0


def test_what_it_is_shows() -> None:
    plan = Plan(9, Ranges(), 0)
    taken(plan).position += 2
    assert repr(plan) == "<Plan size=9 unclaimed=0 claims=[<Claim 0-9 at 2>]>"


def test_a_tebibyte_has_exact_borders() -> None:
    """H23"""
    size = 2**40 + 1
    plan = Plan(size, Ranges(), 4)
    border = count = 0
    while (claim := plan.take(1e12)) is not None and claim.start == border:
        assert claim.stop == size or claim.stop % BLOCK == 0
        border, count = claim.stop, count + 1
        claim.position = claim.stop
        plan.release(claim)
    assert border == size
    assert count <= size // LONGEST_RANGE + 60
    assert plan.is_finished
