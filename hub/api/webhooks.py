"""`POST /webhooks/{system}`: 202 only when the bus has the records; signature over the raw bytes; a size limit."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from hub.api.problems import BodyTooLarge, NoPromise, SignatureWrong, problem
from hub.api.served import Served, served
from hub.errors import ConfigError, HubError
from hub.runtime.intake import Intake
from hub.sdk import WebhookRequest
from hub.sdk.connector import SignatureRejected
from hub.services.errors import NoSuchSystem

log = structlog.get_logger(__name__)
router = APIRouter(tags=["webhooks"])
RETRY_AFTER_S = 5
HEARD_OUT = 4
"""Bodies of up to so many times the limit are read to their end before they are refused."""


@router.post("/webhooks/{system}", status_code=202)
async def receive(system: str, request: Request) -> Response:
    """A vendor's push. 401 forged, 404 unknown system, 413 too large, 503 when nobody can promise to keep it."""
    hub = served(request)
    intake = hub.intakes.get(system)
    if intake is None:
        return problem(request, NoSuchSystem(system=system, known=", ".join(hub.intakes)), 404)
    body = await _body(request, hub.road.settings.max_body_bytes)
    if body is None:
        _note(request, system, "too_large")
        return problem(request, BodyTooLarge(limit=hub.road.settings.max_body_bytes), 413, {"Connection": "close"})
    return await _keep(request, hub, intake, system, body)


async def _keep(request: Request, hub: Served, intake: Intake, system: str, body: bytes) -> Response:
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        await intake.receive(WebhookRequest(headers=headers, query=dict(request.query_params), body=body))
    except SignatureRejected:
        _note(request, system, "forged")
        return problem(request, SignatureWrong(system=system), 401)
    except (HubError, SQLAlchemyError, OSError) as error:
        _note(request, system, "unavailable")
        log.warning("webhook.not-kept", system=system, code=getattr(error, "code", type(error).__name__))
        if isinstance(error, ConfigError):
            raise
        return problem(request, NoPromise(system=system), 503, {"Retry-After": str(RETRY_AFTER_S)})
    _note(request, system, "accepted")
    return Response(status_code=202)


async def _body(request: Request, limit: int) -> bytes | None:
    """The raw bytes; None where there are more than the limit. Some of what is too much is thrown away while it comes: a vendor that is
    cut off in the middle of sending hears no answer, and sends the same again for ever."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit * HEARD_OUT:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit * HEARD_OUT:
            return None
        if size <= limit:
            parts.append(part)
    return b"".join(parts) if size <= limit else None


def _note(request: Request, system: str, result: str) -> None:
    request.app.state.webhooks.note(system, result)
