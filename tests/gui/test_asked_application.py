"""Files and links that macOS names by events. A process has one application object: it is tried in one of its own."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.program import ROOT

_CODE = """
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from stabilitydl.gui.application import AskedApplication
from stabilitydl.gui.links import for_any_folder

application = AskedApplication(["stabilitydl"])
def ask(address):
    assert application.sendEvent(application, QFileOpenEvent(QUrl(address)))
ask("stabilitydl://add?locator=demo:")
ask("file:///pack%20of%20mine.lock.toml")
application.hand_to(lambda asked: print([for_any_folder(each) for each in asked]))
ask("stabilitydl://add?locator=hf://a/b")
application.hand_to(lambda asked: print("twice", asked))
"""


def test_what_is_asked_for_before_the_window_is_there_is_kept_for_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        env={"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['stabilitydl://add?locator=demo:', '/pack of mine.lock.toml']",
        "['stabilitydl://add?locator=hf://a/b']",
    ]
