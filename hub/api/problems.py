"""Errors as RFC 9457 problem details: the code, and the text in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from hub.api.served import language
from hub.errors import ConfigError, DataError, HubError, TransientError
from hub.services.errors import (
    CorrectionOpen,
    CorrectionOwn,
    HoldClosed,
    NoCorrection,
    NoSuchFigure,
    NoSuchHold,
    NoSuchIncident,
    NoSuchSystem,
    NothingFound,
    Refused,
)
from hub.services.words import error_text
from master_data.cleaning.errors import ClusterDecided, NoSuchCleaning, NoSuchCluster
from master_data.errors import (
    AlreadyAnswered,
    ChangedMeanwhile,
    NoSuchCode,
    NoSuchCrossReference,
    NoSuchProposal,
    NoSuchUnknownCode,
    ProposalClosed,
    SamePerson,
    UnknownKind,
)
from master_data.exchange.errors import ImportStands, NoSuchImport
from master_data.refusals import (
    AlreadySigned,
    ChangedSinceMerge,
    CodeMerged,
    FieldsNotYours,
    MergeConflict,
    NotASigner,
    NotMerged,
    ProposedAgain,
)

MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[tuple[type[HubError], ...], int], ...] = (
    ((NoSuchFigure, NoSuchHold, NoSuchIncident, NoSuchSystem, NothingFound), 404),
    ((NoSuchCode, NoSuchCrossReference, NoSuchProposal, NoSuchUnknownCode, UnknownKind), 404),
    ((HoldClosed, ProposalClosed, AlreadyAnswered, ChangedMeanwhile, CorrectionOpen, NoCorrection), 409),
    ((NoSuchImport, NoSuchCleaning, NoSuchCluster, NotMerged), 404),
    ((ImportStands, ClusterDecided, AlreadySigned, CodeMerged, MergeConflict, ChangedSinceMerge, ProposedAgain), 409),
    ((SamePerson, CorrectionOwn, NotASigner, FieldsNotYours), 403),
    ((Refused, DataError, ConfigError), 422),
    ((TransientError,), 503),
)


class TokenMissing(Refused):
    """No API token is configured: nobody may call the API."""

    code = "api-token-missing"


class TokenWrong(Refused):
    """The call carries no token, or another one."""

    code = "api-token-wrong"


class BodyTooLarge(Refused):
    """More bytes than `max_body_bytes`."""

    code = "body-too-large"


class SignatureWrong(Refused):
    """A webhook that its vendor has not signed."""

    code = "webhook-signature-wrong"


class NoPromise(Refused):
    """The bus or the database cannot promise to keep the records just now."""

    code = "webhook-not-kept"


class RequestWrong(Refused):
    """A parameter or body that has not the right form."""

    code = "request-wrong"


class KeyWrong(Refused):
    """An `Idempotency-Key` that is none. Facts: `key`, `longest` (characters)."""

    code = "idempotency-key-wrong"


class KeyReused(Refused):
    """The key of another call. Fact: `key`."""

    code = "idempotency-key-reused"


class StillUnderWay(Refused):
    """The first call under this key has not been answered yet. Fact: `key`."""

    code = "idempotency-under-way"


class OutcomeUnknown(Refused):
    """The first call under this key was never answered: its process died. Fact: `key`."""

    code = "idempotency-outcome-unknown"


class PreconditionFailed(Refused):
    """What is to be changed was changed since the caller saw it. Facts: `seen`, `now` (tags)."""

    code = "precondition-failed"


def status_of(error: HubError) -> int:
    """The HTTP status of an error's kind."""
    if type(error) in OWN_STATUSES:
        return OWN_STATUSES[type(error)]
    return next((status for kinds, status in STATUSES if isinstance(error, kinds)), 500)


OWN_STATUSES: Mapping[type[HubError], int] = {
    KeyWrong: 400, KeyReused: 422, StillUnderWay: 409, OutcomeUnknown: 409, PreconditionFailed: 412,
}  # fmt: skip


def problem(request: Request, error: HubError, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """`{type, title, status, detail, code}` in the language the reader accepts."""
    spoken = language(request)
    detail = error_text(error, spoken)
    body = {
        "type": f"urn:loopline:problem:{error.code}", "title": error.code, "status": status, "detail": detail.partition("] ")[2] or detail,
        "code": error.code, "instance": request.url.path,
    }  # fmt: skip
    return JSONResponse(body, status, headers={"Content-Language": spoken, **(headers or {})}, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Every HubError and every malformed request is answered as a problem."""

    @app.exception_handler(HubError)
    async def refused(request: Request, error: HubError) -> JSONResponse:
        return problem(request, error, status_of(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem(request, RequestWrong(where=where, what=first["msg"]), 422)
