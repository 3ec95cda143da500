"""What the plan says: its title, its groups and what they need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..errors import Problem
from ..text import format_bytes, plain
from .amounts import duration_text
from .plan_model import Group, Kind, Need, PlanModel
from .tr import QT_TRANSLATE_NOOP, fill, problem_text, translate

_LONGEST_PATH = 56
_MOST_REASONS = 2

_TITLES = {
    Kind.READY: (
        QT_TRANSLATE_NOOP("Plan", "{count} file, ready"),
        QT_TRANSLATE_NOOP("Plan", "{count} files, ready"),
    ),
    Kind.HERE: (
        QT_TRANSLATE_NOOP("Plan", "{count} file already on this computer"),
        QT_TRANSLATE_NOOP("Plan", "{count} files already on this computer"),
    ),
    Kind.ON_THE_WAY: (
        QT_TRANSLATE_NOOP("Plan", "{count} file already on its way"),
        QT_TRANSLATE_NOOP("Plan", "{count} files already on their way"),
    ),
    Kind.UNVERIFIABLE: (
        QT_TRANSLATE_NOOP("Plan", "{count} file without a checksum"),
        QT_TRANSLATE_NOOP("Plan", "{count} files without a checksum"),
    ),
    Kind.PICKLE: (
        QT_TRANSLATE_NOOP("Plan", "{count} file is a pickle ({suffixes})"),
        QT_TRANSLATE_NOOP("Plan", "{count} files are pickles ({suffixes})"),
    ),
    Kind.FLAGGED: (
        QT_TRANSLATE_NOOP("Plan", "{count} file with a warning"),
        QT_TRANSLATE_NOOP("Plan", "{count} files with a warning"),
    ),
    Kind.LOGIN: (
        QT_TRANSLATE_NOOP("Plan", "{count} file needs a login"),
        QT_TRANSLATE_NOOP("Plan", "{count} files need a login"),
    ),
    Kind.BLOCKED: (
        QT_TRANSLATE_NOOP("Plan", "{count} file is not given out"),
        QT_TRANSLATE_NOOP("Plan", "{count} files are not given out"),
    ),
    Kind.PROGRAM: (
        QT_TRANSLATE_NOOP("Plan", "{count} file is a program or script"),
        QT_TRANSLATE_NOOP("Plan", "{count} files are programs or scripts"),
    ),
}

_WORDS = {
    Kind.READY: QT_TRANSLATE_NOOP("Plan", "Ready"),
    Kind.HERE: QT_TRANSLATE_NOOP("Plan", "Already here"),
    Kind.ON_THE_WAY: QT_TRANSLATE_NOOP("Plan", "On its way"),
    Kind.UNVERIFIABLE: QT_TRANSLATE_NOOP("Plan", "No checksum"),
    Kind.PICKLE: QT_TRANSLATE_NOOP("Plan", "Pickle"),
    Kind.FLAGGED: QT_TRANSLATE_NOOP("Plan", "Warning"),
    Kind.LOGIN: QT_TRANSLATE_NOOP("Plan", "Needs a login"),
    Kind.BLOCKED: QT_TRANSLATE_NOOP("Plan", "Not given out"),
    Kind.PROGRAM: QT_TRANSLATE_NOOP("Plan", "Program"),
}


@dataclass(frozen=True)
class GroupText:
    """The words of one group. ``link`` is empty where there is nothing to do about it."""

    title: str
    detail: str
    size: str
    link: str = ""


def title(plan: PlanModel) -> str:
    """How many files of what."""
    names = [plain(each.collection.title, 60) for each in plan.forecast.expansions]
    count = len(plan)
    if len(names) == 1:
        template = (
            translate("Plan", "Download {count} file from “{title}”")
            if count == 1
            else translate("Plan", "Download {count} files from “{title}”")
        )
        return fill(template, count=f"{count:,}", title=names[0])
    return fill(
        translate("Plan", "Download {count} files from {collections} collections"),
        count=f"{count:,}",
        collections=f"{len(names):,}",
    )


def room(need: Need) -> str:
    """What goes to one volume and how much is free there, as rich text."""
    template = (
        translate("Plan", "{bytes} to {folder} · {free} free")
        if need.is_enough
        else translate("Plan", "{bytes} to {folder} · only {free} free")
    )
    return fill(
        escape(template),
        bytes=format_bytes(need.bytes),
        folder=f"<b>{escape(shorten_path(need.volume.path))}</b>",
        free=format_bytes(need.volume.free),
    )


def duration(bytes_: int, speed: float | None) -> str:
    """How long it may take, empty where the last speed is not known."""
    if not speed or speed < 1 or not bytes_:
        return ""
    return fill(translate("Plan", "about {time} at the last speed"), time=duration_text(bytes_ / speed))


def start_text(files: int) -> str:
    """What the button does."""
    if files == 1:
        return translate("Plan", "Download 1 file")
    return fill(translate("Plan", "Download {count} files"), count=f"{files:,}")


def show_text(files: int) -> str:
    """What shows every file."""
    if files == 1:
        return translate("Plan", "Show the file")
    return fill(translate("Plan", "Show all {count} files"), count=f"{files:,}")


def group_text(plan: PlanModel, group: Group) -> GroupText:
    """The words of ``group``."""
    count = len(group.children)
    one, many = _TITLES[group.kind]
    suffixes = sorted({child.suffix for child in group.children}) if group.kind is Kind.PICKLE else []
    text = fill(translate("Plan", one if count == 1 else many), count=f"{count:,}", suffixes=", ".join(suffixes))
    size = format_bytes(group.needed) if group.unknown < count else "?"
    if 0 < group.unknown < count:
        size = f"≥ {size}"
    link = ""
    if plan.hub_to_log_in(group):
        link = translate("Plan", "Log in…")
    elif plan.row_with_page(group) is not None:
        link = translate("Plan", "Open page")
    return GroupText(text, _detail(plan, group), size, link)


def child_word(kind: Kind, problem: Problem | None) -> str:
    """What one file is, in a few words or in the sentence of its problem."""
    return problem_text(problem) if problem is not None else translate("Plan", _WORDS[kind])


def reasons(problems: Sequence[Problem | None], most: int = _MOST_REASONS) -> str:
    """The first few different sentences."""
    different: dict[str, None] = {}
    for problem in problems:
        if problem is not None:
            different[problem_text(problem)] = None
        if len(different) > most:
            break
    return " ".join(list(different)[:most]) + (" …" if len(different) > most else "")


def trouble_title(count: int) -> str:
    """That something could not be listed."""
    if count == 1:
        return translate("Plan", "1 problem while listing")
    return fill(translate("Plan", "{count} problems while listing"), count=f"{count:,}")


def shorten_path(path: Path) -> str:
    """A path that fits on a line: its first and last parts."""
    text = plain(os.fspath(path), 4096)
    if len(text) <= _LONGEST_PATH:
        return text
    half = (_LONGEST_PATH - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _detail(plan: PlanModel, group: Group) -> str:
    match group.kind:
        case Kind.READY:
            fits = plan.totals().fits
            return translate("Plan", "checksum known, enough space") if fits else translate("Plan", "checksum known")
        case Kind.HERE:
            return translate("Plan", "checked at their place, nothing is downloaded")
        case Kind.ON_THE_WAY:
            return translate("Plan", "left as they are")
        case Kind.UNVERIFIABLE:
            return translate("Plan", "will be marked “not verifiable”")
        case Kind.PICKLE if plan.safe_siblings(group):
            return translate("Plan", "can run code when loaded; there is a .safetensors of it")
        case Kind.PICKLE:
            return translate("Plan", "can run code when loaded")
        case Kind.PROGRAM:
            return translate("Plan", "never downloaded")
        case _:
            return reasons([child.problem for child in group.children])
