"""Which faults of servers, networks, disks, crashes, processes and the database the tests cover, as a table at the end
of a whole run.

A test names the faults that it shows in its docstring, as in ``H10, N01``, or at the end of its name, as in ``_h10``.
The table is printed after a run of everything, and with ``--faults`` after any run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import pytest

CATALOGUE: Mapping[str, str] = {
    "H01": "whole file where a part was asked for",
    "H02": "part of another place than asked",
    "H03": "more bytes than asked, or an endless body",
    "H04": "another size in a later answer",
    "H05": "no, garbled or manifold Content-Range",
    "H06": "right head, wrong bytes",
    "H07": "another version in mid-file",
    "H08": "no strong validator",
    "H09": "416 in its three meanings",
    "H10": "body shorter than its length",
    "H11": "no length at all",
    "H12": "two framings, impossible lengths",
    "H13": "compressed although it was not asked for",
    "H14": "web page instead of a model",
    "H15": "git-lfs pointer instead of weights",
    "H16": "signed address expires in mid-file",
    "H17": "429 and 503 with every kind of Retry-After",
    "H18": "404, 410, 451 at the start",
    "H19": "redirects in a circle, too many, or elsewhere",
    "H20": "https to http",
    "H21": "endless heads",
    "H22": "empty file",
    "H23": "sizes around every edge",
    "H24": "fewer connections than wanted",
    "H25": "HEAD refused or lying",
    "H26": "kept connection after a partial or surplus body",
    "N01": "connection ends in mid-body",
    "N02": "black hole",
    "N03": "trickle",
    "N04": "link down, sleep, other address",
    "N05": "name that does not resolve, resolver that hangs",
    "N06": "broken IPv6 beside working IPv4",
    "N07": "certificate that proves nothing",
    "N08": "proxy that refuses, dies or is malformed",
    "N09": "lossy, distant network",
    "N10": "captive portal",
    "N11": "limit changed while running",
    "N12": "many jobs for dead hosts",
    "D01": "no room at the start",
    "D02": "volume fills up in mid-file",
    "D03": "no room for journal or database",
    "D04": "no room for another name, folder that cannot be made",
    "D05": "sync that fails",
    "D06": "short write, interrupted call",
    "D07": "volume gone or read-only",
    "D08": "file larger than the file system allows",
    "D09": "volume that is slow or hangs",
    "D10": "other volume than that of temporary files",
    "D11": "part changed by another program",
    "D12": "file held by another program when it gets its name",
    "D13": "no descriptor left",
    "D14": "file system without reservation, links, locks or syncs",
    "D15": "names and paths that are too long",
    "D16": "file that rots after it was finished",
    "C01": "kill at any call",
    "C02": "power cut at any call",
    "C03": "kill between name and commit",
    "C04": "kill between commit and the end of the journal",
    "C05": "kill during the last digest",
    "C06": "kill during a copy to another place",
    "C07": "journal cut or bent anywhere",
    "C08": "drive that lost what it had synced",
    "C09": "journal of something else or of a newer version",
    "C10": "many kills in a row",
    "C11": "end by the system, by a signal, at log-out",
    "C12": "clock that is wrong at the next start",
    "C13": "crash while something is removed",
    "P01": "second start",
    "P02": "first process killed",
    "P03": "locks that do nothing",
    "P04": "one file asked for twice",
    "P05": "database locked by another program",
    "P06": "folder that is looked at all the time",
    "P07": "commands in quick succession",
    "P08": "one name for different contents",
    "B01": "damaged database",
    "B02": "log of the database gone or foreign",
    "B03": "database of a newer version",
    "B04": "killed migration",
    "B05": "power cut after a file was shown",
    "B06": "SQLite that is too old",
    "B07": "old copy put back, folder moved",
    "B08": "settings that cannot be read",
    "B09": "database on another machine",
}

PARTLY: Mapping[str, str] = {
    "H23": "1 TiB at the level of plan and journal",
    "H26": "HTTP/1.1 only: no GOAWAY, no RST_STREAM",
    "N04": "with a clock that jumps; no link is taken down",
    "N09": "with connections that break; no packets are dropped, which needs netem in the kernel",
    "D08": "FAT itself cannot be mounted here: its name in the list of mounts, and the error of the system",
    "D12": "with the errors of Linux; nothing ran on Windows",
    "D15": "Windows' own rules as plain functions",
    "C02": "ext4",
}
"""What of a fault one machine cannot show."""

_ID = re.compile(r"(?<![A-Za-z0-9])([HNDCPB]\d\d)(?![0-9A-Za-z])")
_NAME = re.compile(r"_([hndcpb]\d\d)(?=_|$|\[)")
_PROPERTY = "faults"


class Table:
    """What became of the tests of each fault. A plugin of pytest."""

    def __init__(self, always: bool) -> None:
        self._always = always
        self._outcomes: dict[str, Counter[str]] = {}
        self._reasons: dict[str, str] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        item.user_properties.append((_PROPERTY, faults_of(item)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        for fault in dict(report.user_properties).get(_PROPERTY, ()):
            self._outcomes.setdefault(str(fault), Counter())[report.outcome] += 1
            if report.skipped and isinstance(report.longrepr, tuple):
                self._reasons[str(fault)] = report.longrepr[2].removeprefix("Skipped: ")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        if not self._always and config.args != config.getini("testpaths"):
            return
        terminalreporter.section("faults that the tests cover")
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> list[str]:
        """One line for each fault."""
        return [f"{fault}  {self._verdict(fault):8} {words}{self._note(fault)}" for fault, words in CATALOGUE.items()]

    def _verdict(self, fault: str) -> str:
        outcomes = self._outcomes.get(fault)
        if not outcomes:
            return "no test"
        return next(each for each in ("failed", "passed", "skipped") if outcomes[each])

    def _note(self, fault: str) -> str:
        outcomes = self._outcomes.get(fault, Counter())
        notes = [f"{outcomes.total()} tests"] if outcomes else []
        if outcomes["skipped"]:
            notes.append(f"{outcomes['skipped']} skipped: {self._reasons.get(fault, '')}")
        if fault in PARTLY:
            notes.append(PARTLY[fault])
        return f" ({'; '.join(notes)})" if notes else ""


def faults_of(item: pytest.Item) -> tuple[str, ...]:
    """The faults that a test names."""
    words = getattr(getattr(item, "function", None), "__doc__", None) or ""
    names = [found.upper() for found in _NAME.findall(getattr(item, "originalname", item.name))]
    return tuple(sorted({*_ID.findall(words), *names} & CATALOGUE.keys()))


def add_option(parser: pytest.Parser) -> None:
    """Make ``--faults`` known."""
    parser.addoption("--faults", action="store_true", help="print the table of faults that the tests cover")


def register(config: pytest.Config) -> None:
    """Gather from here on."""
    config.pluginmanager.register(Table(config.getoption("--faults")), "faults")
