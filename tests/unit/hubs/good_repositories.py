"""Good answers of Hugging Face and ModelScope, and readers that let a hub expand one that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stabilitydl.hubs.huggingface import HuggingFace
from stabilitydl.hubs.modelscope import ModelScope
from stabilitydl.hubs.protocol import Destination, Expansion, Hub
from tests.fakes.canned import Canned, CannedClient

from .hasty import HastyClock
from .mutations import Mutant

HERE = Destination(Path("/models"))
COMMIT = "f4b0486b498f84668e828044de1d0c8ba486e05b"
DIGITS = "39e1338c4143618adb17604f96c3a3f740c1ab5d1557d71b044f0307a0a6adb4"
NEXT = {"Link": '<https://huggingface.co/api/x?cursor=2>; rel="next"'}

INFO = {
    "_id": "6564b36f4eb2f55240230f48",
    "id": "org/pack",
    "modelId": "org/pack",
    "author": "org",
    "sha": COMMIT,
    "lastModified": "2023-12-07T18:04:49.000Z",
    "private": False,
    "gated": False,
    "disabled": False,
    "tags": ["diffusers", "lora", "base_model:other/base"],
    "pipeline_tag": "text-to-image",
    "library_name": "diffusers",
    "cardData": {"base_model": "other/base", "instance_prompt": "sks", "thumbnail": "https://h/x.png"},
    "siblings": [{"rfilename": "README.md"}],
}
TREE = [
    {"type": "directory", "oid": "5f7df982c5f51cc98e823be747fcbb505f70ad42", "size": 0, "path": "a"},
    {"type": "file", "oid": "a6344aac8c09253b3b630fb776ae94478aa0275b", "size": 1519, "path": ".gitattributes"},
    {
        "type": "file",
        "oid": "fd0c04e34d0f845a302c13d8a97f8b57919fde60",
        "size": 172184272,
        "lfs": {"oid": DIGITS, "size": 172184272, "pointerSize": 134},
        "xetHash": "1bfae43ed5614c33967913ac435779832407e847e1553f856e4010d9a96cf0f8",
        "path": "a/one.safetensors",
    },
    {"type": "file", "oid": "7b95401dc46245ac339fc25059d4a56d90b4cde5", "size": 31, "path": "a/README.md"},
]
LAST = [{"type": "file", "oid": "8af2d1ab47ef710709335ce805b4023ef3db658d", "size": 7, "path": "z/last.json"}]


def entry(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "Name": f"{number}.bin",
        "Path": f"a/{number}.bin",
        "Type": "blob",
        "Size": 1000 + number,
        "Sha256": f"{number:064x}",
        "IsLFS": True,
        "Mode": "33188",
        "Revision": COMMIT,
        "CommittedDate": 1700000000,
        "InCheck": False,
        **changes,
    }


LISTED = {
    "Code": 200,
    "Success": True,
    "Message": "success",
    "RequestId": "8eec43d7",
    "Data": {
        "Files": [entry(0, Type="tree", Path="a"), entry(1), entry(2), entry(3, Path="README.md")],
        "IsVisual": 0,
        "LatestCommitter": {"Id": COMMIT, "ShortId": COMMIT[:8], "CommittedDate": 1700000000},
    },
}
ABOUT = {
    "Code": 200,
    "Success": True,
    "Data": {
        "Name": "pack",
        "Path": "org",
        "Tags": ["lora"],
        "BaseModel": ["other/base"],
        "TriggerWords": ["sks"],
        "Tasks": [{"Name": "text-to-image"}],
        "Organization": {"Name": "org", "FullName": "Org", "Avatar": "https://h/a.jpg"},
    },
}

Asked = Callable[[Mutant], Any]


def reader(hub: Hub, text: str, answers: Callable[[bytes], Callable[[str], Canned]]) -> Asked:
    """Lets ``hub`` expand ``text`` with the answers that ``answers`` makes of a mutant."""
    locator = hub.recognise(text)
    assert locator is not None

    async def ask(mutant: Mutant) -> Expansion:
        assert locator is not None
        return await hub.expand(locator, HERE, CannedClient(answers(mutant.data)).client)

    return ask


def hugging_face(part: str) -> Asked:
    """Reads a repository of which ``part`` (``info`` or ``tree``) is the mutant."""

    def answers(data: bytes) -> Callable[[str], Canned]:
        given = {"info": json.dumps(INFO).encode(), "tree": json.dumps(TREE).encode(), part: data}

        def answer(path: str) -> Canned:
            if "/tree/" not in path:
                return Canned(given["info"])
            if "cursor" in path:
                return Canned(json.dumps(LAST).encode())
            return Canned(given["tree"], headers=NEXT)

        return answer

    return reader(HuggingFace(clock=HastyClock()), "org/pack", answers)


def model_scope(part: str, kind: str = "") -> Asked:
    """Reads a repository of which ``part`` (``files``, ``about`` or ``brief``) is the mutant."""

    def answers(data: bytes) -> Callable[[str], Canned]:
        def answer(path: str) -> Canned:
            if "PageNumber" in path and "PageNumber=1&" not in path:
                return Canned(b'{"Code":200,"Data":{"Files":[]}}')
            for word, name, body in (
                ("/repo/", "files", LISTED),
                ("/organizations/", "brief", {}),
                ("", "about", ABOUT),
            ):
                if word in path:
                    return Canned(data if name == part else json.dumps(body).encode())
            raise AssertionError(path)

        return answer

    return reader(ModelScope(clock=HastyClock()), f"modelscope:{kind}org/pack", answers)
