"""Accounts: what each hub asks of those who log in, and the exact origins that its token may reach.

Variables, token files and endpoints are those of the hubs' own clients (huggingface_hub ``constants.py`` and
``utils/_auth.py``, modelscope_hub ``constants.py``), so that a machine that is set up for these is set up here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .origins import Origin, Reach, place_of


@dataclass(frozen=True, kw_only=True)
class Account:
    """One hub that can be logged in to.

    ``sites`` are its addresses; the token belongs to their origins, and to that of the address that one of
    ``endpoint_variables`` names. ``variables`` may hold the token, the first one that is set counts, else the file that
    ``file`` finds. ``check`` is the path of a question that only those who are logged in may ask. ``cookie`` is the
    name of a cookie that carries the token too. ``page`` is where tokens are made.
    """

    hub: str
    title: str
    sites: tuple[str, ...]
    variables: tuple[str, ...]
    endpoint_variables: tuple[str, ...] = ()
    file: Callable[[Mapping[str, str]], Path | None] | None = None
    check: str = ""
    cookie: str = ""
    page: str = ""

    def endpoint(self, environ: Mapping[str, str]) -> str:
        """The address of the server in use, without a slash at its end."""
        named = (environ.get(variable, "").strip() for variable in self.endpoint_variables)
        return next(filter(None, named), self.sites[0]).rstrip("/")

    def origins(self, environ: Mapping[str, str]) -> frozenset[Origin]:
        """Where the token may be sent. Another address counts only if nobody on the way can read along."""
        found = {Origin.parse(site) for site in self.sites}
        try:
            other = Origin.parse(self.endpoint(environ))
        except UsageError:
            return frozenset(found)
        if other.scheme == "https" or place_of(other.host) is not Reach.PUBLIC:
            found.add(other)
        return frozenset(found)


def _hugging_face_file(environ: Mapping[str, str]) -> Path | None:
    """The file into which Hugging Face's own command writes the token."""
    if environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").strip().upper() in ("1", "ON", "YES", "TRUE"):
        return None
    if named := environ.get("HF_TOKEN_PATH", "").strip():
        return Path(named)
    if home := environ.get("HF_HOME", "").strip():
        return Path(home) / "token"
    cache = environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache"
    return Path(cache) / "huggingface" / "token"


def _modelscope(
    hub: str, title: str, sites: tuple[str, ...], variable: str, endpoint_variables: tuple[str, ...] = ()
) -> Account:
    """One of the sites of ModelScope. What makes tokens is a page of its first address."""
    return Account(
        hub=hub,
        title=title,
        sites=sites,
        variables=(variable,),
        endpoint_variables=endpoint_variables,
        check="/openapi/v1/users/me",
        cookie="m_session_id",
        page=f"{sites[0]}/my/myaccesstoken",
    )


ACCOUNTS: tuple[Account, ...] = (
    Account(
        hub="civitai",
        title="Civitai",
        sites=(
            "https://civitai.com",
            "https://www.civitai.com",
            "https://civitai.red",
            "https://www.civitai.red",
            "https://civitai.green",
            "https://www.civitai.green",
        ),
        variables=("CIVITAI_API_TOKEN",),
        endpoint_variables=("CIVITAI_ENDPOINT",),
        check="/api/v1/me",
        page="https://civitai.com/user/account",
    ),
    Account(
        hub="huggingface",
        title="Hugging Face",
        sites=("https://huggingface.co",),
        variables=("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
        endpoint_variables=("HF_ENDPOINT",),
        file=_hugging_face_file,
        check="/api/whoami-v2",
        page="https://huggingface.co/settings/tokens",
    ),
    _modelscope(
        "modelscope",
        "ModelScope",
        ("https://modelscope.cn", "https://www.modelscope.cn"),
        "MODELSCOPE_API_TOKEN",
        ("MODELSCOPE_ENDPOINT",),
    ),
    _modelscope(
        "modelscope-ai",
        "ModelScope (international)",
        ("https://www.modelscope.ai", "https://modelscope.ai"),
        "MODELSCOPE_AI_API_TOKEN",
    ),
)
"""The hubs of the product; others bring their own."""
