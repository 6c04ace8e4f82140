"""The errors of this connector, and which meaning of an answer raises which."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import ConfigError, Failure, InDoubtError, Meaning, TransientError


class ServerUnwell(TransientError):
    """A passing failure of the server; nothing was done."""

    code = "kingdee-server-unwell"


class DocumentLocked(TransientError):
    """Network control: somebody has the document open."""

    code = "kingdee-document-locked"


class DocumentMoved(TransientError):
    """Somebody changed the document's state between our reading it and our call."""

    code = "kingdee-document-moved"


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


FAILURES: Mapping[Meaning, Failure] = {
    Meaning.RATE_LIMITED: Failure(CallsLimited, 1.0), Meaning.BUSY: Failure(DocumentLocked, 1.0, target_wide=False),
    Meaning.UNLICENSED: Failure(LicenceMissing, 60.0), Meaning.RENEW: Failure(SessionLost, 1.0),
    Meaning.IN_DOUBT: Failure(AnswerUnclear), Meaning.RETRY: Failure(ServerUnwell, 1.0),
}  # fmt: skip
