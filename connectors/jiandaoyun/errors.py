"""What can go wrong with Jiandaoyun in particular."""

from __future__ import annotations

from collections.abc import Mapping

from hub.sdk import ConfigError, DataError, Failure, Meaning, RefusedError, TransientError


class RateLimited(TransientError):
    """8303: too many calls; nothing was done."""

    code = "jiandaoyun-rate-limited"


class FormMissing(ConfigError):
    """The app has no form of this name, or our key may not see it."""

    code = "jiandaoyun-form-missing"


class LabelTwice(ConfigError):
    """Two fields of one form carry the same label, so that a label does not say which."""

    code = "jiandaoyun-label-twice"


class LabelUnknown(RefusedError):
    """The payload names a field that the form does not have."""

    code = "jiandaoyun-label-unknown"


class NumberTooLong(RefusedError):
    """The vendor keeps numbers as doubles; this one would change."""

    code = "jiandaoyun-number-too-long"


class NotANumber(RefusedError):
    """A number field was given something else."""

    code = "jiandaoyun-not-a-number"


class OperationUnknown(RefusedError):
    """The mapping asks for an operation that a form does not have."""

    code = "jiandaoyun-operation-unknown"


class FormNotReadYet(TransientError):
    """A webhook came before the form's fields were known; the vendor pushes again."""

    code = "jiandaoyun-form-not-read-yet"


class WebhookUnreadable(DataError):
    """Signed by the vendor, yet not readable."""

    code = "jiandaoyun-webhook-unreadable"


FAILURES: Mapping[Meaning, Failure] = {Meaning.RATE_LIMITED: Failure(RateLimited, 1.0)}
