"""What the place of the children says while none is shown: why, and what to do next."""

from __future__ import annotations

from ..domain.states import Tab
from .empty_state import EmptyState
from .icons import Sign
from .tr import translate

_EXAMPLES = (
    "https://civitai.com/models/4384",
    "https://huggingface.co/Qwen/Qwen2.5-7B-Instruct-GGUF",
    "/home/me/files.txt",
)


class EmptyList(EmptyState):
    """An `EmptyState` that knows the reasons."""

    def say_no_collections(self) -> None:
        """Nothing has been added yet."""
        self.say(
            translate("ResourcePane", "Paste the address of a model page"),
            translate("ResourcePane", "or drop a link or a list file here. You choose what to download next."),
            sign=Sign.ARRIVE,
            examples="\n".join(_EXAMPLES),
            button=translate("ResourcePane", "Add\u2026"),
            second=translate("ResourcePane", "Try it with the demo pack"),
            takes_drops=True,
        )

    def say_nothing_fits(self) -> None:
        """The filter lets nothing pass."""
        self.say(
            translate("ResourcePane", "Nothing matches the filter"),
            sign=Sign.FILTER,
            button=translate("ResourcePane", "Clear the filter"),
        )

    def say_nothing_under(self, tab: Tab, *, is_complete: bool, target: str) -> None:
        """No child is under ``tab``; ``is_complete`` where all of them are at ``target``, an empty text for none."""
        title, text = _words(tab, is_complete=is_complete), ""
        if tab is Tab.MISSING and is_complete:
            text = target
        self.say(title, text, sign=Sign.DONE if tab in (Tab.MISSING, Tab.FAILED) else Sign.ARRIVE)


def _words(tab: Tab, *, is_complete: bool) -> str:
    match tab:
        case Tab.MISSING if is_complete:
            return translate("ResourcePane", "Everything is here")
        case Tab.MISSING:
            return translate("ResourcePane", "Nothing is missing")
        case Tab.DOWNLOADING:
            return translate("ResourcePane", "Nothing is on its way")
        case Tab.DOWNLOADED:
            return translate("ResourcePane", "Nothing is downloaded yet")
        case Tab.FAILED:
            return translate("ResourcePane", "Nothing has failed")
        case _:
            return translate("ResourcePane", "This collection has no files")
