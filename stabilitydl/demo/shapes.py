"""A pack in the shape of Civitai's REST API v1: models, versions, files (https://developer.civitai.com)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from .names import CREATOR
from .pack import DemoFile, Digests, Pack
from .trouble import Trouble

PICTURE = (480, 640)
"""Width and height of a preview in pixels."""
_EARLY_ACCESS_DAYS = 14

Json = dict[str, object]


def model(pack: Pack, digests: Mapping[int, Digests], removed: Collection[int], endpoint: str, now: float) -> Json:
    """The answer for a model page. ``removed`` are ids of files that are listed no more; ``now`` is UTC seconds."""
    return {
        "id": pack.plan.model_id,
        "name": pack.title,
        "description": (
            "<p>A pack that the demo hub makes up while it is asked: real safetensors files with random weights.</p>"
            "<p>Nothing of it lies on a disk or comes from the internet.</p>"
        ),
        "allowNoCredit": True,
        "allowCommercialUse": ["Image", "RentCivit", "Rent", "Sell"],
        "allowDerivatives": True,
        "allowDifferentLicense": True,
        "type": "LORA",
        "minor": False,
        "poi": False,
        "nsfw": False,
        "nsfwLevel": 1,
        "availability": "Public",
        "supportsGeneration": False,
        "stats": {"downloadCount": 734, "thumbsUpCount": 80, "thumbsDownCount": 1, "commentCount": 3},
        "creator": {"username": CREATOR, "image": f"{endpoint}/images/{CREATOR}/width=96/{CREATOR}.png"},
        "tags": ["style", "demo"],
        "modelVersions": [
            version(file, digests.get(file.id), endpoint, now) for file in pack.files if file.id not in removed
        ],
    }


def single_version(file: DemoFile, pack: Pack, digests: Digests | None, endpoint: str, now: float) -> Json:
    """The answer for one version, which names its model too."""
    return {
        **version(file, digests, endpoint, now),
        "modelId": file.plan.model_id,
        "air": f"urn:air:{file.style.base.trained.split('_')[0]}:lora:civitai:{file.plan.model_id}@{file.version_id}",
        "model": {"name": pack.title, "type": "LORA", "nsfw": False, "poi": False},
    }


def version(file: DemoFile, digests: Digests | None, endpoint: str, now: float) -> Json:
    """One version with its one file, as a model lists it."""
    early = file.trouble is Trouble.EARLY_ACCESS
    width, height = PICTURE
    return {
        "id": file.version_id,
        "index": file.index,
        "name": file.style.version,
        "baseModel": file.style.base.label,
        "baseModelType": "Standard",
        "createdAt": _date(file.published - 3600),
        "publishedAt": _date(file.published),
        "status": "Published",
        "availability": "EarlyAccess" if early else "Public",
        "earlyAccessEndsAt": deadline(now) if early else None,
        "usageControl": "Generation" if file.trouble is Trouble.USAGE else "Download",
        "trainedWords": list(file.style.trigger_words),
        "description": f"<p>{file.style.title}, trained on {file.style.base.label}.</p>",
        "stats": {"downloadCount": 9 + 7 * file.index % 400, "thumbsUpCount": file.index % 40},
        "files": [_file(file, digests, endpoint)],
        "images": [
            {
                "id": file.id,
                "url": f"{endpoint}/images/{file.id}/width={width}/{file.id}.png",
                "type": "image",
                "nsfwLevel": 1,
                "width": width,
                "height": height,
                "hash": None,
                "hasMeta": False,
            }
        ],
        "downloadUrl": f"{endpoint}/api/download/models/{file.version_id}",
    }


def deadline(now: float) -> str:
    """The end of early access: some days ahead, at midnight."""
    day = 86400
    return _date(int(now) // day * day + _EARLY_ACCESS_DAYS * day)


def _file(file: DemoFile, digests: Digests | None, endpoint: str) -> Json:
    scanned = digests is not None and file.trouble is not Trouble.NO_CHECKSUM
    hashes: dict[str, str] = {}
    if digests is not None and scanned:
        hashes = {
            "AutoV2": digests.autov2,
            "SHA256": digests.sha256,
            "CRC32": digests.crc32,
            "BLAKE3": digests.blake3,
        }
    return {
        "id": file.id,
        "sizeKB": file.size / 1024,
        "name": file.name,
        "type": "Model",
        "pickleScanResult": "Success" if scanned else "Pending",
        "pickleScanMessage": "No Pickle imports" if scanned else None,
        "virusScanResult": "Success" if scanned else "Pending",
        "virusScanMessage": None,
        "scannedAt": _date(file.published - 1800) if scanned else None,
        "metadata": {"format": "SafeTensor", "size": None, "fp": "fp16"},
        "hashes": hashes,
        "downloadUrl": f"{endpoint}/api/download/models/{file.version_id}?fileId={file.id}",
        "primary": True,
    }


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
