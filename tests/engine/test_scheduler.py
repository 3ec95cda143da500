"""The policy of what starts next, and that slots apply it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.engine.engine import Engine
from stabilitydl.engine.scheduler import Backlog, Closed, Entry, Limits
from stabilitydl.engine.slots import Closure, Slots
from stabilitydl.hubs.registry import Registry
from stabilitydl.paths import HOME_VARIABLE, Paths
from stabilitydl.settings import START_ORDERS, Settings, StartOrder

HOSTS = ("a", "b", "c")
VOLUMES = ("x", "y")


@st.composite
def entries(draw: st.DrawFn, prefix: str, most: int) -> list[Entry]:
    shapes = draw(
        st.lists(
            st.tuples(
                st.sampled_from(HOSTS),
                st.sampled_from(VOLUMES),
                st.integers(-1, 1),
                st.integers(0, 5),
                st.none() | st.integers(0, 9),
                st.integers(0, 9),
            ),
            max_size=most,
        )
    )
    return [Entry(f"{prefix}{number}", *shape) for number, shape in enumerate(shapes)]


limits = st.builds(
    Limits,
    jobs=st.integers(1, 6),
    per_host=st.integers(1, 4),
    per_volume=st.integers(1, 4),
    hosts=st.sampled_from([{}, {"a": 1}, {"b": 4, "c": 2}]),
)
orders = st.sampled_from(START_ORDERS)
closings = st.builds(
    Closed,
    hosts=st.frozensets(st.sampled_from(HOSTS), max_size=2),
    volumes=st.frozensets(st.sampled_from(VOLUMES), max_size=1),
)


def backlog_of(queued: list[Entry], order: StartOrder = "in-order") -> Backlog:
    backlog = Backlog(order)
    for entry in queued:
        backlog.put(entry)
    return backlog


def obvious(
    queued: list[Entry], running: list[Entry], limits: Limits, closed: Closed, order: StartOrder
) -> list[Entry]:
    """The policy written in the plainest way: walk the queue in order and take what fits."""
    present = list(running)
    chosen = []
    for entry in sorted(queued, key=lambda entry: entry.rank(order)):
        fits = (
            len(present) < limits.jobs
            and sum(other.host == entry.host for other in present) < limits.hosts.get(entry.host, limits.per_host)
            and sum(other.volume == entry.volume for other in present) < limits.per_volume
            and entry.host not in closed.hosts
            and entry.volume not in closed.volumes
        )
        if fits:
            present.append(entry)
            chosen.append(entry)
    return chosen


@given(entries("q", 12), entries("r", 6), limits, closings, orders, orders)
def test_the_choice_is_the_obvious_one_also_after_the_order_has_changed(
    queued: list[Entry], running: list[Entry], limits: Limits, closed: Closed, before: StartOrder, order: StartOrder
) -> None:
    backlog = backlog_of(queued, before)
    backlog.set_order(order)
    assert backlog.next(running, limits, closed) == obvious(queued, running, limits, closed, order)


def test_each_order_has_its_own_first_one_and_priority_comes_before_all() -> None:
    known = {
        "first": Entry("first", "a", "x", position=1, size=50),
        "small": Entry("small", "a", "x", position=2, size=5),
        "begun": Entry("begun", "a", "x", position=3, size=100, received=90),
        "almost": Entry("almost", "a", "x", position=4, size=1000, received=995),
        "unknown": Entry("unknown", "a", "x", position=0, received=7),
        "wanted": Entry("wanted", "a", "x", position=9, size=5000, priority=1),
    }
    started = {
        order: [entry.id for entry in backlog_of(list(known.values()), order).next([], Limits(9, 9, 9))]
        for order in START_ORDERS
    }
    assert started == {
        "in-order": ["wanted", "unknown", "first", "small", "begun", "almost"],
        "small-first": ["wanted", "small", "first", "begun", "almost", "unknown"],
        "nearly-done-first": ["wanted", "almost", "begun", "unknown", "first", "small"],
    }


@given(entries("q", 12), limits)
def test_everything_starts_once_and_limits_hold_at_every_moment(queued: list[Entry], limits: Limits) -> None:
    backlog, running, started = backlog_of(queued), [], []
    while len(backlog):
        fresh = backlog.next(running, limits)
        running += fresh
        started += fresh
        assert running, "an entry is never stuck while nothing runs"
        assert len(running) <= limits.jobs
        for host, count in Counter(entry.host for entry in running).items():
            assert count <= limits.hosts.get(host, limits.per_host)
        assert max(Counter(entry.volume for entry in running).values()) <= limits.per_volume
        running.pop(0)
    assert sorted(entry.id for entry in started) == sorted(entry.id for entry in queued)


def test_a_dropped_or_replaced_entry_does_not_start() -> None:
    backlog = backlog_of([Entry("1", "a", "x"), Entry("2", "a", "x", position=1)])
    assert backlog.drop("1")
    assert not backlog.drop("1")
    backlog.put(Entry("2", "b", "x", position=2))
    assert "2" in backlog
    assert backlog.next([], Limits(9, 9, 9)) == [Entry("2", "b", "x", position=2)]
    assert repr(backlog) == "<Backlog 0 queued in 0 lanes>"


def test_what_comes_back_unchanged_but_for_what_has_come_takes_the_place_of_its_old_self() -> None:
    """The old ones are still in the heap, with the same rank."""
    backlog = backlog_of([Entry("a", "h", "v", size=9, received=each) for each in range(3)])
    assert [(entry.id, entry.received) for entry in backlog.next([], Limits(9, 9, 9))] == [("a", 2)]


def test_nothing_starts_while_everything_is_closed() -> None:
    backlog = backlog_of([Entry("1", "a", "x")])
    assert backlog.next([], Limits(9, 9, 9), Closed(everything=True)) == []
    assert len(backlog) == 1


def test_the_number_of_a_host_holds_for_those_below_it() -> None:
    limits = Limits(9, 2, 9, {"hub.example": 1, "cdn.hub.example": 5})
    hosts = ("hub.example", "files.hub.example", "cdn.hub.example", "other.example")
    assert [limits.on(host) for host in hosts] == [1, 1, 5, 2]


def test_files_of_a_hub_count_as_those_of_its_site(tmp_path: Path) -> None:
    paths = Paths.from_environment({HOME_VARIABLE: str(tmp_path)})
    engine = Engine.open(paths, Settings(host_budgets={"civitai.com": 2, "co": 3}), hubs=Registry.standard())
    limits = engine._slots.limits
    assert [limits.on(name) for name in ("civitai", "civitai.com", "huggingface", "modelscope")] == [2, 2, 3, 8]


def test_choosing_from_many_costs_the_number_of_lanes() -> None:
    backlog = backlog_of([Entry(str(number), "a", "x", position=number) for number in range(50_000)])
    limits = Limits(9, 1, 9)
    for _ in range(1000):
        assert backlog.next([Entry("r", "a", "x")], limits) == []
    (entry,) = backlog.next([], limits)
    assert entry.id == "0"


class TestSlots:
    def setup_method(self) -> None:
        self.slots = Slots(Limits(2, 2, 2))
        self.started: list[str] = []

    def ask(self, *entries: Entry) -> None:
        self.slots.ask((entry, lambda entry=entry: self.started.append(entry.id)) for entry in entries)  # type: ignore[misc]

    def test_the_next_starts_when_one_leaves(self) -> None:
        self.ask(*(Entry(name, "a", "x", position=number) for number, name in enumerate("123")))
        assert self.started == ["1", "2"]
        self.slots.leave("1")
        self.slots.leave("1")
        assert self.started == ["1", "2", "3"]
        assert repr(self.slots) == "<Slots 2/2 running, 0 queued>"

    def test_what_gives_up_does_not_start(self) -> None:
        self.ask(*(Entry(name, "a", "x") for name in "123"))
        assert self.slots.give_up("3")
        assert not self.slots.give_up("3")
        self.slots.leave("1")
        assert self.started == ["1", "2"]

    def test_a_closure_holds_until_the_last_one_that_made_it_reopens(self) -> None:
        self.slots.close("1", Closure(host="a"))
        self.slots.close("2", Closure(host="a"))
        self.ask(Entry("3", "a", "x"), Entry("4", "b", "x"))
        assert self.started == ["4"]
        self.slots.reopen("1")
        assert self.started == ["4"]
        self.slots.reopen("2")
        assert self.started == ["4", "3"]

    def test_closed_volumes_and_networks_hold_back_what_they_cover(self) -> None:
        self.slots.close("1", Closure(volume="x"))
        self.ask(Entry("3", "a", "x"), Entry("4", "b", "y"))
        assert self.started == ["4"]
        self.slots.close("2", Closure(network=True))
        self.slots.reopen("1")
        assert self.started == ["4"]
        self.slots.reopen("2")
        assert self.started == ["4", "3"]

    def test_a_changed_order_holds_for_the_next_that_starts(self) -> None:
        self.ask(*(Entry(str(size), "a", "x", position=number, size=size) for number, size in enumerate((9, 8, 7, 6))))
        self.slots.set_order("small-first")
        assert self.started == ["9", "8"]
        self.slots.leave("9")
        self.slots.set_order("in-order")
        self.slots.leave("8")
        assert self.started == ["9", "8", "6", "7"]

    def test_a_higher_limit_starts_more(self) -> None:
        self.ask(*(Entry(name, "a", "x") for name in "123"))
        self.slots.set_limits(Limits(3, 3, 3))
        assert self.started == ["1", "2", "3"]

    def test_after_shut_nothing_starts(self) -> None:
        self.slots.shut()
        self.ask(Entry("1", "a", "x"))
        assert self.started == []
