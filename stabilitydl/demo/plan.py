"""Which pack the demo hub gives: how many files, how large, with trouble or without.

The hub keeps no list of packs. A model id *is* its plan, and a version or file id is the model id with the place
in the pack, so the addresses that a store keeps are enough for any later demo hub to give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from ..errors import BadNumber, UsageError
from ..text import parse_quantity

SCHEME = "demo:"
MIB = 1024 * 1024
MOST_FILES = 2000
SMALLEST = 4096
LARGEST = 2**38 - 1

_FILES_FIELD = 2048
_PLACE_FIELD = 4096
_FILE_OFFSET = 2048
_SWITCH = {"0": False, "no": False, "false": False, "1": True, "yes": True, "true": True, "": True}


@dataclass(frozen=True)
class PackPlan:
    """``files`` files of exactly ``size`` bytes each; ``trouble`` mixes in files that fail in telling ways.

    Raises BadNumber for numbers that no pack can have.
    """

    files: int = 80
    size: int = 4 * MIB
    trouble: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.files <= MOST_FILES:
            raise BadNumber(text=str(self.files), what=f"number of demo files (1 to {MOST_FILES})")
        if not SMALLEST <= self.size <= LARGEST:
            raise BadNumber(text=str(self.size), what="size of a demo file (4 KiB to 256 GiB)")

    @property
    def model_id(self) -> int:
        """The whole plan as one number below 2**50."""
        return (self.size * _FILES_FIELD + self.files) * 2 + self.trouble

    def version_id(self, index: int) -> int:
        """The id of the version at place ``index`` (from 0), below 2**62."""
        return self.model_id * _PLACE_FIELD + index + 1

    def file_id(self, index: int) -> int:
        """The id of the file at place ``index``; never the id of a version."""
        return self.version_id(index) + _FILE_OFFSET

    @classmethod
    def of_model(cls, number: int) -> PackPlan:
        """The plan that ``number`` stands for. Raises LookupError."""
        rest, trouble = divmod(number, 2)
        size, files = divmod(rest, _FILES_FIELD)
        try:
            return cls(files, size, bool(trouble))
        except BadNumber:
            raise LookupError(number) from None

    @classmethod
    def of_version(cls, number: int) -> tuple[PackPlan, int]:
        """The plan and the place that a version id stands for. Raises LookupError."""
        model, place = divmod(number, _PLACE_FIELD)
        plan = cls.of_model(model)
        if not 1 <= place <= plan.files:
            raise LookupError(number)
        return plan, place - 1

    @classmethod
    def of_file(cls, number: int) -> tuple[PackPlan, int]:
        """The plan and the place that a file id stands for. Raises LookupError."""
        return cls.of_version(number - _FILE_OFFSET)

    @property
    def locator(self) -> str:
        """What to type to get this pack; parameters that are the usual ones are left out."""
        usual = PackPlan()
        fields = {}
        if self.files != usual.files:
            fields["files"] = str(self.files)
        if self.size != usual.size:
            fields["size"] = str(self.size)
        if self.trouble:
            fields["trouble"] = "1"
        return f"{SCHEME}?{urlencode(fields)}" if fields else SCHEME

    @classmethod
    def parse(cls, text: str) -> PackPlan | None:
        """Read ``demo:`` or ``demo:?files=8&size=16MiB&trouble=1``; None for what is no demo locator.

        Raises UsageError (BadNumber among them) when it is one with a parameter that cannot be used.
        """
        stripped = text.strip()
        if stripped[: len(SCHEME)].lower() != SCHEME:
            return None
        rest = stripped[len(SCHEME) :]
        if rest and not rest.startswith("?"):
            return None
        usual = cls()
        files, size, trouble = usual.files, usual.size, usual.trouble
        for name, value in parse_qsl(rest[1:], keep_blank_values=True):
            if name == "files":
                files = _count(value)
            elif name == "size":
                size = _bytes(value)
            elif name == "trouble":
                trouble = _switch(value)
            else:
                raise UsageError(detail=f"A demo locator takes files, size and trouble, not “{name}”.")
        return cls(files, size, trouble)


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadNumber(text=value, what="number of demo files")
    return int(value)


def _bytes(value: str) -> int:
    try:
        return parse_quantity(value)
    except ValueError:
        raise BadNumber(text=value, what="size of a demo file") from None


def _switch(value: str) -> bool:
    try:
        return _SWITCH[value.lower()]
    except KeyError:
        raise BadNumber(text=value, what="switch (0 or 1)") from None
