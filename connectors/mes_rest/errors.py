"""What can go wrong with this MES in particular."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import Failure, InDoubtError, Meaning, RefusedError, TransientError


class RateLimited(TransientError):
    """HTTP 429: too many calls; nothing was done."""

    code = "mes-rest-rate-limited"


class NothingWritten(InDoubtError):
    """Answered success, and the row is not there, or not ours."""

    code = "mes-rest-nothing-written"


class OperationUnknown(RefusedError):
    """The mapping asks for an operation that the resource does not have."""

    code = "mes-rest-operation-unknown"


FAILURES: Mapping[Meaning, Failure] = {Meaning.RATE_LIMITED: Failure(RateLimited, 1.0)}
