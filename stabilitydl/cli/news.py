"""What has changed in a collection since it was put on the list, as ``plan`` says it."""

from __future__ import annotations

from typing import Any

from ..hubs.news import compare
from ..hubs.protocol import Expansion, News
from ..text import plain
from .session import Session

_MOST_NAMES = 5


def look(session: Session, expansion: Expansion) -> News | None:
    """What ``expansion`` lists now, compared with the list; None where the collection is not on it."""
    rows = session.ask(lambda engine: engine.resources(expansion.collection.id))
    known = [row.resource for row in rows if not row.superseded]
    return compare(known, expansion) if known else None


def sentence(news: News) -> str:
    """What is new, as one sentence. Not for nothing."""
    names = [plain(name, 40) for name in news.versions[:_MOST_NAMES]]
    names += ["\u2026"] if len(news.versions) > _MOST_NAMES else []
    parts = [f"{len(news.added):,} new" + (f" ({', '.join(names)})" if names else "")] if news.added else []
    parts += [f"{len(news.changed):,} changed"] if news.changed else []
    parts += [f"{len(news.gone):,} not listed any more"] if news.gone else []
    return f"Since it was put on the list: {', '.join(parts)}."


def news_object(news: News | None) -> dict[str, Any] | None:
    """The same by ids, for JSON."""
    if news is None:
        return None
    return {
        "versions": list(news.versions),
        "added": [child.id for child in news.added],
        "changed": [{"old": old.id, "new": new.id} for old, new in news.changed],
        "gone": [child.id for child in news.gone],
    }
