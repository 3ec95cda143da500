"""Where PySide6 is missing there is no window to test."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("PySide6") is not None else ["test_window_*"]
