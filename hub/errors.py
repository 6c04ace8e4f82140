"""The five kinds of error; the kind says what follows, `hub.policy` says exactly what.

    HubError
    ├── ConfigError      does not start; a person fixes a setting
    ├── TransientError   surely not done; tried again later
    ├── InDoubtError     perhaps done; settle, find, go on from what is there
    ├── DataError        held; a person, a code or a newer version frees it
    └── RefusedError     the target said no; held with the vendor's own words

Leaves are statements (`UnknownCode`). Each has a kebab-case `code`; `hub.texts` has its sentence in Chinese and English,
filled from the `facts` given here. Facts are short strings: never a secret, never a whole payload.
"""

from __future__ import annotations

from typing import Any, ClassVar

from hub.texts import render


class HubError(Exception):
    """Something went wrong that a person can be told about. `facts` fill the sentence that `code` names."""

    code: ClassVar[str] = "hub-error"

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def text(self, language: str = "en") -> str:
        """`[code] What happened, with the value in quotes. What to do.`"""
        return render(self.code, language, self.facts)

    def __str__(self) -> str:
        return self.text()


class ConfigError(HubError):
    """Nothing starts until a person has mended a setting or a file."""

    code = "config"


class TransientError(HubError):
    """Surely not done. `retry_after_s` is what the other side asked for; `target_wide` says it is not about one document."""

    code = "transient"

    def __init__(self, *, retry_after_s: float | None = None, target_wide: bool = True, **facts: Any) -> None:
        super().__init__(**facts)
        self.retry_after_s = retry_after_s
        self.target_wide = target_wide


class InDoubtError(HubError):
    """A call may have been carried out; only asking the target tells."""

    code = "in-doubt"


class DataError(HubError):
    """The message cannot go on as it is."""

    code = "data"


class RefusedError(HubError):
    """The target refused the document, in its own words: fact `words`."""

    code = "refused"


class CredentialsRejected(HubError):
    """The system no longer accepts our credentials: it is stopped at once, with an incident, and no login is tried again."""

    code = "credentials-rejected"
