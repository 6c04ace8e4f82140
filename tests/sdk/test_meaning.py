"""Which error follows from which meaning of an answer."""

from __future__ import annotations

import pytest

from hub.sdk import CredentialsRejected, Failure, HubError, InDoubtError, Meaning, RefusedError, TransientError, error_of


class Slow(TransientError):
    """A vendor's own."""

    code = "slow"


OWN = {Meaning.RATE_LIMITED: Failure(Slow, 7.0)}


@pytest.mark.parametrize(
    ("meaning", "writing", "reading"),
    [
        (Meaning.ABSENT, RefusedError, TransientError),
        (Meaning.RETRY, TransientError, TransientError),
        (Meaning.BUSY, TransientError, TransientError),
        (Meaning.RENEW, TransientError, TransientError),
        (Meaning.RATE_LIMITED, TransientError, TransientError),
        (Meaning.UNLICENSED, TransientError, TransientError),
        (Meaning.CREDENTIALS, CredentialsRejected, CredentialsRejected),
        (Meaning.REFUSED, RefusedError, TransientError),
        (Meaning.IN_DOUBT, InDoubtError, TransientError),
    ],
)
def test_doubt_and_refusal_are_of_writes_only(meaning: Meaning, writing: type[HubError], reading: type[HubError]) -> None:
    for safe, kind in ((False, writing), (True, reading)):
        error = error_of(meaning, {}, safe=safe, system="erp", what="Save", words="不行")
        assert isinstance(error, kind) and "erp" in error.text("zh")


def test_every_meaning_but_good_has_an_error() -> None:
    for meaning in set(Meaning) - {Meaning.OK}:
        assert isinstance(error_of(meaning, {}, safe=False, system="erp", what="", words=""), HubError)


def test_a_vendors_own_row_goes_first_and_its_pause_gives_way_to_what_the_answer_asks() -> None:
    own = error_of(Meaning.RATE_LIMITED, OWN, safe=False, system="erp")
    asked = error_of(Meaning.RATE_LIMITED, OWN, safe=False, retry_after_s=0.0, system="erp")
    assert isinstance(own, Slow) and own.retry_after_s == 7.0
    assert isinstance(asked, Slow) and asked.retry_after_s == 0.0


def test_who_is_at_one_document_is_in_nobody_elses_way() -> None:
    error = error_of(Meaning.BUSY, {}, safe=False, system="erp", what="", words="")
    assert isinstance(error, TransientError) and not error.target_wide
