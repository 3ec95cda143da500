"""What a refusal of the Hugging Face Hub means: it says so in ``X-Error-Code`` and ``X-Error-Message``.

The codes and their meaning are those of the official client (huggingface_hub, ``utils/_http.py``). To people who
are not logged in the hub answers 401 for what is missing and for what is private.
"""

from __future__ import annotations

from ..errors import (
    GatedFile,
    LoginNeeded,
    NotFound,
    PageNotFound,
    RemoteGone,
    RepositoryDisabled,
    RepositoryHidden,
    RevisionNotFound,
    StabilityError,
    TokenRefused,
)
from ..http.answer import Answer
from ..http.status import error_for

_DISABLED = "access to this resource is disabled"
_BAD_TOKEN = "invalid credentials"  # noqa: S105 - the beginning of a sentence


def refusal(answer: Answer, now: float, *, hub: str, page: str, revision: str) -> StabilityError | None:
    """The error that an answer about a repository stands for, None for a good one. ``now`` is seconds since 1970."""
    error = error_for(answer.status, answer.headers, answer.host, now)
    if error is None:
        return None
    code = answer.headers.get("x-error-code", "")
    message = answer.headers.get("x-error-message", "").strip().lower()
    if code == "GatedRepo":
        return GatedFile(hub=hub)
    if code == "RevisionNotFound":
        return RevisionNotFound(hub=hub, page=page, revision=revision)
    if message.startswith(_DISABLED):
        return RepositoryDisabled(hub=hub, page=page)
    if answer.status == 401 and message.startswith(_BAD_TOKEN):
        return TokenRefused(hub=hub)
    if code == "RepoNotFound" or answer.status == 401:
        return RepositoryHidden(hub=hub, page=page)
    if answer.status == 404 and code != "EntryNotFound":
        return PageNotFound(hub=hub, page=page)
    return error


def of_listed_file(meaning: StabilityError, status: int, host: str) -> StabilityError:
    """What ``meaning`` of a refusal is for a file that was listed once, so was there and was shown."""
    if isinstance(meaning, RepositoryHidden) and status == 401:
        return LoginNeeded(host=host, status=status)
    if isinstance(meaning, RepositoryHidden | RevisionNotFound | PageNotFound | NotFound):
        return RemoteGone(host=host, status=status)
    return meaning
