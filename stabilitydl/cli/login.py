"""``login`` and ``logout``: a token for a hub, typed without an echo or piped in, never a word of the command line."""

from __future__ import annotations

from ..domain.login import Login, LoginSource
from ..engine.any_engine import AnyEngine
from ..errors import BadToken, TokenRefused, UsageError
from ..http.credentials import VARIABLES
from ..paths import Paths
from . import console
from .compose import open_session
from .describe import columns
from .exit_codes import ExitCode
from .render import Renderer
from .requests import LoginRequest
from .session import Session

TRIES = 3
"""How often somebody at a terminal may mistype a token."""

_SHORT = {"hf": "huggingface", "hugging-face": "huggingface", "ms": "modelscope"}


def run(request: LoginRequest, paths: Paths) -> int:
    """Log in or out, or show who is logged in, and return the exit code. Raises StabilityError."""
    with open_session(paths) as session:
        if request.hub is None:
            session.start()
            return _show(session.ask(lambda engine: engine.logins()))
        name = request.hub.strip().lower()
        account = session.account(_SHORT.get(name, name))
        if request.out:
            session.start()
            return _log_out(session, account.hub)
        if console.is_terminal_input() and account.page:
            console.say(f"Tokens of {account.title} are made here: {account.page}")
        token = console.ask_secret(f"Token for {account.title}: ")
        if not token.strip():
            raise UsageError(detail="No token was given; nothing has changed.")
        session.start()
        return _log_in(session, account.hub, token)


def offer(session: Session, renderer: Renderer, hub: str, title: str) -> None:
    """Ask somebody at a terminal to log in, because files wait for it; an empty answer leaves them blocked."""
    for _ in range(TRIES):
        token = renderer.ask_secret(f"{title} gives some files only after a login. Token (empty: go on without): ")
        if not token.strip():
            break
        try:
            login = session.ask(lambda engine, token=token: engine.set_token(hub, token))  # type: ignore[misc]
        except (BadToken, TokenRefused) as error:
            renderer.note(str(error))
            continue
        renderer.note(_told(login, is_owner=False))
        return

    async def decline(engine: AnyEngine) -> None:
        engine.decline_login(hub)

    session.ask(decline)


def _log_in(session: Session, hub: str, token: str) -> ExitCode:
    login = session.ask(lambda engine: engine.set_token(hub, token))
    console.say(_told(login, is_owner=session.is_owner))
    return ExitCode.FAILED if login.source is LoginSource.SESSION and session.is_owner else ExitCode.OK


def _log_out(session: Session, hub: str) -> ExitCode:
    login = session.ask(lambda engine: engine.set_token(hub, ""))
    rest = f"; the token in {login.detail} is still used" if login.has_token else ""
    console.say(f"Logged out of {login.title}{rest}.")
    return ExitCode.OK


def _show(logins: list[Login]) -> ExitCode:
    rows = [(login.hub, login.title, _source(login)) for login in logins]
    for line in columns(rows):
        console.data(line)
    trouble = next((login.trouble for login in logins if login.trouble), "")
    if trouble:
        console.say(f"The keyring of this system cannot be used: {trouble}. Tokens come from the environment only.")
    return ExitCode.OK


def _source(login: Login) -> str:
    match login.source:
        case LoginSource.NONE:
            return "not logged in"
        case LoginSource.KEYRING:
            return "token in the keyring"
        case LoginSource.SESSION:
            return "token in memory, until the stabilitydl that runs ends"
        case LoginSource.ENVIRONMENT:
            return f"token in the variable {login.detail}"
        case LoginSource.FILE:
            return f"token in the file {login.detail}"


def _told(login: Login, *, is_owner: bool) -> str:
    """What became of a token. ``is_owner``: this process runs the engine, so its memory ends with the command."""
    checked = "" if login.is_checked else f" {login.title} could not be asked whether it knows it."
    if login.source is LoginSource.KEYRING:
        return f"Logged in to {login.title}; the token is kept in the keyring of this system.{checked}"
    why = f"the keyring of this system cannot be used: {login.trouble}"
    if is_owner:
        variable = VARIABLES.get(login.hub, "a variable of the environment")
        return f"The token cannot be kept: {why}. Put it into {variable} instead."
    return f"Logged in to {login.title} until the stabilitydl that runs ends; {why}.{checked}"
