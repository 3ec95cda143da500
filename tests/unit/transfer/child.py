"""One fetch in a process of its own: ``python -m tests.unit.transfer.child URL FOLDER CHECKSUM``."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import pytest

from stabilitydl.errors import StabilityError
from tests.fakes.transfer import never_split
from tests.unit.transfer.rig import Rig


async def main() -> None:
    url, folder, checksum = sys.argv[1:]
    rig = Rig(Path(folder))
    try:
        arrival = await rig.fetch(url, checksum=checksum)
        print(arrival.fetched)
    except StabilityError as error:
        print(error.code)
    finally:
        await rig.aclose()


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        never_split(patch)
        anyio.run(main)
