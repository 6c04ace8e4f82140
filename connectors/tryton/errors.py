"""The errors of this connector, and which meaning of an answer raises which."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import Failure, InDoubtError, Meaning, RefusedError, TransientError


class ServerUnwell(TransientError):
    """A passing failure of the server; nothing was done."""

    code = "tryton-server-unwell"


class RecordBusy(TransientError):
    """Somebody changed the record at the same time."""

    code = "tryton-record-busy"


class LoginsLimited(TransientError):
    """Too many logins (429)."""

    code = "tryton-logins-limited"


class SessionLost(TransientError):
    """The session is gone again, right after a login."""

    code = "tryton-session-lost"


class ComponentsShort(TransientError):
    """`assign_try` answered, and the production is not assigned: components are missing in stock."""

    code = "tryton-components-short"


class AnswerUnclear(InDoubtError):
    """An answer that does not tell whether the write was done."""

    code = "tryton-answer-unclear"


class NothingDone(InDoubtError):
    """Answered with success, and reading back shows something else."""

    code = "tryton-nothing-done"


class NoSuchRecord(RefusedError):
    """A document refers to a record that is not in the database."""

    code = "tryton-no-such-record"


class SaleNotOpen(RefusedError):
    """A sale that was confirmed cannot be changed any more."""

    code = "tryton-sale-not-open"


class ReversalByHand(RefusedError):
    """Output that was posted to a production cannot be taken back by a call."""

    code = "tryton-reversal-by-hand"


class UnitDiffers(RefusedError):
    """A receipt in another unit than its production."""

    code = "tryton-unit-differs"


FAILURES: Mapping[Meaning, Failure] = {
    Meaning.RATE_LIMITED: Failure(LoginsLimited, 300.0), Meaning.BUSY: Failure(RecordBusy, 1.0, target_wide=False),
    Meaning.RENEW: Failure(SessionLost, 1.0), Meaning.IN_DOUBT: Failure(AnswerUnclear), Meaning.RETRY: Failure(ServerUnwell, 1.0),
}  # fmt: skip
