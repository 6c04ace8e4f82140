"""What the life of a code is refused for: its status, proposals and their routes, merging. Sentences: `hub.texts.life_of_codes`."""

from __future__ import annotations

from hub.errors import DataError


class CodeMerged(DataError):
    """facts kind, value, winner."""

    code = "code-merged"


class CodeNotReleased(DataError):
    """facts kind, value, status."""

    code = "code-not-released"


class NotAssigned(DataError):
    """facts kind, value, organisation, assigned."""

    code = "not-assigned"


class MergeWithItself(DataError):
    """facts kind, value."""

    code = "merge-with-itself"


class NotMerged(DataError):
    """facts kind, value."""

    code = "not-merged"


class MergedOn(DataError):
    """The winner of a merge was merged itself: facts kind, value, winner, further."""

    code = "merged-on"


class MergeConflict(DataError):
    """Both codes have a value and nobody said whose stands: facts kind, loser, winner, conflicts."""

    code = "merge-conflict"


class NoSuchField(DataError):
    """facts kind, field, known."""

    code = "no-such-field"


class ChangedSinceMerge(DataError):
    """facts kind, loser, winner, what."""

    code = "changed-since-merge"


class NotASigner(DataError):
    """facts proposal, by, steps."""

    code = "not-a-signer"


class AlreadySigned(DataError):
    """facts proposal, by, step."""

    code = "already-signed"


class FieldsNotYours(DataError):
    """facts proposal, step, fields, allowed."""

    code = "fields-not-yours"


class FieldsOfWhich(DataError):
    """facts proposal, codes."""

    code = "fields-of-which"


class RoutesDiffer(DataError):
    """facts routes."""

    code = "routes-differ"


class ReservedName(DataError):
    """facts by."""

    code = "reserved-name"


class NotRefused(DataError):
    """facts proposal, state."""

    code = "not-refused"


class ProposedAgain(DataError):
    """facts proposal, again."""

    code = "proposed-again"


class CommentUnfit(DataError):
    """facts length, longest."""

    code = "comment-unfit"


class NotRefusedUnknown(DataError):
    """facts local, system, state."""

    code = "unknown-code-not-refused"
