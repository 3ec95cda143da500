from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabilitydl.demo.plan import LARGEST, MOST_FILES, SMALLEST, PackPlan
from stabilitydl.errors import BadNumber, UsageError

MIB = 1024 * 1024
plans = st.builds(PackPlan, st.integers(1, MOST_FILES), st.integers(SMALLEST, LARGEST), st.booleans())


@given(plans, st.data())
def test_every_id_says_which_pack_and_place_it_belongs_to(plan: PackPlan, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, plan.files - 1))
    assert PackPlan.of_model(plan.model_id) == plan
    assert PackPlan.of_version(plan.version_id(index)) == (plan, index)
    assert PackPlan.of_file(plan.file_id(index)) == (plan, index)
    assert 0 < plan.model_id < 2**53
    assert plan.version_id(index) < plan.file_id(index) < 2**63


def test_ids_of_versions_and_files_never_meet() -> None:
    plan = PackPlan(files=MOST_FILES)
    versions = {plan.version_id(index) for index in range(plan.files)}
    files = {plan.file_id(index) for index in range(plan.files)}
    assert len(versions) == len(files) == MOST_FILES
    assert not versions & files
    for number in files:
        with pytest.raises(LookupError):
            PackPlan.of_version(number)
    for number in versions:
        with pytest.raises(LookupError):
            PackPlan.of_file(number)


@pytest.mark.parametrize("number", [-1, 0, 1, 1102, 2**51 + 2, 2**80])
def test_a_number_of_no_pack_is_refused(number: int) -> None:
    with pytest.raises(LookupError):
        PackPlan.of_model(number)


@given(plans)
def test_the_locator_of_a_plan_reads_back(plan: PackPlan) -> None:
    assert PackPlan.parse(plan.locator) == plan


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("demo:", PackPlan(80, 4 * MIB, False)),
        (" DEMO: ", PackPlan()),
        ("demo:?", PackPlan()),
        ("demo:?files=80&size=4194304&trouble=1", PackPlan(80, 4194304, True)),
        ("demo:?size=4GiB&files=1", PackPlan(1, 4096 * MIB)),
        ("demo:?trouble=no", PackPlan()),
        ("demo:?trouble", PackPlan(trouble=True)),
    ],
)
def test_locators_as_people_write_them(text: str, plan: PackPlan) -> None:
    assert PackPlan.parse(text) == plan


def test_the_usual_pack_has_the_short_locator() -> None:
    assert PackPlan.parse("demo:?files=80") == PackPlan()
    assert PackPlan().locator == "demo:"


@pytest.mark.parametrize("text", ["", "demo", "demo:80", "demo://x", "https://civitai.com/models/1", "demonstration:"])
def test_other_texts_are_no_demo_locators(text: str) -> None:
    assert PackPlan.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "demo:?files=0",
        "demo:?files=-1",
        "demo:?files=2001",
        "demo:?files=9999999999999999999999",
        "demo:?files=many",
        "demo:?size=4095",
        "demo:?size=256GiB",
        "demo:?size=large",
        "demo:?trouble=maybe",
    ],
)
def test_numbers_that_no_pack_can_have_are_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        PackPlan.parse(text)


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(UsageError, match="“speed”"):
        PackPlan.parse("demo:?speed=9")
