"""What strangers call things is shown without what cannot be seen, and without markup. F05, F16."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.domain.collection import Collection, CollectionKey
from stabilitydl.domain.resource import Resource
from stabilitydl.hubs.protocol import Expansion
from stabilitydl.hubs.words import clean, plain_text, presentable

HOSTILE = "a\x00b\n\x1b[31m\u202ec\ud800\u2066\u200b"
SEEN = "a b  [31mc"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Flüx  LoRA 模型", "Flüx  LoRA 模型"),
        (HOSTILE, SEEN),
        ("\u202egnp.exe", "gnp.exe"),
        ("line\u2028line\tend ", "line line end"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ],
)
def test_one_line_without_what_cannot_be_seen(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("plain & simple", "plain & simple"),
        ("<p>One</p><p>Two<br/>Three &amp; <b>four</b></p>", "One\nTwo\nThree & four"),
        ("<img src=file:///etc/passwd onerror=x><script>alert(1)</script>safe<style>p{}</style>", "safe"),
        ("<SCRIPT >a<b>c</b></p></script >after", "after"),
        ("<script>never ends <p>x", ""),
        ("<!-- note --><a href='javascript:x'>link</a><svg/onload=x>", "link"),
        ("&lt;img src=x&gt; stays text", "<img src=x> stays text"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        (f"<p>{HOSTILE}</p>", "a b\n[31mc"),
        ("&#x202e;&#0;x", "\ufffdx"),
    ],
)
def test_html_becomes_text(markup: str, shown: str) -> None:
    assert plain_text(markup) == shown


@given(st.text())
def test_any_text_is_shown_and_stays_as_it_is_when_it_is_cleaned_again(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "<script>" not in plain_text(f"<script>{text}")


def test_everything_that_is_shown_of_a_collection() -> None:
    key = CollectionKey("fake", "", "pack", HOSTILE)
    collection = Collection(
        id=key.id,
        key=key,
        title=HOSTILE,
        locator=HOSTILE,
        type=HOSTILE,
        base_model=HOSTILE,
        creator=HOSTILE,
        trigger_words=(HOSTILE, "\u202e", "good"),
        description=f"<b>{HOSTILE}",
    )
    good = Resource(id="1", collection=key.id, key="1", name="n", path="n", version="v1")
    bad = msgspec.structs.replace(
        good,
        key=HOSTILE,
        type=HOSTILE,
        base_model=HOSTILE,
        creator=HOSTILE,
        version=HOSTILE,
        file_type=HOSTILE,
        precision=HOSTILE,
    )
    shown = presentable(Expansion(collection=collection, resources=(good, bad)))
    about, (first, second) = shown.collection, shown.resources
    assert (about.title, about.type, about.base_model, about.creator) == (SEEN,) * 4
    assert (about.trigger_words, about.description) == ((SEEN, "good"), "a b\n[31mc")
    assert first is good
    words = (second.type, second.base_model, second.creator, second.version, second.file_type, second.precision)
    assert words == (SEEN,) * 6
    assert (about.key, about.locator, second.key) == (key, HOSTILE, HOSTILE), "by these it is found again"
