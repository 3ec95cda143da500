"""``python -m tests.release`` builds everything, tries it, and prints sizes and times.

Arguments go to pytest. ``STABILITYDL_BUILT=FOLDER`` tries what ``python -m resources.installer --out FOLDER`` has built
already, and builds nothing again.
"""

import sys

import pytest

sys.exit(pytest.main(["tests/release", "-m", "release", "-n0", "-p", "no:cacheprovider", *sys.argv[1:]]))
