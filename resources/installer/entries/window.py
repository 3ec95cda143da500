"""``stabilitydl-window`` of the frozen bundle."""

import sys

from stabilitydl.__main__ import window

sys.exit(window())
