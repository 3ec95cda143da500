"""The faults: each is one change of text that a tired programmer could have made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """Replace the only ``old`` in ``file`` by ``new``; ``tests`` should fail then. ``why`` says what goes wrong."""

    file: str
    old: str
    new: str
    why: str
    tests: tuple[str, ...]


JOURNAL = ("tests/unit/disk/test_journal.py",)
PARTFILE = ("tests/unit/disk/test_partfile.py",)
WRITER = ("tests/unit/disk/test_writer.py",)
SYNCER = ("tests/unit/disk/test_syncer.py",)
HASHER = ("tests/unit/disk/test_hasher.py",)
PLAN = ("tests/unit/transfer/test_plan.py",)
BODY = ("tests/unit/transfer/test_body.py",)
ROUTE = ("tests/unit/transfer/test_route.py",)
REDIRECTS = ("tests/unit/http/test_redirects.py",)
RETRY = ("tests/unit/transfer/test_retry.py",)
HAD = ("tests/unit/transfer/test_had.py",)
LIES = ("tests/unit/transfer/test_fetch_lies.py",)
VERSIONS = ("tests/unit/transfer/test_fetch_versions.py",)
RESUME = ("tests/unit/transfer/test_fetch_resume.py",)

MUTANTS = (
    Mutant(
        "disk/journal.py",
        "if any(stop > header.size for",
        "if any(stop >= header.size for",
        "the journal of a complete part is thrown away",
        JOURNAL,
    ),
    Mutant(
        "disk/journal.py",
        "if mark.hard or (boot and mark.boot == boot):",
        "if mark.hard or boot:",
        "soft marks of another boot count after a power cut",
        JOURNAL,
    ),
    Mutant(
        "disk/journal.py",
        "if _LENGTH.unpack_from(data, stop)[0] != zlib.crc32(payload):",
        "if _LENGTH.unpack_from(data, stop)[0] == 0:",
        "a damaged record is believed",
        JOURNAL,
    ),
    Mutant(
        "disk/journal.py",
        "            self._revoked = True\n",
        "",
        "soft marks after a failed sync still count",
        (*JOURNAL, *PARTFILE),
    ),
    Mutant(
        "disk/partfile.py",
        """            system.sync_data(self.descriptor)
            if self.journal is not None and taken.written != self.durable:
                # Renamed in the middle of a write, it looks untouched ever after.
                self._check_place()
                self.journal.mark(taken.written, taken.blocks, hard=True)
""",
        """            if self.journal is not None and taken.written != self.durable:
                self._check_place()
                self.journal.mark(taken.written, taken.blocks, hard=True)
            system.sync_data(self.descriptor)
