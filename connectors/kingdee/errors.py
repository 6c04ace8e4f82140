"""The errors of this connector, and which meaning of an answer raises which."""

from __future__ import annotations

from connectors.kingdee.envelope import Meaning, Verdict
from hub.sdk import ConfigError, CredentialsRejected, HubError, InDoubtError, RefusedError, TransientError


class ServerUnwell(TransientError):
    """A passing failure of the server; nothing was done."""

    code = "kingdee-server-unwell"


class DocumentLocked(TransientError):
    """Network control: somebody has the document open."""

    code = "kingdee-document-locked"


class CallsLimited(TransientError):
    """The vendor's call limit (MsgCode 14)."""

    code = "kingdee-calls-limited"


class SessionLost(TransientError):
    """The session is gone again, right after a login."""

    code = "kingdee-session-lost"


class LicenceMissing(TransientError):
    """No free licence (MsgCode 7)."""

    code = "kingdee-licence-missing"


class AnswerUnclear(InDoubtError):
    """An answer that does not tell whether the write was done."""

    code = "kingdee-answer-unclear"


class NothingDone(InDoubtError):
    """Answered with success, and reading back shows something else."""

    code = "kingdee-nothing-done"


class AccountSetUnknown(ConfigError):
    """The server does not list the configured account set."""

    code = "kingdee-account-set-unknown"


class WrongAccountSet(ConfigError):
    """The account set is not the configured one."""

    code = "kingdee-wrong-account-set"


def error_of(verdict: Verdict, *, system: str, safe: bool, what: str) -> HubError:
    """What to raise for a verdict that is not OK. `safe`: the call only read, so doubt is no doubt."""
    words = verdict.words
    match verdict.meaning:
        case Meaning.REFUSED:
            return RefusedError(system=system, words=words)
        case Meaning.CREDENTIALS:
            return CredentialsRejected(system=system, words=words)
        case Meaning.RATE_LIMITED:
            return CallsLimited(retry_after_s=1.0, system=system, words=words)
        case Meaning.LOCKED:
            return DocumentLocked(retry_after_s=1.0, target_wide=False, system=system, words=words)
        case Meaning.UNLICENSED:
            return LicenceMissing(retry_after_s=60.0, system=system, words=words)
        case Meaning.RENEW:
            return SessionLost(retry_after_s=1.0, system=system, words=words)
        case Meaning.IN_DOUBT if not safe:
            return AnswerUnclear(system=system, what=what, words=words)
        case _:
            return ServerUnwell(retry_after_s=1.0, system=system, words=words)
