"""The local side: space, permissions, volumes, names, parts."""

from __future__ import annotations

from .base import Remedy, StabilityError


class DiskError(StabilityError):
    """The local file system refused."""

    code = "disk"
    template = "Cannot write {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class NoSpace(DiskError):
    """The volume or quota is full."""

    code = "no-space"
    template = "Not enough space in {path}: {needed_bytes} needed, {free_bytes} free."
    remedy = Remedy.FREE_SPACE


class VolumeTooSmall(DiskError):
    """Not even an empty volume would have room."""

    code = "volume-too-small"
    template = "{path} needs {needed_bytes}, more than the whole drive can hold."
    remedy = Remedy.CHECK_FOLDER


class NotWritable(DiskError):
    """Permission, read-only volume or immutable folder."""

    code = "not-writable"
    template = "Cannot write into {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class PartLinked(NotWritable):
    """A hard link of the part of an earlier run: whoever made it would find other bytes behind it."""

    code = "part-linked"
    template = (
        "The unfinished file {path} has another name too, given by a backup or another program, whose contents would "
        "change as well. Remove that name and try again, or cancel this file and begin again."
    )
    remedy = Remedy.RETRY


class VolumeReadOnly(NotWritable):
    """EROFS: the file system can only be read, perhaps since a moment ago."""

    code = "volume-read-only"
    template = "Cannot write into {path}: the drive can only be read."
    remedy = Remedy.CHECK_FOLDER


class VolumeMissing(DiskError):
    """The volume of the target is gone or another one is there."""

    code = "volume-missing"
    template = "The drive of {path} is not connected."
    remedy = Remedy.CONNECT_VOLUME


class DriveStuck(DiskError):
    """A call to the volume has not come back for a long time."""

    code = "drive-stuck"
    template = "The drive of {path} does not answer."
    remedy = Remedy.WAIT


class DiskFault(DiskError):
    """EIO, or a sync that failed."""

    code = "disk-fault"
    template = "The drive reports an error while writing {path}: {detail}."
    remedy = Remedy.CHECK_FOLDER


class FileHeld(DiskError):
    """EBUSY, or a sharing violation on Windows: a virus scanner, an indexer or a viewer has the file open."""

    code = "file-held"
    template = "Another program holds {path} and does not let go."
    remedy = Remedy.RETRY


class TargetTaken(DiskError):
    """Finalize never replaces."""

    code = "target-taken"
    template = "Another file already lies at {path}; it is left as it is."
    remedy = Remedy.OTHER_FILE


class NameTooLong(DiskError):
    """ENAMETOOLONG after shortening."""

    code = "name-too-long"
    template = "The path of {path} is too long for this drive."
    remedy = Remedy.CHECK_FOLDER


class FileTooLarge(DiskError):
    """EFBIG."""

    code = "file-too-large"
    template = "{path} is larger than this drive allows."
    remedy = Remedy.CHECK_FOLDER


class TooManyOpenFiles(DiskError):
    """EMFILE or ENFILE."""

    code = "too-many-open-files"
    template = "Too many files are open at once."
    remedy = Remedy.RETRY


class PartChanged(DiskError):
    """A part file lost bytes or was replaced."""

    code = "part-changed"
    template = "The unfinished file {path} was changed by another program."
    remedy = Remedy.RETRY


class PartInUse(DiskError):
    """The lock on the part is held."""

    code = "part-in-use"
    template = "Another process is downloading {path}."
    remedy = Remedy.WAIT
