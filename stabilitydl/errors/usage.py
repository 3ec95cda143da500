"""What was typed cannot be used."""

from __future__ import annotations

from .base import Remedy, StabilityError


class UsageError(StabilityError):
    """What was typed cannot be used."""

    code = "usage"
    template = "{detail}"
    remedy = Remedy.CORRECT_INPUT


class UnknownLocator(UsageError):
    """No hub recognises a locator."""

    code = "unknown-locator"
    template = "Cannot tell what “{locator}” is. {hint}"
    remedy = Remedy.CORRECT_INPUT


class BadChecksum(UsageError):
    """A checksum that is not ALGORITHM:HEX."""

    code = "bad-checksum"
    template = "“{text}” is not a checksum; write it as sha256: and 64 hexadecimal digits."
    remedy = Remedy.CORRECT_INPUT


class BadNumber(UsageError):
    """A number, size or rate that cannot be read."""

    code = "bad-number"
    template = "“{text}” is not a valid {what}."
    remedy = Remedy.CORRECT_INPUT


class BadListLine(UsageError):
    """One line of a list file cannot be used; the others go on."""

    code = "bad-list-line"
    template = "{file}, line {line}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class BadListFile(UsageError):
    """A list file cannot be read at all."""

    code = "bad-list-file"
    template = "Cannot read the list {file}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class ListEntryUnusable(UsageError):
    """One entry of a lockfile or metalink cannot be used; the others go on."""

    code = "list-entry-unusable"
    template = "{file}, file {entry}: {reason}"
    remedy = Remedy.CORRECT_INPUT


class UnknownCollection(UsageError):
    """No collection, or more than one, has this id or locator."""

    code = "unknown-collection"
    template = "No collection matches “{name}”."
    remedy = Remedy.CORRECT_INPUT


class NothingMatched(UsageError):
    """Filters left nothing."""

    code = "nothing-matched"
    template = "Nothing matches; there are {count} other files."
    remedy = Remedy.CORRECT_INPUT


class FilterLeftNothing(NothingMatched):
    """One filter alone left nothing. ``found`` names what there is."""

    code = "filter-left-nothing"
    template = "No file has the {what} “{wanted}”; there are: {found}."
    remedy = Remedy.CORRECT_INPUT


class BadToken(UsageError):
    """A token that cannot be one: blanks, control characters, other alphabets, thousands of characters."""

    code = "bad-token"
    template = "This cannot be a token of {hub}; copy it again from the site."
    remedy = Remedy.CORRECT_INPUT


class TokenRefused(UsageError):
    """The hub does not know a token."""

    code = "token-refused"
    template = "{hub} does not accept this token; make a new one on its site."
    remedy = Remedy.LOG_IN


class UnsafeName(UsageError):
    """A path that would leave its folder."""

    code = "unsafe-name"
    template = "The name “{name}” would leave the folder of the collection and is refused."
    remedy = Remedy.OTHER_FILE


class SettingsUnreadable(UsageError):
    """The file of settings, or one of its values, cannot be used. ``path`` is where the file is."""

    code = "settings-unreadable"
    template = "The settings in {path} cannot be read: {detail}"
    remedy = Remedy.CORRECT_INPUT


class SettingsPutAside(SettingsUnreadable):
    """The same at a start, which it does not stop. ``aside`` is the name under which the file is kept."""

    code = "settings-put-aside"
    template = (
        "The settings in {path} cannot be read ({detail}). What is good of them holds, or what was saved last; the file"
        " is kept as {aside}."
    )
    remedy = Remedy.NONE
