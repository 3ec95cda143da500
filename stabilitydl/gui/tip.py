"""Tool tips that show a text from outside as it is written."""

from __future__ import annotations

from html import escape


def tip(text: str) -> str:
    """``text`` as a tool tip. Qt takes a text that looks like HTML for HTML; as HTML it wraps and pretends nothing."""
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if text else ""
