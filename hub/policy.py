"""Which error has which consequence: one table. What is retried is changed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.errors import ConfigError, CredentialsRejected, DataError, HubError, InDoubtError, RefusedError, TransientError

Consequence = Literal["does not start", "stop the system", "retry", "settle", "hold"]


@dataclass(frozen=True, slots=True)
class Row:
    """`retry_s`: first pause, doubled up to `longest_s`; `incident_after` attempts a person is told, by `incident`."""

    error: type[HubError]
    consequence: Consequence
    retry_s: float = 0.0
    longest_s: float = 0.0
    incident_after: int = 0
    incident: str = ""


POLICY: tuple[Row, ...] = (
    Row(ConfigError, "does not start"),
    Row(CredentialsRejected, "stop the system", incident_after=1, incident="credentials-rejected"),
    Row(TransientError, "retry", retry_s=0.5, longest_s=60.0, incident_after=10, incident="target-unreachable"),
    Row(InDoubtError, "settle", retry_s=0.5, longest_s=60.0, incident_after=10, incident="still-in-doubt"),
    Row(DataError, "hold", incident_after=0),
    Row(RefusedError, "hold", incident_after=1, incident="document-refused"),
)


def row_for(error: BaseException) -> Row | None:
    """The row of an error's kind; None: a mistake of ours, which stops the batch and is tried again."""
    return next((row for row in POLICY if isinstance(error, row.error)), None)


def pause_s(row: Row, attempt: int) -> float:
    """How long to wait before the attempt after `attempt` (1 = the first has failed)."""
    return float(min(row.longest_s, row.retry_s * 2 ** min(attempt - 1, 16)))
