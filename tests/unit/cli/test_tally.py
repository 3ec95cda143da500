import msgspec
import pytest

from stabilitydl.cli.exit_codes import ExitCode
from stabilitydl.cli.tally import Tally, problem_of
from stabilitydl.domain.checksum import Verification
from stabilitydl.domain.events import Downloaded, ResourcesRemoved, StateChanged
from stabilitydl.domain.states import State
from stabilitydl.errors import AccessDenied, ChecksumMismatch, GatedFile, Problem
from tests.fakes.snapshots import KEY, downloaded, moved, resource, snapshot, tick

WRONG = ChecksumMismatch(expected="ab", actual="cd").problem


def tally_of(*names: str, skip_blocked: bool = False) -> Tally:
    tally = Tally(skip_blocked=skip_blocked)
    tally.ask_for(snapshot(name) for name in names)
    return tally


def test_a_file_that_comes_over_the_network_is_downloaded() -> None:
    tally = tally_of("a", "b")
    assert not tally.is_settled
    tally.apply([moved("a", State.QUEUED, State.DOWNLOADING), tick(("a", 300))])
    tally.apply([moved("a", State.VERIFYING, State.DOWNLOADED), downloaded("a", 1234)])
    assert not tally.is_settled
    assert [item.resource.name for item in tally.downloaded] == ["a"]
    tally.apply([downloaded("b", 10), moved("b", State.VERIFYING, State.DOWNLOADED)])
    assert tally.is_settled
    assert tally.bytes == 1244
    assert tally.skipped == tally.failed == []
    assert tally.exit_code is ExitCode.OK


def test_a_file_is_not_done_before_it_is_known_where_it_lies() -> None:
    tally = tally_of("a")
    tally.apply([moved("a", State.VERIFYING, State.DOWNLOADED)])
    assert not tally.is_settled
    tally.apply([downloaded("a")])
    assert tally.is_settled
    assert len(tally.downloaded) == 1


def test_a_file_that_lies_there_already_is_skipped() -> None:
    tally = Tally()
    tally.ask_for([snapshot("a", State.DOWNLOADED, file_size=1000, target="/x/a"), snapshot("b")])
    tally.apply([moved("b", State.RESOLVING, State.DOWNLOADED), downloaded("b", fetched=0)])
    assert len(tally.skipped) == 2
    assert tally.downloaded == []
    assert tally.bytes == 0
    assert [item.path for item in tally.here] == ["/x/a", "/library/lora/pack/b"]
    assert tally.exit_code is ExitCode.OK


def test_an_empty_file_that_is_made_counts_as_downloaded() -> None:
    tally = tally_of("a")
    tally.apply([downloaded("a", 0, fetched=0), moved("a", State.VERIFYING, State.DOWNLOADED)])
    assert len(tally.downloaded) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.GONE, State.QUARANTINED, State.BLOCKED])
def test_one_failure_makes_the_exit_code_one(state: State) -> None:
    tally = tally_of("a", "b")
    tally.apply([downloaded("a"), moved("a", State.VERIFYING, State.DOWNLOADED)])
    tally.apply([moved("b", State.VERIFYING, state, problem=WRONG)])
    assert tally.is_settled
    assert [problem_of(item) for item in tally.failed] == [WRONG]
    assert tally.exit_code is ExitCode.FAILED


def test_a_blocked_file_may_be_skipped() -> None:
    for skip, code in ((False, ExitCode.FAILED), (True, ExitCode.OK)):
        tally = Tally(skip_blocked=skip)
        tally.ask_for([snapshot("a", State.BLOCKED, blocked=GatedFile().problem)])
        assert tally.is_settled
        assert tally.exit_code is code
        assert len(tally.skipped) == int(skip)
        assert [problem_of(item).code for item in tally.failed] == ([] if skip else ["gated"])


def test_a_problem_without_a_resource_is_a_failure_too() -> None:
    tally = Tally()
    tally.problems.append(Problem("bad-list-line", {"file": "x", "line": 3, "reason": "no address"}))
    assert tally.exit_code is ExitCode.FAILED


def test_what_others_do_changes_nothing() -> None:
    tally = tally_of("a")
    tally.apply([moved("z", State.QUEUED, State.FAILED), downloaded("z"), tick(("z", 5), ("a", 7))])
    assert list(tally.items) == [resource("a").id]
    assert tally.items[resource("a").id].received == 7


def test_a_file_that_leaves_the_list_is_not_waited_for() -> None:
    tally = tally_of("a")
    tally.apply([ResourcesRemoved(collection=KEY.id, resources=(resource("a").id,))])
    assert tally.is_settled
    assert tally.exit_code is ExitCode.FAILED
    assert problem_of(tally.failed[0]).code == "held-back"


def test_a_file_that_somebody_pauses_is_not_waited_for() -> None:
    tally = tally_of("a")
    tally.apply([moved("a", State.DOWNLOADING, State.PAUSED)])
    assert tally.is_settled
    assert problem_of(tally.failed[0]).code == "held-back"


def test_the_store_corrects_states_but_not_what_came() -> None:
    tally = tally_of("a", "b")
    tally.apply([downloaded("a")])
    tally.refresh([snapshot("a", State.DOWNLOADED, file_size=1000), snapshot("b", State.FAILED, problem=WRONG)])
    assert tally.is_settled
    assert len(tally.downloaded) == 1
    assert len(tally.failed) == 1


def test_a_restart_from_zero_takes_the_bytes_back() -> None:
    tally = tally_of("a")
    item = tally.items[resource("a").id]
    tally.apply([tick(("a", 900))])
    tally.apply([moved("a", State.DOWNLOADING, State.FAILED, problem=AccessDenied(host="h", status=403).problem)])
    assert item.received == 0


def test_news_that_the_answer_overtook_is_told_at_the_end() -> None:
    """The moves are made up from how the files stand; what was told already is not told again."""
    tally = Tally()
    rows = [snapshot("a"), snapshot("b"), snapshot("c")]
    tally.ask_for(rows)
    tally.expect([row.id for row in rows])
    tally.apply([moved("c", State.QUEUED, State.PAUSED)])
    here = msgspec.structs.replace(
        rows[0],
        state=State.DOWNLOADED,
        target="/models/a",
        file_size=5,
        sha256="0" * 64,
        verification=Verification.VERIFIED,
    )
    paused = [msgspec.structs.replace(row, state=State.PAUSED) for row in rows[1:]]
    events = tally.missed([here, *paused])
    told = [(type(event).__name__, event.name) for event in events if isinstance(event, StateChanged | Downloaded)]
    assert told == [("StateChanged", "a"), ("Downloaded", "a"), ("StateChanged", "b")]
    tally.apply(events)
    assert [item.path for item in tally.downloaded] == ["/models/a"]
    assert tally.missed([here, *paused]) == []
