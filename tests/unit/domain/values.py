"""Random values of the domain."""

from __future__ import annotations

from hypothesis import strategies as st

from stabilitydl.domain import events
from stabilitydl.domain.checksum import Algorithm, Checksum, Verification
from stabilitydl.domain.collection import Collection, CollectionKey, CollectionSnapshot, CollectionSummary, Layout
from stabilitydl.domain.picture import Picture
from stabilitydl.domain.resource import Address, Resource, ResourceSnapshot, Wait
from stabilitydl.domain.states import State, WaitReason
from stabilitydl.errors import Problem

TEXT = st.text(max_size=12)
SIZE = st.integers(0, 2**63 - 1)
SECONDS = st.floats(0, 1e12)
DIGITS = {
    Algorithm.SHA256: 64,
    Algorithm.BLAKE3: 64,
    Algorithm.SHA512: 128,
    Algorithm.GIT_SHA1: 40,
    Algorithm.SHA1: 40,
    Algorithm.MD5: 32,
    Algorithm.AUTOV2: 10,
    Algorithm.CRC32: 8,
}

checksums = st.sampled_from(list(DIGITS)).flatmap(
    lambda algorithm: st.builds(
        Checksum,
        st.just(algorithm),
        st.text("0123456789abcdef", min_size=DIGITS[algorithm], max_size=DIGITS[algorithm]),
    )
)
problems = st.builds(
    Problem, TEXT, st.dictionaries(TEXT, TEXT | st.integers(-(2**63), 2**63 - 1) | SECONDS | st.none(), max_size=3)
)
waits = st.builds(Wait, st.sampled_from(WaitReason), st.none() | SECONDS, TEXT)
keys = st.builds(CollectionKey, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
collections = st.builds(
    Collection,
    id=TEXT,
    key=keys,
    title=TEXT,
    locator=TEXT,
    layout=st.sampled_from(Layout),
    trigger_words=st.lists(TEXT, max_size=2).map(tuple),
    description=TEXT,
    added=SECONDS,
    last_checked=st.none() | SECONDS,
    lock_old=st.none() | TEXT,
    weight=st.floats(0.01, 100.0),
)
summaries = st.builds(
    CollectionSummary,
    states=st.dictionaries(st.sampled_from(State), st.integers(0, 10**6)),
    resources=st.integers(0, 10**6),
    bytes=SIZE,
    received=SIZE,
)
resources = st.builds(
    Resource,
    id=TEXT,
    collection=TEXT,
    key=TEXT,
    name=TEXT,
    path=TEXT,
    size=st.none() | SIZE,
    checksums=st.lists(checksums, max_size=2).map(tuple),
    addresses=st.lists(st.builds(Address, TEXT, TEXT, st.integers(-5, 5)), max_size=2).map(tuple),
    blocked=st.none() | problems,
    order=st.integers(0, 10**6),
)
snapshots = st.builds(
    ResourceSnapshot,
    resource=resources,
    state=st.sampled_from(State),
    received=SIZE,
    target=st.none() | TEXT,
    problem=st.none() | problems,
    wait=st.none() | waits,
    verification=st.none() | st.sampled_from(Verification),
    file_mtime=st.none() | SIZE,
    rate_limit=SIZE,
)
progress = st.builds(
    events.Progress,
    resource=TEXT,
    collection=TEXT,
    received=SIZE,
    size=st.none() | SIZE,
    speed=SECONDS,
    eta=st.none() | SECONDS,
    ranges=st.lists(st.tuples(SIZE, SIZE), max_size=3).map(tuple),
    checked=SIZE,
)
EVENTS = {
    events.CollectionAdded: st.builds(
        events.CollectionAdded,
        snapshot=st.builds(CollectionSnapshot, collection=collections, summary=summaries, downloads=SIZE),
    ),
    events.CollectionRemoved: st.builds(events.CollectionRemoved, collection=TEXT),
    events.ResourcesRemoved: st.builds(
        events.ResourcesRemoved, collection=TEXT, resources=st.lists(TEXT, max_size=3).map(tuple)
    ),
    events.StateChanged: st.builds(
        events.StateChanged,
        resource=TEXT,
        collection=TEXT,
        name=TEXT,
        old=st.sampled_from(State),
        new=st.sampled_from(State),
        received=SIZE,
        problem=st.none() | problems,
        wait=st.none() | waits,
    ),
    events.RetryScheduled: st.builds(
        events.RetryScheduled, resource=TEXT, collection=TEXT, problem=problems, after=SECONDS
    ),
    events.Downloaded: st.builds(
        events.Downloaded,
        resource=TEXT,
        collection=TEXT,
        name=TEXT,
        path=TEXT,
        bytes=SIZE,
        fetched=SIZE,
        verification=st.sampled_from(Verification),
        sha256=st.none() | TEXT,
    ),
    events.ProgressTick: st.builds(
        events.ProgressTick, entries=st.lists(progress, max_size=3).map(tuple), speed=SECONDS
    ),
    events.LimitChanged: st.builds(
        events.LimitChanged, collection=TEXT, resources=st.lists(TEXT, max_size=3).map(tuple), rate=SIZE
    ),
    events.LoginWanted: st.builds(events.LoginWanted, hub=TEXT, title=TEXT),
    events.PictureChanged: st.builds(
        events.PictureChanged,
        picture=st.builds(Picture, key=TEXT, version=TEXT, path=TEXT, is_loading=st.booleans()),
    ),
}
