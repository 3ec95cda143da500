"""The hubs of the product, in the order in which they are asked. Loaded when one is first needed, see ``registry``."""

from __future__ import annotations

from ..clock import Clock
from .civitai import Civitai
from .direct import Direct
from .github import GitHub
from .huggingface import HuggingFace
from .lockfile import Lockfile
from .metalink import Metalink
from .modelscope import ModelScope
from .openmodeldb import OpenModelDB
from .protocol import Hub


def standard_hubs(clock: Clock) -> list[Hub]:
    """All but the last one know their own addresses; that one takes any."""
    own = (Lockfile(), Metalink(clock), Civitai(clock=clock), GitHub(clock=clock), OpenModelDB(clock=clock))
    repositories = (HuggingFace(clock=clock), ModelScope(clock=clock), ModelScope.international(clock=clock))
    return [*own, *repositories, Direct()]
