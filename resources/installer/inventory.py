"""The list of parts that goes with a bundle, in the form of CycloneDX: what is really inside, by name and version.

Format: CycloneDX 1.6 (ECMA-424), and package URLs (purl) for the parts that a registry knows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import source
from .notices import Part

NAME = "parts.cdx.json"


def write_inventory(folder: Path, parts: Iterable[Part]) -> Path:
    """Write the list into ``folder``; its path."""
    path = folder / NAME
    path.write_text(json.dumps(inventory(parts), indent=1) + "\n", "utf-8")
    return path


def inventory(parts: Iterable[Part]) -> dict[str, Any]:
    """The list as JSON. The time is that of the source, and there is no random number: two builds say the same."""
    found = sorted(parts, key=lambda part: part.name.lower())
    program = {"type": "application", "bom-ref": "stabilitydl", "name": "stabilitydl", "version": source.version()}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(source.epoch())),
            "component": program | {"licenses": [{"license": {"id": "MIT"}}]},
        },
        "components": [_component(part) for part in found],
        "dependencies": [{"ref": "stabilitydl", "dependsOn": [part.reference for part in found]}],
    }


def _component(part: Part) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.reference,
        "name": part.name,
        "version": part.version,
        "licenses": [{"license": {"name": part.licence}}],
    }
    if part.purl:
        component["purl"] = part.purl
    if part.page.startswith("https://"):
        component["externalReferences"] = [{"type": "website", "url": part.page}]
    return component
