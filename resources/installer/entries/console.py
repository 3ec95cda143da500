"""``stabilitydl`` of the frozen bundle."""

import sys

from stabilitydl.__main__ import main

sys.exit(main())
