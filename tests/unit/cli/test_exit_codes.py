import pytest

from stabilitydl.cli.exit_codes import ExitCode, exit_code_for
from stabilitydl.errors import (
    BadChecksum,
    BadNumber,
    NoSpace,
    NothingMatched,
    NotWritable,
    StabilityError,
    StoreNewer,
    UnknownCollection,
    UnknownLocator,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NothingMatched(count=3), ExitCode.NOTHING),
        (UnknownCollection(name="x"), ExitCode.NOTHING),
        (UnknownLocator(locator="x", hint=""), ExitCode.USAGE),
        (BadChecksum(text="x"), ExitCode.USAGE),
        (BadNumber(text="x", what="rate"), ExitCode.USAGE),
        (UsageError(detail="x"), ExitCode.USAGE),
        (NoSpace(path="/", needed_bytes=2, free_bytes=1), ExitCode.FAILED),
        (NotWritable(path="/", detail="x"), ExitCode.FAILED),
        (StoreNewer(), ExitCode.FAILED),
    ],
)
def test_what_an_error_before_the_start_means(error: StabilityError, code: ExitCode) -> None:
    assert exit_code_for(error) is code


def test_the_codes_of_the_contract() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 130]
