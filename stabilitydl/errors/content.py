"""The bytes are not what was promised."""

from __future__ import annotations

from .base import Remedy, StabilityError


class ContentError(StabilityError):
    """The file is complete but wrong."""

    code = "content"
    template = "The bytes that arrived are not what was promised."
    remedy = Remedy.RETRY


class ChecksumMismatch(ContentError):
    """The digest of the whole file differs."""

    code = "checksum-mismatch"
    template = "The checksum is wrong: {expected} was promised, {actual} arrived."
    remedy = Remedy.OTHER_FILE


class SizeMismatch(ContentError):
    """The remote size is not the hub's."""

    code = "size-mismatch"
    template = "{host} offers {actual_bytes}, the hub promised {expected_bytes}."
    remedy = Remedy.OTHER_FILE


class FileDamaged(ContentError):
    """A finished file rotted, was changed or went away."""

    code = "file-damaged"
    template = "{path} is not the file that arrived: {detail}."
    remedy = Remedy.RETRY
