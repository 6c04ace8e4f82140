"""W3C trace context: one trace from the record that was read to the last target."""

from __future__ import annotations

import secrets


def new_traceparent() -> str:
    """A fresh `traceparent` (version 00, sampled)."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
