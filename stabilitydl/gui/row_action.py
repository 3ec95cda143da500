"""The one command that a row offers by itself, and what it is called."""

from __future__ import annotations

from enum import StrEnum

from ..errors import Remedy
from .tr import QT_TRANSLATE_NOOP, translate


class RowAction(StrEnum):
    """What a click at the end of a row does."""

    RESUME = "resume"
    SKIP = "skip"
    RETRY = "retry"
    LOG_IN = "log-in"
    FREE_SPACE = "free-space"
    OPEN_PAGE = "open-page"
    OTHER_FILE = "other-file"
    DECIDE = "decide"
    CHECK_NETWORK = "check-network"
    CHECK_FOLDER = "check-folder"
    REPORT = "report"


_ACTIONS = {
    Remedy.RETRY: RowAction.RETRY,
    Remedy.LOG_IN: RowAction.LOG_IN,
    Remedy.WAIT: RowAction.RETRY,
    Remedy.FREE_SPACE: RowAction.FREE_SPACE,
    Remedy.OPEN_PAGE: RowAction.OPEN_PAGE,
    Remedy.OTHER_FILE: RowAction.OTHER_FILE,
    Remedy.CORRECT_INPUT: RowAction.RETRY,
    Remedy.CONNECT_VOLUME: RowAction.RETRY,
    Remedy.CHECK_NETWORK: RowAction.CHECK_NETWORK,
    Remedy.CHECK_FOLDER: RowAction.CHECK_FOLDER,
    Remedy.REPORT: RowAction.REPORT,
    Remedy.NONE: RowAction.RETRY,
}

_LABELS = {
    RowAction.RESUME: QT_TRANSLATE_NOOP("StateCell", "Resume"),
    RowAction.SKIP: QT_TRANSLATE_NOOP("StateCell", "Skip"),
    RowAction.RETRY: QT_TRANSLATE_NOOP("StateCell", "Retry"),
    RowAction.LOG_IN: QT_TRANSLATE_NOOP("StateCell", "Log in…"),
    RowAction.FREE_SPACE: QT_TRANSLATE_NOOP("StateCell", "Free space…"),
    RowAction.OPEN_PAGE: QT_TRANSLATE_NOOP("StateCell", "Open page"),
    RowAction.OTHER_FILE: QT_TRANSLATE_NOOP("StateCell", "Other file…"),
    RowAction.DECIDE: QT_TRANSLATE_NOOP("StateCell", "Choose…"),
    RowAction.CHECK_NETWORK: QT_TRANSLATE_NOOP("StateCell", "Network…"),
    RowAction.CHECK_FOLDER: QT_TRANSLATE_NOOP("StateCell", "Folder…"),
    RowAction.REPORT: QT_TRANSLATE_NOOP("StateCell", "Report…"),
}


def action_for(remedy: Remedy) -> RowAction:
    """What helps where ``remedy`` is named."""
    return _ACTIONS[remedy]


def label_of(action: RowAction) -> str:
    """The words of a command in a row."""
    return translate("StateCell", _LABELS[action])
