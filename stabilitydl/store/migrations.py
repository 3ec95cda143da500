"""The schema, as numbered steps. A step that was released is never edited; a change is a new step at the end.

``MIGRATIONS[n]`` leads from version n to n + 1. Every statement stands alone, because a connection runs only the
first of several. Values that are only ever read together with their row (checksums, addresses, problems) are JSON
in one column. States are the texts of ``domain.states``. Attempts have no foreign key: they outlive their
resource.
"""

from __future__ import annotations

APPLICATION_ID = 0x5344_4C31

_FIRST = (
    """
    CREATE TABLE collections (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        hub TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        kind TEXT NOT NULL,
        identity TEXT NOT NULL,
        revision TEXT NOT NULL,
        key_target TEXT NOT NULL,
        title TEXT NOT NULL,
        locator TEXT NOT NULL,
        page TEXT NOT NULL,
        layout TEXT NOT NULL,
        target TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        type TEXT NOT NULL,
        base_model TEXT NOT NULL,
        creator TEXT NOT NULL,
        avatar TEXT NOT NULL,
        preview TEXT NOT NULL,
        trigger_words TEXT NOT NULL,
        description TEXT NOT NULL,
        added REAL NOT NULL,
        last_checked REAL,
        lock_old TEXT,
        lock_new TEXT,
        last_notified REAL
    )
    """,
    """
    CREATE TABLE resources (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        size INTEGER,
        checksums TEXT NOT NULL,
        addresses TEXT NOT NULL,
        type TEXT NOT NULL,
        base_model TEXT NOT NULL,
        creator TEXT NOT NULL,
        version TEXT NOT NULL,
        page TEXT NOT NULL,
        preview TEXT NOT NULL,
        place INTEGER NOT NULL,
        blocked TEXT,
        state TEXT NOT NULL,
        received INTEGER NOT NULL DEFAULT 0,
        target TEXT,
        target_key TEXT,
        problem TEXT,
        wait TEXT,
        verification TEXT,
        sha256 TEXT,
        file_size INTEGER,
        file_mtime INTEGER,
        position INTEGER,
        priority INTEGER NOT NULL DEFAULT 0
    )
    """,
    # Everything that the summary of a collection adds up, so that it never touches the rows themselves.
    "CREATE INDEX resources_summary ON resources (collection, state, size, received, file_size)",
    "CREATE INDEX resources_queue ON resources (state, position)",
    "CREATE UNIQUE INDEX resources_reserved ON resources (target_key) WHERE target_key IS NOT NULL",
    """
    CREATE TABLE attempts (
        number INTEGER PRIMARY KEY,
        resource TEXT NOT NULL,
        collection TEXT NOT NULL,
        name TEXT NOT NULL,
        start REAL NOT NULL,
        "end" REAL,
        bytes INTEGER NOT NULL DEFAULT 0,
        host TEXT NOT NULL DEFAULT '',
        outcome TEXT,
        code TEXT NOT NULL DEFAULT '',
        verification TEXT
    )
    """,
    "CREATE INDEX attempts_of_resource ON attempts (resource, start)",
    "CREATE INDEX attempts_downloaded ON attempts (collection) WHERE outcome = 'downloaded'",
    'CREATE INDEX attempts_total ON attempts ("end", bytes, outcome)',
)

# What filters look at besides type and base model.
_SECOND = (
    "ALTER TABLE resources ADD COLUMN version_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE resources ADD COLUMN file_type TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE resources ADD COLUMN precision TEXT NOT NULL DEFAULT ''",
)

# The SHA-256 of a file, as its hub says or as it arrived: what tells that two resources have the same bytes.
_THIRD = (
    """
    ALTER TABLE resources ADD COLUMN content TEXT GENERATED ALWAYS AS (
        CASE instr(checksums, '"sha256","digits":"') WHEN 0 THEN sha256
        ELSE substr(checksums, instr(checksums, '"sha256","digits":"') + 19, 64) END
    ) VIRTUAL
    """,
    "CREATE INDEX resources_content ON resources (content) WHERE content IS NOT NULL",
)

# Children in the order of their hub, row by row: sorting them would hold all of them in memory at once.
_FOURTH = ("CREATE INDEX resources_order ON resources (collection, place)",)

# Where the volume was mounted that a folder lies on, if it can be taken away.
_FIFTH = ("CREATE TABLE volumes (folder TEXT PRIMARY KEY, place TEXT NOT NULL)",)

# Which children their hub does not list any more. Those that are only a name are in no summary.
_SIXTH = (
    "ALTER TABLE resources ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0",
    "DROP INDEX resources_summary",
    "CREATE INDEX resources_summary ON resources (collection, state, superseded, size, received, file_size)",
)

# Signed addresses were stored whole once; see chores.
_SEVENTH = (
    "CREATE TABLE chores (name TEXT PRIMARY KEY)",
    "INSERT INTO chores SELECT 'redact' WHERE EXISTS (SELECT 1 FROM resources WHERE addresses LIKE '%://%?%')",
)

# Bytes per second that the user allows for one resource, 0 for as many as come.
_EIGHTH = ("ALTER TABLE resources ADD COLUMN rate_limit INTEGER NOT NULL DEFAULT 0",)

# When the author of a collection last added to it, in seconds since 1970.
_NINTH = ("ALTER TABLE collections ADD COLUMN updated REAL",)

# How many times the share of other collections the files of one get.
_TENTH = ("ALTER TABLE collections ADD COLUMN weight REAL NOT NULL DEFAULT 1",)

# The digests of the blocks of files that arrived, in hexadecimal, and where a damaged file is kept whose right blocks
# may be used again.
_ELEVENTH = (
    """
    CREATE TABLE blocks (
        resource TEXT PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL,
        digests TEXT NOT NULL,
        kept TEXT
    )
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _SECOND,
    _THIRD,
    _FOURTH,
    _FIFTH,
    _SIXTH,
    _SEVENTH,
    _EIGHTH,
    _NINTH,
    _TENTH,
    _ELEVENTH,
)
SCHEMA_VERSION = len(MIGRATIONS)
