"""What can go wrong with this MES in particular."""

from __future__ import annotations

from hub.sdk import InDoubtError, RefusedError, TransientError


class RateLimited(TransientError):
    """HTTP 429: too many calls; nothing was done."""

    code = "mes-rest-rate-limited"


class NothingWritten(InDoubtError):
    """Answered success, and the row is not there, or not ours."""

    code = "mes-rest-nothing-written"


class OperationUnknown(RefusedError):
    """The mapping asks for an operation that the resource does not have."""

    code = "mes-rest-operation-unknown"
