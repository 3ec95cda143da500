"""The local side: bytes onto a volume so that a crash at any moment loses little and never lies.

Read in this order: ``names`` (what a file may be called), ``volumes`` (which disk a folder lies on), ``journal`` (the
record of which ranges are on disk), ``place`` (where a part lies), ``content`` and ``witness`` (what we wrote, and
whether somebody else did), ``owner`` and ``hold`` (nobody else writes this part), ``naming`` (a name is given without
replacing anything), ``aside`` (where bytes go that are of no use now), ``allotment`` (the room that a part takes),
``partfile`` (the unfinished file and the atomic step that makes it a model file), ``leftovers`` (what is left of a part
whose file is here), ``unfinished`` (parts that nobody else knows of), ``writer`` (one per volume: bounded, coalescing),
``exposure`` (what a power cut would cost now), ``syncer`` (makes what was written durable and says so in the journal),
``hasher`` (digests by reading the file back), ``tiny`` (the same for tiny files, in one go), ``reader`` (a finished
file piece by piece), ``patience`` (does a drive still answer), ``disk`` (all of them, one set for each volume).
``os_posix`` and ``os_windows`` hold every system call of the write path.
"""