""",
        "the journal claims data that is not on disk yet",
        PARTFILE,
    ),
    Mutant(
        "disk/partfile.py",
        "        if self.sync_failed:\n            raise DiskFault",
        "        if self.sync_failed and not self.durable:\n            raise DiskFault",
        "a failed sync is tried again on the same descriptor",
        PARTFILE,
    ),
    Mutant(
        "disk/partfile.py",
        "self.journal.revoke(self.durable, self.content.known)",
        "self.journal.revoke(self.written, self.content.known)",
        "what a failed sync lost still counts",
        PARTFILE,
    ),
    Mutant(
        "disk/partfile.py",
        "return system.status(self.descriptor).st_size >= end",
        "return system.status(self.descriptor).st_size > end",
        "a part that ends where its journal says is thrown away",
        PARTFILE,
    ),
    Mutant(
        "disk/hold.py",
        "if found.st_nlink > 1:",
        "if found.st_nlink > 2:",
        "a hard link planted at the part is cut and written into",
        PARTFILE,
    ),
    Mutant(
        "disk/hold.py",
        "        if system.exists(os.fspath(target)) and not",
        "        if os.path.exists(target) and not",
        "a dangling link at the target is not seen",
        PARTFILE,
    ),
    Mutant(
        "disk/partfile.py",
        "changed = not self.is_in_place() or system.status(self.descriptor).st_size != self.written.total",
        "changed = not self.is_in_place() or system.status(self.descriptor).st_size < self.written.total",
        "a file with foreign bytes behind its end gets the name",
        PARTFILE,
    ),
    Mutant(
        "disk/witness.py",
        "self.was_touched = self.was_touched or not self.is_as_left(descriptor)",
        "self.was_touched = not self.is_as_left(descriptor)",
        "a foreign write is forgotten with the next write of ours",
        PARTFILE,
    ),
    Mutant(
        "disk/writer.py",
        "if part.pending >= PER_PART:",
        "if part.pending > PER_PART:",
        "a part may be one chunk above its bound",
        WRITER,
    ),
    Mutant(
        "disk/writer.py",
        "if file.since_soft_mark >= SOFT_MARK_EVERY:",
        "if file.since_soft_mark > SOFT_MARK_EVERY:",
        "soft marks come later than promised",
        WRITER,
    ),
    Mutant(
        "disk/writer.py",
        "        ends[(part, offset + len(chunk))] = run\n",
        "        ends[(part, offset)] = run\n",
        "neighbours are written one by one",
        WRITER,
    ),
    Mutant(
        "disk/exposure.py",
        "self.fresh >= HARD_MARK_BYTES and now",
        "self.fresh >= HARD_MARK_BYTES or now",
        "syncs come at every write",
        SYNCER,
    ),
    Mutant(
        "disk/exposure.py",
        "        return self._covered + self.fresh\n",
        "        return self.fresh\n",
        "what a slow sync covers does not count as being at risk",
        (*SYNCER, "tests/unit/disk/test_exposure.py"),
    ),
    Mutant(
        "disk/writer.py",
        "        if part.is_held_back:\n",
        "        if False:\n",
        "beside a slow sync any number of bytes is written",
        SYNCER,
    ),
    Mutant(
        "disk/syncer.py",
        "        self._exposure.drop(file)\n",
        "        pass\n",
        "a part is synced after it was closed",
        SYNCER,
    ),
    Mutant(
        "disk/hasher.py",
        "elif done.result() < stop:",
        "elif done.result() < self.position:",
        "a part that was cut is digested as if it were whole",
        (*HASHER, *RESUME),
    ),
    Mutant(
        "disk/openpart.py",
        "        if digests.expected is None:\n            raise PartChanged",
        "        if digests.expected is not None:\n            raise PartChanged",
        "a file that somebody wrote into is final when it has no checksum",
        RESUME,
    ),
    Mutant(
        "transfer/plan.py",
        "self._free = list(Ranges([*self._free, (claim.position, claim.stop)]).items)",
        "self._free = list(Ranges([*self._free, (claim.start, claim.stop)]).items)",
        "bytes that came are fetched again",
        PLAN,
    ),
    Mutant(
        "transfer/plan.py",
        "border = -(-(victim.position + victim.rest // 2) // BLOCK) * BLOCK",
        "border = victim.position + victim.rest // 2",
        "a split leaves blocks that belong to two connections",
        PLAN,
    ),
    Mutant(
        "transfer/plan.py",
        "victim = blocking if blocking in moving else max",
        "victim = blocking if blocking not in moving else max",
        "the prefix is not helped first",
        PLAN,
    ),
    Mutant(
        "transfer/body.py",
        "start != wanted.start or not least <= stop <=",
        "start != wanted.start or not stop <=",
        "a shorter part than asked is taken",
        BODY,
    ),
    Mutant(
        "transfer/body.py",
        "if total == 0 and wanted.start == 0 and not wanted.size:",
        "if total == 0:",
        "the text of a 416 in mid-file becomes part of the model",
        BODY,
    ),
    Mutant(
        "transfer/validator.py",
        "    tag = validator[1:-1]\n",
        '    validator = validator.removeprefix("W/")\n    tag = validator[1:-1]\n',
        "a weak validator counts as a strong one",
        BODY,
    ),
    Mutant(
        "transfer/body.py",
        "if wanted.size is None or wanted.is_proven or validator == wanted.validator:",
        "if wanted.size is None or wanted.is_proven or not is_strong(wanted.validator):",
        "parts of two dates are mixed into one file",
        BODY,
    ),
    Mutant(
        "transfer/segment.py",
        "if news >= LEAST or claim.rest <= 0:",
        "if news > 0:",
        "a server that gives one byte for each connection is asked for ever",
        LIES,
    ),
    Mutant(
        "http/client.py",
        "            left -= self._clock.monotonic() - began\n",
        "",
        "each of many redirects may take as long as all of them",
        REDIRECTS,
    ),
    Mutant(
        "transfer/fetch.py",
        "if same and self._may_be_divided(header.validator):",
        "if same and (self._fetching.is_proven or header.validator):",
        "parts of two versions are mixed over a restart",
        RESUME,
    ),
    Mutant(
        "transfer/fetch.py",
        "return self._fetching.is_proven or is_strong(validator)",
        "return True",
        "parts of unproven versions are mixed",
        VERSIONS,
    ),
    Mutant(
        "transfer/segment.py",
        "            chunk = chunk[: claim.rest]\n",
        "",
        "surplus bytes are written over the neighbour's range",
        LIES,
    ),
    Mutant(
        "transfer/route.py",
        "        if generation != self.generation:\n            return True\n",
        "",
        "every connection renews the same expired address",
        ROUTE,
    ),
    Mutant(
        "transfer/retry.py",
        "self._failures >= TRIES or",
        "self._failures > TRIES or",
        "one try too many",
        RETRY,
    ),
    Mutant(
        "transfer/retry.py",
        "if not self._came or self._came < self._due:",
        "if not self._came:",
        "a server that falls silent after some bytes is asked for ever",
        RETRY,
    ),
    Mutant(
        "transfer/had.py",
        "        self._before = self._all\n",
        "        pass\n",
        "what comes again is taken for progress",
        HAD,
    ),
)
