"""What a vendor's answer can mean, and which error follows from each meaning: one table for all connectors, with a vendor's own rows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from hub.errors import CredentialsRejected, HubError, InDoubtError, RefusedError, TransientError


class Meaning(StrEnum):
    """What follows from an answer."""

    OK = "ok"
    ABSENT = "absent"              # there is no such thing
    RETRY = "retry"                # surely not done, the server is not well
    BUSY = "busy"                  # surely not done, somebody else is at this document
    RENEW = "renew"                # the session is gone
    RATE_LIMITED = "rate limited"
    UNLICENSED = "unlicensed"
    CREDENTIALS = "credentials"
    REFUSED = "refused"            # by a rule of the vendor's or the plant's, in its words
    IN_DOUBT = "in doubt"          # may have been done


class Failure(NamedTuple):
    """What to raise. `retry_after_s`: when to try again where the answer does not say; it and `target_wide` are for TransientError."""

    error: type[HubError]
    retry_after_s: float | None = None
    target_wide: bool = True


FAILURES: Mapping[Meaning, Failure] = MappingProxyType({
    Meaning.ABSENT: Failure(RefusedError), Meaning.RETRY: Failure(TransientError), Meaning.BUSY: Failure(TransientError, 1.0, False),
    Meaning.RENEW: Failure(TransientError, 1.0), Meaning.RATE_LIMITED: Failure(TransientError, 1.0),
    Meaning.UNLICENSED: Failure(TransientError, 60.0), Meaning.CREDENTIALS: Failure(CredentialsRejected),
    Meaning.REFUSED: Failure(RefusedError), Meaning.IN_DOUBT: Failure(InDoubtError),
})  # fmt: skip
WRITES_ONLY = (Meaning.REFUSED, Meaning.ABSENT, Meaning.IN_DOUBT)


def error_of(
    meaning: Meaning, own: Mapping[Meaning, Failure], *, safe: bool, retry_after_s: float | None = None, **facts: Any
) -> HubError:
    """What to raise for an answer that is not OK: the vendor's `own` row, else the common one, filled with `facts` (system, what, words).

    Doubt and refusal are of writes only: a call that only read (`safe`) is tried again, for nobody's document is refused by it, and
    a refusal while reading back must not hide that the write was done. `retry_after_s` is what the answer itself asked for.
    """
    meaning = Meaning.RETRY if safe and meaning in WRITES_ONLY else meaning
    failure = own.get(meaning) or FAILURES[meaning]
    if issubclass(failure.error, TransientError):
        pause_s = failure.retry_after_s if retry_after_s is None else retry_after_s
        return failure.error(retry_after_s=pause_s, target_wide=failure.target_wide, **facts)
    return failure.error(**facts)
