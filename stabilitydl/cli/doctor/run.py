"""All checks, told as text or as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import msgspec

from ... import settings as stored
from ...errors import StabilityError
from ...paths import Paths
from ...settings import Settings
from ...text import format_count, plain
from .. import console
from ..exit_codes import ExitCode
from ..requests import DoctorRequest
from . import desktop, folders, network, program
from .finding import Finding, Standing


def run(request: DoctorRequest, paths: Paths) -> int:
    """Check everything; FAILED where something does not work."""
    findings = []
    for finding in _check(paths):
        findings.append(finding)
        if not request.json:
            _show(finding)
    troubles = sum(each.standing is Standing.TROUBLE for each in findings)
    if request.json:
        console.data(json.dumps({"findings": [msgspec.to_builtins(each) for each in findings]}))
    else:
        count = format_count(troubles, "thing")
        console.say(f"{count} must be put right." if troubles else "Everything that is needed works.")
    return ExitCode.FAILED if troubles else ExitCode.OK


def _check(paths: Paths) -> Iterator[Finding]:
    yield from program.check()
    settings = _settings(paths)
    yield from folders.check(paths, settings.library_folders(paths.library))
    yield from network.check(os.environ, settings.proxy)
    yield from desktop.check()


def _settings(paths: Paths) -> Settings:
    """As far as they can be read: what is wrong with them is a finding of its own."""
    try:
        return stored.load(paths.settings)
    except StabilityError:
        return Settings()


def _show(finding: Finding) -> None:
    console.data(f"{finding.standing:8} {finding.subject:14} {plain(finding.told, 400)}")
    if finding.remedy:
        console.data(f"{'':23} {plain(finding.remedy, 400)}")
