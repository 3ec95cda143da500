"""Reading values where that needs no library.

typer hands every value to pydantic, what was not given and plain text too, and pydantic takes longer to import than all
of ``list`` takes: what is only text, or has a parser of ours, is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typer.core import TyperCommand


class Command(TyperCommand):
    """A command of typer whose parameters leave to typer only what they cannot read themselves."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        parameters: list[Any] = [*self.params]
        for parameter in parameters:
            kind = getattr(parameter, "type_descriptor", None)
            # A typer without pydantic reads everything quickly.
            if kind is not None:
                parameter.process_value = _reading(parameter, kind)


def _reading(parameter: Any, kind: Any) -> Callable[[Any, Any], Any]:
    """What to call with a context and the value of ``parameter``; raises what typer raises."""
    by_typer: Callable[[Any, Any], Any] = parameter.process_value
    parse: Callable[[Any], Any] | None = kind.parameter_info.parser
    is_many = parameter.multiple or parameter.nargs == -1

    def read(context: Any, value: Any) -> Any:
        if value is None and not parameter.required:
            return () if is_many else None
        if is_many and kind.annotation == list[str] and value and all(type(one) is str for one in value):
            return list(value)
        if type(value) is str and not is_many and (parse is not None or kind.annotation is str):
            return value if parse is None else parse(value)
        return by_typer(context, value)

    return read
