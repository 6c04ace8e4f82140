"""Who may call `/api/v1`: whoever carries the configured token. Compared in constant time."""

from __future__ import annotations

import hmac

from fastapi import Request

from hub.api.problems import TokenMissing, TokenWrong
from hub.api.served import served


async def token(request: Request) -> None:
    """Raises TokenMissing (none is configured: 403), TokenWrong (401)."""
    expected = served(request).road.settings.api_token
    if not expected:
        raise TokenMissing()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected.encode()):
        raise TokenWrong()
