"""Makes PySide6 and pytest-qt look as if they were not installed, in a process that has this folder on PYTHONPATH.

Child processes inherit it, so that the program itself runs without them too.
"""

import sys

ABSENT = frozenset({"PySide6", "shiboken6", "pytestqt"})


class Without:
    """A finder of modules that does not find the absent ones."""

    def __init__(self, finder):
        self._finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            return None
        return self._finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self._finder, name)


sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
